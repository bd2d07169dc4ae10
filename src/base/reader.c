/* SPDX-License-Identifier: Apache-2.0 */
#include "base/reader.h"

struct reader reader_of(struct bytes b, uint32_t blob, uint64_t base)
{
    return (struct reader){.all = b, .base = base, .blob = blob};
}

struct bytes reader_take(struct reader *r, size_t n)
{
    if (!r->failed && r->all.len - r->pos < n) {
        r->failed = true;
        r->fail_offset = r->base + r->pos;
    }
    if (r->failed)
        return (struct bytes){r->all.data, 0};
    struct bytes b = {r->all.data + r->pos, n};

    r->pos += n;
    return b;
}

uint64_t reader_uint(struct reader *r, unsigned width, bool big)
{
    struct bytes b = reader_take(r, width);
    uint64_t value = 0;

    for (size_t i = 0; i < b.len; i++)
        value = value << 8 | b.data[big ? i : b.len - 1 - i];
    return value;
}

uint64_t bytes_uint(struct bytes b, size_t at, unsigned width, bool big)
{
    struct reader r = reader_of(bytes_slice(b, at, width), 0, 0);

    return reader_uint(&r, width, big);
}

struct reader reader_sub(struct reader *r, size_t n)
{
    uint64_t base = r->base + r->pos;
    struct bytes b = reader_take(r, n);
    struct reader sub = reader_of(b, r->blob, base);

    sub.failed = r->failed;
    sub.fail_offset = r->fail_offset;
    return sub;
}

struct reader reader_at(const struct reader *r, size_t pos, size_t n)
{
    struct reader copy = *r;

    reader_seek(&copy, pos);
    return reader_sub(&copy, n);
}

void reader_seek(struct reader *r, size_t pos)
{
    if (r->failed)
        return;
    if (pos > r->all.len) {
        r->failed = true;
        r->fail_offset = r->base + r->pos;
        return;
    }
    r->pos = pos;
}

size_t reader_left(const struct reader *r)
{
    return r->failed ? 0 : r->all.len - r->pos;
}

bool reader_more(const struct reader *r)
{
    return reader_left(r) > 0;
}

struct span reader_span(const struct reader *r, size_t from)
{
    return (struct span){r->blob, r->base + from, r->pos - from};
}

uint64_t reader_offset(const struct reader *r)
{
    return r->base + r->pos;
}
