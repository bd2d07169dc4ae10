/* SPDX-License-Identifier: Apache-2.0 */
/* Base 64 with padding (RFC 4648 section 4), strict: one text for one byte string. */
#ifndef ASSAY_BASE_BASE64_H
#define ASSAY_BASE_BASE64_H

#include "base/text.h"

void text_base64(struct text *t, struct bytes b);

/* The alphabet for URLs and file names, without padding (RFC 4648 section 5). */
void text_base64url(struct text *t, struct bytes b);

/* False if `text` is not the Base 64 of anything: wrong length, letter, padding or unused bits.
 */
bool base64_decode(struct bytes text, struct arena *a, struct bytes *ret);

/* The same of what text_base64url() writes. */
bool base64url_decode(struct bytes text, struct arena *a, struct bytes *ret);

#endif
