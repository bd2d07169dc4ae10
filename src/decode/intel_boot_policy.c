/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Intel Boot Guard boot policy manifest, versions 1 (0x10) and 2 (0x20 and later): which parts
 * of the flash are the initial boot block, their digests, and the signature over that.
 */
#include "decode/intel_key.h"

enum {
    HEADER_MIN = 16,
    VERSION_AT = 8,
    VERSION_2 = 0x20,
    ELEMENT_HEAD_1 = 9,
    ELEMENT_HEAD_2 = 12,
    HASH_ROOM = 32, /* of a digest in version 1 */
    SEGMENT_SIZE = 12,
};

static const char mark[] = "__ACBP__";

static const struct field header_1[] = {
    {KEY_INTEL_ID,        F_TEXT,     8, 0},
    {KEY_INTEL_VERSION,   F_U8,       0, 0},
    {KEY_INTEL_VARIANT,   F_U8,       0, 0},
    {KEY_INTEL_REVISION,  F_U8,       0, 0},
    {KEY_INTEL_SVN,       F_U8,       0, 0},
    {KEY_INTEL_ACM_SVN,   F_U8,       0, 0},
    {KEY_NONE,            F_RESERVED, 1, 0},
    {KEY_INTEL_NEM_PAGES, F_U16LE,    0, 0},
};

static const struct field header_2[] = {
    {KEY_INTEL_ID,               F_TEXT,     8, 0},
    {KEY_INTEL_VERSION,          F_U8,       0, 0},
    {KEY_INTEL_VARIANT,          F_U8,       0, 0},
    {KEY_INTEL_ELEMENT_SIZE,     F_U16LE,    0, 0},
    {KEY_INTEL_SIGNATURE_OFFSET, F_U16LE,    0, 0},
    {KEY_INTEL_REVISION,         F_U8,       0, 0},
    {KEY_INTEL_SVN,              F_U8,       0, 0},
    {KEY_INTEL_ACM_SVN,          F_U8,       0, 0},
    {KEY_NONE,                   F_RESERVED, 1, 0},
    {KEY_INTEL_NEM_PAGES,        F_U16LE,    0, 0},
};

static const struct field element_1[] = {
    {KEY_INTEL_ID,      F_TEXT, 8, 0},
    {KEY_INTEL_VERSION, F_U8,   0, 0},
};

static const struct field element_2[] = {
    {KEY_INTEL_ID,           F_TEXT,  8, 0},
    {KEY_INTEL_VERSION,      F_U8,    0, 0},
    {KEY_INTEL_VARIANT,      F_U8,    0, 0},
    {KEY_INTEL_ELEMENT_SIZE, F_U16LE, 0, 0},
};

static const struct field blocks_1[] = {
    {KEY_NONE,             F_RESERVED, 2, 0},
    {KEY_INTEL_IBB_TIMER,  F_U8,       0, 0},
    {KEY_INTEL_IBB_FLAGS,  F_U32LE,    0, 0},
    {KEY_INTEL_IBB_MCHBAR, F_U64LE,    0, 0},
    {KEY_INTEL_IBB_VTDBAR, F_U64LE,    0, 0},
    {KEY_INTEL_IBB_DMA,    F_U32LE,    0, 0},
    {KEY_INTEL_IBB_DMA,    F_U32LE,    0, 0},
    {KEY_INTEL_IBB_DMA,    F_U64LE,    0, 0},
    {KEY_INTEL_IBB_DMA,    F_U64LE,    0, 0},
};

static const struct field blocks_2[] = {
    {KEY_NONE,             F_RESERVED, 1, 0},
    {KEY_INTEL_IBB_SET,    F_U8,       0, 0},
    {KEY_NONE,             F_RESERVED, 1, 0},
    {KEY_INTEL_IBB_TIMER,  F_U8,       0, 0},
    {KEY_INTEL_IBB_FLAGS,  F_U32LE,    0, 0},
    {KEY_INTEL_IBB_MCHBAR, F_U64LE,    0, 0},
    {KEY_INTEL_IBB_VTDBAR, F_U64LE,    0, 0},
    {KEY_INTEL_IBB_DMA,    F_U32LE,    0, 0},
    {KEY_INTEL_IBB_DMA,    F_U32LE,    0, 0},
    {KEY_INTEL_IBB_DMA,    F_U64LE,    0, 0},
    {KEY_INTEL_IBB_DMA,    F_U64LE,    0, 0},
};

