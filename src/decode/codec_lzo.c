/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/codec_lzo.h"

#include <string.h>

#include "base/reader.h"

/* Output that is also the dictionary. */
struct output {
    struct room room;
    size_t at;
    bool failed;
};

static void put_literals(struct output *o, struct reader *in, size_t n)
{
    struct bytes b = reader_take(in, n);

    if (in->failed || o->room.size - o->at < n) {
        o->failed = true;
        return;
    }
    if (n > 0)
        /* waiver raw-bytes: into room that was compared above */
        memcpy(o->room.data + o->at, b.data, n);
    o->at += n;
}

/* What was written `distance` bytes ago, byte by byte: the copy may overlap itself. */
static void put_match(struct output *o, size_t distance, size_t n)
{
    if (distance == 0 || distance > o->at || o->room.size - o->at < n) {
        o->failed = true;
        return;
    }
    uint8_t *to = o->room.data + o->at;
    const uint8_t *from = to - distance;

    for (size_t i = 0; i < n; i++)
        to[i] = from[i];
    o->at += n;
}

/* A length that continues in following bytes: each 0 adds 255, the first other byte ends it. */
static size_t lzo_length(struct reader *in, size_t bits, size_t full)
{
    if (bits != 0)
        return bits;
    size_t n = full;
    uint8_t b = reader_u8(in);

    while (b == 0 && !in->failed) {
        n += 255;
        b = reader_u8(in);
    }
    return n + b;
}

enum {
    LZO_FAR = 16384,
    LZO_MIDDLE = 2049,
    LITERAL_RUN = 4, /* the state after a run of four literals or more */
};

/* A copy whose instruction has a length of variable size and 14 bits of distance. True at the
 * end of the stream. */
static bool lzo_long_match(struct output *o, struct reader *in, unsigned code, unsigned *state)
{
    bool far = code < 32;
    size_t n = 2 + (far ? lzo_length(in, code & 7, 7) : lzo_length(in, code & 31, 31));
    unsigned word = reader_u16le(in);
    size_t distance =
        far ? LZO_FAR + ((size_t)(code >> 3 & 1) << 14) + (word >> 2) : (size_t)(word >> 2) + 1;

    *state = word & 3;
    if (in->failed)
        o->failed = true;
    else if (far && distance == LZO_FAR)
        return true;
    else
        put_match(o, distance, n);
    return false;
}

static void lzo_short_match(struct output *o, struct reader *in, unsigned code, unsigned *state)
{
    size_t high = reader_u8(in);
    size_t near = code >> 2 & 7;

    if (in->failed)
        o->failed = true;
    else if (code >= 128)
        put_match(o, (high << 3) + near + 1, 5 + (code >> 5 & 3));
    else if (code >= 64)
        put_match(o, (high << 3) + near + 1, 3 + (code >> 5 & 1));
    else if (*state == LITERAL_RUN)
        put_match(o, (high << 2) + (near & 3) + LZO_MIDDLE, 3);
    else
        put_match(o, (high << 2) + (near & 3) + 1, 2);
    *state = code & 3;
}

/* The first byte may begin a run of literals that no other place can write so short. */
static unsigned lzo_first(struct output *o, struct reader *in)
{
    struct reader peek = *in;
    unsigned first = reader_u8(&peek);

    if (first <= 17)
        return 0;
    (void)reader_u8(in);
    put_literals(o, in, first - 17);
    return first < 21 ? first - 17 : LITERAL_RUN;
}

bool lzo_block(struct bytes in, struct room out, size_t *ret_length, size_t *ret_used)
{
    struct reader r = reader_of(in, 0, 0);
    struct output o = {out, 0, false};
    unsigned state = lzo_first(&o, &r);
    bool end = false;

    while (!end && !o.failed && reader_more(&r)) {
        unsigned code = reader_u8(&r);

        if (code < 16 && state == 0) {
            put_literals(&o, &r, 3 + lzo_length(&r, code, 15));
            state = LITERAL_RUN;
            continue;
        }
        if (code >= 16 && code < 64)
            end = lzo_long_match(&o, &r, code, &state);
        else
            lzo_short_match(&o, &r, code, &state);
        if (!end && !o.failed)
            put_literals(&o, &r, state);
    }
    *ret_length = o.at;
    *ret_used = r.pos;
    return end && !o.failed;
}
