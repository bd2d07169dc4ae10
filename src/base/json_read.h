/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading JSON (RFC 8259) strictly: one value, no member twice, no number but integers. The
 * tree lives in the arena. Lookups give NULL or a default where something is not there; what
 * must be there is for the caller to ask.
 */
#ifndef ASSAY_BASE_JSON_READ_H
#define ASSAY_BASE_JSON_READ_H

#include "base/arena.h"
#include "base/err.h"

enum json_kind {
    JSON_KIND_NULL,
    JSON_KIND_BOOL,
    JSON_KIND_NUMBER,
    JSON_KIND_TEXT,
    JSON_KIND_ARRAY,
    JSON_KIND_OBJECT,
};

struct json_node {
    enum json_kind kind;
    struct bytes name; /* of a member of an object */
    struct bytes text;
    int64_t number; /* and 0 or 1 for a truth value */
    struct json_node *children;
    size_t count;
};

bool json_parse(struct bytes b, struct arena *a, struct json_node **ret, struct err *e);

/* The member of an object, or NULL; also NULL for a node that is NULL or no object. */
const struct json_node *json_member(const struct json_node *n, const char *name);

/* The text of a member; empty if there is none. */
struct bytes json_member_bytes(const struct json_node *n, const char *name);

/*
 * False, with an error that names it, if the object has a member that is not in `names` (parts
 * divided by blanks), or if `n` is no object. `where_it_is` is for the message.
 */
bool json_members_known(const struct json_node *n, const char *names, const char *where_it_is,
                        struct err *e);

#endif
