/* SPDX-License-Identifier: Apache-2.0 */
/* What a log says of itself: origin, size and root (c2sp.org/tlog-checkpoint). */
#ifndef ASSAY_LEDGER_CHECKPOINT_H
#define ASSAY_LEDGER_CHECKPOINT_H

#include "ledger/merkle.h"
#include "ledger/note.h"

struct checkpoint {
    struct bytes origin;
    uint64_t size;
    struct digest root;
    struct bytes extensions; /* whole lines, or nothing */
};

/* Reads the text of a note. */
bool checkpoint_parse(struct bytes text, struct arena *a, struct checkpoint *ret,
                      struct err *e);

/* The text of a note that says so. */
void checkpoint_print(struct text *t, const struct checkpoint *c);

/* A decimal number without leading zeros; false for anything else. */
bool ledger_number(struct bytes b, uint64_t *ret);

/* The Base 64 of a SHA-256; false for anything else. */
bool ledger_hash(struct bytes b, struct arena *a, struct digest *ret);

#endif
