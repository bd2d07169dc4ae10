/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/merkle.h"

#include <string.h>

struct digest merkle_leaf(struct bytes entry)
{
    static const uint8_t prefix = 0;
    struct digest_stream s;

    digest_begin(&s);
    digest_more(&s, (struct bytes){&prefix, 1});
    digest_more(&s, entry);
    return digest_end(&s);
}

struct digest merkle_node(const struct digest *left, const struct digest *right)
{
    uint8_t both[1 + 2 * SHA256_SIZE];

    both[0] = 1;
    memcpy(both + 1, left->bytes, SHA256_SIZE);
    memcpy(both + 1 + SHA256_SIZE, right->bytes, SHA256_SIZE);
    return digest_sha256((struct bytes){both, sizeof(both)});
}

struct digest merkle_empty(void)
{
    return digest_sha256((struct bytes){NULL, 0});
}

/* The smallest power of two that is not less than n; n is at most 2^63. */
static uint64_t power_above(uint64_t n)
{
    return n <= 1 ? 1 : UINT64_C(1) << (64 - __builtin_clzll(n - 1));
}

bool merkle_subtree_valid(struct merkle_range r)
{
    return r.start < r.end && r.end <= MERKLE_SIZE_MAX &&
           r.start % power_above(r.end - r.start) == 0;
}

/* A walk from a node towards the root: its number, and the last one's, on the level reached. */
struct climb {
    uint64_t at;
    uint64_t last;
};

/* True if the node's sibling stands left of it and is part of the tree, where it is the last.
 */
static bool sibling_is_left(const struct climb *c)
{
    return (c->at & 1) != 0 || c->at == c->last;
}

static void climb_one(struct climb *c)
{
    c->at >>= 1;
    c->last >>= 1;
}

bool merkle_inclusion_verify(uint64_t index, struct merkle_range subtree,
                             const struct digest *leaf, const struct digest *proof,
                             size_t count, const struct digest *root)
{
    if (!merkle_subtree_valid(subtree) || index < subtree.start || index >= subtree.end)
        return false;
    struct climb c = {index - subtree.start, subtree.end - subtree.start - 1};
    struct digest hash = *leaf;

    for (size_t i = 0; i < count; i++) {
        if (c.last == 0)
            return false;
        if (sibling_is_left(&c)) {
            hash = merkle_node(&proof[i], &hash);
            /* Levels on which the last node has no sibling are passed over. */
            while ((c.at & 1) == 0 && c.at != 0)
                climb_one(&c);
        } else {
            hash = merkle_node(&hash, &proof[i]);
        }
        climb_one(&c);
    }
    return c.last == 0 && digest_equal(&hash, root);
}

/* The cases in which there is nothing to hash. */
static bool consistency_trivial(struct merkle_range subtree, uint64_t size,
                                const struct digest *part, const struct digest *whole,
                                size_t count, bool *ret)
{
    struct digest empty = merkle_empty();

    if (subtree.start == subtree.end && subtree.end <= size) {
        *ret = count == 0 && digest_equal(part, &empty);
        return true;
    }
    if (subtree.start == 0 && subtree.end == size) {
        *ret = count == 0 && digest_equal(part, whole);
        return true;
    }
    *ret = false;
    return !merkle_subtree_valid(subtree) || subtree.end > size || size > MERKLE_SIZE_MAX;
}

/*
 * Up to the largest complete subtree in which the part ends: its hash begins both roots.
 */
static void climb_to_part(struct climb *c, uint64_t *first)
{
    bool to_the_end = c->at == c->last;

    while (*first != c->at && (to_the_end || (c->at & 1) != 0)) {
        *first >>= 1;
        climb_one(c);
    }
}

