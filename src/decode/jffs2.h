/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the parts of the jffs2 decoder (uapi/linux/jffs2.h). A file system is a log of nodes
 * in no order; what is newest counts.
 */
#ifndef ASSAY_DECODE_JFFS2_H
#define ASSAY_DECODE_JFFS2_H

#include "decode/filesystem.h"

enum {
    J2_HEADER = 12,
    J2_INODE = 68,
    J2_ENTRY = 40,
    J2_ROOT = 1,
    J2_DATA_MAX = 1 << 20, /* of one node, decompressed; writers use a page */
};

/* What an inode node says: an inode, and a piece of its content. */
struct j2_inode {
    size_t at;
    uint32_t ino;
    uint32_t version;
    uint32_t mode;
    uint32_t uid;
    uint32_t gid;
    uint32_t size;
    uint32_t modified;
    uint32_t offset;
    uint32_t packed; /* bytes of the piece as they are stored */
    uint32_t length; /* bytes of it in the file */
    uint8_t compression;
    bool live; /* something of it is still in force */
};

/* A name in a folder; without an inode it is the name's removal. */
struct j2_entry {
    size_t at;
    uint32_t folder;
    uint32_t version;
    uint32_t ino;
    uint8_t type;
    struct bytes name;
    bool live;
};

struct j2_xattr {
    size_t at;
    uint32_t id;
    uint32_t version;
    uint8_t prefix;
    struct bytes name;
    struct bytes value;
};

/* That an inode has an attribute. */
struct j2_reference {
    size_t at;
    uint32_t ino;
    uint32_t id;
    uint32_t sequence;
};

/* The nodes of one inode, by version. */
struct j2_file {
    uint32_t ino;
    size_t first;
    size_t count;
    uint32_t item; /* where its content was claimed; 0: nowhere */
    bool listed;
};

/* A node of any kind. */
struct j2_node {
    size_t at;
    size_t length;
    bool live; /* it is in force */
};

struct jffs2 {
    struct decode *d;
    struct fs fs;
    struct bytes all;
    uint64_t base;
    uint32_t blob;
    bool big;
    struct j2_inode *inodes;
    size_t inode_count;
    size_t inode_cap;
    struct j2_entry *entries;
    size_t entry_count;
    size_t entry_cap;
    struct j2_xattr *xattrs;
    size_t xattr_count;
    size_t xattr_cap;
    struct j2_reference *references;
    size_t reference_count;
    size_t reference_cap;
    struct j2_file *files;
    size_t file_count;
    size_t file_cap;
    struct j2_node *log; /* as they stand */
    size_t nodes;
    size_t log_cap;
    uint64_t markers;   /* of erased blocks */
    uint64_t summaries; /* of blocks */
    uint8_t *piece;     /* the decompressed piece that was read last */
    size_t piece_node;  /* the node that it is of, plus 1 */
    size_t piece_length;
};

uint64_t j2_number(const struct jffs2 *j, size_t at, unsigned width);

/* The file system's own CRC-32: without the inversions. */
uint32_t j2_crc(struct bytes b);

void j2_fault(struct jffs2 *j, enum fault_id id, size_t at);

struct span j2_span(const struct jffs2 *j, size_t at, size_t length);

/* Finds all nodes, and gives what stands between them its class. */
void j2_scan(struct jffs2 *j);

/* Whether a sound node header stands at `at`, in this order of bytes. */
bool j2_header_at(struct bytes b, size_t at, bool big);

/* The node at `at` is in force. */
void j2_live(struct jffs2 *j, size_t at);

/* Sorts the nodes, groups the inodes. */
void j2_index(struct jffs2 *j);

/* The file of this number, or NULL. */
struct j2_file *j2_file_find(const struct jffs2 *j, uint32_t ino);

/* The tree of folders, below the current container. */
void j2_tree(struct jffs2 *j);

/* The piece of the file that a node holds; empty, with a fault, if it cannot be read. */
struct bytes j2_piece(struct jffs2 *j, size_t node);

/* Size and digest of a regular file whose newest node says `inode`. */
void j2_content(struct jffs2 *j, struct j2_file *f, const struct fs_inode *inode);

#endif
