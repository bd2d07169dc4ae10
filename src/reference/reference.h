/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reference values (RATS, RFC 9334): what a machine should be, on whose authority and of what
 * quality. A reference keeps its source evidence and is derived again by the decoder set that
 * judges, so a new decoder does not invalidate it. Docs: docs/formats/reference.md.
 */
#ifndef ASSAY_REFERENCE_REFERENCE_H
#define ASSAY_REFERENCE_REFERENCE_H

#include "base/arena.h"
#include "base/err.h"
#include "crypto/digest.h"

/* How much a reference is worth, best first. */
enum quality {
    QUALITY_SIGNED_VENDOR,
    QUALITY_VENDOR_IMAGE,
    QUALITY_GOLDEN_SAMPLE,
    QUALITY_PEER_CONSENSUS,
    QUALITY_KNOWN_BAD,
};

enum {
    REFERENCE_SOURCES_MAX = 1024
};

struct reference {
    enum quality quality;
    struct bytes authority; /* who says so, in words; may be empty */
    struct bytes time;      /* RFC 3339, or empty */
    struct digest *sources; /* digests of the evidence nodes it was learned from, ascending */
    size_t count;
};

const char *quality_name(enum quality q);

bool quality_by_name(struct bytes name, enum quality *ret);

/* Canonical CBOR of the node, in the arena. `sources` must be ascending and without duplicates.
 */
struct bytes reference_encode(const struct reference *r, struct arena *a);

bool reference_decode(struct bytes node, struct arena *a, struct reference *ret, struct err *e);

struct digest reference_digest(const struct reference *r, struct arena *a);

#endif
