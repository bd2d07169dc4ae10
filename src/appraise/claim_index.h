/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The claims of a subject by key, for judges that ask "which claims of this key are there".
 * Keys that judges use are named in needs.def; the name is looked up once.
 */
#ifndef ASSAY_APPRAISE_CLAIM_INDEX_H
#define ASSAY_APPRAISE_CLAIM_INDEX_H

#include "appraise/subject.h"

enum need {
#define NEED(id, name) NEED_##id,
#include "appraise/needs.def"
#undef NEED
    NEED_COUNT,
};

struct claim_index {
    const struct subject *subject;
    const struct tree *tree;
    struct arena *arena; /* for what is told */
    struct arena tables; /* for all else */
    uint32_t *first;     /* by key: where its nodes begin in `nodes` */
    uint32_t *nodes;     /* leaves by key, then in the order of the tree */
    bool *doubted;       /* by node: a fault stands in it or above it */
    struct bytes *paths; /* by node: its path, once it was asked for */
    struct text *room;   /* where paths are written before they are kept */
    enum key_id keys[NEED_COUNT];
};

/* Tree nodes of the claims of one key. */
struct claim_list {
    const uint32_t *nodes;
    size_t count;
};

void claim_index_init(struct claim_index *x, const struct subject *s, struct arena *a);

/* Lets go of the index; what it told stays in the arena. */
void claim_index_done(struct claim_index *x);

/* The dotted name of a key that judges need. */
const char *need_name(enum need n);

/* The claims of a key; none if the vocabulary does not have it. */
struct claim_list claims_of(const struct claim_index *x, enum need n);

struct claim_list claims_of_key(const struct claim_index *x, enum key_id key);

/* The claim of a leaf. */
const struct item *claim_at(const struct claim_index *x, uint32_t node);

/* The value for comparison: text without blanks around it, bytes in hexadecimal, numbers in
 * decimal. In the arena. */
struct bytes claim_text(const struct claim_index *x, uint32_t node);

/* The value for people, with the name that its specification gives it. In the arena. */
struct bytes claim_words(const struct claim_index *x, uint32_t node);

/* The encoded path of a node, in the arena. */
struct bytes claim_path(const struct claim_index *x, uint32_t node);

/* The child of a node's container with this name, or TREE_NONE. */
uint32_t claim_sibling(const struct claim_index *x, uint32_t node, const char *name);

/* The container "surface@witness" above a node. */
uint32_t claim_surface(const struct claim_index *x, uint32_t node);

#endif
