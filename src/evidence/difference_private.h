/* SPDX-License-Identifier: Apache-2.0 */
/* Between difference.c, which matches trees, and difference_moves.c, which looks over the rows.
 */
#ifndef ASSAY_EVIDENCE_DIFFERENCE_PRIVATE_H
#define ASSAY_EVIDENCE_DIFFERENCE_PRIVATE_H

#include "evidence/difference.h"

/* What a member is sought by: its content, so that equal content has equal keys. */
struct member_key {
    uint8_t bytes[SHA256_SIZE];
    uint32_t node;
};

void member_key_of(struct member_key *k, const struct tree *t, uint32_t node);

/* Makes one row of what left one place and came at another. */
void changes_find_moves(const struct tree *a, const struct tree *b, struct changes *out);

#endif
