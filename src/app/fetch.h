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

struct fetch_request {
    const char *url;
    const struct bytes *body; /* for POST; NULL for GET */
    size_t max;               /* bytes of the answer */
};

struct fetch_answer {
    unsigned status; /* of HTTP */
    struct bytes body;
};

/* Any answer is good, whatever its status. */
bool fetch(struct fetcher *f, const struct fetch_request *q, struct arena *a,
           struct fetch_answer *ret, struct err *e);

/* A log below a URL, only for reading. */
struct fetched_log {
    struct fetcher *fetcher;
    const char *prefix; /* without a slash at the end */
};

struct log_storage fetched_log_storage(struct fetched_log *l);

#endif
