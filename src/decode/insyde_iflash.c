/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Insyde's iFlash container: parts with a header of 24 bytes each (mark, tag, length with and
 * without filling), as published by the authors of extractors. Bytes between parts are stated.
 */
#include "decode/capsule.h"
#include "decode/image_part.h"
#include "decode/uefi.h"

enum {
    HEADER = 24,
    TAG = 8,
    TAG_AT = 8,
    IMAGE_MAX = 256 << 20
};

static const char mark[] = "$_IFLASH";

/* Whether a header stands here whose lengths can be true. */
static bool header_here(struct bytes b)
{
    uint32_t total = bytes_u32le(b, 16);
    uint32_t size = bytes_u32le(b, 20);

    return b.len >= HEADER && bytes_starts_with(b, mark) && size > 0 && size <= total &&
           total != UINT32_MAX;
}

static size_t header_next(struct bytes b, size_t from)
{
    while ((from = bytes_find(b, from, bytes_of(mark))) < b.len) {
        if (header_here(bytes_slice(b, from, SIZE_MAX)))
            return from;
        from++;
    }
    return b.len;
}

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    return header_here(b) ? 92 : 0;
}

/* The tag without the underscores that fill it. */
static struct bytes tag_of(struct bytes header)
{
    struct bytes tag = bytes_slice(header, TAG_AT, TAG);

    while (tag.len > 0 && tag.data[0] == '_')
        tag = bytes_slice(tag, 1, TAG);
    while (tag.len > 0 && tag.data[tag.len - 1] == '_')
        tag.len--;
    return tag;
}

static void part(struct decode *d)
{
    static const struct field head[] = {
        {KEY_NONE,         F_SKIP,  8, 0},
        {KEY_IFLASH_TAG,   F_BYTES, 8, 0},
        {KEY_IFLASH_TOTAL, F_U32LE, 0, 0},
        {KEY_IFLASH_SIZE,  F_U32LE, 0, 0},
    };
    struct bytes tag = tag_of(bytes_slice(d->in.all, d->in.pos, HEADER));

    decode_open(d, ITEM_MAP, "part:%.*s", (int)tag.len, (const char *)tag.data);
    size_t size = (size_t)decode_fields(d, head, ARRAY_LEN(head));
    size_t total = (size_t)decode_value(d, KEY_IFLASH_TOTAL);
    size_t left = reader_left(&d->in);

    if (total > left) {
        decode_fault(d, FAULT_TRUNCATED, d->in.base + d->in.all.len);
        total = left;
    }
    decode_enter(d, total);
    decode_enter(d, size < total ? size : total);
    capsule_image(d, "image");
    decode_leave(d);
    if (reader_more(&d->in)) {
        decode_open(d, ITEM_MAP, "filling");
        image_part(d, reader_left(&d->in), CLASS_PADDING);
        decode_close(d);
    }
    decode_leave(d);
    decode_close(d);
}

static void decode(struct decode *d)
{
    decode_open(d, ITEM_MAP, "iflash");
    if (header_next(d->in.all, 0) == d->in.all.len)
        decode_fault(d, FAULT_BAD_SIGNATURE, d->in.base);
    while (reader_more(&d->in)) {
        size_t next = header_next(d->in.all, d->in.pos);

        if (next > d->in.pos)
            uefi_loose(d, next - d->in.pos, "between", CLASS_UNKNOWN, 0xff);
        if (reader_more(&d->in))
            part(d);
    }
    decode_close(d);
}

const struct decoder decoder_insyde_iflash = {
    .name = "insyde-iflash",
    .title = "Insyde iFlash update container",
    .spec = "update-containers",
    .surface = "capsule",
    .min = HEADER,
    .max = IMAGE_MAX,
    .probe = probe,
    .decode = decode,
};
