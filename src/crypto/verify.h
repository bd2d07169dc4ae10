/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a signature was made with a key that stands beside it. Trust is another question. */
#ifndef ASSAY_CRYPTO_VERIFY_H
#define ASSAY_CRYPTO_VERIFY_H

#include "crypto/digest.h"

enum verification {
    VERIFICATION_VALID,
    VERIFICATION_INVALID,
    VERIFICATION_NO_KEY,
    VERIFICATION_UNSUPPORTED,
};

/*
 * Verifies with the key in a DER SubjectPublicKeyInfo: RSA (PKCS #1 version 1.5) or ECDSA over
 * the digest of `message`. A key that libcrypto cannot read is VERIFICATION_UNSUPPORTED.
 */
enum verification key_verify(struct bytes public_key_info, enum digest_algorithm a,
                             struct bytes message, struct bytes signature);

#endif
