/* SPDX-License-Identifier: Apache-2.0 */
/* How far each machine stands out: the largest bits of its votes, found for groups at once. */
#include <stdlib.h>

#include "appraise/cohort_private.h"

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* The bits of lacking children that most others have. */
static uint32_t lacks(const struct cohort *c, const struct group *g, const uint32_t *seen,
                      uint32_t stamp)
{
    const struct thing *t = &c->things[g->thing];
    const struct position *p = &c->positions[g->position];
    uint32_t bits = 0;

    if (t->incomplete || g->position == 0)
        return 0;
    for (uint32_t i = 0; i < p->expected_count[t->kind]; i++) {
        uint32_t child = c->expected[p->expected[t->kind] + i];

        if (seen[child] == stamp)
            continue;
        const struct presence *row = presence_of(c, child, g->class);

        if (row != NULL)
            bits = larger(bits, row->absent.centibits);
    }
    return bits;
}

static uint32_t strength_of(const struct cohort *c, const struct group *g, uint32_t *seen,
                            uint32_t stamp)
{
    uint32_t bits = c->verdicts[g->verdict].centibits;

    if (g->kids == NULL)
        return bits;
    for (uint32_t i = 0; i < c->things[g->thing].count; i++) {
        const struct group *kid = &c->groups[group_kid(g, i)];

        bits = larger(bits, kid->strength);
        seen[kid->position] = stamp;
        if (c->positions[kid->position].presence_count == 0)
            continue;
        const struct presence *row = presence_of(c, kid->position, g->class);

        if (row != NULL)
            bits = larger(bits, row->present.centibits);
    }
    return larger(bits, lacks(c, g, seen, stamp));
}

static int by_size(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;

    return (a > b) - (a < b);
}

void strengths_find(struct cohort *c)
{
    struct arena scratch;

    arena_init(&scratch);
    uint32_t *seen = ARENA_ARRAY(&scratch, uint32_t, c->position_count);

    /* Groups of children come after those of their parents. */
    for (size_t i = c->group_count; i-- > 0;)
        c->groups[i].strength = strength_of(c, &c->groups[i], seen, (uint32_t)i + 1);
    c->strengths = ARENA_ARRAY(c->arena, uint32_t, c->member_count);
    for (size_t i = 0; i < c->member_count; i++)
        c->strengths[i] = c->groups[c->members[i].group].strength;
    qsort(c->strengths, c->member_count, sizeof(*c->strengths), by_size);
    arena_done(&scratch);
}
