/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_BASE_ENTROPY_H
#define ASSAY_BASE_ENTROPY_H

#include "base/bytes.h"

/*
 * The Shannon entropy of the values of single bytes, in thousandths of a bit per byte: 0 for no
 * bytes or one repeated, 8000 where all values are equally frequent. Integers only, so that it
 * is the same everywhere.
 */
uint32_t bytes_entropy(struct bytes b);

#endif
