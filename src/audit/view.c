/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct block {
    struct block *next;
    _Alignas(16) uint8_t data[];
};

static const char digits[] = "0123456789abcdef";

void *memory_take(struct memory *m, size_t count, size_t size)
{
    size_t want = 0;
    bool fits = !__builtin_mul_overflow(count, size, &want) && want < SIZE_MAX / 2;
    /* waiver allocation: this program shares no code with the others, so it has its own. */
    struct block *b = fits ? calloc(1, sizeof(*b) + want) : NULL;

    if (b == NULL) {
        (void)fputs("assay-audit: not enough memory\n", stderr);
        exit(2);
    }
    b->next = m->blocks;
    m->blocks = b;
    return b->data;
}

void memory_done(struct memory *m)
{
    while (m->blocks != NULL) {
        struct block *next = m->blocks->next;

        /* waiver allocation: as above */
        free(m->blocks);
        m->blocks = next;
    }
}

struct view view_of(const char *text)
{
    return (struct view){(const uint8_t *)text, strlen(text)};
}

bool view_equal(struct view a, struct view b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool view_is(struct view a, const char *text)
{
    return view_equal(a, view_of(text));
}

bool view_begins(struct view a, const char *text)
{
    size_t len = strlen(text);

    return a.len >= len && memcmp(a.data, text, len) == 0;
}

struct view view_after(struct view a, size_t count)
{
    if (count >= a.len)
        return (struct view){0};
    return (struct view){a.data + count, a.len - count};
}

bool view_cut(struct view *rest, char end, struct view *ret)
{
    const uint8_t *at = rest->len == 0 ? NULL : memchr(rest->data, end, rest->len);

    if (at == NULL)
        return false;
    *ret = (struct view){rest->data, (size_t)(at - rest->data)};
    *rest = view_after(*rest, ret->len + 1);
    return true;
}

const char *view_shown(struct memory *m, struct view a)
{
    struct out o = {.memory = m};

    for (size_t i = 0; i < a.len; i++) {
        bool plain = a.data[i] >= 0x20 && a.data[i] < 0x7f && a.data[i] != '\\';

        if (plain) {
            out_add(&o, (struct view){&a.data[i], 1});
        } else {
            out_text(&o, "\\x");
            out_hex(&o, &a.data[i], 1);
        }
    }
    out_number(&o, 0, 1);
    return (const char *)o.data;
}

/* One character of UTF-8, or 0xffffffff where there is none. */
static uint32_t utf8_next(struct view *rest)
{
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    uint8_t first = rest->data[0];
    size_t more = first < 0x80           ? 0
                  : (first >> 5) == 0x06 ? 1
                  : (first >> 4) == 0x0e ? 2
                  : (first >> 3) == 0x1e ? 3
                                         : 4;

    if (more == 4 || rest->len <= more)
        return UINT32_MAX;
    uint32_t c = more == 0 ? first : first & (0x3fU >> more);

    for (size_t i = 1; i <= more; i++) {
        if ((rest->data[i] & 0xc0) != 0x80)
            return UINT32_MAX;
        c = c << 6 | (rest->data[i] & 0x3fU);
    }
    *rest = view_after(*rest, more + 1);
    return c < least[more] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff) ? UINT32_MAX : c;
}

/* White space of Unicode, and what else a key's name must not hold. */
static bool plain_character(uint32_t c)
{
    return c > 0x20 && c != 0x7f && c != '+' && c != 0x85 && c != 0xa0 && c != 0x1680 &&
           !(c >= 0x2000 && c <= 0x200a) && c != 0x2028 && c != 0x2029 && c != 0x202f &&
           c != 0x205f && c != 0x3000;
}

bool view_utf8(struct view a, bool plain)
{
    while (a.len > 0) {
        uint32_t c = utf8_next(&a);

        if (c == UINT32_MAX || (plain && !plain_character(c)))
            return false;
    }
    return true;
}

bool view_number(struct view a, uint64_t *ret)
{
    uint64_t v = 0;

    if (a.len == 0 || (a.len > 1 && a.data[0] == '0'))
        return false;
    for (size_t i = 0; i < a.len; i++) {
        if (a.data[i] < '0' || a.data[i] > '9' || __builtin_mul_overflow(v, 10U, &v) ||
            __builtin_add_overflow(v, (uint64_t)(a.data[i] - '0'), &v))
            return false;
    }
    *ret = v;
    return true;
}

bool view_hex(struct view a, uint8_t *ret, size_t size)
{
    if (a.len != 2 * size)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        const char *at = a.data[i] == 0 ? NULL : strchr(digits, a.data[i]);

        if (at == NULL)
            return false;
        ret[i / 2] = (uint8_t)((unsigned)ret[i / 2] << 4 | (unsigned)(at - digits));
    }
    return true;
}

const char *text_of_list(struct memory *m, const char *format, va_list args)
{
    va_list again;

    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, again);
    size_t room = len < 0 ? 1 : (size_t)len + 1;
    char *text = memory_take(m, room, 1);

    va_end(again);
    (void)vsnprintf(text, room, format, args);
    return text;
}

const char *text_of(struct memory *m, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    const char *text = text_of_list(m, format, args);

    va_end(args);
    return text;
}

const char *hex_shown(struct memory *m, const uint8_t *data, size_t size)
{
    struct out o = {.memory = m};

    out_hex(&o, data, size);
    out_number(&o, 0, 1);
    return (const char *)o.data;
}

struct view cursor_take(struct cursor *c, size_t len)
{
    struct view v = {c->left.data, len};

    if (c->failed || c->left.len < len) {
        c->failed = true;
        return (struct view){0};
    }
    c->left = view_after(c->left, len);
    return v;
}

uint64_t cursor_number(struct cursor *c, size_t size)
{
    struct view v = cursor_take(c, size);
    uint64_t n = 0;

    for (size_t i = 0; i < v.len; i++)
        n = n << 8 | v.data[i];
    return n;
}

void cursor_copy(struct cursor *c, uint8_t *ret, size_t size)
{
    struct view v = cursor_take(c, size);

    memset(ret, 0, size);
    if (v.len > 0)
        memcpy(ret, v.data, v.len);
}

struct view cursor_sized(struct cursor *c, size_t size)
{
    return cursor_take(c, (size_t)cursor_number(c, size));
}

void out_add(struct out *o, struct view v)
{
    if (o->room - o->len < v.len) {
        size_t room = 2 * (o->len + v.len) + 64;
        uint8_t *wider = memory_take(o->memory, room, 1);

        if (o->len > 0)
            memcpy(wider, o->data, o->len);
        o->data = wider;
        o->room = room;
    }
    if (v.len > 0)
        memcpy(o->data + o->len, v.data, v.len);
    o->len += v.len;
}

void out_text(struct out *o, const char *text)
{
    out_add(o, view_of(text));
}

void out_number(struct out *o, uint64_t value, size_t size)
{
    uint8_t raw[8];

    for (size_t i = 0; i < size; i++)
        raw[i] = (uint8_t)(value >> 8 * (size - 1 - i));
    out_add(o, (struct view){raw, size});
}

void out_hex(struct out *o, const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        const uint8_t two[] = {(uint8_t)digits[data[i] >> 4], (uint8_t)digits[data[i] & 15]};

        out_add(o, (struct view){two, 2});
    }
}

struct view out_view(const struct out *o)
{
    return (struct view){o->data, o->len};
}
