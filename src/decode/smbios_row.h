/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Short forms of the rows in smbios_tables.c and smbios_tables_more.c. Keys go without KEY_SM_,
 * forms without SM_; offsets and widths are those of the specification; the last argument is
 * the label in the text form.
 */
#ifndef ASSAY_DECODE_SMBIOS_ROW_H
#define ASSAY_DECODE_SMBIOS_ROW_H

#include "decode/smbios.h"

#define WHOLE(width) ((width) >= 8 ? UINT64_MAX : (UINT64_C(1) << (8 * ((width)&7))) - 1)

/* A field of its own. */
#define ROW(key, form, offset, width, label)                                                   \
    {                                                                                          \
        KEY_SM_##key, KEY_NONE, SM_##form, offset, width, 0, 0, WHOLE(width), label            \
    }

/* Some bits of a field. */
#define PART(key, form, offset, width, mask, shift, label)                                     \
    {                                                                                          \
        KEY_SM_##key, KEY_NONE, SM_##form, offset, width, shift, 0, mask, label                \
    }

/* A field that speaks under a second key too. */
#define BOTH(key, form, offset, width, other, label)                                           \
    {                                                                                          \
        KEY_SM_##key, KEY_SM_##other, SM_##form, offset, width, 0, 0, WHOLE(width), label      \
    }

/* A field that another one at `extension` may take over from. */
#define LONG(key, form, offset, width, extension, label)                                       \
    {                                                                                          \
        KEY_SM_##key, KEY_NONE, SM_##form, offset, width, 0, extension, WHOLE(width), label    \
    }

/* Bits that ought to be zero. */
#define BLANK(offset, width, mask)                                                             \
    {                                                                                          \
        KEY_SM_RESERVED, KEY_NONE, SM_UINT_SET, offset, width, 0, 0, mask, NULL                \
    }

/* Bytes that ought to be zero. */
#define RESERVED(offset, width)                                                                \
    {                                                                                          \
        KEY_RESERVED, KEY_NONE, SM_RESERVED, offset, width, 0, 0, 0, NULL                      \
    }

/* A type with the rows of that name. */
#define TYPE(number, minimum, identity, rows, name, title)                                     \
    {                                                                                          \
        number, minimum, identity, name, title, rows##_rows, ARRAY_LEN(rows##_rows)            \
    }

/* A type without fields of its own. */
#define BARE(number, minimum, identity, name, title)                                           \
    {                                                                                          \
        number, minimum, identity, name, title, NULL, 0                                        \
    }

#endif
