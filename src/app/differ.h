/* SPDX-License-Identifier: Apache-2.0 */
/* The use case behind "assay diff". */
#ifndef ASSAY_APP_DIFFER_H
#define ASSAY_APP_DIFFER_H

#include "app/load.h"
#include "base/json.h"
#include "evidence/difference.h"

/* Compares two subjects and marks what follows from what. `all` includes free claims. */
void subjects_differ(const struct subject *a, const struct subject *b, bool all,
                     struct arena *arena, struct changes *ret);

/* Whether nothing differs but what belongs to one machine or was not seen on one side. */
bool changes_only_own(const struct changes *c);

/* One object as the outward contract has it, with a line end. */
void changes_json(struct text *t, const struct subject *a, const struct subject *b,
                  const struct changes *c);

/* For people: causes first, what follows from them indented below. */
void changes_text(struct text *t, const struct subject *a, const struct subject *b,
                  const struct changes *c);

#endif
