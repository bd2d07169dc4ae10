/* SPDX-License-Identifier: Apache-2.0 */
/* From a file, a bundle or a recorded folder to a subject that can be judged. */
#ifndef ASSAY_APP_LOAD_H
#define ASSAY_APP_LOAD_H

#include "appraise/subject.h"

/* The largest file or bundle that is read. */
enum {
    LOAD_MAX = 1 << 30
};

/*
 * Loads what stands at `path`: a recorded folder is read in place, a bundle is verified, any
 * other file becomes evidence of one document. Everything lives in `a`, also what is mapped.
 */
bool subject_load(const char *path, struct arena *a, struct subject *ret, struct err *e);

/* The same of a file whose bytes have been read: standard input can be read once only. */
bool subject_take(const char *path, struct bytes b, struct arena *a, struct subject *ret,
                  struct err *e);

/* Decodes the evidence of `s` into claims, in a worker, and builds its tree. */
bool subject_derive(struct subject *s, struct arena *a, struct err *e);

/* The surface below which the claims of a surface hang: its own name for most. */
const char *surface_mount(const char *surface);

/*
 * The name by which a machine is known among others: the asset id of its evidence, else the
 * serial number of board or system as the host's tables state it, else the digest of the
 * evidence.
 */
struct bytes subject_identity(const struct subject *s, struct arena *a);

#endif
