/* SPDX-License-Identifier: Apache-2.0 */
/* IPMI 2.0, 23.2: the response to Get LAN Configuration Parameters, parameter 5 (MAC address).
 */
#include "decode/ipmi.h"

static const struct field revision[] = {
    {KEY_BMC_PARAMETER, F_U8, 0, 0}
};

/* The channel in a label "lan1" or "lan1_mac.bin". */
static void channel_open(struct decode *d)
{
    struct bytes rest = bytes_slice(d->label, 3, d->label.len);
    struct bytes number = {NULL, 0};
    uint64_t channel = 0;

    (void)bytes_word(&rest, "_.", &number);
    if (bytes_starts_with(d->label, "lan") && bytes_number(number, 10, &channel))
        decode_open(d, ITEM_MAP, "channel:%llu", (unsigned long long)channel);
    else
        decode_open(d, ITEM_MAP, "channel");
}

static void decode(struct decode *d)
{
    static const uint8_t sizes[] = {7, 0};

    channel_open(d);
    if (ipmi_payload(d, sizes, false)) {
        decode_fields(d, IPMI_ROWS(revision));
        size_t from = d->in.pos;
        struct bytes mac = reader_take(&d->in, 6);
        struct text t;

        text_init(&t, d->arena, 32);
        for (size_t i = 0; i < mac.len; i++)
            text_printf(&t, i > 0 ? ":%02x" : "%02x", mac.data[i]);
        decode_bytes(d, KEY_BMC_MAC, text_bytes(&t), from);
    }
    decode_close(d);
}

static unsigned probe(struct bytes b, struct bytes label)
{
    return bytes_starts_with(label, "lan") && (b.len == 1 || b.len == 7 || b.len == 8) ? 50 : 0;
}

const struct decoder decoder_ipmi_lan_mac = {
    .name = "ipmi-lan-mac",
    .title = "MAC address of a BMC channel",
    .spec = "ipmi-2.0",
    .min = 1,
    .max = 256,
    .probe = probe,
    .decode = decode,
};
