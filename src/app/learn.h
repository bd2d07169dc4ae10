/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reference files: a reference node with the evidence it was learned from, as one deterministic
 * CBOR array (docs/formats/reference.md): ["assay-reference/1", node, [bundle, …]].
 */
#ifndef ASSAY_APP_LEARN_H
#define ASSAY_APP_LEARN_H

#include "app/load.h"
#include "reference/reference.h"

/* A reference with its machines derived, ready to judge with. */
struct reference_set {
    struct reference node;
    struct digest digest;     /* of the node; of the evidence when it is not a reference file */
    struct subject *machines; /* node.count of them, ascending by evidence digest */
};

/* Whether bytes begin as a reference file does. */
bool reference_recognise(struct bytes file);

/*
 * Loads a reference file, or takes a bundle or recorded folder as an unsigned golden sample.
 */
bool reference_load(const char *path, struct arena *a, struct reference_set *ret,
                    struct err *e);

/* The bytes of a reference file learned from evidence at `paths`. The same inputs, the same
 * bytes. */
bool reference_learn(const char *const *paths, size_t count, struct reference node,
                     struct arena *a, struct bytes *ret, struct err *e);

#endif
