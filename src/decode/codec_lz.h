/* SPDX-License-Identifier: Apache-2.0 */
/* LZO1X, LZ4 and the two small compressions of JFFS2, which have no library of a fitting
 * licence. */
#ifndef ASSAY_DECODE_CODEC_LZ_H
#define ASSAY_DECODE_CODEC_LZ_H

#include "decode/codec.h"

/* As the kernel's Documentation/staging/lzo.rst describes the stream, version 0. */
bool lzo_block(struct bytes in, struct room out, size_t *ret_length, size_t *ret_used);

/* One block of the LZ4 block format 1.6. */
bool lz4_block(struct bytes in, struct room out, size_t *ret_length, size_t *ret_used);

/* JFFS2's "rtime": fills exactly out.size bytes. */
bool rtime_block(struct bytes in, struct room out, size_t *ret_used);

#endif
