/* SPDX-License-Identifier: Apache-2.0 */
/* The use cases behind "assay ledger": the next epoch, a new pseudonym key, a server's proof.
 */
#ifndef ASSAY_APP_FLEET_EPOCH_H
#define ASSAY_APP_FLEET_EPOCH_H

#include "app/fleet_folder.h"
#include "app/fleet_intake.h"
#include "signer/signer.h"

struct fleet_request {
    struct fleet_inputs inputs;
    /* "KIND=ID=REASON", "KIND=ID=EVIDENCE": servers that leave, doubts that were resolved. */
    const char *const *removed;
    size_t removed_count;
    const char *const *resolved;
    size_t resolved_count;
    struct bytes as_of; /* RFC 3339 in UTC */
};

/* What an epoch came to. */
struct fleet_outcome {
    struct fleet_statement statement;
    size_t carried;  /* results that say nothing new, or failed to resolve a doubt */
    uint64_t hashed; /* nodes of both trees whose hash was computed */
    uint64_t total;  /* nodes of both trees */
    struct bytes envelope;
};

/* Makes and publishes the next epoch. */
bool fleet_epoch_make(struct fleet_folder *f, const struct fleet_request *r,
                      struct signer *signer, struct fleet_outcome *ret, struct err *e);

/* Publishes an epoch in which nothing changes but every pseudonym. */
bool fleet_rekey(struct fleet_folder *f, struct bytes as_of, struct signer *signer,
                 struct fleet_outcome *ret, struct err *e);

struct fleet_question {
    struct identity identity;
    const char *const *open; /* names of attributes to show */
    size_t open_count;
    const char *const *aliases; /* kinds of aliases to show */
    size_t alias_count;
};

struct fleet_answer {
    bool absent;
    struct bytes proof;    /* all but the log's */
    struct bytes envelope; /* of the statement that it is about */
};

/* The proof of what the last epoch has for an identity. */
bool fleet_prove(struct fleet_folder *f, const struct fleet_question *q,
                 struct fleet_answer *ret, struct err *e);

#endif
