/* SPDX-License-Identifier: Apache-2.0 */
/* The golden inputs as samples for tests in C. */
#ifndef ASSAY_TESTS_PROPERTY_CASES_H
#define ASSAY_TESTS_PROPERTY_CASES_H

#include "base/arena.h"

struct sample {
    const char *name;
    struct bytes bytes;
    struct bytes label;
};

struct samples {
    struct sample *rows;
    size_t count;
    size_t capacity;
};

/*
 * Adds the input of every folder below FOLDER (in.bin or in.hex, with its label), in the order
 * of their names. A folder that is not there has no samples.
 */
void samples_read(struct samples *s, const char *folder, struct arena *a);

/* Adds one file, labelled with its name. */
void samples_file(struct samples *s, const char *path, struct arena *a);

#endif
