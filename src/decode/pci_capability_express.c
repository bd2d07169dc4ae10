/* SPDX-License-Identifier: Apache-2.0 */
/* The PCI Express capability: PCI Express Base Specification 6.0, section 7.5.3. */
#include "decode/pci.h"

enum {
    OFFSET_DEVICE = 0x04,
    OFFSET_LINK = 0x0c,
    OFFSET_SLOT = 0x14,
    OFFSET_ROOT = 0x1c,
    OFFSET_SECOND = 0x24,
};

static const struct field fields_pcie[] = {
    {KEY_NONE,                       F_U16LE, 0, 0},
    {KEY_PCI_PCIE_STRUCTURE_VERSION, F_BITS,  4, 0},
    {KEY_PCI_PCIE_PORT_TYPE,         F_BITS,  4, 4},
    {KEY_PCI_PCIE_SLOT_IMPLEMENTED,  F_FLAG,  0, 8},
    {KEY_PCI_PCIE_INTERRUPT_MESSAGE, F_BITS,  5, 9},
};

static const struct field fields_pcie_device[] = {
    {KEY_NONE,                          F_U32LE, 0,  0 },
    {KEY_PCI_PCIE_PAYLOAD_SUPPORTED,    F_BITS,  3,  0 },
    {KEY_PCI_PCIE_PHANTOM_FUNCTIONS,    F_BITS,  2,  3 },
    {KEY_PCI_PCIE_EXTENDED_TAG,         F_FLAG,  0,  5 },
    {KEY_PCI_PCIE_L0S_LATENCY,          F_BITS,  3,  6 },
    {KEY_PCI_PCIE_L1_LATENCY,           F_BITS,  3,  9 },
    {KEY_PCI_PCIE_ROLE_BASED_ERRORS,    F_FLAG,  0,  15},
    {KEY_PCI_PCIE_CAPTURED_POWER_LIMIT, F_BITS,  10, 18},
    {KEY_PCI_PCIE_FUNCTION_LEVEL_RESET, F_FLAG,  0,  28},
    {KEY_PCI_PCIE_DEVICE_CONTROL,       F_U16LE, 0,  0 },
    {KEY_PCI_PCIE_DEVICE_STATUS,        F_U16LE, 0,  0 },
};

static const struct field fields_pcie_link[] = {
    {KEY_NONE,                             F_U32LE, 0, 0 },
    {KEY_PCI_PCIE_LINK_SPEED_MAXIMUM,      F_BITS,  4, 0 },
    {KEY_PCI_PCIE_LINK_WIDTH_MAXIMUM,      F_BITS,  6, 4 },
    {KEY_PCI_PCIE_LINK_POWER_STATES,       F_BITS,  2, 10},
    {KEY_PCI_PCIE_L0S_EXIT_LATENCY,        F_BITS,  3, 12},
    {KEY_PCI_PCIE_L1_EXIT_LATENCY,         F_BITS,  3, 15},
    {KEY_PCI_PCIE_CLOCK_POWER_MANAGEMENT,  F_FLAG,  0, 18},
    {KEY_PCI_PCIE_SURPRISE_DOWN_REPORTING, F_FLAG,  0, 19},
    {KEY_PCI_PCIE_LINK_ACTIVE_REPORTING,   F_FLAG,  0, 20},
    {KEY_PCI_PCIE_BANDWIDTH_NOTIFICATION,  F_FLAG,  0, 21},
    {KEY_PCI_PCIE_POWER_STATE_OPTIONALITY, F_FLAG,  0, 22},
    {KEY_PCI_PCIE_PORT_NUMBER,             F_BITS,  8, 24},
    {KEY_PCI_PCIE_LINK_CONTROL,            F_U16LE, 0, 0 },
    {KEY_PCI_PCIE_LINK_STATUS,             F_U16LE, 0, 0 },
    {KEY_PCI_PCIE_LINK_SPEED,              F_BITS,  4, 0 },
    {KEY_PCI_PCIE_LINK_WIDTH,              F_BITS,  6, 4 },
};

