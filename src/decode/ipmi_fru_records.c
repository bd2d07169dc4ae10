/* SPDX-License-Identifier: Apache-2.0 */
/* FRU Information Storage 1.3, 16 to 18.7: the multirecord area. PICMG 3.0 for its own records.
 */
#include "decode/ipmi.h"

enum {
    RECORD_HEAD = 5,
    END_OF_LIST = 0x80,
    PICMG = 0x00315a,
    BYTES_SHOWN = 64
};

static const struct field record_head[] = {
    {KEY_FRU_RECORD_TYPE,   F_U8,   0, 0},
    {KEY_NONE,              F_U8,   0, 0},
    {KEY_FRU_VERSION,       F_BITS, 4, 0},
    {KEY_NONE,              F_SKIP, 1, 0},
    {KEY_FRU_CHECKSUM,      F_U8,   0, 0},
    {KEY_FRU_HEAD_CHECKSUM, F_U8,   0, 0},
};

static const struct field power_supply[] = {
    {KEY_NONE,                   F_U16LE, 0,  0 },
    {KEY_FRU_PSU_CAPACITY,       F_BITS,  12, 0 },
    {KEY_FRU_PSU_PEAK,           F_U16LE, 0,  0 },
    {KEY_FRU_PSU_INRUSH,         F_U8,    0,  0 },
    {KEY_FRU_PSU_INRUSH_TIME,    F_U8,    0,  0 },
    {KEY_FRU_PSU_LOW1,           F_U16LE, 0,  0 },
    {KEY_FRU_PSU_HIGH1,          F_U16LE, 0,  0 },
    {KEY_FRU_PSU_LOW2,           F_U16LE, 0,  0 },
    {KEY_FRU_PSU_HIGH2,          F_U16LE, 0,  0 },
    {KEY_FRU_PSU_FREQUENCY_LOW,  F_U8,    0,  0 },
    {KEY_FRU_PSU_FREQUENCY_HIGH, F_U8,    0,  0 },
    {KEY_FRU_PSU_DROPOUT,        F_U8,    0,  0 },
    {KEY_FRU_PSU_FLAGS,          F_U8,    0,  0 },
    {KEY_NONE,                   F_U16LE, 0,  0 },
    {KEY_FRU_PSU_PEAK_CAPACITY,  F_BITS,  12, 0 },
    {KEY_FRU_PSU_HOLD,           F_BITS,  4,  12},
    {KEY_FRU_PSU_COMBINED,       F_U8,    0,  0 },
    {KEY_FRU_PSU_COMBINED_WATTS, F_U16LE, 0,  0 },
    {KEY_FRU_PSU_TACHOMETER,     F_U8,    0,  0 },
};

static const struct field dc[] = {
    {KEY_FRU_DC_NUMBER,  F_U8,    0, 0},
    {KEY_FRU_DC_NOMINAL, F_I16LE, 0, 0},
    {KEY_FRU_DC_LOW,     F_I16LE, 0, 0},
    {KEY_FRU_DC_HIGH,    F_I16LE, 0, 0},
    {KEY_FRU_DC_RIPPLE,  F_U16LE, 0, 0},
    {KEY_FRU_DC_MINIMUM, F_U16LE, 0, 0},
    {KEY_FRU_DC_MAXIMUM, F_U16LE, 0, 0},
};

static const struct field access_head[] = {
    {KEY_FRU_ACCESS_TYPE, F_U8, 0, 0}
};

static const struct field oem_head[] = {
    {KEY_FRU_RECORD_MAKER, F_U24LE, 0, 0}
};

static const struct field picmg_head[] = {
    {KEY_FRU_PICMG_ID,      F_U8, 0, 0},
    {KEY_FRU_PICMG_VERSION, F_U8, 0, 0},
};

static const struct field picmg_power[] = {
    {KEY_FRU_PICMG_CURRENT, F_U16LE, 0, 0}
};

static void rest(struct decode *d)
{
    size_t from = d->in.pos;
    struct bytes b = reader_take(&d->in, reader_left(&d->in));

    if (b.len == 0)
        return;
    if (b.len <= BYTES_SHOWN)
        decode_bytes(d, KEY_FRU_RECORD_DATA, b, from);
    else
        decode_digest(d, KEY_FRU_RECORD_DATA, b, reader_span(&d->in, from));
}

