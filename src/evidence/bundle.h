/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bundle: an evidence node with every blob verbatim, in one file (docs/formats/bundle.md).
 * A strict subset of tar with one order of members, so that a node, its blobs and its seals
 * have one bundle only: blobs in the order in which the sorted entries first name them, the
 * node, its rendering, the seals by name. Pure: writing goes through a sink, reading is from
 * bytes.
 */
#ifndef ASSAY_EVIDENCE_BUNDLE_H
#define ASSAY_EVIDENCE_BUNDLE_H

#include "evidence/evidence.h"

/* Where a bundle goes. `write` may be called for any offset, also one written before. */
struct bundle_sink {
    void *user;
    bool (*write)(void *user, uint64_t offset, struct bytes b, struct err *e);
};

/* Digests with a number each; grows in the arena. */
struct digest_table {
    struct arena *arena;
    struct digest_slot *slots;
    size_t count;
    size_t cap;
};

/*
 * Writing in one pass, in bounded memory. The caller offers the blobs in the order of the
 * sorted entries (by source, then origin), then gives the node.
 */
struct bundle_writer {
    struct bundle_sink sink;
    struct arena *arena;
    struct digest_table stored;
    struct digest_stream hash;
    uint64_t position; /* where the next member begins */
    uint64_t length;   /* of the blob being written */
};

/* A seal stands outside the evidence digest and signs it. */
struct seal {
    struct bytes name; /* without "seals/"; letters, digits, '.', '_', '-' */
    struct bytes bytes;
};

struct bundle {
    struct evidence evidence; /* entries' bytes are set, but for redacted ones */
    struct digest digest;     /* D, the identity of the evidence */
    struct seal *seals;       /* by name */
    size_t seal_count;
    size_t redacted; /* entries whose blob was taken out */
};

void bundle_writer_init(struct bundle_writer *w, struct bundle_sink sink, struct arena *a);

/* One blob: begin, any number of more, end. */
void bundle_blob_begin(struct bundle_writer *w);

bool bundle_blob_more(struct bundle_writer *w, struct bytes b, struct err *e);

/* Stores the blob unless the same bytes are stored already. */
bool bundle_blob_end(struct bundle_writer *w, struct digest *ret, uint64_t *ret_length,
                     struct err *e);

/* The node (sorted), its rendering, the seals (sorted by name), the end. *ret_length: of the
 * whole bundle; what the sink holds past it is to be cut off. */
bool bundle_finish(struct bundle_writer *w, const struct evidence *e, const struct seal *seals,
                   size_t seal_count, uint64_t *ret_length, struct err *err);

/* Writes a whole bundle whose entries have their bytes. */
bool bundle_write(const struct bundle *b, struct bundle_sink sink, struct arena *a,
                  uint64_t *ret_length, struct err *e);

/*
 * Reads and verifies: every header, blob, the node, its rendering. `file` must outlive the
 * bundle: blobs are spans of it. Damage is an error that names member and offset.
 */
bool bundle_read(struct bytes file, struct arena *a, struct bundle *ret, struct err *e);

/* The entry's state for a judge: excluded when its blob was taken out. */
enum coverage_state entry_state(const struct entry *n);

/* Whether a seal may have this name. */
bool seal_name_valid(struct bytes name);

#endif
