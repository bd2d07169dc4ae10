/* SPDX-License-Identifier: Apache-2.0 */
/* X.509 certificates (RFC 5280): what identifies them. Signatures are not checked here. */
#ifndef ASSAY_DECODE_X509_H
#define ASSAY_DECODE_X509_H

#include "decode/decode.h"

/* A certificate as far as signatures over and by it need. Views into its bytes or the arena. */
struct x509 {
    struct bytes to_be_signed; /* the element */
    struct bytes serial;
    struct bytes issuer;  /* the Name, for comparing */
    struct bytes subject; /* the Name */
    struct bytes issuer_text;
    struct bytes subject_text;
    struct bytes subject_name;
    struct bytes algorithm; /* of the signature over it, dotted */
    struct bytes public_key;
    struct bytes signature;
    struct bytes not_before;
    struct bytes not_after;
    struct bytes issuer_name;
    bool sound;
    uint64_t fault_offset;
};

/* Reads the certificate at `r`; `sound` tells whether it is as RFC 5280 demands. */
struct x509 x509_read(struct reader r, struct arena *a);

/* A Name in one line, as in x509.certificate.issuer; false when it is malformed. */
bool x509_name_text(struct reader *r, struct arena *a, struct bytes *ret);

/* UTCTime or GeneralizedTime as "2011-06-24T20:41:29Z". */
bool x509_time_text(struct reader *r, struct arena *a, struct bytes *ret);

/* The subject's common name in a certificate, for naming a container; empty if it has none. */
struct bytes x509_subject_name(struct bytes certificate, struct arena *a);

/*
 * Claims (x509.certificate.*) of the certificate that takes all that is left of d->in, in the
 * current container. A malformed certificate is a fault; its fingerprints are claimed all the
 * same.
 */
void x509_decode(struct decode *d);

#endif
