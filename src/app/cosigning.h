/* SPDX-License-Identifier: Apache-2.0 */
/* Asking witnesses for their cosignatures, and believing those of a policy only. */
#ifndef ASSAY_APP_COSIGNING_H
#define ASSAY_APP_COSIGNING_H

#include "app/fetch.h"
#include "app/logbook.h"

/* What a witness did. */
struct cosigning_answer {
    const char *url;
    bool cosigned;
    const char *trouble; /* why not */
};

struct cosigning {
    const struct trust_policy *policy;
    const char **urls; /* of witnesses, without a slash at the end */
    size_t count;
    struct cosigning_answer *answers; /* one a URL */
    struct trust_verdict verdict;
};

/* The URLs that a policy has for its witnesses, and `more`. */
void cosigning_plan(struct cosigning *c, const struct trust_policy *p, const char *const *more,
                    size_t more_count, struct arena *a);

/*
 * Submits a signed checkpoint to all of them. `ret` is the note with the cosignatures of
 * witnesses that the policy knows, those of the published one included if it says the same.
 */
bool cosigning_gather(struct cosigning *c, struct logbook *l, struct fetcher *f,
                      const struct logbook_note *note, struct bytes *ret, struct err *e);

#endif
