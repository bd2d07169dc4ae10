/* SPDX-License-Identifier: Apache-2.0 */
#include "appraise/intern.h"

#include <string.h>

static uint64_t hash_of(struct bytes key)
{
    uint64_t h = UINT64_C(0x9e3779b97f4a7c15) ^ key.len;
    size_t at = 0;

    for (; key.len - at >= sizeof(h); at += sizeof(h)) {
        uint64_t word = 0;

        memcpy(&word, key.data + at, sizeof(word));
        h = (h ^ word) * UINT64_C(0xff51afd7ed558ccd);
        h ^= h >> 32;
    }
    for (; at < key.len; at++)
        h = (h ^ key.data[at]) * UINT64_C(0x100000001b3);
    h ^= h >> 29;
    h *= UINT64_C(0xc4ceb9fe1a85ec53);
    return h ^ h >> 32;
}

void intern_init(struct intern *in, struct arena *a)
{
    *in = (struct intern){.arena = a};
}

/* Where `key` stands or would stand. */
static size_t slot_of(const struct intern *in, struct bytes key)
{
    size_t at = (size_t)hash_of(key) & (in->slot_count - 1);

    while (in->slots[at] != INTERN_NONE && !bytes_equal(in->keys[in->slots[at]], key))
        at = (at + 1) & (in->slot_count - 1);
    return at;
}

static void widen(struct intern *in)
{
    in->slot_count = in->slot_count == 0 ? 64 : in->slot_count * 2;
    in->slots = ARENA_ARRAY(in->arena, uint32_t, in->slot_count);
    memset(in->slots, 0xff, in->slot_count * sizeof(*in->slots));
    for (uint32_t i = 0; i < in->count; i++)
        in->slots[slot_of(in, in->keys[i])] = i;
}

uint32_t intern_add(struct intern *in, struct bytes key)
{
    if (in->count * 3 >= in->slot_count * 2)
        widen(in);
    size_t at = slot_of(in, key);

    if (in->slots[at] != INTERN_NONE)
        return in->slots[at];
    arena_grow(in->arena, &in->keys, in->count, &in->cap, sizeof(*in->keys));
    in->keys[in->count] = arena_copy(in->arena, key);
    in->slots[at] = (uint32_t)in->count++;
    return in->slots[at];
}

uint32_t intern_find(const struct intern *in, struct bytes key)
{
    return in->slot_count == 0 ? INTERN_NONE : in->slots[slot_of(in, key)];
}
