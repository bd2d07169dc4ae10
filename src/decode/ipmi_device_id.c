/* SPDX-License-Identifier: Apache-2.0 */
/* IPMI 2.0, 20.1: the response to Get Device ID. */
#include "decode/ipmi.h"

static const struct field first[] = {
    {KEY_BMC_DEVICE_ID,       F_U8,   0, 0},
    {KEY_NONE,                F_U8,   0, 0},
    {KEY_BMC_DEVICE_REVISION, F_BITS, 4, 0},
    {KEY_BMC_PROVIDES_SDR,    F_FLAG, 0, 7},
};

static const struct field second[] = {
    {KEY_BMC_SUPPORT, F_U8,    0, 0},
    {KEY_BMC_MAKER,   F_U24LE, 0, 0},
    {KEY_BMC_PRODUCT, F_U16LE, 0, 0},
};

static const struct field auxiliary[] = {
    {KEY_BMC_AUXILIARY, F_BYTES, 4, 0}
};

/* The minor version is BCD; the bit above the major one says that the device is being updated.
 */
static void firmware(struct decode *d)
{
    size_t from = d->in.pos;
    unsigned major = reader_u8(&d->in);

    decode_bool(d, KEY_BMC_UPDATE, (major & 0x80) != 0, from);
    unsigned minor = reader_u8(&d->in);
    const char *text = arena_format(d->arena, "%u.%02x", major & 0x7f, minor);

    decode_bytes(d, KEY_BMC_FIRMWARE, bytes_of(text), from);
    from = d->in.pos;
    unsigned ipmi = reader_u8(&d->in);

    text = arena_format(d->arena, "%x.%x", ipmi & 15, ipmi >> 4);
    decode_bytes(d, KEY_BMC_IPMI_VERSION, bytes_of(text), from);
}

static void decode(struct decode *d)
{
    static const uint8_t sizes[] = {11, 15, 0};

    if (!ipmi_payload(d, sizes, false))
        return;
    decode_fields(d, IPMI_ROWS(first));
    firmware(d);
    decode_fields(d, IPMI_ROWS(second));
    decode_fields_grow(d, IPMI_ROWS(auxiliary));
}

static unsigned probe(struct bytes b, struct bytes label)
{
    if (!bytes_starts_with(label, "get_device_id") && !bytes_starts_with(label, "device-id"))
        return 0;
    return b.len == 1 || (b.len >= 11 && b.len <= 16) ? 60 : 0;
}

const struct decoder decoder_ipmi_device_id = {
    .name = "ipmi-device-id",
    .title = "IPMI device id",
    .spec = "ipmi-2.0",
    .min = 1,
    .max = 256,
    .probe = probe,
    .decode = decode,
};
