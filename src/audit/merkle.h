/* SPDX-License-Identifier: Apache-2.0 */
/* The Merkle tree of a log (RFC 6962 section 2.1, proofs as in RFC 9162 section 2.1). */
#ifndef ASSAY_AUDIT_MERKLE_H
#define ASSAY_AUDIT_MERKLE_H

#include "audit/crypto.h"

enum {
    MERKLE_PROOF = 64
};

struct hash merkle_leaf(struct memory *m, struct view entry);

struct hash merkle_node(const struct hash *left, const struct hash *right);

/* The root of `count` hashes of one level. Their memory is used up. */
struct hash merkle_root(struct hash *level, size_t count);

bool merkle_included(uint64_t index, uint64_t size, const struct hash *leaf,
                     const struct hash *proof, size_t count, const struct hash *root);

/* Whether the tree of `old` leaves is the beginning of the one of `size`; 0 < old < size. */
bool merkle_extended(uint64_t old, uint64_t size, const struct hash *old_root,
                     const struct hash *root, const struct hash *proof, size_t count);

#endif
