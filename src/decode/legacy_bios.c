/* SPDX-License-Identifier: Apache-2.0 */
/*
 * BIOS images of the time before UEFI, as published by the authors of extractors: AMI's
 * (AMIBIOS 95 to 8), whose modules are a chain that a record "AMIBIOSC" begins, and Award's,
 * whose modules are members of LHA archives.
 */
#include "decode/archive.h"
#include "decode/bmc_layout.h"
#include "decode/bmc_part.h"
#include "decode/engine_private.h"
#include "decode/image_part.h"
#include "decode/lha.h"
#include "decode/uefi.h"

enum {
    IMAGE_MIN = 64,
    IMAGE_MAX = 8 << 20,
    PROBE_MIN = 64 << 10,
    RESET = 16, /* bytes before the end at which the processor starts */
    FAR_JUMP = 0xea,
    MIB = 1 << 20, /* where images end, in the addresses that they state */
    RECORD = 22,
    MARK = 8,
    MODULE = 12,
    MODULE_PACKED = 20,
    BIG = 8, /* a length before a module that is too long for its own */
    STORED = 0x80,
    CHAIN_MAX = 128,
    CHAIN_END = 0xffff,
    LAYOUT_AMD_NORTH = 0x40,
    LAYOUT_AMD_SOUTH = 0x60
};

static const char ami_mark[] = "AMIBIOSC";

/* Where the next valid member stands from `from`, or the end. */
static size_t member_next(struct bytes b, size_t from, struct lha_member *ret)
{
    while ((from = bytes_find(b, from, bytes_of("-lh"))) < b.len) {
        if (from >= LHA_MARK && lha_member_at(bytes_slice(b, from - LHA_MARK, SIZE_MAX), ret))
            return from - LHA_MARK;
        from++;
    }
    return b.len;
}

static size_t record_at(struct bytes b)
{
    size_t at = bytes_find(b, 0, bytes_of(ami_mark));

    return b.len - at >= RECORD ? at : b.len;
}

static unsigned probe(struct bytes b, struct bytes label)
{
    struct lha_member m;

    (void)label;
    /* Cheap ones first: this is asked about every part of every image. */
    if (b.len < PROBE_MIN || (b.len & (b.len - 1)) != 0 || b.data[b.len - RESET] != FAR_JUMP ||
        uefi_volume_next(b, 0) < b.len)
        return 0;
    return record_at(b) < b.len || member_next(b, 0, &m) < b.len ? 82 : 0;
}

/* What a module unpacks to, which is handed on; nothing, with the fault that says why, if it
 * cannot be. */
static struct bytes unpack(struct decode *d, struct span packed, uint64_t length)
{
    if (length > engine_output_left(d)) {
        decode_fault(d, FAULT_LIMIT, packed.offset);
        archive_unread(d, packed, CLASS_COMPRESSED);
        return (struct bytes){NULL, 0};
    }
    struct room room = {arena_alloc(d->arena, (size_t)length + 1), (size_t)length};

    if (uefi_lh5(decode_span_bytes(d, packed), room, d->arena)) {
        archive_unpacked(d, packed, (struct bytes){room.data, room.size}, "lh5");
        return (struct bytes){room.data, room.size};
    }
    decode_fault(d, FAULT_CORRUPT_STREAM, packed.offset);
    engine_output_charge(d, length);
    archive_unread(d, packed, CLASS_COMPRESSED);
    return (struct bytes){NULL, 0};
}

/* A module of AMI's whose header stands at `at`; false if it does not lie in free bytes. */
static bool ami_module(struct decode *d, struct bmc_layout *l, size_t at, uint64_t stated)
{
    static const struct field fields[] = {
        {KEY_LEGACY_PREVIOUS,  F_U32LE, 0, 0},
        {KEY_LEGACY_SHORT,     F_U16LE, 0, 0},
        {KEY_LEGACY_ID,        F_U8,    0, 0},
        {KEY_LEGACY_FLAGS,     F_U8,    0, 0},
        {KEY_LEGACY_PARAMETER, F_U32LE, 0, 0},
    };
    static const struct field packed_fields[] = {
        {KEY_LEGACY_PACKED, F_U32LE, 0, 0},
        {KEY_LEGACY_LENGTH, F_U32LE, 0, 0},
    };
    struct bytes h = bytes_slice(d->in.all, at, MODULE_PACKED);
    uint8_t id = (uint8_t)bytes_uint(h, 6, 1, false);
    bool stored = (bytes_uint(h, 7, 1, false) & STORED) != 0 || id == LAYOUT_AMD_NORTH ||
                  id == LAYOUT_AMD_SOUTH;
    uint64_t size = stored ? bytes_uint(h, 4, 2, false) : bytes_uint(h, MODULE, 4, false);
    size_t header = stored ? MODULE : MODULE_PACKED;
    size_t before = stored && (size == 0 || size == UINT16_MAX) && at >= BIG ? BIG : 0;

    if (before > 0)
        size = bytes_u32le(d->in.all, at - BIG);
    if (!bmc_take(d, l, at - before, before + header + size, stated))
        return false;
    decode_open(d, ITEM_MAP, "module:%02x", id);
    reader_seek(&d->in, at);
    d->out->items[d->item].span = bmc_span(d, at, header + size);
    (void)decode_fields(d, fields, ARRAY_LEN(fields));
    if (before > 0)
        decode_value_at(d, KEY_LEGACY_LONG, value_bytes(bytes_slice(d->in.all, at - BIG, BIG)),
                        bmc_span(d, at - BIG, BIG));
    if (stored) {
        image_part_at(d, bmc_span(d, at + header, size), CLASS_CODE);
    } else {
        (void)decode_fields(d, packed_fields, ARRAY_LEN(packed_fields));
        (void)unpack(d, bmc_span(d, at + header, size), decode_value(d, KEY_LEGACY_LENGTH));
    }
    decode_close(d);
    return true;
}

