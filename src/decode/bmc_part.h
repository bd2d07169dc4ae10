/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of firmware images of management controllers. */
#ifndef ASSAY_DECODE_BMC_PART_H
#define ASSAY_DECODE_BMC_PART_H

#include "decode/decode.h"

/*
 * A part of an image in a container of this name: erased, handed to the decoder that recognises
 * it, or else its length, digest and entropy under the class `class`.
 */
void bmc_part(struct decode *d, struct bytes name, struct span s, enum byte_class class);

/* As bmc_part, into the current container. */
void bmc_part_here(struct decode *d, struct span s, enum byte_class class);

/* The decoder of BMC images or file systems that recognises these bytes, or NULL. */
const char *bmc_recognise(struct bytes b);

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
