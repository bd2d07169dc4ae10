/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verifiable random function ECVRF-RISTRETTO255-SHA512 (c2sp.org/vrf-r255, RFC 9381): who
 * holds the secret key can compute one output for an input, and prove it to who knows the
 * input.
 */
#ifndef ASSAY_CRYPTO_VRF_H
#define ASSAY_CRYPTO_VRF_H

#include "base/bytes.h"

enum {
    VRF_KEY_SIZE = 32,
    VRF_PROOF_SIZE = 80,
    VRF_OUTPUT_SIZE = 64
};

struct vrf_secret {
    uint8_t bytes[VRF_KEY_SIZE]; /* a scalar, little-endian, canonical */
};

struct vrf_public {
    uint8_t bytes[VRF_KEY_SIZE];
};

struct vrf_proof {
    uint8_t bytes[VRF_PROOF_SIZE];
};

struct vrf_output {
    uint8_t bytes[VRF_OUTPUT_SIZE];
};

/* The secret key that 64 random bytes make. */
struct vrf_secret vrf_secret_of(const uint8_t random[64]);

/* False if the secret is no scalar or zero. */
bool vrf_public_of(const struct vrf_secret *secret, struct vrf_public *ret);

/* False if the secret is no scalar or zero. */
bool vrf_prove(const struct vrf_secret *secret, struct bytes alpha, struct vrf_proof *ret,
               struct vrf_output *ret_output);

/* False if the proof does not hold, or the key is malformed or the identity. */
bool vrf_verify(const struct vrf_public *key, struct bytes alpha, const struct vrf_proof *proof,
                struct vrf_output *ret_output);

#endif
