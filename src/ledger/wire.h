/* SPDX-License-Identifier: Apache-2.0 */
/* Members of the ledger's binary formats: digests, big-endian numbers, short strings. */
#ifndef ASSAY_LEDGER_WIRE_H
#define ASSAY_LEDGER_WIRE_H

#include "base/reader.h"
#include "base/text.h"
#include "crypto/digest.h"

void wire_put_digest(struct text *t, const struct digest *d);

/* The lowest `width` bytes of a number, most significant first. */
void wire_put_uint(struct text *t, uint64_t v, unsigned width);

/* A length of 16 bits, then the bytes (at most 65,535). */
void wire_put_string(struct text *t, struct bytes b);

/* Reading: zero or empty once the reader has failed. */
struct digest wire_digest(struct reader *r);

struct bytes wire_string(struct reader *r);

#endif
