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
    uint32_t *refined; /* containers into which a pointer led */
    size_t refined_count;
    size_t refined_cap;
};

/*
 * Fields follow on one another: whether bytes that a claim speaks for go on where the last mark
 * ended. Then it is longer now.
 */
static inline bool byte_map_continue(struct byte_map *m, const struct region *r)
{
    if (m->count == 0)
        return false;
    struct mark *last = &m->marks[m->count - 1];
    struct span *known = &last->region.span;
    uint64_t skip = r->span.offset - known->offset; /* very much if it stands before */

    if (!last->claimed || last->region.class != r->class || last->region.item != r->item ||
        known->blob != r->span.blob || skip > known->length)
        return false;
    if (skip + r->span.length > known->length)
        known->length = skip + r->span.length;
    return true;
}

/* Marks bytes; `claimed`: a claim speaks for them. */
static inline void byte_map_mark(struct byte_map *m, struct arena *a, const struct region *r,
                                 bool claimed)
{
    if (claimed && byte_map_continue(m, r))
        return;
    arena_grow(a, &m->marks, m->count, &m->cap, sizeof(*m->marks));
    m->marks[m->count] = (struct mark){*r, (uint32_t)m->count, claimed};
    m->count++;
}

/*
 * The claims of this container speak for its bytes no longer, since some of them belong to what
 * a pointer led to: what remains is digested like any bytes that no claim explains.
 */
void byte_map_refine(struct byte_map *m, struct arena *a, uint32_t item);

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
