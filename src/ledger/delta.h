/* SPDX-License-Identifier: Apache-2.0 */
/* What changed from one epoch to the next, and the counters that never fall. */
#ifndef ASSAY_LEDGER_DELTA_H
#define ASSAY_LEDGER_DELTA_H

#include "ledger/leaf.h"

enum {
    DELTA_RECORD_SIZE = 130
};

enum delta_op {
    DELTA_ADDED,
    DELTA_REMOVED,
    DELTA_CHANGED,
    DELTA_REKEYED,
};

enum delta_reason {
    REASON_NONE,
    REASON_BOUGHT,
    REASON_RETURNED,
    REASON_SOLD,
    REASON_SCRAPPED,
    REASON_HELD_AS_EVIDENCE,
    REASON_REEXAMINED,
    REASON_RESOLVED, /* from review or bad to clean; `extra` is the digest of why */
    REASON_REKEY,    /* `extra` is the new index */
};

/* By its name ("sold"); only the reasons for which a server leaves. */
bool delta_reason_to_leave(struct bytes name, enum delta_reason *ret);

struct delta_record {
    enum delta_op op;
    enum delta_reason reason;
    struct digest index;
    struct digest before; /* leaf hash; zero for a server that is new */
    struct digest after;  /* leaf hash; zero for one that left */
    struct digest extra;
};

struct counters {
    uint64_t ever;     /* servers ever seen */
    uint64_t ever_bad; /* changes into bad */
    uint64_t ever_review;
    uint64_t resolved;
    uint64_t removed_while_not_clean;
};

struct delta_counts {
    uint64_t added;
    uint64_t removed;
    uint64_t changed;
    uint64_t rekeyed;
};

struct delta {
    struct delta_record *records;
    size_t count;
    struct delta_counts counts;
};

/* Why a server changed or left. */
struct delta_why {
    struct digest index;
    enum delta_reason reason;
    struct digest extra;
};

/* Two trees of servers, and what is known of why one became the other. */
struct delta_between {
    const struct prefix_tree *before; /* NULL: there was none */
    const struct prefix_tree *after;
    const struct delta_why *reasons; /* ascending by index; a server that none names was bought
                                        or examined again */
    size_t reason_count;
};

/*
 * The delta between two trees of servers. Counts go on from `counters`. False, with an error,
 * for a change that no ledger may make: a server leaves without a reason, or was under review
 * or bad and becomes clean without the digest of what resolved it, or unknown.
 */
bool delta_make(const struct delta_between *between, struct arena *a, struct delta *ret,
                struct counters *counters, struct err *e);

/* The old and the new index of a server. */
struct delta_move {
    struct digest from;
    struct digest to;
};

struct delta_moves {
    const struct delta_move *rows;
    size_t count;
};

/* The delta of a rekey: `moves` has every server, ascending by the old index. */
bool delta_rekey(const struct prefix_tree *before, const struct prefix_tree *after,
                 const struct delta_moves *moves, struct arena *a, struct delta *ret,
                 struct err *e);

/* The file of a delta. */
void delta_print(struct text *t, const struct delta *d);

bool delta_parse(struct bytes file, struct arena *a, struct delta *ret, struct err *e);

#endif
