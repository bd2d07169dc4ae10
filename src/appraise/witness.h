/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The judge that lets witnesses of one fact meet: what two surfaces state, or what one surface
 * says along two paths. It speaks only where both sides were decoded without a fault and say
 * something: a blank, a placeholder or an error code is a gap in coverage, not a contradiction.
 * Event data that does not hash to its digest is no witness.
 */
#ifndef ASSAY_APPRAISE_WITNESS_H
#define ASSAY_APPRAISE_WITNESS_H

#include "appraise/coverage.h"

/* Also notes in `c` (may be NULL) which surfaces had a second witness. */
void witness_judge(const struct subject *s, struct findings *f, struct coverage *c);

#endif
