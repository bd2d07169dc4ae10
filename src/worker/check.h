/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parent checks of a worker's result before it uses any of it. The worker is dead by
 * then, so the memory cannot change under the check.
 *
 * - Arrays lie inside the shared memory, and are copied before anything in them is looked at.
 * - Every pointer to bytes leads wholly into the shared memory, an input, or the constants of
 *   the program. Names of methods end.
 * - Every item leads to the root in a bounded number of steps; nothing stands below a claim;
 *   nothing new below the root, so that every path begins with a surface that the parent
 * opened; kinds are of the enumeration.
 * - A claim's key is in the vocabulary and its value is of the key's type. Spans lie inside
 *   their blobs.
 * - Faults name an item and an offset that exist; their container is incomplete from then on.
 * - Collected blobs are exactly the inputs, in order, with the digests that the parent
 * computed. Derived ones come from a span of an earlier blob, together no more than the
 * engine's budget. The parent computes their digests.
 * - The byte map gives every byte of every blob one class.
 *
 * Not checked, because it cannot be without decoding again: whether the claims are true. A
 * worker that hostile bytes have taken over can state anything about the inputs that it was
 * given, and about nothing else.
 */
#ifndef ASSAY_WORKER_CHECK_H
#define ASSAY_WORKER_CHECK_H

#include "worker/worker.h"

enum {
    CHECK_PROGRAM_PARTS = 8
};

/* Where what a result points at may lie. */
struct check_room {
    struct bytes rows;   /* shared memory for arrays */
    struct bytes shared; /* shared memory for all else */
    const struct worker_input *inputs;
    size_t input_count;
    const struct bytes *sorted;                /* the inputs by address, by check_room_init() */
    struct bytes program[CHECK_PROGRAM_PARTS]; /* read-only parts of this program */
    size_t program_count;
    bool anywhere; /* pointers are good: the result was made in this process */
};

/* Completes a room of which the first four members are there. */
void check_room_init(struct check_room *r, struct arena *a);

/* Whether both processes have the same bytes there, for good. */
bool check_bytes(const struct check_room *r, struct bytes b);

/* Whether a name lies there and ends before that memory does. */
bool check_name(const struct check_room *r, const char *name);

/*
 * NULL when `made` is sound, else what is wrong. `before` is what the parent had opened. Fills
 * `ret` with copies of the arrays in `a`, the parent's own containers and digests, and the
 * digests of derived blobs.
 */
const char *check_result(const struct decoded *made, const struct decoded *before,
                         const struct check_room *r, struct arena *a, struct decoded *ret);

#endif
