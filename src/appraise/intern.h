/* SPDX-License-Identifier: Apache-2.0 */
/* Byte strings by number: equal strings get equal numbers, counted from 0 in order of arrival.
 */
#ifndef ASSAY_APPRAISE_INTERN_H
#define ASSAY_APPRAISE_INTERN_H

#include "base/arena.h"

#define INTERN_NONE UINT32_MAX

struct intern_slot {
    uint32_t number; /* INTERN_NONE: free */
    uint32_t hash;   /* so that another key is passed over without reading it */
};

struct intern {
    struct arena *arena;
    struct bytes *keys; /* by number */
    size_t count;
    size_t cap;
    struct intern_slot *slots; /* open addressing */
    size_t slot_count;
};

void intern_init(struct intern *in, struct arena *a);

/* The number of `key`, which is copied when it is new. */
uint32_t intern_add(struct intern *in, struct bytes key);

/* The number of `key`, or INTERN_NONE. */
uint32_t intern_find(const struct intern *in, struct bytes key);

/*
 * Looking up keys in a large table mostly waits for memory. This lets the waits for many keys
 * overlap: call it for all of them before looking up the first. Changes nothing. `ret` receives
 * what their numbers most likely are, or INTERN_NONE.
 */
void intern_ahead(const struct intern *in, const struct bytes *keys, size_t count,
                  uint32_t *ret);

#endif
