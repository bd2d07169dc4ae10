/* SPDX-License-Identifier: Apache-2.0 */
/* The implementations of SHA-256 that digest.h chooses from. Only crypto/ includes this. */
#ifndef ASSAY_CRYPTO_SHA256_H
#define ASSAY_CRYPTO_SHA256_H

#include "crypto/digest.h"

/* `state` is SHA256_STATE_SIZE bytes, aligned to 16. */
struct sha256_functions {
    void (*begin)(void *state);
    void (*more)(void *state, struct bytes b);
    void (*end)(void *state, struct digest *ret);
    void (*whole)(struct bytes b, struct digest *ret); /* all three at once */
};

/* What streams that begin from now on use; a stream keeps what it began with. */
void sha256_use(const struct sha256_functions *f);

#endif
