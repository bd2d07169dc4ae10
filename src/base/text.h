/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Growing output with a maximum given at init. What does not fit is dropped whole and
 * `overflow` says so; the writer checks once, at the end.
 */
#ifndef ASSAY_BASE_TEXT_H
#define ASSAY_BASE_TEXT_H

#include <string.h>

#include "base/arena.h"

/* Takes what a text hands over. */
typedef void text_sink(void *user, struct bytes b);

struct text {
    struct arena *arena;
    char *data;
    size_t len;
    size_t cap;  /* up to here it may be written to; where len is after an overflow */
    size_t size; /* bytes of the room */
    size_t max;
    bool overflow;
    text_sink *drain; /* NULL: all is kept */
    void *user;
    size_t drained; /* bytes that went that way */
};

void text_init(struct text *t, struct arena *a, size_t max);

/* A text of at most `size` bytes in `room`. */
void text_init_room(struct text *t, char *room, size_t size);

/* Empty again, with the room it has. */
void text_clear(struct text *t);

/*
 * From now on hands what is written to `drain` piece by piece instead of keeping it; `max`
 * still counts all of it. text_drain_rest() hands over what is left. text_bytes() is then only
 * that.
 */
void text_drain(struct text *t, text_sink *drain, void *user);

void text_drain_rest(struct text *t);

bool text_reserve_slow(struct text *t, size_t n);

/* Room for n more bytes at data + len; false, and the text has overflown, if they do not fit.
 */
static inline bool text_reserve(struct text *t, size_t n)
{
    return t->cap - t->len >= n || text_reserve_slow(t, n);
}

void text_add_slow(struct text *t, struct bytes b);

static inline void text_add(struct text *t, struct bytes b)
{
    if (b.len == 0 || t->cap - t->len < b.len) {
        text_add_slow(t, b);
        return;
    }
    memcpy(t->data + t->len, b.data, b.len);
    t->len += b.len;
}

void text_char_slow(struct text *t, char c);

static inline void text_char(struct text *t, char c)
{
    if (t->len < t->cap)
        t->data[t->len++] = c;
    else
        text_char_slow(t, c);
}

static inline void text_puts(struct text *t, const char *s)
{
    text_add(t, bytes_of(s));
}

void text_printf(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Lower-case hexadecimal digits of `b`. */
void text_hex(struct text *t, struct bytes b);

/* Decimal digits of `value`; much faster than text_printf. */
void text_uint(struct text *t, uint64_t value);

/* "0x" and the hexadecimal digits of `value`, without leading zeros. */
void text_hex_uint(struct text *t, uint64_t value);

/* A path segment: '/', '%', '#', blanks and bytes outside printable ASCII are percent-encoded.
 */
void text_segment(struct text *t, struct bytes b);

/* For people: bytes outside printable ASCII (or UTF-8, if it is) as \xNN. */
void text_printable(struct text *t, struct bytes b);

static inline struct bytes text_bytes(const struct text *t)
{
    return (struct bytes){(const uint8_t *)t->data, t->len};
}

#endif
