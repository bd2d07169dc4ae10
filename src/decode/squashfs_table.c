/* SPDX-License-Identifier: Apache-2.0 */
/* Metadata blocks and lookup tables of squashfs. */
#include <string.h>

#include "decode/squashfs.h"

enum {
    TABLE_MAX = 64 << 20, /* bytes of one table, decompressed */
};

static struct span span_of(const struct squashfs *q, uint64_t start, uint64_t size)
{
    return (struct span){q->blob, q->base + start, size};
}

static bool inside(const struct squashfs *q, uint64_t start, uint64_t size)
{
    return start <= q->all.len && size <= q->all.len - start;
}

bool sq_read(struct squashfs *q, struct sq_run run, struct room room, size_t *ret_length)
{
    struct decode *d = q->d;
    size_t used = run.size;

    *ret_length = 0;
    if (!inside(q, run.start, run.size) || (run.stored && run.size > room.size)) {
        fs_fault(d, FAULT_BAD_REFERENCE, q->blob, q->base + run.start);
        return false;
    }
    struct bytes in = bytes_slice(q->all, (size_t)run.start, run.size);

    if (!fs_spend(&q->fs, run.stored ? run.size : room.size, q->base + run.start))
        return false;
    if (run.stored) {
        if (in.len > 0)
            /* waiver raw-bytes: into room that was compared above */
            memcpy(room.data, in.data, in.len);
        *ret_length = in.len;
        return true;
    }
    if (!codec_block(&q->codec, in, room, ret_length, &used)) {
        fs_fault(d, FAULT_CORRUPT_STREAM, q->blob, q->base + run.start);
        return false;
    }
    if (used < in.len)
        fs_fault(d, FAULT_TRAILING, q->blob, q->base + run.start + used);
    return true;
}

/* The metadata block at `start`; false if none can stand there. */
static bool block_at(const struct squashfs *q, uint64_t start, uint64_t end, struct sq_run *ret)
{
    if (!inside(q, start, 2) || end - start < 2)
        return false;
    struct reader r = reader_of(bytes_slice(q->all, (size_t)start, 2), 0, 0);
    unsigned word = reader_u16le(&r);
    uint32_t size = word & (SQ_STORED - 1);

    *ret = (struct sq_run){start + 2, size, (word & SQ_STORED) != 0};
    return size > 0 && size <= SQ_META && end - start - 2 >= size;
}

static size_t count_blocks(const struct squashfs *q, uint64_t from, uint64_t end)
{
    struct sq_run run;
    size_t n = 0;

    while (from < end && block_at(q, from, end, &run)) {
        n++;
        from = run.start + run.size;
    }
    return n;
}

static void table_note(struct squashfs *q, struct sq_table *t, uint64_t start, size_t at)
{
    arena_grow(q->d->arena, &t->disk, t->blocks, &t->block_cap, sizeof(*t->disk));
    arena_grow(q->d->arena, &t->at, t->blocks, &t->at_cap, sizeof(*t->at));
    t->disk[t->blocks] = (uint32_t)(start - t->from);
    t->at[t->blocks++] = (uint32_t)at;
}

void sq_table_read(struct squashfs *q, struct sq_table *t, uint64_t from, uint64_t end)
{
    struct decode *d = q->d;
    size_t count = count_blocks(q, from, end);
    size_t at = 0;
    uint64_t start = from;

    t->from = from;
    if (count > TABLE_MAX / SQ_META) {
        fs_fault(d, FAULT_LIMIT, q->blob, q->base + from);
        return;
    }
    uint8_t *out = arena_alloc(d->arena, count * SQ_META + 1);

    while (start < end) {
        struct sq_run run;
        size_t n = 0;

        if (!block_at(q, start, end, &run)) {
            fs_fault(d, FAULT_BAD_LENGTH, q->blob, q->base + start);
            break;
        }
        table_note(q, t, start, at);
        if (!sq_read(q, run, (struct room){out + at, SQ_META}, &n))
            break;
        at += n;
        start = run.start + run.size;
    }
    struct span source = span_of(q, from, start - from);

    t->bytes = (struct bytes){out, at};
    t->blob = decode_derive(d, source, t->bytes, "squashfs-metadata");
    t->bytes = d->out->blobs[t->blob].bytes;
    decode_claimed_region(d, source, CLASS_COMPRESSED);
    decode_region(d, (struct span){t->blob, 0, t->bytes.len}, CLASS_UNKNOWN);
}

bool sq_table_find(const struct sq_table *t, uint64_t block, uint32_t offset, size_t *ret)
{
    size_t low = 0;
    size_t high = t->blocks;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (t->disk[middle] < block)
            low = middle + 1;
        else
            high = middle;
    }
    if (low >= t->blocks || t->disk[low] != block || offset > t->bytes.len - t->at[low])
        return false;
    *ret = t->at[low] + offset;
    return true;
}

uint64_t sq_lookup_first(const struct squashfs *q, uint64_t index, size_t count)
{
    if (count == 0 || !inside(q, index, 8))
        return UINT64_MAX;
    struct reader r = reader_of(bytes_slice(q->all, (size_t)index, 8), 0, 0);

    return reader_u64le(&r);
}

/* The block that word `i` of an index points to, appended to `out`. */
static bool lookup_block(struct squashfs *q, struct reader *index, uint8_t *out, size_t want)
{
    uint64_t start = reader_u64le(index);
    struct sq_run run;
    size_t n = 0;

    if (!block_at(q, start, q->all.len, &run)) {
        fs_fault(q->d, FAULT_BAD_REFERENCE, q->blob, q->base + index->pos - 8);
        return false;
    }
    if (!sq_read(q, run, (struct room){out, SQ_META}, &n))
        return false;
    if (n != want)
        fs_fault(q->d, FAULT_BAD_LENGTH, q->blob, q->base + start);
    decode_claimed_region(q->d, span_of(q, start, run.size + 2), CLASS_COMPRESSED);
    return n == want;
}

struct bytes sq_lookup_read(struct squashfs *q, uint64_t index, size_t count, size_t size)
{
    size_t total = count * size;
    size_t blocks = (total + SQ_META - 1) / SQ_META;
    uint8_t *out = NULL;

    if (!inside(q, index, (uint64_t)blocks * 8)) {
        fs_fault(q->d, FAULT_BAD_REFERENCE, q->blob, q->base + index);
        return (struct bytes){NULL, 0};
    }
    if (total > TABLE_MAX) {
        fs_fault(q->d, FAULT_LIMIT, q->blob, q->base + index);
        return (struct bytes){NULL, 0};
    }
    struct reader r = reader_of(q->all, q->blob, q->base);

    reader_seek(&r, (size_t)index);
    out = arena_alloc(q->d->arena, blocks * SQ_META + 1);
    decode_claimed_region(q->d, span_of(q, index, (uint64_t)blocks * 8), CLASS_STRUCTURE);
    for (size_t i = 0; i < blocks; i++) {
        size_t want = i + 1 < blocks ? SQ_META : total - i * SQ_META;

        if (!lookup_block(q, &r, out + i * SQ_META, want))
            return (struct bytes){out, i * SQ_META / size * size};
    }
    return (struct bytes){out, total};
}
