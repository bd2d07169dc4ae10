/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    FIRST = 128,       /* bytes of a text's first room */
    DRAINED = 1 << 15, /* of one that is handed over whenever it is full */
};

void text_init(struct text *t, struct arena *a, size_t max)
{
    *t = (struct text){.arena = a, .max = max};
}

void text_init_room(struct text *t, char *room, size_t size)
{
    *t = (struct text){.data = room, .cap = size, .size = size, .max = size};
}

/* How much of its room a text may fill. */
static void text_limit(struct text *t)
{
    size_t left = t->max - t->drained;

    t->cap = t->size < left ? t->size : left;
}

void text_drain(struct text *t, text_sink *drain, void *user)
{
    t->drain = drain;
    t->user = user;
}

void text_clear(struct text *t)
{
    t->len = 0;
    t->overflow = false;
    text_limit(t);
}

void text_drain_rest(struct text *t)
{
    if (t->len > 0)
        t->drain(t->user, text_bytes(t));
    t->drained += t->len;
    t->len = 0;
    text_limit(t);
}

/* Nothing more fits, however little it is. */
static void text_stop(struct text *t)
{
    t->overflow = true;
    t->cap = t->len;
}

/* Gives the text a room of `size` bytes. The first is a piece of the arena: enough for most
 * names, and costs next to nothing. */
static void text_widen(struct text *t, size_t size)
{
    if (size <= FIRST) {
        t->data = arena_alloc(t->arena, size);
        t->size = size;
    } else if (t->size > FIRST) {
        arena_widen(t->arena, &t->data, size, &t->size, 1);
    } else {
        char *data = NULL;

        t->size = 0;
        arena_widen(t->arena, &data, size, &t->size, 1);
        if (t->len > 0)
            memcpy(data, t->data, t->len);
        t->data = data;
    }
}

bool text_reserve_slow(struct text *t, size_t n)
{
    if (t->overflow || n > t->max - t->drained - t->len) {
        text_stop(t);
        return false;
    }
    if (t->drain != NULL && t->len > 0)
        text_drain_rest(t);
    if (t->size - t->len < n) {
        size_t least = t->drain != NULL ? DRAINED : FIRST;
        size_t size = t->size > 0 ? t->size : least < t->max ? least : t->max;

        while (size - t->len < n)
            size *= 2;
        text_widen(t, size);
        text_limit(t);
    }
    return true;
}

void text_add_slow(struct text *t, struct bytes b)
{
    if (b.len == 0 || !text_reserve(t, b.len))
        return;
    memcpy(t->data + t->len, b.data, b.len);
    t->len += b.len;
}

void text_char_slow(struct text *t, char c)
{
    if (text_reserve(t, 1))
        t->data[t->len++] = c;
}

void text_printf(struct text *t, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int n = vsnprintf(t->data != NULL ? t->data + t->len : NULL, t->cap - t->len, format, args);
    va_end(args);
    if (n < 0)
        BUG("bad format");
    if ((size_t)n >= t->cap - t->len) {
        /* It needs room for a NUL, which is not kept. */
        if (!text_reserve(t, (size_t)n + 1))
            return;
        va_start(args, format);
        (void)vsnprintf(t->data + t->len, (size_t)n + 1, format, args);
        va_end(args);
    }
    t->len += (size_t)n;
}

void text_hex(struct text *t, struct bytes b)
{
    static const char digits[] = "0123456789abcdef";

    if (b.len == 0)
        return;
    if (b.len > SIZE_MAX / 2 || !text_reserve(t, b.len * 2)) {
        text_stop(t);
        return;
    }
    char *to = t->data + t->len;

    for (size_t i = 0; i < b.len; i++) {
        *to++ = digits[b.data[i] >> 4];
        *to++ = digits[b.data[i] & 15];
    }
    t->len += b.len * 2;
}

void text_uint_slow(struct text *t, uint64_t value)
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
    size_t digits = 1;

    for (uint64_t rest = value; rest >= 16; rest >>= 4)
        digits++;
    if (!text_reserve(t, 2 + digits))
        return;
    char *to = t->data + t->len;

    to[0] = '0';
    to[1] = 'x';
    t->len += 2 + digits;
    for (size_t i = 2 + digits; i-- > 2;) {
        to[i] = "0123456789abcdef"[value & 15];
        value >>= 4;
    }
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

static bool printable_ascii(uint8_t c)
{
    return c >= 0x20 && c < 0x7f && c != '\\';
}

void text_printable(struct text *t, struct bytes b)
{
    size_t i = 0;

    while (i < b.len && printable_ascii(b.data[i]))
        i++;
    bool utf8 = i < b.len && bytes_utf8(b);
    size_t from = 0;

    for (; i < b.len; i++) {
        uint8_t c = b.data[i];

        if (printable_ascii(c) || (c >= 0x80 && utf8))
            continue;
        text_add(t, bytes_slice(b, from, i - from));
        text_escaped(t, "\\x", c);
        from = i + 1;
    }
    text_add(t, bytes_slice(b, from, SIZE_MAX));
}
