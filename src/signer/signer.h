/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signing by a process of its own, which holds the key and nothing else: it parses what it is
 * asked to sign, refuses what is malformed, and remembers beside the key which checkpoint it
 * signed last, so that no size of a log is ever signed with two roots, not even after the log
 * was restored from an old copy. Start it before anything from outside is read.
 */
#ifndef ASSAY_SIGNER_SIGNER_H
#define ASSAY_SIGNER_SIGNER_H

#include "ledger/dsse.h"
#include "ledger/note.h"
#include "signer/passphrase.h"

enum {
    SIGNER_MESSAGE_MAX = 64 << 20 /* bytes of what is signed at once */
};

/* draft-ietf-rats-ear-04: which claims the attestation results have that are signed. */
#define SIGNER_TOKEN_PROFILE "tag:ietf.org,2026:rats/ear#04"

struct signer_options {
    /* A file in PEM that only its owner may read. "pkcs11:" (RFC 7512) is kept for tokens. */
    const char *key;
    struct passphrase_source passphrase;
    bool checkpoints; /* it will sign those of a log: needs a file KEY.signed beside the key */
};

struct signer {
    int fd;  /* to the process; -1 when there is none */
    int pid; /* of the process */
    struct public_key key;
};

/* Starts the process, which reads the key and, if that needs a passphrase, gets it. */
bool signer_start(const struct signer_options *o, struct signer *ret, struct err *e);

/* Signs what dsse_message() made of a statement. ERR_REFUSED if the process will not. */
bool signer_statement(struct signer *s, struct bytes message, struct signature *ret,
                      struct err *e);

/* For dsse_sign(). */
struct dsse_signer signer_dsse(struct signer *s);

/*
 * Signs the text of a checkpoint's note. ERR_REFUSED for an origin other than the first one
 * that the key signed for, for a size below the last one, and for another root at the same
 * size.
 */
bool signer_checkpoint(struct signer *s, struct bytes text, struct signature *ret,
                       struct err *e);

/* Cosigns the text of a checkpoint's note at a POSIX time. Whether it may is for the caller. */
bool signer_cosign(struct signer *s, struct bytes text, uint64_t time, struct signature *ret,
                   struct err *e);

/* Signs header and claims of an attestation result (export_ear()); ERR_REFUSED if they are
 * none. */
bool signer_token(struct signer *s, struct bytes message, struct signature *ret, struct err *e);

/* Ends the process and waits for that. */
void signer_end(struct signer *s);

#endif
