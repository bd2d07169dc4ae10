/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Static Analysis Results Interchange Format 2.1.0 (OASIS), for pipelines that scan firmware. A
 * blob has no file name that would mean anything elsewhere: it is named by its digest (RFC
 * 6920).
 */
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "export/private.h"
#include "result/words.h"

enum {
    SNIPPET_MAX = 2 * RESULT_EXCERPT, /* an excerpt in Base 64 */
    EXACT_MAX_BITS = 53               /* offsets that every reader of JSON keeps */
};

/* The blobs that findings point into, each once. */
struct artifacts {
    struct digest *rows;
    size_t count;
};

static int digest_order(const void *left, const void *right)
{
    return memcmp(left, right, sizeof(struct digest));
}

static struct artifacts artifacts_of(const struct result *r, struct arena *a)
{
    struct artifacts s = {.rows = ARENA_ARRAY(a, struct digest, r->finding_count + 1)};
    size_t kept = 0;

    for (size_t i = 0; i < r->finding_count; i++) {
        if (r->findings[i].has_span)
            s.rows[s.count++] = r->findings[i].blob;
    }
    qsort(s.rows, s.count, sizeof(*s.rows), digest_order);
    for (size_t i = 0; i < s.count; i++) {
        if (i == 0 || !digest_equal(&s.rows[i], &s.rows[kept - 1]))
            s.rows[kept++] = s.rows[i];
    }
    s.count = kept;
    return s;
}

/* "ni:///sha-256;…" */
static struct bytes digest_uri(const struct digest *d, struct arena *a)
{
    struct text t;

    text_init(&t, a, 128);
    text_puts(&t, "ni:///sha-256;");
    text_base64url(&t, (struct bytes){d->bytes, sizeof(d->bytes)});
    return text_bytes(&t);
}

static void message(struct json *j, const char *key, struct bytes words)
{
    json_key(j, key);
    json_object_begin(j);
    json_member_string(j, "text", words);
    json_object_end(j);
}

static const char *level_of(enum severity s)
{
    switch (s) {
    case SEVERITY_INFO:
        return "none";
    case SEVERITY_LOW:
        return "note";
    case SEVERITY_MEDIUM:
        return "warning";
    case SEVERITY_HIGH:
    case SEVERITY_CRITICAL:
        return "error";
    }
    return "none";
}

static struct bytes help_of(const struct export_document *d, struct arena *a)
{
    const struct bytes parts[] = {d->how_bad, d->what_to_do, d->source};
    static const char *const labels[] = {"How bad: ", "What to do: ", "Source: "};
    struct text t;

    text_init(&t, a, 1 << 16);
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (parts[i].len == 0)
            continue;
        if (t.len > 0)
            text_char(&t, '\n');
        text_puts(&t, labels[i]);
        text_add(&t, parts[i]);
    }
    return text_bytes(&t);
}

static void rule(struct json *j, const struct export_document *d, struct arena *a)
{
    struct text full;

    json_object_begin(j);
    json_member_string(j, "id", d->id);
    message(j, "shortDescription", d->title.len > 0 ? d->title : d->id);
    text_init(&full, a, 1 << 16);
    text_add(&full, d->what);
    if (d->what.len > 0 && d->why.len > 0)
        text_char(&full, ' ');
    text_add(&full, d->why);
    if (full.len > 0)
        message(j, "fullDescription", text_bytes(&full));
    struct bytes help = help_of(d, a);

    if (help.len > 0)
        message(j, "help", help);
    json_object_end(j);
}

static void driver(struct json *j, const struct result *r, const struct export_documents *d,
                   struct arena *a)
{
    json_key(j, "tool");
    json_object_begin(j);
    json_key(j, "driver");
    json_object_begin(j);
    json_member_text(j, "name", "Assay");
    member_optional(j, "version", tool_version(r));
    json_key(j, "rules");
    json_array_begin(j);
    for (size_t i = 0; i < d->count; i++)
        rule(j, &d->rows[i], a);
    json_array_end(j);
    json_object_end(j);
    json_object_end(j);
}

/* What should have been seen and was not. */
static void invocations(struct json *j, const struct result *r)
{
    json_key(j, "invocations");
    json_array_begin(j);
    json_object_begin(j);
    json_key(j, "executionSuccessful");
    json_bool(j, true);
    json_key(j, "toolExecutionNotifications");
    json_array_begin(j);
    for (size_t i = 0; i < r->gaps.count; i++) {
        json_object_begin(j);
        json_member_text(j, "level", "warning");
        message(j, "message", r->gaps.rows[i]);
        json_object_end(j);
    }
    json_array_end(j);
    json_object_end(j);
    json_array_end(j);
}

static void artifacts(struct json *j, const struct artifacts *s, struct arena *a)
{
    json_key(j, "artifacts");
    json_array_begin(j);
    for (size_t i = 0; i < s->count; i++) {
        json_object_begin(j);
        json_key(j, "location");
        json_object_begin(j);
        json_member_string(j, "uri", digest_uri(&s->rows[i], a));
        json_object_end(j);
        json_key(j, "hashes");
        json_object_begin(j);
        json_member_string(j, "sha-256", digest_hex(&s->rows[i], a));
        json_object_end(j);
        json_object_end(j);
    }
    json_array_end(j);
}

