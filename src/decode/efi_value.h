/* SPDX-License-Identifier: Apache-2.0 */
/* What UEFI variables hold. UEFI specification 2.10, section 3.3 (globally defined variables).
 */
#ifndef ASSAY_DECODE_EFI_VALUE_H
#define ASSAY_DECODE_EFI_VALUE_H

#include "decode/decode.h"

/*
 * Decodes the value of the variable of this vendor GUID (canonical text) and name (UTF-8),
 * which takes all that is left of d->in, into the current container. Returns whether it holds
 * something unique to one machine, so that a digest over it is unique too.
 */
bool efi_value_decode(struct decode *d, struct bytes guid, struct bytes name);

/*
 * Whether a variable's name fits a pattern, in which # stands for a hexadecimal digit and a *
 * at the end for anything.
 */
bool efi_name_matches(struct bytes name, const char *pattern);

#endif
