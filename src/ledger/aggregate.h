/* SPDX-License-Identifier: Apache-2.0 */
/* What a node of the fleet tree says of all servers below it (docs/formats/ledger.md). */
#ifndef ASSAY_LEDGER_AGGREGATE_H
#define ASSAY_LEDGER_AGGREGATE_H

#include "base/bytes.h"

enum {
    /* Bytes, of big-endian integers: n, clean, review, bad (32 bits each), oldest, newest (16),
     * all, any (24). Few enough for a node's hash to take two blocks of SHA-256, not three. */
    AGGREGATE_SIZE = 26,
    AGGREGATE_DAY_MAX = UINT16_MAX, /* the 6th of June 2149; beyond it, that day */
    AGGREGATE_METHODS = 24,         /* bits */
};

/* Which tree a node belongs to: they differ in what their leaves count. */
enum prefix_kind {
    PREFIX_SERVERS,
    PREFIX_ALIASES,
};

struct aggregate {
    uint32_t n; /* leaves */
    uint32_t clean;
    uint32_t review;
    uint32_t bad;
    uint32_t unknown; /* leaves without one of these verdicts; follows from the others */
    uint32_t oldest;  /* day of the oldest evidence, days since 1970-01-01 */
    uint32_t newest;
    uint32_t all; /* methods used on every server, a bit each */
    uint32_t any; /* methods used on some server */
};

/* Of no leaf at all: adding it changes nothing. */
struct aggregate aggregate_none(void);

/* False if a count would not fit 32 bits. */
bool aggregate_add(const struct aggregate *a, const struct aggregate *b, struct aggregate *ret);

/* Whether a node of this tree may say so: there are no more verdicts than servers, an alias has
 * none, and nothing is said of nobody. */
bool aggregate_valid(enum prefix_kind kind, const struct aggregate *a);

/* Whether this is what a single leaf may say. */
bool aggregate_of_leaf(enum prefix_kind kind, const struct aggregate *a);

void aggregate_pack(const struct aggregate *a, uint8_t ret[AGGREGATE_SIZE]);

struct aggregate aggregate_unpack(const uint8_t bytes[AGGREGATE_SIZE]);

#endif
