/* SPDX-License-Identifier: Apache-2.0 */
/* The .xz file format 1.1.0: one stream or several, decompressed and handed on. */
#include <lzma.h>
#include <string.h>

#include "decode/decode.h"
#include "decode/engine_private.h"

static const uint8_t magic[6] = {0xfd, '7', 'z', 'X', 'Z', 0};

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    return memcmp(b.data, magic, sizeof(magic)) == 0 ? 95 : 0;
}

enum {
    MEMORY_MAX = 256 << 20,
    STEP_MIN = 1 << 16
};

/* Decompresses until the end, an error or the budget. Returns whether all ended well. */
static bool inflate_all(struct decode *d, struct bytes in, struct bytes *ret)
{
    lzma_stream s = LZMA_STREAM_INIT;
    uint64_t budget = engine_output_left(d);
    size_t cap = in.len < STEP_MIN ? STEP_MIN : in.len;
    uint8_t *out = arena_alloc(d->arena, cap);
    lzma_ret r = lzma_stream_decoder(&s, MEMORY_MAX, LZMA_CONCATENATED);

    s.next_in = in.data;
    s.avail_in = in.len;
    s.next_out = out;
    s.avail_out = cap;
    while (r == LZMA_OK) {
        r = lzma_code(&s, LZMA_FINISH);
        if (r != LZMA_OK || s.avail_out > 0)
            continue;
        if (cap > budget / 2)
            break;
        uint8_t *wider = arena_alloc(d->arena, cap * 2);

        /* waiver raw-bytes: our own output moves to wider room */
        memcpy(wider, out, cap);
        out = wider;
        s.next_out = out + cap;
        s.avail_out = cap;
        cap *= 2;
    }
    *ret = (struct bytes){out, (size_t)s.total_out};
    lzma_end(&s);
    if (r == LZMA_OK)
        decode_fault(d, FAULT_LIMIT, d->in.base);
    else if (r != LZMA_STREAM_END)
        decode_fault(d, FAULT_CORRUPT_STREAM, d->in.base + (in.len - s.avail_in));
    return r == LZMA_STREAM_END;
}

static void decode(struct decode *d)
{
    struct bytes in = reader_take(&d->in, reader_left(&d->in));
    struct span all = reader_span(&d->in, 0);
    struct bytes out;

    decode_region(d, all, CLASS_COMPRESSED);
    if (!inflate_all(d, in, &out)) {
        decode_digest(d, KEY_DATA_DIGEST, in, all);
        return;
    }
    uint32_t blob = decode_derive(d, all, out, "xz");

    decode_claimed_region(d, all, CLASS_COMPRESSED);
    decode_child(d, ITEM_MAP, (struct bytes){NULL, 0}, (struct span){blob, 0, out.len}, NULL);
}

const struct decoder decoder_xz = {
    .name = "xz",
    .title = "xz-compressed file",
    .spec = "xz-format",
    .min = 6,
    .max = 256 << 20,
    .probe = probe,
    .decode = decode,
};
