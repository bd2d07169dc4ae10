/* SPDX-License-Identifier: Apache-2.0 */
/* Watching a log of somebody else: does it only grow, and is all of it there? */
#ifndef ASSAY_APP_MONITOR_H
#define ASSAY_APP_MONITOR_H

#include "app/fetch.h"
#include "app/logbook.h"

struct monitor_order {
    const struct log_storage *storage; /* the log */
    struct fetcher *fetcher;    /* asks the witnesses of the policy; NULL: they are not asked */
    const char *state;          /* file: the last checkpoint that was seen and good */
    const struct note_key *key; /* of the log, or NULL: see `policy` */
    const struct trust_policy
        *policy; /* whose log it is and whose cosignatures it takes, or NULL */
};

enum monitor_verdict {
    MONITOR_GOOD,
    MONITOR_UNTRUSTED, /* not signed by the log, or not cosigned as the policy wants */
    MONITOR_SMALLER,   /* fewer entries than were seen before */
    MONITOR_FORK,      /* what was seen before, here or by a witness, is not its beginning */
    MONITOR_DAMAGED,   /* a tile or an entry is missing, torn, or does not hash to the root */
};

const char *monitor_verdict_name(enum monitor_verdict v);

struct monitor_report {
    enum monitor_verdict verdict;
    const char *why;      /* unless it is good */
    const char *evidence; /* of a fork: the file with both signed checkpoints; or NULL */
    struct checkpoint said;
    uint64_t before; /* size that was seen the last time */
    size_t cosigned; /* by how many witnesses of the policy */
    size_t asked;    /* witnesses with a URL */
    size_t agreed;   /* those of them whose last checkpoint is the beginning of the log */
};

/* Looks once. When all is good the new checkpoint replaces the old one in the state file. False
 * only for trouble of ours. */
bool monitor(const struct monitor_order *o, struct arena *a, struct monitor_report *ret,
             struct err *e);

#endif
