/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Surprise in bits, DESIGN section 4: p = (sum of n_v over values with n_v <= my own count) /
 * N, bits = -log2 p, in integer hundredths, so that the same counts give the same bytes
 * everywhere.
 */
#ifndef ASSAY_APPRAISE_SURPRISE_H
#define ASSAY_APPRAISE_SURPRISE_H

#include "base/arena.h"

/* Hundredths of -log2(part / whole), rounded to nearest; 0 unless 0 < part < whole. */
uint32_t surprise_centibits(uint64_t part, uint64_t whole);

/* A value and its holders in one cohort. */
struct tally_value {
    uint64_t count;
    uint64_t holders; /* sum of the marks of the machines that have it */
    uint64_t
        rarer; /* result: how many machines have a value as rare or rarer, itself included */
    uint64_t number; /* range: the value, biased so that unsigned order is its order */
};

/* What one cohort says of one value. */
struct tally {
    uint64_t count;
    uint64_t holders;
    uint64_t rarer;
    uint64_t voters;
    bool two_values; /* the others all agree with each other */
};

/* Fills in `rarer` of each value; returns the number of voters. `scratch`: `count` pointers. */
uint64_t tally_rank(struct tally_value *values, size_t count, struct tally_value **scratch);

/* The same for values that are ranked by their distance from the median. */
uint64_t tally_rank_range(struct tally_value *values, size_t count,
                          struct tally_value **scratch);

#endif
