/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signed envelopes (DSSE 1.0.2) with Ed25519 signatures over in-toto Statements. An envelope
 * has one encoding here (docs/formats/ledger.md), so that no two texts are the same statement.
 */
#ifndef ASSAY_LEDGER_DSSE_H
#define ASSAY_LEDGER_DSSE_H

#include "base/text.h"
#include "crypto/sign.h"

enum {
    DSSE_SIGNATURES_MAX = 16,
    DSSE_SIZE_MAX = 256 << 20 /* bytes of an envelope */
};

/* The type of every payload that Assay signs. */
#define DSSE_STATEMENT "application/vnd.in-toto+json"

struct dsse_signature {
    struct digest key; /* the name of the public key, see public_key_name() */
    struct signature signature;
};

struct dsse {
    struct bytes payload; /* decoded */
    struct bytes type;
    struct dsse_signature signatures[DSSE_SIGNATURES_MAX];
    size_t count;
};

/* Whoever holds a private key: signs `message` and tells the public half. */
struct dsse_signer {
    bool (*sign)(void *user, struct bytes message, struct signature *ret,
                 struct public_key *ret_key, struct err *e);
    void *user;
};

/* What is signed: the pre-authentication encoding of type and payload. */
void dsse_message(struct text *t, struct bytes type, struct bytes payload);

/* The envelope without signatures; `type` is printable ASCII without quotes. */
void dsse_begin(struct dsse *d, struct bytes type, struct bytes payload);

/* Adds a signature; its key must not have signed already. */
bool dsse_sign(struct dsse *d, struct dsse_signer signer, struct arena *a, struct err *e);

/* The envelope as it is kept: one line. */
void dsse_print(struct text *t, const struct dsse *d);

/* Reads what dsse_print() writes, and nothing else. Does not look at whose signatures those
 * are. */
bool dsse_parse(struct bytes envelope, struct arena *a, struct dsse *ret, struct err *e);

enum dsse_verdict {
    DSSE_UNSIGNED, /* by this key */
    DSSE_SIGNED,
    DSSE_FORGED, /* a signature says it is by this key and is not */
};

enum dsse_verdict dsse_verify(const struct dsse *d, const struct public_key *key,
                              struct arena *a);

#endif
