/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was decoded as a picture: rectangles whose area is size. The rectangles of the tree tile
 * a canvas without gap or overlap; what was unpacked stands in the place of the bytes that it
 * was unpacked from, in proportion, so that all of them together are the collected bytes.
 */
#ifndef ASSAY_APP_PICTURE_H
#define ASSAY_APP_PICTURE_H

#include "evidence/difference.h"

enum {
    PICTURE_WIDTH = 16000, /* of the canvas, in sixteenths of a pixel */
    PICTURE_HEIGHT = 8000,
    PICTURE_STRIP = 1000, /* runs of a strip, or a few more */
    PICTURE_CLASSES = CLASS_UNREAD + 1,
    PICTURE_UNIT = 8 /* weights are eighths of a byte of what was collected */
};

struct rectangle {
    uint32_t x;
    uint32_t y;
    uint32_t width;
    uint32_t height;
};

enum leaf_kind {
    LEAF_PART,    /* a container, whole */
    LEAF_OWN,     /* what stands in a container itself, of one class */
    LEAF_SMALLER, /* several parts of a container that are too small to be drawn */
};

struct leaf {
    enum leaf_kind kind;
    struct rectangle at;
    uint32_t node;  /* the container */
    uint32_t count; /* LEAF_SMALLER: how many */
    uint64_t weight;
    uint64_t bytes; /* as they are once unpacked */
    uint64_t classes[PICTURE_CLASSES];
    uint8_t mark;
};

/* A container that was divided. */
struct frame {
    struct rectangle at;
    uint32_t node;
};

/* Neighbouring bytes of a strip that are drawn as one. */
struct run {
    uint64_t offset;
    uint64_t length;
    uint32_t regions;      /* how many */
    enum byte_class class; /* of most of its bytes */
    uint8_t mark;
};

struct picture {
    const struct decoded *decoded;
    const struct tree *tree;
    struct arena *arena;
    const uint8_t *marks; /* by node: 0, or 1 + its enum change_kind; NULL: none */
    uint64_t *weights;    /* by node: it and all below */
    uint64_t *bytes;      /* by node: it and all below, unpacked */
    uint64_t *shares;     /* by region; 0: its bytes are drawn as what was made of them */
    uint32_t *owners;     /* by region: the node that it belongs to */
    struct leaf *leaves;
    size_t leaf_count;
    size_t leaf_cap;
    struct frame *frames;
    size_t frame_count;
    size_t frame_cap;
};

/* Everything lives in `a`. */
void picture_make(struct picture *p, const struct tree *tree, const uint8_t *marks,
                  struct arena *a);

/* The strip of one blob, in the arena of the picture. */
struct run *picture_strip(const struct picture *p, uint32_t blob, size_t *ret_count);

/* `count` neighbours in `at`, by their weights, largest first: squarified. */
void picture_divide(const uint64_t *weights, size_t count, struct rectangle at,
                    struct rectangle *ret);

#endif
