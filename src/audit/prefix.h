/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The prefix tree of servers, and that of their aliases: every leaf stands where the bits of
 * its idx lead, so that an idx has one place; every node carries the sums of what is below.
 */
#ifndef ASSAY_AUDIT_PREFIX_H
#define ASSAY_AUDIT_PREFIX_H

#include "audit/crypto.h"
#include "audit/report.h"

enum tree {
    TREE_FLEET,
    TREE_ALIAS,
};

enum {
    FLEET_LEAF = 130,
    ALIAS_LEAF = 90,
    SUMS_SIZE = 26,
    IDX_SIZE = 32,
    DEPTH_MAX = 256
};

enum sum {
    SUM_N,
    SUM_CLEAN,
    SUM_REVIEW,
    SUM_BAD,
    SUM_UNKNOWN, /* is not written: what the others leave of SUM_N */
    SUM_OLDEST,  /* days since 1970 of the evidence used */
    SUM_NEWEST,
    SUM_ALL, /* methods that all servers, or any, were examined with */
    SUM_ANY,
    SUMS,
};

struct sums {
    uint32_t of[SUMS];
};

struct branch {
    struct hash hash;
    struct sums sums;
};

struct leaf {
    struct view bytes;
    struct hash idx;
    uint32_t since;
    struct hash com;
    struct hash prev;
    uint32_t prev_since;
    struct hash value; /* of an alias */
    struct sums sums;
};

/* Whether servers or aliases can add up to this, and it can be written. */
bool sums_good(const struct sums *s, enum tree t);

size_t leaf_size(enum tree t);

/* False if it cannot be the leaf of a tree of this kind. */
bool leaf_read(struct view bytes, enum tree t, struct leaf *ret);

/* H(0x00 leaf) */
struct hash leaf_hash(const struct leaf *l);

/* clean, review, bad or unknown: the one that the leaf counts as. */
enum sum leaf_verdict(const struct leaf *l);

const char *verdict_word(enum sum verdict);

struct branch branch_empty(void);

bool branch_equal(const struct branch *a, const struct branch *b);

/* The root of a list of leaves, ascending by idx; says what is wrong with the list. */
bool prefix_root(struct view list, enum tree t, const char *what, struct report *r,
                 struct branch *ret);

enum terminal {
    TERMINAL_LEAF,  /* the leaf that was asked for */
    TERMINAL_EMPTY, /* nothing stands there */
    TERMINAL_OTHER, /* another leaf stands there */
};

struct prefix_proof {
    enum terminal terminal;
    struct leaf leaf;
    size_t depth;
    struct view siblings;
};

/* Reads what stands at the cursor. */
bool prefix_read(struct cursor *c, enum tree t, struct prefix_proof *ret);

/* The root to which the proof leads along the bits of `idx`; false if it cannot be a proof. */
bool prefix_climb(const struct prefix_proof *p, enum tree t, const struct hash *idx,
                  struct branch *ret);

/* H(0x03 ctx hash sums), ctx = H(domain origin epoch) */
struct hash root_bound(struct memory *m, const char *domain, struct view origin, uint32_t epoch,
                       const struct branch *root);

#endif
