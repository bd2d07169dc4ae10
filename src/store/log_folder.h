/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A log in a folder that any web server can serve as it is. Files are written beside their
 * name, synced, renamed, and then their folders are synced: what flush() has answered with true
 * is there after a loss of power.
 */
#ifndef ASSAY_STORE_LOG_FOLDER_H
#define ASSAY_STORE_LOG_FOLDER_H

#include "ledger/log_storage.h"

struct log_folder {
    const char *path;
    int fd;
    int lock; /* -1: only for reading */
    struct arena *arena;
    const char **staged; /* names of files that wait for flush() */
    size_t staged_count;
    size_t staged_cap;
    const char **folders; /* that have new entries */
    size_t folder_count;
    size_t folder_cap;
};

/* Makes the folder if there is none; it must have no log in it. */
bool log_folder_make(const char *path, struct err *e);

/* Opens it for reading, or for writing by this process only (ERR_REFUSED if another one does).
 */
bool log_folder_open(const char *path, bool write, struct arena *a, struct log_folder *ret,
                     struct err *e);

/* Forgets what was put and not flushed. */
void log_folder_close(struct log_folder *f);

/* How the ledger reads and writes it; lives as long as the folder is open. */
struct log_storage log_folder_storage(struct log_folder *f);

#endif
