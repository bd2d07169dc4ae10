/* SPDX-License-Identifier: Apache-2.0 */
#include "base/entropy.h"

enum {
    FRACTION = 16 /* bits after the point of a logarithm */
};

/* The binary logarithm of a value from 1 to 2^63 - 1, with FRACTION bits after the point. */
static uint64_t log2_fixed(uint64_t value)
{
    uint64_t whole = 0;

    while (value >> whole > 1)
        whole++;
    uint64_t x = whole > 31 ? value >> (whole - 31) : value << (31 - whole);
    uint64_t log = whole << FRACTION;

    /* 1 <= x < 2 with 31 bits after the point: squaring doubles its logarithm. */
    for (uint64_t bit = 1 << (FRACTION - 1); bit != 0; bit >>= 1) {
        x = x * x >> 31;
        if (x >> 32 != 0) {
            x >>= 1;
            log += bit;
        }
    }
    return log;
}

/* How often each value occurs. Four tables, so that a run of one value does not wait for
 * itself. */
static void count_values(struct bytes b, uint64_t count[256])
{
    uint32_t part[4][256] = {{0}};

    while (b.len > 0) {
        struct bytes piece = bytes_slice(b, 0, 1 << 30);
        size_t i = 0;

        for (; piece.len - i >= 4; i += 4) {
            part[0][piece.data[i]]++;
            part[1][piece.data[i + 1]]++;
            part[2][piece.data[i + 2]]++;
            part[3][piece.data[i + 3]]++;
        }
        for (; i < piece.len; i++)
            part[0][piece.data[i]]++;
        for (unsigned v = 0; v < 256; v++) {
            for (unsigned k = 0; k < 4; k++) {
                count[v] += part[k][v];
                part[k][v] = 0;
            }
        }
        b = bytes_slice(b, piece.len, b.len);
    }
}

uint32_t bytes_entropy(struct bytes b)
{
    uint64_t count[256] = {0};
    uint64_t total = b.len;
    uint64_t sum = 0;

    if (b.len == 0)
        return 0;
    count_values(b, count);
    /* The sum of count * log2(total / count), its parts scaled down where it could overflow. */
    unsigned scale = 0;

    while (total >> scale >> 40 != 0)
        scale++;
    for (unsigned v = 0; v < 256; v++) {
        if (count[v] > 0)
            sum += (count[v] >> scale) * (log2_fixed(total) - log2_fixed(count[v]));
    }
    total >>= scale;
    /* (sum / total) in FRACTION bits, then thousandths, rounded. */
    uint64_t each = sum / total;
    uint64_t rest = (sum % total) * 1000 / total;

    return (uint32_t)((each * 1000 + rest + (1 << (FRACTION - 1))) >> FRACTION);
}
