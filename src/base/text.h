/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Growing output with a maximum given at init. What does not fit is dropped whole and
 * `overflow` says so; the writer checks once, at the end.
 */
#ifndef ASSAY_BASE_TEXT_H
#define ASSAY_BASE_TEXT_H

#include "base/arena.h"

/* Takes what a text hands over. */
typedef void text_sink(void *user, struct bytes b);

struct text {
    struct arena *arena;
    char *data;
    size_t len;
    size_t cap;
    size_t max;
    bool overflow;
    text_sink *drain; /* NULL: all is kept */
    void *user;
    size_t drained; /* bytes that went that way */
};

void text_init(struct text *t, struct arena *a, size_t max);

/*
 * From now on hands what is written to `drain` piece by piece instead of keeping it; `max`
 * still counts all of it. text_drain_rest() hands over what is left. text_bytes() is then only
 * that.
 */
void text_drain(struct text *t, text_sink *drain, void *user);

void text_drain_rest(struct text *t);

void text_add(struct text *t, struct bytes b);

void text_char_slow(struct text *t, char c);

static inline void text_char(struct text *t, char c)
{
    if (t->len < t->cap && t->len < t->max && !t->overflow)
        t->data[t->len++] = c;
    else
        text_char_slow(t, c);
}

void text_puts(struct text *t, const char *s);

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
