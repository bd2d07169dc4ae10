/* SPDX-License-Identifier: Apache-2.0 */
/* Between reads.c and reads_lines.c. */
#ifndef ASSAY_APPRAISE_READS_PRIVATE_H
#define ASSAY_APPRAISE_READS_PRIVATE_H

#include "appraise/reads.h"

/*
 * Whether wires explain exactly how `row` differs from `base`, two readings of one length:
 * sets kind, detail, high and of_base.
 */
bool reads_lines(struct reads_row *row, struct bytes base);

/* As above for two readings of different length. */
bool reads_lengths(struct reads_row *row, struct bytes base);

#endif
