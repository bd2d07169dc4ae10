/* SPDX-License-Identifier: Apache-2.0 */
/* Gives up everything but computing, and writing to one descriptor. */
#ifndef ASSAY_WORKER_CONFINE_H
#define ASSAY_WORKER_CONFINE_H

#include <stdint.h>

enum {
    CONFINE_OUT = 0 /* the descriptor that stays */
};

struct confinement {
    int parent;           /* the process to die with */
    int out;              /* becomes CONFINE_OUT; every other descriptor is closed */
    uint64_t memory;      /* bytes of private memory beside what there is */
    uint64_t cpu_seconds; /* processor time */
};

/*
 * NULL when the process is confined, else the step that failed (errno says why): it must end
 * then. There is no way back.
 */
const char *confine(const struct confinement *c);

#endif
