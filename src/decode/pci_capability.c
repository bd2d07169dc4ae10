/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Capabilities of the standard chain: PCI Local Bus Specification 3.0 chapter 6 and appendices,
 * PCI Power Management 1.2, PCI-X 2.0, HyperTransport 3.1 chapter 7, SATA AHCI 1.3 section 2,
 * Enhanced Allocation and FPB as in PCI Express 6.0 section 7.8, the I/O virtualisation
 * capability block of the AMD IOMMU specification and the locators of Virtio 1.2 section 4.1.4.
 */
#include "decode/pci.h"

enum {
    ID_HYPERTRANSPORT = 0x08,
    VENDOR_VIRTIO = 0x1af4,
    VIRTIO_ACCESS = 5,
    SECURE_IOMMU = 3,
};

static const struct field fields_pm[] = {
    {KEY_NONE,                                  F_U16LE, 0, 0 },
    {KEY_PCI_PM_VERSION,                        F_BITS,  3, 0 },
    {KEY_PCI_PM_PME_CLOCK,                      F_FLAG,  0, 3 },
    {KEY_PCI_PM_DEVICE_SPECIFIC_INITIALISATION, F_FLAG,  0, 5 },
    {KEY_PCI_PM_AUXILIARY_CURRENT,              F_BITS,  3, 6 },
    {KEY_PCI_PM_D1,                             F_FLAG,  0, 9 },
    {KEY_PCI_PM_D2,                             F_FLAG,  0, 10},
    {KEY_PCI_PM_PME_SUPPORT,                    F_BITS,  5, 11},
    {KEY_PCI_PM_CONTROL_STATUS,                 F_U16LE, 0, 0 },
    {KEY_PCI_PM_BRIDGE_EXTENSIONS,              F_U8,    0, 0 },
    {KEY_PCI_PM_DATA,                           F_U8,    0, 0 },
};

static const struct field fields_agp[] = {
    {KEY_NONE,            F_U8,       0, 0},
    {KEY_PCI_AGP_MAJOR,   F_BITS,     4, 4},
    {KEY_PCI_AGP_MINOR,   F_BITS,     4, 0},
    {KEY_NONE,            F_RESERVED, 1, 0},
    {KEY_PCI_AGP_STATUS,  F_U32LE,    0, 0},
    {KEY_PCI_AGP_COMMAND, F_U32LE,    0, 0},
};

static const struct field fields_vpd[] = {
    {KEY_PCI_VPD_ADDRESS, F_U16LE, 0, 0},
    {KEY_PCI_VPD_DATA,    F_U32LE, 0, 0},
};

static const struct field fields_slot_id[] = {
    {KEY_PCI_SLOT_ID_EXPANSION, F_U8, 0, 0},
    {KEY_PCI_SLOT_ID_CHASSIS,   F_U8, 0, 0},
};

static const struct field fields_msi[] = {
    {KEY_NONE,                       F_U16LE, 0, 0},
    {KEY_PCI_MSI_ENABLED,            F_FLAG,  0, 0},
    {KEY_PCI_MSI_VECTORS_CAPABLE,    F_BITS,  3, 1},
    {KEY_PCI_MSI_VECTORS_ENABLED,    F_BITS,  3, 4},
    {KEY_PCI_MSI_ADDRESS_64,         F_FLAG,  0, 7},
    {KEY_PCI_MSI_PER_VECTOR_MASKING, F_FLAG,  0, 8},
    {KEY_PCI_MSI_EXTENDED_DATA,      F_FLAG,  0, 9},
};

static const struct field fields_msi32[] = {
    {KEY_PCI_MSI_ADDRESS, F_U32LE, 0, 0},
    {KEY_PCI_MSI_DATA,    F_U16LE, 0, 0},
};

static const struct field fields_msi64[] = {
    {KEY_PCI_MSI_MSI_ADDRESS_LONG, F_U64LE, 0, 0},
    {KEY_PCI_MSI_DATA,             F_U16LE, 0, 0},
};

