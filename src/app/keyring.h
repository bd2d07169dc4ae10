/* SPDX-License-Identifier: Apache-2.0 */
/* Keys in files, and the statements by which one follows another or ends. docs/formats/log.md.
 */
#ifndef ASSAY_APP_KEYRING_H
#define ASSAY_APP_KEYRING_H

#include "ledger/note.h"
#include "signer/signer.h"

struct key_order {
    const char *file; /* the private half; FILE.pub gets the public one */
    struct bytes name;
    enum note_type type; /* NOTE_COSIGNATURE: of a witness */
    bool in_the_clear;   /* no passphrase */
    struct passphrase_source passphrase;
};

/* Makes a key in new files, the private half for its owner only. */
bool key_make(const struct key_order *o, struct arena *a, struct note_key *ret, struct err *e);

/* Reads FILE.pub, or a file with the same line. */
bool key_half_read(const char *file, struct arena *a, struct note_key *ret, struct err *e);

/* The statement by which the signer's key names its successor. */
bool key_rotation(struct signer *signer, const struct note_key *next, struct bytes at,
                  struct arena *a, struct bytes *ret_envelope, struct err *e);

struct revocation {
    const struct note_key *key;
    struct bytes at; /* RFC 3339 in UTC */
    struct bytes reason;
};

/* The dated statement that a key is not to be believed from a time on. */
bool key_revocation(struct signer *signer, const struct revocation *r, struct arena *a,
                    struct bytes *ret_envelope, struct err *e);

enum key_state {
    KEY_CURRENT,
    KEY_ROTATED,
    KEY_REVOKED,
};

const char *key_state_name(enum key_state s);

/* A key with what statements say of it. */
struct key_entry {
    struct note_key key;
    const char *file;
    enum key_state state;
    struct bytes at;     /* since when it is rotated or revoked */
    struct bytes reason; /* of a revocation */
    struct bytes next;   /* verifier key that follows it */
    bool by_itself;      /* the revocation is signed by the key */
};

/*
 * Reads files, each a public half or a statement of the above, and puts the statements to the
 * keys. A statement counts only if one of the keys has signed it: a rotation the old key.
 */
bool keyring_read(const char *const *files, size_t count, struct arena *a,
                  struct key_entry **ret, size_t *ret_count, struct err *e);

#endif
