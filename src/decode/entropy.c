/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/entropy.h"

enum {
    FRACTION = 16 /* bits behind the point */
};

/* log2 of v > 0 with FRACTION bits behind the point, by repeated squaring; integers only. */
static uint64_t log2_fixed(uint64_t v)
{
    unsigned whole = 63 - (unsigned)__builtin_clzll(v);
    /* v as 1.x with 31 bits behind the point. */
    uint64_t x = whole >= 31 ? v >> (whole - 31) : v << (31 - whole);
    uint64_t result = whole;

    for (unsigned i = 0; i < FRACTION; i++) {
        x = x * x >> 31;
        result <<= 1;
        if (x >> 32 != 0) {
            result |= 1;
            x >>= 1;
        }
    }
    return result;
}

unsigned entropy_millibits(struct bytes b)
{
    uint64_t counts[4][256] = {0};
    uint64_t sum = 0;
    size_t i = 0;

    if (b.len == 0)
        return 0;
    /* Four tables: equal neighbours do not wait for one another. */
    for (; i + 4 <= b.len; i += 4) {
        for (unsigned k = 0; k < 4; k++)
            counts[k][b.data[i + k]]++;
    }
    for (; i < b.len; i++)
        counts[0][b.data[i]]++;
    for (unsigned k = 0; k < 256; k++) {
        uint64_t n = counts[0][k] + counts[1][k] + counts[2][k] + counts[3][k];

        if (n > 0)
            sum += n * log2_fixed(n);
    }
    /* n log n - sum stays below 2^64 for anything that fits into memory. */
    uint64_t bits = b.len * log2_fixed(b.len);

    bits = bits > sum ? bits - sum : 0;
    return (unsigned)((bits / b.len * 1000 + (1U << (FRACTION - 1))) >> FRACTION);
}
