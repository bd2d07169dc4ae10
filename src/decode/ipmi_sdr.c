/* SPDX-License-Identifier: Apache-2.0 */
/* IPMI 2.0, 43: sensor data records, one after the other as read from the repository. */
#include "decode/ipmi.h"

enum {
    HEAD_SIZE = 5
};

static const struct field record_head[] = {
    {KEY_SDR_ID,      F_U16LE, 0, 0},
    {KEY_SDR_VERSION, F_U8,    0, 0},
    {KEY_SDR_TYPE,    F_U8,    0, 0},
    {KEY_NONE,        F_SKIP,  1, 0},
};

#define SENSOR_KEY                                                                             \
    {KEY_SDR_OWNER, F_U8, 0, 0}, {KEY_SDR_OWNER_LUN, F_U8, 0, 0},                              \
        {KEY_SDR_NUMBER, F_U8, 0, 0}, {KEY_SDR_ENTITY, F_U8, 0, 0},                            \
    {                                                                                          \
        KEY_SDR_INSTANCE, F_U8, 0, 0                                                           \
    }

#define SENSOR_COMMON                                                                          \
    SENSOR_KEY, {KEY_SDR_INIT, F_U8, 0, 0}, {KEY_SDR_CAPABILITIES, F_U8, 0, 0},                \
        {KEY_SDR_SENSOR_TYPE, F_U8, 0, 0}, {KEY_SDR_READING_TYPE, F_U8, 0, 0},                 \
        {KEY_SDR_ASSERT, F_U16LE, 0, 0}, {KEY_SDR_DEASSERT, F_U16LE, 0, 0},                    \
        {KEY_SDR_READING_MASK, F_U16LE, 0, 0},                                                 \
    {                                                                                          \
        KEY_SDR_UNITS, F_BYTES, 3, 0                                                           \
    }

static const struct field full[] = {
    SENSOR_COMMON,
    {KEY_SDR_FACTORS,         F_BYTES,    7, 0},
    {KEY_SDR_ANALOG,          F_U8,       0, 0},
    {KEY_SDR_NOMINAL,         F_U8,       0, 0},
    {KEY_SDR_NORMAL_MAX,      F_U8,       0, 0},
    {KEY_SDR_NORMAL_MIN,      F_U8,       0, 0},
    {KEY_SDR_SENSOR_MAX,      F_U8,       0, 0},
    {KEY_SDR_SENSOR_MIN,      F_U8,       0, 0},
    {KEY_SDR_UNR,             F_U8,       0, 0},
    {KEY_SDR_UC,              F_U8,       0, 0},
    {KEY_SDR_UNC,             F_U8,       0, 0},
    {KEY_SDR_LNR,             F_U8,       0, 0},
    {KEY_SDR_LC,              F_U8,       0, 0},
    {KEY_SDR_LNC,             F_U8,       0, 0},
    {KEY_SDR_HYSTERESIS_UP,   F_U8,       0, 0},
    {KEY_SDR_HYSTERESIS_DOWN, F_U8,       0, 0},
    {KEY_NONE,                F_RESERVED, 2, 0},
    {KEY_SDR_OEM,             F_U8,       0, 0},
};

static const struct field compact[] = {
    SENSOR_COMMON,
    {KEY_SDR_SHARING,         F_U16LE,    0, 0},
    {KEY_SDR_HYSTERESIS_UP,   F_U8,       0, 0},
    {KEY_SDR_HYSTERESIS_DOWN, F_U8,       0, 0},
    {KEY_NONE,                F_RESERVED, 3, 0},
    {KEY_SDR_OEM,             F_U8,       0, 0},
};

static const struct field event_only[] = {
    SENSOR_KEY,
    {KEY_SDR_SENSOR_TYPE,  F_U8,       0, 0},
    {KEY_SDR_READING_TYPE, F_U8,       0, 0},
    {KEY_SDR_SHARING,      F_U16LE,    0, 0},
    {KEY_NONE,             F_RESERVED, 1, 0},
    {KEY_SDR_OEM,          F_U8,       0, 0},
};

static const struct field association[] = {
    {KEY_SDR_ENTITY,    F_U8,    0, 0},
    {KEY_SDR_INSTANCE,  F_U8,    0, 0},
    {KEY_SDR_FLAGS,     F_U8,    0, 0},
    {KEY_SDR_CONTAINED, F_BYTES, 8, 0},
};

