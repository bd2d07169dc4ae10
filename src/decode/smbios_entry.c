/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SMBIOS entry points: DSP0134 3.7 chapter 5. The 32-bit one (2.1 to 2.8) holds the older one
 * ("_DMI_"), which also stands alone; the 64-bit one came with 3.0. As a decoder: the entry
 * point without its table.
 */
#include "decode/decode.h"
#include "decode/smbios_entry_point.h"

enum {
    LENGTH_32 = 0x1f,
    LENGTH_32_MISTAKEN = 0x1e, /* the specification 2.1 stated it so; 5.2.1 */
    LENGTH_64 = 0x18,
    LENGTH_LEGACY = 15,
    INTERMEDIATE_AT = 16
};

static const struct field entry_32[] = {
    {KEY_SM_ENTRY_ANCHOR,        F_TEXT,  4, 0},
    {KEY_SM_ENTRY_CHECKSUM,      F_U8,    0, 0},
    {KEY_SM_ENTRY_LENGTH,        F_U8,    0, 0},
    {KEY_SM_ENTRY_MAJOR,         F_U8,    0, 0},
    {KEY_SM_ENTRY_MINOR,         F_U8,    0, 0},
    {KEY_SM_ENTRY_MAX_STRUCTURE, F_U16LE, 0, 0},
    {KEY_SM_ENTRY_REVISION,      F_U8,    0, 0},
    {KEY_SM_ENTRY_FORMATTED,     F_BYTES, 5, 0},
};

static const struct field entry_legacy[] = {
    {KEY_SM_ENTRY_DMI_ANCHOR,    F_TEXT,  5, 0},
    {KEY_SM_ENTRY_DMI_CHECKSUM,  F_U8,    0, 0},
    {KEY_SM_ENTRY_TABLE_LENGTH,  F_U16LE, 0, 0},
    {KEY_SM_ENTRY_TABLE_ADDRESS, F_U32LE, 0, 0},
    {KEY_SM_ENTRY_COUNT,         F_U16LE, 0, 0},
    {KEY_SM_ENTRY_BCD,           F_U8,    0, 0},
};

static const struct field entry_64[] = {
    {KEY_SM_ENTRY_ANCHOR,        F_TEXT,     5, 0},
    {KEY_SM_ENTRY_CHECKSUM,      F_U8,       0, 0},
    {KEY_SM_ENTRY_LENGTH,        F_U8,       0, 0},
    {KEY_SM_ENTRY_MAJOR,         F_U8,       0, 0},
    {KEY_SM_ENTRY_MINOR,         F_U8,       0, 0},
    {KEY_SM_ENTRY_DOCREV,        F_U8,       0, 0},
    {KEY_SM_ENTRY_REVISION,      F_U8,       0, 0},
    {KEY_NONE,                   F_RESERVED, 1, 0},
    {KEY_SM_ENTRY_TABLE_LENGTH,  F_U32LE,    0, 0},
    {KEY_SM_ENTRY_TABLE_ADDRESS, F_U64LE,    0, 0},
};

bool smbios_entry_point_is(struct bytes b)
{
    return bytes_starts_with(b, "_SM3_") || bytes_starts_with(b, "_SM_") ||
           bytes_starts_with(b, "_DMI_");
}

/* A fault in what was read; of what was not read, the truncation alone is told. */
static void fault(struct decode *d, enum fault_id id, uint64_t offset)
{
    if (!d->in.failed)
        decode_fault(d, id, offset);
}

static void checksum(struct decode *d, size_t from, size_t length, uint64_t fault_at)
{
    struct bytes b = bytes_slice(d->in.all, from, length);

    if (b.len == length && sum8(b) != 0)
        fault(d, FAULT_BAD_CHECKSUM, fault_at);
}

/* Where the entry point ends by its own word, if it is not where its last field does. */
static void surplus(struct decode *d, size_t start, size_t length)
{
    size_t from = d->in.pos;

    if (start + length > from) {
        struct bytes b = reader_take(&d->in, start + length - from);

        decode_bytes(d, KEY_RESERVED, b, from);
    }
}

