/* SPDX-License-Identifier: Apache-2.0 */
/* The only door to libsodium: SHA-256, Ed25519, Base 64, and the VRF made of ristretto255. */
#ifndef ASSAY_AUDIT_CRYPTO_H
#define ASSAY_AUDIT_CRYPTO_H

#include "audit/view.h"

struct hash {
    uint8_t bytes[32];
};

enum {
    KEY_SIZE = 32,
    SIGNATURE_SIZE = 64,
    VRF_PROOF_SIZE = 80
};

struct hash sha256(struct view v);

bool hash_equal(struct hash a, struct hash b);

struct view hash_view(const struct hash *h);

bool ed25519_good(const uint8_t key[KEY_SIZE], struct view message,
                  const uint8_t signature[SIGNATURE_SIZE]);

/* Base 64 (RFC 4648 section 4) in its one form: padded, no white space, no loose bits. */
bool base64_read(struct memory *m, struct view text, struct view *ret);

/* Verifies a proof of c2sp.org/vrf-r255; `ret` is the first half of its output. */
bool vrf_good(const uint8_t key[KEY_SIZE], struct view alpha,
              const uint8_t proof[VRF_PROOF_SIZE], struct hash *ret);

#endif
