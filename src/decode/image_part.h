/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes inside an image whose format their container does not tell. */
#ifndef ASSAY_DECODE_IMAGE_PART_H
#define ASSAY_DECODE_IMAGE_PART_H

#include "decode/decode.h"

/*
 * The next `n` bytes: filled with one value, or handed to the decoder that is sure to recognise
 * them, or else stated by length, digest and entropy, as bytes of this class. Claims go into
 * the current container. All that the caller was given itself is never handed on.
 */
void image_part(struct decode *d, size_t n, enum byte_class class);

/* As image_part for a span of any blob of this decode, such as a derived one. */
void image_part_at(struct decode *d, struct span s, enum byte_class class);

/*
 * As image_part_at for a whole file, such as a member of an archive: where it begins and ends
 * is known, so that less than a signature will do.
 */
void image_file_at(struct decode *d, struct span s, enum byte_class class);

/* `n` bytes of text up to a NUL, under `key`; what follows the NUL is claimed when not zero. */
void image_text(struct decode *d, enum key_id key, size_t n);

enum image_method {
    IMAGE_LZMA, /* with LZMA's own header of 13 bytes */
    IMAGE_LZ4   /* in frames */
};

/*
 * Decompresses bytes of the span `s` to exactly `size` bytes and returns the new blob in *ret.
 * False, with a fault at their place, when that fails.
 */
bool image_unpack(struct decode *d, enum image_method method, struct span s, uint64_t size,
                  uint32_t *ret);

#endif
