/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Seals by an Ed25519 key: outside the evidence digest D they sign
 * SHA-256("assay/seal/1", NUL, D). Their name is HEX.ed25519, with the name of the key.
 */
#ifndef ASSAY_EVIDENCE_SEAL_H
#define ASSAY_EVIDENCE_SEAL_H

#include "crypto/sign.h"
#include "evidence/bundle.h"

/* Adds a seal by the private key in `pem`, or replaces the one that it made before. */
bool bundle_seal(struct bundle *b, struct bytes pem, struct arena *a, struct err *e);

enum seal_state {
    SEAL_GOOD,
    SEAL_BAD,         /* made in the key's name, but not by the key for this evidence */
    SEAL_OTHER_KEY,   /* another key's */
    SEAL_UNKNOWN_KIND /* no Ed25519 seal */
};

const char *seal_state_name(enum seal_state s);

/* What a seal is worth to one who trusts `key`. */
enum seal_state bundle_seal_check(const struct bundle *b, const struct seal *s,
                                  const struct public_key *key);

#endif