static const struct field relative_association[] = {
    {KEY_SDR_ENTITY,    F_U8,       0,  0},
    {KEY_SDR_INSTANCE,  F_U8,       0,  0},
    {KEY_SDR_SLAVE,     F_U8,       0,  0},
    {KEY_SDR_CHANNEL,   F_U8,       0,  0},
    {KEY_SDR_FLAGS,     F_U8,       0,  0},
    {KEY_SDR_CONTAINED, F_BYTES,    16, 0},
    {KEY_NONE,          F_RESERVED, 6,  0},
};

static const struct field generic_locator[] = {
    {KEY_SDR_ACCESS,          F_U8,       0, 0},
    {KEY_SDR_SLAVE,           F_U8,       0, 0},
    {KEY_NONE,                F_U8,       0, 0},
    {KEY_SDR_CHANNEL,         F_BITS,     3, 5},
    {KEY_SDR_LUN,             F_BITS,     5, 0},
    {KEY_SDR_SPAN,            F_U8,       0, 0},
    {KEY_NONE,                F_RESERVED, 1, 0},
    {KEY_SDR_DEVICE_TYPE,     F_U8,       0, 0},
    {KEY_SDR_DEVICE_MODIFIER, F_U8,       0, 0},
    {KEY_SDR_ENTITY,          F_U8,       0, 0},
    {KEY_SDR_INSTANCE,        F_U8,       0, 0},
    {KEY_SDR_OEM,             F_U8,       0, 0},
};

static const struct field fru_locator[] = {
    {KEY_SDR_ACCESS,          F_U8,       0, 0},
    {KEY_SDR_SLAVE,           F_U8,       0, 0},
    {KEY_SDR_LUN,             F_U8,       0, 0},
    {KEY_SDR_CHANNEL,         F_U8,       0, 0},
    {KEY_NONE,                F_RESERVED, 1, 0},
    {KEY_SDR_DEVICE_TYPE,     F_U8,       0, 0},
    {KEY_SDR_DEVICE_MODIFIER, F_U8,       0, 0},
    {KEY_SDR_ENTITY,          F_U8,       0, 0},
    {KEY_SDR_INSTANCE,        F_U8,       0, 0},
    {KEY_SDR_OEM,             F_U8,       0, 0},
};

static const struct field controller_locator[] = {
    {KEY_SDR_SLAVE,        F_U8,       0, 0},
    {KEY_SDR_CHANNEL,      F_U8,       0, 0},
    {KEY_SDR_POWER,        F_U8,       0, 0},
    {KEY_SDR_CAPABILITIES, F_U8,       0, 0},
    {KEY_NONE,             F_RESERVED, 3, 0},
    {KEY_SDR_ENTITY,       F_U8,       0, 0},
    {KEY_SDR_INSTANCE,     F_U8,       0, 0},
    {KEY_SDR_OEM,          F_U8,       0, 0},
};

static const struct field confirmation[] = {
    {KEY_SDR_SLAVE,     F_U8,    0,  0},
    {KEY_SDR_DEVICE_ID, F_U8,    0,  0},
    {KEY_SDR_CHANNEL,   F_U8,    0,  0},
    {KEY_SDR_REVISIONS, F_BYTES, 3,  0},
    {KEY_SDR_MAKER,     F_U24LE, 0,  0},
    {KEY_SDR_PRODUCT,   F_U16LE, 0,  0},
    {KEY_SDR_GUID,      F_BYTES, 16, 0},
};

static const struct field channels[] = {
    {KEY_SDR_CHANNELS,     F_BYTES,    8, 0},
    {KEY_SDR_POWER,        F_U8,       0, 0},
    {KEY_SDR_CAPABILITIES, F_U8,       0, 0},
    {KEY_NONE,             F_RESERVED, 1, 0},
};

static const struct field oem[] = {
    {KEY_SDR_MAKER, F_U24LE, 0, 0}
};

/* Rows stand behind the record's head. `name_at`: where in the record the name begins, or 0. */
static const struct record {
    const char *name;
    const struct field *rows;
    size_t count;
    uint8_t type;
    uint8_t name_at;
} records[] = {
    {"sensor",                  IPMI_ROWS(full),                 0x01, 47},
    {"sensor",                  IPMI_ROWS(compact),              0x02, 31},
    {"event-sensor",            IPMI_ROWS(event_only),           0x03, 16},
    {"entity-association",      IPMI_ROWS(association),          0x08, 0 },
    {"relative-association",    IPMI_ROWS(relative_association), 0x09, 0 },
    {"device-locator",          IPMI_ROWS(generic_locator),      0x10, 15},
    {"fru-locator",             IPMI_ROWS(fru_locator),          0x11, 15},
    {"controller-locator",      IPMI_ROWS(controller_locator),   0x12, 15},
    {"controller-confirmation", IPMI_ROWS(confirmation),         0x13, 0 },
    {"message-channels",        IPMI_ROWS(channels),             0x14, 0 },
    {"oem",                     IPMI_ROWS(oem),                  0xc0, 0 },
};