static const struct field entry_row[] = {
    {KEY_INTEL_IBB_ENTRY, F_U32LE, 0, 0},
};

static const struct field list_head[] = {
    {KEY_INTEL_HASH_LIST_SIZE, F_U16LE, 0, 0},
    {KEY_INTEL_HASH_COUNT,     F_U16LE, 0, 0},
};

static const struct field reserved_3[] = {
    {KEY_NONE, F_RESERVED, 3, 0},
};

static const struct field count_row[] = {
    {KEY_INTEL_SEGMENTS, F_U8, 0, 0},
};

static const struct field segment_row[] = {
    {KEY_NONE,                F_RESERVED, 2, 0},
    {KEY_INTEL_SEGMENT_FLAGS, F_U16LE,    0, 0},
    {KEY_INTEL_SEGMENT_BASE,  F_U32LE,    0, 0},
    {KEY_INTEL_SEGMENT_SIZE,  F_U32LE,    0, 0},
};

static const struct field data_head_1[] = {
    {KEY_INTEL_VARIANT,      F_U16LE, 0, 0},
    {KEY_INTEL_ELEMENT_SIZE, F_U16LE, 0, 0},
};

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    return bytes_starts_with(b, mark) ? 95 : 0;
}

static void segment(struct decode *d)
{
    struct span s;

    decode_enter(d, SEGMENT_SIZE);
    decode_open(d, ITEM_MAP, "segment");
    uint64_t size = decode_fields(d, segment_row, ARRAY_LEN(segment_row));

    if (size > 0 && decode_address(d, decode_value(d, KEY_INTEL_SEGMENT_BASE), size, &s)) {
        decode_located(d, KEY_INTEL_SEGMENT_OFFSET, value_uint(s.offset), s);
        decode_point(d, s);
    }
    decode_close(d);
    decode_leave(d);
}

/* The segments of the initial boot block, and how many there are. */
static void segments(struct decode *d)
{
    uint64_t count = decode_fields(d, count_row, ARRAY_LEN(count_row));

    for (uint64_t i = 0; i < count && reader_more(&d->in); i++)
        segment(d);
}

static void boot_block_1(struct decode *d)
{
    (void)decode_fields(d, blocks_1, ARRAY_LEN(blocks_1));
    intel_hash(d, "after-boot-block", HASH_ROOM, false);
    (void)decode_fields(d, entry_row, ARRAY_LEN(entry_row));
    intel_hash(d, "boot-block", HASH_ROOM, false);
    segments(d);
}

static void boot_block_2(struct decode *d)
{
    (void)decode_fields(d, blocks_2, ARRAY_LEN(blocks_2));
    intel_hash(d, "after-boot-block", 0, false);
    (void)decode_fields(d, entry_row, ARRAY_LEN(entry_row));
    size_t from = d->in.pos;
    uint64_t count = decode_fields(d, list_head, ARRAY_LEN(list_head));

    for (uint64_t i = 0; i < count && reader_more(&d->in); i++)
        intel_hash(d, "boot-block", 0, false);
    if (!d->in.failed && d->in.pos - from != decode_value(d, KEY_INTEL_HASH_LIST_SIZE))
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base + from);
    intel_hash(d, "other-boot-block", 0, false);
    (void)decode_fields(d, reserved_3, ARRAY_LEN(reserved_3));
    segments(d);
    intel_filling(d);
}

static void element_data(struct decode *d, size_t size)
{
    size_t from = d->in.pos;
    struct bytes b = reader_take(&d->in, size);

    decode_digest(d, KEY_INTEL_ELEMENT_DATA, b, reader_span(&d->in, from));
}

