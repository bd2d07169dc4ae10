/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the witness judge share. */
#ifndef ASSAY_APPRAISE_WITNESS_PRIVATE_H
#define ASSAY_APPRAISE_WITNESS_PRIVATE_H

#include "appraise/claim_index.h"
#include "appraise/witness.h"

struct witness_run {
    const struct claim_index *x;
    struct findings *f;
    struct coverage *coverage; /* may be NULL */
};

/* A disagreement: which document, how bad, between which nodes of the tree. */
struct disagreement {
    const char *id;
    enum severity severity;
    uint32_t left;
    uint32_t right;
    const char *what; /* "serial number of the board" */
    const char *next;
};

/* Whether a claim says anything and nothing doubts it. */
bool witness_usable(const struct claim_index *x, uint32_t node);

/* Notes that two surfaces were compared. */
void witness_compared(struct witness_run *w, uint32_t left, uint32_t right);

/* One finding that names both paths and both values. */
void witness_disagrees(struct witness_run *w, const struct disagreement *d);

/* As above in words of its own; `why` in the arena of the findings. */
void witness_says(struct witness_run *w, const struct disagreement *d, struct bytes why);

/* Letters and digits alone, in upper case. */
struct bytes witness_squeeze(struct arena *a, struct bytes b);

/* The facts that need more than one comparison. */
void witness_memory(struct witness_run *w);
void witness_boot(struct witness_run *w);
void witness_pcrs(struct witness_run *w);
void witness_devices(struct witness_run *w);
void witness_processors(struct witness_run *w);
void witness_twins(struct witness_run *w);
void witness_reads(struct witness_run *w);

#endif