static const struct field fields_msi_mask[] = {
    {KEY_PCI_MSI_EXTENDED_DATA_VALUE, F_U16LE, 0, 0},
    {KEY_PCI_MSI_MASK,                F_U32LE, 0, 0},
    {KEY_PCI_MSI_PENDING,             F_U32LE, 0, 0},
};

static const struct field fields_hot_swap[] = {
    {KEY_PCI_HOT_SWAP_CONTROL_STATUS, F_U8,       0, 0},
    {KEY_NONE,                        F_RESERVED, 1, 0},
};

static const struct field fields_pcix[] = {
    {KEY_PCI_PCI_X_COMMAND,                 F_U16LE, 0,  0 },
    {KEY_NONE,                              F_U32LE, 0,  0 },
    {KEY_PCI_PCI_X_REQUESTER,               F_BITS,  16, 0 },
    {KEY_PCI_PCI_X_DEVICE_64,               F_FLAG,  0,  16},
    {KEY_PCI_PCI_X_DEVICE_133,              F_FLAG,  0,  17},
    {KEY_PCI_PCI_X_COMPLEX,                 F_FLAG,  0,  20},
    {KEY_PCI_PCI_X_MAXIMUM_READ,            F_BITS,  2,  21},
    {KEY_PCI_PCI_X_MAXIMUM_SPLITS,          F_BITS,  3,  23},
    {KEY_PCI_PCI_X_MAXIMUM_CUMULATIVE_READ, F_BITS,  3,  26},
    {KEY_PCI_PCI_X_DEVICE_266,              F_FLAG,  0,  30},
    {KEY_PCI_PCI_X_DEVICE_533,              F_FLAG,  0,  31},
};

static const struct field fields_pcix_bridge[] = {
    {KEY_PCI_PCI_X_SECONDARY_STATUS, F_U16LE, 0, 0 },
    {KEY_PCI_PCI_X_SECONDARY_64,     F_FLAG,  0, 0 },
    {KEY_PCI_PCI_X_SECONDARY_133,    F_FLAG,  0, 1 },
    {KEY_PCI_PCI_X_BRIDGE_STATUS,    F_U32LE, 0, 0 },
    {KEY_PCI_PCI_X_BRIDGE_64,        F_FLAG,  0, 16},
    {KEY_PCI_PCI_X_BRIDGE_133,       F_FLAG,  0, 17},
    {KEY_PCI_PCI_X_UPSTREAM_SPLIT,   F_U32LE, 0, 0 },
    {KEY_PCI_PCI_X_DOWNSTREAM_SPLIT, F_U32LE, 0, 0 },
};

static const struct field fields_ht_slave[] = {
    {KEY_PCI_HT_COMMAND,              F_U16LE,    0, 0},
    {KEY_PCI_HT_UNIT_COUNT,           F_BITS,     5, 5},
    {KEY_PCI_HT_LINK_0_CONTROL,       F_U16LE,    0, 0},
    {KEY_PCI_HT_LINK_0_CONFIGURATION, F_U16LE,    0, 0},
    {KEY_PCI_HT_LINK_0_WIDTH_IN,      F_BITS,     3, 0},
    {KEY_PCI_HT_LINK_0_WIDTH_OUT,     F_BITS,     3, 4},
    {KEY_PCI_HT_LINK_1_CONTROL,       F_U16LE,    0, 0},
    {KEY_PCI_HT_LINK_1_CONFIGURATION, F_U16LE,    0, 0},
    {KEY_PCI_HT_LINK_1_WIDTH_IN,      F_BITS,     3, 0},
    {KEY_PCI_HT_LINK_1_WIDTH_OUT,     F_BITS,     3, 4},
    {KEY_NONE,                        F_U8,       0, 0},
    {KEY_PCI_HT_REVISION_MAJOR,       F_BITS,     3, 5},
    {KEY_PCI_HT_REVISION_MINOR,       F_BITS,     5, 0},
    {KEY_PCI_HT_LINK_0_FREQUENCY,     F_U8,       0, 0},
    {KEY_PCI_HT_LINK_0_FREQUENCIES,   F_U16LE,    0, 0},
    {KEY_PCI_HT_FEATURES,             F_U8,       0, 0},
    {KEY_PCI_HT_LINK_1_FREQUENCY,     F_U8,       0, 0},
    {KEY_PCI_HT_LINK_1_FREQUENCIES,   F_U16LE,    0, 0},
    {KEY_PCI_HT_SCRATCH,              F_U16LE,    0, 0},
    {KEY_PCI_HT_ERROR_HANDLING,       F_U16LE,    0, 0},
    {KEY_PCI_HT_MEMORY_BASE_UPPER,    F_U8,       0, 0},
    {KEY_PCI_HT_MEMORY_LIMIT_UPPER,   F_U8,       0, 0},
    {KEY_PCI_HT_BUS_NUMBER,           F_U8,       0, 0},
    {KEY_NONE,                        F_RESERVED, 1, 0},
};

