/* SPDX-License-Identifier: Apache-2.0 */
/* What waits for the next epoch: plans of samples, and machines that have no identity. */
#ifndef ASSAY_APP_FLEET_PLAN_H
#define ASSAY_APP_FLEET_PLAN_H

#include "app/fleet_folder.h"
#include "app/fleet_intake.h"

/* Keeps a plan for the next epoch, in which it is committed to. */
bool fleet_plan_commit(struct fleet_folder *f, struct fleet_sampling plan, struct err *e);

/* Keeps the seed, now known, of the last plan that was committed to; tells the whole plan. */
bool fleet_plan_reveal(struct fleet_folder *f, struct bytes seed, struct fleet_sampling *ret,
                       struct err *e);

/* Puts the plan that waits for this epoch into its statement. A plan must be published before
 * its seed can be known, and the seed after that. */
bool fleet_plan_take(struct fleet_folder *f, uint32_t epoch, struct bytes as_of,
                     struct fleet_statement *s, struct err *e);

/*
 * Machines without identity, by what their results call them: those of before and those of `in`
 * (may be NULL), without those of `in` that have an identity now.
 */
bool fleet_nameless_read(struct fleet_folder *f, const struct fleet_intake *in,
                         struct bytes *ret_file, uint64_t *ret_count, struct err *e);

#endif
