/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void text_init(struct text *t, struct arena *a, size_t max)
{
    *t = (struct text){.arena = a, .max = max};
}

enum {
    DRAIN_AT = 1 << 16
};

void text_drain(struct text *t, text_sink *drain, void *user)
{
    t->drain = drain;
    t->user = user;
}

void text_drain_rest(struct text *t)
{
    if (t->len > 0)
        t->drain(t->user, text_bytes(t));
    t->drained += t->len;
    t->len = 0;
}

/* Room for n more bytes. */
static bool text_reserve(struct text *t, size_t n)
{
    if (t->overflow || n > t->max - t->drained - t->len) {
        t->overflow = true;
        return false;
    }
    if (t->cap - t->len >= n)
        return true;
    if (t->drain != NULL && t->len >= DRAIN_AT) {
        text_drain_rest(t);
        if (t->cap >= n)
            return true;
    }
    size_t cap = t->cap == 0 ? 256 : t->cap;

    while (cap - t->len < n)
        cap *= 2;
    arena_widen(t->arena, &t->data, cap, &t->cap, 1);
    return true;
}

void text_add(struct text *t, struct bytes b)
{
    if (b.len == 0 || !text_reserve(t, b.len))
        return;
    memcpy(t->data + t->len, b.data, b.len);
    t->len += b.len;
}

void text_char_slow(struct text *t, char c)
{
    if (!text_reserve(t, 1))
        return;
    t->data[t->len++] = c;
}

void text_puts(struct text *t, const char *s)
{
    text_add(t, bytes_of(s));
}

void text_printf(struct text *t, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0)
        BUG("bad format");
    if (!text_reserve(t, (size_t)n + 1))
        return;
    va_start(args, format);
    (void)vsnprintf(t->data + t->len, (size_t)n + 1, format, args);
    va_end(args);
    t->len += (size_t)n;
}

void text_hex(struct text *t, struct bytes b)
{
    static const char digits[] = "0123456789abcdef";

    if (b.len > SIZE_MAX / 2 || !text_reserve(t, b.len * 2)) {
        t->overflow = true;
        return;
    }
    for (size_t i = 0; i < b.len; i++) {
        t->data[t->len++] = digits[b.data[i] >> 4];
        t->data[t->len++] = digits[b.data[i] & 15];
    }
}

void text_uint(struct text *t, uint64_t value)
{
    char digits[20];
    size_t at = sizeof(digits);

    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    text_add(t, (struct bytes){(const uint8_t *)digits + at, sizeof(digits) - at});
}

void text_hex_uint(struct text *t, uint64_t value)
{
    char digits[18];
    size_t at = sizeof(digits);

    do {
        digits[--at] = "0123456789abcdef"[value & 15];
        value >>= 4;
    } while (value > 0);
    digits[--at] = 'x';
    digits[--at] = '0';
    text_add(t, (struct bytes){(const uint8_t *)digits + at, sizeof(digits) - at});
}

/* Writes `c` as `mark` and two hexadecimal digits. */
static void text_escaped(struct text *t, const char *mark, uint8_t c)
{
    text_puts(t, mark);
    text_hex(t, (struct bytes){&c, 1});
}

/* What a path segment holds as it is; everything else is percent-encoded. */
static bool segment_plain(uint8_t c)
{
    /* A bit for each of 0x20 to 0x3f but for the blank, '#', '%' and '/'. */
    static const uint32_t low = 0xffffffff & ~(1U << 0 | 1U << 3 | 1U << 5 | 1U << 15);

    if (c >= 0x40)
        return c < 0x7f;
    return c >= 0x20 && (low >> (c - 0x20) & 1) != 0;
}

void text_segment(struct text *t, struct bytes b)
{
    size_t from = 0;

    for (size_t i = 0; i < b.len; i++) {
        uint8_t c = b.data[i];

        if (segment_plain(c))
            continue;
        text_add(t, bytes_slice(b, from, i - from));
        text_escaped(t, "%", c);
        from = i + 1;
    }
    text_add(t, bytes_slice(b, from, SIZE_MAX));
}

void text_printable(struct text *t, struct bytes b)
{
    bool utf8 = bytes_utf8(b);
    size_t from = 0;

    for (size_t i = 0; i < b.len; i++) {
        uint8_t c = b.data[i];

        if (c >= 0x20 && c != 0x7f && c != '\\' && (c < 0x7f || utf8))
            continue;
        text_add(t, bytes_slice(b, from, i - from));
        text_escaped(t, "\\x", c);
        from = i + 1;
    }
    text_add(t, bytes_slice(b, from, SIZE_MAX));
}
