/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was computed from bytes, kept for when the same bytes come again: in another part of the
 * same image, or in another image of the same run. Two images of one firmware differ in little;
 * what is the same in both is unpacked and hashed once.
 *
 * Only results that follow from the bytes alone are kept: digests, and what a stream was
 * unpacked to. They are found by comparing all of the bytes, so that no digest is trusted here.
 * Failures are not kept. Who asks charges his budgets as if he had computed it himself.
 *
 * Bounded: in what is kept, in entries, and in comparisons for a question. What is beyond is
 * computed again. Without a memo (NULL) all is.
 */
#ifndef ASSAY_DECODE_MEMO_H
#define ASSAY_DECODE_MEMO_H

#include "base/arena.h"
#include "crypto/digest.h"

enum {
    MEMO_LEAST = 256, /* bytes: of fewer, a digest is computed as fast as it is found */
    MEMO_AREA_LEAST = 1 << 16,
    MEMO_AREAS_MAX = 256,
    MEMO_ROOM_MAX = 48 << 20, /* bytes of unpacked content */
    MEMO_ENTRIES_MAX = 1 << 15
};

struct memo;

/* An empty memo; it and all it holds live in `a`. */
struct memo *memo_new(struct arena *a);

/*
 * Says that `b` lives as long as the memo and does not change. Only results about such bytes
 * are kept. Fewer bytes than MEMO_AREA_LEAST, and more areas than MEMO_AREAS_MAX, are let pass.
 */
void memo_area(struct memo *m, struct bytes b);

/*
 * Room for unpacked content that lives as long as the memo, not zeroed; NULL when that would be
 * more than MEMO_ROOM_MAX together.
 */
uint8_t *memo_room(struct memo *m, size_t size);

/* As digest_parts(), or from the memo. */
void memo_digest_parts(struct memo *m, enum digest_algorithm a, const struct bytes *parts,
                       size_t count, uint8_t ret[DIGEST_MAX]);

/* As digest_sha256(), or from the memo. */
struct digest memo_sha256(struct memo *m, struct bytes b);

/* The SHA-256 of `b`, if it is there. */
bool memo_sha256_known(struct memo *m, struct bytes b, struct digest *ret);

/* Adds what was found elsewhere. */
void memo_sha256_note(struct memo *m, struct bytes b, const struct digest *digest);

/* A way to unpack, as the one who unpacks numbers it. */
struct memo_method {
    unsigned asked; /* below 256; the same number means the same function of the bytes */
    unsigned found; /* what it turned out to be; only told, not part of the question */
};

/* What `in` was unpacked to by this method; sets `method->found`. */
bool memo_unpacked_known(struct memo *m, struct memo_method *method, struct bytes in,
                         struct bytes *ret);

/*
 * `in` was unpacked to `out`. Kept, and an area from now on, if `out` is (the beginning of)
 * what memo_room() gave last.
 */
void memo_unpacked_note(struct memo *m, struct memo_method method, struct bytes in,
                        struct bytes out);

#endif
