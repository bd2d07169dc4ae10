/* SPDX-License-Identifier: Apache-2.0 */
/* What the layouts of Supermicro's management controllers share. */
#ifndef ASSAY_DECODE_ATEN_H
#define ASSAY_DECODE_ATEN_H

#include "decode/bmc_layout.h"

/* Where the record of the firmware's version ("ATENs_FW") stands next from `from`, or the end.
 */
size_t aten_version_next(struct bytes b, size_t from);

/*
 * Every record of a version in the image, each in a container "version". `crc` is what a record
 * must state as CRC over all images' CRCs; a second record is the fault `duplicate`.
 */
void aten_versions(struct decode *d, struct bmc_layout *l, uint32_t crc);

/*
 * Marks of the tables of later controllers ("fwmap", "sig_table") that say which parts of an
 * image are signed. Their rows are not published. A second mark of one kind is the fault
 * `duplicate`: that is how a forged table takes the true one's place.
 */
void aten_signing_tables(struct decode *d, struct bmc_layout *l);

/* Whether such a mark stands in the image. */
bool aten_signing_table_here(struct bytes b);

/*
 * Whether the image is of the layout whose regions begin encrypted, told by what is plain: a
 * file system at its place, amid whose root folder the encrypted bytes end.
 */
bool aten_encrypted_here(struct bytes b);

/* States such regions, if the image is of that layout: what is encrypted, and what follows it.
 */
void aten_encrypted(struct decode *d, struct bmc_layout *l);

#endif
