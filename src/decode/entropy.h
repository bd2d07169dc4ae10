/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_DECODE_ENTROPY_H
#define ASSAY_DECODE_ENTROPY_H

#include "base/bytes.h"

/* Shannon entropy of single bytes, in millibits per byte: 0 (one value) to 8000. */
unsigned entropy_millibits(struct bytes b);

#endif
