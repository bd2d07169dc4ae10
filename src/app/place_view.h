/* SPDX-License-Identifier: Apache-2.0 */
/* Places of a difference (evidence/places.h) for people and for programs. */
#ifndef ASSAY_APP_PLACE_VIEW_H
#define ASSAY_APP_PLACE_VIEW_H

#include "app/load.h"
#include "base/json.h"
#include "evidence/places.h"

/* One object of the member `places`. */
void place_json(struct json *j, const struct subject *a, const struct subject *b,
                const struct place *p, const struct changes *c);

/* One line: where, what about it, how much. */
void place_text(struct text *t, const struct subject *a, const struct subject *b,
                const struct place *p);

#endif
