/* SPDX-License-Identifier: Apache-2.0 */
#include "base/pack.h"

#include <errno.h>
#include <unistd.h>
#include <zstd.h>

#include "base/file.h"

enum {
    CHUNK = 128 * 1024,
    LEVEL = 3
};

bool pack_recognised(struct bytes b)
{
    return bytes_starts_with(b, "\x28\xb5\x2f\xfd");
}

bool pack_read(struct bytes b, size_t max, struct arena *a, struct bytes *ret, struct err *e)
{
    unsigned long long size = ZSTD_getFrameContentSize(b.data, b.len);
    size_t frame = ZSTD_findFrameCompressedSize(b.data, b.len);

    if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR)
        return err_set(e, ERR_INPUT, "the zstd frame does not tell the size of its content");
    if (size > max)
        return err_set(e, ERR_LIMIT, "the zstd frame holds more than %zu bytes", max);
    if (ZSTD_isError(frame) != 0 || frame != b.len)
        return err_set(e, ERR_INPUT, "the file is not one whole zstd frame");
    uint8_t *content = arena_alloc(a, (size_t)size);
    size_t n = ZSTD_decompress(content, (size_t)size, b.data, b.len);

    if (ZSTD_isError(n) != 0 || n != size)
        return err_set(e, ERR_INPUT, "the zstd frame is damaged: %s", ZSTD_getErrorName(n));
    *ret = (struct bytes){content, n};
    return true;
}

/* Feeds one piece of input; `end` closes the frame. */
static bool pack_piece(ZSTD_CCtx *z, struct bytes in, bool end, int to, uint8_t *room,
                       struct err *e)
{
    ZSTD_inBuffer source = {in.data, in.len, 0};
    size_t left = 1;

    while (left > 0) {
        ZSTD_outBuffer out = {room, CHUNK, 0};

        left = ZSTD_compressStream2(z, &out, &source, end ? ZSTD_e_end : ZSTD_e_continue);
        if (ZSTD_isError(left) != 0)
            return err_set(e, ERR_SYSTEM, "cannot compress: %s", ZSTD_getErrorName(left));
        if (!fd_write(to, (struct bytes){room, out.pos}, e))
            return false;
        if (!end && source.pos == source.size)
            break;
    }
    return true;
}

static bool pack(ZSTD_CCtx *z, int from, uint64_t length, int to, uint8_t *rooms, struct err *e)
{
    uint64_t at = 0;

    while (at < length) {
        size_t want = length - at < CHUNK ? (size_t)(length - at) : CHUNK;
        ssize_t n = pread(from, rooms, want, (off_t)at);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return err_system(e, n < 0 ? errno : EIO, "cannot read back");
        at += (uint64_t)n;
        if (!pack_piece(z, (struct bytes){rooms, (size_t)n}, at == length, to, rooms + CHUNK,
                        e))
            return false;
    }
    return true;
}

bool pack_file(int from, uint64_t length, int to, struct arena *a, struct err *e)
{
    uint8_t *rooms = arena_alloc(a, (size_t)2 * CHUNK);
    ZSTD_CCtx *z = ZSTD_createCCtx();

    if (z == NULL)
        BUG("out of memory");
    (void)ZSTD_CCtx_setParameter(z, ZSTD_c_compressionLevel, LEVEL);
    (void)ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1);
    (void)ZSTD_CCtx_setPledgedSrcSize(z, length);
    bool good = pack(z, from, length, to, rooms, e);

    (void)ZSTD_freeCCtx(z);
    return good;
}
