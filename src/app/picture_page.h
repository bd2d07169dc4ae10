/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An image as a page: strip and tree drawn, and the same in words beside them. The page stands
 * by itself; its size is bounded, whatever the image holds.
 */
#ifndef ASSAY_APP_PICTURE_PAGE_H
#define ASSAY_APP_PICTURE_PAGE_H

#include "app/differ.h"

/* What one file holds; `format` is the title of its decoder. Builds a tree in d->arena. */
void picture_page_decoded(struct text *t, struct bytes file, const char *format,
                          const struct decoded *d);

/* What differs between two, in colours, before and after. */
void picture_page_difference(struct text *t, const struct subject *a, const struct subject *b,
                             const struct difference *d);

#endif