static void read_64(struct decode *d, struct smbios_entry_point *ret)
{
    size_t start = d->in.pos;
    uint64_t base = reader_offset(&d->in);

    (void)decode_fields(d, entry_64, ARRAY_LEN(entry_64));
    size_t length = (size_t)decode_value(d, KEY_SM_ENTRY_LENGTH);

    if (length < LENGTH_64)
        fault(d, FAULT_BAD_LENGTH, base + 6);
    else
        surplus(d, start, length);
    checksum(d, start, length, base + 5);
    ret->length_offset = base + 12;
    ret->address_offset = base + 16;
    ret->count = 0;
}

static void read_legacy(struct decode *d, struct smbios_entry_point *ret)
{
    size_t start = d->in.pos;
    uint64_t base = reader_offset(&d->in);

    if (!bytes_starts_with(bytes_slice(d->in.all, start, 5), "_DMI_"))
        fault(d, FAULT_BAD_SIGNATURE, base);
    (void)decode_fields(d, entry_legacy, ARRAY_LEN(entry_legacy));
    checksum(d, start, LENGTH_LEGACY, base + 5);
    ret->length_offset = base + 6;
    ret->address_offset = base + 8;
    ret->count_offset = base + 12;
    ret->count = decode_value(d, KEY_SM_ENTRY_COUNT);
}

static void read_32(struct decode *d, struct smbios_entry_point *ret)
{
    size_t start = d->in.pos;
    uint64_t base = reader_offset(&d->in);

    (void)decode_fields(d, entry_32, ARRAY_LEN(entry_32));
    size_t length = (size_t)decode_value(d, KEY_SM_ENTRY_LENGTH);

    read_legacy(d, ret);
    if (length < LENGTH_32_MISTAKEN)
        fault(d, FAULT_BAD_LENGTH, base + 5);
    else
        surplus(d, start, length);
    checksum(d, start, length == LENGTH_32_MISTAKEN ? LENGTH_32 : length, base + 4);
}

void smbios_entry_point(struct decode *d, struct smbios_entry_point *ret)
{
    struct bytes here = bytes_slice(d->in.all, d->in.pos, SMBIOS_ENTRY_POINT_MAX);

    decode_open_bytes(d, ITEM_MAP, bytes_of("entry-point"));
    if (bytes_starts_with(here, "_SM3_"))
        read_64(d, ret);
    else if (bytes_starts_with(here, "_SM_"))
        read_32(d, ret);
    else
        read_legacy(d, ret);
    ret->major = (unsigned)decode_value(d, KEY_SM_ENTRY_MAJOR);
    ret->minor = (unsigned)decode_value(d, KEY_SM_ENTRY_MINOR);
    if (bytes_starts_with(here, "_DMI_")) {
        uint64_t digits = decode_value(d, KEY_SM_ENTRY_BCD);

        ret->major = (unsigned)(digits >> 4);
        ret->minor = (unsigned)(digits & 0xf);
    }
    /* Versions that firmware is known to write for 2.3 (section 5.2.1). */
    if (ret->major == 2 && (ret->minor == 31 || ret->minor == 33))
        ret->minor = 3;
    if (ret->major < 2)
        fault(d, FAULT_BAD_VERSION, d->in.base);
    ret->table_length = decode_value(d, KEY_SM_ENTRY_TABLE_LENGTH);
    ret->table_address = decode_value(d, KEY_SM_ENTRY_TABLE_ADDRESS);
    decode_close(d);
}

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    return smbios_entry_point_is(b) && b.len <= SMBIOS_ENTRY_POINT_MAX ? 95 : 0;
}

static void decode(struct decode *d)
{
    struct smbios_entry_point p;

    if (!smbios_entry_point_is(d->in.all)) {
        decode_fault(d, FAULT_BAD_SIGNATURE, d->in.base);
        return;
    }
    smbios_entry_point(d, &p);
    if (reader_more(&d->in))
        fault(d, FAULT_TRAILING, reader_offset(&d->in));
}

const struct decoder decoder_smbios_entry = {
    .name = "smbios-entry",
    .title = "SMBIOS entry point without its table",
    .spec = "dsp0134",
    .surface = "smbios",
    .min = LENGTH_LEGACY,
    .max = SMBIOS_ENTRY_POINT_MAX,
    .probe = probe,
    .decode = decode,
};
