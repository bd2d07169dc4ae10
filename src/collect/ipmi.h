/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a BMC is asked (IPMI 2.0 revision 1.1), over any way of exchanging messages. Only
 * commands that read; what a BMC answers is hostile: every loop is bounded.
 */
#ifndef ASSAY_COLLECT_IPMI_H
#define ASSAY_COLLECT_IPMI_H

#include "collect/live.h"

enum {
    IPMI_ANSWER_MAX = 272
};

/* A response: the completion code, then data. */
struct ipmi_answer {
    uint8_t bytes[IPMI_ANSWER_MAX];
    size_t len; /* at least 1 */
};

struct ipmi_bus {
    void *user;
    /* Sends a request and waits for its response. 0 or an errno. */
    int (*exchange)(void *user, uint8_t netfn, uint8_t command, struct bytes request,
                    struct ipmi_answer *ret);
};

/*
 * Asks for device id, GUID, chassis status, self test, SDR, SEL, FRU inventories and MAC
 * addresses. A file holds the response as it came; a single byte is a completion code other
 * than 0. FRU, SDR and SEL files hold the bytes read, in the order of the records.
 */
void ipmi_collect(struct live *l, const struct ipmi_bus *bus);

#endif
