/* SPDX-License-Identifier: Apache-2.0 */
#include "app/publish.h"

#include <stdlib.h>

#include "app/document.h"

static const char *const format_names[] = {
    [PUBLISH_JSONL] = "jsonl", [PUBLISH_OCSF] = "ocsf", [PUBLISH_SARIF] = "sarif",
    [PUBLISH_STIX] = "stix",   [PUBLISH_EAR] = "ear",   [PUBLISH_HTML] = "html",
};

bool publish_format_by_name(struct bytes name, enum publish_format *ret)
{
    for (unsigned i = 0; i < ARRAY_LEN(format_names); i++) {
        if (bytes_equal_text(name, format_names[i])) {
            *ret = (enum publish_format)i;
            return true;
        }
    }
    return false;
}

static int id_order(const void *left, const void *right)
{
    return bytes_compare(((const struct export_document *)left)->id,
                         ((const struct export_document *)right)->id);
}

static void fill_document(struct export_document *row, struct arena *a)
{
    const struct document *d = document_find(row->id);

    if (d == NULL)
        return;
    row->title = bytes_of(d->title);
    row->what = document_part(d, "What", a);
    row->why = document_part(d, "Why", a);
    row->how_bad = document_part(d, "How bad", a);
    row->what_to_do = document_part(d, "What to do", a);
    row->source = document_part(d, "Source", a);
}

static struct export_documents documents_of(const struct result *r, struct arena *a)
{
    struct export_document *rows = ARENA_ARRAY(a, struct export_document, r->finding_count + 1);
    size_t kept = 0;

    for (size_t i = 0; i < r->finding_count; i++)
        rows[i].id = r->findings[i].id;
    qsort(rows, r->finding_count, sizeof(*rows), id_order);
    for (size_t i = 0; i < r->finding_count; i++) {
        if (i == 0 || !bytes_equal(rows[i].id, rows[kept - 1].id))
            rows[kept++].id = rows[i].id;
    }
    for (size_t i = 0; i < kept; i++)
        fill_document(&rows[i], a);
    return (struct export_documents){rows, kept};
}

static bool publish_ear(struct text *t, const struct result *r, struct signer *signer,
                        struct arena *a, struct err *e)
{
    struct signature signature;

    if (!export_ear(t, r, &signer->key, a, e) ||
        !signer_token(signer, text_bytes(t), &signature, e))
        return false;
    export_ear_sign(t, &signature);
    return true;
}

bool publish(struct text *t, const struct result *r, const struct publish_request *q,
             struct arena *a, struct err *e)
{
    struct export_documents documents;

    switch (q->format) {
    case PUBLISH_JSONL:
        export_jsonl(t, r, a);
        return true;
    case PUBLISH_OCSF:
        return export_ocsf(t, r, a, e);
    case PUBLISH_SARIF:
        documents = documents_of(r, a);
        export_sarif(t, r, &documents, a);
        return true;
    case PUBLISH_STIX:
        return export_stix(t, r, &q->confirmed, a, e);
    case PUBLISH_EAR:
        return publish_ear(t, r, q->signer, a, e);
    case PUBLISH_HTML:
        result_html(t, r, a);
        return true;
    }
    return true;
}
