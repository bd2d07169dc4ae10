/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the operator keeps of the servers whose leaves an epoch made: who they are, and what
 * their leaves commit to. Never published; without it nothing can be opened.
 */
#ifndef ASSAY_APP_FLEET_RECORD_H
#define ASSAY_APP_FLEET_RECORD_H

#include "base/text.h"
#include "ledger/attributes.h"
#include "ledger/pseudonym.h"

enum {
    FLEET_ALIASES_MAX = 64,     /* of one server */
    FLEET_RECORDS_MAX = 1 << 30 /* bytes of a file */
};

/* Another name of a server, with its pseudonym. */
struct fleet_alias {
    struct identity identity;
    struct digest index;
};

struct fleet_record {
    struct digest index;
    struct identity identity;
    struct attribute *attributes;
    size_t attribute_count;
    struct fleet_alias *aliases;
    size_t alias_count;
};

/* Of one epoch, ascending by index. */
struct fleet_records {
    struct fleet_record *rows;
    size_t count;
};

void fleet_records_print(struct text *t, const struct fleet_records *r);

/* Views `file`. */
bool fleet_records_parse(struct bytes file, struct arena *a, struct fleet_records *ret,
                         struct err *e);

/* NULL if it is not there. */
const struct fleet_record *fleet_record_find(const struct fleet_records *r,
                                             const struct digest *index);

/* The value of an attribute; empty if it has none of that name. */
struct bytes fleet_record_value(const struct fleet_record *r, const char *name);

#endif
