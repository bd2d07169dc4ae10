/* SPDX-License-Identifier: Apache-2.0 */
/* Between the device tree decoder and what it knows of FIT images. */
#ifndef ASSAY_DECODE_FDT_H
#define ASSAY_DECODE_FDT_H

#include "decode/decode.h"

/* A property as the structure block has it. */
struct fdt_property {
    struct bytes name;
    struct bytes value;
    struct span span; /* of the value */
};

/* An image of a FIT, or the data that one of its hashes covers. */
struct fit_image {
    uint32_t item;
    struct span data; /* inside the tree; no length if it is elsewhere */
    uint64_t position;
    uint64_t offset;
    uint64_t size;
    bool has_position;
    bool has_offset;
};

struct fit_hash {
    uint32_t item;
    size_t image;
    struct bytes algorithm;
    struct bytes value;
    struct span span; /* of the value */
};

struct fit {
    struct decode *d;
    bool in_images; /* below /images */
    bool in_hash;
    struct fit_image *images;
    size_t image_count;
    size_t image_cap;
    struct fit_hash *hashes;
    size_t hash_count;
    size_t hash_cap;
};

/* A node of this depth (the root is 0) begins or ends; its container is the current one. */
void fit_node(struct fit *f, struct bytes name, unsigned depth);

void fit_node_end(struct fit *f, unsigned depth);

/* A property of a node of this depth. True if what it holds is said elsewhere. */
bool fit_property(struct fit *f, const struct fdt_property *p, unsigned depth);

/*
 * Hands on the images' data and checks their hashes. `tree` is how long the tree itself is.
 * Returns where the last data outside the tree ends.
 */
uint64_t fit_finish(struct fit *f, uint64_t tree);

#endif
