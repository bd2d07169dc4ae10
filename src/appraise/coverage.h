/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What could be seen and judged, a row a surface and witness. What was not looked at has a row
 * too: silence is not a pass.
 */
#ifndef ASSAY_APPRAISE_COVERAGE_H
#define ASSAY_APPRAISE_COVERAGE_H

#include "appraise/finding.h"

struct coverage {
    struct surface_coverage *rows; /* sorted by surface, then witness */
    size_t count;
};

/*
 * From the sources tried and from what was decoded: an answer that is only a completion code, a
 * memory that reads as blank, and every fault make a surface at most partial.
 */
void coverage_build(const struct subject *s, struct arena *a, struct coverage *ret);

/* Notes that a judge had something to compare with for "surface@witness" or "surface". */
void coverage_judged(struct coverage *c, struct bytes place, enum judge j);

/*
 * After all judges: of a flash image that nothing was compared with, bytes that no structure
 * explains make its surface partial. A reference has its own say about them.
 */
void coverage_unexplained(struct coverage *c, const struct subject *s, struct arena *a);

/* The row of a surface and witness, or NULL. */
struct surface_coverage *coverage_find(const struct coverage *c, struct bytes surface,
                                       struct bytes witness);

#endif
