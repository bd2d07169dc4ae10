/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-1, SHA-384 and SHA-512 of little input, through mbed TLS, linked statically: loading
 * libcrypto takes longer than reading an event log. Only crypto/ includes this.
 */
#ifndef ASSAY_CRYPTO_DIGEST_SMALL_H
#define ASSAY_CRYPTO_DIGEST_SMALL_H

#include "crypto/digest.h"

/*
 * As digest_parts(); false, and nothing is done, for other algorithms, and for so much input
 * that libcrypto, which uses the processor's own instructions, is worth loading.
 */
bool digest_small(enum digest_algorithm a, const struct bytes *parts, size_t count,
                  uint8_t ret[DIGEST_MAX]);

#endif
