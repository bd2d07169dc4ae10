/* SPDX-License-Identifier: Apache-2.0 */
/* Field rows and the emission of claims: the only place where claims come from. */
#include <stdarg.h>
#include <string.h>

#include "decode/decode.h"
#include "decode/engine_private.h"
#include "decode/shape.h"

/*
 * A unique text also states its form, which siblings share although the text differs. Seldom:
 * kept out of the way of all other claims.
 */
__attribute__((noinline)) static void claim_shape(struct decode *d, struct bytes name,
                                                  struct bytes value, struct span s)
{
    struct text shape;
    struct text full;

    text_init(&shape, d->arena, 128);
    shape_of(&shape, value);
    text_init(&full, d->arena, name.len + 8);
    text_add(&full, name);
    text_puts(&full, ".shape");
    (void)decoded_claim(d->out, d->item, text_bytes(&full), KEY_SHAPE,
                        value_text(text_bytes(&shape)), s);
}

static enum key_id twin_of(const struct decode *d, enum key_id key)
{
    for (size_t i = 0; i < d->twin_count; i++) {
        if (d->twins[i].key == key)
            return d->twins[i].twin;
    }
    return key;
}

__attribute__((always_inline)) static inline void claim(struct decode *d, struct bytes name,
                                                        enum key_id claimed_key,
                                                        const struct value *v,
                                                        const struct span *s)
{
    enum key_id key = twin_of(d, claimed_key);
    const struct key *k = key_get(key);

    if (key == KEY_NONE || !engine_room(d))
        return;
    if (v->type != k->type)
        BUG(k->name);
    uint32_t index = decoded_claim(d->out, d->item, name, key, *v, *s);

    if (k->expectation == EXPECT_OWN && k->type == TYPE_TEXT)
        claim_shape(d, d->out->items[index].name, v->bytes, *s);
}

void decode_named_at(struct decode *d, struct bytes name, enum key_id key, struct value v,
                     struct span s)
{
    if (d->in.failed)
        return;
    claim(d, name, key, &v, &s);
    engine_mark(d, s, CLASS_STRUCTURE, true);
}

void decode_value_class(struct decode *d, enum key_id key, struct value v, struct span s,
                        enum byte_class class)
{
    if (d->in.failed)
        return;
    claim(d, (struct bytes){NULL, 0}, key, &v, &s);
    engine_mark(d, s, class, true);
}

void decode_located(struct decode *d, enum key_id key, struct value v, struct span s)
{
    if (!d->in.failed)
        claim(d, (struct bytes){NULL, 0}, key, &v, &s);
}

void decode_uint(struct decode *d, enum key_id key, uint64_t value, size_t from)
{
    decode_value_at(d, key, value_uint(value), reader_span(&d->in, from));
}

void decode_int(struct decode *d, enum key_id key, int64_t value, size_t from)
{
    decode_value_at(d, key, value_int(value), reader_span(&d->in, from));
}

void decode_bool(struct decode *d, enum key_id key, bool value, size_t from)
{
    decode_value_at(d, key, value_bool(value), reader_span(&d->in, from));
}

void decode_bytes(struct decode *d, enum key_id key, struct bytes value, size_t from)
{
    decode_value_at(d, key, (struct value){.type = key_get(key)->type, .bytes = value},
                    reader_span(&d->in, from));
}

void decode_digest(struct decode *d, enum key_id key, struct bytes b, struct span s)
{
    if (d->in.failed)
        return;
    struct digest digest = memo_sha256(d->engine->memo, b);
    struct bytes kept =
        arena_copy(d->arena, (struct bytes){digest.bytes, sizeof(digest.bytes)});

    struct value v = value_bytes(kept);

    claim(d, (struct bytes){NULL, 0}, key, &v, &s);
    engine_mark(d, s, CLASS_DATA, true);
}

/* What this job put into the current container stands behind it. */
static size_t first_within(const struct decode *d)
{
    return d->item >= d->first_item ? (size_t)d->item + 1 : d->first_item;
}

uint64_t decode_value(const struct decode *d, enum key_id key)
{
    for (size_t i = d->out->item_count; i-- > first_within(d);) {
        const struct item *item = &d->out->items[i];

        if (item->parent == d->item && item->kind == ITEM_CLAIM && item->key == key)
            return item->value.uint;
    }
    return 0;
}

