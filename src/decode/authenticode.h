/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Windows Authenticode Portable Executable Signature Format 1.0: which bytes of an image its
 * digest covers.
 */
#ifndef ASSAY_DECODE_AUTHENTICODE_H
#define ASSAY_DECODE_AUTHENTICODE_H

#include "decode/memo.h"

struct authenticode {
    const struct bytes *parts; /* what is hashed, in order; NULL: cannot be told */
    size_t count;
    struct memo *memo; /* or NULL */
    bool known[DIGEST_ALGORITHMS];
    uint8_t digests[DIGEST_ALGORITHMS][DIGEST_MAX];
};

/* The digest by this algorithm, computed once. */
struct bytes authenticode_digest(struct authenticode *image, enum digest_algorithm a);

#endif
