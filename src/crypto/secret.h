/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A private Ed25519 key that signs more than once: in memory that is locked, guarded, and wiped
 * at the end. On disk: PKCS #8 in PEM (RFC 5958, RFC 8410), with a passphrase by PBES2 (RFC
 * 8018) or without.
 */
#ifndef ASSAY_CRYPTO_SECRET_H
#define ASSAY_CRYPTO_SECRET_H

#include "crypto/sign.h"

enum {
    SECRET_PASSPHRASE_MAX = 1024 /* bytes */
};

struct secret_key {
    uint8_t *bytes; /* libsodium's form: seed and public half; NULL when wiped */
    struct public_key half;
};

/* Whether the PEM says that a passphrase protects it. */
bool secret_key_encrypted(struct bytes pem);

/* Reads a key; `passphrase` is not looked at where none is needed. */
bool secret_key_read(struct bytes pem, struct bytes passphrase, struct secret_key *ret,
                     struct err *e);

void secret_key_sign(const struct secret_key *k, struct bytes message, struct signature *ret);

void secret_key_wipe(struct secret_key *k);

/* A new key as PEM in the arena; in the clear if the passphrase is empty. */
bool secret_key_make(struct bytes passphrase, struct arena *a, struct bytes *ret_pem,
                     struct public_key *ret_half, struct err *e);

/* Overwrites memory that held a passphrase or a key, also where a compiler thinks it is dead.
 */
void secret_wipe(void *at, size_t size);

#endif
