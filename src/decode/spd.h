/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files that decode SPD EEPROMs. */
#ifndef ASSAY_DECODE_SPD_H
#define ASSAY_DECODE_SPD_H

#include "decode/decode.h"

/* What the capacity is computed from. A value that the annex reserves leaves its member 0. */
struct spd_organisation {
    uint64_t density; /* Mbit a die */
    uint64_t dies;    /* dies a package that count as ranks */
    uint64_t width;   /* bits a device */
    uint64_t ranks;
    uint64_t bus; /* bits a channel */
    uint64_t channels;
};

/* Claims of the bytes that describe the memory; `in` stands at the start of the EEPROM. */
void spd_ddr3(struct decode *d);
void spd_ddr4(struct decode *d);
void spd_ddr5(struct decode *d);

/* The byte at `offset` of the EEPROM; 0 if it is not there. */
unsigned spd_byte(const struct decode *d, size_t offset);

/* A claim that the byte at `offset` says so. Nothing if the byte is not there. */
void spd_claim(struct decode *d, enum key_id key, uint64_t value, size_t offset);

#endif
