/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside a cohort. *Things* are what can stand at a position: claims (key and value) and model
 * nodes, interned. A *position* is a place that some machine has; its *groups* are the machines
 * of one class that have the same thing there. Nothing is kept for each machine and position.
 */
#ifndef ASSAY_APPRAISE_COHORT_PRIVATE_H
#define ASSAY_APPRAISE_COHORT_PRIVATE_H

#include "appraise/cohort.h"
#include "appraise/intern.h"
#include "appraise/surprise.h"

#define COHORT_NONE UINT32_MAX

enum thing_kind {
    THING_MAP,
    THING_BAG,
    THING_LIST,
    THING_CLAIM,
    THING_CHUNK, /* a part of a wide node; stands at no position */
};

struct entry_ref {
    uint32_t name; /* in cohort.names */
    uint32_t thing;
};

struct thing {
    enum thing_kind kind;
    enum key_id key; /* claims; KEY_NONE for the order and number of members */
    bool defined;
    bool incomplete;
    uint8_t levels; /* bit of each level of which a claim stands at or below */
    uint8_t height;
    uint32_t count;
    const struct entry_ref *entries; /* its children */
    struct bytes encoded;            /* nodes, with keep_nodes */
};

struct member {
    struct bytes subject;
    struct bytes time;
    struct digest evidence;
    uint32_t root; /* thing */
    const struct cohort_own *own;
    size_t own_count;
    struct digest *salted; /* of its own values, sorted */
    size_t salted_count;
    uint32_t key[COHORT_LEVELS]; /* what it says its board and firmware are */
    uint32_t class;
    uint32_t group; /* of the root position */
    uint64_t mark;  /* of sets of machines */
    bool judged;
};

/* The smallest cohorts. Those of one board are neighbours. */
struct class
{
    uint32_t board_first;       /* the first class of this board */
    bool judged[COHORT_LEVELS]; /* whether that level exists for it: enough members */
};

struct verdict {
    uint32_t centibits;
    uint32_t agree; /* machines that have the same … */
    uint32_t rarer; /* … that or something as rare … */
    uint32_t voters;
    uint8_t level;
    bool lone_against_all; /* all others agree with each other */
    uint64_t holders;      /* mark of the set of machines that have the same */
};

struct presence {
    uint32_t class;
    struct verdict present;
    struct verdict absent;
};

struct group {
    uint32_t class;
    uint32_t thing;
    uint32_t position;
    uint32_t weight; /* how many machines */
    uint64_t mark;   /* the sum of their marks */
    uint32_t kid_stride;
    const uint32_t *kids; /* group_kid(); NULL: all alike below */
    uint32_t strength;
    uint32_t verdict; /* in cohort.verdicts, on what it has; 0: no surprise */
};

/* The group of the child that is the i-th entry of a group's node. */
static inline uint32_t group_kid(const struct group *g, uint32_t i)
{
    return g->kids[(size_t)i * g->kid_stride];
}

struct position {
    uint32_t parent;
    uint32_t name;
    enum thing_kind parent_kind;
    uint32_t first;
    uint32_t count; /* groups, by class */
    uint32_t presence;
    uint32_t presence_count; /* none: every voter has it */
    uint32_t expected[3];    /* by kind: children that some lack; in `expected` */
    uint32_t expected_count[3];
};

struct cohort {
    struct arena *arena;
    struct cohort_options options;
    struct intern names; /* 'n' and a name, or a member of a bag or list */
    struct intern things_by;
    struct thing *things;
    size_t thing_cap;
    struct entry_ref *reading; /* children of the node that is being read */
    size_t reading_cap;
    struct intern subjects;
    struct member *members;
    size_t member_count;
    size_t member_cap;
    struct intern level_keys;
    bool salted;
    uint8_t salt[SHA256_SIZE];
    /* Since cohort_freeze(). */
    bool frozen;
    struct class *classes;
    size_t class_count;
    struct position *positions;
    size_t position_count;
    size_t position_cap;
    struct group *groups;
    size_t group_count;
    size_t group_cap;
    struct verdict *verdicts; /* the first is that of no surprise */
    size_t verdict_count;
    size_t verdict_cap;
    struct presence *presences;
    size_t presence_count;
    size_t presence_cap;
    uint32_t *expected;
    size_t expected_count;
    size_t expected_cap;
    uint32_t *strengths;        /* of the members, sorted */
    struct intern own;          /* salted digests … */
    uint32_t (*own_holders)[2]; /* … by number: the first two members with it … */
    uint32_t *own_count;        /* … and how many have it */
};

/* census.c: counts the votes at every position. */
bool census_take(struct cohort *c, struct err *e);

/* The votes of one class on whether there is a child under a parent that they have. */
struct ballot {
    uint32_t class;
    uint64_t all;         /* machines with the parent … */
    uint64_t all_mark;    /* … of which those with an incomplete one … */
    uint64_t unsure;      /* … only vote if they have the child */
    uint64_t unsure_mark; /* … */
    uint64_t present;
    uint64_t present_mark;
    uint64_t present_unsure;
    uint64_t present_unsure_mark;
};

/* Room for judging, used again at every position. */
struct judging {
    struct arena *arena;
    uint32_t *slot; /* by thing: its value, valid when `epoch` says so */
    uint32_t *slot_epoch;
    uint32_t epoch;
    size_t cap;         /* of what follows */
    uint32_t *value_of; /* by group */
    struct tally_value *values;
    struct tally_value **sorted;
    struct tally *tallies[COHORT_LEVELS];
};

/* verdict.c */
void judging_init(struct judging *j, const struct cohort *c, struct arena *scratch);

/* Judges what the machines have at a position. */
void values_judge(struct cohort *c, uint32_t position, struct judging *j);

/* Judges presence: adds a row for each ballot unless every voter has the child. */
void presence_judge(struct cohort *c, uint32_t position, const struct ballot *ballots,
                    size_t count);

/*
 * Members of a bag or list have no names, so one that nobody else has is no more telling than
 * that there are such members at all: limits the bits of having one by how many machines have
 * one as rare. `first` to `end` are the positions of the members, `voters` have a parent.
 */
void members_judge(struct cohort *c, uint32_t first, uint32_t end, uint64_t voters,
                   struct judging *j);

/* strength.c: from the leaves up, how far each machine stands out. */
void strengths_find(struct cohort *c);

/* The row of presence for a class, or NULL where all voters have it. */
const struct presence *presence_of(const struct cohort *c, uint32_t position, uint32_t class);

/* cohort_class.c: sorts the members into classes. */
void classes_make(struct cohort *c);

/* The level of which a claim of this key is a cohort key, or 0. */
unsigned cohort_key_level(const struct cohort *c, enum key_id key);

/* The claim of a thing: its value; the key is in the thing. */
struct value thing_value(const struct cohort *c, uint32_t thing);

/* A name as found; of a member of a bag or list, the name of that member. */
struct bytes cohort_name(const struct cohort *c, uint32_t name);

struct digest cohort_salt(const struct cohort *c, const struct cohort_own *own);

#endif
