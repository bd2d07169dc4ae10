/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judging votes, DESIGN section 4. A vote is judged in the smallest cohort with enough voters;
 * two things move it outwards:
 *   - a claim that tells cohorts apart is judged in the parent of the cohort it names, else a
 *     machine could hide behind a rare version;
 *   - whoever stands alone in a small cohort with what nobody outside has either is judged
 * where more machines show how often that happens at this position.
 */
#include <stdlib.h>
#include <string.h>

#include "appraise/cohort_private.h"

enum {
    FEW = 5
};

void judging_init(struct judging *j, const struct cohort *c, struct arena *scratch)
{
    *j = (struct judging){.arena = scratch};
    /* Beside the things: a container of one kind, whatever is in it. */
    j->slot = ARENA_ARRAY(scratch, uint32_t, c->things_by.count + THING_CLAIM);
    j->slot_epoch = ARENA_ARRAY(scratch, uint32_t, c->things_by.count + THING_CLAIM);
}

static void judging_room(struct judging *j, size_t count)
{
    if (count <= j->cap)
        return;
    j->cap = count + count / 2;
    j->value_of = ARENA_ARRAY(j->arena, uint32_t, j->cap);
    j->values = ARENA_ARRAY(j->arena, struct tally_value, j->cap);
    j->sorted = ARENA_ARRAY(j->arena, struct tally_value *, j->cap);
    for (unsigned level = 0; level < COHORT_LEVELS; level++)
        j->tallies[level] = ARENA_ARRAY(j->arena, struct tally, j->cap);
}

/* By level, what each cohort says of one vote. */
struct opinions {
    struct tally level[COHORT_LEVELS];
};

static bool can_judge(const struct class *k, const struct opinions *o, unsigned level)
{
    return level == 0 || (k->judged[level] && o->level[level].voters >= COHORT_VOTERS_MIN);
}

/* Too few dissent here to tell how often that happens. */
static bool says_little(const struct tally *t)
{
    return t->rarer == 1 || (t->rarer <= FEW && t->rarer * 100 <= t->voters);
}

static uint32_t bits(const struct opinions *o, unsigned level)
{
    return surprise_centibits(o->level[level].rarer, o->level[level].voters);
}

static struct verdict decide(const struct class *k, const struct opinions *o, unsigned top)
{
    unsigned level = top;

    while (!can_judge(k, o, level))
        level--;
    bool outwards = says_little(&o->level[level]);

    for (unsigned outer = level; outwards && outer-- > 0;) {
        if (can_judge(k, o, outer) && bits(o, outer) >= bits(o, level))
            level = outer;
    }
    const struct tally *t = &o->level[level];

    return (struct verdict){
        .centibits = surprise_centibits(t->rarer, t->voters),
        .agree = (uint32_t)t->count,
        .rarer = (uint32_t)t->rarer,
        .voters = (uint32_t)t->voters,
        .level = (uint8_t)level,
        .lone_against_all = t->count == 1 && t->two_values,
        .holders = t->holders,
    };
}

/* What counts as a value: a claim, or that there is a container of a kind. */
static uint32_t value_id(const struct cohort *c, uint32_t thing)
{
    enum thing_kind kind = c->things[thing].kind;

    return kind == THING_CLAIM ? thing : (uint32_t)(c->things_by.count + (size_t)kind);
}

static uint64_t number_of(const struct cohort *c, uint32_t thing)
{
    struct value v = thing_value(c, thing);

    return v.type == TYPE_INT    ? (uint64_t)v.sint ^ UINT64_C(1) << 63
           : v.type == TYPE_UINT ? v.uint
                                 : 0;
}

/* Tallies the groups from `from` to `to` of a position as one cohort. */
static void tally_groups(struct judging *j, const struct cohort *c, uint32_t from, uint32_t to,
                         bool range, struct tally *ret)
{
    size_t count = 0;

    j->epoch++;
    for (uint32_t i = from; i < to; i++) {
        const struct group *g = &c->groups[i];
        uint32_t id = value_id(c, g->thing);

        if (j->slot_epoch[id] != j->epoch) {
            j->slot_epoch[id] = j->epoch;
            j->slot[id] = (uint32_t)count;
            j->values[count++] =
                (struct tally_value){.number = range ? number_of(c, g->thing) : 0};
        }
        j->values[j->slot[id]].count += g->weight;
        j->values[j->slot[id]].holders += g->mark;
        j->value_of[i - from] = j->slot[id];
    }
    uint64_t voters = range ? tally_rank_range(j->values, count, j->sorted)
                            : tally_rank(j->values, count, j->sorted);

    for (uint32_t i = from; i < to; i++) {
        const struct tally_value *v = &j->values[j->value_of[i - from]];

        ret[i - from] = (struct tally){
            .count = v->count,
            .holders = v->holders,
            .rarer = v->rarer,
            .voters = voters,
            .two_values = count == 2 && !range,
        };
    }
}

/* The neighbours of a cohort at a level: from `i` on, the groups that are in the same one. */
static uint32_t run_end(const struct cohort *c, const struct position *p, uint32_t i,
                        unsigned level)
{
    const struct group *g = &c->groups[i];
    uint32_t end = i + 1;

    if (level == 0)
        return p->first + p->count;
    while (end < p->first + p->count &&
           (level == 2 ? c->groups[end].class == g->class
                       : c->classes[c->groups[end].class].board_first ==
                             c->classes[g->class].board_first))
        end++;
    return end;
}

static void verdict_set(struct cohort *c, struct group *g, struct verdict v)
{
    if (v.centibits == 0)
        return;
    arena_grow(c->arena, &c->verdicts, c->verdict_count, &c->verdict_cap, sizeof(*c->verdicts));
    g->verdict = (uint32_t)c->verdict_count;
    c->verdicts[c->verdict_count++] = v;
}

