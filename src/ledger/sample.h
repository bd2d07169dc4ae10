/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random samples that anyone can draw again, and what one may conclude from them. Integers
 * only; probabilities are rounded towards "missed", so that nothing is claimed that does not
 * hold.
 */
#ifndef ASSAY_LEDGER_SAMPLE_H
#define ASSAY_LEDGER_SAMPLE_H

#include "base/arena.h"
#include "ledger/prefix_tree.h"

/* Parts of 2^60: SAMPLE_ONE is certainty. */
#define SAMPLE_ONE (UINT64_C(1) << 60)

enum {
    SAMPLE_FLEET_MAX = 1 << 30 /* servers, sizes of samples, parts of fractions */
};

/*
 * The `k` servers whose SHA-256(seed || index) is smallest, as places in the list, ascending.
 * All of them if there are no more than `k`. In the arena.
 */
size_t *sample_draw(const struct prefix_leaves *l, struct bytes seed, size_t k, struct arena *a,
                    size_t *ret_count);

/* A share, as a number of parts of `of`. */
struct share {
    uint64_t part;
    uint64_t of;
};

/* A probability, rounded up; `part` at most `of`, that at most SAMPLE_FLEET_MAX. */
uint64_t sample_probability(struct share s);

/*
 * An upper bound of the probability that a sample of `k` of `fleet` servers shows none of the
 * `altered` ones, if a method notices an altered server that it looks at with `sensitivity`.
 * `fleet` 0: of a fleet of any size, of which `altered` parts of a million are altered.
 */
uint64_t sample_miss(uint64_t fleet, uint64_t altered, uint64_t k, struct share sensitivity);

/* How many must be drawn to miss with at most `miss` (parts of SAMPLE_ONE); 0: no sample of
 * this fleet will do. */
uint64_t sample_size(uint64_t fleet, uint64_t altered, struct share sensitivity, uint64_t miss);

/*
 * The least number of altered servers (`fleet` 0: parts of a million) that a clean sample of
 * `k` would have missed with at most `miss`: so many or more there are not, with that
 * confidence. 0 if even all of them could have been missed.
 */
uint64_t sample_bound(uint64_t fleet, uint64_t k, struct share sensitivity, uint64_t miss);

#endif
