/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The headers of a component of Intel's Firmware Support Package: information header, extended
 * header and patch table (FSP External Architecture Specification 2.4, section 5.1). They stand
 * in a raw file, behind a section header of their own.
 */
#include "decode/decode.h"

enum {
    SECTION_HEADER = 4,
    SECTION_RAW = 0x19,
    INFO_MIN = 0x30,
    LENGTH_AT = 4,
    EXTENDED_MIN = 0x18,
    PATCHES_MIN = 12,
    INFO_MAX = 1 << 16
};

static size_t info_at(struct bytes b)
{
    if (bytes_uint(b, 3, 1, false) == SECTION_RAW &&
        bytes_starts_with(bytes_slice(b, SECTION_HEADER, 4), "FSPH"))
        return SECTION_HEADER;
    return 0;
}

static unsigned probe(struct bytes b, struct bytes label)
{
    struct bytes here = bytes_slice(b, info_at(b), SIZE_MAX);
    uint32_t length = bytes_u32le(here, LENGTH_AT);

    (void)label;
    return bytes_starts_with(here, "FSPH") && length >= INFO_MIN && length <= here.len ? 92 : 0;
}

/* What a structure holds behind the fields that are known. */
static void rest(struct decode *d)
{
    size_t from = d->in.pos;
    struct bytes b = reader_take(&d->in, reader_left(&d->in));

    if (b.len > 0)
        decode_bytes(d, KEY_RESERVED, b, from);
}

/* Enters a structure of the length that it states, or of all there is. */
static void structure_enter(struct decode *d, uint64_t length, size_t least)
{
    size_t left = reader_left(&d->in);

    if (length < least || length > left) {
        decode_fault(d, length > left ? FAULT_TRUNCATED : FAULT_BAD_LENGTH,
                     reader_offset(&d->in));
        length = left;
    }
    decode_enter(d, (size_t)length);
}

static void info(struct decode *d)
{
    static const struct field rows[] = {
        {KEY_FSP_SIGNATURE,         F_BYTES,    4, 0},
        {KEY_FSP_LENGTH,            F_U32LE,    0, 0},
        {KEY_NONE,                  F_RESERVED, 2, 0},
        {KEY_FSP_SPECIFICATION,     F_U8,       0, 0},
        {KEY_FSP_REVISION,          F_U8,       0, 0},
        {KEY_FSP_IMAGE_REVISION,    F_U32LE,    0, 0},
        {KEY_FSP_IMAGE_ID,          F_BYTES,    8, 0},
        {KEY_FSP_IMAGE_SIZE,        F_U32LE,    0, 0},
        {KEY_FSP_IMAGE_BASE,        F_U32LE,    0, 0},
        {KEY_FSP_ATTRIBUTES,        F_U16LE,    0, 0},
        {KEY_FSP_COMPONENT,         F_U16LE,    0, 0},
        {KEY_FSP_CONFIG_OFFSET,     F_U32LE,    0, 0},
        {KEY_FSP_CONFIG_SIZE,       F_U32LE,    0, 0},
        {KEY_FSP_API_COUNT,         F_U32LE,    0, 0},
        {KEY_FSP_TEMP_RAM_INIT,     F_U32LE,    0, 0},
        {KEY_FSP_INIT,              F_U32LE,    0, 0},
        {KEY_FSP_NOTIFY,            F_U32LE,    0, 0},
        {KEY_FSP_MEMORY_INIT,       F_U32LE,    0, 0},
        {KEY_FSP_TEMP_RAM_EXIT,     F_U32LE,    0, 0},
        {KEY_FSP_SILICON_INIT,      F_U32LE,    0, 0},
        {KEY_FSP_MULTI_SILICON,     F_U32LE,    0, 0},
        {KEY_FSP_EXTENDED_REVISION, F_U16LE,    0, 0},
        {KEY_NONE,                  F_RESERVED, 2, 0},
        {KEY_FSP_MULTI_MEMORY,      F_U32LE,    0, 0},
        {KEY_FSP_MM_INIT,           F_U32LE,    0, 0},
    };
    struct bytes here = bytes_slice(d->in.all, d->in.pos, SIZE_MAX);

    decode_open(d, ITEM_MAP, "information");
    if (!bytes_starts_with(here, "FSPH"))
        decode_fault(d, FAULT_BAD_SIGNATURE, reader_offset(&d->in));
    structure_enter(d, bytes_u32le(here, LENGTH_AT), INFO_MIN);
    (void)decode_fields_grow(d, rows, ARRAY_LEN(rows));
    rest(d);
    decode_leave(d);
    decode_close(d);
}

