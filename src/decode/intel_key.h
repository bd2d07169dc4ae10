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

/* The modulus and exponent of a key as stored, least significant byte first: its claims. */
void intel_rsa_key(struct decode *d, size_t modulus_size);

/* What follows to the end: filling of one value, or else a fault. */
void intel_filling(struct decode *d);

/*
 * Whether a signature (most significant byte first) over `parts` was made with the key whose
 * modulus (least significant byte first) this is.
 */
bool intel_rsa_good(struct bytes modulus, uint32_t exponent, bool pss, uint64_t hash,
                    const struct bytes parts[2], struct bytes signature);

#endif
