/* SPDX-License-Identifier: Apache-2.0 */
/* A proof that a log has an entry, for use without a network (c2sp.org/tlog-proof). */
#ifndef ASSAY_AUDIT_LOG_PROOF_H
#define ASSAY_AUDIT_LOG_PROOF_H

#include "audit/merkle.h"

struct log_proof {
    struct view extra;
    uint64_t index;
    struct hash hashes[MERKLE_PROOF];
    size_t count;
    struct view checkpoint; /* a signed note */
};

bool log_proof_read(struct memory *m, struct view file, struct log_proof *ret);

/* Lines of Base 64, each a hash, to an empty line. */
bool hashes_read(struct memory *m, struct view *rest, struct hash *ret, size_t *ret_count);

#endif
