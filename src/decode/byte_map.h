/* SPDX-License-Identifier: Apache-2.0 */
/* From overlapping marks to a map in which every byte belongs to exactly one class. */
#ifndef ASSAY_DECODE_BYTE_MAP_H
#define ASSAY_DECODE_BYTE_MAP_H

#include "evidence/item.h"

struct mark {
    struct region region;
    uint32_t order; /* in which marks were made */
    bool claimed;   /* a claim speaks for these bytes */
};

struct byte_map {
    struct mark *marks;
    size_t count;
    size_t cap;
};

/* Marks bytes; `claimed`: a claim speaks for them. */
void byte_map_mark(struct byte_map *m, struct arena *a, const struct region *r, bool claimed);

/*
 * The classes as they stand now: disjoint regions by blob and offset, in `a`, which may end
 * before more is marked.
 */
void byte_map_look(struct byte_map *m, struct arena *a, struct region **ret, size_t *ret_count);

/*
 * Writes out->regions: of nested marks the innermost counts, of equal ones the later. Then
 * claims, for every container, a digest over those of its bytes for which no claim speaks.
 */
void byte_map_finish(struct byte_map *m, struct decoded *out);

#endif
