/* SPDX-License-Identifier: Apache-2.0 */
/* The rendering of an evidence node for people, docs/formats/bundle.md. */
#ifndef ASSAY_EVIDENCE_MANIFEST_H
#define ASSAY_EVIDENCE_MANIFEST_H

#include "base/text.h"
#include "evidence/evidence.h"

/* JSON, a line an entry. The same node always gives the same bytes; `digest` is its D. */
void manifest_render(struct text *t, const struct evidence *e, const struct digest *digest);

#endif
