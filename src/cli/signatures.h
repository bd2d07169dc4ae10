/* SPDX-License-Identifier: Apache-2.0 */
/* Saying by whom an envelope is signed. */
#ifndef ASSAY_CLI_SIGNATURES_H
#define ASSAY_CLI_SIGNATURES_H

#include "base/json.h"
#include "cli/options.h"
#include "ledger/dsse.h"
#include "ledger/note.h"

/* The keys that a user believes: files with a verifier key each. */
struct believed {
    struct verb_list files;
    struct note_key *keys; /* as many, once they are read */
};

bool believed_read(struct believed *b, struct arena *a, struct err *e);

/*
 * Writes a row a signature: which key, and whether it is good, wrong, or of a key that nobody
 * named. Returns whether one of the believed keys has signed and no signature of one is wrong.
 */
bool signatures_text(struct text *t, const struct dsse *d, const struct believed *b,
                     struct arena *a);

bool signatures_json(struct json *j, const struct dsse *d, const struct believed *b,
                     struct arena *a);

#endif
