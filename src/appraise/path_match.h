/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_APPRAISE_PATH_MATCH_H
#define ASSAY_APPRAISE_PATH_MATCH_H

#include "base/bytes.h"

/*
 * Whether an encoded path fits a pattern: '*' is any run of bytes other than '/', '**' any run
 * of bytes at all, everything else itself.
 */
bool path_match(const char *pattern, struct bytes path);

/* Whether what stands there is a revocation: to be listed there is no flaw. */
bool path_is_revocation(struct bytes path);

#endif