struct bytes decode_value_bytes(const struct decode *d, enum key_id key)
{
    for (size_t i = d->out->item_count; i-- > first_within(d);) {
        const struct item *item = &d->out->items[i];

        if (item->parent == d->item && item->kind == ITEM_CLAIM && item->key == key)
            return item->value.bytes;
    }
    return (struct bytes){NULL, 0};
}

static void open_container(struct decode *d, enum item_kind kind, struct bytes name)
{
    uint32_t outer = d->item;

    d->item = decoded_open(d->out, outer, kind, name);
    struct item *item = &d->out->items[d->item];
    struct span window = {d->in.blob, d->in.base, d->in.all.len};
    struct span above = d->out->items[outer].span;

    item->span = window;
    if (window.offset != above.offset || window.length != above.length ||
        window.blob != above.blob)
        engine_mark(d, window, CLASS_UNKNOWN, false);
}

void decode_open_bytes(struct decode *d, enum item_kind kind, struct bytes name)
{
    open_container(d, kind, name);
}

void decode_open(struct decode *d, enum item_kind kind, const char *format, ...)
{
    char small[256];
    va_list args;

    va_start(args, format);
    struct bytes name = bytes_format_list(small, sizeof(small), format, args);
    va_end(args);
    open_container(d, kind, arena_copy(d->arena, name));
}

void decode_open_shared(struct decode *d, struct bytes name)
{
    uint32_t known = engine_shared(d, name);

    if (known != 0) {
        d->item = known;
        return;
    }
    open_container(d, ITEM_MAP, name);
    engine_share(d);
}

void decode_close(struct decode *d)
{
    d->item = d->out->items[d->item].parent;
}

void decode_enter(struct decode *d, size_t n)
{
    if (d->depth >= DECODE_DEPTH_MAX)
        BUG("decode_enter nested too deep");
    struct reader inner = reader_sub(&d->in, n);

    d->outer[d->depth++] = d->in;
    d->in = inner;
}

void decode_leave(struct decode *d)
{
    if (d->depth == 0)
        BUG("decode_leave without decode_enter");
    struct reader outer = d->outer[--d->depth];

    if (d->in.failed && !outer.failed)
        decode_fault(d, FAULT_TRUNCATED, d->in.fail_offset);
    d->in = outer;
    d->in.failed = d->in.failed || d->full;
}

void decode_fault(struct decode *d, enum fault_id id, uint64_t offset)
{
    /* What a structure states may lie beyond its bytes; the fault then stands at their end. */
    uint64_t end = d->out->blobs[d->in.blob].bytes.len;

    if (d->out->fault_count >= ENGINE_FAULTS_MAX || d->full)
        return;
    decoded_fault(d->out, id, d->item, d->in.blob, offset < end ? offset : end);
    d->items_stop -= d->items_stop > ENGINE_FAULT_ITEMS ? ENGINE_FAULT_ITEMS : 0;
    if (d->out->item_count >= d->items_stop) {
        d->full = true;
        d->in.failed = true;
    }
}

void decode_region(struct decode *d, struct span s, enum byte_class class)
{
    engine_mark(d, s, class, false);
}

void decode_claimed_region(struct decode *d, struct span s, enum byte_class class)
{
    engine_mark(d, s, class, true);
}

struct bytes decode_span_bytes(const struct decode *d, struct span s)
{
    if (s.blob >= d->out->blob_count)
        return (struct bytes){NULL, 0};
    struct bytes all = d->out->blobs[s.blob].bytes;

    if (s.offset > all.len || s.length > all.len - s.offset)
        return (struct bytes){all.data, 0};
    return bytes_slice(all, (size_t)s.offset, (size_t)s.length);
}

uint8_t sum8(struct bytes b)
{
    uint8_t sum = 0;

    for (size_t i = 0; i < b.len; i++)
        sum = (uint8_t)(sum + b.data[i]);
    return sum;
}

uint16_t sum16(struct bytes b)
{
    struct reader r = reader_of(b, 0, 0);
    uint16_t sum = 0;

    while (reader_left(&r) >= 2)
        sum = (uint16_t)(sum + reader_u16le(&r));
    return sum;
}

