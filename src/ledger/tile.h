/* SPDX-License-Identifier: Apache-2.0 */
/* Tiles of a log (c2sp.org/tlog-tiles): their names, widths and hashes. */
#ifndef ASSAY_LEDGER_TILE_H
#define ASSAY_LEDGER_TILE_H

#include "ledger/merkle.h"

enum {
    TILE_WIDTH = 256,
    TILE_BYTES = TILE_WIDTH * SHA256_SIZE,
    TILE_LEVELS = 8,   /* a tree of 2^63 leaves has no more */
    TILE_ENTRIES = 64, /* in place of a level: a bundle of entries */
    TILE_ENTRY_MAX = 65535,
    TILE_BUNDLE_MAX = TILE_WIDTH * (2 + TILE_ENTRY_MAX),
    TILE_NAME_SIZE = 80
};

struct tile {
    unsigned level; /* or TILE_ENTRIES */
    uint64_t index;
    unsigned width; /* 1 to TILE_WIDTH; below that the tile is partial */
};

/* "tile/0/x001/234.p/5", with a NUL. */
void tile_name(struct tile t, char ret[TILE_NAME_SIZE]);

/* The folder of the partial tiles at the place of `t`: "tile/0/x001/234.p". */
void tile_partials_name(struct tile t, char ret[TILE_NAME_SIZE]);

/* How wide tile `index` of `level` is in a tree of `size` leaves; 0 if it has none. */
unsigned tile_width(unsigned level, uint64_t index, uint64_t size);

/* Root of the `count` hashes at `hashes`, a power of two. */
struct digest tile_subtree(const uint8_t *hashes, unsigned count);

/* The next entry of a bundle; false when it is cut short. At the end `*rest` is empty. */
bool tile_entry_next(struct bytes *rest, struct bytes *ret);

#endif
