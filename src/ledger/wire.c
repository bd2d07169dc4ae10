/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/wire.h"

#include <string.h>

void wire_put_digest(struct text *t, const struct digest *d)
{
    text_add(t, (struct bytes){d->bytes, sizeof(d->bytes)});
}

void wire_put_uint(struct text *t, uint64_t v, unsigned width)
{
    for (unsigned i = width; i > 0; i--)
        text_char(t, (char)(v >> (8 * (i - 1)) & 0xff));
}

void wire_put_string(struct text *t, struct bytes b)
{
    if (b.len > UINT16_MAX)
        BUG("a string is longer than its length can say");
    wire_put_uint(t, b.len, 2);
    text_add(t, b);
}

struct digest wire_digest(struct reader *r)
{
    struct bytes b = reader_take(r, SHA256_SIZE);
    struct digest d = {{0}};

    if (b.len == sizeof(d.bytes))
        memcpy(d.bytes, b.data, b.len);
    return d;
}

struct bytes wire_string(struct reader *r)
{
    return reader_take(r, reader_u16be(r));
}
