/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the parts of the UBI decoder (drivers/mtd/ubi/ubi-media.h): volumes cut into logical
 * eraseblocks, each of which lies in some physical one. All integers are big-endian.
 */
#ifndef ASSAY_DECODE_UBI_H
#define ASSAY_DECODE_UBI_H

#include "decode/decode.h"

enum {
    UBI_HEADER = 64, /* of both headers */
    UBI_STATIC = 2,
    UBI_RECORD = 172, /* of the volume table */
    UBI_VOLUMES_MAX = 128,
};

#define UBI_TABLE        UINT32_C(0x7fffefff) /* the volume that holds the volume table */
#define UBI_FASTMAP      UINT32_C(0x7ffff000)
#define UBI_FASTMAP_DATA UINT32_C(0x7ffff001)

/* A physical eraseblock that holds a logical one. */
struct ubi_block {
    size_t at; /* of the physical eraseblock */
    uint32_t volume;
    uint32_t number; /* of the logical eraseblock */
    uint64_t sequence;
    uint8_t type;
    bool copied; /* moved here: the data's CRC tells whether wholly */
    uint32_t size;
    uint32_t used; /* static volumes: how many eraseblocks they have */
    uint32_t padding;
    uint32_t crc;
    bool live;
};

/* A row of the volume table. */
struct ubi_volume {
    uint32_t id;
    uint32_t reserved; /* eraseblocks */
    struct bytes name;
    struct span span; /* of the row; nothing if there is none */
};

struct ubi {
    struct decode *d;
    struct bytes all;
    uint64_t base;
    uint32_t blob;
    size_t block_size;
    size_t header_offset; /* of the second header in a physical eraseblock */
    size_t data_offset;
    struct ubi_block *blocks; /* by volume, number and sequence, once they are sorted */
    size_t count;
    size_t cap;
};

/* The CRC-32 of UBI, which is not inverted at the end. */
uint32_t ubi_crc(struct bytes b);

void ubi_fault(const struct ubi *u, enum fault_id id, size_t at);

struct span ubi_span(const struct ubi *u, size_t at, size_t length);

/* Bytes behind what is used of something: erased, padding, or left unknown. */
void ubi_rest_mark(const struct ubi *u, size_t at, size_t length);

/* What a logical eraseblock holds in this physical one: all of it, without its padding. */
struct bytes ubi_data(const struct ubi *u, const struct ubi_block *b);

/* Volumes with their contents, below the current container. The blocks are sorted. */
void ubi_volumes(struct ubi *u);

#endif
