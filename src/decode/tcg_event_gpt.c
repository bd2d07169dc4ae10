/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UEFI_GPT_DATA of PC Client Platform Firmware Profile 1.06, section 10.2; UEFI specification
 * 2.10, section 5.3 (partition tables).
 */
#include "decode/tcg_event_data.h"

enum {
    PARTITION_MIN = 128
};

/* A GUID under an OWN key, unless the specification had it zeroed. */
static bool unique_guid(struct decode *d, enum key_id key)
{
    static const struct field zero[] = {
        {KEY_NONE, F_RESERVED, 16, 0}
    };
    const struct field row[] = {
        {key, F_GUID, 0, 0}
    };
    bool there = !bytes_all(bytes_slice(tcg_data_rest(d), 0, 16), 0);

    decode_fields(d, there ? row : zero, 1);
    return there;
}

static bool partition_decode(struct decode *d, size_t size)
{
    static const struct field type_row[] = {
        {KEY_EVENTLOG_PARTITION_TYPE, F_GUID, 0, 0}
    };
    static const struct field place[] = {
        {KEY_EVENTLOG_PARTITION_FIRST,      F_U64LE, 0, 0},
        {KEY_EVENTLOG_PARTITION_LAST,       F_U64LE, 0, 0},
        {KEY_EVENTLOG_PARTITION_ATTRIBUTES, F_U64LE, 0, 0},
    };
    struct bytes name;

    decode_enter(d, size);
    decode_open(d, ITEM_MAP, "partition");
    decode_fields(d, type_row, 1);
    bool unique = unique_guid(d, KEY_EVENTLOG_PARTITION_GUID);

    decode_fields(d, place, ARRAY_LEN(place));
    size_t from = d->in.pos;

    if (!utf16_text(d->arena, reader_take(&d->in, 72), &name))
        decode_fault(d, FAULT_BAD_ENCODING, d->in.base + from);
    decode_bytes(d, KEY_EVENTLOG_PARTITION_NAME, name, from);
    (void)tcg_opaque_decode(d);
    decode_close(d);
    decode_leave(d);
    return unique;
}

static bool gpt_header_decode(struct decode *d)
{
    static const struct field before[] = {
        {KEY_NONE,                  F_SKIP,     8, 0},
        {KEY_EVENTLOG_GPT_REVISION, F_U32LE,    0, 0},
        {KEY_NONE,                  F_SKIP,     4, 0},
        {KEY_EVENTLOG_GPT_CRC,      F_U32LE,    0, 0},
        {KEY_NONE,                  F_RESERVED, 4, 0},
        {KEY_EVENTLOG_GPT_LBA,      F_U64LE,    0, 0},
        {KEY_EVENTLOG_GPT_BACKUP,   F_U64LE,    0, 0},
        {KEY_EVENTLOG_GPT_FIRST,    F_U64LE,    0, 0},
        {KEY_EVENTLOG_GPT_LAST,     F_U64LE,    0, 0},
    };
    static const struct field after[] = {
        {KEY_EVENTLOG_GPT_TABLE,      F_U64LE, 0, 0},
        {KEY_EVENTLOG_GPT_ENTRIES,    F_U32LE, 0, 0},
        {KEY_EVENTLOG_GPT_ENTRY_SIZE, F_U32LE, 0, 0},
        {KEY_EVENTLOG_GPT_TABLE_CRC,  F_U32LE, 0, 0},
    };
    struct bytes data = tcg_data_rest(d);

    if (!bytes_starts_with(data, "EFI PART"))
        decode_fault(d, FAULT_BAD_SIGNATURE, reader_offset(&d->in));
    if (data.len >= 16 && data.data[12] != 92)
        decode_fault(d, FAULT_BAD_LENGTH, reader_offset(&d->in) + 12);
    decode_fields(d, before, ARRAY_LEN(before));
    bool unique = unique_guid(d, KEY_EVENTLOG_DISK_GUID);

    decode_fields(d, after, ARRAY_LEN(after));
    return unique;
}

bool tcg_gpt_decode(struct decode *d)
{
    static const struct field count_row[] = {
        {KEY_EVENTLOG_GPT_COUNT, F_U64LE, 0, 0}
    };
    bool unique = gpt_header_decode(d);
    uint64_t size = decode_value(d, KEY_EVENTLOG_GPT_ENTRY_SIZE);
    uint64_t offset = reader_offset(&d->in);
    uint64_t count = decode_fields(d, count_row, 1);
    uint64_t i = 0;

    if (d->in.failed)
        return unique;
    if (size < PARTITION_MIN) {
        decode_fault(d, FAULT_BAD_LENGTH, offset - 8);
        size = PARTITION_MIN;
    }
    decode_open(d, ITEM_BAG, "partitions");
    for (; i < count && reader_left(&d->in) >= size; i++)
        unique = partition_decode(d, (size_t)size) || unique;
    decode_close(d);
    if (i < count)
        decode_fault(d, FAULT_BAD_COUNT, offset);
    tcg_trailing_decode(d);
    return unique;
}
