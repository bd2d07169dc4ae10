/* SPDX-License-Identifier: Apache-2.0 */
/* Volumes of UBI: the table that names them, and their contents put together. */
#include <string.h>

#include "decode/engine_private.h"
#include "decode/image_part.h"
#include "decode/ubi.h"

enum {
    NAME_MAX_LENGTH = 127,
    RECORD_CRC = UBI_RECORD - 4,
};

static const struct field record[] = {
    {KEY_UBI_VOLUME_RESERVED,    F_U32BE, 0,   0},
    {KEY_UBI_VOLUME_ALIGNMENT,   F_U32BE, 0,   0},
    {KEY_UBI_VOLUME_PADDING,     F_U32BE, 0,   0},
    {KEY_UBI_VOLUME_TYPE,        F_U8,    0,   0},
    {KEY_UBI_VOLUME_UPDATING,    F_U8,    0,   0},
    {KEY_UBI_VOLUME_NAME_LENGTH, F_U16BE, 0,   0},
    {KEY_UBI_VOLUME_NAME,        F_TEXT,  128, 0},
    {KEY_UBI_VOLUME_FLAGS,       F_U8,    0,   0},
    {KEY_NONE,                   F_SKIP,  23,  0},
    {KEY_NONE,                   F_U32BE, 0,   0},
};

/* The blocks of one volume: from `first` on, `count` of them. */
struct run {
    size_t first;
    size_t count;
};

