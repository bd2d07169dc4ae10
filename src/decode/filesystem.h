/* SPDX-License-Identifier: Apache-2.0 */
/*
 * File systems as lists of files: what a directory entry and its inode say, and the SHA-256 of
 * the content, which goes through a digest block by block and is never kept. A file's container
 * has its name; what a directory says of itself stands in a container "." inside it, a name
 * that no file can have.
 */
#ifndef ASSAY_DECODE_FILESYSTEM_H
#define ASSAY_DECODE_FILESYSTEM_H

#include "decode/codec.h"
#include "decode/decode.h"

enum {
    FS_DEPTH_MAX = 64,       /* folders in folders */
    FS_FILES_MAX = 100000,   /* entries of one file system */
    FS_NAME_MAX = 255,       /* bytes of a name */
    FS_TARGET_MAX = 1 << 16, /* bytes of a link's target */
};

/* The type of a file, as POSIX numbers it in the upper bits of a mode. */
enum fs_type {
    FS_FIFO = 1,
    FS_CHARACTER = 2,
    FS_DIRECTORY = 4,
    FS_BLOCK = 6,
    FS_REGULAR = 8,
    FS_LINK = 10,
    FS_SOCKET = 12,
};

/* A folder whose listing is still to be read. */
struct fs_folder {
    uint32_t item; /* its container */
    unsigned depth;
    uint64_t id; /* how its file system finds the listing */
};

struct fs {
    struct decode *d;
    struct fs_folder *folders; /* in the order in which they were found */
    size_t folder_count;
    size_t folder_cap;
    size_t folder_done;
    uint64_t left;  /* bytes of content that may still be produced */
    size_t entries; /* so far */
    bool writable;  /* a running system changes it: content is not expected to be the same */
    bool told;      /* the fault `limit` stands */
};

/* Content on its way into a digest. */
struct fs_content {
    struct digest_stream stream;
    uint64_t size;
    uint8_t head[4];
    bool good; /* nothing is missing so far */
};

struct fs_inode {
    uint32_t mode; /* with the type in its upper bits */
    uint32_t uid;
    uint32_t gid;
    uint64_t size;
    uint64_t modified; /* seconds since 1970 */
    bool has_modified;
    uint32_t major; /* devices */
    uint32_t minor;
    struct bytes target; /* links */
    struct span span;    /* the bytes that say so */
};

/* A file system of `length` bytes. Its list of files is to become the current container. */
void fs_init(struct fs *fs, struct decode *d, uint64_t length);

/* Whether one more entry may be added, so many being honest for so few bytes; records the fault
 * `limit` once when not. */
bool fs_room(struct fs *fs, uint64_t offset);

/* Takes n bytes of output off the budget. False when it is spent; records `limit` once. */
bool fs_spend(struct fs *fs, uint64_t n, uint64_t offset);

/*
 * Opens the container of a directory entry, which stands at `offset` of a blob, below the
 * current one. False, with a fault, for a name that no file can have.
 */
bool fs_open(struct fs *fs, struct bytes name, uint32_t blob, uint64_t offset);

/*
 * The current container is a folder at `depth`, whose listing fs_folder_next() is to give
 * later. False, with the fault `limit` at `offset` of a blob, below FS_DEPTH_MAX folders.
 */
bool fs_folder_add(struct fs *fs, struct fs_folder folder, uint32_t blob, uint64_t offset);

/* The next folder, its container being the current one; false when all were given. */
bool fs_folder_next(struct fs *fs, struct fs_folder *ret);

/* What the inode says, into the current container. Not its content. */
void fs_claims(struct fs *fs, const struct fs_inode *inode);

void fs_content_begin(struct fs_content *c);

void fs_content_more(struct fs_content *c, struct bytes b);

/* Zeros that are not stored. Spends them. */
void fs_content_zeros(struct fs *fs, struct fs_content *c, uint64_t n, uint64_t offset);

/*
 * The claims of size and digest, or only of the size if content is missing. `s` are the bytes
 * that hold the content; they get the class `class`.
 */
void fs_content_end(struct fs *fs, struct fs_content *c, const struct fs_inode *inode,
                    struct span s, enum byte_class class);

/*
 * The same for one more link to content that was claimed in the container `item`, which is not
 * read again.
 */
void fs_content_again(struct fs *fs, uint32_t item, const struct fs_inode *inode);

/* An extended attribute of the current container; a long value by its SHA-256. */
void fs_xattr(struct fs *fs, const char *space, struct bytes name, struct bytes value,
              struct span s);

enum fs_type fs_type_of(uint32_t mode);

/* A fault in any blob of this decode, in the current container. */
void fs_fault(struct decode *d, enum fault_id id, uint32_t blob, uint64_t offset);

/* The SHA-256 of `b`, in the arena. */
struct bytes fs_digest(struct decode *d, struct bytes b);

/* What follows the end of a file system: padding of zeros, then unknown bytes if any, then
 * erased ones. */
void fs_tail(struct decode *d);

#endif
