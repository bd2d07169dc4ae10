/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/image_part.h"

#include <lz4frame.h>
#include <lzma.h>

#include "base/entropy.h"
#include "decode/engine.h"
#include "decode/engine_private.h"

enum {
    SURE = 80, /* of a decoder that recognises bytes by themselves */
    LZMA_MEMORY_MAX = 256 << 20
};

void image_part_at(struct decode *d, struct span s, enum byte_class class)
{
    struct bytes b = decode_span_bytes(d, s);
    struct bytes none = {NULL, 0};
    struct span here = {s.blob, s.offset, 0};

    if (b.len == 0)
        return;
    decode_value_at(d, KEY_PART_LENGTH, value_uint(b.len), here);
    if (bytes_all(b, b.data[0])) {
        decode_value_at(d, KEY_PART_FILL, value_uint(b.data[0]), here);
        decode_claimed_region(d, s, b.data[0] == 0xff ? CLASS_FREE_ERASED : CLASS_PADDING);
        return;
    }
    const struct decoder *known = decoder_probe(b, none);

    if (known != NULL && known->probe(b, none) >= SURE) {
        decode_digest(d, KEY_PART_READ_DIGEST, b, s);
        decode_child(d, ITEM_MAP, none, s, known->name);
        return;
    }
    decode_digest(d, KEY_PART_DIGEST, b, s);
    decode_value_at(d, KEY_PART_ENTROPY, value_uint(bytes_entropy(b)), here);
    decode_claimed_region(d, s, class);
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

static bool unpack_lzma(struct bytes in, uint8_t *out, size_t size)
{
    lzma_stream stream = LZMA_STREAM_INIT;

    if (lzma_alone_decoder(&stream, LZMA_MEMORY_MAX) != LZMA_OK)
        return false;
    stream.next_in = in.data;
    stream.avail_in = in.len;
    stream.next_out = out;
    stream.avail_out = size;
    lzma_ret last = lzma_code(&stream, LZMA_RUN);
    bool good = stream.avail_out == 0 && (last == LZMA_OK || last == LZMA_STREAM_END);

    lzma_end(&stream);
    return good;
}

static bool unpack_lz4(struct bytes in, uint8_t *out, size_t size)
{
    LZ4F_dctx *context = NULL;
    size_t done = 0;
    size_t at = 0;
    bool good = !LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION));

    while (good && done < size && at < in.len) {
        size_t taken = in.len - at;
        size_t made = size - done;
        size_t more = LZ4F_decompress(context, out + done, &made, in.data + at, &taken, NULL);

        good = !LZ4F_isError(more) && (taken > 0 || made > 0);
        at += taken;
        done += made;
        if (more == 0)
            break;
    }
    (void)LZ4F_freeDecompressionContext(context);
    return good && done == size;
}

bool image_unpack(struct decode *d, enum image_method method, struct span s, uint64_t size,
                  uint32_t *ret)
{
    struct bytes in = decode_span_bytes(d, s);

    if (size > engine_output_left(d)) {
        decode_fault(d, FAULT_LIMIT, s.offset);
        return false;
    }
    uint8_t *out = arena_alloc(d->arena, (size_t)size + 1);
    bool lzma = method == IMAGE_LZMA;
    bool good = lzma ? unpack_lzma(in, out, (size_t)size) : unpack_lz4(in, out, (size_t)size);

    if (!good) {
        decode_fault(d, FAULT_CORRUPT_STREAM, s.offset);
        return false;
    }
    *ret = decode_derive(d, s, (struct bytes){out, (size_t)size}, lzma ? "lzma" : "lz4");
    return true;
}