/* The place of an address, which counts so that the image ends at 1 MiB. */
static uint64_t place_of(const struct decode *d, uint64_t low, uint64_t high)
{
    size_t length = d->in.all.len;
    uint64_t address = length > MIB ? (high << 16) + low : (high << 4) + low;

    return (uint32_t)(address + length - MIB);
}

static void ami(struct decode *d, struct bmc_layout *l, size_t record)
{
    static const struct field fields[] = {
        {KEY_NONE,              F_SKIP,  MARK, 0},
        {KEY_LEGACY_VERSION,    F_TEXT,  4,    0},
        {KEY_LEGACY_CRC_LENGTH, F_U16LE, 0,    0},
        {KEY_LEGACY_CRC,        F_U32LE, 0,    0},
        {KEY_LEGACY_FIRST,      F_U32LE, 0,    0},
    };
    uint64_t stated = d->in.base + record + RECORD - 4;

    decode_open(d, ITEM_MAP, "ami");
    (void)bmc_try(d, l, record, RECORD);
    reader_seek(&d->in, record);
    uint64_t next = decode_fields(d, fields, ARRAY_LEN(fields));
    uint64_t low = next & UINT16_MAX;
    uint64_t high = next >> 16;
    unsigned n = 0;

    for (; low != CHAIN_END && high != CHAIN_END && n < CHAIN_MAX; n++) {
        uint64_t at = place_of(d, low, high);

        if (at >= d->in.all.len || d->in.all.len - at < MODULE) {
            decode_fault(d, FAULT_BAD_REFERENCE, stated);
            break;
        }
        if (!ami_module(d, l, (size_t)at, stated))
            break;
        stated = d->in.base + at;
        low = bytes_uint(d->in.all, (size_t)at, 2, false);
        high = bytes_uint(d->in.all, (size_t)at + 2, 2, false);
    }
    if (n == CHAIN_MAX)
        decode_fault(d, FAULT_LIMIT, stated);
    decode_close(d);
}

/* What stands behind the header of a member. */
static void member_content(struct decode *d, const struct lha_member *m, struct span s)
{
    struct bytes content = {NULL, 0};

    if (s.length == 0)
        return;
    if (bytes_equal_text(m->method, "-lh5-")) {
        content = unpack(d, s, m->length);
    } else if (bytes_equal_text(m->method, "-lh0-")) {
        content = decode_span_bytes(d, s);
        image_part_at(d, s, CLASS_CODE);
    } else {
        archive_unread(d, s, CLASS_COMPRESSED);
    }
    if (content.len > 0 && lha_crc(content) != m->crc)
        decode_fault(d, FAULT_BAD_CHECKSUM, s.offset);
}

static void member(struct decode *d, const struct lha_member *m, size_t at)
{
    struct span head = bmc_span(d, at, m->header);

    archive_open(d, m->name, head);
    decode_value_at(d, KEY_LHA_METHOD, value_text(m->method), head);
    decode_value_at(d, KEY_LHA_LEVEL, value_uint(m->level), head);
    decode_value_at(d, KEY_LHA_LOAD, value_uint(m->time), head);
    decode_value_at(d, KEY_LHA_PACKED, value_uint(m->packed), head);
    decode_value_at(d, KEY_LHA_LENGTH, value_uint(m->length), head);
    decode_value_at(d, KEY_LHA_CRC, value_uint(m->crc), head);
    decode_digest(d, KEY_LHA_HEADER, decode_span_bytes(d, head), head);
    member_content(d, m, bmc_span(d, at + m->header, m->packed));
    decode_close(d);
}

static void award(struct decode *d, struct bmc_layout *l)
{
    struct bytes all = d->in.all;
    struct lha_member m;
    size_t at = member_next(all, 0, &m);

    while (at < all.len) {
        bool mine = bmc_try(d, l, at, m.header + m.packed);

        if (l->count == BMC_PARTS_MAX) {
            decode_fault(d, FAULT_LIMIT, d->in.base + at);
            break;
        }
        if (mine)
            member(d, &m, at);
        at = member_next(all, mine ? at + m.header + (size_t)m.packed : at + LHA_METHOD, &m);
    }
}

static void decode(struct decode *d)
{
    struct bmc_layout *l = ARENA_NEW(d->arena, struct bmc_layout);
    struct bytes all = d->in.all;
    size_t record = record_at(all);

    decode_set_image(d, bmc_span(d, 0, all.len));
    decode_open(d, ITEM_MAP, "legacy");
    decode_value_at(d, KEY_DATA_LENGTH, value_uint(all.len), bmc_span(d, 0, 0));
    if (record < all.len)
        ami(d, l, record);
    award(d, l);
    if (l->count == 0)
        decode_fault(d, FAULT_MISSING, d->in.base);
    bmc_gaps(d, l);
    decode_close(d);
    reader_seek(&d->in, all.len);
}

const struct decoder decoder_legacy_bios = {
    .name = "legacy-bios",
    .title = "BIOS image of AMI or Award before UEFI",
    .spec = "legacy-bios",
    .surface = "flash",
    .min = IMAGE_MIN,
    .max = IMAGE_MAX,
    .probe = probe,
    .search_bid = 82,
    .decode = decode,
};
