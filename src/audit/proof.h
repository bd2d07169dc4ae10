/* SPDX-License-Identifier: Apache-2.0 */
/* The proof file of one server: that it is in an epoch's statement once, or is not in it. */
#ifndef ASSAY_AUDIT_PROOF_H
#define ASSAY_AUDIT_PROOF_H

#include "audit/policy.h"
#include "audit/statement.h"

enum {
    PROOF_SIZE = 1 << 20,
    WANTED = 16,
    ATTRIBUTES = 256
};

/* Kind and canonical id of a server or of an alias. */
struct identity {
    struct view kind;
    struct view id;
};

/* What a proof is held against. */
struct proof_question {
    const struct policy *policy; /* NULL: none */
    const struct operators *operators;
    struct identity server; /* empty: whichever it is of */
    struct identity aliases[WANTED];
    size_t alias_count;
    struct view since;      /* statement of the epoch that the leaf is of; may be empty */
    struct view checkpoint; /* that the nonce is made from; may be empty */
    struct view result;     /* envelope of the signed result; may be empty */
};

/* The idx of a server or an alias, from the proof of its VRF; false if that does not hold. */
bool idx_of(struct memory *m, const char *domain, const uint8_t vrf_key[KEY_SIZE],
            const struct identity *id, const uint8_t proof[VRF_PROOF_SIZE], struct hash *ret);

/* H("nonce/v1" checkpoint idx) */
struct hash nonce_of(struct memory *m, const struct hash *checkpoint, const struct hash *idx);

void proof_audit(struct view file, const struct proof_question *q, struct report *r);

#endif
