/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The documents of findings, data/rules/ID.txt, as they were when the program was built: what
 * it is, why it matters, how bad, what to do, on whose authority.
 */
#ifndef ASSAY_APP_DOCUMENT_H
#define ASSAY_APP_DOCUMENT_H

#include "base/arena.h"

struct document {
    const char *id;
    const char *title;
    const char *text; /* paragraphs, each with its label: "What: …" */
};

/* By id. */
const struct document *document_table(size_t *ret_count);

/* By id, or by what follows the dot in it if that is unique. NULL if there is none. */
const struct document *document_find(struct bytes id);

/* The paragraph with this label ("How bad"), in one line; empty if there is none. */
struct bytes document_part(const struct document *d, const char *label, struct arena *a);

/* The severity that the document states: the first word of "How bad". */
struct bytes document_severity(const struct document *d);

#endif
