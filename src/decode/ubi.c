/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UBI: every physical eraseblock begins with a header that counts its erasures; a second one
 * tells which logical eraseblock of which volume it holds. Of several that hold the same one
 * the newest counts. How large an eraseblock is stands nowhere: the headers' distances tell.
 */
#include "decode/ubi.h"

#include <stdlib.h>

#include "decode/bmc_part.h"
#include "decode/codec.h"
#include "decode/filesystem.h"

enum {
    STEP = 512, /* eraseblocks are a multiple of it */
    VERSION = 1,
};

static const uint32_t erase_magic = 0x55424923;
static const uint32_t volume_magic = 0x55424921;

/* What the headers say in sum. */
struct totals {
    uint64_t blocks;
    uint64_t free;
    uint64_t erased; /* without a header */
    uint64_t broken;
    uint64_t least; /* erasures */
    uint64_t most;
};

uint32_t ubi_crc(struct bytes b)
{
    return ~codec_crc32(0, b);
}

void ubi_fault(const struct ubi *u, enum fault_id id, size_t at)
{
    fs_fault(u->d, id, u->blob, u->base + at);
}

struct span ubi_span(const struct ubi *u, size_t at, size_t length)
{
    return (struct span){u->blob, u->base + at, length};
}

static uint32_t u32(const struct ubi *u, size_t at)
{
    return (uint32_t)bytes_uint(u->all, at, 4, true);
}

static bool header_good(struct bytes b, size_t at, uint32_t magic)
{
    return at <= b.len && b.len - at >= UBI_HEADER && bytes_uint(b, at, 4, true) == magic &&
           bytes_uint(b, at + UBI_HEADER - 4, 4, true) ==
               ubi_crc(bytes_slice(b, at, UBI_HEADER - 4));
}

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    return header_good(b, 0, erase_magic) ? 97 : 0;
}

