/* SPDX-License-Identifier: Apache-2.0 */
/*
 * References of quality known-bad: the bytes of a file that must not be found. They are looked
 * for as such and by their digest, and never make anything good.
 */
#include "appraise/compare.h"
#include "appraise/path_match.h"

enum {
    PATH_MAX_BYTES = 1 << 16
};

/* One file that is looked for. */
struct wanted {
    const struct subject *subject;
    const struct digest *digest;
    uint32_t last; /* the container told last: it has several digests of the same bytes */
};

static void tell(struct wanted *w, uint32_t item, struct findings *f)
{
    struct text path;
    struct text value;

    text_init(&path, f->arena, PATH_MAX_BYTES);
    item_path(&w->subject->decoded, item, &path);
    if (item == w->last || path_is_revocation(text_bytes(&path)))
        return;
    w->last = item;
    text_init(&value, f->arena, 2 * sizeof(w->digest->bytes) + 1);
    text_hex(&value, (struct bytes){w->digest->bytes, sizeof(w->digest->bytes)});
    findings_add(f,
                 (struct finding){
                     .id = "reference.known-bad",
                     .judge = JUDGE_REFERENCE,
                     .severity = SEVERITY_CRITICAL,
                     .path = text_bytes(&path),
                     .why = bytes_of("These are the bytes of a file that a reference "
                                     "(known-bad) names as bad."),
                     .next = bytes_of("Keep the machine aside and keep its evidence; find out "
                                      "how this came there."),
                     .value = text_bytes(&value),
                     .node = TREE_NONE,
                 });
}

/* The outermost container of a blob, where the blob is the file. Whether there is one. */
static bool look_at_blobs(struct wanted *w, struct findings *f)
{
    const struct decoded *d = &w->subject->decoded;
    bool found = false;

    for (uint32_t b = 0; b < d->blob_count; b++) {
        uint32_t i = 1;

        if (!digest_equal(decoded_digest(d, b), w->digest))
            continue;
        while (i < d->item_count &&
               (d->items[i].kind == ITEM_CLAIM || d->items[i].span.blob != b))
            i++;
        tell(w, i < d->item_count ? i : 0, f);
        found = true;
    }
    return found;
}

/* The container of a claim that states the digest. */
static void look_at_claims(struct wanted *w, struct findings *f)
{
    const struct decoded *d = &w->subject->decoded;
    struct bytes digest = {w->digest->bytes, sizeof(w->digest->bytes)};

    for (uint32_t i = 1; i < d->item_count; i++) {
        if (d->items[i].kind == ITEM_CLAIM && d->items[i].value.type == TYPE_BYTES &&
            bytes_equal(d->items[i].value.bytes, digest))
            tell(w, d->items[i].parent, f);
    }
}

void reference_known_bad(const struct subject *s, const struct subject *references,
                         size_t count, struct findings *f)
{
    for (size_t i = 0; i < count; i++) {
        const struct evidence *e = &references[i].evidence;

        for (size_t k = 0; evidence_is_file(e) && k < e->count; k++) {
            struct wanted w = {s, &e->entries[k].digest, 0};

            if (e->entries[k].length > 0 && !look_at_blobs(&w, f))
                look_at_claims(&w, f);
        }
    }
}
