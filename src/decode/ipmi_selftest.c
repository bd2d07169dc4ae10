/* SPDX-License-Identifier: Apache-2.0 */
/* IPMI 2.0, 20.4: the response to Get Self Test Results. */
#include "decode/ipmi.h"

static const struct field result[] = {
    {KEY_BMC_SELFTEST,        F_U8, 0, 0},
    {KEY_BMC_SELFTEST_DETAIL, F_U8, 0, 0},
};

static void decode(struct decode *d)
{
    static const uint8_t sizes[] = {2, 0};

    if (!ipmi_payload(d, sizes, false))
        return;
    decode_open(d, ITEM_MAP, "self-test");
    decode_fields(d, IPMI_ROWS(result));
    decode_close(d);
}

static unsigned probe(struct bytes b, struct bytes label)
{
    if (!bytes_starts_with(label, "get_selftest") && !bytes_starts_with(label, "self-test"))
        return 0;
    return b.len >= 1 && b.len <= 3 ? 60 : 0;
}

const struct decoder decoder_ipmi_selftest = {
    .name = "ipmi-selftest",
    .title = "IPMI self test result",
    .spec = "ipmi-2.0",
    .min = 1,
    .max = 256,
    .probe = probe,
    .decode = decode,
};
