/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decoding of untrusted input into claims, in a confined process (worker/process.h). What it
 * decodes is read through the parent's pages. It writes its result into memory shared with the
 * parent and ends; only then does the parent look, and believes nothing of it (worker/check.h
 * says what is checked).
 */
#ifndef ASSAY_WORKER_WORKER_H
#define ASSAY_WORKER_WORKER_H

#include "evidence/item.h"
#include "worker/process.h"

/* Bytes that the work turns into a collected blob: in this order, unless they are skipped. */
struct worker_input {
    struct bytes bytes;
    struct digest digest;
    bool skip; /* not to be decoded: a worker died of it */
};

struct worker_task {
    struct worker_input *inputs;
    size_t input_count;
    /*
     * Before: the containers below which claims hang, none below another. After: the result;
     * the containers have the names and kinds that they had. On another fate than WORKER_DONE
     * it is as it was before.
     */
    struct decoded decoded;
    /* After, one an input: the decoder that took it, or NULL. */
    const struct decoder **decoders;
    struct worker_end end;
};

/* What the work may tell besides its result. */
struct worker_notes {
    struct engine_now *now;
    const struct decoder **decoders; /* one an input */
};

/*
 * Decodes the inputs of the task that are not skipped into `d`. Runs confined. What it makes
 * lies in d->arena, in the inputs, or is constant.
 */
typedef void worker_work(void *user, struct decoded *d, struct worker_notes *notes);

/*
 * Does the work; what it makes lives in `a`. How it ended stands in t->end. False when there is
 * no sandbox: nothing was decoded then.
 */
bool worker_run(struct worker_task *t, worker_work *work, void *user, struct arena *a,
                struct err *e);

#endif
