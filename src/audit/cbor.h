/* SPDX-License-Identifier: Apache-2.0 */
/* Deterministic CBOR (RFC 8949 section 4.2.1) of what nodes are made of: numbers, byte
 * strings, arrays and null. Any other encoding of a value fails the cursor. */
#ifndef ASSAY_AUDIT_CBOR_H
#define ASSAY_AUDIT_CBOR_H

#include "audit/view.h"

/* A number below `limit`; 0 where there is none. */
uint64_t cbor_number(struct cursor *c, uint64_t limit);

struct view cbor_bytes(struct cursor *c);

/* A number from -128 to 127. */
int cbor_small(struct cursor *c);

/* How many members follow. */
uint64_t cbor_array(struct cursor *c);

/* Whether null stands next; it is consumed only then. */
bool cbor_null(struct cursor *c);

#endif
