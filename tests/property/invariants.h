/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must hold of every decode, whatever the bytes. Used by the property test and by the fuzz
 * harness.
 */
#ifndef ASSAY_TESTS_PROPERTY_INVARIANTS_H
#define ASSAY_TESTS_PROPERTY_INVARIANTS_H

#include "decode/engine.h"

struct outcome {
    struct digest claims; /* over names, keys, values and faults: what a reader sees */
    struct digest whole;  /* over spans, regions and blobs as well */
    size_t faults;
    const char *broken; /* the invariant that does not hold, or NULL */
    double seconds;     /* of CPU */
};

/* Decodes `b` from an allocation of exactly its size, so that any read beyond it is caught. */
struct outcome decode_outcome(const struct decoder *row, struct bytes b, struct bytes label);

#endif
