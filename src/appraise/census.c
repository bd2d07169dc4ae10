/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counting votes. A position is split into its children for all machines at once: machines of a
 * class that have the same thing there are one group, and where all have the same nothing below
 * needs looking at. Linear in the entries of the nodes that differ.
 */
#include <stdlib.h>
#include <string.h>

#include "appraise/cohort_private.h"

enum {
    POSITIONS_MAX = 1 << 22,
    GROUPS_MAX = 1 << 28,
};

/* A group that is split: what its votes need of it, close together. */
struct voter {
    uint32_t group;
    uint32_t ballot;
    uint64_t weight;
    uint64_t mark;
    bool unsure;
};

/* One entry of one group's node. */
struct vote {
    uint32_t voter;
    uint32_t thing;
    uint32_t kid;
};

struct census {
    struct cohort *cohort;
    struct arena scratch;
    uint32_t *name_child; /* by name: its child here, valid when name_epoch says so */
    uint32_t *name_epoch;
    uint32_t *thing_group;
    uint32_t *thing_epoch;
    uint32_t epoch;
    struct voter *voters;
    size_t voter_count;
    size_t voter_cap;
    struct ballot *ballots; /* one a class */
    size_t ballot_count;
    size_t ballot_cap;
    uint32_t *children; /* by place in all entries: which child it is */
    size_t children_cap;
    struct vote *votes; /* sorted by child */
    uint32_t *kids;     /* of the groups that are split now */
    uint32_t kid_stride;
    size_t votes_cap;
    size_t *ends; /* by child */
    size_t ends_count;
    size_t ends_cap;
    struct judging judging;
};

/* Makes room for `count` elements, contents lost. */
static void room(struct arena *a, void *array, size_t count, size_t *cap, size_t size)
{
    if (count <= *cap)
        return;
    size_t wider = count + count / 2;
    void *fresh = arena_array(a, wider, size);

    memcpy(array, &fresh, sizeof(fresh));
    *cap = wider;
}

static uint32_t group_new(struct cohort *c, struct group g)
{
    arena_grow(c->arena, &c->groups, c->group_count, &c->group_cap, sizeof(*c->groups));
    c->groups[c->group_count] = g;
    return (uint32_t)c->group_count++;
}

static uint32_t position_new(struct cohort *c, uint32_t parent, uint32_t name,
                             enum thing_kind parent_kind)
{
    arena_grow(c->arena, &c->positions, c->position_count, &c->position_cap,
               sizeof(*c->positions));
    c->positions[c->position_count] =
        (struct position){.parent = parent, .name = name, .parent_kind = parent_kind};
    return (uint32_t)c->position_count++;
}

struct root_row {
    uint32_t class;
    uint32_t root;
    uint32_t member;
};

static int by_root(const void *left, const void *right)
{
    const struct root_row *a = left;
    const struct root_row *b = right;

    if (a->class != b->class)
        return a->class < b->class ? -1 : 1;
    return (a->root > b->root) - (a->root < b->root);
}

static void count_roots(struct census *s)
{
    struct cohort *c = s->cohort;
    struct root_row *rows = ARENA_ARRAY(&s->scratch, struct root_row, c->member_count);

    for (uint32_t i = 0; i < c->member_count; i++)
        rows[i] = (struct root_row){c->members[i].class, c->members[i].root, i};
    qsort(rows, c->member_count, sizeof(*rows), by_root);
    (void)position_new(c, 0, 0, THING_MAP);
    for (size_t i = 0; i < c->member_count; i++) {
        struct member *m = &c->members[rows[i].member];

        if (i == 0 || by_root(&rows[i], &rows[i - 1]) != 0)
            (void)group_new(c, (struct group){.class = m->class, .thing = m->root});
        m->group = (uint32_t)c->group_count - 1;
        c->groups[m->group].weight++;
        c->groups[m->group].mark += m->mark;
    }
    c->positions[0].count = (uint32_t)c->group_count;
}

/* The groups of this kind at a position. False if they are all alike. */
static bool list_groups(struct census *s, uint32_t position, enum thing_kind kind)
{
    struct cohort *c = s->cohort;
    const struct position *p = &c->positions[position];
    bool differ = position == 0;

    s->voter_count = 0;
    room(&s->scratch, &s->voters, p->count, &s->voter_cap, sizeof(*s->voters));
    for (uint32_t i = p->first; i < p->first + p->count; i++) {
        const struct group *g = &c->groups[i];

        if (c->things[g->thing].kind != kind)
            continue;
        s->voters[s->voter_count++] = (struct voter){
            .group = i,
            .weight = g->weight,
            .mark = g->mark,
            /* Which surfaces there are is coverage, not a vote. */
            .unsure = position == 0 || c->things[g->thing].incomplete,
        };
        differ = differ || g->thing != c->groups[s->voters[0].group].thing;
    }
    return differ && s->voter_count > 0;
}

