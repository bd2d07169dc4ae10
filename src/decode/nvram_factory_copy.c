/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Insyde's factory copy of variables ("_FDC"): a mark, a length, a volume header that describes
 * the volume it was taken from, and stores.
 */
#include "decode/nvram.h"

enum {
    VOLUME_HEADER = 72,
    HEADER = 8 + VOLUME_HEADER,
    COPY_MAX = 64 << 20
};

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    if (!bytes_starts_with(b, "_FDC"))
        return 0;
    return bytes_starts_with(bytes_slice(b, 48, 4), "_FVH") ? 92 : 50;
}

static void decode(struct decode *d)
{
    static const char area[] = "nvram-area";
    static const struct field head[] = {
        {KEY_NVRAM_STORE_TYPE, F_BYTES, 4,             0},
        {KEY_FDC_SIZE,         F_U32LE, 0,             0},
        {KEY_FDC_VOLUME,       F_BYTES, VOLUME_HEADER, 0},
    };

    decode_open(d, ITEM_MAP, "factory-copy");
    if (probe(d->in.all, (struct bytes){NULL, 0}) == 0)
        decode_fault(d, FAULT_BAD_SIGNATURE, d->in.base);
    (void)decode_fields(d, head, ARRAY_LEN(head));
    size_t size = (size_t)decode_value(d, KEY_FDC_SIZE);
    size_t left = reader_left(&d->in);

    if (size < HEADER || size - HEADER > left) {
        decode_fault(d, size < HEADER ? FAULT_BAD_LENGTH : FAULT_TRUNCATED,
                     size < HEADER ? d->in.base + 4 : d->in.base + d->in.all.len);
        size = HEADER + left;
    }
    size_t from = d->in.pos;

    (void)reader_take(&d->in, size - HEADER);
    if (size > HEADER)
        decode_child(d, ITEM_MAP, (struct bytes){NULL, 0}, reader_span(&d->in, from), area);
    decode_close(d);
    if (reader_more(&d->in))
        decode_fault(d, FAULT_TRAILING, reader_offset(&d->in));
}

const struct decoder decoder_nvram_factory_copy = {
    .name = "nvram-factory-copy",
    .title = "Factory copy of UEFI variables (Insyde)",
    .spec = "nvram-vendors",
    .surface = "flash",
    .min = HEADER,
    .max = COPY_MAX,
    .probe = probe,
    .decode = decode,
};