static const struct field fields_ht_host[] = {
    {KEY_PCI_HT_COMMAND,              F_U16LE,    0, 0},
    {KEY_PCI_HT_LINK_0_CONTROL,       F_U16LE,    0, 0},
    {KEY_PCI_HT_LINK_0_CONFIGURATION, F_U16LE,    0, 0},
    {KEY_PCI_HT_LINK_0_WIDTH_IN,      F_BITS,     3, 0},
    {KEY_PCI_HT_LINK_0_WIDTH_OUT,     F_BITS,     3, 4},
    {KEY_NONE,                        F_U8,       0, 0},
    {KEY_PCI_HT_REVISION_MAJOR,       F_BITS,     3, 5},
    {KEY_PCI_HT_REVISION_MINOR,       F_BITS,     5, 0},
    {KEY_PCI_HT_LINK_0_FREQUENCY,     F_U8,       0, 0},
    {KEY_PCI_HT_LINK_0_FREQUENCIES,   F_U16LE,    0, 0},
    {KEY_PCI_HT_HOST_FEATURES,        F_U16LE,    0, 0},
    {KEY_NONE,                        F_RESERVED, 2, 0},
    {KEY_PCI_HT_SCRATCH,              F_U16LE,    0, 0},
    {KEY_PCI_HT_ERROR_HANDLING,       F_U16LE,    0, 0},
    {KEY_PCI_HT_MEMORY_BASE_UPPER,    F_U8,       0, 0},
    {KEY_PCI_HT_MEMORY_LIMIT_UPPER,   F_U8,       0, 0},
    {KEY_NONE,                        F_RESERVED, 2, 0},
};

static const struct field fields_ht_msi[] = {
    {KEY_NONE,                       F_U16LE, 0, 0},
    {KEY_PCI_HT_MSI_MAPPING_ENABLED, F_FLAG,  0, 0},
    {KEY_PCI_HT_MSI_MAPPING_FIXED,   F_FLAG,  0, 1},
};

static const struct field fields_ht_msi_address[] = {
    {KEY_PCI_HT_MSI_MAPPING_ADDRESS, F_U64LE, 0, 0},
};

static const struct field fields_ht_other[] = {
    {KEY_PCI_HT_COMMAND, F_U16LE, 0, 0},
};

static const struct field fields_virtio[] = {
    {KEY_PCI_VIRTIO_KIND,          F_U8,       0, 0},
    {KEY_PCI_VIRTIO_BAR,           F_U8,       0, 0},
    {KEY_PCI_VIRTIO_STRUCTURE_ID,  F_U8,       0, 0},
    {KEY_NONE,                     F_RESERVED, 2, 0},
    {KEY_PCI_VIRTIO_REGION_OFFSET, F_U32LE,    0, 0},
    {KEY_PCI_VIRTIO_REGION_LENGTH, F_U32LE,    0, 0},
};

static const struct field fields_virtio_access[] = {
    {KEY_PCI_VIRTIO_KIND,          F_U8,       0, 0},
    {KEY_PCI_VIRTIO_ACCESS_BAR,    F_U8,       0, 0},
    {KEY_PCI_VIRTIO_STRUCTURE_ID,  F_U8,       0, 0},
    {KEY_NONE,                     F_RESERVED, 2, 0},
    {KEY_PCI_VIRTIO_ACCESS_OFFSET, F_U32LE,    0, 0},
    {KEY_PCI_VIRTIO_ACCESS_LENGTH, F_U32LE,    0, 0},
};