enum {
    GUID_TEXT = 36
};

struct bytes guid_text(struct arena *a, struct bytes guid)
{
    static const uint8_t order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    static const char digits[] = "0123456789abcdef";
    uint8_t *text = arena_alloc(a, GUID_TEXT);
    size_t n = 0;

    for (size_t i = 0; i < 16 && guid.len == 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            text[n++] = '-';
        text[n++] = (uint8_t)digits[guid.data[order[i]] >> 4];
        text[n++] = (uint8_t)digits[guid.data[order[i]] & 15];
    }
    return (struct bytes){text, n};
}

static void utf8_add(struct text *t, uint32_t point)
{
    if (point < 0x80) {
        text_char(t, (char)point);
    } else if (point < 0x800) {
        text_char(t, (char)(0xc0 | point >> 6));
        text_char(t, (char)(0x80 | (point & 0x3f)));
    } else if (point < 0x10000) {
        text_char(t, (char)(0xe0 | point >> 12));
        text_char(t, (char)(0x80 | (point >> 6 & 0x3f)));
        text_char(t, (char)(0x80 | (point & 0x3f)));
    } else {
        text_char(t, (char)(0xf0 | point >> 18));
        text_char(t, (char)(0x80 | (point >> 12 & 0x3f)));
        text_char(t, (char)(0x80 | (point >> 6 & 0x3f)));
        text_char(t, (char)(0x80 | (point & 0x3f)));
    }
}

bool utf16_text(struct arena *a, struct bytes b, struct bytes *ret)
{
    struct reader r = reader_of(b, 0, 0);
    struct text t;
    bool good = b.len % 2 == 0;

    text_init(&t, a, b.len * 2 + 4);
    while (reader_left(&r) >= 2) {
        uint32_t unit = reader_u16le(&r);

        if (unit == 0)
            break;
        if (unit >= 0xd800 && unit < 0xdc00 && reader_left(&r) >= 2) {
            uint32_t low = reader_u16le(&r);

            good = good && low >= 0xdc00 && low < 0xe000;
            unit = 0x10000 + ((unit - 0xd800) << 10) + ((low - 0xdc00) & 0x3ff);
        } else if (unit >= 0xd800 && unit < 0xe000) {
            good = false;
        }
        utf8_add(&t, unit);
    }
    *ret = text_bytes(&t);
    return good;
}

/* The integer kinds: width in bytes, byte order, sign. */
struct integer_kind {
    uint8_t width;
    bool big;
    bool negative;
};

static const struct integer_kind integers[] = {
    [F_U8] = {1, false, false},
      [F_U16LE] = {2, false, false},
      [F_U24LE] = {3, false, false},
    [F_U32LE] = {4, false, false},
      [F_U48LE] = {6, false, false},
      [F_U64LE] = {8, false, false},
    [F_U16BE] = {2, true,  false},
      [F_U24BE] = {3, true,  false},
      [F_U32BE] = {4, true,  false},
    [F_U64BE] = {8, true,  false},
      [F_I8] = {1, false, true },
      [F_I16LE] = {2, false, true },
    [F_I32LE] = {4, false, true },
};

/* How many bytes a row reads. */
static size_t field_width(const struct field *f)
{
    switch (f->kind) {
    case F_BITS:
    case F_FLAG:
        return 0;
    case F_TEXT:
    case F_BYTES:
    case F_SKIP:
    case F_RESERVED:
        return f->arg;
    case F_GUID:
        return 16;
    case F_STRING:
        return 1;
    case F_U8:
    case F_U16LE:
    case F_U24LE:
    case F_U32LE:
    case F_U48LE:
    case F_U64LE:
    case F_U16BE:
    case F_U24BE:
    case F_U32BE:
    case F_U64BE:
    case F_I8:
    case F_I16LE:
    case F_I32LE:
        break;
    }
    return integers[f->kind].width;
}

static void field_integer(struct decode *d, const struct field *f, uint64_t *last, size_t from)
{
    const struct integer_kind *k = &integers[f->kind];
    uint64_t v = reader_uint(&d->in, k->width, k->big);

    *last = v;
    if (k->negative) {
        uint64_t top = UINT64_C(1) << (8 * k->width - 1);

        decode_int(d, f->key, (int64_t)((v ^ top) - top), from);
        return;
    }
    if (f->key != KEY_NONE && key_get(f->key)->type == TYPE_BOOL)
        decode_bool(d, f->key, v != 0, from);
    else
        decode_uint(d, f->key, v, from);
}

