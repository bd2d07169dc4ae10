/* SPDX-License-Identifier: Apache-2.0 */
/* Time stamps of an authority (RFC 3161) over a SHA-256. */
#ifndef ASSAY_CRYPTO_TIMESTAMP_H
#define ASSAY_CRYPTO_TIMESTAMP_H

#include "base/arena.h"
#include "base/err.h"
#include "crypto/digest.h"

enum {
    TIMESTAMP_REQUEST_SIZE = 59,
    TIMESTAMP_RESPONSE_MAX = 1 << 20, /* bytes */
    TIMESTAMP_MOMENT_SIZE = 24
};

/* A TimeStampReq in DER: version 1, SHA-256, no nonce (what is stamped is not asked for twice),
 * and the authority's certificate wanted. */
void timestamp_request(const struct digest *d, uint8_t ret[TIMESTAMP_REQUEST_SIZE]);

/*
 * Whether a TimeStampResp in DER grants a stamp over `d`, signed by a certificate for time
 * stamping that leads to one of `authorities` (PEM). Certificates are judged at the time of the
 * stamp. `ret_moment` is that time, as "2026-01-31T12:00:00Z" with a NUL.
 */
bool timestamp_verify(struct bytes response, const struct digest *d, struct bytes authorities,
                      char ret_moment[TIMESTAMP_MOMENT_SIZE], struct err *e);

#endif