static const struct field fields_debug_port[] = {
    {KEY_NONE,                       F_U16LE, 0,  0 },
    {KEY_PCI_DEBUG_PORT_PORT_OFFSET, F_BITS,  13, 0 },
    {KEY_PCI_DEBUG_PORT_BAR,         F_BITS,  3,  13},
};

static const struct field fields_hot_plug[] = {
    {KEY_PCI_HOT_PLUG_REGISTER_SELECT, F_U8,    0, 0},
    {KEY_PCI_HOT_PLUG_PENDING,         F_U8,    0, 0},
    {KEY_PCI_HOT_PLUG_REGISTER_DATA,   F_U32LE, 0, 0},
};

static const struct field fields_subsystem[] = {
    {KEY_NONE,                 F_RESERVED, 2, 0},
    {KEY_PCI_SUBSYSTEM_VENDOR, F_U16LE,    0, 0},
    {KEY_PCI_SUBSYSTEM_DEVICE, F_U16LE,    0, 0},
};

static const struct field fields_secure[] = {
    {KEY_NONE,                F_U16LE, 0, 0},
    {KEY_PCI_SECURE_KIND,     F_BITS,  3, 0},
    {KEY_PCI_SECURE_REVISION, F_BITS,  5, 3},
    {KEY_PCI_SECURE_FEATURES, F_BITS,  5, 8},
};

static const struct field fields_iommu[] = {
    {KEY_PCI_SECURE_REGISTER_ADDRESS, F_U64LE, 0, 0},
    {KEY_PCI_SECURE_RANGE,            F_U32LE, 0, 0},
    {KEY_PCI_SECURE_MISCELLANEOUS,    F_U32LE, 0, 0},
};

static const struct field fields_msix[] = {
    {KEY_NONE,                     F_U16LE, 0,  0 },
    {KEY_PCI_MSI_X_LAST_ENTRY,     F_BITS,  11, 0 },
    {KEY_PCI_MSI_X_MASKED,         F_FLAG,  0,  14},
    {KEY_PCI_MSI_X_ENABLED,        F_FLAG,  0,  15},
    {KEY_NONE,                     F_U32LE, 0,  0 },
    {KEY_PCI_MSI_X_TABLE_BAR,      F_BITS,  3,  0 },
    {KEY_PCI_MSI_X_TABLE_OFFSET,   F_BITS,  29, 3 },
    {KEY_NONE,                     F_U32LE, 0,  0 },
    {KEY_PCI_MSI_X_PENDING_BAR,    F_BITS,  3,  0 },
    {KEY_PCI_MSI_X_PENDING_OFFSET, F_BITS,  29, 3 },
};

static const struct field fields_sata[] = {
    {KEY_NONE,                       F_U16LE, 0,  0},
    {KEY_PCI_SATA_MAJOR,             F_BITS,  4,  4},
    {KEY_PCI_SATA_MINOR,             F_BITS,  4,  0},
    {KEY_NONE,                       F_U32LE, 0,  0},
    {KEY_PCI_SATA_REGISTER_LOCATION, F_BITS,  4,  0},
    {KEY_PCI_SATA_REGISTER_OFFSET,   F_BITS,  20, 4},
};

static const struct field fields_af[] = {
    {KEY_PCI_AF_LENGTH,               F_U8, 0, 0},
    {KEY_PCI_AF_FEATURES,             F_U8, 0, 0},
    {KEY_PCI_AF_CONTROL,              F_U8, 0, 0},
    {KEY_PCI_AF_TRANSACTIONS_PENDING, F_U8, 0, 0},
};

