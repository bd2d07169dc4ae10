/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Deterministic CBOR (RFC 8949 section 4.2.1), the subset that nodes use: unsigned and negative
 * integers, byte strings, arrays, false, true, null. No maps, text strings, tags, floats or
 * indefinite lengths: an array with a fixed order of members has one encoding only.
 */
#ifndef ASSAY_EVIDENCE_CBOR_H
#define ASSAY_EVIDENCE_CBOR_H

#include "base/reader.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "evidence/item.h"

void cbor_uint(struct text *t, uint64_t v);

/* A negative number is a negative integer, any other an unsigned one. */
void cbor_int(struct text *t, int64_t v);

void cbor_bytes(struct text *t, struct bytes b);

void cbor_text(struct text *t, const char *s);

void cbor_bool(struct text *t, bool v);

void cbor_null(struct text *t);

/* The head of an array; its members follow. */
void cbor_array(struct text *t, uint64_t count);

/* A claim's value: integer, truth value, or [type, bytes] so that text and bytes stay apart. */
void cbor_value(struct text *t, const struct value *v);

/*
 * Reading. Every call fails the reader if the next item is not of that kind or not in its
 * shortest form; the value is then zero or empty.
 */
uint64_t cbor_read_uint(struct reader *r);

/* Of an unsigned or a negative integer. */
int64_t cbor_read_int(struct reader *r);

struct bytes cbor_read_bytes(struct reader *r);

bool cbor_read_bool(struct reader *r);

/* True (and consumed) if the next item is null. */
bool cbor_read_null(struct reader *r);

/* The number of members; at most the number of bytes left. */
uint64_t cbor_read_array(struct reader *r);

struct value cbor_read_value(struct reader *r);

/* The digest of a node: SHA-256 over "assay/KIND/VERSION", NUL, and its encoding. */
struct digest node_digest(const char *kind, unsigned version, struct bytes encoded);

/* The beginning of that, for an encoding that is not in memory at once. */
void node_digest_begin(struct digest_stream *s, const char *kind, unsigned version);

#endif
