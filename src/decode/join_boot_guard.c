/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Boot Guard across parts: the digests of a boot policy manifest against the segments of the
 * image, and the digests of a key manifest against the keys of the boot policy manifests.
 */
#include "crypto/digest.h"
#include "decode/join.h"

enum {
    PARTS_MAX = 64,
    USAGE_BOOT_POLICY = 1,
    SEGMENT_NOT_HASHED = 1,
};

/* A container with claims that matter here, found in one pass over all items. */
struct digest_found {
    uint32_t item;   /* the digest's container */
    uint32_t parent; /* the manifest or element that it stands in */
    uint64_t usage;
    bool has_usage;
    uint64_t algorithm;
    struct bytes hash;
    struct span span;
};

struct segment_found {
    uint32_t item;
    uint32_t parent;
    uint64_t flags;
    struct span span; /* in the image */
};

struct found {
    struct decoded *d;
    uint32_t surface;
    struct digest_found *digests;
    size_t digest_count;
    size_t digest_cap;
    struct segment_found *segments;
    size_t segment_count;
    size_t segment_cap;
    struct bytes *moduli; /* of the keys that signed boot policy manifests */
    size_t modulus_count;
    size_t modulus_cap;
};

static struct bytes span_bytes(const struct decoded *d, struct span s)
{
    return bytes_slice(d->blobs[s.blob].bytes, (size_t)s.offset, (size_t)s.length);
}

static bool named(const struct decoded *d, uint32_t item, const char *name)
{
    return bytes_equal_text(d->items[item].name, name);
}

static bool is_below(const struct decoded *d, uint32_t item, uint32_t above)
{
    while (item > above)
        item = d->items[item].parent;
    return item == above;
}

/* The claims of one container follow one another, so the last entry is the one to fill. */
static struct digest_found *digest_of(struct found *f, uint32_t item)
{
    if (f->digest_count == 0 || f->digests[f->digest_count - 1].item != item) {
        arena_grow(f->d->arena, &f->digests, f->digest_count, &f->digest_cap,
                   sizeof(*f->digests));
        f->digests[f->digest_count++] =
            (struct digest_found){.item = item, .parent = f->d->items[item].parent};
    }
    return &f->digests[f->digest_count - 1];
}

static struct segment_found *segment_of(struct found *f, uint32_t item)
{
    if (f->segment_count == 0 || f->segments[f->segment_count - 1].item != item) {
        arena_grow(f->d->arena, &f->segments, f->segment_count, &f->segment_cap,
                   sizeof(*f->segments));
        f->segments[f->segment_count++] =
            (struct segment_found){.item = item, .parent = f->d->items[item].parent};
    }
    return &f->segments[f->segment_count - 1];
}

static void modulus_found(struct found *f, const struct item *claim)
{
    uint32_t element = f->d->items[claim->parent].parent;

    if (!named(f->d, element, "PMSG"))
        return;
    arena_grow(f->d->arena, &f->moduli, f->modulus_count, &f->modulus_cap, sizeof(*f->moduli));
    f->moduli[f->modulus_count++] = span_bytes(f->d, claim->span);
}

static void claim_found(struct found *f, const struct item *claim)
{
    if (claim->key < KEY_INTEL_HASH_USAGE || claim->key > KEY_INTEL_SEGMENT_OFFSET ||
        !is_below(f->d, claim->parent, f->surface))
        return;
    if (claim->key == KEY_INTEL_HASH_USAGE) {
        struct digest_found *g = digest_of(f, claim->parent);

        g->usage = claim->value.uint;
        g->has_usage = true;
    } else if (claim->key == KEY_INTEL_HASH_ALGORITHM) {
        digest_of(f, claim->parent)->algorithm = claim->value.uint;
    } else if (claim->key == KEY_INTEL_HASH) {
        struct digest_found *g = digest_of(f, claim->parent);

        g->hash = claim->value.bytes;
        g->span = claim->span;
    } else if (claim->key == KEY_INTEL_SEGMENT_FLAGS) {
        segment_of(f, claim->parent)->flags = claim->value.uint;
    } else if (claim->key == KEY_INTEL_SEGMENT_SIZE) {
        (void)segment_of(f, claim->parent);
    } else if (claim->key == KEY_INTEL_SEGMENT_OFFSET) {
        segment_of(f, claim->parent)->span = claim->span;
    } else if (claim->key == KEY_INTEL_KEY_MODULUS) {
        modulus_found(f, claim);
    }
}

/*
 * The hashed segments of an element in their order. False when one of them is not in the image,
 * as in a manifest without one.
 */
static bool parts_of(const struct found *f, uint32_t element, struct bytes *parts,
                     size_t *ret_count)
{
    *ret_count = 0;
    for (size_t i = 0; i < f->segment_count; i++) {
        const struct segment_found *s = &f->segments[i];

        if (s->parent != element || (s->flags & SEGMENT_NOT_HASHED) != 0)
            continue;
        if (s->span.length == 0 || *ret_count == PARTS_MAX)
            return false;
        parts[(*ret_count)++] = span_bytes(f->d, s->span);
    }
    return *ret_count > 0;
}

static void tell(struct decoded *d, const struct digest_found *g, bool matches)
{
    struct value v = {.type = TYPE_BOOL, .uint = matches ? 1 : 0};

    (void)decoded_claim(d, g->item, (struct bytes){NULL, 0}, KEY_INTEL_HASH_MATCHES, v,
                        g->span);
    if (!matches)
        decoded_fault(d, FAULT_DIGEST_MISMATCH, g->item, g->span.blob, g->span.offset);
}

static bool digest_matches(const struct digest_found *g, enum digest_algorithm a,
                           const struct bytes *parts, size_t count)
{
    uint8_t digest[DIGEST_MAX];

    digest_parts(a, parts, count, digest);
    return bytes_equal(bytes_slice(g->hash, 0, digest_info(a)->size),
                       (struct bytes){digest, digest_info(a)->size});
}

static void boot_block(struct found *f, const struct digest_found *g, enum digest_algorithm a)
{
    struct bytes parts[PARTS_MAX];
    size_t count = 0;

    if (parts_of(f, g->parent, parts, &count))
        tell(f->d, g, digest_matches(g, a, parts, count));
}

static void policy_key(struct found *f, const struct digest_found *g, enum digest_algorithm a)
{
    bool matches = false;

    if (f->modulus_count == 0)
        return;
    for (size_t i = 0; i < f->modulus_count && !matches; i++)
        matches = digest_matches(g, a, &f->moduli[i], 1);
    tell(f->d, g, matches);
}

void join_boot_guard(struct decoded *d, uint32_t surface_item)
{
    struct found f = {.d = d, .surface = surface_item};
    size_t count = d->item_count;

    for (size_t i = surface_item; i < count; i++) {
        if (d->items[i].kind == ITEM_CLAIM)
            claim_found(&f, &d->items[i]);
    }
    for (size_t i = 0; i < f.digest_count; i++) {
        const struct digest_found *g = &f.digests[i];
        enum digest_algorithm a;

        if (g->hash.len == 0 || !digest_by_tpm_id((uint16_t)g->algorithm, &a) ||
            g->hash.len < digest_info(a)->size)
            continue;
        if (named(d, g->item, "boot-block"))
            boot_block(&f, g, a);
        else if (named(d, g->item, "key") &&
                 (!g->has_usage || (g->usage & USAGE_BOOT_POLICY) != 0))
            policy_key(&f, g, a);
    }
}
