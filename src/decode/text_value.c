/* SPDX-License-Identifier: Apache-2.0 */
/* A file of one line that states one thing; the label names it. */
#include "decode/text_line.h"

static void decode(struct decode *d)
{
    bool lockdown = bytes_equal_text(d->label, "lockdown");
    struct bytes line = {NULL, 0};
    size_t from = 0;

    if (!text_line(d, &line, &from))
        return;
    line = bytes_trim(line);
    if (line.len > 0 && !bytes_utf8(line))
        text_line_fault(d, from);
    decode_named_at(d, d->label, lockdown ? KEY_KERNEL_LOCKDOWN : KEY_TEXT_VALUE,
                    value_text(line), reader_span(&d->in, from));
    if (reader_more(&d->in))
        decode_fault(d, FAULT_TRAILING, reader_offset(&d->in));
}

/* Any text of one line could be this: never the first choice. */
static unsigned probe(struct bytes b, struct bytes label)
{
    (void)b;
    return bytes_equal_text(label, "lockdown") ? 20 : 0;
}

const struct decoder decoder_text_value = {
    .name = "text-value",
    .title = "One line of text",
    .spec = "linux-abi",
    .min = 1,
    .max = 65536,
    .probe = probe,
    .decode = decode,
};
