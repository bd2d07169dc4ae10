/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "appraise/peers_private.h"

struct search {
    const struct cohort *cohort;
    struct arena *arena;
    uint32_t least;
    struct dissents *found;
    uint32_t *stack; /* groups */
    size_t depth;
    size_t cap;
};

static unsigned depth_of(const struct cohort *c, uint32_t position)
{
    unsigned depth = 0;

    for (; position != 0; position = c->positions[position].parent)
        depth++;
    return depth;
}

/*
 * The path of a position. How many members a bag or list has, and their order, are told at the
 * bag or list.
 */
static struct bytes path_of(const struct cohort *c, uint32_t position, bool self,
                            struct arena *a)
{
    uint32_t chain[256];
    size_t n = 0;
    struct text t;

    if (!self)
        position = c->positions[position].parent;
    for (; position != 0 && n < ARRAY_LEN(chain); position = c->positions[position].parent)
        chain[n++] = position;
    text_init(&t, a, SIZE_MAX / 4);
    while (n > 0) {
        text_segment(&t, cohort_name(c, c->positions[chain[--n]].name));
        if (n > 0)
            text_char(&t, '/');
    }
    return text_bytes(&t);
}

static bool is_count_or_order(const struct cohort *c, const struct dissent *d)
{
    const struct thing *t = &c->things[c->groups[d->group].thing];

    return d->kind == DISSENT_VALUE && t->kind == THING_CLAIM && t->key == KEY_NONE;
}

static void add(struct search *s, enum dissent_kind kind, uint32_t position, uint32_t group,
                const struct verdict *v)
{
    const struct cohort *c = s->cohort;
    struct dissents *f = s->found;

    if (v->centibits == 0 || v->centibits < s->least)
        return;
    arena_grow(s->arena, &f->rows, f->count, &f->cap, sizeof(*f->rows));
    struct dissent *d = &f->rows[f->count++];

    *d = (struct dissent){.kind = kind, .position = position, .group = group, .verdict = *v};
    d->depth = depth_of(c, position);
    d->path = path_of(c, position, !is_count_or_order(c, d), s->arena);
    if (v->agree > 1) {
        d->event = v->holders;
        d->where = COHORT_NONE;
        return;
    }
    bool own_place = kind != DISSENT_VALUE && c->positions[position].parent_kind == THING_MAP;

    d->where = own_place ? position : c->positions[position].parent;
    d->event = own_place ? 1 : 0;
}

static void push(struct search *s, uint32_t group)
{
    arena_grow(s->arena, &s->stack, s->depth, &s->cap, sizeof(*s->stack));
    s->stack[s->depth++] = group;
}

static bool has_child(const struct cohort *c, const struct group *g, uint32_t position)
{
    for (uint32_t i = 0; i < c->things[g->thing].count; i++) {
        if (c->groups[group_kid(g, i)].position == position)
            return true;
    }
    return false;
}

static void visit(struct search *s, uint32_t group)
{
    const struct cohort *c = s->cohort;
    const struct group *g = &c->groups[group];
    const struct position *p = &c->positions[g->position];
    const struct thing *t = &c->things[g->thing];

    add(s, DISSENT_VALUE, g->position, group, &c->verdicts[g->verdict]);
    if (g->kids == NULL)
        return;
    for (uint32_t i = 0; i < t->count; i++) {
        uint32_t kid = group_kid(g, i);
        uint32_t position = c->groups[kid].position;
        const struct presence *row = presence_of(c, position, g->class);

        if (row != NULL)
            add(s, DISSENT_ADDED, position, kid, &row->present);
        if (c->groups[kid].strength > 0)
            push(s, kid);
    }
    if (t->incomplete || g->position == 0)
        return;
    for (uint32_t i = 0; i < p->expected_count[t->kind]; i++) {
        uint32_t position = c->expected[p->expected[t->kind] + i];
        const struct presence *row = presence_of(c, position, g->class);

        if (row != NULL && row->absent.centibits > 0 && !has_child(c, g, position))
            add(s, DISSENT_REMOVED, position, group, &row->absent);
    }
}

/* One event together, its highest path first. */
static int by_event(const void *left, const void *right)
{
    const struct dissent *a = left;
    const struct dissent *b = right;

    if (a->where != b->where)
        return a->where < b->where ? -1 : 1;
    if (a->event != b->event)
        return a->event < b->event ? -1 : 1;
    if (a->depth != b->depth)
        return a->depth < b->depth ? -1 : 1;
    int c = bytes_compare(a->path, b->path);

    return c != 0 ? c : (a->kind > b->kind) - (a->kind < b->kind);
}

size_t dissents_event_end(const struct dissents *d, size_t from)
{
    size_t end = from;

    while (end < d->count && d->rows[end].where == d->rows[from].where &&
           d->rows[end].event == d->rows[from].event)
        end++;
    return end;
}

struct event {
    size_t first;
    size_t count;
    const struct dissent *leader;
    uint32_t centibits;
};

static int by_strength(const void *left, const void *right)
{
    const struct event *a = left;
    const struct event *b = right;

    if (a->centibits != b->centibits)
        return a->centibits > b->centibits ? -1 : 1;
    if (a->leader->depth != b->leader->depth)
        return a->leader->depth < b->leader->depth ? -1 : 1;
    int c = bytes_compare(a->leader->path, b->leader->path);

    return c != 0 ? c : (a->first > b->first) - (a->first < b->first);
}

/* The strongest event first; an event is as strong as its strongest vote. */
static void sort_events(struct dissents *d, struct arena *a)
{
    struct event *events = ARENA_ARRAY(a, struct event, d->count);
    struct dissent *sorted = ARENA_ARRAY(a, struct dissent, d->count);
    size_t count = 0;
    size_t at = 0;

    for (size_t i = 0; i < d->count;) {
        size_t end = dissents_event_end(d, i);
        struct event *e = &events[count++];

        *e = (struct event){.first = i, .count = end - i, .leader = &d->rows[i]};
        for (; i < end; i++) {
            if (d->rows[i].verdict.centibits > e->centibits)
                e->centibits = d->rows[i].verdict.centibits;
        }
    }
    if (count > 1)
        qsort(events, count, sizeof(*events), by_strength);
    for (size_t k = 0; k < count; k++) {
        for (size_t i = 0; i < events[k].count; i++)
            sorted[at++] = d->rows[events[k].first + i];
    }
    d->rows = sorted;
}

void dissents_find(const struct cohort *c, const struct member *m, uint32_t least,
                   struct arena *a, struct dissents *ret)
{
    struct search s = {.cohort = c, .arena = a, .least = least, .found = ret};

    *ret = (struct dissents){0};
    push(&s, m->group);
    while (s.depth > 0)
        visit(&s, s.stack[--s.depth]);
    if (ret->count == 0)
        return;
    qsort(ret->rows, ret->count, sizeof(*ret->rows), by_event);
    sort_events(ret, a);
}

bool dissent_is_container(const struct cohort *c, const struct dissent *d)
{
    const struct position *p = &c->positions[d->position];

    return c->things[c->groups[p->first].thing].kind != THING_CLAIM;
}
