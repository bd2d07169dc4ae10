/* SPDX-License-Identifier: Apache-2.0 */
/* The blobs of a bundle as files: a recording that can be collected from again. */
#ifndef ASSAY_APP_EXTRACT_H
#define ASSAY_APP_EXTRACT_H

#include "evidence/bundle.h"

/*
 * Writes every blob below `folder` (made if it is not there) under the path where it was found.
 * Only paths that stay inside, through no link, over no file. *ret_count: files written.
 */
bool bundle_extract(const struct bundle *b, const char *folder, struct arena *a,
                    size_t *ret_count, struct err *e);

#endif
