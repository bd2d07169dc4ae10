/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/amd_inflate.h"

#include <zlib.h>

bool amd_inflate(struct bytes in, size_t max, struct arena *a, struct bytes *ret)
{
    uint8_t *out = arena_alloc(a, max + 1);
    uLongf length = (uLongf)max;
    uLong used = (uLong)in.len;

    if (uncompress2(out, &length, in.data, &used) != Z_OK)
        return false;
    *ret = (struct bytes){out, (size_t)length};
    return true;
}
