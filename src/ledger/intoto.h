/* SPDX-License-Identifier: Apache-2.0 */
/* in-toto Statements (v1) with one subject, in the one encoding that Assay signs and reads. */
#ifndef ASSAY_LEDGER_INTOTO_H
#define ASSAY_LEDGER_INTOTO_H

#include "base/json.h"
#include "crypto/digest.h"

/* Begins one, up to the predicate's value, which is for the caller to write. */
void statement_begin(struct json *j, struct bytes subject, const struct digest *digest,
                     const char *predicate_type);

void statement_end(struct json *j);

#endif
