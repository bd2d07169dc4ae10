/* SPDX-License-Identifier: Apache-2.0 */
/* Logs: one entry of one, two checkpoints, and all of one as tiles (c2sp.org/tlog-tiles). */
#ifndef ASSAY_AUDIT_LOG_H
#define ASSAY_AUDIT_LOG_H

#include "audit/policy.h"
#include "audit/statement.h"

enum {
    CHECKPOINT_SIZE = 1 << 20,
    MERKLE_PROOF = 64
};

/* A proof that a log has an entry, for use without a network (c2sp.org/tlog-proof). */
struct log_proof {
    struct view extra;
    uint64_t index;
    struct hash hashes[MERKLE_PROOF];
    size_t count;
    struct view checkpoint; /* a signed note */
};

bool log_proof_read(struct memory *m, struct view file, struct log_proof *ret);

struct hash merkle_leaf(struct memory *m, struct view entry);

/* Whether the tree of a checkpoint has this leaf at this place. */
bool merkle_included(const struct checkpoint *c, uint64_t index, struct hash leaf,
                     const struct hash *proof, size_t count);

/* `proof` may have no data. */
void checkpoints_audit(struct view old, struct view new, struct view proof,
                       const struct policy *p, struct report *r);

/* Reads a file; false if it is not there. */
struct file_source {
    bool (*read)(void *user, const char *path, struct memory *m, struct view *ret);
    void *user;
};

/* `old` is an earlier checkpoint, or has no data. */
void log_audit(const struct file_source *files, const struct policy *p, struct view old,
               const struct operators *by, struct report *r);

#endif
