/* SPDX-License-Identifier: Apache-2.0 */
/* SMBIOS entry points, DSP0134 3.7 chapter 5. */
#ifndef ASSAY_DECODE_SMBIOS_ENTRY_POINT_H
#define ASSAY_DECODE_SMBIOS_ENTRY_POINT_H

#include "decode/decode.h"

enum {
    SMBIOS_ENTRY_POINT_MAX = 32
};

/* What an entry point says of its table. Offsets are those of the fields in the blob. */
struct smbios_entry_point {
    unsigned major; /* 0: there is no entry point */
    unsigned minor;
    uint64_t table_address;
    uint64_t table_length; /* 3.x: the greatest that it may be */
    uint64_t count;        /* structures; 0: not stated (3.x) */
    uint64_t address_offset;
    uint64_t length_offset;
    uint64_t count_offset;
};

/* Whether the bytes start with the mark of an entry point. */
bool smbios_entry_point_is(struct bytes b);

/* Claims the entry point at the position of `in` under "entry-point", and moves past it. */
void smbios_entry_point(struct decode *d, struct smbios_entry_point *ret);

#endif
