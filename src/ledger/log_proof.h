/* SPDX-License-Identifier: Apache-2.0 */
/* A proof, for use without a network, that a log has an entry (c2sp.org/tlog-proof). */
#ifndef ASSAY_LEDGER_LOG_PROOF_H
#define ASSAY_LEDGER_LOG_PROOF_H

#include "ledger/trust_policy.h"

struct log_proof {
    struct bytes extra; /* decoded; not authenticated by anything here */
    bool has_extra;
    uint64_t index;
    struct digest hashes[MERKLE_PROOF_MAX];
    size_t count;
    struct bytes checkpoint; /* the signed note, verbatim */
    struct note note;
    struct checkpoint said;
};

bool log_proof_parse(struct bytes b, struct arena *a, struct log_proof *ret, struct err *e);

/* Writes what log_proof_parse() reads; `note` and `said` are not looked at. */
void log_proof_print(struct text *t, const struct log_proof *p);

/* True if the entry is in the tree that the checkpoint states. Who signed it is another
 * question. */
bool log_proof_holds(const struct log_proof *p, struct bytes entry);

#endif
