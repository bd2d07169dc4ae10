/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a log from its tiles. Nothing read is believed: a file of a wrong length is named,
 * and what hashes to something else than the level above says is found by log_check().
 */
#ifndef ASSAY_LEDGER_LOG_READER_H
#define ASSAY_LEDGER_LOG_READER_H

#include "ledger/log_storage.h"
#include "ledger/tile.h"

enum {
    LOG_READER_SLOTS = 16
};

struct log_slot {
    struct tile tile; /* width 0: empty */
    uint8_t hashes[TILE_BYTES];
};

struct log_reader {
    const struct log_storage *storage;
    uint64_t size; /* of the tree: says which tiles there are, and how wide */
    unsigned next; /* slot to be replaced */
    struct log_slot slots[LOG_READER_SLOTS];
};

void log_reader_init(struct log_reader *r, const struct log_storage *storage, uint64_t size);

/* For merkle_root() and the making of proofs. */
struct merkle_source log_reader_source(struct log_reader *r);

/* Root of the tree. */
bool log_reader_root(struct log_reader *r, struct digest *ret, struct err *e);

/* The hashes of a tile, `width` of them, valid until the next call. ERR_INPUT for a wrong
 * length. */
bool log_reader_tile(struct log_reader *r, unsigned level, uint64_t index,
                     const uint8_t **ret_hashes, unsigned *ret_width, struct err *e);

/* The bundle of entries with number `index`, verified against the leaves. */
bool log_reader_bundle(struct log_reader *r, uint64_t index, struct arena *a, struct bytes *ret,
                       struct err *e);

/* One entry, verified against its leaf. */
bool log_reader_entry(struct log_reader *r, uint64_t index, struct arena *a, struct bytes *ret,
                      struct err *e);

/* The number of the first entry with this leaf hash; ERR_ABSENT if there is none. */
bool log_reader_find(struct log_reader *r, const struct digest *leaf, uint64_t *ret,
                     struct err *e);

/*
 * Reads all entries from `start` on and every tile above them: each must be there, whole, and
 * hash to what the level above has. With the root compared by the caller nothing can be wrong
 * unseen.
 */
bool log_check(struct log_reader *r, uint64_t start, struct err *e);

#endif
