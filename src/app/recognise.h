/* SPDX-License-Identifier: Apache-2.0 */
/* How a lone file is read: by whom, under which name, and below which surface. */
#ifndef ASSAY_APP_RECOGNISE_H
#define ASSAY_APP_RECOGNISE_H

#include "decode/engine.h"
#include "evidence/source.h"

struct recognised {
    const struct decoder *decoder; /* NULL when nobody recognises it */
    struct bytes label;            /* what the decoder is told */
    struct bytes place;            /* "smbios@document" */
};

/*
 * A path that ends as a source's pattern does ("sys/bus/pci/devices/0000:00:1f.0/config") says
 * what the file is; else the decoder that is surest of the bytes takes it. `as` and `label`
 * override, and may be NULL. Looks into the bytes, which only a worker may do.
 */
struct recognised recognise(struct bytes path, struct bytes b, const char *as,
                            const char *label, struct arena *a);

/* Where a lone file's claims hang, from the decoder that took it (NULL: none). */
struct bytes recognised_place(struct bytes path, const char *as, const struct decoder *decoder,
                              struct arena *a);

/* The label of a source's row with %1 to %4 filled in by what its stars matched in `origin`. */
struct bytes source_label(const struct source *s, struct bytes origin, struct arena *a);

#endif
