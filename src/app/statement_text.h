/* SPDX-License-Identifier: Apache-2.0 */
/* Signing an in-toto Statement. */
#ifndef ASSAY_APP_STATEMENT_TEXT_H
#define ASSAY_APP_STATEMENT_TEXT_H

#include "ledger/intoto.h"
#include "signer/signer.h"

/* The payload in an envelope, signed. */
bool statement_sign(struct bytes payload, struct signer *signer, struct arena *a,
                    struct bytes *ret_envelope, struct err *e);

#endif
