/* SPDX-License-Identifier: Apache-2.0 */
/* What the decoders of IPMI structures share. */
#ifndef ASSAY_DECODE_IPMI_H
#define ASSAY_DECODE_IPMI_H

#include "decode/decode.h"

#define IPMI_ROWS(rows) rows, ARRAY_LEN(rows)

enum {
    IPMI_END_OF_FIELDS = 0xc1
};

/*
 * Reads the completion code, if the bytes begin with one. `sizes` are the lengths, ending with
 * 0, that the payload after it may have; a single byte is a code alone. A zero first byte of a
 * listed length is a code too, unless `bare_zero` says that payloads may begin so. True if a
 * payload follows: then `in` stands at it.
 */
bool ipmi_payload(struct decode *d, const uint8_t *sizes, bool bare_zero);

/*
 * The text behind a type/length byte (FRU Information Storage 13, IPMI 43.15): binary as
 * hexadecimal digits, BCD plus, 6-bit ASCII, or 8-bit text, which outside English may be
 * UTF-16. In the arena or the input itself.
 */
struct bytes ipmi_text(struct arena *a, unsigned type_length, struct bytes b, bool english);

/* The records of the multirecord area (FRU Information Storage 16 to 18.7). */
void fru_records(struct decode *d);

#endif
