/* SPDX-License-Identifier: Apache-2.0 */
/* A transparency log in a folder: docs/formats/log.md. */
#ifndef ASSAY_APP_LOGBOOK_H
#define ASSAY_APP_LOGBOOK_H

#include "ledger/log_proof.h"
#include "ledger/log_writer.h"
#include "signer/signer.h"
#include "store/log_folder.h"

/* The files beside the tiles. */
#define LOGBOOK_CHECKPOINT "checkpoint"
#define LOGBOOK_CONFIG     "state/log"
#define LOGBOOK_SIGNED     "state/signed"
#define LOGBOOK_STAMPS     "stamps" /* a folder: SIZE.note, SIZE.tsr */

enum {
    LOGBOOK_ENTRY_FILE_MAX = 256 << 20 /* bytes of a file that is logged, or whose digest is */
};

struct logbook {
    struct log_folder folder;
    struct log_storage storage;
    struct note_key key;  /* of the log; its name is the origin */
    const char *key_file; /* where its private half was when the log was made */
    struct log_tree tree;
    struct arena *arena;
};

/* A checkpoint with its signatures. */
struct logbook_note {
    struct bytes bytes;
    struct note note;
    struct checkpoint said;
};

/* A log without entries in a folder, with a signed checkpoint that says so. */
bool logbook_make(const char *path, struct bytes origin, const char *key_file,
                  struct signer *signer, struct arena *a, struct err *e);

/* ERR_REFUSED if it is to be written to and another process does that. */
bool logbook_open(const char *path, bool write, struct arena *a, struct logbook *ret,
                  struct err *e);

void logbook_close(struct logbook *l);

/* What is logged of a file: its bytes, or, of more than TILE_ENTRY_MAX, a text with its digest.
 */
struct bytes logbook_entry_of(struct bytes file, struct arena *a);

/* Appends; when it returns true, all entries last. `ret_first` is the number of the first. */
bool logbook_append(struct logbook *l, const struct bytes *entries, size_t count,
                    uint64_t *ret_first, struct err *e);

/*
 * Signs the tree as it is, after a proof that it continues the last one that was signed, and
 * keeps that as the last one. It is not published yet. Refuses (ERR_REFUSED) what would be a
 * fork.
 */
bool logbook_sign(struct logbook *l, struct signer *signer, struct logbook_note *ret,
                  struct err *e);

/* Publishes a signed checkpoint, with the cosignatures that were added to it. */
bool logbook_publish(struct logbook *l, struct bytes note, struct err *e);

/* The published checkpoint, its signature by the log's key verified. */
bool logbook_published(struct logbook *l, struct logbook_note *ret, struct err *e);

/* Parses a checkpoint and verifies the signature of the log. */
bool logbook_note_read(struct bytes b, const struct note_key *key, struct arena *a,
                       struct logbook_note *ret, struct err *e);

/* The proof file of an entry under the published checkpoint, `extra` of 0 bytes for none. */
bool logbook_prove(struct logbook *l, uint64_t index, struct bytes extra, struct text *t,
                   struct err *e);

/* The body of a witness's add-checkpoint: the proof that `note` continues the tree of `old`. */
bool logbook_prove_consistency(struct logbook *l, uint64_t old, const struct logbook_note *note,
                               struct text *t, struct err *e);

/* Reads all of it: every tile, every entry, the published checkpoint. */
bool logbook_verify(struct logbook *l, struct logbook_note *ret, struct err *e);

#endif