static void region(struct json *j, const struct result_finding *f, struct arena *a)
{
    struct text t;

    if (f->offset >> EXACT_MAX_BITS != 0 || f->length >> EXACT_MAX_BITS != 0)
        return;
    json_key(j, "region");
    json_object_begin(j);
    json_member_uint(j, "byteOffset", f->offset);
    json_member_uint(j, "byteLength", f->length);
    if (f->length > 0 && f->length == f->excerpt.len) {
        text_init(&t, a, SNIPPET_MAX);
        text_base64(&t, f->excerpt);
        json_key(j, "snippet");
        json_object_begin(j);
        json_member_string(j, "binary", text_bytes(&t));
        json_object_end(j);
    }
    json_object_end(j);
}

static void location(struct json *j, const struct result_finding *f, const struct artifacts *s,
                     struct arena *a)
{
    if (!f->has_span && f->path.len == 0)
        return;
    json_key(j, "locations");
    json_array_begin(j);
    json_object_begin(j);
    if (f->has_span) {
        const struct digest *at =
            bsearch(&f->blob, s->rows, s->count, sizeof(*s->rows), digest_order);

        json_key(j, "physicalLocation");
        json_object_begin(j);
        json_key(j, "artifactLocation");
        json_object_begin(j);
        json_member_string(j, "uri", digest_uri(&f->blob, a));
        json_member_uint(j, "index", (uint64_t)(at - s->rows));
        json_object_end(j);
        region(j, f, a);
        json_object_end(j);
    }
    json_key(j, "logicalLocations");
    json_array_begin(j);
    json_object_begin(j);
    json_member_string(j, "fullyQualifiedName", f->path);
    json_object_end(j);
    json_array_end(j);
    json_object_end(j);
    json_array_end(j);
}

static int document_order(const void *left, const void *right)
{
    const struct export_document *a = left;
    const struct export_document *b = right;

    return bytes_compare(a->id, b->id);
}

static void suppressions(struct json *j, const struct result_finding *f)
{
    if (f->waived.len == 0)
        return;
    json_key(j, "suppressions");
    json_array_begin(j);
    json_object_begin(j);
    json_member_text(j, "kind", "external");
    json_member_string(j, "justification", f->waived);
    json_object_end(j);
    json_array_end(j);
}

static void result(struct json *j, const struct result_finding *f,
                   const struct export_documents *d, const struct artifacts *s, struct arena *a)
{
    struct export_document key = {.id = f->id};
    const struct export_document *row =
        bsearch(&key, d->rows, d->count, sizeof(*d->rows), document_order);

    json_object_begin(j);
    json_member_string(j, "ruleId", f->id);
    if (row != NULL)
        json_member_uint(j, "ruleIndex", (uint64_t)(row - d->rows));
    json_member_text(j, "kind", f->severity == SEVERITY_INFO ? "informational" : "fail");
    json_member_text(j, "level", level_of(f->severity));
    message(j, "message", f->why);
    location(j, f, s, a);
    json_key(j, "partialFingerprints");
    json_object_begin(j);
    json_member_string(j, "assayFinding/v1", f->fingerprint);
    json_object_end(j);
    suppressions(j, f);
    json_key(j, "properties");
    json_object_begin(j);
    json_member_text(j, "severity", severity_name(f->severity));
    json_member_text(j, "judge", judge_name(f->judge));
    member_optional(j, "against", f->other);
    member_optional(j, "value", f->value);
    member_optional(j, "expected", f->expected);
    member_optional(j, "part", f->part);
    member_optional(j, "change", f->change);
    member_optional(j, "next", f->next);
    json_object_end(j);
    json_object_end(j);
}

static void properties(struct json *j, const struct result *r, struct arena *a)
{
    struct digest digest = result_digest(r, a);

    json_key(j, "properties");
    json_object_begin(j);
    json_member_text(j, "verdict", verdict_name(r->verdict));
    member_digest(j, "result", &digest);
    member_digest(j, "evidence", &r->evidence);
    json_member_string(j, "subject", r->subject);
    member_optional(j, "asOf", r->as_of);
    json_object_end(j);
}

void export_sarif(struct text *t, const struct result *r, const struct export_documents *d,
                  struct arena *a)
{
    struct artifacts s = artifacts_of(r, a);
    struct json j;

    json_init(&j, t);
    json_object_begin(&j);
    json_member_text(&j, "$schema",
                     "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
                     "sarif-schema-2.1.0.json");
    json_member_text(&j, "version", "2.1.0");
    json_key(&j, "runs");
    json_array_begin(&j);
    json_object_begin(&j);
    driver(&j, r, d, a);
    invocations(&j, r);
    artifacts(&j, &s, a);
    json_key(&j, "results");
    json_array_begin(&j);
    for (size_t i = 0; i < r->finding_count; i++)
        result(&j, &r->findings[i], d, &s, a);
    json_array_end(&j);
    properties(&j, r, a);
    json_object_end(&j);
    json_array_end(&j);
    json_object_end(&j);
    text_char(t, '\n');
}
