/* SPDX-License-Identifier: Apache-2.0 */
/* Who a machine is, as far as its evidence says so. */
#ifndef ASSAY_APP_FLEET_IDENTITY_H
#define ASSAY_APP_FLEET_IDENTITY_H

#include "app/fleet_record.h"
#include "appraise/subject.h"

/* What evidence says of one machine; lives in the arena, not in the subject. */
struct fleet_machine {
    struct digest evidence;
    struct identity identities[FLEET_ALIASES_MAX]; /* without repetition */
    size_t identity_count;
    struct bytes model;    /* "MAKER PRODUCT"; may be empty */
    struct bytes firmware; /* version; may be empty */
    struct bytes pcr0;     /* the SHA-256 register 0; may be empty */
};

/* Placeholders and addresses that anybody may have given are no identities. */
bool fleet_machine_of(const struct subject *s, struct arena *a, struct fleet_machine *ret,
                      struct err *e);

/* Adds an identity unless it is there. ERR_LIMIT when there are too many. */
bool fleet_machine_add(struct fleet_machine *m, struct identity i, struct err *e);

/* By which identity the machine is counted: its EK, else its board. NULL: by none. */
const struct identity *fleet_machine_primary(const struct fleet_machine *m);

#endif
