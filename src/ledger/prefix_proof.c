/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/prefix_proof.h"

#include <string.h>

#include "base/reader.h"

/* The path of an index: which leaves are left at each depth. */
struct path {
    const struct prefix_tree *tree;
    const uint8_t *index;
    size_t first;
    size_t end;
    unsigned depth;
    struct prefix_value siblings[PREFIX_DEPTH_MAX];
};

/* One step down: the leaves that go the other way become the sibling. */
static bool path_step(struct path *p)
{
    const struct prefix_leaves *l = &p->tree->leaves;
    size_t middle = prefix_split(l, p->first, p->end, p->depth);
    size_t other[2];

    if (prefix_bit(p->index, p->depth) != 0) {
        other[0] = p->first;
        other[1] = middle;
        p->first = middle;
    } else {
        other[0] = middle;
        other[1] = p->end;
        p->end = middle;
    }
    p->depth++;
    return prefix_value_at(p->tree, other[0], other[1], p->depth, &p->siblings[p->depth - 1]);
}

bool prefix_prove(struct text *t, const struct prefix_tree *tree, const uint8_t *index,
                  struct err *e)
{
    struct path p = {.tree = tree, .index = index, .end = tree->leaves.count};
    enum prefix_terminal terminal = PREFIX_EMPTY;

    while (p.end - p.first > 1) {
        if (!path_step(&p))
            return err_set(e, ERR_LIMIT, "a sum of the tree does not fit 32 bits");
    }
    struct bytes leaf = {NULL, 0};

    if (p.end > p.first) {
        leaf = prefix_leaf(&tree->leaves, p.first);
        terminal =
            memcmp(leaf.data, index, PREFIX_INDEX_SIZE) == 0 ? PREFIX_MEMBER : PREFIX_OTHER;
    }
    text_char(t, (char)terminal);
    text_char(t, (char)(p.depth >> 8));
    text_char(t, (char)(p.depth & 0xff));
    text_add(t, leaf);
    for (unsigned i = p.depth; i > 0; i--)
        text_add(t, (struct bytes){p.siblings[i - 1].bytes, PREFIX_VALUE_SIZE});
    return !t->overflow || err_set(e, ERR_LIMIT, "the proof is too large");
}

bool prefix_proof_take(struct bytes *rest, size_t leaf_size, struct prefix_proof *ret)
{
    struct reader r = reader_of(*rest, 0, 0);
    uint8_t terminal = reader_u8(&r);

    ret->depth = reader_u16be(&r);
    if (terminal > PREFIX_OTHER || ret->depth > PREFIX_DEPTH_MAX)
        return false;
    ret->terminal = (enum prefix_terminal)terminal;
    ret->leaf = reader_take(&r, ret->terminal == PREFIX_EMPTY ? 0 : leaf_size);
    ret->siblings = reader_take(&r, (size_t)ret->depth * PREFIX_VALUE_SIZE);
    *rest = bytes_slice(*rest, r.pos, SIZE_MAX);
    return !r.failed;
}

/* Whether the leaf at the end belongs there. */
static bool terminal_suits(const struct prefix_proof *p, const uint8_t *index)
{
    switch (p->terminal) {
    case PREFIX_MEMBER:
        return memcmp(p->leaf.data, index, PREFIX_INDEX_SIZE) == 0;
    case PREFIX_EMPTY:
        return true;
    case PREFIX_OTHER:
        break;
    }
    unsigned common = prefix_common(p->leaf.data, index);

    return common >= p->depth && common < PREFIX_DEPTH_MAX;
}

/* Whether a value beside the path, `level` levels above its end, is one that a tree has there.
 */
static bool sibling_suits(const struct prefix_proof *p, enum prefix_kind kind, unsigned level,
                          const uint8_t *hash, const struct aggregate *sum)
{
    const struct prefix_value none = prefix_value_none();
    bool empty = memcmp(hash, none.bytes, SHA256_SIZE) == 0;
    /* Alone, a leaf stands higher; beside nothing, so does what stands alone. */
    uint32_t least = level > 0 ? 0 : p->terminal == PREFIX_EMPTY ? 2 : 1;

    return aggregate_valid(kind, sum) && empty == (sum->n == 0) && sum->n >= least;
}

bool prefix_proof_root(const struct prefix_proof *p, enum prefix_kind kind,
                       const uint8_t *index, struct prefix_value *ret)
{
    if (!terminal_suits(p, index))
        return false;
    *ret = p->terminal == PREFIX_EMPTY ? prefix_value_none() : prefix_value_leaf(p->leaf);
    struct aggregate sum = prefix_value_sum(ret);

    if (p->terminal != PREFIX_EMPTY && !aggregate_of_leaf(kind, &sum))
        return false;
    for (unsigned i = 0; i < p->depth; i++) {
        const uint8_t *other = p->siblings.data + (size_t)i * PREFIX_VALUE_SIZE;
        struct aggregate beside = aggregate_unpack(other + SHA256_SIZE);
        bool right = prefix_bit(index, p->depth - 1 - i) != 0;

        if (!sibling_suits(p, kind, i, other, &beside) || !aggregate_add(&sum, &beside, &sum))
            return false;
        prefix_node_hash(right ? other : ret->bytes, right ? ret->bytes : other, ret->bytes);
        aggregate_pack(&sum, ret->bytes + SHA256_SIZE);
    }
    return true;
}
