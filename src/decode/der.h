/* SPDX-License-Identifier: Apache-2.0 */
/* Walking DER (ITU-T X.690): structure only, no meaning and no cryptography. */
#ifndef ASSAY_DECODE_DER_H
#define ASSAY_DECODE_DER_H

#include "base/reader.h"

enum der_tag {
    DER_INTEGER = 0x02,
    DER_BIT_STRING = 0x03,
    DER_OCTET_STRING = 0x04,
    DER_OID = 0x06,
    DER_UTF8 = 0x0c,
    DER_NUMERIC = 0x12,
    DER_PRINTABLE = 0x13,
    DER_T61 = 0x14,
    DER_IA5 = 0x16,
    DER_UTC_TIME = 0x17,
    DER_GENERALIZED_TIME = 0x18,
    DER_VISIBLE = 0x1a,
    DER_BMP = 0x1e,
    DER_SEQUENCE = 0x30,
    DER_SET = 0x31,
    DER_CONTEXT_0 = 0xa0,
};

struct der {
    uint8_t tag;
    struct bytes whole;    /* tag, length and content */
    struct reader content; /* cannot see past the element */
};

/*
 * Takes the next element. False, and `r` has failed at the element, when there is none, when it
 * has a long tag, or when its length is indefinite, not the shortest form, or beyond the end.
 */
bool der_next(struct reader *r, struct der *ret);

/* As der_next, for an element that must have this tag. */
bool der_expect(struct reader *r, uint8_t tag, struct der *ret);

/* The dotted form of an object identifier's content, in the arena; "" when it is malformed. */
struct arena;
struct bytes der_oid_text(struct arena *a, struct bytes content);

#endif
