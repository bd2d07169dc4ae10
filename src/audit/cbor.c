/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/cbor.h"

enum major {
    UNSIGNED = 0,
    NEGATIVE = 1,
    BYTES = 2,
    ARRAY = 4
};

/* The argument of an item of this type, in its shortest form. */
static uint64_t argument(struct cursor *c, enum major m)
{
    uint8_t first = (uint8_t)cursor_number(c, 1);
    uint8_t low = first & 31;

    if (first >> 5 != (int)m || low > 27)
        c->failed = true;
    if (c->failed || low < 24)
        return c->failed ? 0 : low;
    size_t size = (size_t)1 << (low - 24);
    uint64_t v = cursor_number(c, size);

    if (v < 24 || (size > 1 && v >> (4 * size) == 0))
        c->failed = true;
    return c->failed ? 0 : v;
}

uint64_t cbor_number(struct cursor *c, uint64_t limit)
{
    uint64_t v = argument(c, UNSIGNED);

    if (v >= limit)
        c->failed = true;
    return c->failed ? 0 : v;
}

int cbor_small(struct cursor *c)
{
    bool negative = c->left.len > 0 && c->left.data[0] >> 5 == NEGATIVE;
    uint64_t v = argument(c, negative ? NEGATIVE : UNSIGNED);

    if (v > 127)
        c->failed = true;
    if (c->failed)
        return 0;
    return negative ? -1 - (int)v : (int)v;
}

struct view cbor_bytes(struct cursor *c)
{
    uint64_t len = argument(c, BYTES);

    return cursor_take(c, (size_t)len);
}

uint64_t cbor_array(struct cursor *c)
{
    uint64_t count = argument(c, ARRAY);

    /* Every member takes a byte at least. */
    if (count > c->left.len)
        c->failed = true;
    return c->failed ? 0 : count;
}

bool cbor_null(struct cursor *c)
{
    if (c->failed || c->left.len == 0 || c->left.data[0] != 0xf6)
        return false;
    (void)cursor_take(c, 1);
    return true;
}
