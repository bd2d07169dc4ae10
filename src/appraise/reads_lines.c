/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What wires do to a reading: a data line that never changes, an address bit that is ignored or
 * inverted, bytes lost on the way, a size taken wrong. Each is an exact law over all bytes, so
 * that what fits is no guess.
 */
#include <string.h>

#include "appraise/reads_private.h"

enum {
    SLIP_MAX = 1 << 16, /* how far a reading is searched for the other's bytes */
    SLIP_PROOF = 4096,  /* bytes that must agree after the shift */
    SLIP_NEEDLE = 64
};

struct pair {
    struct bytes odd;   /* the reading that shows the law */
    struct bytes sound; /* the one that does not */
};

/* One value throughout. */
static bool constant(struct bytes b, uint64_t *ret)
{
    if (b.len == 0 || !bytes_all(b, b.data[0]))
        return false;
    *ret = b.data[0];
    return true;
}

/* The bits that never change in `b`, and their value. */
static uint8_t frozen_bits(struct bytes b, uint8_t *ret_value)
{
    uint8_t all = 0xff;
    uint8_t any = 0;

    for (size_t i = 0; i < b.len && (all != 0 || any != 0xff); i++) {
        all &= b.data[i];
        any |= b.data[i];
    }
    *ret_value = all;
    return (uint8_t)(all | (uint8_t)~any);
}

/* All differences lie in bits that never change in the odd one, all stuck at one value. */
static bool data_line(struct reads_row *row, struct pair p)
{
    uint8_t value = 0;
    uint8_t frozen = frozen_bits(p.odd, &value);
    uint8_t differing = 0;

    for (size_t i = 0; i < p.odd.len && frozen != 0; i++) {
        differing |= p.odd.data[i] ^ p.sound.data[i];
        if ((differing & ~frozen) != 0)
            return false;
    }
    if (frozen == 0 || ((value & differing) != 0 && (value & differing) != differing))
        return false;
    row->kind = READS_DATA_LINE;
    row->detail = differing;
    row->high = (value & differing) != 0;
    return true;
}

/* Which block of the true reading stands in the odd one in place of block `i`. */
enum law {
    LAW_LOW,    /* the address bit is always 0 */
    LAW_HIGH,   /* … always 1 */
    LAW_INVERT, /* … inverted */
    LAWS,
};

static bool obeys(struct pair p, size_t block, enum law law)
{
    for (size_t at = 0; at < p.odd.len; at += 2 * block) {
        const uint8_t *odd = p.odd.data + at;
        const uint8_t *low = p.sound.data + at;
        const uint8_t *high = low + block;

        if (memcmp(odd, law == LAW_LOW ? low : high, block) != 0 ||
            memcmp(odd + block, law == LAW_HIGH ? high : low, block) != 0)
            return false;
    }
    return true;
}

/* Blocks of a power of two, and halves. */
static bool address_line(struct reads_row *row, struct pair p)
{
    for (size_t block = 1; block <= p.odd.len / 2; block *= 2) {
        if (p.odd.len % (2 * block) != 0)
            break;
        for (enum law law = LAW_LOW; law < LAWS; law++) {
            if (!obeys(p, block, law))
                continue;
            row->kind = law == LAW_INVERT ? READS_EXCHANGED : READS_ADDRESS_LINE;
            row->detail = block;
            row->high = law == LAW_HIGH;
            return true;
        }
    }
    if (p.odd.len % 2 != 0 || p.odd.len == 0 || !obeys(p, p.odd.len / 2, LAW_INVERT))
        return false;
    row->kind = READS_EXCHANGED;
    row->detail = p.odd.len / 2;
    return true;
}

/* Where `late` goes on as `early` does from the byte on at which they part; 0: nowhere. */
static size_t shift_of(struct bytes early, struct bytes late)
{
    struct bytes needle = bytes_slice(early, 0, SLIP_NEEDLE);
    struct bytes hay = bytes_slice(late, 1, SLIP_MAX);
    uint64_t value = 0;

    if (needle.len < SLIP_NEEDLE || constant(needle, &value))
        return 0;
    const uint8_t *at = memmem(hay.data, hay.len, needle.data, needle.len);

    if (at == NULL)
        return 0;
    size_t shift = (size_t)(at - late.data);
    struct bytes proof = bytes_slice(late, shift, SLIP_PROOF);

    return proof.len <= early.len && memcmp(proof.data, early.data, proof.len) == 0 ? shift : 0;
}

static bool slipped(struct reads_row *row, struct pair p)
{
    struct bytes odd = bytes_slice(p.odd, (size_t)row->first, SIZE_MAX);
    struct bytes rest = bytes_slice(p.sound, (size_t)row->first, SIZE_MAX);
    size_t lost = shift_of(odd, rest);
    size_t doubled = lost == 0 ? shift_of(rest, odd) : 0;

    if (lost == 0 && doubled == 0)
        return false;
    row->kind = READS_SLIPPED;
    row->detail = lost + doubled;
    row->high = doubled != 0;
    return true;
}

static bool blank(struct reads_row *row, struct pair p)
{
    if (!constant(p.odd, &row->detail))
        return false;
    row->kind = READS_BLANK;
    return true;
}

bool reads_lines(struct reads_row *row, struct bytes base)
{
    static bool (*const laws[])(struct reads_row * row, struct pair p) = {blank, data_line,
                                                                          address_line};
    struct pair here = {row->bytes, base};
    struct pair there = {base, row->bytes};

    for (size_t i = 0; i < ARRAY_LEN(laws); i++) {
        row->of_base = false;
        if (laws[i](row, here))
            return true;
        row->of_base = true;
        if (laws[i](row, there))
            return true;
    }
    row->of_base = false;
    return slipped(row, here);
}

/* How often `whole` holds `part`, end to end; 0: it does not. */
static uint64_t times(struct bytes whole, struct bytes part)
{
    if (part.len == 0 || whole.len % part.len != 0)
        return 0;
    for (size_t at = 0; at < whole.len; at += part.len) {
        if (memcmp(whole.data + at, part.data, part.len) != 0)
            return 0;
    }
    return whole.len / part.len;
}

bool reads_lengths(struct reads_row *row, struct bytes base)
{
    bool shorter = row->bytes.len < base.len;
    struct bytes small = shorter ? row->bytes : base;
    struct bytes large = shorter ? base : row->bytes;

    row->of_base = false;
    if (blank(row, (struct pair){row->bytes, base}))
        return true;
    row->of_base = blank(row, (struct pair){base, row->bytes});
    if (row->of_base)
        return true;
    uint64_t repeated = times(large, small);

    if (repeated > 0) {
        row->kind = READS_REPEATS;
        row->of_base = shorter;
        row->detail = repeated;
        return true;
    }
    row->of_base = !shorter;
    row->detail = large.len - small.len;
    if (bytes_equal(bytes_slice(large, 0, small.len), small))
        row->kind = READS_SHORT;
    else if (bytes_equal(bytes_slice(large, large.len - small.len, SIZE_MAX), small))
        row->kind = READS_TAIL;
    else
        row->of_base = false;
    return row->kind != READS_EQUAL;
}
