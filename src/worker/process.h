/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One confined process: forked, bound by worker/confine.h, watched until it ends. It can
 * compute, write bytes to one pipe, and write to memory that was shared with it before; nothing
 * else. It sees its parent's memory as it was when it began.
 *
 * Where the sanitizers watch (WORKER_IN_PROCESS), the same is done in the calling process,
 * because they need system calls of their own.
 */
#ifndef ASSAY_WORKER_PROCESS_H
#define ASSAY_WORKER_PROCESS_H

#include "base/bytes.h"
#include "base/err.h"
#include "decode/engine.h"

#ifndef WORKER_IN_PROCESS
#define WORKER_IN_PROCESS 0
#endif

#define WORKER_NONE UINT32_MAX

enum worker_fate {
    WORKER_DONE,
    WORKER_CRASHED,   /* a signal, or a mistake of ours that was noticed */
    WORKER_MEMORY,    /* the limit of memory */
    WORKER_TIME,      /* the limit of processor time, or of time */
    WORKER_FORBIDDEN, /* a system call that it has no right to */
    WORKER_LIED,      /* what it handed over is not what the work can give */
    WORKER_AGAIN,     /* it needed libcrypto, which is ready now: to be run again */
};

struct worker_end {
    enum worker_fate fate;
    uint32_t input;                /* the one it was busy with, or WORKER_NONE */
    const struct decoder *decoder; /* the one that it ran, or NULL */
    char why[160];                 /* "killed by SIGSEGV" */
};

/* Written by the process into shared memory: hints, which its parent does not rely on. */
struct process_notes {
    uint32_t done;         /* pieces of work that are finished */
    uint32_t input;        /* which input it reads, or WORKER_NONE */
    struct engine_now now; /* what the engine does */
    int error;             /* of the step of confinement that failed */
    char step[64];
    char said[512]; /* what it wrote to its standard error */
};

/* What the process does. `out` is where it may write. */
typedef void process_life(void *user, int out);

/* What becomes of bytes that it wrote, in the parent. False: no more of it, it lies. */
typedef bool process_take(void *user, struct bytes b);

struct process {
    process_life *life;
    process_take *take; /* NULL: it has nothing to write */
    void *user;
    struct process_notes *notes; /* in shared memory, zeroed */
    uint64_t memory;             /* bytes of private memory that it may add */
    uint64_t input_bytes;        /* on which the limits of time depend */
};

/*
 * Runs it to its end. `ret->input` is WORKER_NONE. False when there is no sandbox here, or no
 * process: nothing was done then.
 */
bool process_run(const struct process *p, struct worker_end *ret, struct err *e);

/* Whether this program confines what it decodes: all do but those that sanitizers watch. */
bool worker_confines(void);

/* The end of a process that handed over what it cannot have found. */
struct worker_end process_lied(const char *why);

/* Zeroed memory that a process shares with its parent, or NULL (errno says why). */
void *process_memory(size_t size);

#endif
