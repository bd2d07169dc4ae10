/* SPDX-License-Identifier: Apache-2.0 */
/* From results and the evidence behind them to what an epoch says of each machine. */
#ifndef ASSAY_APP_FLEET_INTAKE_H
#define ASSAY_APP_FLEET_INTAKE_H

#include "app/fleet_identity.h"
#include "ledger/leaf.h"
#include "result/result.h"

struct fleet_inputs {
    const char *const *results; /* nodes, or signed envelopes with one */
    size_t result_count;
    const char *const *evidence; /* each result's must be among them */
    size_t evidence_count;
    /* Lines "EVIDENCE KIND=ID": what the evidence does not say itself; NULL for none. */
    const char *identities;
    struct bytes site; /* may be empty, of all these machines */
    struct bytes batch;
    struct digest nonce_from; /* hash of the checkpoint from which their nonces came */
    bool has_nonce;
};

/* One machine that was examined. */
struct fleet_examined {
    const char *path; /* of the result */
    struct bytes subject;
    const struct identity *primary; /* NULL: it has no identity */
    struct fleet_machine machine;
    struct aggregate sum;
    struct digest result;
    struct attribute attributes[ATTRIBUTES_MAX]; /* those that need no pseudonym */
    size_t attribute_count;
};

struct fleet_intake {
    struct fleet_examined *rows;
    size_t count;
    struct digest policy;    /* of all of them */
    struct digest reference; /* of all references together */
};

/* Everything lives in the arena. Errors name the file. */
bool fleet_intake_read(const struct fleet_inputs *in, struct bytes as_of, struct arena *a,
                       struct fleet_intake *ret, struct err *e);

#endif
