/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The top level of a flash image: which firmware volumes stand where (UEFI PI 1.8, volume 3,
 * section 3.2), and what lies between them. What a volume holds is one digest.
 */
#include <string.h>

#include "decode/amd.h"
#include "decode/intel.h"

enum {
    HEADER_MIN = 56,
    SIGNATURE_AT = 40,
    ALIGNMENT = 8
};

/* gEfiSystemNvDataFvGuid: a volume of variables. */
static const char nv_guid[] = "fff12b8d-7696-4c8b-a985-2747075b4f50";

static const struct field header[] = {
    {KEY_NONE,                   F_RESERVED, 16, 0},
    {KEY_FLASH_FV_FILE_SYSTEM,   F_GUID,     0,  0},
    {KEY_FLASH_FV_LENGTH,        F_U64LE,    0,  0},
    {KEY_NONE,                   F_SKIP,     4,  0},
    {KEY_FLASH_FV_ATTRIBUTES,    F_U32LE,    0,  0},
    {KEY_FLASH_FV_HEADER_LENGTH, F_U16LE,    0,  0},
    {KEY_FLASH_FV_CHECKSUM,      F_U16LE,    0,  0},
    {KEY_FLASH_FV_EXT_OFFSET,    F_U16LE,    0,  0},
    {KEY_NONE,                   F_RESERVED, 1,  0},
    {KEY_FLASH_FV_REVISION,      F_U8,       0,  0},
};

/* The next offset at which a volume header stands, or the end. */
static size_t next_volume(struct bytes all, size_t from)
{
    while (from < all.len && all.len - from >= HEADER_MIN) {
        const uint8_t *at =
            memmem(all.data + from + SIGNATURE_AT, all.len - from - SIGNATURE_AT, "_FVH", 4);

        if (at == NULL)
            break;
        size_t found = (size_t)(at - all.data) - SIGNATURE_AT;

        if (found % ALIGNMENT == 0 && all.len - found >= HEADER_MIN)
            return found;
        from = found + 1;
    }
    return all.len;
}

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    return next_volume(b, 0) < b.len ? 60 : 0;
}

/* The name in the extended header, or else the GUID of the file system. */
static struct bytes volume_name(struct decode *d, struct bytes volume)
{
    struct reader r = reader_of(volume, 0, 0);

    reader_seek(&r, 52);
    size_t ext = reader_u16le(&r);

    if (ext >= HEADER_MIN && volume.len >= ext + 16)
        return guid_text(d->arena, bytes_slice(volume, ext, 16));
    return guid_text(d->arena, bytes_slice(volume, 16, 16));
}

/* Bytes between volumes: erased, or data that no volume explains. */
static void between(struct decode *d, size_t until)
{
    size_t from = d->in.pos;
    struct bytes b = reader_take(&d->in, until - from);
    struct span s = reader_span(&d->in, from);

    if (b.len == 0)
        return;
    if (bytes_all(b, 0xff)) {
        decode_open(d, ITEM_BAG, "erased");
        decode_uint(d, KEY_FLASH_ERASED, b.len, from);
        decode_close(d);
        decode_region(d, s, CLASS_FREE_ERASED);
    }
}

static bool checksum_good(struct bytes b)
{
    struct reader r = reader_of(b, 0, 0);
    uint16_t sum = 0;

    while (reader_left(&r) >= 2)
        sum = (uint16_t)(sum + reader_u16le(&r));
    return sum == 0 && b.len % 2 == 0;
}

/* What follows the header, as one digest; a volume of variables changes by itself. */
static void volume_content(struct decode *d, bool variables)
{
    size_t from = d->in.pos;
    struct bytes b = reader_take(&d->in, reader_left(&d->in));

    decode_digest(d, variables ? KEY_FLASH_FV_VARIABLES : KEY_FLASH_FV_CONTENT, b,
                  reader_span(&d->in, from));
}

static void volume(struct decode *d)
{
    size_t at = d->in.pos;
    struct reader peek = reader_at(&d->in, at + 32, 8);
    uint64_t length = reader_u64le(&peek);
    size_t left = reader_left(&d->in);
    bool fits = length >= HEADER_MIN && length <= left;

    decode_enter(d, fits ? (size_t)length : left);
    decode_open(d, ITEM_MAP, "fv:%.*s", 36, (const char *)volume_name(d, d->in.all).data);
    if (!fits)
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base + 32);
    (void)decode_fields(d, header, ARRAY_LEN(header));
    size_t header_len = (size_t)decode_value(d, KEY_FLASH_FV_HEADER_LENGTH);
    bool variables = bytes_equal_text(decode_value_bytes(d, KEY_FLASH_FV_FILE_SYSTEM), nv_guid);

    if (header_len < HEADER_MIN || header_len > d->in.all.len)
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base + 48);
    else if (!checksum_good(bytes_slice(d->in.all, 0, header_len)))
        decode_fault(d, FAULT_BAD_CHECKSUM, d->in.base + 50);
    volume_content(d, variables);
    decode_close(d);
    decode_leave(d);
}

static void decode(struct decode *d)
{
    decode_open(d, ITEM_MAP, "bios");
    decode_uint(d, KEY_FLASH_LENGTH, d->in.all.len, d->in.pos);
    while (reader_more(&d->in)) {
        between(d, next_volume(d->in.all, d->in.pos));
        if (reader_more(&d->in))
            volume(d);
    }
    intel_fit_refer(d);
    decode_close(d);
    amd_efs_refer(d);
}

const struct decoder decoder_flash = {
    .name = "flash",
    .title = "Firmware flash image with UEFI firmware volumes",
    .spec = "uefi-pi",
    .min = HEADER_MIN,
    .max = 256 << 20,
    .probe = probe,
    .decode = decode,
};
