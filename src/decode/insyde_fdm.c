/* SPDX-License-Identifier: Apache-2.0 */
/* Insyde's flash device map ("HFDM"): regions of the flash with GUIDs and digests. */
#include "decode/bmc_part.h"
#include "decode/nvram.h"

enum {
    HEADER = 28,
    ENTRY_MIN = 52, /* up to the digest */
    SIZE_AT = 4,
    ENTRIES_MAX = 4096,
    MAP_MAX = 1 << 20
};

static unsigned probe(struct bytes b, struct bytes label)
{
    uint32_t size = bytes_u32le(b, 4);
    uint32_t data = bytes_u32le(b, 8);

    (void)label;
    return bytes_starts_with(b, "HFDM") && data >= HEADER && data <= size && size <= b.len &&
                   bytes_u32le(b, 12) >= ENTRY_MIN
               ? 92
               : 0;
}

static void entry(struct decode *d)
{
    static const struct field rows[] = {
        {KEY_FDM_GUID,       F_GUID,  0, 0},
        {KEY_FDM_REGION,     F_GUID,  0, 0},
        {KEY_FDM_OFFSET,     F_U64LE, 0, 0},
        {KEY_FDM_LENGTH,     F_U64LE, 0, 0},
        {KEY_FDM_ATTRIBUTES, F_U32LE, 0, 0},
    };
    struct bytes name = guid_text(d->arena, bytes_slice(d->in.all, 0, 16));

    decode_open(d, ITEM_MAP, "region:%.*s", (int)name.len, (const char *)name.data);
    (void)decode_fields(d, rows, ARRAY_LEN(rows));
    size_t from = d->in.pos;

    if (reader_more(&d->in))
        decode_bytes(d, KEY_FDM_HASH, reader_take(&d->in, reader_left(&d->in)), from);
    decode_close(d);
}

/* The entries, which fill `in`. */
static void entries(struct decode *d, size_t size)
{
    size_t count = 0;

    while (reader_left(&d->in) >= size && count < ENTRIES_MAX) {
        decode_enter(d, size);
        entry(d);
        decode_leave(d);
        count++;
    }
    if (reader_left(&d->in) > 0) {
        decode_fault(d, count < ENTRIES_MAX ? FAULT_BAD_LENGTH : FAULT_LIMIT,
                     reader_offset(&d->in));
        (void)reader_take(&d->in, reader_left(&d->in));
    }
}

static void decode(struct decode *d)
{
    static const struct field head[] = {
        {KEY_NVRAM_STORE_TYPE, F_BYTES, 4, 0},
        {KEY_FDM_SIZE,         F_U32LE, 0, 0},
        {KEY_FDM_DATA,         F_U32LE, 0, 0},
        {KEY_FDM_ENTRY_SIZE,   F_U32LE, 0, 0},
        {KEY_FDM_FORMAT,       F_U8,    0, 0},
        {KEY_FDM_REVISION,     F_U8,    0, 0},
        {KEY_FDM_EXTENSIONS,   F_U8,    0, 0},
        {KEY_FDM_CHECKSUM,     F_U8,    0, 0},
        {KEY_FDM_BASE,         F_U64LE, 0, 0},
    };

    decode_open(d, ITEM_MAP, "flash-device-map");
    if (!bytes_starts_with(d->in.all, "HFDM"))
        decode_fault(d, FAULT_BAD_SIGNATURE, d->in.base);
    (void)decode_fields(d, head, ARRAY_LEN(head));
    size_t size = (size_t)decode_value(d, KEY_FDM_SIZE);
    size_t data = (size_t)decode_value(d, KEY_FDM_DATA);
    size_t width = (size_t)decode_value(d, KEY_FDM_ENTRY_SIZE);

    if (size > d->in.all.len) {
        decode_fault(d, FAULT_TRUNCATED, d->in.base + d->in.all.len);
        size = d->in.all.len;
    }
    if (data < HEADER || data > size || width < ENTRY_MIN) {
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base + SIZE_AT);
        decode_close(d);
        return;
    }
    size_t from = d->in.pos;
    struct bytes extension = reader_take(&d->in, data - HEADER);

    if (extension.len > 0)
        decode_digest(d, KEY_FDM_EXTENSION, extension, reader_span(&d->in, from));
    decode_enter(d, size - data);
    entries(d, width);
    decode_leave(d);
    bmc_gap(d, bmc_span(d, d->in.pos, reader_left(&d->in)));
    decode_close(d);
}

const struct decoder decoder_insyde_fdm = {
    .name = "insyde-fdm",
    .title = "Flash device map (Insyde)",
    .spec = "nvram-vendors",
    .surface = "flash",
    .min = HEADER,
    .max = MAP_MAX,
    .probe = probe,
    .decode = decode,
};
