/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The binary prefix tree of the fleet and of its aliases: the bits of a leaf's index dictate
 * its place, and every node carries the sum of the leaves below it (docs/formats/ledger.md).
 * Under one root an index has one place, so that having it and not having it cannot both be
 * proven.
 *
 * A tree is a sorted list of leaves and the values of its nodes in the order of that list: two
 * leaves that stand side by side have one node between them, in which their paths part. Values
 * of unchanged leaves are taken over from the tree before, so that a change costs its paths.
 */
#ifndef ASSAY_LEDGER_PREFIX_TREE_H
#define ASSAY_LEDGER_PREFIX_TREE_H

#include "base/arena.h"
#include "base/err.h"
#include "crypto/digest.h"
#include "ledger/aggregate.h"

enum {
    PREFIX_INDEX_SIZE = 32,
    PREFIX_DEPTH_MAX = 256,
    PREFIX_LEAVES_MAX = 1 << 28, /* leaves of one tree */
    PREFIX_VALUE_SIZE = SHA256_SIZE + AGGREGATE_SIZE,
};

/* A node as its parent hashes it: hash, then aggregate. */
struct prefix_value {
    uint8_t bytes[PREFIX_VALUE_SIZE];
};

/* Leaves of one size, back to back; each begins with its index and ends with its aggregate. */
struct prefix_leaves {
    enum prefix_kind kind;
    struct bytes data;
    size_t size; /* of a leaf */
    size_t count;
};

struct prefix_tree {
    struct prefix_leaves leaves;
    struct digest *hashes; /* of the leaves */
    /* Between leaf i and i + 1: the node in which they part, or that of the same leaves
     * which stands highest, just below a node where others part from them. */
    struct prefix_value *nodes;
    struct prefix_value root;
    uint64_t hashed; /* nodes whose hash was computed while building, leaves included */
    uint64_t total;  /* nodes that the tree has, leaves included, places without leaf not */
};

/* Leaf `i`. */
struct bytes prefix_leaf(const struct prefix_leaves *l, size_t i);

/*
 * Splits `data` into leaves. False, with an error that names the leaf, unless they ascend by
 * index, no index occurs twice, and each aggregate is one that a leaf of this kind may have.
 */
bool prefix_leaves_take(enum prefix_kind kind, struct bytes data, size_t size,
                        struct prefix_leaves *ret, struct err *e);

/*
 * Builds the tree of `leaves`. `before` (may be NULL) is a tree whose values are taken over
 * where its leaves are the same bytes. False if a count does not fit 32 bits.
 */
bool prefix_tree_build(const struct prefix_leaves *leaves, const struct prefix_tree *before,
                       struct arena *a, struct prefix_tree *ret, struct err *e);

/* How many of the first bits two indexes share, at most 256. */
unsigned prefix_common(const uint8_t *a, const uint8_t *b);

/* Bit `depth` of an index, the most significant first. */
static inline unsigned prefix_bit(const uint8_t *index, unsigned depth)
{
    return (unsigned)index[depth / 8] >> (7 - depth % 8) & 1U;
}

/* The place of an index: that of its leaf, or of the first leaf above it. */
size_t prefix_find(const struct prefix_leaves *l, const uint8_t *index, bool *ret_found);

/* The first of the leaves [first, end), which share `depth` bits, whose next bit is set; `end`
 * if none. */
size_t prefix_split(const struct prefix_leaves *l, size_t first, size_t end, unsigned depth);

/* The value of a leaf from its bytes, of a place without leaf, of a node from its children.
 * The last is false if a sum does not fit. */
struct prefix_value prefix_value_leaf(struct bytes leaf);

struct prefix_value prefix_value_none(void);

bool prefix_value_node(const struct prefix_value *left, const struct prefix_value *right,
                       struct prefix_value *ret);

/* Hash of a leaf: SHA-256(0x00 || leaf). */
struct digest prefix_leaf_hash(struct bytes leaf);

/* As the last, where the sum of both is known already: only the hash. */
void prefix_node_hash(const uint8_t left[PREFIX_VALUE_SIZE],
                      const uint8_t right[PREFIX_VALUE_SIZE], uint8_t ret[SHA256_SIZE]);

struct digest prefix_value_hash(const struct prefix_value *v);

struct aggregate prefix_value_sum(const struct prefix_value *v);

/*
 * The value at a place: of the leaves [first, end), which share the first `depth` bits and are
 * all that do.
 */
bool prefix_value_at(const struct prefix_tree *t, size_t first, size_t end, unsigned depth,
                     struct prefix_value *ret);

/* The root as a statement has it: bound to tree, origin and epoch. */
struct digest prefix_root(enum prefix_kind kind, struct bytes origin, uint32_t epoch,
                          const struct prefix_value *root);

#endif
