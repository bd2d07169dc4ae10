/* SPDX-License-Identifier: Apache-2.0 */
/* IPMI 2.0, 32: system event log, entries of 16 bytes. Event codes: 42. */
#include "decode/ipmi.h"

enum {
    ENTRY_SIZE = 16,
    THRESHOLD = 0x01,
    DISCRETE_LAST = 0x0c,
    SENSOR_SPECIFIC = 0x6f
};

static const struct field entry_head[] = {
    {KEY_SEL_ID,   F_U16LE, 0, 0},
    {KEY_SEL_TYPE, F_U8,    0, 0},
};

static const struct field event[] = {
    {KEY_SEL_TIME,        F_U32LE, 0, 0},
    {KEY_SEL_GENERATOR,   F_U16LE, 0, 0},
    {KEY_SEL_REVISION,    F_U8,    0, 0},
    {KEY_SEL_SENSOR_TYPE, F_U8,    0, 0},
    {KEY_SEL_SENSOR,      F_U8,    0, 0},
    {KEY_NONE,            F_U8,    0, 0},
    {KEY_SEL_EVENT_TYPE,  F_BITS,  7, 0},
    {KEY_SEL_DEASSERTED,  F_FLAG,  0, 7},
};

static const struct field event_data[] = {
    {KEY_SEL_DATA, F_BYTES, 3, 0}
};

static const struct field oem_time[] = {
    {KEY_SEL_TIME,  F_U32LE, 0, 0},
    {KEY_SEL_MAKER, F_U24LE, 0, 0},
    {KEY_SEL_DATA,  F_BYTES, 6, 0},
};

static const struct field oem_plain[] = {
    {KEY_SEL_DATA, F_BYTES, 13, 0}
};

/* The low four bits of the first data byte are the offset of the event in its type. */
static void event_read(struct decode *d)
{
    decode_fields(d, IPMI_ROWS(event));
    struct reader peek = d->in;
    uint64_t offset = reader_u8(&peek) & 15;
    uint64_t type = decode_value(d, KEY_SEL_EVENT_TYPE);
    uint64_t sensor = decode_value(d, KEY_SEL_SENSOR_TYPE);
    struct span s = {d->in.blob, reader_offset(&d->in), 1};

    if (type == SENSOR_SPECIFIC)
        decode_value_at(d, KEY_SEL_EVENT, value_uint(sensor << 8 | offset), s);
    else if (type >= THRESHOLD && type <= DISCRETE_LAST)
        decode_value_at(d, KEY_SEL_GENERIC, value_uint(type << 8 | offset), s);
    decode_fields(d, IPMI_ROWS(event_data));
}

static void entry_read(struct decode *d)
{
    decode_enter(d, ENTRY_SIZE);
    decode_open(d, ITEM_MAP, "entry");
    decode_fields(d, IPMI_ROWS(entry_head));
    uint64_t type = decode_value(d, KEY_SEL_TYPE);

    if (type >= 0xe0) {
        decode_fields(d, IPMI_ROWS(oem_plain));
    } else if (type >= 0xc0) {
        decode_fields(d, IPMI_ROWS(oem_time));
    } else if (type == 2) {
        event_read(d);
    } else {
        decode_fault(d, FAULT_BAD_VALUE, d->in.base + 2);
        decode_fields(d, IPMI_ROWS(oem_plain));
    }
    decode_close(d);
    decode_leave(d);
}

static void decode(struct decode *d)
{
    static const uint8_t none[] = {0};
    struct span all = {d->in.blob, d->in.base, 0};

    if (reader_left(&d->in) == 1) {
        (void)ipmi_payload(d, none, false);
        return;
    }
    decode_value_at(d, KEY_SEL_COUNT, value_uint(reader_left(&d->in) / ENTRY_SIZE), all);
    decode_open(d, ITEM_LIST, "log");
    while (reader_left(&d->in) >= ENTRY_SIZE)
        entry_read(d);
    decode_close(d);
    if (reader_more(&d->in))
        decode_fault(d, FAULT_TRUNCATED, reader_offset(&d->in));
}

static bool entry_like(struct bytes entry)
{
    uint8_t type = entry.data[2];

    return type >= 0xc0 || (type == 2 && (entry.data[9] == 3 || entry.data[9] == 4));
}

static unsigned probe(struct bytes b, struct bytes label)
{
    bool named = bytes_starts_with(label, "sel");

    if (b.len == 0 && named)
        return 40;
    if (b.len == 0 || b.len % ENTRY_SIZE != 0)
        return 0;
    for (size_t i = 0; i < b.len; i += ENTRY_SIZE) {
        struct bytes entry = bytes_slice(b, i, ENTRY_SIZE);

        if (!entry_like(entry) || bytes_all(entry, 0xff))
            return 0;
    }
    return named ? 80 : 25;
}

const struct decoder decoder_ipmi_sel = {
    .name = "ipmi-sel",
    .title = "IPMI system event log",
    .spec = "ipmi-2.0",
    .min = 0,
    .max = 4 << 20,
    .probe = probe,
    .decode = decode,
};