static const struct field fields_fpb[] = {
    {KEY_NONE,                          F_RESERVED, 2, 0},
    {KEY_PCI_FPB_FEATURES,              F_U32LE,    0, 0},
    {KEY_PCI_FPB_RID_CONTROL_1,         F_U32LE,    0, 0},
    {KEY_PCI_FPB_RID_CONTROL_2,         F_U32LE,    0, 0},
    {KEY_PCI_FPB_MEMORY_LOW_CONTROL,    F_U32LE,    0, 0},
    {KEY_PCI_FPB_MEMORY_HIGH_CONTROL_1, F_U32LE,    0, 0},
    {KEY_PCI_FPB_MEMORY_HIGH_CONTROL_2, F_U32LE,    0, 0},
    {KEY_PCI_FPB_VECTOR_ACCESS,         F_U32LE,    0, 0},
    {KEY_PCI_FPB_VECTOR_DATA,           F_U32LE,    0, 0},
};

static const struct field fields_ea[] = {
    {KEY_NONE,           F_U8,       0, 0},
    {KEY_PCI_EA_ENTRIES, F_BITS,     6, 0},
    {KEY_NONE,           F_RESERVED, 1, 0},
};

static const struct field fields_ea_bridge[] = {
    {KEY_PCI_EA_SECONDARY,   F_U8,       0, 0},
    {KEY_PCI_EA_SUBORDINATE, F_U8,       0, 0},
    {KEY_NONE,               F_RESERVED, 2, 0},
};

static const struct field fields_ea_entry[] = {
    {KEY_NONE,                        F_U32LE, 0, 0 },
    {KEY_PCI_EA_EQUIVALENT,           F_BITS,  4, 4 },
    {KEY_PCI_EA_PRIMARY_PROPERTIES,   F_BITS,  8, 8 },
    {KEY_PCI_EA_SECONDARY_PROPERTIES, F_BITS,  8, 16},
    {KEY_PCI_EA_WRITABLE,             F_FLAG,  0, 30},
    {KEY_PCI_EA_ENABLED,              F_FLAG,  0, 31},
};

static const struct field notify_rows[] = {
    {KEY_PCI_VIRTIO_NOTIFY_MULTIPLIER, F_U32LE, 0, 0},
};

static const struct field vendor_rows[] = {
    {KEY_PCI_VENDOR_SPECIFIC_LENGTH, F_U8, 0, 0},
};

static void msi_more(struct decode *d, struct pci_function *f)
{
    (void)f;
    if (decode_value(d, KEY_PCI_MSI_ADDRESS_64) != 0)
        (void)decode_fields(d, PCI_ROWS(fields_msi64));
    else
        (void)decode_fields(d, PCI_ROWS(fields_msi32));
    if (decode_value(d, KEY_PCI_MSI_PER_VECTOR_MASKING) != 0)
        (void)decode_fields(d, PCI_ROWS(fields_msi_mask));
}

static void pcix_more(struct decode *d, struct pci_function *f)
{
    f->extended = true;
    if (f->layout == PCI_LAYOUT_BRIDGE)
        (void)decode_fields(d, PCI_ROWS(fields_pcix_bridge));
    else
        (void)decode_fields(d, PCI_ROWS(fields_pcix));
}

/* Bits 15:13 tell an interface; with bit 15 or with 001 in them bits 15:11 tell the kind. */
static unsigned ht_kind(const struct decode *d, size_t skip)
{
    struct reader r = d->in;

    (void)reader_take(&r, skip);
    unsigned command = reader_u16le(&r);

    return command >> 13 < 2 ? command >> 13 : command >> 11;
}

static void ht_more(struct decode *d, struct pci_function *f)
{
    unsigned kind = ht_kind(d, 0);

    (void)f;
    if (reader_left(&d->in) >= 2) {
        struct span s = {d->in.blob, reader_offset(&d->in), 2};

        decode_value_at(d, KEY_PCI_HT_KIND, value_uint(kind), s);
    }
    switch (kind) {
    case 0x00:
        (void)decode_fields(d, PCI_ROWS(fields_ht_slave));
        return;
    case 0x01:
        (void)decode_fields(d, PCI_ROWS(fields_ht_host));
        return;
    case 0x15:
        (void)decode_fields(d, PCI_ROWS(fields_ht_msi));
        if (decode_value(d, KEY_PCI_HT_MSI_MAPPING_FIXED) == 0)
            (void)decode_fields(d, PCI_ROWS(fields_ht_msi_address));
        return;
    default:
        (void)decode_fields(d, PCI_ROWS(fields_ht_other));
    }
}

