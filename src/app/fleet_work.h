/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files that make an epoch only. */
#ifndef ASSAY_APP_FLEET_WORK_H
#define ASSAY_APP_FLEET_WORK_H

#include "app/fleet_epoch.h"

/* A server whose leaf is made anew. */
struct fleet_change {
    struct fleet_record record;
    struct aggregate sum;
    struct digest result; /* zero: not examined */
    const char *path;     /* of the result, for messages */
    bool carried;         /* it says nothing new: the leaf stays */
};

/* The records of one epoch, once they were needed. */
struct fleet_shelf {
    uint32_t epoch;
    struct fleet_records records;
};

/* An epoch in the making. */
struct fleet_work {
    struct fleet_folder *folder;
    struct arena *arena;
    struct err *err;
    uint32_t epoch;
    struct fleet_epoch *before; /* NULL: this is the first */
    struct vrf_secret secret;
    struct vrf_public key;
    struct fleet_change *changes; /* ascending by index once sorted */
    size_t change_count;
    struct delta_why *why; /* ascending by index once sorted */
    size_t why_count;
    struct digest *gone_aliases; /* that the servers before had and may have no more */
    size_t gone_count;
    size_t gone_cap;
    struct fleet_shelf *shelves;
    size_t shelf_count;
    size_t shelf_cap;
    struct bytes nameless; /* file: machines without identity */
    struct text leaves;    /* files */
    struct text aliases;
    struct prefix_tree server_tree;
    struct prefix_tree alias_tree;
};

/* Loads the last epoch and the secret; `rekey` makes a new one. */
bool fleet_work_begin(struct fleet_work *w, struct fleet_folder *f, bool rekey, struct err *e);

/* The record behind a leaf, or NULL with an error. */
const struct fleet_record *fleet_work_record(struct fleet_work *w, struct bytes leaf);

/* Pseudonyms of a record's aliases. */
bool fleet_work_aliases(struct fleet_work *w, struct fleet_record *r,
                        const struct identity *identities, size_t count);

/* Sorts the changes; an error if two are of one server. */
bool fleet_work_sort(struct fleet_work *w);

/* Writes the leaf of a change, which follows `old` (empty: there was none). */
bool fleet_work_leaf(struct fleet_work *w, const struct fleet_change *c, struct bytes old);

/* From `leaves` and the changes to both trees. `carry`: aliases of servers that did not change
 * stay. */
bool fleet_work_trees(struct fleet_work *w, bool carry);

/* What a statement has before anything is examined: of the epoch before, and of the program. */
bool fleet_work_statement(struct fleet_work *w, struct bytes as_of, struct fleet_statement *s);

/* Completes the statement, signs and publishes. */
bool fleet_work_publish(struct fleet_work *w, const struct delta *d, struct bytes rekey,
                        struct signer *signer, struct fleet_outcome *ret);

#endif
