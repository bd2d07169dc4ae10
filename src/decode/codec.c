/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/codec.h"

#include <lz4.h>
#include <lz4frame.h>
#include <lzma.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "decode/codec_lzo.h"

enum {
    MEMORY_MAX = 96 << 20, /* for a dictionary; blocks are far smaller */
    WINDOW = 15,           /* zlib: the greatest; negative is a raw stream, 16 more is gzip */
    GZIP_WINDOW = WINDOW + 16,
    DICTIONARY = 1 << WINDOW,
    CHUNK = 1 << 15,
};

_Static_assert(sizeof(z_stream) <= CODEC_ROOM, "room for zlib");

static z_stream *zlib_state(struct codec *c)
{
    return (z_stream *)(void *)c->room;
}

void codec_init(struct codec *c, enum codec_kind kind)
{
    *c = (struct codec){.kind = kind};
}

static bool is_zlib(enum codec_kind kind)
{
    return kind == CODEC_ZLIB || kind == CODEC_DEFLATE || kind == CODEC_GZIP;
}

void codec_done(struct codec *c)
{
    if (c->ready && is_zlib(c->kind))
        (void)inflateEnd(zlib_state(c));
    if (c->ready && c->kind == CODEC_ZSTD)
        (void)ZSTD_freeDCtx(c->state);
    c->ready = false;
}

static int window_of(enum codec_kind kind)
{
    if (kind == CODEC_GZIP)
        return GZIP_WINDOW;
    return kind == CODEC_ZLIB ? WINDOW : -WINDOW;
}

static void zlib_ready(struct codec *c)
{
    if (!c->ready && inflateInit2(zlib_state(c), window_of(c->kind)) != Z_OK)
        BUG("no memory for zlib");
    if (c->ready)
        (void)inflateReset(zlib_state(c));
    c->ready = true;
}

/* Runs a state that is ready. */
static bool zlib_run(struct codec *c, struct bytes in, struct room out, size_t *ret_length,
                     size_t *ret_used)
{
    z_stream *s = zlib_state(c);

    if (in.len > UINT32_MAX || out.size > UINT32_MAX)
        return false;
    s->next_in = (z_const Bytef *)(uintptr_t)in.data;
    s->avail_in = (uInt)in.len;
    s->next_out = out.data;
    s->avail_out = (uInt)out.size;
    int r = inflate(s, Z_FINISH);

    *ret_length = out.size - s->avail_out;
    *ret_used = in.len - s->avail_in;
    return r == Z_STREAM_END;
}

static bool zlib_block(struct codec *c, struct bytes in, struct room out, size_t *ret_length,
                       size_t *ret_used)
{
    zlib_ready(c);
    return zlib_run(c, in, out, ret_length, ret_used);
}

bool codec_deflate_after(struct codec *c, struct bytes before, struct bytes in,
                         struct room room, size_t *ret_length, size_t *ret_used)
{
    size_t skip = before.len > DICTIONARY ? before.len - DICTIONARY : 0;
    struct bytes last = bytes_slice(before, skip, DICTIONARY);

    *ret_length = 0;
    *ret_used = 0;
    zlib_ready(c);
    if (last.len > 0 && inflateSetDictionary(zlib_state(c), last.data, (uInt)last.len) != Z_OK)
        return false;
    return zlib_run(c, in, room, ret_length, ret_used);
}

enum codec_end codec_deflate(struct bytes in, struct text *out, size_t *ret_used)
{
    struct codec c;
    z_stream *s = zlib_state(&c);
    uint8_t chunk[CHUNK];
    int r = Z_OK;

    *ret_used = 0;
    codec_init(&c, CODEC_DEFLATE);
    zlib_ready(&c);
    s->next_in = (z_const Bytef *)(uintptr_t)in.data;
    s->avail_in = in.len < UINT32_MAX ? (uInt)in.len : UINT32_MAX;
    while (r == Z_OK && !out->overflow) {
        s->next_out = chunk;
        s->avail_out = CHUNK;
        /* Stops with Z_BUF_ERROR once the input ends amid the stream. */
        r = inflate(s, Z_NO_FLUSH);
        text_add(out, (struct bytes){chunk, CHUNK - s->avail_out});
    }
    *ret_used = (size_t)(s->next_in - in.data);
    codec_done(&c);
    if (out->overflow)
        return CODEC_FULL;
    return r == Z_STREAM_END ? CODEC_GOOD : CODEC_CORRUPT;
}

