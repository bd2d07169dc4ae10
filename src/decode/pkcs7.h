/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signed data: RFC 2315 (PKCS #7) and RFC 5652 (CMS), with time stamps (RFC 3161, PKCS #9) and
 * the signatures nested in it. A signature is verified with the certificate beside it; whether
 * that certificate is to be trusted is not asked here.
 */
#ifndef ASSAY_DECODE_PKCS7_H
#define ASSAY_DECODE_PKCS7_H

#include "decode/authenticode.h"
#include "decode/decode.h"

/*
 * Decodes the signed data at the start of d->in into the current container and leaves d->in
 * behind it. `image` is what SpcIndirectDataContent must state the digest of; NULL: unknown.
 */
void pkcs7_decode(struct decode *d, struct authenticode *image);

/*
 * As pkcs7_decode, for a signature that stands apart from what it signs. Where the signed data
 * holds a content all the same, the fault `digest-mismatch` says so when it is another one.
 */
void pkcs7_decode_detached(struct decode *d, struct bytes content);

#endif
