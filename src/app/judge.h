/* SPDX-License-Identifier: Apache-2.0 */
/* The use case behind "assay appraise": all six questions put to one subject. */
#ifndef ASSAY_APP_JUDGE_H
#define ASSAY_APP_JUDGE_H

#include "app/learn.h"
#include "appraise/cohort.h"
#include "appraise/coverage.h"
#include "appraise/policy.h"
#include "appraise/verdict.h"
#include "result/result.h"

struct appraisal_request {
    const char *evidence;
    struct bytes given; /* what was read of it; without data it is still to be loaded */
    const char *const *references; /* reference files or known-good evidence */
    size_t reference_count;
    const char *const *peers; /* evidence of siblings, or one cohort file */
    size_t peer_count;
    const char *since;   /* earlier evidence of the same machine, or NULL */
    const char *policy;  /* a policy file, or NULL for the built-in one */
    const char *yara;    /* a file of YARA rules, or NULL */
    const char *revoked; /* a dbx file whose entries the machine must have, or NULL */
    struct bytes as_of;  /* time of judgement, RFC 3339 in UTC; may be empty */
};

struct appraisal {
    struct subject subject;
    struct policy policy;
    struct findings findings; /* sorted */
    struct coverage coverage;
    enum verdict verdict;
    struct sentences gaps;
    struct sentences residual;
    struct bytes as_of;
    struct digest *references; /* of the references, in the order given, then of YARA rules */
    size_t reference_count;
    bool has_cohort;
    struct digest cohort;
    size_t members; /* of the cohort, the subject included */
    bool has_history;
    struct digest history; /* of the earlier evidence */
};

bool appraise(const struct appraisal_request *r, struct arena *a, struct appraisal *ret,
              struct err *e);

/* The result of an appraisal, with the names of what it was compared with. */
void appraisal_result(const struct appraisal *r, const struct appraisal_request *q,
                      struct arena *a, struct result *ret);

/* A cohort from evidence at `paths`, not frozen yet. Peers are dropped once they are counted.
 */
bool cohort_load(const char *const *paths, size_t count, struct arena *a, struct cohort **ret,
                 struct err *e);

#endif