/* String `index` (from 1) of the set in `strings`; false if there is none. */
static bool string_at(const struct decode *d, unsigned index, struct span *ret)
{
    struct reader r = d->strings;

    for (unsigned i = 1; reader_more(&r); i++) {
        const uint8_t *end = memchr(r.all.data + r.pos, 0, r.all.len - r.pos);
        size_t from = r.pos;
        size_t len = end != NULL ? (size_t)(end - (r.all.data + from)) : reader_left(&r);

        if (len == 0)
            return false;
        (void)reader_take(&r, len);
        if (i == index) {
            *ret = reader_span(&r, from);
            return true;
        }
        (void)reader_take(&r, end != NULL ? 1 : 0);
    }
    return false;
}

static void field_string(struct decode *d, const struct field *f, size_t from)
{
    unsigned index = reader_u8(&d->in);
    struct span s = {0, 0, 0};

    engine_mark(d, reader_span(&d->in, from), CLASS_STRUCTURE, false);
    if (d->in.failed || index == 0)
        return;
    if (string_at(d, index, &s))
        decode_value_at(d, f->key, value_text(decode_span_bytes(d, s)), s);
    else
        decode_fault(d, FAULT_BAD_REFERENCE, d->in.base + from);
}

static void field_read(struct decode *d, const struct field *f, uint64_t *last,
                       size_t *last_from)
{
    size_t from = d->in.pos;
    struct bytes b;

    switch (f->kind) {
    case F_BITS:
        decode_uint(d, f->key, *last >> f->shift & (UINT64_MAX >> (64 - f->arg)), *last_from);
        return;
    case F_FLAG:
        decode_bool(d, f->key, (*last >> f->shift & 1) != 0, *last_from);
        return;
    case F_TEXT:
        b = reader_take(&d->in, f->arg);
        if (memchr(b.data, 0, b.len) != NULL)
            b.len = strlen((const char *)b.data);
        decode_bytes(d, f->key, bytes_trim(b), from);
        return;
    case F_BYTES:
        b = reader_take(&d->in, f->arg);
        decode_bytes(d, f->key, b, from);
        return;
    case F_GUID:
        b = reader_take(&d->in, 16);
        decode_bytes(d, f->key, guid_text(d->arena, b), from);
        return;
    case F_STRING:
        field_string(d, f, from);
        return;
    case F_SKIP:
        (void)reader_take(&d->in, f->arg);
        engine_mark(d, reader_span(&d->in, from), CLASS_STRUCTURE, false);
        return;
    case F_RESERVED:
        b = reader_take(&d->in, f->arg);
        if (!bytes_all(b, 0))
            decode_bytes(d, f->key != KEY_NONE ? f->key : KEY_RESERVED, b, from);
        else
            engine_mark(d, reader_span(&d->in, from), CLASS_STRUCTURE, false);
        return;
    case F_U8:
    case F_U16LE:
    case F_U24LE:
    case F_U32LE:
    case F_U48LE:
    case F_U64LE:
    case F_U16BE:
    case F_U24BE:
    case F_U32BE:
    case F_U64BE:
    case F_I8:
    case F_I16LE:
    case F_I32LE:
        break;
    }
    *last_from = from;
    field_integer(d, f, last, from);
}

uint64_t decode_fields(struct decode *d, const struct field *rows, size_t count)
{
    uint64_t last = 0;
    size_t last_from = d->in.pos;

    for (size_t i = 0; i < count && !d->in.failed; i++)
        field_read(d, &rows[i], &last, &last_from);
    return d->in.failed ? 0 : last;
}

size_t decode_fields_grow(struct decode *d, const struct field *rows, size_t count)
{
    uint64_t last = 0;
    size_t last_from = d->in.pos;
    size_t i = 0;

    while (i < count && !d->in.failed && reader_left(&d->in) >= field_width(&rows[i]))
        field_read(d, &rows[i++], &last, &last_from);
    return i;
}
