/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json_check.h"

#include <string.h>

enum {
    LEVELS_MAX = 60
};

/* A walk over the text: which levels are objects, a bit each. */
struct walk {
    struct bytes rest;
    uint64_t objects;
    unsigned depth;
};

static bool next_is(struct walk *w, char c)
{
    if (w->rest.len == 0 || w->rest.data[0] != (uint8_t)c)
        return false;
    w->rest = bytes_slice(w->rest, 1, SIZE_MAX);
    return true;
}

/* The length of an escape at `b`, or 0. */
static size_t escape(struct bytes b)
{
    if (b.len >= 2 && b.data[1] != '\0' && strchr("\"\\/bfnrt", b.data[1]) != NULL)
        return 2;
    if (b.len < 6 || b.data[1] != 'u')
        return 0;
    for (size_t i = 2; i < 6; i++) {
        if (hex_digit(b.data[i]) < 0)
            return 0;
    }
    return 6;
}

bool json_cut_string(struct bytes *rest, struct bytes *ret)
{
    struct bytes b = *rest;
    size_t at = 1;

    if (b.len == 0 || b.data[0] != '"')
        return false;
    while (at < b.len && b.data[at] != '"') {
        size_t step = 1;

        if (b.data[at] == '\\')
            step = escape(bytes_slice(b, at, SIZE_MAX));
        if (step == 0 || b.data[at] < 0x20)
            return false;
        at += step;
    }
    if (at >= b.len)
        return false;
    *ret = bytes_slice(b, 0, at + 1);
    *rest = bytes_slice(b, at + 1, SIZE_MAX);
    return true;
}

/* A number, true, false or null. */
static bool plain(struct walk *w)
{
    static const char *const words[] = {"true", "false", "null"};
    size_t n = w->rest.len > 0 && w->rest.data[0] == '-';
    size_t first = n;

    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (bytes_starts_with(w->rest, words[i])) {
            w->rest = bytes_slice(w->rest, strlen(words[i]), SIZE_MAX);
            return true;
        }
    }
    while (n < w->rest.len && w->rest.data[n] >= '0' && w->rest.data[n] <= '9')
        n++;
    if (n == first || (w->rest.data[first] == '0' && n > first + 1))
        return false;
    w->rest = bytes_slice(w->rest, n, SIZE_MAX);
    return true;
}

static bool open_level(struct walk *w, bool object)
{
    if (++w->depth > LEVELS_MAX)
        return false;
    uint64_t bit = UINT64_C(1) << w->depth;

    w->objects = object ? w->objects | bit : w->objects & ~bit;
    return true;
}

static bool in_object(const struct walk *w)
{
    return w->depth > 0 && (w->objects >> w->depth & 1) != 0;
}

static bool key(struct walk *w)
{
    struct bytes name;

    return !in_object(w) || (json_cut_string(&w->rest, &name) && next_is(w, ':'));
}

/* What follows a value: the ends of levels, then a comma and a key, or the end of all. */
static bool after(struct walk *w, bool *ret_end)
{
    while (w->depth > 0 && next_is(w, in_object(w) ? '}' : ']'))
        w->depth--;
    *ret_end = w->depth == 0;
    return *ret_end ? w->rest.len == 0 : next_is(w, ',') && key(w);
}

/* One value; of an object or array only its beginning. */
static bool value(struct walk *w, bool *ret_opened)
{
    struct bytes text;
    bool object = next_is(w, '{');

    *ret_opened = object || next_is(w, '[');
    if (!*ret_opened)
        return json_cut_string(&w->rest, &text) || plain(w);
    if (!open_level(w, object))
        return false;
    if (next_is(w, object ? '}' : ']')) {
        w->depth--;
        *ret_opened = false;
        return true;
    }
    return key(w);
}

bool json_written(struct bytes b)
{
    struct walk w = {.rest = b};
    bool opened = false;
    bool end = false;

    if (!bytes_utf8(b))
        return false;
    while (!end) {
        if (!value(&w, &opened) || (!opened && !after(&w, &end)))
            return false;
    }
    return true;
}
