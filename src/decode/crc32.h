/* SPDX-License-Identifier: Apache-2.0 */
/* CRC-32 as in IEEE 802.3: reflected polynomial 0xedb88320. */
#ifndef ASSAY_DECODE_CRC32_H
#define ASSAY_DECODE_CRC32_H

#include "base/bytes.h"

/* Continues `crc`, which starts at 0. For headers: it goes bit by bit. */
uint32_t crc32_more(uint32_t crc, struct bytes b);

#endif
