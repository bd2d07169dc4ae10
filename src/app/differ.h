/* SPDX-License-Identifier: Apache-2.0 */
/* The use case behind "assay diff". */
#ifndef ASSAY_APP_DIFFER_H
#define ASSAY_APP_DIFFER_H

#include "app/load.h"
#include "base/json.h"
#include "evidence/places.h"

/* What differs between two subjects, and for firmware images where and what about it. */
struct difference {
    struct changes changes;
    struct places places;
    struct places recompressed;
};

/* Compares two subjects and marks what follows from what. `all` includes free claims. */
void subjects_differ(const struct subject *a, const struct subject *b, bool all,
                     struct arena *arena, struct difference *ret);

/* Whether nothing differs but what belongs to one machine or was not seen on one side. */
bool changes_only_own(const struct changes *c);

/* One object as the outward contract has it, with a line end. */
void changes_json(struct text *t, const struct subject *a, const struct subject *b,
                  const struct difference *d);

/* For people: places first, then causes, then what follows from them. */
void changes_text(struct text *t, const struct subject *a, const struct subject *b,
                  const struct difference *d);

#endif
