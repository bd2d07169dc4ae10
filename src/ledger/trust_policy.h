/* SPDX-License-Identifier: Apache-2.0 */
/* Which logs are believed, and whose cosignatures it takes (c2sp.org/tlog-policy). */
#ifndef ASSAY_LEDGER_TRUST_POLICY_H
#define ASSAY_LEDGER_TRUST_POLICY_H

#include "ledger/checkpoint.h"

enum {
    TRUST_POLICY_MAX = 1 << 20, /* bytes of a policy file */
    TRUST_MEMBERS_MAX = 1024,   /* logs; witnesses and groups together */
};

/* A witness, or a group of witnesses and groups. */
struct trust_member {
    struct bytes name;
    bool is_group;
    struct note_key key; /* of a witness */
    struct bytes url;    /* of a witness; may be empty */
    size_t threshold;    /* of a group: how many of its members it takes */
    size_t *members;     /* of a group: places in `members`, all before this one */
    size_t member_count;
    bool taken; /* is a member of a group */
};

struct trust_policy {
    struct note_key *logs;
    size_t log_count;
    struct trust_member *members;
    size_t member_count;
    size_t quorum; /* place in `members`, or SIZE_MAX: no cosignature is needed */
};

/* The policy lives in the arena and views `b`. Errors name the line. */
bool trust_policy_parse(struct bytes b, struct arena *a, struct trust_policy *ret,
                        struct err *e);

/* What a checkpoint's signatures amount to under a policy. */
struct trust_verdict {
    bool log_signed; /* by the log of the policy that has the checkpoint's origin */
    bool quorum;     /* enough witnesses have cosigned */
    bool forged;     /* a line of a known key is wrong: nothing of the note is to be believed */
    size_t cosigned; /* by how many of the witnesses */
    uint64_t time_low; /* POSIX times of the earliest and latest cosignature, 0 if none */
    uint64_t time_high;
};

struct trust_verdict trust_policy_judge(const struct trust_policy *p, const struct note *n,
                                        const struct checkpoint *c, struct arena *a);

#endif