/* The first block of a volume with this number or a greater one. */
static size_t first_of(const struct ubi *u, uint64_t volume)
{
    size_t low = 0;
    size_t high = u->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (u->blocks[middle].volume < volume)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct run run_of(const struct ubi *u, uint32_t volume)
{
    size_t first = first_of(u, volume);

    return (struct run){first, first_of(u, (uint64_t)volume + 1) - first};
}

static bool table_good(struct bytes table)
{
    size_t records = table.len / UBI_RECORD;

    for (size_t i = 0; i < records && i < UBI_VOLUMES_MAX; i++) {
        struct bytes row = bytes_slice(table, i * UBI_RECORD, UBI_RECORD);

        if (bytes_uint(row, RECORD_CRC, 4, true) != ubi_crc(bytes_slice(row, 0, RECORD_CRC)))
            return false;
    }
    return records > 0;
}

/* The copy of the volume table that is to be believed; empty with a fault. */
static struct bytes table_find(struct ubi *u, size_t *ret_at)
{
    struct run r = run_of(u, UBI_TABLE);
    struct bytes good = {NULL, 0};

    for (size_t i = r.first; i < r.first + r.count; i++) {
        const struct ubi_block *b = &u->blocks[i];
        size_t size = u->block_size - u->data_offset;
        size_t most = (size_t)UBI_VOLUMES_MAX * UBI_RECORD;
        struct bytes table =
            bytes_slice(u->all, b->at + u->data_offset, size < most ? size : most);

        if (!b->live)
            continue;
        decode_claimed_region(u->d, ubi_span(u, b->at + u->data_offset, table.len),
                              CLASS_STRUCTURE);
        ubi_rest_mark(u, b->at + u->data_offset + table.len, size - table.len);
        if (!table_good(table)) {
            ubi_fault(u, FAULT_BAD_CHECKSUM, b->at + u->data_offset);
        } else if (good.data == NULL) {
            good = table;
            *ret_at = b->at + u->data_offset;
        } else if (!bytes_equal(good, table)) {
            ubi_fault(u, FAULT_DIGEST_MISMATCH, b->at + u->data_offset);
        }
    }
    if (good.data == NULL)
        ubi_fault(u, FAULT_MISSING, 0);
    return good;
}

/* The logical eraseblocks, each at its place, and erased where there is none. */
static struct bytes dynamic_content(struct ubi *u, struct run r, uint64_t limit)
{
    struct decode *d = u->d;
    const struct ubi_block *last = &u->blocks[r.first + r.count - 1];
    size_t size = u->block_size - u->data_offset;

    size = last->padding < size ? size - last->padding : size;
    uint64_t blocks = last->number < limit ? (uint64_t)last->number + 1 : limit;

    if (blocks > engine_output_left(d) / size) {
        ubi_fault(u, FAULT_LIMIT, last->at + u->header_offset + 12);
        return (struct bytes){NULL, 0};
    }
    uint8_t *out = arena_alloc(d->arena, (size_t)blocks * size + 1);

    memset(out, 0xff, (size_t)blocks * size);
    for (size_t i = r.first; i < r.first + r.count; i++) {
        const struct ubi_block *b = &u->blocks[i];
        struct bytes data = ubi_data(u, b);

        if (b->number >= blocks || data.len > size)
            ubi_fault(u, FAULT_BAD_REFERENCE, b->at + u->header_offset + 12);
        else if (b->live && data.len > 0)
            /* waiver raw-bytes: at its place in room for all */
            memcpy(out + (size_t)b->number * size, data.data, data.len);
    }
    return (struct bytes){out, (size_t)blocks * size};
}

/* The logical eraseblocks one behind the other, each as far as it is used. */
static struct bytes static_content(struct ubi *u, struct run r)
{
    struct decode *d = u->d;
    size_t total = 0;
    uint32_t next = 0;
    size_t at = 0;

    for (size_t i = r.first; i < r.first + r.count; i++)
        total += u->blocks[i].live ? ubi_data(u, &u->blocks[i]).len : 0;
    if (total > engine_output_left(d)) {
        ubi_fault(u, FAULT_LIMIT, u->blocks[r.first].at);
        return (struct bytes){NULL, 0};
    }
    uint8_t *out = arena_alloc(d->arena, total + 1);

    for (size_t i = r.first; i < r.first + r.count; i++) {
        const struct ubi_block *b = &u->blocks[i];
        struct bytes data = ubi_data(u, b);

        if (!b->live)
            continue;
        if (b->number != next)
            ubi_fault(u, FAULT_MISSING, b->at + u->header_offset + 12);
        next = b->number + 1;
        if (data.len > 0)
            /* waiver raw-bytes: the lengths were added up above */
            memcpy(out + at, data.data, data.len);
        at += data.len;
    }
    if (next != u->blocks[r.first].used)
        ubi_fault(u, FAULT_BAD_COUNT, u->blocks[r.first].at + u->header_offset + 24);
    return (struct bytes){out, at};
}

/* The bytes of the blocks in force: data, and what is erased behind it. */
static uint64_t blocks_mark(struct ubi *u, struct run r)
{
    uint64_t live = 0;

    for (size_t i = r.first; i < r.first + r.count; i++) {
        const struct ubi_block *b = &u->blocks[i];
        size_t size = u->block_size - u->data_offset;
        size_t from = b->at + u->data_offset;
        struct bytes data = bytes_slice(u->all, from, size);
        size_t used = size;

        if (!b->live)
            continue;
        live++;
        while (used > 0 && data.data[used - 1] == 0xff)
            used--;
        decode_claimed_region(u->d, ubi_span(u, from, ubi_data(u, b).len), CLASS_DATA);
        decode_claimed_region(u->d, ubi_span(u, from + used, size - used), CLASS_FREE_ERASED);
    }
    return live;
}

/* What a volume holds, into the current container. */
static void volume_content(struct ubi *u, uint32_t id, uint64_t limit)
{
    struct decode *d = u->d;
    struct run r = run_of(u, id);

    decode_value_at(d, KEY_UBI_VOLUME_ID, value_uint(id), ubi_span(u, 0, 0));
    decode_value_at(d, KEY_UBI_VOLUME_MAPPED, value_uint(blocks_mark(u, r)), ubi_span(u, 0, 0));
    if (r.count == 0)
        return;
    const struct ubi_block *first = &u->blocks[r.first];
    struct bytes b =
        first->type == UBI_STATIC ? static_content(u, r) : dynamic_content(u, r, limit);

    if (b.len == 0)
        return;
    struct span source = ubi_span(u, 0, u->all.len);
    uint32_t blob = decode_derive(d, source, b, "ubi-volume");

    image_part_at(d, (struct span){blob, 0, d->out->blobs[blob].bytes.len}, CLASS_DATA);
}

static void named_volume(struct ubi *u, struct bytes table, size_t table_at, uint32_t id)
{
    struct decode *d = u->d;
    struct bytes row = bytes_slice(table, (size_t)id * UBI_RECORD, UBI_RECORD);
    uint64_t reserved = bytes_uint(row, 0, 4, true);
    size_t length = (size_t)bytes_uint(row, 14, 2, true);

    if (reserved == 0)
        return;
    if (length > NAME_MAX_LENGTH)
        ubi_fault(u, FAULT_BAD_LENGTH, table_at + (size_t)id * UBI_RECORD + 14);
    decode_open(d, ITEM_MAP, "volume:%.*s",
                (int)(length <= NAME_MAX_LENGTH ? length : NAME_MAX_LENGTH),
                (const char *)row.data + 16);
    reader_seek(&d->in, table_at + (size_t)id * UBI_RECORD);
    decode_enter(d, UBI_RECORD);
    (void)decode_fields(d, record, ARRAY_LEN(record));
    decode_leave(d);
    volume_content(u, id, reserved);
    decode_close(d);
}

/* Blocks of volumes that the table does not name: the kernel's own, or those of a lost table.
 */
static void nameless_volume(struct ubi *u, struct bytes table, uint32_t id)
{
    struct decode *d = u->d;
    bool named = bytes_uint(table, (size_t)id * UBI_RECORD, 4, true) != 0;

    if (named || id == UBI_TABLE)
        return;
    if (id == UBI_FASTMAP || id == UBI_FASTMAP_DATA) {
        (void)blocks_mark(u, run_of(u, id));
        return;
    }
    ubi_fault(u, FAULT_BAD_REFERENCE, u->blocks[run_of(u, id).first].at + u->header_offset + 8);
    decode_open(d, ITEM_MAP, "nameless-volume");
    volume_content(u, id, UINT32_MAX);
    decode_close(d);
}

void ubi_volumes(struct ubi *u)
{
    size_t table_at = 0;
    struct bytes table = table_find(u, &table_at);
    uint32_t named = (uint32_t)(table.len / UBI_RECORD);

    decode_value_at(u->d, KEY_UBI_HAS_FASTMAP, value_bool(run_of(u, UBI_FASTMAP).count > 0),
                    ubi_span(u, 0, 0));
    for (uint32_t id = 0; id < named; id++)
        named_volume(u, table, table_at, id);
    for (size_t i = 0; i < u->count; i++) {
        if (i == 0 || u->blocks[i].volume != u->blocks[i - 1].volume)
            nameless_volume(u, table, u->blocks[i].volume);
    }
}
