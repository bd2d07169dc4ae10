/* SPDX-License-Identifier: Apache-2.0 */
/* Firmware images of management controllers. */
#ifndef ASSAY_DECODE_BMC_PART_H
#define ASSAY_DECODE_BMC_PART_H

#include "decode/decode.h"

/*
 * Whether these bytes are no such image, which is told by their beginning: a firmware volume. A
 * format whose marks may stand anywhere need not be searched for in them.
 */
bool bmc_ruled_out(struct bytes b);

/* A part of an image in a container of this name, as image_part_at() states it. */
void bmc_part(struct decode *d, struct bytes name, struct span s, enum byte_class class);

/*
 * Bytes that no part explains, in the current container: padding, erased or unknown, each run
 * by itself. Nothing for no bytes.
 */
void bmc_gap(struct decode *d, struct span s);

/* The bytes that mark a format, at the start. Others are a claim and the fault `bad-signature`.
 */
void bmc_signature(struct decode *d, struct bytes want);

/* The span from byte `at` of the decoder's own bytes. */
struct span bmc_span(const struct decode *d, uint64_t at, uint64_t length);

#endif
