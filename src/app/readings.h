/* SPDX-License-Identifier: Apache-2.0 */
/* The use case behind "assay reads": several files that were read from one part. */
#ifndef ASSAY_APP_READINGS_H
#define ASSAY_APP_READINGS_H

#include "app/load.h"
#include "appraise/reads.h"

enum {
    READINGS_FILE_MAX = 256 << 20
};

struct readings {
    struct reads reads;
    struct digest digests[READS_MAX];
    struct subject subject; /* the base, decoded, so that offsets get names */
    bool decoded;
};

/* Maps the files and compares them. A file that is empty as all others are is an error. */
bool readings_load(char *const *paths, size_t count, struct arena *a, struct readings *ret,
                   struct err *e);

/* One object as the outward contract has it, with a line end. */
void readings_json(struct text *t, const struct readings *r);

/* For people. */
void readings_text(struct text *t, const struct readings *r);

#endif