static size_t divisor(size_t a, size_t b)
{
    while (b != 0) {
        size_t rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

/* The greatest size that all distances between headers of one image are multiples of. */
static size_t size_find(const struct ubi *u)
{
    uint32_t image = u32(u, 24);
    size_t size = 0;

    for (size_t at = STEP; at < u->all.len; at += STEP) {
        if (u32(u, at) == erase_magic && header_good(u->all, at, erase_magic) &&
            u32(u, at + 24) == image)
            size = divisor(at, size);
    }
    return size != 0 ? size : u->all.len;
}

void ubi_rest_mark(const struct ubi *u, size_t at, size_t length)
{
    struct bytes b = bytes_slice(u->all, at, length);
    size_t written = b.len;

    while (written > 0 && b.data[written - 1] == 0xff)
        written--;
    decode_claimed_region(u->d, ubi_span(u, at + written, b.len - written), CLASS_FREE_ERASED);
    if (bytes_all(bytes_slice(b, 0, written), 0))
        decode_claimed_region(u->d, ubi_span(u, at, written), CLASS_PADDING);
}

struct bytes ubi_data(const struct ubi *u, const struct ubi_block *b)
{
    size_t size = u->block_size - u->data_offset;

    if (b->padding >= size)
        return (struct bytes){NULL, 0};
    size -= b->padding;
    if (b->type == UBI_STATIC && b->size < size)
        size = b->size;
    return bytes_slice(u->all, b->at + u->data_offset, size);
}

/* The second header of the eraseblock at `at`, which has one. */
static void mapped_block(struct ubi *u, size_t at)
{
    size_t h = at + u->header_offset;
    struct ubi_block b = {
        .at = at,
        .volume = u32(u, h + 8),
        .number = u32(u, h + 12),
        .sequence = bytes_uint(u->all, h + 40, 8, true),
        .type = (uint8_t)bytes_uint(u->all, h + 5, 1, true),
        .copied = bytes_uint(u->all, h + 6, 1, true) != 0,
        .size = u32(u, h + 20),
        .used = u32(u, h + 24),
        .padding = u32(u, h + 28),
        .crc = u32(u, h + 32),
    };

    decode_claimed_region(u->d, ubi_span(u, h, UBI_HEADER), CLASS_STRUCTURE);
    if (bytes_uint(u->all, h + 4, 1, true) != VERSION)
        ubi_fault(u, FAULT_BAD_VERSION, h + 4);
    arena_grow(u->d->arena, &u->blocks, u->count, &u->cap, sizeof(b));
    u->blocks[u->count++] = b;
}

static void block(struct ubi *u, struct totals *t, size_t at)
{
    size_t h = at + u->header_offset;
    uint64_t erasures = bytes_uint(u->all, at + 8, 8, true);

    t->blocks++;
    if (bytes_all(bytes_slice(u->all, at, u->block_size), 0xff)) {
        t->erased++;
        ubi_rest_mark(u, at, u->block_size);
        return;
    }
    if (!header_good(u->all, at, erase_magic)) {
        t->broken++;
        ubi_fault(u, u32(u, at) == erase_magic ? FAULT_BAD_CHECKSUM : FAULT_BAD_SIGNATURE, at);
        return;
    }
    if (bytes_uint(u->all, at + 4, 1, true) != VERSION)
        ubi_fault(u, FAULT_BAD_VERSION, at + 4);
    if (u32(u, at + 16) != u->header_offset || u32(u, at + 20) != u->data_offset)
        ubi_fault(u, FAULT_BAD_VALUE, at + 16);
    t->least = erasures < t->least ? erasures : t->least;
    t->most = erasures > t->most ? erasures : t->most;
    decode_claimed_region(u->d, ubi_span(u, at, UBI_HEADER), CLASS_STRUCTURE);
    ubi_rest_mark(u, at + UBI_HEADER, u->header_offset - UBI_HEADER);
    ubi_rest_mark(u, h + UBI_HEADER, u->data_offset - u->header_offset - UBI_HEADER);
    if (header_good(u->all, h, volume_magic)) {
        mapped_block(u, at);
        return;
    }
    if (bytes_all(bytes_slice(u->all, h, UBI_HEADER), 0xff)) {
        t->free++;
        ubi_rest_mark(u, h, u->block_size - u->header_offset);
        return;
    }
    t->broken++;
    ubi_fault(u, u32(u, h) == volume_magic ? FAULT_BAD_CHECKSUM : FAULT_BAD_SIGNATURE, h);
}

static int three_way(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

static int block_order(const void *left, const void *right)
{
    const struct ubi_block *a = left;
    const struct ubi_block *b = right;
    int order = three_way(a->volume, b->volume);

    if (order == 0)
        order = three_way(a->number, b->number);
    if (order == 0)
        order = three_way(a->sequence, b->sequence);
    return order != 0 ? order : three_way(a->at, b->at);
}

/* A static volume's data always has a CRC, a dynamic one's only where it was moved. */
static bool data_good(const struct ubi *u, const struct ubi_block *b)
{
    struct bytes data =
        bytes_slice(u->all, b->at + u->data_offset, u->block_size - u->data_offset);

    if (b->type != UBI_STATIC && !b->copied)
        return true;
    return b->size <= data.len && ubi_crc(bytes_slice(data, 0, b->size)) == b->crc;
}

static bool same_block(const struct ubi *u, size_t i, size_t k)
{
    return k < u->count && u->blocks[i].volume == u->blocks[k].volume &&
           u->blocks[i].number == u->blocks[k].number;
}

/* Of the blocks that hold one logical eraseblock the newest that is whole is in force. */
static void choose(struct ubi *u)
{
    bool decided = false;

    for (size_t i = u->count; i-- > 0;) {
        struct ubi_block *b = &u->blocks[i];
        struct span data = ubi_span(u, b->at + u->data_offset, u->block_size - u->data_offset);

        decided = decided && same_block(u, i, i + 1);
        bool good = decided || data_good(u, b);

        if (!good)
            ubi_fault(u, FAULT_BAD_CHECKSUM, b->at + u->header_offset + 32);
        b->live = !decided && (good || i == 0 || !same_block(u, i, i - 1));
        decided = decided || b->live;
        if (!b->live)
            decode_claimed_region(u->d, data, CLASS_DELETED);
    }
}

static void totals_claim(const struct ubi *u, const struct totals *t)
{
    uint64_t least = t->least == UINT64_MAX ? 0 : t->least;
    uint64_t image = u32(u, 24);

    const struct {
        enum key_id key;
        uint64_t value;
    } rows[] = {
        {KEY_UBI_BLOCK_SIZE,    u->block_size   },
        {KEY_UBI_HEADER_OFFSET, u->header_offset},
        {KEY_UBI_DATA_OFFSET,   u->data_offset  },
        {KEY_UBI_BLOCKS,        t->blocks       },
        {KEY_UBI_FREE,          t->free         },
        {KEY_UBI_ERASED,        t->erased       },
        {KEY_UBI_BROKEN,        t->broken       },
        {KEY_UBI_LEAST_ERASED,  least           },
        {KEY_UBI_MOST_ERASED,   t->most         },
        {KEY_UBI_IMAGE,         image           },
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        decode_value_at(u->d, rows[i].key, value_uint(rows[i].value),
                        ubi_span(u, 0, UBI_HEADER));
}

/* The offsets that the first header states, which all others must state too. */
static bool offsets_good(const struct ubi *u)
{
    return u->header_offset >= UBI_HEADER && u->data_offset >= u->header_offset + UBI_HEADER &&
           u->data_offset < u->block_size && u->block_size <= u->all.len;
}

static void content(struct ubi *u)
{
    struct totals t = {.least = UINT64_MAX};
    size_t at = 0;

    for (; u->all.len - at >= u->block_size; at += u->block_size)
        block(u, &t, at);
    if (at < u->all.len) {
        if (!bytes_all(bytes_slice(u->all, at, u->all.len), 0xff))
            ubi_fault(u, FAULT_TRUNCATED, u->all.len);
        ubi_rest_mark(u, at, u->all.len - at);
    }
    if (u->count > 1)
        qsort(u->blocks, u->count, sizeof(*u->blocks), block_order);
    totals_claim(u, &t);
    choose(u);
    ubi_volumes(u);
}

static void decode(struct decode *d)
{
    struct ubi u = {.d = d, .all = d->in.all, .base = d->in.base, .blob = d->in.blob};

    decode_open(d, ITEM_MAP, "ubi");
    u.header_offset = u32(&u, 16);
    u.data_offset = u32(&u, 20);
    u.block_size = size_find(&u);
    if (!header_good(u.all, 0, erase_magic))
        decode_fault(d, FAULT_BAD_SIGNATURE, d->in.base);
    else if (!offsets_good(&u))
        decode_fault(d, FAULT_BAD_VALUE, d->in.base + 16);
    else
        content(&u);
    decode_value_at(d, KEY_FS_IMAGE_SHA256, value_bytes(fs_digest(d, u.all)),
                    ubi_span(&u, 0, 4));
    decode_close(d);
}

const struct decoder decoder_ubi = {
    .name = "ubi",
    .title = "UBI: volumes on raw flash",
    .spec = "ubi",
    .surface = "bmc-flash",
    .min = UBI_HEADER,
    .max = 512 << 20,
    .probe = probe,
    .decode = decode,
};
