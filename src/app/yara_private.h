/* SPDX-License-Identifier: Apache-2.0 */
/* Between yara_judge.c, which judges, and yara_child.c, which runs libyara. */
#ifndef ASSAY_APP_YARA_PRIVATE_H
#define ASSAY_APP_YARA_PRIVATE_H

#include "evidence/item.h"

enum {
    YARA_NAME_MAX = 160,
    YARA_MATCHES_MAX = 4096
};

#define YARA_BLOB_END     UINT32_MAX       /* the last record: everything was looked at */
#define YARA_BLOB_TROUBLE (UINT32_MAX - 1) /* `rule` says what went wrong */

/* What is written through the pipe. */
struct yara_record {
    uint32_t blob;
    uint64_t offset; /* in the blob */
    uint64_t length; /* 0: the rule has no string that matched */
    char rule[YARA_NAME_MAX];
    char string[YARA_NAME_MAX];
};

/*
 * Compiles the rules in `text`, gives up every right but to compute and to write to `fd`,
 * and scans. Does not return.
 */
_Noreturn void yara_child(int fd, const char *text, const struct decoded *d);

#endif
