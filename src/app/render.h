/* SPDX-License-Identifier: Apache-2.0 */
/* Decoded evidence for people and for programs. */
#ifndef ASSAY_APP_RENDER_H
#define ASSAY_APP_RENDER_H

#include "base/json.h"
#include "evidence/item.h"

/* "sha256:" and the lower-case hexadecimal digits of a digest, as a JSON string. */
void render_digest(struct json *j, const struct digest *d);

/* A value as the outward contract has it; `text` beside where it has a name. */
void render_value(struct json *j, const struct value *v);

/* The members claims, faults, map and derived of one decode. */
void render_decoded_json(struct json *j, const struct decoded *d);

/* Below the path of each container its claims, a line each; then the faults; with `map` the
 * byte map and its totals. */
void render_decoded_text(struct text *t, const struct decoded *d, bool map);

#endif
