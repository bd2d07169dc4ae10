/* SPDX-License-Identifier: Apache-2.0 */
/* What the decoders of Intel's structures know of one another's formats, and others of them. */
#ifndef ASSAY_DECODE_INTEL_H
#define ASSAY_DECODE_INTEL_H

#include "decode/decode.h"

/* The length of the microcode update that begins here, or 0 if none does that is whole. */
uint64_t intel_microcode_length(struct bytes b);

/* As above, for an authenticated code module. */
uint64_t intel_acm_length(struct bytes b);

/*
 * Follows the pointer that the processor reads at 4 GiB - 0x40 of the mapped part to the
 * firmware interface table, and from there on, below a container "fit" of the current one. Does
 * nothing where no table is.
 */
void intel_fit_refer(struct decode *d);

#endif
