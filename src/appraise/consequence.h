/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which changes follow from other changes, so that a reader sees causes first. Takes nothing
 * away: what follows from something else stays listed, and says so.
 */
#ifndef ASSAY_APPRAISE_CONSEQUENCE_H
#define ASSAY_APPRAISE_CONSEQUENCE_H

#include "base/bytes.h"

#define CONSEQUENCE_NONE UINT32_MAX

struct consequence {
    struct bytes path; /* encoded */
    bool came_or_went; /* added or removed, not changed in place */
    uint32_t cause;    /* result: index of the row that this one follows from, or _NONE */
    const char *why;   /* result: why, in words, when there is a cause */
};

/* Fills in cause and why. No row is, through others, its own cause. */
void consequences_find(struct consequence *rows, size_t count);

#endif
