/* SPDX-License-Identifier: Apache-2.0 */
/* Logs: two checkpoints of one, and all of one in a folder of tiles (c2sp.org/tlog-tiles). */
#ifndef ASSAY_AUDIT_LOG_H
#define ASSAY_AUDIT_LOG_H

#include "audit/policy.h"
#include "audit/statement.h"

enum {
    CHECKPOINT_SIZE = 1 << 20
};

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