static void extended(struct decode *d)
{
    static const struct field rows[] = {
        {KEY_NONE,                   F_SKIP,     4, 0},
        {KEY_FSPE_LENGTH,            F_U32LE,    0, 0},
        {KEY_FSPE_REVISION,          F_U8,       0, 0},
        {KEY_NONE,                   F_RESERVED, 1, 0},
        {KEY_FSPE_PRODUCER,          F_BYTES,    6, 0},
        {KEY_FSPE_PRODUCER_REVISION, F_U32LE,    0, 0},
        {KEY_FSPE_DATA_SIZE,         F_U32LE,    0, 0},
    };
    struct bytes here = bytes_slice(d->in.all, d->in.pos, SIZE_MAX);

    decode_open(d, ITEM_MAP, "extended");
    structure_enter(d, bytes_u32le(here, LENGTH_AT), EXTENDED_MIN);
    (void)decode_fields(d, rows, ARRAY_LEN(rows));
    size_t from = d->in.pos;
    struct bytes data = reader_take(&d->in, reader_left(&d->in));

    if (data.len != decode_value(d, KEY_FSPE_DATA_SIZE))
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base + 0x14);
    if (data.len > 0)
        decode_digest(d, KEY_FSPE_DATA, data, reader_span(&d->in, from));
    decode_leave(d);
    decode_close(d);
}

static void patches(struct decode *d)
{
    static const struct field rows[] = {
        {KEY_NONE,          F_SKIP,     4, 0},
        {KEY_FSPP_LENGTH,   F_U16LE,    0, 0},
        {KEY_FSPP_REVISION, F_U8,       0, 0},
        {KEY_NONE,          F_RESERVED, 1, 0},
        {KEY_FSPP_COUNT,    F_U32LE,    0, 0},
    };
    static const struct field place[] = {
        {KEY_FSPP_PLACE, F_U32LE, 0, 0}
    };
    struct bytes here = bytes_slice(d->in.all, d->in.pos, SIZE_MAX);
    uint64_t count = bytes_u32le(here, 8);
    size_t length = (size_t)bytes_uint(here, LENGTH_AT, 2, false);

    /* The length may leave the places out, which then follow. */
    if (length == PATCHES_MIN && here.len - PATCHES_MIN >= count * 4)
        length += (size_t)count * 4;
    decode_open(d, ITEM_MAP, "patches");
    structure_enter(d, length, PATCHES_MIN);
    (void)decode_fields(d, rows, ARRAY_LEN(rows));
    decode_open(d, ITEM_LIST, "places");
    for (uint64_t i = 0; i < count && reader_more(&d->in); i++)
        (void)decode_fields(d, place, 1);
    decode_close(d);
    rest(d);
    decode_leave(d);
    decode_close(d);
}

static void decode(struct decode *d)
{
    size_t at = info_at(d->in.all);

    decode_open(d, ITEM_MAP, "fsp");
    if (at > 0)
        decode_bytes(d, KEY_FSP_SECTION, reader_take(&d->in, at), 0);
    info(d);
    while (reader_more(&d->in)) {
        struct bytes here = bytes_slice(d->in.all, d->in.pos, SIZE_MAX);

        if (bytes_starts_with(here, "FSPE") && here.len >= EXTENDED_MIN) {
            extended(d);
        } else if (bytes_starts_with(here, "FSPP") && here.len >= PATCHES_MIN) {
            patches(d);
        } else {
            decode_fault(d, FAULT_TRAILING, reader_offset(&d->in));
            rest(d);
        }
    }
    decode_close(d);
}

const struct decoder decoder_fsp_info = {
    .name = "fsp-info",
    .title = "Headers of a Firmware Support Package",
    .spec = "fsp-eas",
    .surface = "flash",
    .min = INFO_MIN,
    .max = INFO_MAX,
    .probe = probe,
    .decode = decode,
};
