/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the parts of the UBIFS decoder (fs/ubifs/ubifs-media.h). Nodes lie in logical
 * eraseblocks; an index of them is written with every commit, and a journal holds what came
 * after. Integers are little-endian.
 */
#ifndef ASSAY_DECODE_UBIFS_H
#define ASSAY_DECODE_UBIFS_H

#include "decode/filesystem.h"

enum {
    UF_HEADER = 24, /* of all nodes */
    UF_INODE = 160,
    UF_ENTRY = 56,
    UF_DATA = 48,
    UF_BLOCK = 4096, /* of files */
    UF_ROOT = 1,
    UF_LOG_FIRST = 3, /* the superblock and two copies of the master stand before */
};

enum uf_type {
    UF_TYPE_INODE = 0,
    UF_TYPE_DATA = 1,
    UF_TYPE_ENTRY = 2,
    UF_TYPE_XATTR = 3,
    UF_TYPE_TRUNCATION = 4,
    UF_TYPE_PADDING = 5,
    UF_TYPE_SUPERBLOCK = 6,
    UF_TYPE_MASTER = 7,
    UF_TYPE_REFERENCE = 8,
    UF_TYPE_INDEX = 9,
    UF_TYPE_COMMIT = 10,
    UF_TYPE_ORPHANS = 11,
};

/* A node whose CRC is right, in the order of places. */
struct uf_node {
    size_t at;
    size_t length;
    uint64_t sequence;
    uint8_t type;
    bool chosen; /* the index or the journal has it */
    bool live;   /* and it is still in force */
};

/* A chosen node with what it is found by. */
struct uf_inode {
    uint32_t ino;
    uint64_t sequence;
    size_t node;
};

struct uf_entry {
    uint32_t folder;
    bool attribute; /* of `folder`, which need not be one */
    struct bytes name;
    uint64_t ino; /* 0: the name is removed */
    uint64_t sequence;
    size_t node;
};

struct uf_data {
    uint32_t ino;
    uint32_t block;
    uint64_t sequence;
    size_t node;
};

/* A file was cut to `size` bytes; once they are sorted: then or later, to so few at least. */
struct uf_truncation {
    uint32_t ino;
    uint64_t size;
    uint64_t sequence;
};

#define UF_ROWS(type, name)                                                                    \
    struct {                                                                                   \
        struct type *rows;                                                                     \
        size_t count;                                                                          \
        size_t cap;                                                                            \
    } name

struct ubifs {
    struct decode *d;
    struct fs fs;
    struct bytes all;
    uint64_t base;
    uint32_t blob;
    size_t block_size; /* of a logical eraseblock */
    size_t branch;     /* bytes of a branch of the index */
    size_t master;     /* the newest master node, or SIZE_MAX */
    UF_ROWS(uf_node, nodes);
    UF_ROWS(uf_inode, inodes);
    UF_ROWS(uf_entry, entries);
    UF_ROWS(uf_data, data);
    UF_ROWS(uf_truncation, truncations);
    bool *listed;   /* of each row of `inodes`: its folder was */
    uint32_t *item; /* of each row of `inodes`: where its content was claimed */
    uint8_t *page;
};

uint64_t uf_number(const struct ubifs *u, size_t at, unsigned width);

void uf_fault(const struct ubifs *u, enum fault_id id, size_t at);

struct span uf_span(const struct ubifs *u, size_t at, size_t length);

/* Finds all nodes but those of the area of the properties of eraseblocks, and gives what stands
 * between them its class. */
void uf_scan(struct ubifs *u);

/* Whether a node with a good CRC stands at `at`. */
bool uf_node_at(struct bytes b, size_t at);

/* Chooses the nodes that the index and the journal have; all if there is no index. Sorts them.
 */
void uf_choose(struct ubifs *u);

/* The newest inode of this number, as an index into `inodes`; SIZE_MAX if there is none. */
size_t uf_inode_find(const struct ubifs *u, uint32_t ino);

/* Size and digest of a regular file. */
void uf_content(struct ubifs *u, size_t inode, const struct fs_inode *base);

/* Bytes of an inode itself: a link's target, a device's number, an attribute's value. */
struct bytes uf_inline(const struct ubifs *u, size_t inode);

#endif
