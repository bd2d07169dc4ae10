/* SPDX-License-Identifier: Apache-2.0 */
/* FIT images: device trees whose node /images holds or points to data, with hashes over it. */
#include <string.h>

#include "decode/bmc_part.h"
#include "decode/codec.h"
#include "decode/fdt.h"

enum {
    IMAGES = 1, /* depth of /images, of an image, of a hash */
    IMAGE = 2,
    HASH = 3,
    ALIGNMENT = 4,
};

void fit_node(struct fit *f, struct bytes name, unsigned depth)
{
    struct decode *d = f->d;

    if (depth == IMAGES)
        f->in_images = bytes_equal_text(name, "images");
    if (!f->in_images)
        return;
    if (depth == IMAGE) {
        arena_grow(d->arena, &f->images, f->image_count, &f->image_cap, sizeof(*f->images));
        f->images[f->image_count++] = (struct fit_image){.item = d->item};
    }
    if (depth == HASH && bytes_starts_with(name, "hash") && f->image_count > 0) {
        arena_grow(d->arena, &f->hashes, f->hash_count, &f->hash_cap, sizeof(*f->hashes));
        f->hashes[f->hash_count++] =
            (struct fit_hash){.item = d->item, .image = f->image_count - 1};
        f->in_hash = true;
    }
}

void fit_node_end(struct fit *f, unsigned depth)
{
    if (depth == HASH)
        f->in_hash = false;
    if (depth == IMAGES)
        f->in_images = false;
}

static uint64_t number(struct bytes b)
{
    struct reader r = reader_of(b, 0, 0);

    return b.len == 4 ? reader_u32be(&r) : 0;
}

static bool image_property(struct fit_image *i, const struct fdt_property *p)
{
    if (bytes_equal_text(p->name, "data")) {
        i->data = p->span;
        return p->span.length > 0;
    }
    if (bytes_equal_text(p->name, "data-position")) {
        i->has_position = true;
        i->position = number(p->value);
    } else if (bytes_equal_text(p->name, "data-offset")) {
        i->has_offset = true;
        i->offset = number(p->value);
    } else if (bytes_equal_text(p->name, "data-size")) {
        i->size = number(p->value);
    }
    return false;
}

bool fit_property(struct fit *f, const struct fdt_property *p, unsigned depth)
{
    if (f->in_images && depth == IMAGE && f->image_count > 0)
        return image_property(&f->images[f->image_count - 1], p);
    if (f->in_hash && depth == HASH) {
        struct fit_hash *h = &f->hashes[f->hash_count - 1];

        if (bytes_equal_text(p->name, "algo"))
            h->algorithm = bytes_trim(p->value);
        else if (bytes_equal_text(p->name, "value")) {
            h->value = p->value;
            h->span = p->span;
        }
    }
    return false;
}

/* Where an image's data stands; false if it has none, or outside the input. */
static bool data_find(struct fit *f, const struct fit_image *i, uint64_t tree, struct span *ret)
{
    struct decode *d = f->d;
    uint64_t behind = (tree + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    uint64_t at = i->has_position ? i->position : behind + i->offset;

    *ret = i->data;
    if (i->data.length > 0)
        return true;
    if (!i->has_position && !i->has_offset)
        return false;
    if (at > d->in.all.len || i->size > d->in.all.len - at) {
        decode_fault(d, FAULT_BAD_REFERENCE, d->in.base + at);
        return false;
    }
    if (at < tree) {
        decode_fault(d, FAULT_OVERLAP, d->in.base + at);
        return false;
    }
    *ret = bmc_span(d, at, i->size);
    return i->size > 0;
}

/* Whether `b` hashes to `value`; false in `*ret_known` for an algorithm that is not known. */
static bool hash_matches(struct bytes algorithm, struct bytes b, struct bytes value,
                         bool *ret_known)
{
    uint8_t room[DIGEST_MAX];
    size_t size = 4;
    enum digest_algorithm a = DIGEST_SHA1;

    *ret_known = true;
    if (bytes_equal_text(algorithm, "crc32")) {
        uint32_t crc = codec_crc32(0, b);

        for (unsigned i = 0; i < 4; i++)
            room[i] = (uint8_t)(crc >> (24 - 8 * i));
    } else if (bytes_equal_text(algorithm, "md5")) {
        digest_md5(&b, 1, room);
        size = MD5_SIZE;
    } else if (digest_by_name(algorithm, &a)) {
        digest_parts(a, &b, 1, room);
        size = digest_info(a)->size;
    } else {
        *ret_known = false;
        return false;
    }
    return bytes_equal(value, (struct bytes){room, size});
}

static void hash_check(struct fit *f, const struct fit_hash *h, uint64_t tree)
{
    struct decode *d = f->d;
    struct span data;
    bool known = false;

    d->item = h->item;
    const struct fit_image *i = &f->images[h->image];

    if (h->value.len == 0 || !data_find(f, i, tree, &data)) {
        decode_fault(d, FAULT_MISSING, d->in.base);
        return;
    }
    bool good = hash_matches(h->algorithm, decode_span_bytes(d, data), h->value, &known);

    if (!known) {
        decode_fault(d, FAULT_BAD_VALUE, h->span.offset);
        return;
    }
    decode_value_at(d, KEY_FIT_VERIFIED, value_bool(good), h->span);
    if (!good)
        decode_fault(d, FAULT_DIGEST_MISMATCH, h->span.offset);
}

uint64_t fit_finish(struct fit *f, uint64_t tree)
{
    struct decode *d = f->d;
    uint32_t own = d->item;
    uint64_t end = tree;

    for (size_t n = 0; n < f->image_count; n++) {
        struct span data;

        d->item = f->images[n].item;
        if (!data_find(f, &f->images[n], tree, &data))
            continue;
        bmc_part(d, bytes_of("content"), data, CLASS_CODE);
        if (data.offset - d->in.base + data.length > end)
            end = data.offset - d->in.base + data.length;
    }
    for (size_t n = 0; n < f->hash_count; n++)
        hash_check(f, &f->hashes[n], tree);
    d->item = own;
    return end;
}
