/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sources: what can be collected, along which path, at what risk, and which decoder reads
 * it. Rows stand in sources.def. Collection and decoding both go by this table and by nothing
 * else.
 */
#ifndef ASSAY_EVIDENCE_SOURCE_H
#define ASSAY_EVIDENCE_SOURCE_H

#include "base/bytes.h"

enum risk {
    RISK_PASSIVE,   /* reads what the kernel or firmware already published */
    RISK_QUERY,     /* asks a device a question it is made to answer */
    RISK_INTRUSIVE, /* enables a ROM, probes a bus, drives a programmer: only with --allow */
};

enum sensitivity {
    SENSITIVITY_MODEL,    /* the same on all machines of a model */
    SENSITIVITY_IDENTITY, /* holds serial numbers, addresses, keys of the machine */
    SENSITIVITY_CONTENT,  /* may hold what users or operators wrote */
};

struct source {
    const char *name;
    const char *surface;
    const char *witness;
    enum risk risk;
    const char *allow; /* the word for --allow that admits an intrusive source, or "" */
    enum sensitivity sensitivity;
    const char *decoder; /* name of a decoder row */
    const char *pattern; /* path below the root; '*' stands for (part of) one component */
    const char *label;   /* what the decoder is told: %1, %2 are what the stars matched */
    const char *meaning;
};

const struct source *source_table(size_t *ret_count);

const struct source *source_find(struct bytes name);

/*
 * Whether `path` (below the root, without a leading '/') matches the row's pattern; on success
 * up to four `ret_stars` are what its stars matched.
 */
bool source_matches(const struct source *s, struct bytes path, struct bytes ret_stars[4]);

/*
 * The row whose pattern the end of a path matches ("x/srv4/ipmi/fru0.bin"), or NULL;
 * *ret_origin is that end, as it would stand in an entry.
 */
const struct source *source_of_path(struct bytes path, struct bytes *ret_origin);

const char *risk_name(enum risk r);

const char *sensitivity_name(enum sensitivity s);

#endif
