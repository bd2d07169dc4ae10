/* SPDX-License-Identifier: Apache-2.0 */
/* Between the parts of the squashfs decoder. Version 4.0; integers are little-endian. */
#ifndef ASSAY_DECODE_SQUASHFS_H
#define ASSAY_DECODE_SQUASHFS_H

#include "decode/filesystem.h"

enum {
    SQ_META = 8192, /* a metadata block decompressed; all but the last of a table are full */
    SQ_SUPERBLOCK = 96,
    SQ_STORED = 1 << 15, /* in the header of a metadata block: not compressed */
    SQ_XATTR_TYPES = 0xff,
};

#define SQ_NONE UINT32_MAX

/* A run of metadata blocks as one byte string, which is a derived blob of its own. */
struct sq_table {
    struct bytes bytes;
    uint32_t blob;
    uint64_t from;  /* where its first block stands, from the start of the image */
    uint32_t *disk; /* of each block: its distance from `from` */
    uint32_t *at;   /* of each block: where its bytes begin in `bytes` */
    size_t blocks;
    size_t block_cap;
    size_t at_cap;
};

/* A block that holds the ends of several files. */
struct sq_fragment {
    uint64_t start;
    uint32_t size; /* as a file's block sizes: bit 24 is "not compressed" */
};

struct squashfs {
    struct decode *d;
    struct fs fs;
    struct codec codec;
    struct bytes all; /* the image, as long as it says it is */
    uint64_t base;    /* of its first byte in the blob */
    uint32_t blob;
    uint32_t block_size;
    uint32_t *ids;
    size_t id_count;
    struct sq_fragment *fragments;
    size_t fragment_count;
    struct sq_table inodes;
    struct sq_table folders;
    struct sq_table xattrs;
    struct bytes xattr_index; /* entries of 16 bytes */
    uint8_t *block;
    uint8_t *fragment_block; /* the fragment that was read last */
    size_t fragment_held;    /* its length */
    uint32_t fragment_index; /* its number, or SQ_NONE */
    size_t listed;           /* bytes of directory listings so far */
};

struct sq_inode {
    struct fs_inode base;
    unsigned type;  /* 1 to 7 with the long forms 8 to 14 folded in */
    uint64_t start; /* of data, or of the listing's metadata block */
    uint32_t offset;
    uint32_t fragment;
    uint32_t xattr;
    struct reader sizes; /* of blocks, a word each */
    size_t blocks;
};

/* Where a compressed or stored run of bytes stands, and what it must decompress to at most. */
struct sq_run {
    uint64_t start;
    uint32_t size;
    bool stored;
};

/* Reads one run into `room`. False, with a fault in the current container, if it is unreadable.
 */
bool sq_read(struct squashfs *q, struct sq_run run, struct room room, size_t *ret_length);

/* Reads the metadata blocks from `from` up to `end`. */
void sq_table_read(struct squashfs *q, struct sq_table *t, uint64_t from, uint64_t end);

/* Where (block, offset) of a reference stands in the table; false if nowhere. */
bool sq_table_find(const struct sq_table *t, uint64_t block, uint32_t offset, size_t *ret);

/* Entries of `size` bytes that stand behind an index of block positions at `index`. */
struct bytes sq_lookup_read(struct squashfs *q, uint64_t index, size_t count, size_t size);

/* The first block's position that an index states; UINT64_MAX if there is none. */
uint64_t sq_lookup_first(const struct squashfs *q, uint64_t index, size_t count);

/* Reads the inode at `pos` of the table. False, with a fault, if it is malformed. */
bool sq_inode_read(struct squashfs *q, size_t pos, struct sq_inode *ret);

/* Size and digest of the content of a regular file. */
void sq_content(struct squashfs *q, struct sq_inode *inode);

void sq_xattrs_read(struct squashfs *q, uint64_t table);

void sq_xattr_claims(struct squashfs *q, const struct sq_inode *inode);

#endif
