/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether bytes without a name may be a configuration space. It has no signature, but rules
 * that other files break: bits that are reserved, codes of classes, addresses and pointers that
 * must fit together; and something must be there beside an identity.
 */
#include "decode/pci.h"

enum {
    COMMAND = 0x04,
    STATUS = 0x06,
    CLASS_BASE = 0x0b,
    LAYOUT = 0x0e,
    BARS = 0x10,
    CARDBUS_POINTER = 0x14,
    BRIDGE_BUSES = 0x18,
    SUBSYSTEM = 0x2c,
    ROM = 0x30,
    POINTER = 0x34,
    RESERVED = 0x35,
    BRIDGE_ROM = 0x38,
    PIN = 0x3d,
    COMMAND_RESERVED = 0xf800,
    STATUS_RESERVED = 0x0006, /* bit 0 has a meaning since PCI Express 4.0 */
    STATUS_CAPABILITIES = 0x0010,
    ROM_RESERVED = 0x700,
    CLASS_LAST = 0x13,
    CLASS_COPROCESSOR = 0x40,
    CLASS_NONE = 0xff,
    PIN_LAST = 4,
    CAPABILITY_LAST = 0x15,
    CAPABILITIES_MAX = 48
};

static unsigned byte_at(struct bytes b, size_t at)
{
    return (unsigned)bytes_uint(b, at, 1, false);
}

static bool class_known(unsigned base)
{
    return base <= CLASS_LAST || base == CLASS_COPROCESSOR || base == CLASS_NONE;
}

/* Base addresses of a form that there is; the second half of a long one may be anything. */
static bool bars_good(struct bytes b, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        uint32_t bar = bytes_u32le(b, BARS + (size_t)i * 4);

        if ((bar & 3) == 3 || (bar & 7) == 6)
            return false;
        if ((bar & 7) == 4)
            i++;
    }
    return true;
}

/* Whether the capabilities form a chain; *ret_count of them were seen, or none can be here. */
static bool chain_good(struct bytes b, unsigned layout, unsigned *ret_count)
{
    size_t at = byte_at(b, layout == PCI_LAYOUT_CARDBUS ? CARDBUS_POINTER : POINTER) & 0xfc;
    bool listed = (bytes_uint(b, STATUS, 2, false) & STATUS_CAPABILITIES) != 0;

    *ret_count = 0;
    if (!listed)
        return true;
    if (at != 0 && at < PCI_HEADER_SIZE)
        return false;
    for (; at != 0 && at < b.len; (*ret_count)++) {
        unsigned id = byte_at(b, at);

        /* Hidden ones read as none, or as all ones. */
        if (at < PCI_HEADER_SIZE || *ret_count == CAPABILITIES_MAX ||
            (id > CAPABILITY_LAST && id != 0xff))
            return false;
        at = id == 0xff ? 0 : byte_at(b, at + 1) & 0xfc;
    }
    return true;
}

static bool layout_good(struct bytes b, unsigned layout)
{
    if (layout == PCI_LAYOUT_CARDBUS)
        return true;
    size_t rom = layout == PCI_LAYOUT_DEVICE ? ROM : BRIDGE_ROM;
    size_t reserved = layout == PCI_LAYOUT_DEVICE ? BRIDGE_ROM + 4 - RESERVED : 3;

    return bars_good(b, layout == PCI_LAYOUT_DEVICE ? 6 : 2) &&
           (bytes_u32le(b, rom) & ROM_RESERVED) == 0 && byte_at(b, PIN) <= PIN_LAST &&
           bytes_all(bytes_slice(b, RESERVED, reserved), 0);
}

/* A class, addresses and a subsystem, or buses: a function has some of these. */
static bool has_substance(struct bytes b, unsigned layout, unsigned capabilities)
{
    if (capabilities > 0 || layout == PCI_LAYOUT_CARDBUS)
        return true;
    if (layout == PCI_LAYOUT_BRIDGE)
        return byte_at(b, CLASS_BASE) == 6 && bytes_uint(b, BRIDGE_BUSES, 3, false) != 0;
    bool classed = bytes_uint(b, CLASS_BASE - 1, 2, false) != 0;
    bool addressed = bytes_u32le(b, BARS) != 0 || bytes_u32le(b, SUBSYSTEM) != 0;

    return classed || addressed;
}

bool pci_plausible(struct bytes b)
{
    unsigned layout = byte_at(b, LAYOUT) & 0x7f;
    uint64_t vendor = bytes_uint(b, 0, 2, false);
    unsigned capabilities = 0;

    return vendor != 0 && vendor != UINT16_MAX && layout <= PCI_LAYOUT_CARDBUS &&
           (bytes_uint(b, COMMAND, 2, false) & COMMAND_RESERVED) == 0 &&
           (bytes_uint(b, STATUS, 2, false) & STATUS_RESERVED) == 0 &&
           class_known(byte_at(b, CLASS_BASE)) && layout_good(b, layout) &&
           chain_good(b, layout, &capabilities) && has_substance(b, layout, capabilities);
}
