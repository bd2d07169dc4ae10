/* SPDX-License-Identifier: Apache-2.0 */
/* Reading lines of text through the decoder's reader, so that a claim's span is its line. */
#ifndef ASSAY_DECODE_TEXT_LINE_H
#define ASSAY_DECODE_TEXT_LINE_H

#include "decode/decode.h"

/*
 * The next line of `in`, without its end. `ret_from` is where it began; `in` then stands behind
 * the line's end, so that a claim from `ret_from` covers the line wholly. A last line without
 * an end is a fault: the kernel ends every line. False at the end.
 */
bool text_line(struct decode *d, struct bytes *ret_line, size_t *ret_from);

/* A line that is not of the format: a fault, and the bytes stay unexplained. */
void text_line_fault(struct decode *d, size_t from);

/* Marks a line that states nothing: an empty one. */
void text_line_blank(struct decode *d, size_t from);

#endif
