/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signed notes (c2sp.org/signed-note) with Ed25519 signatures, and cosignatures of checkpoints
 * (c2sp.org/tlog-cosignature, Ed25519). Other kinds of signature are ignored, as the
 * specification demands of keys that one does not know.
 */
#ifndef ASSAY_LEDGER_NOTE_H
#define ASSAY_LEDGER_NOTE_H

#include "base/text.h"
#include "crypto/sign.h"

enum {
    NOTE_LINES_MAX = 64,
    NOTE_SIZE_MAX = 1 << 20,
    NOTE_NAME_MAX = 255
};

/* Signature type identifiers. */
enum note_type {
    NOTE_ED25519 = 0x01,
    NOTE_COSIGNATURE = 0x04,
};

struct note_line {
    struct bytes name;
    uint32_t id;
    struct bytes signature; /* what follows the key ID */
};

struct note {
    struct bytes text; /* with its last newline */
    struct note_line lines[NOTE_LINES_MAX];
    size_t count;
};

/* A public key by which a note may be signed. */
struct note_key {
    struct bytes name;
    enum note_type type;
    struct public_key key;
    uint32_t id; /* the first four bytes of SHA-256(name || "\n" || type || key) */
};

/* True if a key may be called so: not empty, UTF-8, no spaces, no '+', no control characters.
 */
bool note_name_valid(struct bytes name);

/* Names a key; `name` must be valid and outlive `ret`. */
struct note_key note_key_make(struct bytes name, enum note_type type,
                              const struct public_key *key);

/* Reads NAME+ID+BASE64 ("verifier key"); the ID must be the one that the key has. */
bool note_key_parse(struct bytes vkey, struct arena *a, struct note_key *ret, struct err *e);

void note_key_print(struct text *t, const struct note_key *k);

/* Splits a note into text and signature lines. All of it must be well-formed. */
bool note_parse(struct bytes b, struct arena *a, struct note *ret, struct err *e);

enum note_verdict {
    NOTE_UNSIGNED, /* no line of this key */
    NOTE_SIGNED,
    NOTE_FORGED, /* a line of this key whose signature is wrong */
};

/* `ret_time` (may be NULL): of a cosignature, its POSIX time. */
enum note_verdict note_verify(const struct note *n, const struct note_key *k,
                              uint64_t *ret_time);

/* Whether a text can be that of a note: UTF-8, no control characters, ends with a newline. */
bool note_text_valid(struct bytes text);

/* The message that a cosignature signs: two lines, then the text of the note. */
void note_cosigned_message(struct text *t, struct bytes text, uint64_t time);

/* A signature line with its newline. `time` is that of a cosignature, or 0. */
void note_line_print(struct text *t, const struct note_key *k, const struct signature *s,
                     uint64_t time);

/* A line as it was read, with its newline. */
void note_line_copy(struct text *t, const struct note_line *line);

/* The signature line over `text` by the private key in `pem`, with its newline. */
bool note_sign(struct text *t, struct bytes text, struct bytes name, struct bytes pem,
               struct err *e);

/* The cosignature line of a checkpoint's note text at a POSIX time. */
bool note_cosign(struct text *t, struct bytes text, struct bytes name, struct bytes pem,
                 uint64_t time, struct err *e);

#endif
