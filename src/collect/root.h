/* SPDX-License-Identifier: Apache-2.0 */
/* The folder below which everything is read: "/" of a live host, or a recording of one. */
#ifndef ASSAY_COLLECT_ROOT_H
#define ASSAY_COLLECT_ROOT_H

#include "base/arena.h"
#include "base/err.h"

struct root {
    int fd;
    bool live; /* a live host's links are followed; nothing leads out of a recording */
};

/* `folder` NULL: the live host. */
bool root_open(struct root *r, const char *folder, struct err *e);

void root_close(struct root *r);

/*
 * Opens a path below the root for reading, with more `flags` (O_DIRECTORY, O_WRONLY). Never
 * waits for the other end of a pipe. Returns a descriptor, or -1 with errno.
 */
int root_file(const struct root *r, const char *path, int flags);

/* A short text file below the root, trimmed; empty when it cannot be read. */
struct bytes root_text(const struct root *r, const char *path, struct arena *a);

/* Path names in the arena. */
struct path_list {
    const char **paths;
    size_t count;
    size_t cap;
};

/*
 * All names below the root that may match a source pattern, sorted as bytes. Literal parts are
 * not looked at, so a name may turn out not to exist. Returns 0, or the errno of the first
 * folder that is there and cannot be listed, with its name in *ret_where.
 */
int root_walk(const struct root *r, const char *pattern, struct arena *a, struct path_list *ret,
              const char **ret_where);

#endif
