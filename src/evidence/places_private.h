/* SPDX-License-Identifier: Apache-2.0 */
/* Between meaning.c, which holds the rows, and places.c, which walks the trees. */
#ifndef ASSAY_EVIDENCE_PLACES_PRIVATE_H
#define ASSAY_EVIDENCE_PLACES_PRIVATE_H

#include "evidence/places.h"

/* What a change of this node is about; `part` is the part it stands in. */
enum meaning meaning_of(const struct tree *t, uint32_t node, uint32_t part);

/* Why a change of this key can follow from another one close by, or NULL. */
const char *key_follows(enum key_id key);

#endif
