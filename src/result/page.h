/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages that stand by themselves: style inside, no script, nothing fetched. Every text that
 * comes from evidence goes through html_text().
 */
#ifndef ASSAY_RESULT_PAGE_H
#define ASSAY_RESULT_PAGE_H

#include "base/text.h"

/* Text of unknown origin, with nothing in it that a browser would take for markup. */
void html_text(struct text *t, struct bytes b);

/* All up to the main part; `title` is text of unknown origin. */
void page_begin(struct text *t, struct bytes title);

/* The end, with a line at the foot; `words` is markup of our own. */
void page_end(struct text *t, struct bytes tool, const char *words);

#endif
