/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A witness of logs (c2sp.org/tlog-witness): cosigns a checkpoint only if it continues the last
 * one that it cosigned of that log. What it has cosigned is kept before it answers. Calls must
 * not overlap.
 */
#ifndef ASSAY_LEDGER_WITNESS_H
#define ASSAY_LEDGER_WITNESS_H

#include "ledger/log_storage.h"
#include "ledger/trust_policy.h"

enum {
    WITNESS_PROOF_MAX = 63,
    WITNESS_REQUEST_MAX = NOTE_SIZE_MAX + 8192, /* bytes of a request's body */
    WITNESS_NAME_SIZE = 96
};

struct witness {
    struct trust_policy logs; /* those that it witnesses; the rest of the policy is not used */
    const struct log_storage *storage;
    struct note_key key; /* by which it cosigns */
    /* Signs the text of a checkpoint at a POSIX time. */
    bool (*cosign)(void *user, struct bytes text, uint64_t time, struct signature *ret,
                   struct err *e);
    void *user;
};

/* What to answer over HTTP. */
struct witness_answer {
    unsigned status;
    const char *type; /* Content-Type */
    struct bytes body;
};

/* POST add-checkpoint. `time` is now, in POSIX seconds. Our own trouble is status 500. */
struct witness_answer witness_add_checkpoint(const struct witness *w, struct bytes request,
                                             uint64_t time, struct arena *a);

/* GET HASH/checkpoint: the last checkpoint that was cosigned of the log whose origin has this
 * SHA-256, in lower-case hexadecimal. */
struct witness_answer witness_checkpoint(const struct witness *w, struct bytes hash,
                                         struct arena *a);

/* The file of a log's last checkpoint: "logs/HASH/checkpoint", with a NUL. */
void witness_file_name(struct bytes origin, char ret[WITNESS_NAME_SIZE]);

#endif
