/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Appending to a log. Files of the tree come first and last; then the file TREE, whose size is
 * what counts: whatever stands beyond it is overwritten by the next append. So a writer that
 * dies between any two writes leaves the tree as it was, or as it was to become.
 */
#ifndef ASSAY_LEDGER_LOG_WRITER_H
#define ASSAY_LEDGER_LOG_WRITER_H

#include "base/text.h"
#include "ledger/log_reader.h"

/* The file that says how much of the tree counts: "assay-log-tree/1", size, root. */
#define LOG_TREE_FILE "state/tree"

struct log_tree {
    uint64_t size;
    struct digest root;
};

/* The hashes of the rightmost tile of a level. */
struct log_edge {
    unsigned width; /* below TILE_WIDTH between calls */
    uint8_t hashes[TILE_BYTES];
};

struct log_writer {
    const struct log_storage *storage;
    struct arena *arena;
    struct log_tree last; /* what is committed */
    uint64_t size;        /* what is added so far */
    struct log_edge edges[TILE_LEVELS];
    struct text bundle; /* the entries of the rightmost bundle */
};

bool log_tree_read(const struct log_storage *s, struct log_tree *ret, struct err *e);

bool log_tree_write(const struct log_storage *s, const struct log_tree *t, struct err *e);

/* Reads the right edge of the tree and verifies it: it must give the root that is committed. */
bool log_writer_open(struct log_writer *w, const struct log_storage *s, struct arena *a,
                     struct err *e);

/* Adds an entry of at most TILE_ENTRY_MAX bytes. After a failure the writer must be dropped. */
bool log_writer_add(struct log_writer *w, struct bytes entry, struct err *e);

/* Makes what was added last. When it returns true, it is acknowledged; else nothing is. */
bool log_writer_commit(struct log_writer *w, struct err *e);

/* Root of what is added so far. */
struct digest log_writer_root(const struct log_writer *w);

#endif
