/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cbor.h"

#include <string.h>

enum major {
    MAJOR_UINT = 0,
    MAJOR_NEGATIVE = 1,
    MAJOR_BYTES = 2,
    MAJOR_ARRAY = 4,
    MAJOR_SIMPLE = 7,
};

enum {
    SIMPLE_FALSE = 20,
    SIMPLE_TRUE = 21,
    SIMPLE_NULL = 22
};

static void cbor_head(struct text *t, enum major m, uint64_t v)
{
    uint8_t head[9];
    unsigned width = 0;
    unsigned info = (unsigned)v;

    if (v >= 24) {
        width = 1;
        info = 24;
        while (width < 8 && v >> (8 * width) != 0) {
            width *= 2;
            info++;
        }
    }
    head[0] = (uint8_t)((unsigned)m << 5 | info);
    for (unsigned i = 0; i < width; i++)
        head[1 + i] = (uint8_t)(v >> (8 * (width - 1 - i)));
    text_add(t, (struct bytes){head, 1 + width});
}

void cbor_uint(struct text *t, uint64_t v)
{
    cbor_head(t, MAJOR_UINT, v);
}

void cbor_int(struct text *t, int64_t v)
{
    if (v < 0)
        cbor_head(t, MAJOR_NEGATIVE, (uint64_t)(-1 - v));
    else
        cbor_head(t, MAJOR_UINT, (uint64_t)v);
}

void cbor_bytes(struct text *t, struct bytes b)
{
    cbor_head(t, MAJOR_BYTES, b.len);
    text_add(t, b);
}

void cbor_text(struct text *t, const char *s)
{
    cbor_bytes(t, bytes_of(s));
}

void cbor_bool(struct text *t, bool v)
{
    cbor_head(t, MAJOR_SIMPLE, v ? SIMPLE_TRUE : SIMPLE_FALSE);
}

void cbor_null(struct text *t)
{
    cbor_head(t, MAJOR_SIMPLE, SIMPLE_NULL);
}

void cbor_array(struct text *t, uint64_t count)
{
    cbor_head(t, MAJOR_ARRAY, count);
}

void cbor_value(struct text *t, const struct value *v)
{
    switch (v->type) {
    case TYPE_UINT:
        cbor_uint(t, v->uint);
        break;
    case TYPE_INT:
        /* Marked, so that 5 of a signed key and 5 of an unsigned one stay apart. */
        cbor_array(t, 2);
        cbor_uint(t, TYPE_INT);
        cbor_int(t, v->sint);
        break;
    case TYPE_BOOL:
        cbor_bool(t, v->uint != 0);
        break;
    case TYPE_TEXT:
        cbor_array(t, 2);
        cbor_uint(t, TYPE_TEXT);
        cbor_bytes(t, v->bytes);
        break;
    case TYPE_BYTES:
        cbor_bytes(t, v->bytes);
        break;
    }
}

static void cbor_fail(struct reader *r, size_t at)
{
    if (r->failed)
        return;
    r->failed = true;
    r->fail_offset = r->base + at;
}

/* The head of the next item; fails the reader on a form that is not the shortest. */
static uint64_t read_head(struct reader *r, enum major *ret)
{
    static const uint64_t least[] = {24, 0x100, 0x10000, UINT64_C(0x100000000)};
    size_t at = r->pos;
    uint8_t first = reader_u8(r);
    unsigned info = first & 31;

    *ret = (enum major)(first >> 5);
    if (r->failed || info < 24)
        return info;
    if (info > 27 || *ret == MAJOR_SIMPLE) {
        cbor_fail(r, at);
        return 0;
    }
    uint64_t v = reader_uint(r, 1U << (info - 24), true);

    if (v < least[info - 24])
        cbor_fail(r, at);
    return r->failed ? 0 : v;
}

static uint64_t read_kind(struct reader *r, enum major want)
{
    size_t at = r->pos;
    enum major m = MAJOR_UINT;
    uint64_t v = read_head(r, &m);

    if (m != want) {
        cbor_fail(r, at);
        return 0;
    }
    return v;
}

uint64_t cbor_read_uint(struct reader *r)
{
    return read_kind(r, MAJOR_UINT);
}

int64_t cbor_read_int(struct reader *r)
{
    size_t at = r->pos;
    enum major m = MAJOR_UINT;
    uint64_t n = read_head(r, &m);

    if ((m != MAJOR_UINT && m != MAJOR_NEGATIVE) || n > INT64_MAX) {
        cbor_fail(r, at);
        return 0;
    }
    return m == MAJOR_NEGATIVE ? -1 - (int64_t)n : (int64_t)n;
}

struct bytes cbor_read_bytes(struct reader *r)
{
    uint64_t n = read_kind(r, MAJOR_BYTES);

    if (n > reader_left(r))
        n = (uint64_t)reader_left(r) + 1;
    return reader_take(r, (size_t)n);
}

bool cbor_read_bool(struct reader *r)
{
    size_t at = r->pos;
    uint64_t v = read_kind(r, MAJOR_SIMPLE);

    if (v != SIMPLE_FALSE && v != SIMPLE_TRUE)
        cbor_fail(r, at);
    return !r->failed && v == SIMPLE_TRUE;
}

bool cbor_read_null(struct reader *r)
{
    if (!reader_more(r) || r->all.data[r->pos] != (MAJOR_SIMPLE << 5 | SIMPLE_NULL))
        return false;
    (void)reader_u8(r);
    return true;
}

uint64_t cbor_read_array(struct reader *r)
{
    size_t at = r->pos;
    uint64_t n = read_kind(r, MAJOR_ARRAY);

    if (n > reader_left(r)) {
        cbor_fail(r, at);
        return 0;
    }
    return n;
}

static struct value read_marked(struct reader *r, size_t at)
{
    uint64_t type = cbor_read_uint(r);
    struct value v = {.type = TYPE_TEXT};

    if (type == TYPE_TEXT) {
        v.bytes = cbor_read_bytes(r);
        return v;
    }
    v.type = TYPE_INT;
    v.sint = cbor_read_int(r);
    if (type != TYPE_INT)
        cbor_fail(r, at);
    return v;
}

struct value cbor_read_value(struct reader *r)
{
    size_t at = r->pos;
    enum major m = MAJOR_UINT;
    uint64_t n = read_head(r, &m);

    if (r->failed)
        return (struct value){.type = TYPE_UINT};
    if (m == MAJOR_UINT)
        return (struct value){.type = TYPE_UINT, .uint = n};
    if (m == MAJOR_SIMPLE && (n == SIMPLE_FALSE || n == SIMPLE_TRUE))
        return (struct value){.type = TYPE_BOOL, .uint = n == SIMPLE_TRUE};
    if (m == MAJOR_ARRAY && n == 2)
        return read_marked(r, at);
    if (m == MAJOR_BYTES) {
        r->pos = at;
        return (struct value){.type = TYPE_BYTES, .bytes = cbor_read_bytes(r)};
    }
    cbor_fail(r, at);
    return (struct value){.type = TYPE_UINT};
}

void node_digest_begin(struct digest_stream *s, const char *kind, unsigned version)
{
    char domain[64];
    struct bytes name = bytes_format(domain, sizeof(domain), "assay/%s/%u", kind, version);

    digest_begin(s);
    digest_more(s, (struct bytes){name.data, name.len + 1});
}

struct digest node_digest(const char *kind, unsigned version, struct bytes encoded)
{
    struct digest_stream s;

    node_digest_begin(&s, kind, version);
    digest_more(&s, encoded);
    return digest_end(&s);
}