/* Who may vote on the children: the machines of the voting groups, by class. */
static void make_ballots(struct census *s)
{
    struct cohort *c = s->cohort;

    s->ballot_count = 0;
    for (size_t i = 0; i < s->voter_count; i++) {
        struct voter *v = &s->voters[i];
        uint32_t class = c->groups[v->group].class;

        if (i == 0 || s->ballots[s->ballot_count - 1].class != class) {
            arena_grow(&s->scratch, &s->ballots, s->ballot_count, &s->ballot_cap,
                       sizeof(*s->ballots));
            s->ballots[s->ballot_count++] = (struct ballot){.class = class};
        }
        struct ballot *b = &s->ballots[s->ballot_count - 1];

        b->all += v->weight;
        b->all_mark += v->mark;
        if (v->unsure) {
            b->unsure += v->weight;
            b->unsure_mark += v->mark;
        }
        v->ballot = (uint32_t)s->ballot_count - 1;
    }
}

/* The child of this name, new if nobody before had it. */
static size_t child_of(struct census *s, uint32_t position, enum thing_kind kind, uint32_t name,
                       size_t first)
{
    if (s->name_epoch[name] != s->epoch) {
        s->name_epoch[name] = s->epoch;
        s->name_child[name] = (uint32_t)(position_new(s->cohort, position, name, kind) - first);
        arena_grow(&s->scratch, &s->ends, s->ends_count, &s->ends_cap, sizeof(*s->ends));
        s->ends[s->ends_count++] = 0;
    }
    return s->name_child[name];
}

/*
 * Room for the votes, and for which group each child of each voter is in. Children are counted
 * one after another, so that is laid out by child where most voters have as many of them.
 */
static void make_room(struct census *s)
{
    struct cohort *c = s->cohort;
    size_t total = 0;
    size_t most = 0;

    for (size_t i = 0; i < s->voter_count; i++) {
        size_t count = c->things[c->groups[s->voters[i].group].thing].count;

        total += count;
        most = count > most ? count : most;
    }
    bool by_child = most * s->voter_count <= total + total / 4;

    s->kid_stride = by_child ? (uint32_t)s->voter_count : 1;
    s->kids = ARENA_ARRAY(c->arena, uint32_t, by_child ? most * s->voter_count : total);
    room(&s->scratch, &s->children, total, &s->children_cap, sizeof(*s->children));
    room(&s->scratch, &s->votes, total, &s->votes_cap, sizeof(*s->votes));
}

/* Sorts the entries of all groups of the list by child: votes, and where each child's end. */
static void sort_votes(struct census *s, uint32_t position, enum thing_kind kind)
{
    struct cohort *c = s->cohort;
    size_t first = c->position_count;
    size_t at = 0;

    s->epoch++;
    s->ends_count = 0;
    make_room(s);
    for (size_t i = 0; i < s->voter_count; i++) {
        const struct thing *t = &c->things[c->groups[s->voters[i].group].thing];

        for (uint32_t k = 0; k < t->count; k++) {
            size_t child = child_of(s, position, kind, t->entries[k].name, first);

            s->children[at++] = (uint32_t)child;
            s->ends[child]++;
        }
    }
    size_t sum = 0;

    for (size_t i = 0; i < s->ends_count; i++) {
        size_t count = s->ends[i];

        s->ends[i] = sum;
        sum += count;
    }
    at = 0;
    for (size_t i = 0; i < s->voter_count; i++) {
        struct group *g = &c->groups[s->voters[i].group];
        const struct thing *t = &c->things[g->thing];

        size_t from = s->kid_stride == 1 ? at : i;

        g->kids = s->kids + from;
        g->kid_stride = s->kid_stride;
        for (uint32_t k = 0; k < t->count; k++, at++) {
            s->votes[s->ends[s->children[at]]++] = (struct vote){
                (uint32_t)i, t->entries[k].thing, (uint32_t)(from + (size_t)k * s->kid_stride)};
        }
    }
}

