/* SPDX-License-Identifier: Apache-2.0 */
/* A collection into a bundle file, in bounded memory whatever the size of the blobs. */
#ifndef ASSAY_COLLECT_BUNDLE_FILE_H
#define ASSAY_COLLECT_BUNDLE_FILE_H

#include "collect/collect.h"
#include "evidence/bundle.h"

/*
 * Collects into a new file that appears only when it is complete. `ret` holds tool, subject,
 * time and salt before and the sorted entries after.
 */
bool collect_into_file(const struct collect_options *o, const char *path, bool compress,
                       struct arena *a, struct evidence *ret, struct err *e);

/* Writes a bundle whose blobs are in memory. */
bool bundle_into_file(const struct bundle *b, const char *path, bool compress, struct arena *a,
                      struct err *e);

/* Maps a bundle, compressed or not (*ret_packed), and verifies it. It lives as long as the
 * arena and process.
 */
bool bundle_from_file(const char *path, struct arena *a, struct bundle *ret, bool *ret_packed,
                      struct err *e);

#endif
