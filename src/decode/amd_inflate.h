/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_DECODE_AMD_INFLATE_H
#define ASSAY_DECODE_AMD_INFLATE_H

#include "base/arena.h"

/* A zlib stream (RFC 1950) of at most `max` bytes of output; false if it is broken or longer.
 */
bool amd_inflate(struct bytes in, size_t max, struct arena *a, struct bytes *ret);

#endif
