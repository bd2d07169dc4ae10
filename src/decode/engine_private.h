/* SPDX-License-Identifier: Apache-2.0 */
/* Between engine.c and fields.c. */
#ifndef ASSAY_DECODE_ENGINE_PRIVATE_H
#define ASSAY_DECODE_ENGINE_PRIVATE_H

#include "decode/decode.h"

enum {
    ENGINE_ITEMS_MAX = 1000000,
    ENGINE_REGIONS_MAX = 4000000,
    ENGINE_FAULTS_MAX = 100000,
    ENGINE_JOBS_MAX = 200000,
};

/* Whether one more item may be added; records the fault `limit` once when not. */
bool engine_room(struct decode *d);

/* Notes that bytes of a span have this class; `claimed` when a claim speaks for them. */
void engine_mark(struct decode *d, struct span s, enum byte_class class, bool claimed);

/* The shared container of this name in the current one, or 0. */
uint32_t engine_shared(const struct decode *d, struct bytes name);

/* The current container is shared from now on. */
void engine_share(struct decode *d);

/* Bytes that derivations may still produce. A decompressor stops there with the fault `limit`.
 */
uint64_t engine_output_left(const struct decode *d);

/* Counts output that was made and thrown away, so that failing costs as much as succeeding. */
void engine_output_charge(struct decode *d, uint64_t n);

/*
 * Whether this root has more items than input of its size can honestly hold. A decoder whose
 * input can be very many small parts stops there with the fault `limit`, the rest `unread`.
 */
bool engine_crowded(const struct decode *d);

#endif
