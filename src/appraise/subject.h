/* SPDX-License-Identifier: Apache-2.0 */
/* What is judged: evidence, what was decoded from it, and the tree over that. */
#ifndef ASSAY_APPRAISE_SUBJECT_H
#define ASSAY_APPRAISE_SUBJECT_H

#include "evidence/evidence.h"
#include "evidence/tree.h"

struct subject {
    struct bytes name; /* as given on the command line, for messages */
    struct evidence evidence;
    struct digest digest;   /* D, of the evidence node */
    struct decoded decoded; /* item 0's children are "surface@witness" containers */
    struct tree tree;
};

/*
 * How one surface was seen along one path, over all sources that feed it: the best state is not
 * enough, so some seen and some not is partial.
 */
struct surface_coverage {
    const char *surface;
    const char *witness;
    enum coverage_state state;
    struct bytes
        reason; /* of the first source that did not give what it should; may be empty */
    unsigned
        judged_by; /* bit of every judge (finding.h) that had something to compare it with */
};

#endif
