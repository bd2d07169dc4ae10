/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP through the program assay-fetch, which is started once and asked many times. */
#ifndef ASSAY_APP_FETCH_H
#define ASSAY_APP_FETCH_H

#include "ledger/log_storage.h"

struct fetcher {
    int to; /* -1: not started */
    int from;
    int pid;
};

bool fetcher_start(struct fetcher *f, struct arena *a, struct err *e);

void fetcher_end(struct fetcher *f);

/* GET, or POST of `body` if it has data. Any answer is good, whatever its status. */
bool fetch(struct fetcher *f, const char *url, const struct bytes *body, size_t max,
           struct arena *a, unsigned *ret_status, struct bytes *ret, struct err *e);

/* A log below a URL, only for reading. */
struct fetched_log {
    struct fetcher *fetcher;
    const char *prefix; /* without a slash at the end */
};

struct log_storage fetched_log_storage(struct fetched_log *l);

#endif
