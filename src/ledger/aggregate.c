/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/aggregate.h"

#include <string.h>

struct aggregate aggregate_none(void)
{
    return (struct aggregate){.oldest = UINT32_MAX, .all = UINT32_MAX};
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
        return judged == a->n && a->oldest <= a->newest && (a->all & ~a->any) == 0;
    none.n = a->n;
    return same(a, &none);
}

bool aggregate_of_leaf(enum prefix_kind kind, const struct aggregate *a)
{
    return a->n == 1 && aggregate_valid(kind, a) &&
           (kind == PREFIX_ALIASES || a->all == a->any);
}

static void put(uint8_t *at, uint32_t v)
{
    at[0] = (uint8_t)(v >> 24);
    at[1] = (uint8_t)(v >> 16);
    at[2] = (uint8_t)(v >> 8);
    at[3] = (uint8_t)v;
}

static uint32_t get(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

void aggregate_pack(const struct aggregate *a, uint8_t ret[AGGREGATE_SIZE])
{
    const uint32_t all[] = {a->n,      a->clean,  a->review, a->bad, a->unknown,
                            a->oldest, a->newest, a->all,    a->any};

    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        put(ret + 4 * i, all[i]);
}

struct aggregate aggregate_unpack(const uint8_t bytes[AGGREGATE_SIZE])
{
    return (struct aggregate){
        .n = get(bytes),
        .clean = get(bytes + 4),
        .review = get(bytes + 8),
        .bad = get(bytes + 12),
        .unknown = get(bytes + 16),
        .oldest = get(bytes + 20),
        .newest = get(bytes + 24),
        .all = get(bytes + 28),
        .any = get(bytes + 32),
    };
}
