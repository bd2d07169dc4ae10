/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Microcode updates by identity: what has the signature, platforms and revision of a
 * reference's update has its bytes, or is not the vendor's.
 */
#include "appraise/compare.h"

struct update {
    uint64_t signature;
    uint64_t platforms;
    uint64_t revision;
    struct bytes digest;
    uint32_t item;
};

struct updates {
    struct update *rows;
    size_t count;
    size_t cap;
};

/* The claims of an update follow one another; its digest comes first. */
static void updates_find(const struct decoded *d, struct arena *a, struct updates *ret)
{
    *ret = (struct updates){NULL, 0, 0};
    for (size_t i = 0; i < d->item_count; i++) {
        const struct item *claim = &d->items[i];
        struct update *last = ret->count > 0 ? &ret->rows[ret->count - 1] : NULL;

        if (claim->kind != ITEM_CLAIM)
            continue;
        if (claim->key == KEY_MICROCODE_DIGEST) {
            arena_grow(a, &ret->rows, ret->count, &ret->cap, sizeof(*ret->rows));
            ret->rows[ret->count++] =
                (struct update){.digest = claim->value.bytes, .item = claim->parent};
        } else if (last == NULL || claim->parent != last->item) {
            continue;
        } else if (claim->key == KEY_MICROCODE_SIGNATURE) {
            last->signature = claim->value.uint;
        } else if (claim->key == KEY_MICROCODE_PLATFORMS) {
            last->platforms = claim->value.uint;
        } else if (claim->key == KEY_MICROCODE_REVISION) {
            last->revision = claim->value.uint;
        }
    }
}

/* A reference's update of the same identity with other bytes, where none has the same. */
static const struct update *contradicted(const struct update *u, const struct updates *known)
{
    const struct update *other = NULL;

    for (size_t i = 0; i < known->count; i++) {
        const struct update *k = &known->rows[i];

        if (k->signature != u->signature || k->platforms != u->platforms ||
            k->revision != u->revision)
            continue;
        if (bytes_equal(k->digest, u->digest))
            return NULL;
        other = k;
    }
    return other;
}

static struct bytes hex(struct bytes b, struct arena *a)
{
    struct text t;

    text_init(&t, a, b.len * 2 + 1);
    text_hex(&t, b);
    return text_bytes(&t);
}

static void tell(const struct subject *s, const struct update *u, const struct update *other,
                 struct findings *f)
{
    struct text path;

    text_init(&path, f->arena, 1 << 16);
    item_path(&s->decoded, u->item, &path);
    findings_add(
        f,
        (struct finding){
            .id = "reference.microcode",
            .judge = JUDGE_REFERENCE,
            .severity = SEVERITY_CRITICAL,
            .path = text_bytes(&path),
            .why = bytes_of(arena_format(
                f->arena,
                "A microcode update for processor %x, platforms %02x, calls itself revision %x "
                "and has other bytes than the reference's update of that revision.",
                (unsigned)u->signature, (unsigned)u->platforms, (unsigned)u->revision)),
            .next = bytes_of("Keep the image and this update; write the vendor's image back, "
                             "and find out how the update came there."),
            .value = hex(u->digest, f->arena),
            .expected = hex(other->digest, f->arena),
            .node = TREE_NONE,
        });
}

bool reference_only_microcode(const struct subject *references, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct decoded *d = &references[i].decoded;

        for (size_t k = 1; k < d->item_count; k++) {
            if (d->items[k].parent == 0 && !bytes_starts_with(d->items[k].name, "microcode@"))
                return false;
        }
    }
    return count > 0;
}

void reference_microcode(const struct subject *s, const struct subject *references,
                         size_t count, struct findings *f)
{
    struct updates ours;
    struct updates known = {NULL, 0, 0};

    updates_find(&s->decoded, f->arena, &ours);
    if (ours.count == 0)
        return;
    for (size_t i = 0; i < count; i++) {
        struct updates some;

        updates_find(&references[i].decoded, f->arena, &some);
        for (size_t k = 0; k < some.count; k++) {
            arena_grow(f->arena, &known.rows, known.count, &known.cap, sizeof(*known.rows));
            known.rows[known.count++] = some.rows[k];
        }
    }
    for (size_t i = 0; i < ours.count; i++) {
        const struct update *other = contradicted(&ours.rows[i], &known);

        if (other != NULL)
            tell(s, &ours.rows[i], other, f);
    }
}
