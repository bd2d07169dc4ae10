/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The legacy image format of U-Boot (include/image.h): a header of 64 bytes, big-endian, and
 * the data, or several files behind a list of their lengths.
 */
#include <string.h>

#include "decode/bmc_part.h"
#include "decode/codec.h"
#include "decode/image_part.h"

enum {
    HEADER_SIZE = 64,
    NAME_SIZE = 32,
    SEVERAL = 4, /* types whose data begins with a list of lengths */
    SCRIPT = 6,
    ALIGNMENT = 4,
    PARTS_MAX = 1000,
};

static const uint8_t magic[4] = {0x27, 0x05, 0x19, 0x56};

static const struct field header[] = {
    {KEY_NONE,                F_SKIP,  4,  0},
    {KEY_UIMAGE_HEADER_CRC,   F_U32BE, 0,  0},
    {KEY_UIMAGE_TIME,         F_U32BE, 0,  0},
    {KEY_UIMAGE_SIZE,         F_U32BE, 0,  0},
    {KEY_UIMAGE_LOAD,         F_U32BE, 0,  0},
    {KEY_UIMAGE_ENTRY,        F_U32BE, 0,  0},
    {KEY_UIMAGE_DATA_CRC,     F_U32BE, 0,  0},
    {KEY_UIMAGE_OS,           F_U8,    0,  0},
    {KEY_UIMAGE_ARCHITECTURE, F_U8,    0,  0},
    {KEY_UIMAGE_TYPE,         F_U8,    0,  0},
    {KEY_UIMAGE_COMPRESSION,  F_U8,    0,  0},
    {KEY_UIMAGE_NAME,         F_TEXT,  32, 0},
};

/* The CRC of a header counts its own bytes as zeros. */
static uint32_t header_crc(struct bytes b)
{
    static const uint8_t zeros[4] = {0};
    uint32_t crc = codec_crc32(0, bytes_slice(b, 0, 4));

    crc = codec_crc32(crc, (struct bytes){zeros, sizeof(zeros)});
    return codec_crc32(crc, bytes_slice(b, 8, HEADER_SIZE - 8));
}

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    if (memcmp(b.data, magic, sizeof(magic)) != 0)
        return 0;
    return bytes_uint(b, 4, 4, true) == header_crc(b) ? 98 : 85;
}

/* Bytes of the name that are not text ended by NULs. */
static void name_rest(struct decode *d)
{
    struct bytes name = bytes_slice(d->in.all, HEADER_SIZE - NAME_SIZE, NAME_SIZE);
    size_t len = decode_value_bytes(d, KEY_UIMAGE_NAME).len;

    if (!bytes_all(bytes_slice(name, len, NAME_SIZE), 0))
        decode_bytes(d, KEY_RESERVED, name, HEADER_SIZE - NAME_SIZE);
}

/* The list of lengths, then the files; each but the last begins at a multiple of four. */
static void parts(struct decode *d)
{
    size_t count = 0;
    size_t list = d->in.pos;

    decode_open(d, ITEM_LIST, "parts");
    while (reader_more(&d->in) && count < PARTS_MAX && reader_u32be(&d->in) != 0)
        count++;
    if (count == PARTS_MAX)
        decode_fault(d, FAULT_LIMIT, d->in.base + list);
    if (d->in.pos > list + count * 4)
        decode_claimed_region(d, bmc_span(d, list + count * 4, 4), CLASS_STRUCTURE);
    for (size_t i = 0; i < count && reader_more(&d->in); i++) {
        size_t size = bytes_uint(d->in.all, list + i * 4, 4, true);
        size_t from = d->in.pos;

        decode_open(d, ITEM_MAP, "part");
        decode_value_at(d, KEY_UIMAGE_PART_SIZE, value_uint(size),
                        bmc_span(d, list + i * 4, 4));
        (void)reader_take(&d->in, size);
        if (!d->in.failed)
            image_part_at(d, reader_span(&d->in, from), CLASS_CODE);
        decode_close(d);
        size_t over = size % ALIGNMENT;
        size_t gap = d->in.pos;

        if (i + 1 < count && over != 0)
            (void)reader_take(&d->in, ALIGNMENT - over);
        bmc_gap(d, reader_span(&d->in, gap));
    }
    if (reader_more(&d->in))
        bmc_gap(d, bmc_span(d, d->in.pos, reader_left(&d->in)));
    decode_close(d);
}

static void decode(struct decode *d)
{
    decode_open(d, ITEM_MAP, "uboot-image");
    bmc_signature(d, (struct bytes){magic, sizeof(magic)});
    (void)decode_fields(d, header, ARRAY_LEN(header));
    name_rest(d);
    size_t size = (size_t)decode_value(d, KEY_UIMAGE_SIZE);
    uint64_t type = decode_value(d, KEY_UIMAGE_TYPE);

    if (decode_value(d, KEY_UIMAGE_HEADER_CRC) != header_crc(d->in.all))
        decode_fault(d, FAULT_BAD_CHECKSUM, d->in.base + 4);
    if (size > reader_left(&d->in)) {
        decode_fault(d, FAULT_TRUNCATED, d->in.base + d->in.all.len);
        size = reader_left(&d->in);
    } else if (codec_crc32(0, bytes_slice(d->in.all, HEADER_SIZE, size)) !=
               decode_value(d, KEY_UIMAGE_DATA_CRC)) {
        decode_fault(d, FAULT_BAD_CHECKSUM, d->in.base + 24);
    }
    decode_enter(d, size);
    if (type == SEVERAL || type == SCRIPT)
        parts(d);
    else
        bmc_part(d, bytes_of("content"), bmc_span(d, 0, size), CLASS_CODE);
    decode_leave(d);
    if (reader_more(&d->in))
        bmc_gap(d, bmc_span(d, d->in.pos, reader_left(&d->in)));
    decode_close(d);
}

const struct decoder decoder_uboot_image = {
    .name = "uboot-image",
    .title = "Legacy image of U-Boot",
    .spec = "u-boot-image",
    .surface = "bmc-flash",
    .min = HEADER_SIZE,
    .max = 512 << 20,
    .probe = probe,
    .decode = decode,
};
