/* SPDX-License-Identifier: Apache-2.0 */
/* From a sorted list of leaves to the values of all nodes, in one pass over the list. */
#include "ledger/prefix_tree.h"

#include <string.h>

enum {
    ROOT_ABOVE = -1 /* the depth of what stands above the root */
};

/* The leaves from `first` up to the next part, and the value of their node. */
struct part {
    struct prefix_value value;
    size_t first;
    int parted; /* the depth at which it parts from the part before it */
    bool kept;  /* all leaves are the same bytes as in the tree before, and stood together */
    size_t old_first;
    size_t old_last;
};

struct building {
    const struct prefix_tree *before;
    struct prefix_tree *tree;
    struct prefix_value none;
    struct part parts[PREFIX_DEPTH_MAX + 2];
    size_t count;
    size_t old; /* where the list before is read on */
};

static int common_of(const struct prefix_leaves *l, size_t left)
{
    return (int)prefix_common(prefix_leaf(l, left).data, prefix_leaf(l, left + 1).data);
}

/* The depth of the node in which the leaves [first, last] part from all others. */
static int parent_depth(const struct prefix_leaves *l, size_t first, size_t last)
{
    int before = first > 0 ? common_of(l, first - 1) : ROOT_ABOVE;
    int after = last + 1 < l->count ? common_of(l, last) : ROOT_ABOVE;

    return before > after ? before : after;
}

/* The value of the same leaves at a lesser depth: the other side of each node is empty. */
static bool lift(struct prefix_value *v, const uint8_t *index, const int depths[2],
                 const struct prefix_value *none)
{
    for (int depth = depths[0]; depth > depths[1]; depth--) {
        bool right = prefix_bit(index, (unsigned)depth - 1) != 0;

        if (!prefix_value_node(right ? none : v, right ? v : none, v))
            return false;
    }
    return true;
}

/* Whether the tree before has a node of just these leaves whose parent is at `parent`. */
static bool old_node(const struct building *b, const struct part *left,
                     const struct part *right, int parent)
{
    return left->kept && right->kept && left->old_last + 1 == right->old_first &&
           parent_depth(&b->before->leaves, left->old_first, right->old_last) == parent;
}

/* Puts the last two parts together; the next leaf parts from them at `next`. */
static bool join_parts(struct building *b, int next)
{
    struct part *right = &b->parts[--b->count];
    struct part *left = right - 1;
    int depth = right->parted;
    int parent = left->parted > next ? left->parted : next;
    struct prefix_value *node = &b->tree->nodes[right->first - 1];

    b->tree->total += (uint64_t)(depth - parent);
    if (old_node(b, left, right, parent)) {
        *node = b->before->nodes[left->old_last];
    } else {
        const uint8_t *index = prefix_leaf(&b->tree->leaves, left->first).data;

        if (!prefix_value_node(&left->value, &right->value, node) ||
            !lift(node, index, (const int[]){depth, parent + 1}, &b->none))
            return false;
        b->tree->hashed += (uint64_t)(depth - parent);
    }
    left->value = *node;
    left->kept = left->kept && right->kept && left->old_last + 1 == right->old_first;
    left->old_last = right->old_last;
    return true;
}

/* Whether the tree before has a leaf of the same bytes; remembers where the search stopped. */
static bool old_leaf(struct building *b, struct bytes leaf)
{
    const struct prefix_leaves *l = b->before != NULL ? &b->before->leaves : NULL;

    while (l != NULL && b->old < l->count &&
           memcmp(prefix_leaf(l, b->old).data, leaf.data, PREFIX_INDEX_SIZE) < 0)
        b->old++;
    return l != NULL && b->old < l->count && bytes_equal(prefix_leaf(l, b->old), leaf);
}

static void add_leaf(struct building *b, size_t i, int parted)
{
    struct bytes leaf = prefix_leaf(&b->tree->leaves, i);
    struct part *p = &b->parts[b->count++];

    *p = (struct part){
        .first = i, .parted = parted, .kept = old_leaf(b, leaf), .old_first = b->old};
    p->old_last = p->old_first;
    b->tree->total++;
    if (p->kept) {
        b->tree->hashes[i] = b->before->hashes[b->old];
    } else {
        b->tree->hashes[i] = prefix_leaf_hash(leaf);
        b->tree->hashed++;
    }
    memcpy(p->value.bytes, b->tree->hashes[i].bytes, SHA256_SIZE);
    memcpy(p->value.bytes + SHA256_SIZE, leaf.data + leaf.len - AGGREGATE_SIZE, AGGREGATE_SIZE);
}

bool prefix_tree_build(const struct prefix_leaves *leaves, const struct prefix_tree *before,
                       struct arena *a, struct prefix_tree *ret, struct err *e)
{
    struct building b = {.before = before, .tree = ret, .none = prefix_value_none()};
    size_t n = leaves->count;

    *ret = (struct prefix_tree){
        .leaves = *leaves,
        .hashes = ARENA_ARRAY(a, struct digest, n),
        .nodes = ARENA_ARRAY(a, struct prefix_value, n),
    };
    int next = ROOT_ABOVE;

    for (size_t i = 0; i < n; i++) {
        add_leaf(&b, i, next);
        next = i + 1 < n ? common_of(leaves, i) : ROOT_ABOVE;
        while (b.count > 1 && b.parts[b.count - 1].parted > next) {
            if (!join_parts(&b, next))
                return err_set(e, ERR_LIMIT, "a sum of the tree does not fit 32 bits");
        }
    }
    ret->root = n > 0 ? b.parts[0].value : b.none;
    return true;
}

static struct prefix_value one_leaf(const struct prefix_tree *t, size_t i)
{
    struct bytes leaf = prefix_leaf(&t->leaves, i);
    struct prefix_value v;

    memcpy(v.bytes, t->hashes[i].bytes, SHA256_SIZE);
    memcpy(v.bytes + SHA256_SIZE, leaf.data + leaf.len - AGGREGATE_SIZE, AGGREGATE_SIZE);
    return v;
}

/* The value just below the node in which the leaves [first, end) part from others. */
static struct prefix_value highest(const struct prefix_tree *t, size_t first, size_t end)
{
    const struct prefix_leaves *l = &t->leaves;

    if (end - first == 1)
        return one_leaf(t, first);
    unsigned depth = prefix_common(prefix_leaf(l, first).data, prefix_leaf(l, end - 1).data);

    return t->nodes[prefix_split(l, first, end, depth) - 1];
}

bool prefix_value_at(const struct prefix_tree *t, size_t first, size_t end, unsigned depth,
                     struct prefix_value *ret)
{
    const struct prefix_leaves *l = &t->leaves;

    if (first == end) {
        *ret = prefix_value_none();
        return true;
    }
    *ret = highest(t, first, end);
    if (end - first == 1 || parent_depth(l, first, end - 1) + 1 == (int)depth)
        return true;
    const uint8_t *index = prefix_leaf(l, first).data;
    unsigned parting = prefix_common(index, prefix_leaf(l, end - 1).data);
    size_t middle = prefix_split(l, first, end, parting);
    struct prefix_value left = highest(t, first, middle);
    struct prefix_value right = highest(t, middle, end);
    struct prefix_value none = prefix_value_none();

    return prefix_value_node(&left, &right, ret) &&
           lift(ret, index, (const int[]){(int)parting, (int)depth}, &none);
}
