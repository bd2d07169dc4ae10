/* SPDX-License-Identifier: Apache-2.0 */
/* Where the files of a log are. What reads and writes logs knows no folder and no network. */
#ifndef ASSAY_LEDGER_LOG_STORAGE_H
#define ASSAY_LEDGER_LOG_STORAGE_H

#include "base/arena.h"
#include "base/err.h"

struct log_storage {
    /* A whole file of at most `max` bytes; ERR_ABSENT if there is none. */
    bool (*read)(void *user, const char *name, size_t max, struct arena *a, struct bytes *ret,
                 struct err *e);
    /* Writes a file under another name; nobody sees it yet. `name` must be new since the last
     * flush. NULL where nothing can be written. */
    bool (*put)(void *user, const char *name, struct bytes b, struct err *e);
    /* Makes all that was put last and then appear, each file whole. On failure some may have
     * appeared, and the rest is forgotten. */
    bool (*flush)(void *user, struct err *e);
    /* Removes a folder of partial tiles ("tile/0/000.p") if it can. */
    void (*remove_partials)(void *user, const char *name);
    void *user;
};

#endif
