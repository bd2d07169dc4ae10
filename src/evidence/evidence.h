/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One collection from one subject: what was tried, what each source gave or why it gave
 * nothing. Evidence never changes. Its node refers to blobs by their SHA-256; claims are
 * derived from them.
 */
#ifndef ASSAY_EVIDENCE_EVIDENCE_H
#define ASSAY_EVIDENCE_EVIDENCE_H

#include "base/arena.h"
#include "base/err.h"
#include "crypto/digest.h"

enum {
    SALT_SIZE = 16
};

/* DESIGN section 5: what became of looking at something. */
enum coverage_state {
    COVERAGE_SEEN,        /* read whole */
    COVERAGE_PARTIAL,     /* some of it was read */
    COVERAGE_ABSENT,      /* the machine does not have it */
    COVERAGE_REFUSED,     /* it is there and we were not let */
    COVERAGE_UNSUPPORTED, /* this host cannot give it */
    COVERAGE_FAILED,      /* an error while reading */
    COVERAGE_UNTRIED,     /* nobody looked */
    COVERAGE_EXCLUDED,    /* left out on purpose (no --allow, redacted) */
};

const char *coverage_name(enum coverage_state s);

/* One thing that a source gave, or why it gave nothing. */
struct entry {
    struct bytes source; /* name of a source row */
    struct bytes
        origin; /* path below the root, without a leading '/'; empty for a source as a whole */
    enum coverage_state state;
    struct bytes reason; /* in words; empty when seen */
    bool has_blob;
    struct digest digest; /* of the blob */
    uint64_t length;
    struct bytes bytes; /* the blob itself once loaded; data NULL when it is not at hand */
    bool redacted;      /* the blob was taken out of the bundle; not part of the node */
};

struct evidence {
    struct bytes tool;       /* "assay 0.1.0" */
    struct bytes subject;    /* asset id given by the operator, may be empty */
    struct bytes time;       /* RFC 3339 in UTC, or empty for a recording without one */
    uint8_t salt[SALT_SIZE]; /* for the identity tree; zero for a recording read in place */
    struct entry *entries;   /* after evidence_sort(): by source, origin */
    size_t count;
    size_t cap;
};

/* Adds an entry; its byte strings must outlive `e`. */
void evidence_add(struct evidence *e, struct arena *a, struct entry entry);

/* Sorts the entries, so that the order in which sources ran leaves no trace. */
void evidence_sort(struct evidence *e);

/* Canonical CBOR of the (sorted) evidence node, docs/formats/evidence.md. In the arena. */
struct bytes evidence_encode(const struct evidence *e, struct arena *a);

/* Strict: one encoding of a value, no unknown member, sorted entries. Blobs are not loaded. */
bool evidence_decode(struct bytes node, struct arena *a, struct evidence *ret, struct err *err);

/* Whether it is files as they were given, and not what was collected of a machine. */
bool evidence_is_file(const struct evidence *e);

/* D: the digest of the evidence node. */
struct digest evidence_digest(const struct evidence *e, struct arena *a);

#endif
