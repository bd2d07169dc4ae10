/* SPDX-License-Identifier: Apache-2.0 */
/* in-toto Statements (v1) with one subject, in the one encoding that Assay signs and reads. */
#ifndef ASSAY_APP_STATEMENT_TEXT_H
#define ASSAY_APP_STATEMENT_TEXT_H

#include "base/json.h"
#include "ledger/dsse.h"
#include "signer/signer.h"

/* Begins one, up to the predicate's value, which is for the caller to write. */
void statement_begin(struct json *j, struct bytes subject, const struct digest *digest,
                     const char *predicate_type);

void statement_end(struct json *j);

/* The payload in an envelope, signed. */
bool statement_sign(struct bytes payload, struct signer *signer, struct arena *a,
                    struct bytes *ret_envelope, struct err *e);

#endif
