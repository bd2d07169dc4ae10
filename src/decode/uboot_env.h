/* SPDX-License-Identifier: Apache-2.0 */
/* The environment of U-Boot, whose size only its CRC tells. */
#ifndef ASSAY_DECODE_UBOOT_ENV_H
#define ASSAY_DECODE_UBOOT_ENV_H

#include "base/bytes.h"

struct uboot_env {
    size_t size;   /* with its header */
    size_t header; /* 4: the CRC; 5: and a flag, where there are two copies */
    bool big;      /* the CRC's order of bytes */
};

/* Finds how long the environment at the start of `b` is; false if its CRC is right for no size.
 */
bool uboot_env_find(struct bytes b, struct uboot_env *ret);

#endif