/* Groups the votes for one child by class and thing, and counts who has it. */
static void count_child(struct census *s, uint32_t position, const struct vote *votes,
                        size_t count)
{
    struct cohort *c = s->cohort;
    uint32_t ballot = COHORT_NONE;
    size_t first = c->group_count;

    for (size_t i = 0; i < s->ballot_count; i++) {
        s->ballots[i].present = s->ballots[i].present_mark = 0;
        s->ballots[i].present_unsure = s->ballots[i].present_unsure_mark = 0;
    }
    for (size_t i = 0; i < count; i++) {
        const struct voter *from = &s->voters[votes[i].voter];
        struct ballot *b = &s->ballots[from->ballot];
        uint32_t thing = votes[i].thing;

        if (from->ballot != ballot)
            s->epoch++;
        ballot = from->ballot;
        if (s->thing_epoch[thing] != s->epoch) {
            s->thing_epoch[thing] = s->epoch;
            s->thing_group[thing] = group_new(
                c, (struct group){.class = b->class, .thing = thing, .position = position});
        }
        struct group *g = &c->groups[s->thing_group[thing]];

        g->weight += (uint32_t)from->weight;
        g->mark += from->mark;
        s->kids[votes[i].kid] = s->thing_group[thing];
        b->present += from->weight;
        b->present_mark += from->mark;
        if (from->unsure) {
            b->present_unsure += from->weight;
            b->present_unsure_mark += from->mark;
        }
    }
    c->positions[position].first = (uint32_t)first;
    c->positions[position].count = (uint32_t)(c->group_count - first);
}

static void note_expected(struct cohort *c, uint32_t position, enum thing_kind kind,
                          size_t first)
{
    struct position *p = &c->positions[position];

    p->expected[kind] = (uint32_t)c->expected_count;
    for (size_t i = first; i < c->position_count; i++) {
        bool some = false;

        for (uint32_t k = 0; k < c->positions[i].presence_count; k++)
            some = some || c->presences[c->positions[i].presence + k].absent.centibits > 0;
        if (!some)
            continue;
        arena_grow(c->arena, &c->expected, c->expected_count, &c->expected_cap,
                   sizeof(*c->expected));
        c->expected[c->expected_count++] = (uint32_t)i;
        p->expected_count[kind]++;
    }
}

/* Splits the groups of one kind at a position into those of their children. */
static void expand(struct census *s, uint32_t position, enum thing_kind kind)
{
    struct cohort *c = s->cohort;
    size_t first = c->position_count;
    size_t from = 0;

    make_ballots(s);
    sort_votes(s, position, kind);

    for (size_t i = 0; i < s->ends_count; i++) {
        uint32_t child = (uint32_t)(first + i);

        count_child(s, child, s->votes + from, s->ends[i] - from);
        from = s->ends[i];
        presence_judge(c, child, s->ballots, s->ballot_count);
        values_judge(c, child, &s->judging);
    }
    uint64_t voters = 0;

    for (size_t i = 0; i < s->ballot_count; i++)
        voters += s->ballots[i].all;
    if (kind != THING_MAP)
        members_judge(c, (uint32_t)first, (uint32_t)c->position_count, voters, &s->judging);
    note_expected(c, position, kind, first);
}

static void reset(struct cohort *c)
{
    c->position_count = 0;
    c->group_count = 0;
    c->presence_count = 0;
    c->expected_count = 0;
    c->verdict_count = 0;
    arena_grow(c->arena, &c->verdicts, 0, &c->verdict_cap, sizeof(*c->verdicts));
    c->verdicts[c->verdict_count++] = (struct verdict){0};
}

static bool census_run(struct census *s, struct err *e)
{
    struct cohort *c = s->cohort;

    count_roots(s);
    for (uint32_t i = 0; i < c->position_count; i++) {
        for (enum thing_kind kind = THING_MAP; kind <= THING_LIST; kind++) {
            if (list_groups(s, i, kind))
                expand(s, i, kind);
        }
        if (c->position_count > POSITIONS_MAX || c->group_count > GROUPS_MAX)
            return err_set(e, ERR_LIMIT, "the cohort has too many positions");
    }
    return true;
}

bool census_take(struct cohort *c, struct err *e)
{
    struct census s = {.cohort = c};

    reset(c);
    arena_init(&s.scratch);
    s.name_child = ARENA_ARRAY(&s.scratch, uint32_t, c->names.count);
    s.name_epoch = ARENA_ARRAY(&s.scratch, uint32_t, c->names.count);
    s.thing_group = ARENA_ARRAY(&s.scratch, uint32_t, c->things_by.count);
    s.thing_epoch = ARENA_ARRAY(&s.scratch, uint32_t, c->things_by.count);
    judging_init(&s.judging, c, &s.scratch);
    bool done = census_run(&s, e);

    arena_done(&s.scratch);
    return done;
}
