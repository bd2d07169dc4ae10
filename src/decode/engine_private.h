/* SPDX-License-Identifier: Apache-2.0 */
/* Between engine.c, fields.c and refer.c. */
#ifndef ASSAY_DECODE_ENGINE_PRIVATE_H
#define ASSAY_DECODE_ENGINE_PRIVATE_H

#include "decode/byte_map.h"
#include "decode/engine.h"

enum {
    ENGINE_ITEMS_MAX = 1000000,
    ENGINE_REGIONS_MAX = 4000000,
    ENGINE_FAULTS_MAX = 100000,
    ENGINE_FAULT_ITEMS = 2, /* that a fault counts for: it becomes some in the tree */
    ENGINE_JOBS_MAX = 200000,
    ENGINE_REFERS_MAX = 20000,
    ENGINE_REFER_ROUNDS_MAX = 64,
    ENGINE_REFER_STEPS_MAX = 64000000,
};

/* Where a flash image lies, and which part of it ends at 4 GiB in the processor's view. */
struct placement {
    struct span image;
    struct span mapped;
};

/* What a collected blob and all that is derived from it may cost. */
struct root {
    uint64_t output_left; /* bytes that derivations may still produce */
    uint64_t items_max;   /* for decoders whose input can hold very many small parts */
    uint64_t items;       /* of the jobs that have ended */
    bool package;   /* it is no flash image itself, and is asked for those that it carries */
    uint32_t image; /* the container of the last that was told */
    unsigned image_count;
    bool told; /* that there are too many */
};

struct job {
    const struct decoder *decoder;
    struct span span;
    struct bytes label;
    uint32_t item;
    unsigned depth;
    size_t root;
    struct placement placement;
};

/* A pointer: what to decode at its target, unless the bytes there are claimed already. */
struct refer {
    struct job job;
    size_t order;
};

struct engine {
    struct decoded *out;
    struct engine_now *now; /* or NULL: nobody watches */
    struct memo *memo;      /* or NULL: nothing is remembered */
    struct byte_map map;
    struct job *jobs;
    size_t job_count;
    size_t job_cap;
    size_t job_done;
    struct root *roots;
    size_t root_count;
    size_t root_cap;
    size_t root;      /* of the job that runs now */
    uint32_t *shared; /* items that several blobs may add to */
    size_t shared_count;
    size_t shared_cap;
    struct refer *refers; /* not yet resolved */
    size_t refer_count;
    size_t refer_cap;
    size_t refer_total; /* ever made */
    uint64_t refer_steps;
    struct refer *points; /* not yet resolved */
    size_t point_count;
    size_t point_cap;
    struct refer *followed; /* the pointers whose target a decoder ran over */
    size_t followed_count;
    size_t followed_cap;
};

/* Queues a decoder's run over bytes; engine_work() runs all that are queued. */
void engine_queue(struct engine *e, struct job j);

void engine_work(struct engine *e);

/* Follows the pointers that the decoders made, and those that are found on the way. */
void engine_follow(struct engine *e);

/* Names the targets of decode_point(), by the finished byte map. */
void engine_name_points(struct engine *e);

/* For engine_room(): stops all readers of the job, which ends with the fault `limit`. Returns
 * false. */
bool engine_full(struct decode *d);

/* Whether one more item may be added; records the fault `limit` once when not. */
static inline bool engine_room(struct decode *d)
{
    return d->out->item_count < d->items_stop || engine_full(d);
}

/* Notes that bytes of a span have this class; `claimed` when a claim speaks for them. */
static inline void engine_mark(struct decode *d, struct span s, enum byte_class class,
                               bool claimed)
{
    struct region r = {s, class, d->item};

    if (s.length > 0 && d->engine->map.count < ENGINE_REGIONS_MAX)
        byte_map_mark(&d->engine->map, d->arena, &r, claimed);
}

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

/* Records the fault `limit` for that in the current container, once a root. */
void engine_crowd_tell(struct decode *d);

/* Takes n bytes off that budget, for output that is not kept; false if it does not hold them.
 */
bool engine_output_spend(struct decode *d, uint64_t n);

#endif
