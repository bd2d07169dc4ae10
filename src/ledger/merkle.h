/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Merkle tree of transparency logs (RFC 6962 section 2.1, SHA-256): hashes, and proofs that
 * an entry is in a tree, that one tree is the beginning of another, and the same for subtrees
 * (draft-ietf-plants-merkle-tree-certs, sections 4.3 and 4.4). Verifying takes numbers and
 * hashes from anybody; making proofs takes hashes from whoever keeps them.
 */
#ifndef ASSAY_LEDGER_MERKLE_H
#define ASSAY_LEDGER_MERKLE_H

#include "base/err.h"
#include "crypto/digest.h"

enum {
    /* No proof is longer: a tree has at most 2^63 leaves, a consistency proof one hash more. */
    MERKLE_PROOF_MAX = 65
};

#define MERKLE_SIZE_MAX (UINT64_C(1) << 63)

/* Hash of a leaf: SHA-256(0x00 || entry). */
struct digest merkle_leaf(struct bytes entry);

/* Hash of an inner node: SHA-256(0x01 || left || right). */
struct digest merkle_node(const struct digest *left, const struct digest *right);

/* Root of the tree without leaves: SHA-256 of nothing. */
struct digest merkle_empty(void);

/* The leaves [start, end) of a tree. */
struct merkle_range {
    uint64_t start;
    uint64_t end;
};

/* True if a tree can have this subtree: not empty, and aligned to the power of two that holds
 * it. */
bool merkle_subtree_valid(struct merkle_range r);

/* `proof` runs from the leaf's sibling up. `index` counts from the start of the tree. */
bool merkle_inclusion_verify(uint64_t index, struct merkle_range subtree,
                             const struct digest *leaf, const struct digest *proof,
                             size_t count, const struct digest *root);

/*
 * True if the subtree with root `part` is in the tree of `size` leaves with root `whole`. An
 * empty subtree is in any tree: then only `part` is looked at.
 */
bool merkle_consistency_verify(struct merkle_range subtree, uint64_t size,
                               const struct digest *part, const struct digest *whole,
                               const struct digest *proof, size_t count);

/*
 * True if the tree of `old` leaves is the beginning of the one of `size` (RFC 9162
 * section 2.1.4.2). Nothing can be proven from an empty tree: whoever starts with one trusts
 * the first root it sees.
 */
bool merkle_prefix_verify(uint64_t old, uint64_t size, const struct digest *old_root,
                          const struct digest *root, const struct digest *proof, size_t count);

/* Where the hashes of complete subtrees come from: node `index` of `level` covers the 2^level
 * leaves from index * 2^level. */
struct merkle_source {
    bool (*node)(void *user, unsigned level, uint64_t index, struct digest *ret, struct err *e);
    void *user;
};

/* Root of the leaves in `r`; the start must be a multiple of a power of two that holds them. */
bool merkle_root(const struct merkle_source *s, struct merkle_range r, struct digest *ret,
                 struct err *e);

/* The proof that leaf `index` is in the tree of `size` leaves; `ret` holds MERKLE_PROOF_MAX. */
bool merkle_inclusion_make(const struct merkle_source *s, uint64_t index, uint64_t size,
                           struct digest *ret, size_t *ret_count, struct err *e);

/* The proof that the tree of `old` leaves is the beginning of the one of `size`. */
bool merkle_consistency_make(const struct merkle_source *s, uint64_t old, uint64_t size,
                             struct digest *ret, size_t *ret_count, struct err *e);

#endif
