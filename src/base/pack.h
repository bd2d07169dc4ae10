/* SPDX-License-Identifier: Apache-2.0 */
/* Zstandard (RFC 8878), of whole files: one frame with its size and a checksum. */
#ifndef ASSAY_BASE_PACK_H
#define ASSAY_BASE_PACK_H

#include "base/arena.h"
#include "base/err.h"

/* Whether the bytes begin with the magic number of a frame. */
bool pack_recognised(struct bytes b);

/*
 * The content of the single frame that fills `b` and says how large its content is, at most
 * `max` bytes. In the arena.
 */
bool pack_read(struct bytes b, size_t max, struct arena *a, struct bytes *ret, struct err *e);

/* Compresses the first `length` bytes of one descriptor into another, in bounded memory. */
bool pack_file(int from, uint64_t length, int to, struct arena *a, struct err *e);

#endif
