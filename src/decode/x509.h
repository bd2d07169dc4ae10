/* SPDX-License-Identifier: Apache-2.0 */
/* X.509 certificates (RFC 5280): what identifies them. Signatures are not checked here. */
#ifndef ASSAY_DECODE_X509_H
#define ASSAY_DECODE_X509_H

#include "decode/decode.h"

/* The subject's common name in a certificate, for naming a container; empty if it has none. */
struct bytes x509_subject_name(struct bytes certificate, struct arena *a);

/*
 * Claims (x509.certificate.*) of the certificate that takes all that is left of d->in, in the
 * current container. A malformed certificate is a fault; its fingerprints are claimed all the
 * same.
 */
void x509_decode(struct decode *d);

#endif
