/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables that say which devices may reach memory: Intel VT-d 4.1, chapter 8 (DMAR) and AMD I/O
 * Virtualization 3.09, chapter 5 (IVRS).
 */
#include "decode/acpi.h"

static const struct field dmar_table[] = {
    {KEY_ACPI_DMAR_WIDTH,     F_U8,       0,  0},
    {KEY_ACPI_DMAR_FLAGS,     F_U8,       0,  0},
    {KEY_ACPI_DMAR_INTERRUPT, F_FLAG,     0,  0},
    {KEY_ACPI_DMAR_X2APIC,    F_FLAG,     0,  1},
    {KEY_ACPI_DMAR_OPT_IN,    F_FLAG,     0,  2},
    {KEY_NONE,                F_RESERVED, 10, 0},
};

static const struct field drhd[] = {
    {KEY_ACPI_DMAR_UNIT_FLAGS,  F_U8,    0, 0},
    {KEY_ACPI_DMAR_INCLUDE_ALL, F_FLAG,  0, 0},
    {KEY_ACPI_DMAR_UNIT_SIZE,   F_U8,    0, 0},
    {KEY_ACPI_DMAR_SEGMENT,     F_U16LE, 0, 0},
    {KEY_ACPI_DMAR_BASE,        F_U64LE, 0, 0},
};

static const struct field rmrr[] = {
    {KEY_NONE,                   F_RESERVED, 2, 0},
    {KEY_ACPI_DMAR_SEGMENT,      F_U16LE,    0, 0},
    {KEY_ACPI_DMAR_REGION_BASE,  F_U64LE,    0, 0},
    {KEY_ACPI_DMAR_REGION_LIMIT, F_U64LE,    0, 0},
};

static const struct field atsr[] = {
    {KEY_ACPI_DMAR_UNIT_FLAGS, F_U8,       0, 0},
    {KEY_ACPI_DMAR_ALL_PORTS,  F_FLAG,     0, 0},
    {KEY_NONE,                 F_RESERVED, 1, 0},
    {KEY_ACPI_DMAR_SEGMENT,    F_U16LE,    0, 0},
};

static const struct field rhsa[] = {
    {KEY_NONE,             F_RESERVED, 4, 0},
    {KEY_ACPI_DMAR_BASE,   F_U64LE,    0, 0},
    {KEY_ACPI_DMAR_DOMAIN, F_U32LE,    0, 0},
};

static const struct field andd[] = {
    {KEY_NONE,                    F_RESERVED, 3, 0},
    {KEY_ACPI_DMAR_DEVICE_NUMBER, F_U8,       0, 0},
};

static const struct field satc[] = {
    {KEY_ACPI_DMAR_UNIT_FLAGS,   F_U8,       0, 0},
    {KEY_ACPI_DMAR_ATC_REQUIRED, F_FLAG,     0, 0},
    {KEY_NONE,                   F_RESERVED, 1, 0},
    {KEY_ACPI_DMAR_SEGMENT,      F_U16LE,    0, 0},
};

static const struct field sidp[] = {
    {KEY_NONE,              F_RESERVED, 2, 0},
    {KEY_ACPI_DMAR_SEGMENT, F_U16LE,    0, 0},
};

/* clang-format off */
static const struct acpi_entry dmar_kinds[] = {
    {"remapping-unit", ACPI_ROWS(drhd), 0, 6, 2, false},
    {"reserved-memory", ACPI_ROWS(rmrr), 1, 6, 2, false},
    {"root-port-ats", ACPI_ROWS(atsr), 2, 6, 2, false},
    {"unit-affinity", ACPI_ROWS(rhsa), 3, 0, 0, false},
    {"namespace-device", ACPI_ROWS(andd), 4, 7, 1, false},
    {"device-atc", ACPI_ROWS(satc), 5, 6, 2, false},
    {"device-property", ACPI_ROWS(sidp), 6, 6, 2, false},
};
/* clang-format on */

