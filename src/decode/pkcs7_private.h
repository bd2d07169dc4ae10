/* SPDX-License-Identifier: Apache-2.0 */
/* Between pkcs7.c and pkcs7_signer.c. */
#ifndef ASSAY_DECODE_PKCS7_PRIVATE_H
#define ASSAY_DECODE_PKCS7_PRIVATE_H

#include "decode/der.h"
#include "decode/pkcs7.h"
#include "decode/x509.h"

enum {
    PKCS7_CERTIFICATES_MAX = 64,
    PKCS7_TASKS_MAX = 32,
    PKCS7_VERIFICATIONS_MAX = 128, /* so that many signers do not cost many seconds */
    DER_CONTEXT_1 = 0xa1,
};

struct certificate {
    struct x509 x509;
    struct digest digest;
    uint64_t offset;
};

struct signed_data {
    struct authenticode *image; /* what the content must state the digest of */
    struct bytes stamped;       /* what a time stamp must state the digest of */
    struct bytes content;       /* at first what stands elsewhere, or empty */
    struct certificate certificates[PKCS7_CERTIFICATES_MAX];
    size_t certificate_count;
};

enum task_kind {
    TASK_SIGNATURE,
    TASK_STAMP,
    TASK_COUNTER
};

/* A signature that stands in an attribute of another one. */
struct signature_task {
    enum task_kind kind;
    struct reader at;
    struct bytes stamped;
    const struct signed_data *above;
};

struct signatures {
    struct authenticode *image;
    struct bytes detached; /* what is signed, where it stands elsewhere; or empty */
    struct signature_task tasks[PKCS7_TASKS_MAX];
    size_t count;
    unsigned verifications; /* left */
};

/* A SignerInfo, whose content is at `r`. */
void signer_decode(struct decode *d, struct reader r, const struct signed_data *data,
                   struct signatures *all);

/* Decodes later what was found in an attribute. */
void pkcs7_queue(struct decode *d, struct signatures *all, struct signature_task task);

/* The digest algorithm of an object identifier: of a digest or of a signature. */
bool pkcs7_algorithm(struct bytes oid, enum digest_algorithm *ret);

/* An OBJECT IDENTIFIER in dotted form. */
bool pkcs7_oid(struct reader *r, struct arena *a, struct bytes *ret);

/* The same at the start of an AlgorithmIdentifier. */
bool pkcs7_algorithm_oid(struct reader *r, struct arena *a, struct bytes *ret);

/* Takes the next element only if it has this tag. */
bool pkcs7_optional(struct reader *r, uint8_t tag, struct der *ret);

/* The fault bad-encoding where a reader of DER failed. */
void pkcs7_broken(struct decode *d, const struct reader *r);

/* The span of an element's content. */
static inline struct span pkcs7_span(const struct der *e)
{
    return (struct span){e->content.blob, e->content.base, e->content.all.len};
}

#endif
