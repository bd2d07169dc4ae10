/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/image_part.h"

#include "base/entropy.h"
#include "decode/codec.h"
#include "decode/engine.h"
#include "decode/engine_private.h"

enum {
    FILE_SURE = 60 /* how sure a decoder must be of a whole file */
};

/*
 * The decoder that is so sure of a part. Never for all that the caller was given: what it could
 * not explain would come back to it, or go to and fro between two, as deep as nesting may be.
 */
static const struct decoder *known_part(const struct decode *d, struct span s, struct bytes b,
                                        unsigned least)
{
    const struct reader *given = d->depth > 0 ? &d->outer[0] : &d->in;

    if (s.blob == given->blob && s.offset == given->base && s.length == given->all.len)
        return NULL;
    return decoder_probe_sure(b, (struct bytes){NULL, 0}, least);
}

static void part(struct decode *d, struct span s, enum byte_class class, unsigned least)
{
    struct bytes b = decode_span_bytes(d, s);
    struct span here = {s.blob, s.offset, 0};

    if (b.len == 0)
        return;
    decode_value_at(d, KEY_DATA_LENGTH, value_uint(b.len), here);
    if (bytes_all(b, b.data[0])) {
        decode_value_at(d, KEY_PART_FILL, value_uint(b.data[0]), here);
        decode_claimed_region(d, s, b.data[0] == 0xff ? CLASS_FREE_ERASED : CLASS_PADDING);
        return;
    }
    const struct decoder *known = known_part(d, s, b, least);

    if (known != NULL) {
        /* It speaks for no byte: it may differ where nothing else does, and what the part's
         * decoder leaves unexplained must still be told. */
        decode_digest(d, KEY_PART_READ_DIGEST, b, here);
        decode_child(d, ITEM_MAP, (struct bytes){NULL, 0}, s, known->name);
        return;
    }
    decode_digest(d, KEY_PART_DIGEST, b, s);
    decode_value_at(d, KEY_DATA_ENTROPY, value_uint(bytes_entropy(b)), here);
    decode_claimed_region(d, s, class);
}

void image_part_at(struct decode *d, struct span s, enum byte_class class)
{
    part(d, s, class, DECODER_SURE);
}

void image_file_at(struct decode *d, struct span s, enum byte_class class)
{
    part(d, s, class, FILE_SURE);
}

void image_part(struct decode *d, size_t n, enum byte_class class)
{
    size_t from = d->in.pos;

    (void)reader_take(&d->in, n);
    if (!d->in.failed)
        image_part_at(d, reader_span(&d->in, from), class);
}

void image_text(struct decode *d, enum key_id key, size_t n)
{
    size_t from = d->in.pos;
    struct bytes b = reader_take(&d->in, n);
    struct bytes text = b;

    for (size_t i = 0; i < b.len; i++) {
        if (b.data[i] == 0) {
            text.len = i;
            break;
        }
    }
    struct bytes rest = bytes_slice(b, text.len, b.len);

    decode_bytes(d, key, text, from);
    if (!bytes_all(rest, 0))
        decode_bytes(d, KEY_RESERVED, rest, from);
}

bool image_unpack(struct decode *d, enum image_method method, struct span s, uint64_t size,
                  uint32_t *ret)
{
    struct bytes in = decode_span_bytes(d, s);

    if (size > engine_output_left(d)) {
        decode_fault(d, FAULT_LIMIT, s.offset);
        return false;
    }
    struct room room = {arena_alloc(d->arena, (size_t)size + 1), (size_t)size};
    bool lzma = method == IMAGE_LZMA;
    size_t length = 0;
    size_t used = 0;
    struct codec c;

    codec_init(&c, lzma ? CODEC_LZMA : CODEC_LZ4_FRAME);
    bool good = codec_block(&c, in, room, &length, &used);

    codec_done(&c);
    if (!good || length != size) {
        decode_fault(d, FAULT_CORRUPT_STREAM, s.offset);
        return false;
    }
    *ret = decode_derive(d, s, (struct bytes){room.data, length}, lzma ? "lzma" : "lz4");
    return true;
}
