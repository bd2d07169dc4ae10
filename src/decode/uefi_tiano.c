/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The compression algorithm of the UEFI specification 2.10, chapter 19 ("EFI 1.1"), and its
 * variant with a larger window that is known as Tiano: LZ77 with three Huffman codes a block.
 */
#include <string.h>

#include "decode/uefi.h"

enum {
    CODE_BITS = 16,   /* longest code */
    FAST_BITS = 10,   /* codes that one look-up resolves */
    CHARACTERS = 510, /* bytes, and lengths 3 to 256 */
    CHARACTER_BITS = 9,
    EXTRAS = 19, /* the code that the lengths of the character code are written in */
    EXTRA_BITS = 5,
    POSITIONS = 31,
    THRESHOLD = 3, /* shortest match */
    HEADER = 8,
    LH5_WINDOW = 8192
};

struct huffman {
    uint16_t fast[1U << FAST_BITS]; /* length << 10 | symbol; 0: look further */
    uint16_t count[CODE_BITS + 1];
    uint16_t symbol[CHARACTERS]; /* in the order of their codes */
    bool single;                 /* one symbol of no bits: symbol[0] */
};

struct bits {
    const uint8_t *at;
    const uint8_t *end;
    uint64_t held; /* the next `have` bits, at the top */
    unsigned have;
    unsigned spent; /* bytes of zeros made up behind the end */
};

struct unpacker {
    struct bits in;
    unsigned position_bits;
    size_t blanks;        /* how many stand before the first byte, for matches to reach */
    struct huffman extra; /* also the positions' code, which is read after its last use */
    struct huffman character;
    struct huffman position;
    bool failed;
};

static void bits_fill(struct bits *b)
{
    while (b->have <= 56) {
        uint64_t byte = 0;

        if (b->at < b->end)
            byte = *b->at++;
        else
            b->spent++;
        b->held |= byte << (56 - b->have);
        b->have += 8;
    }
}

static unsigned bits_peek(struct bits *b, unsigned n)
{
    bits_fill(b);
    return (unsigned)(b->held >> 32 >> (32 - n));
}

static void bits_drop(struct bits *b, unsigned n)
{
    b->held <<= n;
    b->have -= n;
}

static unsigned bits_take(struct bits *b, unsigned n)
{
    unsigned v = n > 0 ? bits_peek(b, n) : 0;

    bits_drop(b, n);
    return v;
}

/* Codes follow from their lengths: shorter first, then by symbol. False unless complete. */
static bool huffman_make(struct huffman *h, const uint8_t *lengths, unsigned symbols)
{
    unsigned start[CODE_BITS + 2] = {0};
    unsigned sum = 0;
    unsigned code = 0;

    memset(h, 0, sizeof(*h));
    for (unsigned i = 0; i < symbols; i++)
        h->count[lengths[i]]++;
    h->count[0] = 0;
    for (unsigned n = 1; n <= CODE_BITS; n++) {
        sum += (unsigned)h->count[n] << (CODE_BITS - n);
        start[n + 1] = start[n] + h->count[n];
    }
    if (sum != 1U << CODE_BITS)
        return false;
    for (unsigned i = 0; i < symbols; i++) {
        if (lengths[i] > 0)
            h->symbol[start[lengths[i]]++] = (uint16_t)i;
    }
    for (unsigned n = 1, at = 0; n <= FAST_BITS; n++) {
        for (unsigned k = 0; k < h->count[n]; k++, at++, code++) {
            uint16_t row = (uint16_t)(n << FAST_BITS | h->symbol[at]);

            for (unsigned f = 0; f < 1U << (FAST_BITS - n); f++)
                h->fast[(code << (FAST_BITS - n)) + f] = row;
        }
        code <<= 1;
    }
    return true;
}

static bool huffman_single(struct huffman *h, unsigned symbol, unsigned symbols)
{
    h->single = true;
    h->symbol[0] = (uint16_t)symbol;
    return symbol < symbols;
}

static unsigned huffman_take(struct huffman *h, struct bits *b)
{
    if (h->single)
        return h->symbol[0];
    unsigned next = bits_peek(b, CODE_BITS);
    unsigned row = h->fast[next >> (CODE_BITS - FAST_BITS)];
    unsigned first = 0;
    unsigned at = 0;

    if (row != 0) {
        bits_drop(b, row >> FAST_BITS);
        return row & ((1U << FAST_BITS) - 1);
    }
    for (unsigned n = 1; n <= CODE_BITS; n++) {
        unsigned code = next >> (CODE_BITS - n);

        if (code - first < h->count[n]) {
            bits_drop(b, n);
            return h->symbol[at + (code - first)];
        }
        at += h->count[n];
        first = (first + h->count[n]) << 1;
    }
    return 0;
}