static void access_read(struct decode *d)
{
    uint64_t kind = decode_fields(d, IPMI_ROWS(access_head));
    size_t from = d->in.pos;

    if (kind == 7 && reader_left(&d->in) == 16) {
        struct bytes guid = reader_take(&d->in, 16);

        decode_bytes(d, KEY_FRU_ACCESS_GUID, guid_text(d->arena, guid), from);
        return;
    }
    struct bytes text = reader_take(&d->in, reader_left(&d->in));

    decode_bytes(d, KEY_FRU_ACCESS_TEXT, bytes_trim(text), from);
}

static void oem_read(struct decode *d)
{
    if (decode_fields(d, IPMI_ROWS(oem_head)) == PICMG) {
        decode_fields(d, IPMI_ROWS(picmg_head));
        if (decode_value(d, KEY_FRU_PICMG_ID) == 0x27)
            decode_fields(d, IPMI_ROWS(picmg_power));
    }
    rest(d);
}

/* Named by kind and by what tells records of that kind apart. */
static void record_open(struct decode *d, unsigned type, struct bytes data)
{
    struct reader r = reader_of(data, 0, 0);
    unsigned first = reader_u8(&r);
    uint32_t maker = (uint32_t)(first | (uint32_t)reader_u16le(&r) << 8);

    if (type >= 0xc0 && maker == PICMG)
        decode_open(d, ITEM_MAP, "picmg:%u", reader_u8(&r));
    else if (type >= 0xc0)
        decode_open(d, ITEM_MAP, "oem:%u", maker);
    else if (type == 0)
        decode_open(d, ITEM_MAP, "power-supply");
    else if (type == 1)
        decode_open(d, ITEM_MAP, "dc-output:%u", first & 15);
    else if (type == 2)
        decode_open(d, ITEM_MAP, "dc-load:%u", first & 15);
    else if (type == 3)
        decode_open(d, ITEM_MAP, "management-access:%u", first);
    else
        decode_open(d, ITEM_MAP, "type-%u", type);
}

static void record_data(struct decode *d, unsigned type)
{
    if (type >= 0xc0)
        oem_read(d);
    else if (type == 0)
        decode_fields(d, IPMI_ROWS(power_supply));
    else if (type == 1 || type == 2)
        decode_fields(d, IPMI_ROWS(dc));
    else if (type == 3)
        access_read(d);
    rest(d);
}

/* One record. False when it is the last, or when what follows cannot be found. */
static bool record_read(struct decode *d)
{
    struct reader peek = d->in;
    struct reader whole = d->in;
    unsigned type = reader_u8(&peek);
    unsigned flags = reader_u8(&peek);
    size_t length = reader_u8(&peek);
    struct bytes header = reader_take(&whole, RECORD_HEAD);
    struct bytes data = reader_take(&whole, length);

    if (whole.failed) {
        decode_fault(d, FAULT_TRUNCATED, whole.fail_offset);
        return false;
    }
    if (sum8(header) != 0) {
        decode_fault(d, FAULT_BAD_CHECKSUM, reader_offset(&d->in) + 4);
        return false;
    }
    decode_enter(d, RECORD_HEAD + length);
    record_open(d, type, data);
    uint8_t sum = header.data[3];

    for (size_t i = 0; i < data.len; i++)
        sum = (uint8_t)(sum + data.data[i]);
    if (sum != 0)
        decode_fault(d, FAULT_BAD_CHECKSUM, d->in.base + 3);
    decode_fields(d, IPMI_ROWS(record_head));
    record_data(d, type);
    decode_close(d);
    decode_leave(d);
    return (flags & END_OF_LIST) == 0;
}

/* How many bytes the records take, as their heads say. */
static size_t records_size(struct reader in)
{
    size_t from = in.pos;
    bool last = false;

    while (!last && reader_left(&in) >= RECORD_HEAD) {
        struct bytes header = reader_take(&in, RECORD_HEAD);
        size_t left = reader_left(&in);

        last = (header.data[1] & END_OF_LIST) != 0;
        (void)reader_take(&in, header.data[2] < left ? header.data[2] : left);
    }
    return in.pos - from;
}

void fru_records(struct decode *d)
{
    decode_enter(d, records_size(d->in));
    decode_open(d, ITEM_MAP, "multirecord");
    while (record_read(d)) {
        if (!reader_more(&d->in)) {
            decode_fault(d, FAULT_UNTERMINATED, reader_offset(&d->in));
            break;
        }
    }
    decode_close(d);
    decode_leave(d);
}