static bool xz_block(struct bytes in, struct room out, size_t *ret_length, size_t *ret_used)
{
    uint64_t memory = MEMORY_MAX;

    return lzma_stream_buffer_decode(&memory, 0, NULL, in.data, ret_used, in.len, out.data,
                                     ret_length, out.size) == LZMA_OK;
}

static bool lzma_alone_block(struct bytes in, struct room out, size_t *ret_length,
                             size_t *ret_used)
{
    lzma_stream s = LZMA_STREAM_INIT;

    if (lzma_alone_decoder(&s, MEMORY_MAX) != LZMA_OK)
        BUG("no memory for lzma");
    s.next_in = in.data;
    s.avail_in = in.len;
    s.next_out = out.data;
    s.avail_out = out.size;
    lzma_ret r = lzma_code(&s, LZMA_FINISH);

    *ret_length = out.size - s.avail_out;
    *ret_used = in.len - s.avail_in;
    lzma_end(&s);
    return r == LZMA_STREAM_END;
}

static bool zstd_block(struct codec *c, struct bytes in, struct room out, size_t *ret_length,
                       size_t *ret_used)
{
    if (!c->ready)
        c->state = ZSTD_createDCtx();
    c->ready = true;
    size_t frame = ZSTD_findFrameCompressedSize(in.data, in.len);

    if (ZSTD_isError(frame))
        return false;
    size_t n = ZSTD_decompressDCtx(c->state, out.data, out.size, in.data, frame);

    if (ZSTD_isError(n))
        return false;
    *ret_length = n;
    *ret_used = frame;
    return true;
}

static bool lz4_block(struct bytes in, struct room out, size_t *ret_length, size_t *ret_used)
{
    if (in.len > INT32_MAX || out.size > INT32_MAX)
        return false;
    int n = LZ4_decompress_safe((const char *)in.data, (char *)out.data, (int)in.len,
                                (int)out.size);

    if (n < 0)
        return false;
    *ret_length = (size_t)n;
    *ret_used = in.len;
    return true;
}

static bool lz4_frame(struct bytes in, struct room out, size_t *ret_length, size_t *ret_used)
{
    LZ4F_dctx *context = NULL;
    size_t more = 1;

    if (LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION)))
        BUG("no memory for LZ4");
    while (more > 0 && !LZ4F_isError(more)) {
        size_t taken = in.len - *ret_used;
        size_t made = out.size - *ret_length;

        more = LZ4F_decompress(context, out.data + *ret_length, &made, in.data + *ret_used,
                               &taken, NULL);
        *ret_used += taken;
        *ret_length += made;
        if (taken == 0 && made == 0)
            break;
    }
    (void)LZ4F_freeDecompressionContext(context);
    return more == 0;
}

bool codec_block(struct codec *c, struct bytes in, struct room room, size_t *ret_length,
                 size_t *ret_used)
{
    *ret_length = 0;
    *ret_used = 0;
    switch (c->kind) {
    case CODEC_ZLIB:
    case CODEC_DEFLATE:
    case CODEC_GZIP:
        return zlib_block(c, in, room, ret_length, ret_used);
    case CODEC_LZMA:
        return lzma_alone_block(in, room, ret_length, ret_used);
    case CODEC_XZ:
        return xz_block(in, room, ret_length, ret_used);
    case CODEC_ZSTD:
        return zstd_block(c, in, room, ret_length, ret_used);
    case CODEC_LZO:
        return lzo_block(in, room, ret_length, ret_used);
    case CODEC_LZ4:
        return lz4_block(in, room, ret_length, ret_used);
    case CODEC_LZ4_FRAME:
        return lz4_frame(in, room, ret_length, ret_used);
    }
    return false;
}

uint32_t codec_crc32(uint32_t seed, struct bytes b)
{
    return (uint32_t)crc32_z(seed, b.data, b.len);
}
