/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A string that a USB device gives, as the kernel serves it: descriptors hold no more of it
 * than a number. The label is "DEVICE/STRING".
 */
#include "decode/text_line.h"

static const struct {
    const char *name;
    enum key_id key;
} strings[] = {
    {"manufacturer", KEY_USB_MANUFACTURER},
    {"product",      KEY_USB_PRODUCT     },
    {"serial",       KEY_USB_SERIAL      },
};

static void claim(struct decode *d, struct bytes string)
{
    struct bytes line = {NULL, 0};
    size_t from = 0;

    if (!text_line(d, &line, &from))
        return;
    for (size_t i = 0; i < ARRAY_LEN(strings); i++) {
        if (bytes_equal_text(string, strings[i].name))
            decode_bytes(d, strings[i].key, bytes_trim(line), from);
    }
    if (reader_more(&d->in))
        decode_fault(d, FAULT_TRAILING, reader_offset(&d->in));
}

static void decode(struct decode *d)
{
    struct bytes string = d->label;
    struct bytes device;

    if (!bytes_cut(&string, '/', &device)) {
        claim(d, d->label);
        return;
    }
    decode_open_shared(d, device);
    claim(d, string);
    decode_close(d);
}

/* Any line could be one: only the place where it was found tells. */
static unsigned probe(struct bytes b, struct bytes label)
{
    (void)b;
    (void)label;
    return 0;
}

const struct decoder decoder_usb_string = {
    .name = "usb-string",
    .title = "String of a USB device",
    .spec = "linux-abi",
    .surface = "usb",
    .min = 1,
    .max = 4096,
    .probe = probe,
    .decode = decode,
};
