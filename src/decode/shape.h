/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_DECODE_SHAPE_H
#define ASSAY_DECODE_SHAPE_H

#include "base/text.h"

/*
 * The form of a unique text, as "LENGTH KIND [PREFIX]": KIND is the narrowest of hex,
 * upper-alnum, lower-alnum, alnum, ascii, bytes that holds all of it apart from separators,
 * which are listed after a '+' ("hex+-"). PREFIX is the leading letters of a text of up to four
 * letters followed by digits only. Wide enough that serials of one series agree, narrow enough
 * that a made-up one shows.
 */
void shape_of(struct text *t, struct bytes b);

#endif
