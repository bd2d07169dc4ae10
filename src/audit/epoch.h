/* SPDX-License-Identifier: Apache-2.0 */
/* A whole epoch: every leaf, the totals, and what changed since the epoch before. */
#ifndef ASSAY_AUDIT_EPOCH_H
#define ASSAY_AUDIT_EPOCH_H

#include "audit/statement.h"

/* The files of a published folder; those that are not there have no data. */
struct epoch_files {
    struct view statement;
    struct view leaves;
    struct view aliases;
    struct view delta;
    struct view rekey;
};

/* `before` may be NULL. */
void epoch_audit(const struct epoch_files *now, const struct epoch_files *before,
                 const struct operators *by, struct report *r);

/*
 * Recomputes which servers a plan chose. `committed` is the epoch of the plan, `revealed` a
 * statement that has the seed; `examined` an epoch by which they should have been examined, or
 * NULL.
 */
void sample_audit(const struct epoch_files *committed, struct view revealed,
                  const struct epoch_files *examined, const struct operators *by,
                  struct report *r);

#endif
