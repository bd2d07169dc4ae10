/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IPMI 2.0, 22.14: the response to Get System GUID. By the specification the last byte of the
 * UUID comes first; many controllers answer in the order of SMBIOS. Both readings are stated.
 */
#include "decode/ipmi.h"

static struct bytes reversed_text(struct arena *a, struct bytes guid)
{
    struct text t;

    text_init(&t, a, 64);
    for (size_t i = guid.len; i-- > 0;) {
        text_hex(&t, bytes_slice(guid, i, 1));
        if (i == 12 || i == 10 || i == 8 || i == 6)
            text_char(&t, '-');
    }
    return text_bytes(&t);
}

static void decode(struct decode *d)
{
    static const uint8_t sizes[] = {16, 0};

    if (!ipmi_payload(d, sizes, true))
        return;
    size_t from = d->in.pos;
    struct bytes guid = reader_take(&d->in, 16);

    decode_bytes(d, KEY_BMC_GUID, guid_text(d->arena, guid), from);
    decode_bytes(d, KEY_BMC_GUID_IPMI, reversed_text(d->arena, guid), from);
}

static unsigned probe(struct bytes b, struct bytes label)
{
    if (!bytes_starts_with(label, "get_system_guid") &&
        !bytes_starts_with(label, "system-guid"))
        return 0;
    return b.len == 1 || b.len == 16 || b.len == 17 ? 60 : 0;
}

const struct decoder decoder_ipmi_guid = {
    .name = "ipmi-guid",
    .title = "IPMI system GUID",
    .spec = "ipmi-2.0",
    .min = 1,
    .max = 256,
    .probe = probe,
    .decode = decode,
};