/* The four letters between the underscores, as a name. */
static void element_open(struct decode *d)
{
    struct bytes id = bytes_slice(d->in.all, d->in.pos + 2, 4);

    if (bytes_printable(id))
        decode_open_bytes(d, ITEM_MAP, id);
    else
        decode_open(d, ITEM_MAP, "unknown");
}

/* Elements of version 1 have no common length. Returns false when what follows is unknown. */
static bool element_of_1(struct decode *d, struct bytes whole)
{
    struct bytes id = bytes_slice(d->in.all, d->in.pos, 8);
    bool known = true;

    element_open(d);
    (void)decode_fields(d, element_1, ARRAY_LEN(element_1));
    if (bytes_equal_text(id, "__IBBS__")) {
        boot_block_1(d);
    } else if (bytes_equal_text(id, "__PMDA__")) {
        element_data(d, (size_t)decode_fields(d, data_head_1, ARRAY_LEN(data_head_1)));
    } else if (bytes_equal_text(id, "__PMSG__")) {
        intel_signature(d, bytes_slice(whole, 0, d->in.pos));
    } else {
        decode_fault(d, FAULT_UNRECOGNISED, reader_offset(&d->in) - ELEMENT_HEAD_1);
        known = false;
    }
    decode_close(d);
    return known;
}

/* Elements of version 2 state their length; that of the signature reaches to the end. */
static void element_of_2(struct decode *d, struct bytes whole, uint64_t signed_size)
{
    size_t start = d->in.pos;
    size_t left = reader_left(&d->in);
    struct reader peek = d->in;
    struct bytes id = reader_take(&peek, 8);
    bool last = bytes_equal_text(id, "__PMSG__");

    (void)reader_take(&peek, 2);
    size_t size = reader_u16le(&peek);
    bool good = last || (size >= ELEMENT_HEAD_2 && size <= left);

    decode_enter(d, last || !good ? left : size);
    element_open(d);
    if (!good)
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base + ELEMENT_HEAD_2 - 2);
    (void)decode_fields(d, element_2, ARRAY_LEN(element_2));
    if (last) {
        if (start + ELEMENT_HEAD_2 != signed_size)
            decode_fault(d, FAULT_BAD_LENGTH, d->in.base);
        intel_signature(d, bytes_slice(whole, 0, (size_t)signed_size));
        intel_filling(d);
    } else if (good && bytes_equal_text(id, "__IBBS__")) {
        boot_block_2(d);
    } else {
        element_data(d, reader_left(&d->in));
    }
    decode_close(d);
    decode_leave(d);
}

static void decode(struct decode *d)
{
    struct bytes whole = d->in.all;
    uint8_t version = whole.data[VERSION_AT];
    bool signed_once = false;

    if (!bytes_starts_with(whole, mark))
        decode_fault(d, FAULT_BAD_SIGNATURE, d->in.base);
    if (version != 0x10 && version < VERSION_2)
        decode_fault(d, FAULT_BAD_VERSION, d->in.base + VERSION_AT);
    if (version >= VERSION_2)
        (void)decode_fields(d, header_2, ARRAY_LEN(header_2));
    else
        (void)decode_fields(d, header_1, ARRAY_LEN(header_1));
    uint64_t signed_size = decode_value(d, KEY_INTEL_SIGNATURE_OFFSET);

    while (!signed_once && reader_left(&d->in) >= ELEMENT_HEAD_1) {
        signed_once = bytes_equal_text(bytes_slice(whole, d->in.pos, 8), "__PMSG__");
        if (version >= VERSION_2)
            element_of_2(d, whole, signed_size);
        else if (!element_of_1(d, whole))
            return;
    }
    if (!signed_once)
        decode_fault(d, FAULT_MISSING, reader_offset(&d->in));
    else
        intel_filling(d);
}

const struct decoder decoder_intel_boot_policy = {
    .name = "intel-boot-policy",
    .title = "Intel Boot Guard boot policy manifest",
    .spec = "intel-bootguard",
    .min = HEADER_MIN,
    .max = 1 << 16,
    .probe = probe,
    .decode = decode,
};
