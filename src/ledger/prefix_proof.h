/* SPDX-License-Identifier: Apache-2.0 */
/* Proofs that an index has this leaf in a prefix tree, or that it has none. */
#ifndef ASSAY_LEDGER_PREFIX_PROOF_H
#define ASSAY_LEDGER_PREFIX_PROOF_H

#include "base/text.h"
#include "ledger/prefix_tree.h"

/* How a path ends. */
enum prefix_terminal {
    PREFIX_MEMBER, /* at the leaf asked for */
    PREFIX_EMPTY,  /* at a place without a leaf */
    PREFIX_OTHER,  /* at the leaf of another index, alone below its place */
};

/*
 * A proof as it is written: terminal, depth (16 bits, big-endian), the leaf at the end if there
 * is one, and the values beside the path, deepest first. A view of its bytes.
 */
struct prefix_proof {
    enum prefix_terminal terminal;
    unsigned depth;
    struct bytes leaf;
    struct bytes siblings;
};

/* Adds the proof of what the tree has for `index`. */
bool prefix_prove(struct text *t, const struct prefix_tree *tree, const uint8_t *index,
                  struct err *e);

/*
 * Cuts a proof off the front of `*rest`; false if it is cut off or malformed. Leaves have
 * `leaf_size` bytes.
 */
bool prefix_proof_take(struct bytes *rest, size_t leaf_size, struct prefix_proof *ret);

/*
 * The root of a tree of this kind in which the proof holds for `index`: the caller compares it
 * with the one that is known. False if it holds in none: a proof has one form.
 */
bool prefix_proof_root(const struct prefix_proof *p, enum prefix_kind kind,
                       const uint8_t *index, struct prefix_value *ret);

#endif
