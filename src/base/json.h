/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing JSON (RFC 8259) straight into a text, without a tree in memory. Keys come out in the
 * order in which they are written, so the same calls give the same bytes.
 */
#ifndef ASSAY_BASE_JSON_H
#define ASSAY_BASE_JSON_H

#include "base/text.h"

struct json {
    struct text *out;
    uint64_t comma; /* one bit a level: a member was written there */
    unsigned depth;
    bool after_key;
};

void json_init(struct json *j, struct text *out);

void json_object_begin(struct json *j);

void json_object_end(struct json *j);

void json_array_begin(struct json *j);

void json_array_end(struct json *j);

/* The name of the next member; what follows is its value. */
void json_key(struct json *j, const char *name);

/* An integer; beyond 2^53-1 a string, so that every reader keeps it exactly. */
void json_uint(struct json *j, uint64_t value);

void json_int(struct json *j, int64_t value);

void json_bool(struct json *j, bool value);

void json_none(struct json *j);

/* A string; bytes that are not UTF-8 become U+FFFD. */
void json_utf8(struct json *j, struct bytes b);

void json_text(struct json *j, const char *s);

/* A value that is JSON already. */
void json_raw(struct json *j, struct bytes b);

/* {"hex": …} with "text" beside when printable. */
void json_bytes(struct json *j, struct bytes b);

/* The lower-case hexadecimal digits of `b` as a string. */
void json_hex(struct json *j, struct bytes b);

/* Shorthand for a key with a value of that kind. */
void json_member_text(struct json *j, const char *name, const char *s);

void json_member_string(struct json *j, const char *name, struct bytes b);

void json_member_uint(struct json *j, const char *name, uint64_t value);

#endif
