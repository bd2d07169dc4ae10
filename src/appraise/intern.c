/* SPDX-License-Identifier: Apache-2.0 */
#include "appraise/intern.h"

#include <string.h>

static uint32_t hash_of(struct bytes key)
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
    return (uint32_t)(h ^ h >> 32);
}

void intern_init(struct intern *in, struct arena *a)
{
    *in = (struct intern){.arena = a};
}

/* Where `key` stands or would stand. */
static size_t slot_of(const struct intern *in, struct bytes key, uint32_t hash)
{
    size_t at = hash & (in->slot_count - 1);

    while (in->slots[at].number != INTERN_NONE &&
           (in->slots[at].hash != hash || !bytes_equal(in->keys[in->slots[at].number], key)))
        at = (at + 1) & (in->slot_count - 1);
    return at;
}

static void widen(struct intern *in)
{
    const struct intern_slot *old = in->slots;
    size_t count = in->slot_count;

    in->slot_count = count == 0 ? 64 : count * 2;
    in->slots = ARENA_ARRAY(in->arena, struct intern_slot, in->slot_count);
    memset(in->slots, 0xff, in->slot_count * sizeof(*in->slots));
    for (size_t i = 0; i < count; i++) {
        size_t at = old[i].hash & (in->slot_count - 1);

        if (old[i].number == INTERN_NONE)
            continue;
        while (in->slots[at].number != INTERN_NONE)
            at = (at + 1) & (in->slot_count - 1);
        in->slots[at] = old[i];
    }
}

uint32_t intern_add(struct intern *in, struct bytes key)
{
    uint32_t hash = hash_of(key);

    if (in->count * 2 >= in->slot_count)
        widen(in);
    size_t at = slot_of(in, key, hash);

    if (in->slots[at].number != INTERN_NONE)
        return in->slots[at].number;
    arena_grow(in->arena, &in->keys, in->count, &in->cap, sizeof(*in->keys));
    in->keys[in->count] = arena_copy(in->arena, key);
    in->slots[at] = (struct intern_slot){(uint32_t)in->count++, hash};
    return in->slots[at].number;
}

uint32_t intern_find(const struct intern *in, struct bytes key)
{
    return in->slot_count == 0 ? INTERN_NONE : in->slots[slot_of(in, key, hash_of(key))].number;
}

void intern_ahead(const struct intern *in, const struct bytes *keys, size_t count,
                  uint32_t *ret)
{
    if (in->slot_count == 0) {
        memset(ret, 0xff, count * sizeof(*ret));
        return;
    }
    for (size_t i = 0; i < count; i++) {
        ret[i] = hash_of(keys[i]) & (uint32_t)(in->slot_count - 1);
        __builtin_prefetch(&in->slots[ret[i]]);
    }
    for (size_t i = 0; i < count; i++) {
        ret[i] = in->slots[ret[i]].number;
        if (ret[i] != INTERN_NONE)
            __builtin_prefetch(&in->keys[ret[i]]);
    }
    for (size_t i = 0; i < count; i++) {
        if (ret[i] != INTERN_NONE)
            __builtin_prefetch(in->keys[ret[i]].data);
    }
}
