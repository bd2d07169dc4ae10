/* SPDX-License-Identifier: Apache-2.0 */
/* Members of tar archives (POSIX.1-2017, pax: "ustar Interchange Format"; also as GNU writes
 * it). */
#ifndef ASSAY_DECODE_TAR_FILE_H
#define ASSAY_DECODE_TAR_FILE_H

#include "base/bytes.h"

enum {
    TAR_BLOCK = 512,
    TAR_SUM_FIELD = 148,
    TAR_TYPE_FIELD = 156,
};

/* A member of an archive. All bytes are the archive's. */
struct tar_file {
    struct bytes name; /* without "./"; up to 100 bytes, without ustar's prefix */
    struct bytes content;
    size_t at; /* of its header */
    uint8_t type;
    bool sum_good; /* whether the header's checksum is right */
};

/* The member whose header stands at `at`; false if none stands there, or its content does not
 * lie wholly in `all`. */
bool tar_file_at(struct bytes all, size_t at, struct tar_file *ret);

/* Where the next header stands: behind the content and its filling, which may be cut off. */
size_t tar_file_next(const struct tar_file *f);

/* A field's text: up to its first NUL, or all of it. */
struct bytes tar_text(struct bytes b);

/* An octal number at the beginning of a field that a NUL, a blank or its end ends. */
bool tar_octal(struct bytes b, uint64_t *ret);

#endif
