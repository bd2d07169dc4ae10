/* SPDX-License-Identifier: Apache-2.0 */
/* Which logs are believed, and which cosignatures that takes (c2sp.org/tlog-policy). */
#ifndef ASSAY_AUDIT_POLICY_H
#define ASSAY_AUDIT_POLICY_H

#include "audit/note.h"
#include "audit/report.h"

enum {
    POLICY_SIZE = 1 << 20,
    POLICY_MEMBERS = 256 /* logs; witnesses and groups together */
};

/* A witness, or a group of members that stand before it. */
struct member {
    struct view name;
    bool group;
    struct key key;
    size_t threshold;
    uint8_t of[POLICY_MEMBERS / 8]; /* a bit a member */
    bool taken;
};

struct policy {
    struct key logs[POLICY_MEMBERS];
    size_t log_count;
    struct member members[POLICY_MEMBERS];
    size_t member_count;
    size_t quorum; /* a place in `members`, or POLICY_MEMBERS for none */
};

/* NULL, and a line of the report, if the file is not a policy. */
const struct policy *policy_read(struct view file, struct report *r);

struct witnessed {
    struct checkpoint checkpoint;
    struct view text;
    struct hash hash; /* of the text */
    uint64_t first;   /* POSIX time of the earliest and the latest cosignature; 0: none */
    uint64_t last;
};

/* Reads a signed checkpoint and holds it against the policy; says what came of it. */
bool policy_judge(const struct policy *p, struct view note, const char *what, struct report *r,
                  struct witnessed *ret);

#endif
