/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the judge of peers: the votes in which a machine dissents, and events made of them. */
#ifndef ASSAY_APPRAISE_PEERS_PRIVATE_H
#define ASSAY_APPRAISE_PEERS_PRIVATE_H

#include "appraise/cohort_private.h"
#include "appraise/peers.h"

enum dissent_kind {
    DISSENT_VALUE,
    DISSENT_ADDED,
    DISSENT_REMOVED,
};

struct dissent {
    enum dissent_kind kind;
    uint32_t position;
    uint32_t group; /* what the machine has; of a removed child, its parent's */
    unsigned depth;
    struct verdict verdict;
    uint64_t event; /* dissents with one number here and in `where` … */
    uint32_t where; /* … are one event */
    struct bytes path;
};

struct dissents {
    struct dissent *rows; /* events one after another, strongest first; leaders first in each */
    size_t count;
    size_t cap;
};

/* What a member has otherwise than its peers, with at least `least` centibits. */
void dissents_find(const struct cohort *c, const struct member *m, uint32_t least,
                   struct arena *a, struct dissents *ret);

/* The end of the event that begins at `from`. */
size_t dissents_event_end(const struct dissents *d, size_t from);

/* Whether a dissent is about a container, not a claim. */
bool dissent_is_container(const struct cohort *c, const struct dissent *d);

#endif
