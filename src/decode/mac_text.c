/* SPDX-License-Identifier: Apache-2.0 */
/* /sys/class/net/INTERFACE/address: bytes in hexadecimal, parted by colons. The label is the
 * name. */
#include "decode/text_line.h"

enum {
    INPUT_MAX = 1024
};

static bool address_good(struct bytes text)
{
    if (text.len % 3 != 2)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (i % 3 == 2 ? text.data[i] != ':' : hex_digit(text.data[i]) < 0)
            return false;
    }
    return true;
}

/* The loopback interface and tunnels have none, or only zeros. */
static bool address_none(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] != '0' && text.data[i] != ':')
            return false;
    }
    return true;
}

static void decode(struct decode *d)
{
    size_t from = d->in.pos;
    struct bytes text = {NULL, 0};

    (void)text_line(d, &text, &from);
    text = bytes_trim(text);
    decode_open_bytes(d, ITEM_MAP, d->label.len > 0 ? d->label : bytes_of("interface"));
    if (address_none(text))
        decode_bool(d, KEY_NET_NO_ADDRESS, true, from);
    else if (address_good(text))
        decode_bytes(d, KEY_NET_ADDRESS, text, from);
    else
        text_line_fault(d, from);
    if (reader_more(&d->in))
        decode_fault(d, FAULT_TRAILING, reader_offset(&d->in));
    decode_close(d);
}

static unsigned probe(struct bytes b, struct bytes label)
{
    struct bytes text = bytes_trim(bytes_slice(b, 0, INPUT_MAX + 1));

    (void)label;
    return text.len == 17 && b.len <= INPUT_MAX && address_good(text) ? 30 : 0;
}

const struct decoder decoder_mac_text = {
    .name = "mac-text",
    .title = "Address of a network interface",
    .spec = "linux-abi",
    .min = 1,
    .max = INPUT_MAX,
    .probe = probe,
    .decode = decode,
};
