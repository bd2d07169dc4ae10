/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cursor over untrusted bytes. After the first short read it stays failed and yields zeros,
 * so that only one place compares lengths and loops over counts end by themselves.
 */
#ifndef ASSAY_BASE_READER_H
#define ASSAY_BASE_READER_H

#include "base/bytes.h"

/* Where bytes stand: the index of a blob (a collected or derived byte string), offset, length.
 */
struct span {
    uint32_t blob;
    uint64_t offset;
    uint64_t length;
} __attribute__((packed, aligned(4))); /* every claim has one: without padding */

struct reader {
    struct bytes all;
    size_t pos;
    uint64_t base; /* offset of all.data[0] in the blob */
    uint32_t blob;
    bool failed;
    uint64_t fail_offset; /* offset in the blob at which the first short read began */
};

struct reader reader_of(struct bytes b, uint32_t blob, uint64_t base);

/* The next n bytes, or none and the reader has failed. The only comparison of lengths. */
struct bytes reader_take(struct reader *r, size_t n);

/* The next `width` (1 to 8) bytes as an unsigned integer, big or little endian. */
uint64_t reader_uint(struct reader *r, unsigned width, bool big);

/* The `width` (1 to 8) bytes at `at` as an unsigned integer; 0 where they are not all in `b`.
 */
uint64_t bytes_uint(struct bytes b, size_t at, unsigned width, bool big);

static inline uint32_t bytes_u32le(struct bytes b, size_t at)
{
    return (uint32_t)bytes_uint(b, at, 4, false);
}

static inline uint8_t reader_u8(struct reader *r)
{
    return (uint8_t)reader_uint(r, 1, false);
}

static inline uint16_t reader_u16le(struct reader *r)
{
    return (uint16_t)reader_uint(r, 2, false);
}

static inline uint32_t reader_u32le(struct reader *r)
{
    return (uint32_t)reader_uint(r, 4, false);
}

static inline uint64_t reader_u64le(struct reader *r)
{
    return reader_uint(r, 8, false);
}

static inline uint16_t reader_u16be(struct reader *r)
{
    return (uint16_t)reader_uint(r, 2, true);
}

static inline uint32_t reader_u32be(struct reader *r)
{
    return (uint32_t)reader_uint(r, 4, true);
}

/* A reader of the next n bytes that cannot see past them; `r` moves on. Failed if they are not
 * there. */
struct reader reader_sub(struct reader *r, size_t n);

/* A reader of n bytes at `pos` of the same bytes; `r` does not move. Failed if they are not
 * there. */
struct reader reader_at(const struct reader *r, size_t pos, size_t n);

/* Moves to `pos`; past the end is a failure. */
void reader_seek(struct reader *r, size_t pos);

/* Bytes left; zero once failed. */
size_t reader_left(const struct reader *r);

/* Whether there is more to read; false once failed. */
bool reader_more(const struct reader *r);

/* The span from position `from` (a former value of r->pos) to here. */
struct span reader_span(const struct reader *r, size_t from);

/* The offset in the blob of the next byte to read. */
uint64_t reader_offset(const struct reader *r);

#endif
