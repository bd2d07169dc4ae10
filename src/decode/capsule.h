/* SPDX-License-Identifier: Apache-2.0 */
/* Between the decoder of capsules and that of what a firmware management capsule holds. */
#ifndef ASSAY_DECODE_CAPSULE_H
#define ASSAY_DECODE_CAPSULE_H

#include "decode/decode.h"

/*
 * The rest of `in` as a flash image or whatever else its format is, in a new container of this
 * name. Nothing for no bytes.
 */
void capsule_image(struct decode *d, const char *name);

/*
 * The rest of `in`: EFI_FIRMWARE_MANAGEMENT_CAPSULE_HEADER, drivers and firmware images (UEFI
 * 2.10, section 23.3), into the current container.
 */
void capsule_fmp(struct decode *d);

#endif
