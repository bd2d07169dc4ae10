/* SPDX-License-Identifier: Apache-2.0 */
/* The serial number string of a USB device, as the kernel serves it; the label is its place. */
#include "decode/text_line.h"

static void decode(struct decode *d)
{
    struct bytes line = {NULL, 0};
    size_t from = 0;

    decode_open_shared(d, d->label);
    if (text_line(d, &line, &from)) {
        decode_bytes(d, KEY_USB_SERIAL, bytes_trim(line), from);
        if (reader_more(&d->in))
            decode_fault(d, FAULT_TRAILING, reader_offset(&d->in));
    }
    decode_close(d);
}

/* Any line could be one: only the place where it was found tells. */
static unsigned probe(struct bytes b, struct bytes label)
{
    (void)b;
    (void)label;
    return 0;
}

const struct decoder decoder_usb_serial = {
    .name = "usb-serial",
    .title = "Serial number of a USB device",
    .spec = "linux-abi",
    .surface = "usb",
    .min = 1,
    .max = 4096,
    .probe = probe,
    .decode = decode,
};
