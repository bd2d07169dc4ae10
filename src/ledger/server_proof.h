/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that shows one server's place in an epoch, or that it has none, in one file
 * (docs/formats/ledger.md). */
#ifndef ASSAY_LEDGER_SERVER_PROOF_H
#define ASSAY_LEDGER_SERVER_PROOF_H

#include "base/text.h"
#include "ledger/attributes.h"
#include "ledger/pseudonym.h"

enum {
    SERVER_PROOF_MAX = 1 << 24
};

struct server_opening {
    struct attribute_salt salt;
    struct attribute attribute;
};

struct server_alias {
    struct identity identity;
    struct vrf_proof pseudonym;
    struct attribute_salt salt; /* zero where there is no such alias */
    struct bytes proof;         /* in the alias tree */
};

struct server_proof {
    bool absent;
    struct identity identity;
    struct vrf_proof pseudonym;
    struct bytes envelope; /* of the statement */
    struct bytes proof;    /* in the fleet tree */
    struct server_opening *openings;
    size_t opening_count;
    struct digest *hidden; /* digests of the attributes that are not opened */
    size_t hidden_count;
    struct server_alias *aliases;
    size_t alias_count; /* at most 255; of an absent server one, that nobody has this alias */
};

void server_proof_print(struct text *t, const struct server_proof *p);

#endif
