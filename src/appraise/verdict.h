/* SPDX-License-Identifier: Apache-2.0 */
/* Findings and coverage to a verdict. DESIGN: suspect, else incomplete, else clean. */
#ifndef ASSAY_APPRAISE_VERDICT_H
#define ASSAY_APPRAISE_VERDICT_H

#include "appraise/coverage.h"
#include "appraise/policy.h"

enum verdict {
    VERDICT_CLEAN,
    VERDICT_SUSPECT,
    VERDICT_INCOMPLETE,
};

const char *verdict_name(enum verdict v);

/* Sentences for people: what is missing for "clean", and what remains possible all the same. */
struct sentences {
    struct bytes *rows;
    size_t count;
    size_t cap;
};

struct verdict_input {
    const struct findings *findings;
    const struct coverage *coverage;
    const struct policy *policy;
    uint64_t voters; /* machines in the cohort, 0 without one */
};

/*
 * `ret_gaps` receives a sentence for every requirement that is not met, `ret_residual` what
 * even this verdict cannot exclude.
 */
enum verdict verdict_decide(const struct verdict_input *in, struct arena *a,
                            struct sentences *ret_gaps, struct sentences *ret_residual);

#endif
