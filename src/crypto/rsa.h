/* SPDX-License-Identifier: Apache-2.0 */
/* RSASSA-PSS (RFC 8017) with a bare key. */
#ifndef ASSAY_CRYPTO_RSA_H
#define ASSAY_CRYPTO_RSA_H

#include "crypto/digest.h"

struct rsa_key {
    struct bytes modulus; /* big-endian */
    struct bytes exponent;
};

/* PSS with MGF1 over the same digest and a salt as long as the digest. */
bool rsa_pss_verify(const struct rsa_key *key, enum digest_algorithm a, struct bytes message,
                    struct bytes signature);

#endif
