/* SPDX-License-Identifier: Apache-2.0 */
/* HMAC-SHA-256 (RFC 2104). */
#ifndef ASSAY_CRYPTO_HMAC_H
#define ASSAY_CRYPTO_HMAC_H

#include "crypto/digest.h"

/* The code of `parts`, one after another, under a key of any length. */
struct digest hmac_sha256(struct bytes key, const struct bytes *parts, size_t count);

#endif