static const struct field scope_head[] = {
    {KEY_ACPI_SCOPE_TYPE,        F_U8,       0, 0},
    {KEY_NONE,                   F_SKIP,     1, 0},
    {KEY_ACPI_SCOPE_FLAGS,       F_U8,       0, 0},
    {KEY_NONE,                   F_RESERVED, 1, 0},
    {KEY_ACPI_SCOPE_ENUMERATION, F_U8,       0, 0},
    {KEY_ACPI_SCOPE_BUS,         F_U8,       0, 0},
};

/* Named by kind and path ("endpoint:1c.0:0.0"); the bus from which it starts may move. */
static void scope_open(struct decode *d, unsigned type, struct bytes path)
{
    static const char *const names[] = {"unknown", "endpoint", "bridge",
                                        "io-apic", "hpet",     "namespace"};
    struct text name;

    text_init(&name, d->arena, 1024);
    text_puts(&name, type < ARRAY_LEN(names) ? names[type] : "unknown");
    for (size_t i = 0; i + 1 < path.len; i += 2)
        text_printf(&name, ":%02x.%x", path.data[i], path.data[i + 1]);
    decode_open_bytes(d, ITEM_MAP, text_bytes(&name));
}

static void scopes(struct decode *d)
{
    while (reader_more(&d->in)) {
        struct reader peek = d->in;
        unsigned type = reader_u8(&peek);
        size_t length = reader_u8(&peek);

        if (length < 8 || length % 2 != 0 || length > reader_left(&d->in)) {
            decode_fault(d, FAULT_BAD_LENGTH, reader_offset(&d->in) + 1);
            return;
        }
        decode_enter(d, length);
        scope_open(d, type, bytes_slice(d->in.all, 6, length));
        decode_fields(d, ACPI_ROWS(scope_head));
        size_t from = d->in.pos;
        struct bytes path = reader_take(&d->in, length - 6);

        decode_bytes(d, KEY_ACPI_SCOPE_PATH, path, from);
        decode_close(d);
        decode_leave(d);
    }
}

static void dmar_tail(struct decode *d, uint32_t type)
{
    size_t from = d->in.pos;

    if (type == 1) {
        uint64_t base = decode_value(d, KEY_ACPI_DMAR_REGION_BASE);
        uint64_t limit = decode_value(d, KEY_ACPI_DMAR_REGION_LIMIT);

        if (limit < base)
            decode_fault(d, FAULT_BAD_VALUE, reader_offset(&d->in) - 8);
        else
            decode_uint(d, KEY_ACPI_DMAR_REGION_SIZE, limit - base + 1, from);
    }
    if (type == 4) {
        struct bytes name = reader_take(&d->in, reader_left(&d->in));

        decode_bytes(d, KEY_ACPI_DMAR_DEVICE_NAME, bytes_trim(name), from);
    }
    if (type != 3 && type != 4)
        scopes(d);
}

void acpi_dmar(struct decode *d)
{
    decode_fields(d, ACPI_ROWS(dmar_table));
    acpi_entries(d, ACPI_ROWS(dmar_kinds),
                 (struct acpi_entry_head){2, 0, 2, KEY_ACPI_ENTRY_DATA}, dmar_tail);
}

static const struct field ivrs_table[] = {
    {KEY_ACPI_IVRS_INFO,         F_U32LE,    0, 0 },
    {KEY_ACPI_IVRS_EFR,          F_FLAG,     0, 0 },
    {KEY_ACPI_IVRS_DMA_REMAP,    F_FLAG,     0, 1 },
    {KEY_ACPI_IVRS_GUEST,        F_BITS,     3, 5 },
    {KEY_ACPI_IVRS_PHYSICAL,     F_BITS,     7, 8 },
    {KEY_ACPI_IVRS_VIRTUAL,      F_BITS,     7, 15},
    {KEY_ACPI_IVRS_ATS_RESERVED, F_FLAG,     0, 22},
    {KEY_NONE,                   F_RESERVED, 8, 0 },
};

