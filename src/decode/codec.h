/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decompression of blocks whose greatest size is known beforehand, as file systems store them.
 * A block is decompressed whole into room that the caller gives; nothing is ever written past
 * it.
 */
#ifndef ASSAY_DECODE_CODEC_H
#define ASSAY_DECODE_CODEC_H

#include "base/bytes.h"
#include "base/text.h"

enum codec_kind {
    CODEC_ZLIB,    /* RFC 1950 */
    CODEC_DEFLATE, /* RFC 1951, without header and checksum */
    CODEC_GZIP,    /* RFC 1952 */
    CODEC_LZMA,    /* .lzma, with its header of 13 bytes */
    CODEC_XZ,      /* .xz, one stream */
    CODEC_ZSTD,    /* RFC 8878, one frame */
    CODEC_LZO,     /* LZO1X */
    CODEC_LZ4,     /* one LZ4 block */
    CODEC_LZ4_FRAME,
};

/* Where output goes. */
struct room {
    uint8_t *data;
    size_t size;
};

enum {
    CODEC_ROOM = 128
};

struct codec {
    enum codec_kind kind;
    _Alignas(16) uint8_t room[CODEC_ROOM]; /* zlib's state */
    void *state;                           /* zstd's state */
    bool ready;
};

/* What the libraries allocate lives until codec_done(). */
void codec_init(struct codec *c, enum codec_kind kind);

void codec_done(struct codec *c);

/*
 * Decompresses `in` into `room`. False if it is corrupt, or does not fit. `ret_used` is how
 * many bytes of `in` the stream has: what follows them is not part of it.
 */
bool codec_block(struct codec *c, struct bytes in, struct room room, size_t *ret_length,
                 size_t *ret_used);

/*
 * As codec_block() for a codec of the kind CODEC_DEFLATE, whose matches may reach back into the
 * last 32 KiB of `before`.
 */
bool codec_deflate_after(struct codec *c, struct bytes before, struct bytes in,
                         struct room room, size_t *ret_length, size_t *ret_used);

enum codec_end {
    CODEC_GOOD,
    CODEC_CORRUPT,
    CODEC_FULL, /* `out` holds no more */
};

/*
 * One stream of RFC 1951 whose size nobody states, or says what is not believed: adds what it
 * gives to `out`, up to the maximum that this was given. `ret_used` as in codec_block().
 */
enum codec_end codec_deflate(struct bytes in, struct text *out, size_t *ret_used);

/* CRC-32 as in zlib and Ethernet; `seed` is what the bytes before gave, 0 at first. */
uint32_t codec_crc32(uint32_t seed, struct bytes b);

#endif
