/* SPDX-License-Identifier: Apache-2.0 */
/* Keys, signatures and digests as the Boot Guard manifests carry them. */
#ifndef ASSAY_DECODE_INTEL_KEY_H
#define ASSAY_DECODE_INTEL_KEY_H

#include "decode/decode.h"

/*
 * A key and a signature with it, in a container "signature". `covered` is what is signed; the
 * claim `signature-valid` says whether it is.
 */
void intel_signature(struct decode *d, struct bytes covered);

/*
 * A digest in a container of this name: algorithm, length, bytes. With `fixed` not 0 there is
 * room for that many bytes, whatever the length says. With `usage` it begins with what the
 * digest is for.
 */
void intel_hash(struct decode *d, const char *name, size_t fixed, bool usage);

/*
 * If `b`, which is not empty and stands at `s`, holds nothing but 0xff or nothing but zeros,
 * makes it padding; zeros are claimed, since flash is erased to ones. False otherwise.
 */
bool intel_fill(struct decode *d, struct bytes b, struct span s);

/* What follows to the end: filling of one value, or else a fault. */
void intel_filling(struct decode *d);

#endif