#define IVHD_COMMON                                                                            \
    {KEY_ACPI_IVRS_HARDWARE_FLAGS, F_U8, 0, 0}, {KEY_NONE, F_SKIP, 2, 0},                      \
        {KEY_NONE, F_U16LE, 0, 0}, {KEY_ACPI_IVRS_FUNCTION, F_BITS, 8, 0},                     \
        {KEY_ACPI_IVRS_BUS, F_BITS, 8, 8}, {KEY_ACPI_IVRS_CAPABILITY, F_U16LE, 0, 0},          \
        {KEY_ACPI_IVRS_BASE, F_U64LE, 0, 0}, {KEY_ACPI_IVRS_SEGMENT, F_U16LE, 0, 0},           \
        {KEY_ACPI_IVRS_UNIT_INFO, F_U16LE, 0, 0},                                              \
    {                                                                                          \
        KEY_ACPI_IVRS_FEATURES, F_U32LE, 0, 0                                                  \
    }

static const struct field ivhd_10[] = {IVHD_COMMON};

static const struct field ivhd_11[] = {
    IVHD_COMMON,
    {KEY_ACPI_IVRS_EFR_IMAGE,  F_U64LE, 0, 0},
    {KEY_ACPI_IVRS_EFR_IMAGE2, F_U64LE, 0, 0},
};

static const struct field ivmd[] = {
    {KEY_ACPI_IVRS_MEMORY_FLAGS, F_U8,       0, 0},
    {KEY_NONE,                   F_SKIP,     2, 0},
    {KEY_NONE,                   F_U16LE,    0, 0},
    {KEY_ACPI_IVRS_FUNCTION,     F_BITS,     8, 0},
    {KEY_ACPI_IVRS_BUS,          F_BITS,     8, 8},
    {KEY_ACPI_IVRS_AUXILIARY,    F_U16LE,    0, 0},
    {KEY_NONE,                   F_RESERVED, 8, 0},
    {KEY_ACPI_IVRS_START,        F_U64LE,    0, 0},
    {KEY_ACPI_IVRS_SIZE,         F_U64LE,    0, 0},
};

/*
 * In these blocks one byte of flags stands between type and length, so the rows begin at the
 * flags and skip the length.
 */
static const struct ivrs_block {
    uint8_t type;
    const char *name;
    const struct field *rows;
    size_t count;
} ivrs_blocks[] = {
    {0x10, "hardware-10",   ACPI_ROWS(ivhd_10)},
    {0x11, "hardware-11",   ACPI_ROWS(ivhd_11)},
    {0x40, "hardware-40",   ACPI_ROWS(ivhd_11)},
    {0x20, "memory-all",    ACPI_ROWS(ivmd)   },
    {0x21, "memory-device", ACPI_ROWS(ivmd)   },
    {0x22, "memory-range",  ACPI_ROWS(ivmd)   },
};

static const struct field ivhd_entry[] = {
    {KEY_ACPI_IVRS_ENTRY,    F_U8,    0, 0},
    {KEY_NONE,               F_U16LE, 0, 0},
    {KEY_ACPI_IVRS_FUNCTION, F_BITS,  8, 0},
    {KEY_ACPI_IVRS_BUS,      F_BITS,  8, 8},
    {KEY_ACPI_IVRS_SETTING,  F_U8,    0, 0},
};

static const struct field ivhd_alias[] = {
    {KEY_NONE,                    F_RESERVED, 1, 0},
    {KEY_NONE,                    F_U16LE,    0, 0},
    {KEY_ACPI_IVRS_USED_FUNCTION, F_BITS,     8, 0},
    {KEY_ACPI_IVRS_USED_BUS,      F_BITS,     8, 8},
    {KEY_NONE,                    F_RESERVED, 1, 0},
};

static const struct field ivhd_extended[] = {
    {KEY_ACPI_IVRS_EXTENDED, F_U32LE, 0, 0},
};

static const struct field ivhd_special[] = {
    {KEY_ACPI_IVRS_HANDLE,        F_U8,    0, 0},
    {KEY_NONE,                    F_U16LE, 0, 0},
    {KEY_ACPI_IVRS_USED_FUNCTION, F_BITS,  8, 0},
    {KEY_ACPI_IVRS_USED_BUS,      F_BITS,  8, 8},
    {KEY_ACPI_IVRS_VARIETY,       F_U8,    0, 0},
};

