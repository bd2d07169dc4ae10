/* SPDX-License-Identifier: Apache-2.0 */
#include "appraise/surprise.h"

#include <stdlib.h>

uint32_t surprise_centibits(uint64_t part, uint64_t whole)
{
    if (part == 0 || part >= whole)
        return 0;
    while (whole >> 31 != 0) {
        whole >>= 1;
        part = part > 1 ? part >> 1 : 1;
    }
    uint64_t ratio = (whole << 32) / part; /* 32 fractional bits */
    uint64_t log = 0;                      /* 16 fractional bits */

    while (ratio >> 33 != 0) {
        ratio >>= 1;
        log += 1 << 16;
    }
    /* 1 <= ratio < 2: squaring doubles its logarithm, so each step gives one bit more of it. */
    for (uint64_t bit = 1 << 15; bit != 0; bit >>= 1) {
        uint64_t x = ratio >> 1; /* 31 fractional bits, so that the square fits */

        ratio = x * x >> 30;
        if (ratio >> 33 != 0) {
            ratio >>= 1;
            log += bit;
        }
    }
    return (uint32_t)((log * 100 + (1 << 15)) >> 16);
}

static int by_count(const void *left, const void *right)
{
    const struct tally_value *a = *(struct tally_value *const *)left;
    const struct tally_value *b = *(struct tally_value *const *)right;

    return (a->count > b->count) - (a->count < b->count);
}

uint64_t tally_rank(struct tally_value *values, size_t count, struct tally_value **scratch)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < count; i++)
        scratch[i] = &values[i];
    if (count > 1)
        qsort(scratch, count, sizeof(struct tally_value *), by_count);
    for (size_t i = 0; i < count;) {
        size_t end = i;

        while (end < count && scratch[end]->count == scratch[i]->count)
            sum += scratch[end++]->count;
        for (; i < end; i++)
            scratch[i]->rarer = sum;
    }
    return sum;
}

static int by_number(const void *left, const void *right)
{
    const struct tally_value *a = *(struct tally_value *const *)left;
    const struct tally_value *b = *(struct tally_value *const *)right;

    return (a->number > b->number) - (a->number < b->number);
}

static uint64_t distance(uint64_t a, uint64_t b)
{
    return a > b ? a - b : b - a;
}

/* The lower median of sorted values. */
static uint64_t median(struct tally_value *const *sorted, size_t count, uint64_t voters)
{
    uint64_t seen = 0;

    for (size_t i = 0; i < count; i++) {
        seen += sorted[i]->count;
        if (seen >= (voters + 1) / 2)
            return sorted[i]->number;
    }
    return 0;
}

uint64_t tally_rank_range(struct tally_value *values, size_t count,
                          struct tally_value **scratch)
{
    uint64_t voters = 0;

    for (size_t i = 0; i < count; i++) {
        scratch[i] = &values[i];
        voters += values[i].count;
    }
    if (count > 1)
        qsort(scratch, count, sizeof(struct tally_value *), by_number);
    uint64_t middle = median(scratch, count, voters);
    uint64_t sum = 0;
    size_t low = 0;
    size_t high = count;

    /* The farthest are at the two ends: take from them inwards, equal distances together. */
    while (low < high) {
        uint64_t left = distance(scratch[low]->number, middle);
        uint64_t right = distance(scratch[high - 1]->number, middle);
        uint64_t far = left > right ? left : right;
        size_t from = low;
        size_t to = high;

        while (low < high && distance(scratch[low]->number, middle) == far)
            sum += scratch[low++]->count;
        while (low < high && distance(scratch[high - 1]->number, middle) == far)
            sum += scratch[--high]->count;
        for (size_t i = from; i < low; i++)
            scratch[i]->rarer = sum;
        for (size_t i = high; i < to; i++)
            scratch[i]->rarer = sum;
    }
    return voters;
}
