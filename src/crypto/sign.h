/* SPDX-License-Identifier: Apache-2.0 */
/* Ed25519 signatures (RFC 8032) with keys in PEM files (RFC 8410). */
#ifndef ASSAY_CRYPTO_SIGN_H
#define ASSAY_CRYPTO_SIGN_H

#include "base/arena.h"
#include "base/err.h"
#include "crypto/digest.h"

enum {
    SIGNATURE_SIZE = 64,
    PUBLIC_KEY_SIZE = 32
};

struct public_key {
    uint8_t bytes[PUBLIC_KEY_SIZE];
};

struct signature {
    uint8_t bytes[SIGNATURE_SIZE];
};

/* Reads "BEGIN PRIVATE KEY" or "BEGIN PUBLIC KEY"; of a private key, its public half. */
bool public_key_read(struct bytes pem, struct public_key *ret, struct err *e);

/* Signs a message with the private key in `pem`, and tells its public half. */
bool sign_message(struct bytes pem, struct bytes message, struct signature *ret,
                  struct public_key *ret_key, struct err *e);

bool signature_verify(const struct public_key *key, struct bytes message,
                      const struct signature *s);

/* A new key: the PEM texts of both halves, in the arena. */
bool key_generate(struct arena *a, struct bytes *ret_private, struct bytes *ret_public,
                  struct err *e);

/* How a key is called: the SHA-256 of its 32 bytes. */
struct digest public_key_name(const struct public_key *key);

#endif