/* A length of the extra or the position code: three bits, and a one for each above six. */
static unsigned length_take(struct bits *b)
{
    unsigned next = bits_peek(b, CODE_BITS);
    unsigned n = next >> 13;

    if (n < 7) {
        bits_drop(b, 3);
        return n;
    }
    for (unsigned bit = 12; (next >> bit & 1) != 0 && bit > 0; bit--)
        n++;
    bits_drop(b, n - 3);
    return n;
}

/* `special`: after so many lengths two bits say how many zeros follow; 0 for never. */
static bool small_code(struct unpacker *u, struct huffman *h, unsigned symbols,
                       unsigned count_bits, unsigned special)
{
    uint8_t lengths[POSITIONS + CODE_BITS] = {0};
    unsigned n = bits_take(&u->in, count_bits);

    if (n == 0) {
        unsigned symbol = bits_take(&u->in, count_bits);

        return huffman_single(h, symbol, symbols);
    }
    for (unsigned i = 0; i < n && i < symbols;) {
        unsigned length = length_take(&u->in);

        if (length > CODE_BITS)
            return false;
        lengths[i++] = (uint8_t)length;
        if (i == special)
            i += bits_take(&u->in, 2);
    }
    return huffman_make(h, lengths, symbols);
}

static bool character_code(struct unpacker *u)
{
    uint8_t lengths[CHARACTERS] = {0};
    unsigned n = bits_take(&u->in, CHARACTER_BITS);

    if (n == 0) {
        unsigned symbol = bits_take(&u->in, CHARACTER_BITS);

        return huffman_single(&u->character, symbol, CHARACTERS);
    }
    for (unsigned i = 0; i < n && i < CHARACTERS;) {
        unsigned c = huffman_take(&u->extra, &u->in);

        if (c > 2)
            lengths[i++] = (uint8_t)(c - 2);
        else if (c == 0)
            i++;
        else
            i += c == 1 ? bits_take(&u->in, 4) + 3 : bits_take(&u->in, CHARACTER_BITS) + 20;
    }
    return huffman_make(&u->character, lengths, CHARACTERS);
}

static bool block_begin(struct unpacker *u)
{
    u->extra.single = u->character.single = u->position.single = false;
    return small_code(u, &u->extra, EXTRAS, EXTRA_BITS, 3) && character_code(u) &&
           small_code(u, &u->position, POSITIONS, u->position_bits, 0);
}

/* A match: how far back, counted from 0. */
static size_t position_take(struct unpacker *u)
{
    unsigned n = huffman_take(&u->position, &u->in);

    if (n < 2)
        return n;
    return ((size_t)1 << (n - 1)) + bits_take(&u->in, n - 1);
}

static size_t match_copy(struct unpacker *u, uint8_t *out, size_t at, size_t size,
                         size_t length)
{
    size_t back = position_take(u) + 1;

    if ((back > at && back > u->blanks) || length > size - at) {
        u->failed = true;
        return at;
    }
    for (; back > at && length > 0; length--)
        out[at++] = ' ';
    for (size_t i = 0; i < length; i++, at++)
        out[at] = out[at - back];
    return at;
}

bool uefi_tiano_size(struct bytes in, size_t *ret)
{
    struct reader r = reader_of(in, 0, 0);
    uint32_t packed = reader_u32le(&r);

    *ret = reader_u32le(&r);
    return !r.failed && packed <= in.len - HEADER;
}

/* A stream whose position code has so many bits of count, behind a window of so many blanks. */
static bool unpack(struct bytes in, unsigned position_bits, size_t blanks, struct room out,
                   struct arena *a)
{
    struct unpacker *u = ARENA_NEW(a, struct unpacker);
    size_t at = 0;
    unsigned left = 0;

    u->in = (struct bits){.at = in.data, .end = in.data + in.len};
    u->position_bits = position_bits;
    u->blanks = blanks;
    while (at < out.size && !u->failed && u->in.spent <= sizeof(u->in.held)) {
        if (left == 0) {
            left = bits_take(&u->in, 16);
            if (left == 0 || !block_begin(u))
                return false;
        }
        left--;
        unsigned c = huffman_take(&u->character, &u->in);

        if (c < 256)
            out.data[at++] = (uint8_t)c;
        else
            at = match_copy(u, out.data, at, out.size, c - 256 + THRESHOLD);
    }
    return at == out.size && !u->failed;
}

bool uefi_tiano(struct bytes in, bool tiano, uint8_t *out, size_t size, struct arena *a)
{
    return unpack(bytes_slice(in, HEADER, SIZE_MAX), tiano ? 5 : 4, 0, (struct room){out, size},
                  a);
}

bool uefi_lh5(struct bytes in, struct room out, struct arena *a)
{
    return unpack(in, 4, LH5_WINDOW, out, a);
}
