/* SPDX-License-Identifier: Apache-2.0 */
/* What a node of the fleet tree says of all servers below it (docs/formats/ledger.md). */
#ifndef ASSAY_LEDGER_AGGREGATE_H
#define ASSAY_LEDGER_AGGREGATE_H

#include "base/bytes.h"

enum {
    AGGREGATE_SIZE = 36 /* bytes: nine unsigned 32-bit integers, big-endian */
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
    uint32_t unknown;
    uint32_t oldest; /* day of the oldest evidence, days since 1970-01-01 */
    uint32_t newest;
    uint32_t all; /* methods used on every server, a bit each */
    uint32_t any; /* methods used on some server */
};

/* Of no leaf at all: adding it changes nothing. */
struct aggregate aggregate_none(void);

/* False if a count would not fit 32 bits. */
bool aggregate_add(const struct aggregate *a, const struct aggregate *b, struct aggregate *ret);

/* Whether a node of this tree may say so: the verdicts of servers add up to their number, an
 * alias counts without a verdict, and nothing is said of nobody. */
bool aggregate_valid(enum prefix_kind kind, const struct aggregate *a);

/* Whether this is what a single leaf may say. */
bool aggregate_of_leaf(enum prefix_kind kind, const struct aggregate *a);

void aggregate_pack(const struct aggregate *a, uint8_t ret[AGGREGATE_SIZE]);

struct aggregate aggregate_unpack(const uint8_t bytes[AGGREGATE_SIZE]);

#endif
