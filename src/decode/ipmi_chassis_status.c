/* SPDX-License-Identifier: Apache-2.0 */
/* IPMI 2.0, 28.2: the response to Get Chassis Status. */
#include "decode/ipmi.h"

static const struct field state[] = {
    {KEY_NONE,               F_U8,   0, 0},
    {KEY_BMC_POWER_ON,       F_FLAG, 0, 0},
    {KEY_BMC_POWER_OVERLOAD, F_FLAG, 0, 1},
    {KEY_BMC_INTERLOCK,      F_FLAG, 0, 2},
    {KEY_BMC_POWER_FAULT,    F_FLAG, 0, 3},
    {KEY_BMC_CONTROL_FAULT,  F_FLAG, 0, 4},
    {KEY_BMC_POLICY,         F_BITS, 2, 5},
    {KEY_BMC_LAST_EVENT,     F_U8,   0, 0},
    {KEY_NONE,               F_U8,   0, 0},
    {KEY_BMC_INTRUSION,      F_FLAG, 0, 0},
    {KEY_BMC_LOCKOUT,        F_FLAG, 0, 1},
    {KEY_BMC_DRIVE_FAULT,    F_FLAG, 0, 2},
    {KEY_BMC_COOLING_FAULT,  F_FLAG, 0, 3},
    {KEY_BMC_IDENTIFY,       F_BITS, 4, 4},
};

static const struct field buttons[] = {
    {KEY_BMC_BUTTONS, F_U8, 0, 0}
};

static void decode(struct decode *d)
{
    static const uint8_t sizes[] = {3, 4, 0};

    if (!ipmi_payload(d, sizes, false))
        return;
    decode_open(d, ITEM_MAP, "chassis");
    decode_fields(d, IPMI_ROWS(state));
    decode_fields_grow(d, IPMI_ROWS(buttons));
    decode_close(d);
}

static unsigned probe(struct bytes b, struct bytes label)
{
    if (!bytes_starts_with(label, "get_chassis_status") &&
        !bytes_starts_with(label, "chassis-status"))
        return 0;
    return b.len == 1 || (b.len >= 3 && b.len <= 5) ? 60 : 0;
}

const struct decoder decoder_ipmi_chassis_status = {
    .name = "ipmi-chassis-status",
    .title = "IPMI chassis status",
    .spec = "ipmi-2.0",
    .min = 1,
    .max = 256,
    .probe = probe,
    .decode = decode,
};
