/* SPDX-License-Identifier: Apache-2.0 */
/* Files: reading with a limit, writing atomically. */
#ifndef ASSAY_BASE_FILE_H
#define ASSAY_BASE_FILE_H

#include "base/arena.h"
#include "base/err.h"

/* The whole content of a file of at most `max` bytes ("-" is standard input). */
bool file_read(const char *path, size_t max, struct arena *a, struct bytes *ret, struct err *e);

/* As file_read, below an open folder. Follows no symbolic link in the last part. */
bool file_read_at(int folder, const char *path, size_t max, struct arena *a, struct bytes *ret,
                  struct err *e);

/*
 * Maps a regular file for reading; falls back to file_read for what cannot be mapped, and for
 * "-". The bytes live until the process ends.
 */
bool file_map(const char *path, size_t max, struct arena *a, struct bytes *ret, struct err *e);

/*
 * A file that appears under its name only when it is complete: written without a name where the
 * file system can, else beside it; synced; renamed. An interrupted or abandoned write leaves
 * nothing behind under that name. What exists and is no regular file (a device, a pipe, a
 * folder) is refused and left as it is.
 */
struct file_new {
    int fd;
    char *temporary; /* the name that is renamed to `path` */
    const char *path;
    bool nameless; /* `temporary` does not exist before the file is complete */
};

bool file_new_open(struct file_new *f, const char *path, struct arena *a, struct err *e);

/* Writes at an offset, also one written before; does not move where file_new_write() goes on.
 */
bool file_new_write_at(struct file_new *f, uint64_t offset, struct bytes b, struct err *e);

/* Cuts the file off at `length` bytes, or fills it up with zeros. */
bool file_new_truncate(struct file_new *f, uint64_t length, struct err *e);

/* Syncs and renames. On failure the temporary file is gone. */
bool file_new_commit(struct file_new *f, struct err *e);

/* Removes the temporary file; nothing to do after commit. */
void file_new_abandon(struct file_new *f);

/* Writes a whole file atomically. */
bool file_write(const char *path, struct bytes b, struct arena *a, struct err *e);

/* A file that was not there, synced, which only its owner may read. On failure it is gone. */
bool file_write_secret(const char *path, struct bytes b, struct err *e);

/* Writes all bytes to a descriptor. */
bool fd_write(int fd, struct bytes b, struct err *e);

/* Locks a file for this process until it is closed; waits half a second for one that has just
 * been killed. False if another process holds it. */
bool fd_lock(int fd);

bool path_is_folder(const char *path);

#endif
