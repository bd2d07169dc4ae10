/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of the ustar format (POSIX.1-2017, pax, "ustar Interchange Format") that a bundle
 * uses: regular files with short names, mode 0644, owner 0, time 0. A name and a size have one
 * header only, so that a changed bit in a header is always seen.
 */
#ifndef ASSAY_BASE_TAR_H
#define ASSAY_BASE_TAR_H

#include "base/bytes.h"

enum {
    TAR_BLOCK = 512,
    TAR_NAME_MAX = 99
};

/* The greatest size that the header's eleven octal digits hold. */
#define TAR_SIZE_MAX UINT64_C(077777777777)

/* The header of a file. `name` has at most TAR_NAME_MAX bytes, `size` is at most TAR_SIZE_MAX.
 */
void tar_header(struct bytes name, uint64_t size, uint8_t ret[TAR_BLOCK]);

/* How many zero bytes follow `size` bytes of content up to the next header. */
size_t tar_padding(uint64_t size);

/*
 * Reads a header as tar_header() writes it. False for anything else, an end block included;
 * *ret_name lies in `block`.
 */
bool tar_header_read(struct bytes block, struct bytes *ret_name, uint64_t *ret_size);

#endif