void values_judge(struct cohort *c, uint32_t position, struct judging *j)
{
    const struct position *p = &c->positions[position];
    unsigned top = COHORT_LEVELS - 1;
    bool differ = false;
    bool range = true;

    for (uint32_t i = p->first; i < p->first + p->count; i++) {
        const struct thing *t = &c->things[c->groups[i].thing];

        differ =
            differ || value_id(c, c->groups[i].thing) != value_id(c, c->groups[p->first].thing);
        range = range && t->kind == THING_CLAIM && key_get(t->key)->expectation == EXPECT_RANGE;
        if (t->kind == THING_CLAIM && t->levels != 0)
            top = t->levels == 1U << 1 ? 0 : 1;
    }
    if (!differ)
        return;
    judging_room(j, p->count);
    for (unsigned level = 0; level <= top; level++) {
        for (uint32_t i = p->first; i < p->first + p->count;) {
            uint32_t end = run_end(c, p, i, level);

            tally_groups(j, c, i, end, range, j->tallies[level] + (i - p->first));
            i = end;
        }
    }
    for (uint32_t i = 0; i < p->count; i++) {
        struct group *g = &c->groups[p->first + i];
        struct opinions o = {0};

        for (unsigned level = 0; level <= top; level++)
            o.level[level] = j->tallies[level][i];
        verdict_set(c, g, decide(&c->classes[g->class], &o, top));
    }
}

/* The votes of one cohort on presence. */
struct count {
    uint64_t present;
    uint64_t present_mark;
    uint64_t absent;
    uint64_t absent_mark;
};

static void add_ballot(struct count *n, const struct ballot *b)
{
    n->present += b->present;
    n->present_mark += b->present_mark;
    n->absent += b->all - b->unsure - (b->present - b->present_unsure);
    n->absent_mark += b->all_mark - b->unsure_mark - (b->present_mark - b->present_unsure_mark);
}

static struct tally tally_of(const struct count *n, bool present)
{
    uint64_t mine = present ? n->present : n->absent;
    uint64_t other = present ? n->absent : n->present;

    return (struct tally){
        .count = mine,
        .holders = present ? n->present_mark : n->absent_mark,
        .rarer = other <= mine ? mine + other : mine,
        .voters = mine + other,
        .two_values = other > 0,
    };
}

static struct verdict decide_presence(const struct class *k, const struct count *counts,
                                      bool present)
{
    struct opinions o = {0};

    for (unsigned level = 0; level < COHORT_LEVELS; level++)
        o.level[level] = tally_of(&counts[level], present);
    return decide(k, &o, COHORT_LEVELS - 1);
}

/* The ballots from `from` on of the same board. */
static size_t board_end(const struct cohort *c, const struct ballot *ballots, size_t from,
                        size_t count)
{
    uint32_t board = c->classes[ballots[from].class].board_first;
    size_t end = from;

    while (end < count && c->classes[ballots[end].class].board_first == board)
        end++;
    return end;
}

void presence_judge(struct cohort *c, uint32_t position, const struct ballot *ballots,
                    size_t count)
{
    struct count counts[COHORT_LEVELS] = {{0}};

    for (size_t i = 0; i < count; i++)
        add_ballot(&counts[0], &ballots[i]);
    if (counts[0].absent == 0)
        return;
    c->positions[position].presence = (uint32_t)c->presence_count;
    c->positions[position].presence_count = (uint32_t)count;
    for (size_t i = 0, end = 0; i < count; i++) {
        const struct class *k = &c->classes[ballots[i].class];

        if (i == end) {
            end = board_end(c, ballots, i, count);
            counts[1] = (struct count){0};
            for (size_t n = i; n < end; n++)
                add_ballot(&counts[1], &ballots[n]);
        }
        counts[2] = (struct count){0};
        add_ballot(&counts[2], &ballots[i]);
        arena_grow(c->arena, &c->presences, c->presence_count, &c->presence_cap,
                   sizeof(*c->presences));
        c->presences[c->presence_count++] = (struct presence){
            .class = ballots[i].class,
            .present = decide_presence(k, counts, true),
            .absent = decide_presence(k, counts, false),
        };
    }
}

const struct presence *presence_of(const struct cohort *c, uint32_t position, uint32_t class)
{
    const struct position *p = &c->positions[position];
    uint32_t low = p->presence;
    uint32_t high = p->presence + p->presence_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (c->presences[middle].class == class)
            return &c->presences[middle];
        if (c->presences[middle].class < class)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

void members_judge(struct cohort *c, uint32_t first, uint32_t end, uint64_t voters,
                   struct judging *j)
{
    judging_room(j, end - first);
    for (uint32_t i = first; i < end; i++) {
        const struct position *p = &c->positions[i];
        bool member = c->names.keys[p->name].data[0] == 'm';

        j->values[i - first] = (struct tally_value){0};
        for (uint32_t k = p->first; member && k < p->first + p->count; k++)
            j->values[i - first].count += c->groups[k].weight;
    }
    (void)tally_rank(j->values, end - first, j->sorted);
    for (uint32_t i = first; i < end; i++) {
        const struct position *p = &c->positions[i];
        uint64_t rarer = j->values[i - first].rarer;
        uint32_t most = surprise_centibits(rarer, voters);

        if (j->values[i - first].count == 0)
            continue;
        for (uint32_t k = 0; k < p->presence_count; k++) {
            struct verdict *v = &c->presences[p->presence + k].present;

            if (v->centibits > most)
                v->centibits = most;
        }
    }
}