bool merkle_consistency_verify(struct merkle_range subtree, uint64_t size,
                               const struct digest *part, const struct digest *whole,
                               const struct digest *proof, size_t count)
{
    uint64_t first = subtree.start;
    struct climb c = {subtree.end - 1, size - 1};
    bool trivial;

    if (consistency_trivial(subtree, size, part, whole, count, &trivial))
        return trivial;
    climb_to_part(&c, &first);
    size_t i = 0;
    struct digest of_part = *part;

    if (first != c.at) {
        if (count == 0)
            return false;
        of_part = proof[i++];
    }
    struct digest of_whole = of_part;

    for (; i < count; i++) {
        if (c.last == 0)
            return false;
        if (sibling_is_left(&c)) {
            if (first < c.at)
                of_part = merkle_node(&proof[i], &of_part);
            of_whole = merkle_node(&proof[i], &of_whole);
            while ((c.at & 1) == 0 && c.at != 0) {
                first >>= 1;
                climb_one(&c);
            }
        } else {
            of_whole = merkle_node(&of_whole, &proof[i]);
        }
        first >>= 1;
        climb_one(&c);
    }
    return c.last == 0 && digest_equal(&of_part, part) && digest_equal(&of_whole, whole);
}

bool merkle_prefix_verify(uint64_t old, uint64_t size, const struct digest *old_root,
                          const struct digest *root, const struct digest *proof, size_t count)
{
    if (old == 0 && (size != 0 || !digest_equal(old_root, root)))
        return false;
    return merkle_consistency_verify((struct merkle_range){0, old}, size, old_root, root, proof,
                                     count);
}

bool merkle_root(const struct merkle_source *s, struct merkle_range r, struct digest *ret,
                 struct err *e)
{
    struct digest parts[64];
    size_t count = 0;

    if (r.start == r.end) {
        *ret = merkle_empty();
        return true;
    }
    /* Complete subtrees from left to right, each smaller than the one before. */
    for (uint64_t at = r.start; at < r.end;) {
        unsigned level = 63 - (unsigned)__builtin_clzll(r.end - at);

        if (!s->node(s->user, level, at >> level, &parts[count++], e))
            return false;
        at += UINT64_C(1) << level;
    }
    *ret = parts[--count];
    while (count > 0)
        *ret = merkle_node(&parts[--count], ret);
    return true;
}

/* The largest power of two below n, which is at least 2. */
static uint64_t split_of(uint64_t n)
{
    return power_above(n) / 2;
}

static void reverse(struct digest *d, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        struct digest swap = d[i];

        d[i] = d[count - 1 - i];
        d[count - 1 - i] = swap;
    }
}

bool merkle_inclusion_make(const struct merkle_source *s, uint64_t index, uint64_t size,
                           struct digest *ret, size_t *ret_count, struct err *e)
{
    struct merkle_range r = {0, size};
    size_t count = 0;

    if (index >= size || size > MERKLE_SIZE_MAX)
        return err_set(e, ERR_INPUT, "entry %llu is not in a tree of %llu",
                       (unsigned long long)index, (unsigned long long)size);
    while (r.end - r.start > 1) {
        uint64_t middle = r.start + split_of(r.end - r.start);
        struct merkle_range other = index < middle ? (struct merkle_range){middle, r.end}
                                                   : (struct merkle_range){r.start, middle};

        if (!merkle_root(s, other, &ret[count++], e))
            return false;
        if (index < middle)
            r.end = middle;
        else
            r.start = middle;
    }
    reverse(ret, count);
    *ret_count = count;
    return true;
}

bool merkle_consistency_make(const struct merkle_source *s, uint64_t old, uint64_t size,
                             struct digest *ret, size_t *ret_count, struct err *e)
{
    struct merkle_range r = {0, size};
    size_t count = 0;

    if (old > size || size > MERKLE_SIZE_MAX)
        return err_set(e, ERR_INPUT, "a tree of %llu cannot begin one of %llu",
                       (unsigned long long)old, (unsigned long long)size);
    *ret_count = 0;
    if (old == 0)
        return true;
    while (r.end != old) {
        uint64_t middle = r.start + split_of(r.end - r.start);
        struct merkle_range other = old <= middle ? (struct merkle_range){middle, r.end}
                                                  : (struct merkle_range){r.start, middle};

        if (!merkle_root(s, other, &ret[count++], e))
            return false;
        if (old <= middle)
            r.end = middle;
        else
            r.start = middle;
    }
    /* Whoever verifies has the root of the old tree, but not that of its last part. */
    if (r.start > 0 && !merkle_root(s, r, &ret[count++], e))
        return false;
    reverse(ret, count);
    *ret_count = count;
    return true;
}