static const struct field fields_pcie_slot[] = {
    {KEY_NONE,                               F_U32LE, 0,  0 },
    {KEY_PCI_PCIE_SLOT_FEATURES,             F_BITS,  7,  0 },
    {KEY_PCI_PCIE_SLOT_POWER_LIMIT,          F_BITS,  8,  7 },
    {KEY_PCI_PCIE_SLOT_POWER_SCALE,          F_BITS,  2,  15},
    {KEY_PCI_PCIE_SLOT_INTERLOCK,            F_FLAG,  0,  17},
    {KEY_PCI_PCIE_SLOT_NO_COMMAND_COMPLETED, F_FLAG,  0,  18},
    {KEY_PCI_PCIE_SLOT_NUMBER,               F_BITS,  13, 19},
    {KEY_PCI_PCIE_SLOT_CONTROL,              F_U16LE, 0,  0 },
    {KEY_PCI_PCIE_SLOT_STATUS,               F_U16LE, 0,  0 },
};

static const struct field fields_pcie_root[] = {
    {KEY_PCI_PCIE_ROOT_CONTROL,  F_U16LE, 0, 0},
    {KEY_PCI_PCIE_ROOT_FEATURES, F_U16LE, 0, 0},
    {KEY_PCI_PCIE_ROOT_STATUS,   F_U32LE, 0, 0},
};

static const struct field fields_pcie_2[] = {
    {KEY_PCI_PCIE_DEVICE_FEATURES_2,            F_U32LE, 0, 0 },
    {KEY_PCI_PCIE_DEVICE_CONTROL_2,             F_U16LE, 0, 0 },
    {KEY_PCI_PCIE_DEVICE_STATUS_2,              F_U16LE, 0, 0 },
    {KEY_NONE,                                  F_U32LE, 0, 0 },
    {KEY_PCI_PCIE_LINK_SPEEDS,                  F_BITS,  7, 1 },
    {KEY_PCI_PCIE_CROSSLINK,                    F_FLAG,  0, 8 },
    {KEY_PCI_PCIE_LOWER_ORDERED_SET_GENERATION, F_BITS,  7, 9 },
    {KEY_PCI_PCIE_LOWER_ORDERED_SET_RECEPTION,  F_BITS,  7, 16},
    {KEY_PCI_PCIE_RETIMER_DETECTION,            F_FLAG,  0, 23},
    {KEY_PCI_PCIE_TWO_RETIMERS_DETECTION,       F_FLAG,  0, 24},
    {KEY_PCI_PCIE_READINESS_STATUS,             F_FLAG,  0, 31},
    {KEY_PCI_PCIE_LINK_CONTROL_2,               F_U16LE, 0, 0 },
    {KEY_PCI_PCIE_LINK_STATUS_2,                F_U16LE, 0, 0 },
    {KEY_PCI_PCIE_SLOT_FEATURES_2,              F_U32LE, 0, 0 },
    {KEY_PCI_PCIE_SLOT_CONTROL_2,               F_U16LE, 0, 0 },
    {KEY_PCI_PCIE_SLOT_STATUS_2,                F_U16LE, 0, 0 },
};

/*
 * Registers that a kind of port does not have are reserved where later ones follow them, and
 * not there at all where none do: the capability's room decides.
 */
static void section(struct decode *d, size_t offset, const struct field *rows, size_t count)
{
    if (d->in.failed || offset > d->in.all.len)
        return;
    reader_seek(&d->in, offset);
    (void)decode_fields(d, rows, count);
}

void pci_express_body(struct decode *d, struct pci_function *f)
{
    (void)decode_fields(d, PCI_ROWS(fields_pcie));
    uint64_t version = decode_value(d, KEY_PCI_PCIE_STRUCTURE_VERSION);
    uint8_t port = (uint8_t)decode_value(d, KEY_PCI_PCIE_PORT_TYPE);
    bool slot = decode_value(d, KEY_PCI_PCIE_SLOT_IMPLEMENTED) != 0;

    f->express = true;
    f->extended = true;
    f->port = port;
    section(d, OFFSET_DEVICE, PCI_ROWS(fields_pcie_device));
    if (port != PCI_PORT_INTEGRATED && port != PCI_PORT_EVENT_COLLECTOR) {
        section(d, OFFSET_LINK, PCI_ROWS(fields_pcie_link));
        f->width = (uint8_t)decode_value(d, KEY_PCI_PCIE_LINK_WIDTH_MAXIMUM);
    }
    if (slot)
        section(d, OFFSET_SLOT, PCI_ROWS(fields_pcie_slot));
    if (port == PCI_PORT_ROOT || port == PCI_PORT_EVENT_COLLECTOR)
        section(d, OFFSET_ROOT, PCI_ROWS(fields_pcie_root));
    if (version < 2)
        return;
    if (d->in.all.len > OFFSET_SECOND) {
        reader_seek(&d->in, OFFSET_SECOND);
        (void)decode_fields_grow(d, PCI_ROWS(fields_pcie_2));
    }
}
