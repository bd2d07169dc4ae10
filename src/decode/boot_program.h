/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that start a machine and have no format: code, with device trees in it or behind it.
 */
#ifndef ASSAY_DECODE_BOOT_PROGRAM_H
#define ASSAY_DECODE_BOOT_PROGRAM_H

#include "decode/decode.h"

/* The length of the flattened device tree at the beginning of `b`, or 0 if none is sound there.
 */
size_t boot_tree_here(struct bytes b);

/* The bytes of `b` of which all characters can be printed. */
struct bytes boot_printable(struct bytes b);

/* Whether `b` begins as the pattern says: 9 a digit, ? a digit or blank, A and a letters. */
bool boot_fits(struct bytes b, const char *pattern);

/*
 * States the first `limit` bytes of the decoder's own as a program: each device tree is handed
 * on, what stands before, between and behind them is code with a digest. Returns where it ends:
 * filling behind it is left to the caller.
 */
size_t boot_program(struct decode *d, size_t limit);

#endif
