/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/aggregate.h"

#include <string.h>

#define METHODS_ALL ((UINT32_C(1) << AGGREGATE_METHODS) - 1)

struct aggregate aggregate_none(void)
{
    return (struct aggregate){.oldest = AGGREGATE_DAY_MAX, .all = METHODS_ALL};
}

static bool add(uint32_t a, uint32_t b, uint32_t *ret)
{
    *ret = a + b;
    return *ret >= a;
}

bool aggregate_add(const struct aggregate *a, const struct aggregate *b, struct aggregate *ret)
{
    struct aggregate sum = {
        .oldest = a->oldest < b->oldest ? a->oldest : b->oldest,
        .newest = a->newest > b->newest ? a->newest : b->newest,
        .all = a->all & b->all,
        .any = a->any | b->any,
    };
    bool fits = add(a->n, b->n, &sum.n) && add(a->clean, b->clean, &sum.clean) &&
                add(a->review, b->review, &sum.review) && add(a->bad, b->bad, &sum.bad) &&
                add(a->unknown, b->unknown, &sum.unknown);

    *ret = sum;
    return fits;
}

static bool same(const struct aggregate *a, const struct aggregate *b)
{
    uint8_t left[AGGREGATE_SIZE];
    uint8_t right[AGGREGATE_SIZE];

    aggregate_pack(a, left);
    aggregate_pack(b, right);
    return memcmp(left, right, sizeof(left)) == 0;
}

bool aggregate_valid(enum prefix_kind kind, const struct aggregate *a)
{
    struct aggregate none = aggregate_none();
    uint64_t judged = (uint64_t)a->clean + a->review + a->bad + a->unknown;

    if (a->n == 0)
        return same(a, &none);
    if (kind == PREFIX_SERVERS)
        return judged == a->n && a->oldest <= a->newest && a->newest <= AGGREGATE_DAY_MAX &&
               (a->all & ~a->any) == 0 && a->any <= METHODS_ALL;
    none.n = a->n;
    none.unknown = a->n;
    return same(a, &none);
}

bool aggregate_of_leaf(enum prefix_kind kind, const struct aggregate *a)
{
    return a->n == 1 && aggregate_valid(kind, a) &&
           (kind == PREFIX_ALIASES || a->all == a->any);
}

/* Bytes of each member but `unknown`, in their order. */
static const uint8_t widths[] = {4, 4, 4, 4, 2, 2, 3, 3};

void aggregate_pack(const struct aggregate *a, uint8_t ret[AGGREGATE_SIZE])
{
    const uint32_t all[] = {a->n,      a->clean,  a->review, a->bad,
                            a->oldest, a->newest, a->all,    a->any};

    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        for (unsigned left = widths[i]; left > 0; left--)
            *ret++ = (uint8_t)(all[i] >> 8 * (left - 1));
    }
}

struct aggregate aggregate_unpack(const uint8_t bytes[AGGREGATE_SIZE])
{
    uint32_t all[ARRAY_LEN(widths)] = {0};

    for (size_t i = 0; i < ARRAY_LEN(widths); i++) {
        for (unsigned left = widths[i]; left > 0; left--)
            all[i] = all[i] << 8 | *bytes++;
    }
    return (struct aggregate){
        .n = all[0],
        .clean = all[1],
        .review = all[2],
        .bad = all[3],
        /* Wraps around where there are more verdicts than leaves: then they do not add up. */
        .unknown = all[0] - all[1] - all[2] - all[3],
        .oldest = all[4],
        .newest = all[5],
        .all = all[6],
        .any = all[7],
    };
}
