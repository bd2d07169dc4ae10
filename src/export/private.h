/* SPDX-License-Identifier: Apache-2.0 */
/* Within export/ only. */
#ifndef ASSAY_EXPORT_PRIVATE_H
#define ASSAY_EXPORT_PRIVATE_H

#include "base/json.h"
#include "export/export.h"

enum {
    UUID_SIZE = 16
};

/* When the result was judged, else when its evidence was collected. */
struct moment {
    struct bytes text; /* RFC 3339 in UTC, to the second */
    int64_t seconds;   /* since 1970-01-01 */
};

/* Fails if the result has neither time. */
bool moment_of(const struct result *r, struct moment *ret, struct err *e);

/* A member {"NAME": "sha256:…"}. */
void member_digest(struct json *j, const char *name, const struct digest *d);

/* A member unless `b` is empty. */
void member_optional(struct json *j, const char *name, struct bytes b);

/* The hexadecimal digits of a digest, in the arena. */
struct bytes digest_hex(const struct digest *d, struct arena *a);

/* The UUID of version 5 (RFC 9562) of a name: 36 characters in the arena. */
struct bytes uuid_of_name(const uint8_t space[UUID_SIZE], struct bytes name, struct arena *a);

/* "0.1.0" of "assay 0.1.0". */
struct bytes tool_version(const struct result *r);

#endif
