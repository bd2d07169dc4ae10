/* SPDX-License-Identifier: Apache-2.0 */
/* What the decoders of archives and of compressed files share. */
#ifndef ASSAY_DECODE_ARCHIVE_H
#define ASSAY_DECODE_ARCHIVE_H

#include "decode/decode.h"

/* Opens the container "file:NAME" of a member. Its name may be any bytes; it is claimed too. */
void archive_open(struct decode *d, struct bytes name, struct span at);

/* What was packed in a span, unpacked with this method, as image_part_at() states it. */
void archive_unpacked(struct decode *d, struct span packed, struct bytes content,
                      const char *method);

/* Packed bytes that were not read: their length and digest. */
void archive_unread(struct decode *d, struct span packed, enum byte_class class);

#endif
