/* SPDX-License-Identifier: Apache-2.0 */
/* Within signer/ only. */
#ifndef ASSAY_SIGNER_PRIVATE_H
#define ASSAY_SIGNER_PRIVATE_H

#include "ledger/checkpoint.h"
#include "signer/signer.h"

enum signer_request {
    SIGNER_STATEMENT = 1,
    SIGNER_CHECKPOINT,
    SIGNER_COSIGN,
    SIGNER_TOKEN,
};

/* Before each message, in both directions. */
struct signer_head {
    uint32_t kind;   /* a request; of an answer, an err_code: 0 for done */
    uint32_t length; /* bytes that follow: what is to be signed; a signature, or words */
    uint64_t time;   /* of a cosignature */
};

/* Writes both; never raises SIGPIPE. */
bool signer_send(int fd, const struct signer_head *h, struct bytes b);

/* The life of the process; does not return. */
_Noreturn void signer_process(const struct signer_options *o, int fd);

/*
 * From now on the process can only read and write what it has open, get memory, and end. Best
 * effort: nothing where the system cannot or a sanitizer must do more.
 */
void signer_confine(void);

/* Whether it is the message of a statement that Assay signs, by the key or about it. */
bool signer_statement_formed(struct bytes message, const struct public_key *key,
                             struct arena *a, struct err *e);

/* Whether it is an attestation result as a token by the key, without its signature. */
bool signer_token_formed(struct bytes message, const struct public_key *key, struct arena *a,
                         struct err *e);

/* What a key has signed last: two slots in a file, written in turn. */
struct signer_memory {
    int fd; /* -1: none */
    unsigned slot;
    char origin[NOTE_NAME_MAX + 1];
    uint64_t size;
    struct digest root;
};

/* Opens the memory of a key, and makes it if there is none; one process at a time. */
bool signer_memory_open(const char *key, struct arena *a, struct signer_memory *ret,
                        struct err *e);

/* Whether the checkpoint may be signed; if so, that is on disk when this returns. */
bool signer_memory_admit(struct signer_memory *m, const struct checkpoint *c, struct err *e);

#endif
