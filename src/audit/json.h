/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON in its one form: members in the order that the format gives, no white space, escapes
 * only where they are needed. So reading is following the format along the bytes, and two texts
 * that mean the same are the same.
 */
#ifndef ASSAY_AUDIT_JSON_H
#define ASSAY_AUDIT_JSON_H

#include "audit/crypto.h"

struct json {
    struct memory *memory;
    struct cursor at;
};

/* What stands next must be this text. */
void json_want(struct json *j, const char *text);

/* Whether this text stands next; it is consumed only then. */
bool json_next(struct json *j, const char *text);

/* A string, unescaped, in memory or in place. */
struct view json_string(struct json *j);

/* A number of at most `most`. */
uint64_t json_number(struct json *j, uint64_t most);

/* A string of the hexadecimal digits of 32 bytes. */
struct hash json_hash(struct json *j);

/* A string that is a time, YYYY-MM-DDTHH:MM:SSZ, in seconds since 1970. */
uint64_t json_time(struct json *j);

/* All was as it must be, and nothing is left. */
bool json_done(const struct json *j);

/* Writes the one form of a string; of bytes that are not UTF-8, each above 0x7f becomes U+FFFD.
 */
void json_put_string(struct out *o, struct view v);

#endif
