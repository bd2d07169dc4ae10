/* SPDX-License-Identifier: Apache-2.0 */
/* Values that should be unique to a machine: their common form, and what stands for "none". */
#ifndef ASSAY_APPRAISE_PLACEHOLDER_H
#define ASSAY_APPRAISE_PLACEHOLDER_H

#include "evidence/item.h"

/*
 * The form in which unique values are compared: text without blanks, punctuation and case,
 * bytes as hexadecimal digits, numbers in decimal. In the arena.
 */
struct bytes own_normalise(const struct value *v, struct arena *a);

/*
 * Whether a normalised value is no identity at all: empty, one character over and over, a run
 * of counting digits, a nil UUID, or what firmware holds where nobody filled it in.
 */
bool placeholder_is(struct bytes normalised);

#endif
