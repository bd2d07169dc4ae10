/* SPDX-License-Identifier: Apache-2.0 */
/* What writing and reading a bundle share. */
#ifndef ASSAY_EVIDENCE_BUNDLE_PRIVATE_H
#define ASSAY_EVIDENCE_BUNDLE_PRIVATE_H

#include "base/tar.h"
#include "evidence/bundle.h"

#define BUNDLE_BLOBS    "blobs/"
#define BUNDLE_REDACTED "redacted/"
#define BUNDLE_NODE     "evidence.cbor"
#define BUNDLE_MANIFEST "manifest.json"
#define BUNDLE_SEALS    "seals/"

enum {
    BUNDLE_MANIFEST_MAX = 256 << 20
};

/* `folder`, "sha256-" and the hexadecimal digits, NUL-terminated. */
void bundle_blob_name(const char *folder, const struct digest *d, char ret[TAR_NAME_MAX + 1]);

/* The number of a digest; false when it is not there. */
bool digest_table_find(const struct digest_table *t, const struct digest *d, size_t *ret);

void digest_table_add(struct digest_table *t, const struct digest *d, size_t number);

#endif
