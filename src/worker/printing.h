/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decoding of untrusted input into text, in a confined process (worker/process.h), which
 * decodes, prints, and hands over nothing but the text, piece by piece. The parent passes on
 * what is UTF-8 without control bytes other than line ends, and no more than a maximum.
 */
#ifndef ASSAY_WORKER_PRINTING_H
#define ASSAY_WORKER_PRINTING_H

#include "base/text.h"
#include "worker/process.h"

enum {
    PRINTING_INPUTS_MAX = 64 /* that one process works on */
};

/* Where the work prints: each input by itself, from its first byte to its last. */
struct printing_out {
    text_sink *sink;
    void *user;
    struct engine_now *now; /* for engine_watch() */
};

/* Decodes and prints one input. Runs confined. Returns the status of this input, at most 255.
 */
typedef unsigned printing_work(void *user, size_t input, const struct printing_out *out);

struct printing {
    size_t count;         /* of inputs, at most PRINTING_INPUTS_MAX */
    uint64_t input_bytes; /* of all of them */
    size_t most;          /* bytes of text that one input may give */
    printing_work *work;
    text_sink *sink; /* in the parent; may stop everything by ending the process */
    void *user;      /* for both */
    size_t next;     /* the first input that was not printed yet: 0 at first */
    bool cut;        /* the input that a process died of had printed something already */
    uint8_t statuses[PRINTING_INPUTS_MAX];
};

/*
 * Prints the inputs from p->next on, as far as one process lives through them. Moves p->next
 * behind the last one that was printed whole. On another end than WORKER_DONE, p->next is the
 * one that the process died of. False when there is no sandbox.
 */
bool printing_run(struct printing *p, struct worker_end *ret, struct err *e);

/* Text that is checked as it passes: where a character is cut in two pieces. */
struct utf8_state {
    uint8_t more; /* bytes that the character still has */
    uint8_t low;  /* bounds of the next of them */
    uint8_t high;
};

/* Whether `b` goes on as UTF-8 (RFC 3629) without control bytes other than line ends. */
bool utf8_goes_on(struct utf8_state *s, struct bytes b);

#endif
