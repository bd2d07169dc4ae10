/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/text_line.h"

bool text_line(struct decode *d, struct bytes *ret_line, size_t *ret_from)
{
    struct bytes rest = bytes_slice(d->in.all, d->in.pos, reader_left(&d->in));
    size_t before = rest.len;

    if (d->in.failed || !bytes_line(&rest, ret_line))
        return false;
    *ret_from = d->in.pos;
    (void)reader_take(&d->in, before - rest.len);
    if (d->in.all.data[d->in.pos - 1] != '\n')
        decode_fault(d, FAULT_UNTERMINATED, reader_offset(&d->in));
    return true;
}

void text_line_fault(struct decode *d, size_t from)
{
    decode_fault(d, FAULT_BAD_ENCODING, d->in.base + from);
}

void text_line_blank(struct decode *d, size_t from)
{
    decode_region(d, reader_span(&d->in, from), CLASS_STRUCTURE);
}
