/* SPDX-License-Identifier: Apache-2.0 */
/* EFI_SIGNATURE_LIST: UEFI specification 2.10, section 32.4.1. */
#ifndef ASSAY_DECODE_SIGNATURE_LIST_H
#define ASSAY_DECODE_SIGNATURE_LIST_H

#include "decode/decode.h"

/*
 * Decodes the signature lists that take all that is left of d->in, into the current container.
 * Entries are grouped by type and owner ("sha256:77fa9abd-…"), whichever list they stand in and
 * in whichever order: a database is a set.
 */
void signature_lists_decode(struct decode *d);

/* One EFI_SIGNATURE_DATA of this type (16 bytes) that takes all that is left of d->in. */
void signature_data_decode(struct decode *d, struct bytes type);

/* Whether `b` starts with a list header whose type is known and whose sizes agree. */
bool signature_list_plausible(struct bytes b);

/* Whether `b` starts with the GUID of a known type. */
bool signature_list_type_known(struct bytes b);

/* EFI_TIME (16 bytes) as "2010-03-06T19:17:21Z", in the arena; false when a field is
 * impossible. */
bool efi_time_text(struct arena *a, struct bytes time, struct bytes *ret);

#endif
