/* SPDX-License-Identifier: Apache-2.0 */
/* Within crypto/ only. */
#ifndef ASSAY_CRYPTO_DIGEST_PRIVATE_H
#define ASSAY_CRYPTO_DIGEST_PRIVATE_H

#include "crypto/digest.h"
#include "crypto/libcrypto.h"

/* libcrypto's name for an algorithm. */
const EVP_MD *digest_libcrypto(enum digest_algorithm a);

#endif
