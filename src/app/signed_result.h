/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A result in a signed envelope: an in-toto Statement whose subject is the digest of the result
 * node and whose predicate holds the node and its rendering in JSON. docs/formats/result.md.
 */
#ifndef ASSAY_APP_SIGNED_RESULT_H
#define ASSAY_APP_SIGNED_RESULT_H

#include "app/statement_text.h"
#include "result/result.h"

/* The one payload that a result has. */
struct bytes signed_result_payload(const struct result *r, struct arena *a);

/* The envelope. */
bool signed_result_make(const struct result *r, struct signer *signer, struct arena *a,
                        struct bytes *ret_envelope, struct err *e);

/* Whether a file may be an envelope. */
bool signed_result_recognise(struct bytes file);

/*
 * Reads an envelope. Its node must have the digest that the subject states and its rendering be
 * what this program makes of the node, byte by byte (ERR_INPUT otherwise). Whose signatures
 * those are is for dsse_verify().
 */
bool signed_result_read(struct bytes envelope, struct arena *a, struct dsse *ret_envelope,
                        struct result *ret, struct err *e);

#endif
