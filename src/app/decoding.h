/* SPDX-License-Identifier: Apache-2.0 */
/* Untrusted bytes to claims: the one way to the decoders, and it leads through a worker. */
#ifndef ASSAY_APP_DECODING_H
#define ASSAY_APP_DECODING_H

#include "worker/worker.h"

/* One blob to decode. */
struct decoding_blob {
    struct bytes path;   /* under which it was found; may be empty */
    const char *decoder; /* the row for it, or NULL: whoever recognises it, by path or bytes */
    const char *as;      /* without `decoder`: how the user wants it read, or NULL */
    struct bytes label;  /* what the decoder is told; empty without `decoder`: by the path */
    uint32_t mount;      /* the container below which claims hang */
};

/* What is decoded together, into one result. */
struct decoding {
    const struct decoding_blob *blobs; /* as many as task.input_count */
    struct worker_task task;           /* inputs and containers; the result */
};

/*
 * Decodes in a worker; again without the inputs that a worker dies of. Each of these is then a
 * blob of its own, `unread`, with a fault at its container that says what ended the worker.
 * Containers of lone files are named after the decoder that took them. False when there is no
 * sandbox.
 */
bool decode_surviving(struct decoding *d, struct arena *a, struct err *e);

/* The decoder that took an input, or NULL. */
const struct decoder *decoding_row(const struct decoding *d, size_t input);

/*
 * What is left of an input that a worker died of: a blob that is `unread`, a fault at the
 * container `mount` and a claim that says how it ended.
 */
void decoding_mourn(struct decoded *d, const struct worker_input *in, uint32_t mount,
                    const struct worker_end *end);

/* Whether a worker died of something in it. */
bool decoding_died(const struct decoded *d);

#endif
