/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signed notes and verifier keys (c2sp.org/signed-note), checkpoints (c2sp.org/tlog-checkpoint)
 * and Ed25519 cosignatures (c2sp.org/tlog-cosignature).
 */
#ifndef ASSAY_AUDIT_NOTE_H
#define ASSAY_AUDIT_NOTE_H

#include "audit/crypto.h"

enum {
    NOTE_LINES = 64,
    NOTE_SIZE = 1 << 20
};

enum key_type {
    KEY_ED25519 = 1,
    KEY_COSIGNATURE = 4
};

struct key {
    struct view name;
    uint32_t id;
    uint8_t type;   /* an enum key_type, or another */
    bool checkable; /* of a type that is verified here */
    uint8_t bytes[KEY_SIZE];
};

/* Reads NAME+ID+BASE64. Keys of other types are read too, and are not checkable. */
bool key_read(struct memory *m, struct view vkey, struct key *ret);

struct note_line {
    struct view name;
    uint32_t id;
    struct view signature;
};

struct note {
    struct view text; /* with its last newline */
    struct note_line lines[NOTE_LINES];
    size_t count;
};

/* Splits a note; every part of it must be well-formed. */
bool note_read(struct memory *m, struct view v, struct note *ret);

enum signing {
    NOT_SIGNED,
    SIGNED,
    FORGED,      /* a line of this key whose signature is wrong */
    OPAQUE_LINE, /* a line of this key, of a type that is not verified here */
};

/* `ret_time` (may be NULL): of a cosignature, its POSIX time. */
enum signing note_signing(struct memory *m, const struct note *n, const struct key *k,
                          uint64_t *ret_time);

struct checkpoint {
    struct view origin;
    uint64_t size;
    struct hash root;
};

bool checkpoint_read(struct memory *m, struct view text, struct checkpoint *ret);

/* The Base 64 of 32 bytes. */
bool hash_read(struct memory *m, struct view text, struct hash *ret);

#endif