static void virtio_body(struct decode *d)
{
    struct reader peek = d->in;

    if (reader_u8(&peek) == VIRTIO_ACCESS) {
        (void)decode_fields(d, PCI_ROWS(fields_virtio_access));
        pci_rest_bytes(d, KEY_PCI_VIRTIO_ACCESS_DATA, 4);
        return;
    }
    (void)decode_fields(d, PCI_ROWS(fields_virtio));
    (void)decode_fields_grow(d, PCI_ROWS(notify_rows));
}

static void vendor_more(struct decode *d, struct pci_function *f)
{
    uint64_t offset = reader_offset(&d->in);
    size_t length = (size_t)decode_fields(d, PCI_ROWS(vendor_rows));

    if (d->in.failed)
        return;
    if (length < 3 || length - 3 > reader_left(&d->in)) {
        decode_fault(d, FAULT_BAD_LENGTH, offset);
        length = 3;
    }
    if (length == 3)
        return;
    decode_enter(d, length - 3);
    if (f->vendor == VENDOR_VIRTIO && length >= 16) {
        virtio_body(d);
    } else {
        size_t from = d->in.pos;
        struct bytes b = reader_take(&d->in, d->in.all.len);

        decode_digest(d, KEY_PCI_VENDOR_SPECIFIC_CONTENT, b, reader_span(&d->in, from));
    }
    decode_leave(d);
}

static void secure_more(struct decode *d, struct pci_function *f)
{
    (void)f;
    if (decode_value(d, KEY_PCI_SECURE_KIND) == SECURE_IOMMU)
        (void)decode_fields(d, PCI_ROWS(fields_iommu));
}

/* An address or a length: 30 bits, a flag for an upper half, which follows both. */
static void ea_resource(struct decode *d)
{
    size_t from = d->in.pos;
    uint32_t base = reader_u32le(&d->in);
    size_t middle = d->in.pos;
    uint32_t size = reader_u32le(&d->in);
    uint64_t base_upper = (base & 2) != 0 ? reader_u32le(&d->in) : 0;
    uint64_t size_upper = (size & 2) != 0 ? reader_u32le(&d->in) : 0;

    decode_uint(d, KEY_PCI_EA_BASE, base_upper << 32 | (base & ~UINT32_C(3)), from);
    decode_uint(d, KEY_PCI_EA_MAXIMUM_OFFSET, size_upper << 32 | (size & ~UINT32_C(3)) | 3,
                middle);
}

static void ea_more(struct decode *d, struct pci_function *f)
{
    uint64_t entries = decode_value(d, KEY_PCI_EA_ENTRIES);

    if (f->layout == PCI_LAYOUT_BRIDGE)
        (void)decode_fields(d, PCI_ROWS(fields_ea_bridge));
    for (uint64_t i = 0; i < entries && !d->in.failed; i++) {
        struct reader peek = d->in;
        uint32_t first = reader_u32le(&peek);
        size_t words = first & 7;

        if (!pci_part_enter(d, 4 + 4 * words))
            return;
        decode_open(d, ITEM_MAP, "entry:%u", first >> 4 & 15);
        (void)decode_fields(d, PCI_ROWS(fields_ea_entry));
        ea_resource(d);
        if (words < 2)
            decode_fault(d, FAULT_BAD_LENGTH, d->in.base);
        decode_leave(d);
        decode_close(d);
    }
}

