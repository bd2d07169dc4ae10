/* SPDX-License-Identifier: Apache-2.0 */
/* What the decoders of capsules and of vendors' update packages share. */
#ifndef ASSAY_DECODE_CAPSULE_H
#define ASSAY_DECODE_CAPSULE_H

#include "decode/decode.h"

/*
 * The rest of `in` as a flash image or whatever else its format is, in a new container of this
 * name. Nothing for no bytes.
 */
void capsule_image(struct decode *d, const char *name);

/* As capsule_image for a span of any blob of this decode, such as a derived one. */
void capsule_image_at(struct decode *d, const char *name, struct span s);

/*
 * The rest of `in`: EFI_FIRMWARE_MANAGEMENT_CAPSULE_HEADER, drivers and firmware images (UEFI
 * 2.10, section 23.3), into the current container.
 */
void capsule_fmp(struct decode *d);

#endif
