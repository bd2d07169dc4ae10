/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The judge of peers, DESIGN section 4: where a machine has something else than its siblings,
 * in bits of surprise.
 *
 * What machines of one set have in common against the rest is one event: it is told once, at
 * the highest path. Machines that stand alone would make one event of everything they have
 * alone; theirs are told apart by the structure they stand in.
 */
#ifndef ASSAY_APPRAISE_PEERS_H
#define ASSAY_APPRAISE_PEERS_H

#include "appraise/cohort.h"
#include "appraise/finding.h"

enum {
    PEERS_RARE = 1000, /* a vote alarms if at most one machine in so many has one as rare … */
    PEERS_RARE_FEW = 2, /* … or, in a smaller cohort, no more than so many */
};

struct peers_policy {
    uint64_t rate;    /* of 10,000 machines as many may stand out as far as one that alarms */
    uint64_t cohort;  /* members from which a cohort alarms by bits; below it is weak */
    uint64_t dissent; /* agreeing others whose lone dissenter is a finding in a weak cohort */
};

/* What bench/peers.c measures and the built-in policy says. */
#define PEERS_POLICY_DEFAULT                                                                   \
    {                                                                                          \
        .rate = 500, .cohort = 100, .dissent = 3                                               \
    }

struct peers_result {
    size_t members;
    uint32_t strength;  /* centibits of the machine's most surprising vote */
    size_t as_strong;   /* members that stand out as far or farther, this one included */
    bool weak;          /* the cohort is too small to alarm by bits */
    bool alarm;         /* by bits */
    struct bytes event; /* the path of its most surprising event; empty without any */
};

/*
 * Adds what peers say of the subject, which is a member of the frozen cohort (added with
 * `judged`). Fails if it is not.
 */
bool peers_judge(const struct cohort *c, const struct subject *s,
                 const struct peers_policy *policy, struct findings *f,
                 struct peers_result *ret, struct err *e);

/* How a member (by its number, in the order they were added) stands, without words. */
struct peers_result peers_strength(const struct cohort *c, size_t member,
                                   const struct peers_policy *policy);

/* One place where a member stands out, strongest event first. */
struct peers_event {
    struct bytes path;
    const char *id; /* "peers.dissent", "peers.added", "peers.removed" */
    uint32_t centibits;
    enum severity severity;
};

/* The events of a member; `ret` in the arena. Returns their number. */
size_t peers_events(const struct cohort *c, size_t member, const struct peers_policy *policy,
                    struct arena *a, struct peers_event **ret);

#endif
