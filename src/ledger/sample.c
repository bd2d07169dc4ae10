/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/sample.h"

#include <stdlib.h>
#include <string.h>

enum {
    MILLION = 1000000,
    STEPS_MAX = 20000000 /* factors of a product that are multiplied at most */
};

/* A server's place in the list, by the digest that draws it. */
struct lot {
    struct digest digest;
    size_t place;
};

static int lot_order(const void *left, const void *right)
{
    const struct lot *a = left;
    const struct lot *b = right;

    return memcmp(a->digest.bytes, b->digest.bytes, sizeof(a->digest.bytes));
}

static int place_order(const void *left, const void *right)
{
    const size_t *a = left;
    const size_t *b = right;

    return (*a > *b) - (*a < *b);
}

size_t *sample_draw(const struct prefix_leaves *l, struct bytes seed, size_t k, struct arena *a,
                    size_t *ret_count)
{
    struct lot *lots = ARENA_ARRAY(a, struct lot, l->count + 1);
    size_t count = k < l->count ? k : l->count;
    size_t *ret = ARENA_ARRAY(a, size_t, count + 1);

    for (size_t i = 0; i < l->count; i++) {
        struct digest_stream s;

        digest_begin(&s);
        digest_more(&s, seed);
        digest_more(&s, bytes_slice(prefix_leaf(l, i), 0, PREFIX_INDEX_SIZE));
        lots[i] = (struct lot){digest_end(&s), i};
    }
    qsort(lots, l->count, sizeof(*lots), lot_order);
    for (size_t i = 0; i < count; i++)
        ret[i] = lots[i].place;
    qsort(ret, count, sizeof(*ret), place_order);
    *ret_count = count;
    return ret;
}

/* p * part / of, rounded up; p at most SAMPLE_ONE, part at most of, of at most 2^30. */
static uint64_t times(uint64_t p, uint64_t part, uint64_t of)
{
    uint64_t high = (p >> 30) * part;
    uint64_t low = (p & ((UINT64_C(1) << 30) - 1)) * part;
    uint64_t rest = (high % of << 30) + low;

    return (high / of << 30) + rest / of + (rest % of > 0);
}

uint64_t sample_probability(struct share s)
{
    return times(SAMPLE_ONE, s.part, s.of);
}

/* What one draw misses, in parts of 2^30, rounded up. */
static uint64_t one_draw(uint64_t altered, uint64_t of, struct share sensitivity)
{
    uint64_t seen = altered * SAMPLE_FLEET_MAX / of * sensitivity.part / sensitivity.of;

    return SAMPLE_FLEET_MAX - seen;
}

static uint64_t miss_with_replacement(uint64_t fleet, uint64_t altered, uint64_t k,
                                      struct share sensitivity)
{
    uint64_t base = one_draw(altered, fleet, sensitivity);
    uint64_t p = SAMPLE_ONE;
    uint64_t square = base << 30;

    /* By squaring: square = miss of a number of draws that is a power of two. */
    for (uint64_t rest = k; rest > 0; rest >>= 1) {
        uint64_t part = (square >> 30) + ((square & ((UINT64_C(1) << 30) - 1)) > 0);

        if ((rest & 1) != 0)
            p = times(p, part, SAMPLE_FLEET_MAX);
        square = times(square, part, SAMPLE_FLEET_MAX);
    }
    return p;
}

uint64_t sample_miss(uint64_t fleet, uint64_t altered, uint64_t k, struct share sensitivity)
{
    uint64_t p = SAMPLE_ONE;

    if (fleet == 0)
        return miss_with_replacement(MILLION, altered, k, sensitivity);
    /* Without replacement one misses less often; with a method that misses too, the bound of
     * drawing with replacement is taken. */
    if (sensitivity.part < sensitivity.of)
        return miss_with_replacement(fleet, altered, k, sensitivity);
    if (k > fleet - altered)
        return 0;
    /* None of the altered in the sample, or none of the sample altered: the shorter product. */
    uint64_t factors = k < altered ? k : altered;
    uint64_t other = k < altered ? altered : k;

    for (uint64_t i = 0; i < factors && i < STEPS_MAX && p > 1; i++)
        p = times(p, fleet - other - i, fleet - i);
    return p;
}

uint64_t sample_size(uint64_t fleet, uint64_t altered, struct share sensitivity, uint64_t miss)
{
    uint64_t low = 1;
    uint64_t high = fleet > 0 ? fleet : SAMPLE_FLEET_MAX;

    if (sample_miss(fleet, altered, high, sensitivity) > miss)
        return 0;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;

        if (sample_miss(fleet, altered, middle, sensitivity) <= miss)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

uint64_t sample_bound(uint64_t fleet, uint64_t k, struct share sensitivity, uint64_t miss)
{
    uint64_t low = 1;
    uint64_t high = fleet > 0 ? fleet : MILLION;

    if (sample_miss(fleet, high, k, sensitivity) > miss)
        return 0;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;

        if (sample_miss(fleet, middle, k, sensitivity) <= miss)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}
