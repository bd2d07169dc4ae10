/* SPDX-License-Identifier: Apache-2.0 */
/* RSA signatures with bare keys, as firmware carries them (RFC 8017). */
#ifndef ASSAY_CRYPTO_RSA_H
#define ASSAY_CRYPTO_RSA_H

#include "crypto/digest.h"

enum {
    RSA_BYTES_MAX = 1024
};

enum rsa_padding {
    RSA_PKCS1,          /* RSASSA-PKCS1-v1_5 */
    RSA_PSS,            /* RSASSA-PSS, salt of any length, MGF1 with the same digest */
    RSA_PKCS1_REVERSED, /* as the first, but the digest alone, its last byte first */
};

/* A public key, most significant byte first. */
struct rsa_key {
    struct bytes modulus;
    uint32_t exponent;
};

/*
 * Whether `signature` (most significant byte first) was made with the key over the digest of
 * `parts`, one after another. False too for keys that libcrypto refuses.
 */
bool rsa_verify(const struct rsa_key *key, enum rsa_padding padding, enum digest_algorithm a,
                const struct bytes parts[2], struct bytes signature);

/* The other byte order, in `room` of at least as many bytes. At most RSA_BYTES_MAX. */
struct bytes rsa_reversed(struct bytes b, uint8_t *room);

#endif
