/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/merkle.h"

#include <string.h>

struct hash merkle_leaf(struct memory *m, struct view entry)
{
    struct out o = {.memory = m};

    out_number(&o, 0, 1);
    out_add(&o, entry);
    return sha256(out_view(&o));
}

struct hash merkle_node(const struct hash *left, const struct hash *right)
{
    uint8_t raw[65] = {1};

    memcpy(raw + 1, left->bytes, 32);
    memcpy(raw + 33, right->bytes, 32);
    return sha256((struct view){raw, sizeof(raw)});
}

struct hash merkle_root(struct hash *level, size_t count)
{
    if (count == 0)
        return sha256((struct view){0});
    /* Pairs from the left; one that is left over goes up as it is. */
    while (count > 1) {
        for (size_t i = 0; i < count / 2; i++)
            level[i] = merkle_node(&level[2 * i], &level[2 * i + 1]);
        if (count % 2 != 0)
            level[count / 2] = level[count - 1];
        count = (count + 1) / 2;
    }
    return level[0];
}

bool merkle_included(uint64_t index, uint64_t size, const struct hash *leaf,
                     const struct hash *proof, size_t count, const struct hash *root)
{
    uint64_t last = size - 1;
    struct hash h = *leaf;

    if (index >= size)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (last == 0)
            return false;
        if ((index & 1) != 0 || index == last) {
            h = merkle_node(&proof[i], &h);
            while ((index & 1) == 0 && index != 0) {
                index >>= 1;
                last >>= 1;
            }
        } else {
            h = merkle_node(&h, &proof[i]);
        }
        index >>= 1;
        last >>= 1;
    }
    return last == 0 && hash_equal(&h, root);
}

bool merkle_extended(uint64_t old, uint64_t size, const struct hash *old_root,
                     const struct hash *root, const struct hash *proof, size_t count)
{
    uint64_t at = old - 1;
    uint64_t last = size - 1;
    size_t i = 0;

    if (old == 0 || old >= size || count == 0)
        return false;
    /* A complete old tree is a node of the new one, and left out of the proof. */
    bool whole = (old & (old - 1)) == 0;
    struct hash first = whole ? *old_root : proof[i++];
    struct hash second = first;

    while ((at & 1) != 0) {
        at >>= 1;
        last >>= 1;
    }
    for (; i < count; i++) {
        if (last == 0)
            return false;
        if ((at & 1) != 0 || at == last) {
            first = merkle_node(&proof[i], &first);
            second = merkle_node(&proof[i], &second);
            while ((at & 1) == 0 && at != 0) {
                at >>= 1;
                last >>= 1;
            }
        } else {
            second = merkle_node(&second, &proof[i]);
        }
        at >>= 1;
        last >>= 1;
    }
    return last == 0 && hash_equal(&first, old_root) && hash_equal(&second, root);
}