/* In the order of their numbers. */
static const struct pci_capability capabilities[] = {
    {0x00, "null",             PCI_NO_ROWS,                 PCI_NO_ROWS, NULL            },
    {0x01, "pm",               PCI_ROWS(fields_pm),         PCI_NO_ROWS, NULL            },
    {0x02, "agp",              PCI_ROWS(fields_agp),        PCI_NO_ROWS, NULL            },
    {0x03, "vpd",              PCI_ROWS(fields_vpd),        PCI_NO_ROWS, NULL            },
    {0x04, "slot-id",          PCI_ROWS(fields_slot_id),    PCI_NO_ROWS, NULL            },
    {0x05, "msi",              PCI_ROWS(fields_msi),        PCI_NO_ROWS, msi_more        },
    {0x06, "hot-swap",         PCI_ROWS(fields_hot_swap),   PCI_NO_ROWS, NULL            },
    {0x07, "pci-x",            PCI_NO_ROWS,                 PCI_NO_ROWS, pcix_more       },
    {0x08, "ht",               PCI_NO_ROWS,                 PCI_NO_ROWS, ht_more         },
    {0x09, "vendor",           PCI_NO_ROWS,                 PCI_NO_ROWS, vendor_more     },
    {0x0a, "debug-port",       PCI_ROWS(fields_debug_port), PCI_NO_ROWS, NULL            },
    {0x0b, "resource-control", PCI_NO_ROWS,                 PCI_NO_ROWS, NULL            },
    {0x0c, "hot-plug",         PCI_ROWS(fields_hot_plug),   PCI_NO_ROWS, NULL            },
    {0x0d, "subsystem",        PCI_ROWS(fields_subsystem),  PCI_NO_ROWS, NULL            },
    {0x0e, "agp-8x",           PCI_NO_ROWS,                 PCI_NO_ROWS, NULL            },
    {0x0f, "secure",           PCI_ROWS(fields_secure),     PCI_NO_ROWS, secure_more     },
    {0x10, "pcie",             PCI_NO_ROWS,                 PCI_NO_ROWS, pci_express_body},
    {0x11, "msi-x",            PCI_ROWS(fields_msix),       PCI_NO_ROWS, NULL            },
    {0x12, "sata",             PCI_ROWS(fields_sata),       PCI_NO_ROWS, NULL            },
    {0x13, "af",               PCI_ROWS(fields_af),         PCI_NO_ROWS, NULL            },
    {0x14, "ea",               PCI_ROWS(fields_ea),         PCI_NO_ROWS, ea_more         },
    {0x15, "fpb",              PCI_ROWS(fields_fpb),        PCI_NO_ROWS, NULL            },
};

/* Kinds of HyperTransport capability, for names. */
static const struct value_name ht_names[] = {
    {0x00, "slave"           },
    {0x01, "host"            },
    {0x08, "switch"          },
    {0x10, "interrupt"       },
    {0x11, "revision"        },
    {0x12, "unit-id-clumping"},
    {0x13, "configuration"   },
    {0x14, "address-map"     },
    {0x15, "msi-mapping"     },
    {0x16, "direct-route"    },
    {0x17, "channel-set"     },
    {0x18, "retry"           },
    {0x19, "x86-encoding"    },
    {0x1a, "generation-3"    },
    {0x1b, "function-level"  },
    {0x1c, "power"           },
};

void pci_capability_open(struct decode *d, uint16_t id)
{
    unsigned kind = id == ID_HYPERTRANSPORT ? ht_kind(d, 2) : 0;

    for (size_t i = 0; i < ARRAY_LEN(ht_names) && id == ID_HYPERTRANSPORT; i++) {
        if (ht_names[i].value == kind) {
            decode_open(d, ITEM_MAP, "cap:ht-%s", ht_names[i].text);
            return;
        }
    }
    if (id < ARRAY_LEN(capabilities))
        decode_open(d, ITEM_MAP, "cap:%s", capabilities[id].name);
    else
        decode_open(d, ITEM_MAP, "cap:%02x", id);
}

void pci_capability_run(struct decode *d, struct pci_function *f,
                        const struct pci_capability *c)
{
    (void)decode_fields(d, c->rows, c->count);
    (void)decode_fields_grow(d, c->grow, c->grow_count);
    if (c->more != NULL && !d->in.failed)
        c->more(d, f);
}

void pci_capability_body(struct decode *d, struct pci_function *f, uint16_t id)
{
    if (id < ARRAY_LEN(capabilities))
        pci_capability_run(d, f, &capabilities[id]);
}