static const struct field ivhd_acpi[] = {
    {KEY_ACPI_IVRS_HID,        F_TEXT,  8, 0},
    {KEY_ACPI_IVRS_CID,        F_BYTES, 8, 0},
    {KEY_ACPI_IVRS_UID_FORMAT, F_U8,    0, 0},
    {KEY_NONE,                 F_SKIP,  1, 0},
};

enum {
    IVHD_ACPI_SIZE = 22
};

/* The upper two bits of the type give the length, but for ACPI devices, which state it. */
static size_t ivhd_entry_length(const struct reader *in)
{
    struct reader peek = *in;
    unsigned type = reader_u8(&peek);

    if (type < 0xc0)
        return (size_t)4 << (type >> 6);
    if (type != 0xf0)
        return 0;
    peek = reader_at(in, in->pos + IVHD_ACPI_SIZE - 1, 1);
    return IVHD_ACPI_SIZE + (size_t)reader_u8(&peek);
}

static void ivhd_entry_read(struct decode *d)
{
    decode_open(d, ITEM_MAP, "entry");
    decode_fields(d, ACPI_ROWS(ivhd_entry));
    unsigned type = (unsigned)decode_value(d, KEY_ACPI_IVRS_ENTRY);

    if (type == 66 || type == 67) {
        decode_fields(d, ACPI_ROWS(ivhd_alias));
    } else if (type == 70 || type == 71) {
        decode_fields(d, ACPI_ROWS(ivhd_extended));
    } else if (type == 72) {
        decode_fields(d, ACPI_ROWS(ivhd_special));
    } else if (type == 240) {
        decode_fields(d, ACPI_ROWS(ivhd_acpi));
        size_t from = d->in.pos;
        struct bytes uid = reader_take(&d->in, reader_left(&d->in));

        decode_bytes(d, KEY_ACPI_IVRS_UID, uid, from);
    }
    acpi_rest(d, KEY_ACPI_ENTRY_DATA);
    decode_close(d);
}

/* A range is two entries, start and end: their order means something. */
static void ivhd_entries(struct decode *d)
{
    decode_open(d, ITEM_LIST, "devices");
    while (reader_more(&d->in)) {
        size_t length = ivhd_entry_length(&d->in);

        if (length == 0 || length > reader_left(&d->in)) {
            decode_fault(d, FAULT_BAD_LENGTH, reader_offset(&d->in));
            break;
        }
        decode_enter(d, length);
        ivhd_entry_read(d);
        decode_leave(d);
    }
    decode_close(d);
}

static void ivrs_block_read(struct decode *d, unsigned type)
{
    static const struct field skip_type[] = {
        {KEY_NONE, F_SKIP, 1, 0}
    };
    const struct ivrs_block *block = NULL;

    for (size_t i = 0; i < ARRAY_LEN(ivrs_blocks); i++) {
        if (ivrs_blocks[i].type == type)
            block = &ivrs_blocks[i];
    }
    if (block == NULL) {
        decode_open(d, ITEM_MAP, "type-%u", type);
        acpi_rest(d, KEY_ACPI_ENTRY_DATA);
        decode_close(d);
        return;
    }
    decode_open(d, ITEM_MAP, "%s", block->name);
    decode_fields(d, ACPI_ROWS(skip_type));
    decode_fields(d, block->rows, block->count);
    if (block->rows != ivmd && !d->in.failed)
        ivhd_entries(d);
    acpi_rest(d, KEY_ACPI_ENTRY_DATA);
    decode_close(d);
}

void acpi_ivrs(struct decode *d)
{
    decode_fields(d, ACPI_ROWS(ivrs_table));
    while (reader_more(&d->in)) {
        struct reader peek = d->in;
        unsigned type = reader_u8(&peek);

        (void)reader_u8(&peek);
        size_t length = reader_u16le(&peek);

        if (length < 4 || length > reader_left(&d->in)) {
            decode_fault(d, FAULT_BAD_LENGTH, reader_offset(&d->in) + 2);
            return;
        }
        decode_enter(d, length);
        ivrs_block_read(d, type);
        decode_leave(d);
    }
}
