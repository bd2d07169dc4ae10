/* SPDX-License-Identifier: Apache-2.0 */
/* Signed results: a node, its digest, and its rendering in JSON, which must agree. */
#ifndef ASSAY_AUDIT_RESULT_H
#define ASSAY_AUDIT_RESULT_H

#include "audit/statement.h"

struct result {
    struct hash digest;
    struct view subject;
    struct hash evidence;
    struct hash policy;
    enum sum verdict; /* as a ledger counts it */
};

bool result_open(struct view file, const struct operators *by, struct report *r,
                 struct result *ret);

#endif
