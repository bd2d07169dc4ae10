/* SPDX-License-Identifier: Apache-2.0 */
/* Members of LHA archives (header levels 0 to 2), as Award's firmware keeps its modules. */
#ifndef ASSAY_DECODE_LHA_H
#define ASSAY_DECODE_LHA_H

#include "base/bytes.h"

enum {
    LHA_METHOD = 5, /* bytes of a method's name */
    LHA_MARK = 2    /* where it stands in a header */
};

struct lha_member {
    struct bytes method; /* "-lh5-" and others */
    struct bytes name;
    size_t header;   /* its length, with extensions */
    uint64_t packed; /* bytes behind the header */
    uint64_t length; /* unpacked */
    uint32_t time;   /* DOS's, or what Award puts there: segment and offset to load to */
    uint16_t crc;    /* CRC-16 over the unpacked bytes */
    uint8_t level;
};

/*
 * The member at the beginning of `b`. False unless its checksum, where its level has one, is
 * right, and all that it states lies in `b`.
 */
bool lha_member_at(struct bytes b, struct lha_member *ret);

/* CRC-16 with the polynomial 0xa001 (reflected), from zero. */
uint16_t lha_crc(struct bytes b);

#endif