static const struct record *record_find(unsigned type)
{
    for (size_t i = 0; i < ARRAY_LEN(records); i++) {
        if (records[i].type == type)
            return &records[i];
    }
    return NULL;
}

/*
 * The name at this place of a record, as text; empty if it is not there. What is binary in an
 * inventory is Unicode here (43.15).
 */
static struct bytes name_of(struct decode *d, const struct record *r)
{
    struct reader in = reader_at(&d->in, r->name_at, 1);
    unsigned type_length = reader_u8(&in);
    struct bytes wide;

    in = reader_at(&d->in, r->name_at + 1U, type_length & 0x1f);
    if (type_length >> 6 == 0 && utf16_text(d->arena, in.all, &wide))
        return wide;
    return ipmi_text(d->arena, type_length, in.all, true);
}

/* Entities and owners tell apart what has no name. */
static void record_open(struct decode *d, const struct record *r, unsigned type)
{
    struct text name;
    struct bytes key = bytes_slice(d->in.all, HEAD_SIZE, 2);

    text_init(&name, d->arena, 256);
    if (r == NULL) {
        text_printf(&name, "type-%u", type);
    } else {
        text_puts(&name, r->name);
        text_char(&name, ':');
        if (r->name_at > 0)
            text_add(&name, name_of(d, r));
        else
            text_hex(&name, key);
    }
    decode_open_bytes(d, ITEM_MAP, text_bytes(&name));
}

static void name_read(struct decode *d, const struct record *r)
{
    size_t from = d->in.pos;
    uint64_t form = reader_u8(&d->in);
    struct bytes text = name_of(d, r);

    decode_uint(d, KEY_SDR_NAME_FORM, form, from);
    from = d->in.pos;
    (void)reader_take(&d->in, form & 0x1f);
    decode_bytes(d, KEY_SDR_NAME, text, from);
}

static void record_read(struct decode *d, unsigned type)
{
    const struct record *r = record_find(type);

    record_open(d, r, type);
    decode_fields(d, IPMI_ROWS(record_head));
    if (r != NULL) {
        decode_fields(d, r->rows, r->count);
        if (r->name_at > 0)
            name_read(d, r);
    }
    size_t from = d->in.pos;
    struct bytes rest = reader_take(&d->in, reader_left(&d->in));

    if (rest.len > 0)
        decode_bytes(d, KEY_SDR_DATA, rest, from);
    decode_close(d);
}

static void decode(struct decode *d)
{
    static const uint8_t none[] = {0};
    uint64_t count = 0;

    if (reader_left(&d->in) == 1) {
        (void)ipmi_payload(d, none, false);
        return;
    }
    while (reader_more(&d->in)) {
        struct reader peek = d->in;

        (void)reader_take(&peek, 3);
        unsigned type = reader_u8(&peek);
        size_t length = reader_u8(&peek);

        if (peek.failed || length > reader_left(&peek)) {
            decode_fault(d, FAULT_TRUNCATED, reader_offset(&d->in));
            break;
        }
        decode_enter(d, HEAD_SIZE + length);
        record_read(d, type);
        decode_leave(d);
        count++;
    }
    decode_value_at(d, KEY_SDR_COUNT, value_uint(count),
                    (struct span){d->in.blob, d->in.base, 0});
}

/* Every record must have a known type and version, and the last must end with the bytes. */
static unsigned probe(struct bytes b, struct bytes label)
{
    struct reader r = reader_of(b, 0, 0);

    if (b.len < HEAD_SIZE)
        return 0;
    while (reader_more(&r)) {
        struct bytes head = reader_take(&r, HEAD_SIZE);

        if (head.len < HEAD_SIZE)
            return 0;
        uint8_t version = head.data[2];

        (void)reader_take(&r, head.data[4]);
        if ((version != 0x51 && version != 0x01 && version != 0x02) ||
            record_find(head.data[3]) == NULL)
            return 0;
    }
    if (r.failed)
        return 0;
    return bytes_starts_with(label, "sdr") ? 80 : 35;
}

const struct decoder decoder_ipmi_sdr = {
    .name = "ipmi-sdr",
    .title = "IPMI sensor data records",
    .spec = "ipmi-2.0",
    .min = 0,
    .max = 1 << 20,
    .probe = probe,
    .decode = decode,
};
