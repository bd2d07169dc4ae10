/* SPDX-License-Identifier: Apache-2.0 */
/* What a statement on a fleet amounts to, in plain words that follow from its numbers only. */
#ifndef ASSAY_APP_FLEET_WORDS_H
#define ASSAY_APP_FLEET_WORDS_H

#include "base/json.h"
#include "ledger/fleet_statement.h"

/* A word about the statement as a whole, then sentences under five headings. */
void fleet_words(struct text *t, const struct fleet_statement *s);

/* The same sentences as members of an object. */
void fleet_words_json(struct json *j, const struct fleet_statement *s);

#endif
