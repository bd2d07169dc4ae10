/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A part that was read before, read once more: its bytes are for comparing with the first
 * reading (appraise/reads.h), which is the one that is decoded.
 */
#include "decode/decode.h"

static void decode(struct decode *d)
{
    size_t from = d->in.pos;
    struct bytes b = reader_take(&d->in, reader_left(&d->in));

    decode_open(d, ITEM_MAP, "read:%.*s", (int)d->label.len, (const char *)d->label.data);
    decode_uint(d, KEY_FLASH_REREAD_LENGTH, b.len, from);
    decode_digest(d, KEY_FLASH_REREAD_DIGEST, b, reader_span(&d->in, from));
    decode_close(d);
}

/* Any bytes could be this: only the source row says so. */
static unsigned probe(struct bytes b, struct bytes label)
{
    (void)b;
    (void)label;
    return 0;
}

const struct decoder decoder_flash_reread = {
    .name = "flash-reread",
    .title = "One more reading of a flash part",
    .spec = "assay-recording",
    .surface = "flash",
    .min = 1,
    .max = 256 << 20,
    .probe = probe,
    .decode = decode,
};
