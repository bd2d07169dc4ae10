/* SPDX-License-Identifier: Apache-2.0 */
/* LZO1X, whose library (GPL-2.0) cannot be linked with Apache-2.0 code. */
#ifndef ASSAY_DECODE_CODEC_LZO_H
#define ASSAY_DECODE_CODEC_LZO_H

#include "decode/codec.h"

/* As the kernel's Documentation/staging/lzo.rst describes the stream, version 0. */
bool lzo_block(struct bytes in, struct room out, size_t *ret_length, size_t *ret_used);

#endif
