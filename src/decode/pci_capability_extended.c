/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Extended capabilities: PCI Express Base Specification 6.0, sections 7.7 to 7.9; the CXL
 * device structure as in Compute Express Link 3.0, section 8.1.3.
 */
#include "decode/pci.h"

static const struct field fields_aer[] = {
    {KEY_PCI_AER_UNCORRECTABLE_STATUS,    F_U32LE, 0,  0 },
    {KEY_PCI_AER_UNCORRECTABLE_MASK,      F_U32LE, 0,  0 },
    {KEY_PCI_AER_UNCORRECTABLE_SEVERITY,  F_U32LE, 0,  0 },
    {KEY_PCI_AER_CORRECTABLE_STATUS,      F_U32LE, 0,  0 },
    {KEY_PCI_AER_CORRECTABLE_MASK,        F_U32LE, 0,  0 },
    {KEY_NONE,                            F_U32LE, 0,  0 },
    {KEY_PCI_AER_FIRST_ERROR,             F_BITS,  5,  0 },
    {KEY_PCI_AER_ECRC_GENERATION,         F_FLAG,  0,  5 },
    {KEY_PCI_AER_ECRC_GENERATION_ENABLED, F_FLAG,  0,  6 },
    {KEY_PCI_AER_ECRC_CHECKING,           F_FLAG,  0,  7 },
    {KEY_PCI_AER_ECRC_CHECKING_ENABLED,   F_FLAG,  0,  8 },
    {KEY_PCI_AER_MULTIPLE_HEADERS,        F_FLAG,  0,  9 },
    {KEY_PCI_AER_LOG_CONTROL,             F_BITS,  22, 10},
    {KEY_PCI_AER_HEADER_LOG,              F_BYTES, 16, 0 },
};

static const struct field grow_aer[] = {
    {KEY_PCI_AER_ROOT_COMMAND,         F_U32LE, 0,  0},
    {KEY_PCI_AER_ROOT_STATUS,          F_U32LE, 0,  0},
    {KEY_PCI_AER_CORRECTABLE_SOURCE,   F_U16LE, 0,  0},
    {KEY_PCI_AER_UNCORRECTABLE_SOURCE, F_U16LE, 0,  0},
    {KEY_PCI_AER_PREFIX_LOG,           F_BYTES, 16, 0},
};

static const struct field fields_power_budget[] = {
    {KEY_PCI_POWER_BUDGET_SELECT,   F_U8,       0, 0},
    {KEY_NONE,                      F_RESERVED, 3, 0},
    {KEY_PCI_POWER_BUDGET_DATA,     F_U32LE,    0, 0},
    {KEY_PCI_POWER_BUDGET_FEATURES, F_U8,       0, 0},
    {KEY_NONE,                      F_RESERVED, 3, 0},
};

static const struct field fields_rc_internal[] = {
    {KEY_PCI_RC_INTERNAL_FEATURES, F_U32LE, 0, 0},
    {KEY_PCI_RC_INTERNAL_CONTROL,  F_U16LE, 0, 0},
    {KEY_PCI_RC_INTERNAL_STATUS,   F_U16LE, 0, 0},
};

static const struct field fields_rcec[] = {
    {KEY_PCI_RCEC_DEVICES, F_U32LE, 0, 0},
};

static const struct field grow_rcec[] = {
    {KEY_PCI_RCEC_BUSES, F_U32LE, 0, 0},
};

static const struct field fields_rcrb[] = {
    {KEY_PCI_RCRB_VENDOR,   F_U16LE, 0, 0},
    {KEY_PCI_RCRB_DEVICE,   F_U16LE, 0, 0},
    {KEY_PCI_RCRB_FEATURES, F_U32LE, 0, 0},
    {KEY_PCI_RCRB_CONTROL,  F_U32LE, 0, 0},
};

static const struct field fields_vsec[] = {
    {KEY_NONE,                   F_U32LE, 0,  0 },
    {KEY_PCI_VSEC_VSEC_ID,       F_BITS,  16, 0 },
    {KEY_PCI_VSEC_VSEC_REVISION, F_BITS,  4,  16},
    {KEY_PCI_VSEC_VSEC_LENGTH,   F_BITS,  12, 20},
};

static const struct field fields_acs[] = {
    {KEY_PCI_ACS_FEATURES, F_U16LE, 0, 0},
    {KEY_PCI_ACS_CONTROL,  F_U16LE, 0, 0},
};

static const struct field fields_ari[] = {
    {KEY_NONE,                          F_U16LE, 0, 0},
    {KEY_PCI_ARI_FUNCTION_GROUPS,       F_FLAG,  0, 0},
    {KEY_PCI_ARI_ACCESS_CONTROL_GROUPS, F_FLAG,  0, 1},
    {KEY_PCI_ARI_NEXT_FUNCTION,         F_BITS,  8, 8},
    {KEY_PCI_ARI_CONTROL,               F_U16LE, 0, 0},
};

static const struct field fields_ats[] = {
    {KEY_NONE,                      F_U16LE, 0, 0},
    {KEY_PCI_ATS_QUEUE_DEPTH,       F_BITS,  5, 0},
    {KEY_PCI_ATS_PAGE_ALIGNED,      F_FLAG,  0, 5},
    {KEY_PCI_ATS_GLOBAL_INVALIDATE, F_FLAG,  0, 6},
    {KEY_PCI_ATS_RELAXED_ORDERING,  F_FLAG,  0, 7},
    {KEY_PCI_ATS_CONTROL,           F_U16LE, 0, 0},
};

static const struct field fields_multicast[] = {
    {KEY_NONE,                             F_U16LE, 0, 0 },
    {KEY_PCI_MULTICAST_MAXIMUM_GROUP,      F_BITS,  6, 0 },
    {KEY_PCI_MULTICAST_WINDOW_SIZE,        F_BITS,  6, 8 },
    {KEY_PCI_MULTICAST_ECRC_REGENERATION,  F_FLAG,  0, 15},
    {KEY_PCI_MULTICAST_CONTROL,            F_U16LE, 0, 0 },
    {KEY_PCI_MULTICAST_BASE_ADDRESS,       F_U64LE, 0, 0 },
    {KEY_PCI_MULTICAST_RECEIVE,            F_U64LE, 0, 0 },
    {KEY_PCI_MULTICAST_BLOCK_ALL,          F_U64LE, 0, 0 },
    {KEY_PCI_MULTICAST_BLOCK_UNTRANSLATED, F_U64LE, 0, 0 },
};

static const struct field grow_multicast[] = {
    {KEY_PCI_MULTICAST_OVERLAY, F_U64LE, 0, 0},
};

static const struct field fields_pri[] = {
    {KEY_PCI_PRI_CONTROL,    F_U16LE, 0, 0},
    {KEY_PCI_PRI_STATUS,     F_U16LE, 0, 0},
    {KEY_PCI_PRI_CAPACITY,   F_U32LE, 0, 0},
    {KEY_PCI_PRI_ALLOCATION, F_U32LE, 0, 0},
};

static const struct field fields_dpa[] = {
    {KEY_NONE,                       F_U32LE, 0, 0 },
    {KEY_PCI_DPA_SUBSTATE_MAXIMUM,   F_BITS,  5, 0 },
    {KEY_PCI_DPA_LATENCY_UNIT,       F_BITS,  2, 8 },
    {KEY_PCI_DPA_POWER_SCALE,        F_BITS,  2, 12},
    {KEY_PCI_DPA_LATENCY_0,          F_BITS,  8, 16},
    {KEY_PCI_DPA_LATENCY_1,          F_BITS,  8, 24},
    {KEY_PCI_DPA_LATENCY_INDICATORS, F_U32LE, 0, 0 },
    {KEY_PCI_DPA_STATUS,             F_U16LE, 0, 0 },
    {KEY_PCI_DPA_CONTROL,            F_U16LE, 0, 0 },
};

static const struct field fields_tph[] = {
    {KEY_NONE,                        F_U32LE, 0,  0 },
    {KEY_PCI_TPH_NO_STEERING,         F_FLAG,  0,  0 },
    {KEY_PCI_TPH_INTERRUPT_STEERING,  F_FLAG,  0,  1 },
    {KEY_PCI_TPH_DEVICE_STEERING,     F_FLAG,  0,  2 },
    {KEY_PCI_TPH_EXTENDED_REQUESTER,  F_FLAG,  0,  8 },
    {KEY_PCI_TPH_STEERING_LOCATION,   F_BITS,  2,  9 },
    {KEY_PCI_TPH_LAST_STEERING_ENTRY, F_BITS,  11, 16},
    {KEY_PCI_TPH_CONTROL,             F_U32LE, 0,  0 },
};

static const struct field fields_ltr[] = {
    {KEY_PCI_LTR_SNOOP_LATENCY,    F_U16LE, 0, 0},
    {KEY_PCI_LTR_NO_SNOOP_LATENCY, F_U16LE, 0, 0},
};

static const struct field fields_secondary[] = {
    {KEY_PCI_SECONDARY_LINK_CONTROL_3, F_U32LE, 0, 0},
    {KEY_PCI_SECONDARY_LANE_ERRORS,    F_U32LE, 0, 0},
};

static const struct field fields_pmux[] = {
    {KEY_PCI_PMUX_FEATURES, F_U32LE, 0, 0},
    {KEY_PCI_PMUX_CONTROL,  F_U32LE, 0, 0},
    {KEY_PCI_PMUX_STATUS,   F_U32LE, 0, 0},
};

static const struct field fields_pasid[] = {
    {KEY_NONE,                 F_U16LE, 0, 0},
    {KEY_PCI_PASID_EXECUTE,    F_FLAG,  0, 1},
    {KEY_PCI_PASID_PRIVILEGED, F_FLAG,  0, 2},
    {KEY_PCI_PASID_WIDTH,      F_BITS,  5, 8},
    {KEY_PCI_PASID_CONTROL,    F_U16LE, 0, 0},
};

static const struct field fields_lnr[] = {
    {KEY_PCI_LNR_FEATURES, F_U16LE, 0, 0},
    {KEY_PCI_LNR_CONTROL,  F_U16LE, 0, 0},
};

static const struct field fields_dpc[] = {
    {KEY_NONE,                         F_U16LE, 0, 0 },
    {KEY_PCI_DPC_INTERRUPT_MESSAGE,    F_BITS,  5, 0 },
    {KEY_PCI_DPC_ROOT_PORT_EXTENSIONS, F_FLAG,  0, 5 },
    {KEY_PCI_DPC_POISONED_BLOCKING,    F_FLAG,  0, 6 },
    {KEY_PCI_DPC_SOFTWARE_TRIGGER,     F_FLAG,  0, 7 },
    {KEY_PCI_DPC_LOG_SIZE,             F_BITS,  4, 8 },
    {KEY_PCI_DPC_LINK_ACTIVE_ERRORS,   F_FLAG,  0, 12},
    {KEY_PCI_DPC_CONTROL,              F_U16LE, 0, 0 },
    {KEY_PCI_DPC_STATUS,               F_U16LE, 0, 0 },
    {KEY_PCI_DPC_SOURCE,               F_U16LE, 0, 0 },
};

static const struct field grow_dpc_root[] = {
    {KEY_PCI_DPC_PIO_STATUS,       F_U32LE, 0,  0},
    {KEY_PCI_DPC_PIO_MASK,         F_U32LE, 0,  0},
    {KEY_PCI_DPC_PIO_SEVERITY,     F_U32LE, 0,  0},
    {KEY_PCI_DPC_PIO_SYSTEM_ERROR, F_U32LE, 0,  0},
    {KEY_PCI_DPC_PIO_EXCEPTION,    F_U32LE, 0,  0},
    {KEY_PCI_DPC_PIO_HEADER_LOG,   F_BYTES, 16, 0},
    {KEY_PCI_DPC_PIO_SPECIFIC_LOG, F_U32LE, 0,  0},
};

static const struct field fields_l1ss[] = {
    {KEY_NONE,                              F_U32LE, 0, 0 },
    {KEY_PCI_L1SS_SUBSTATES,                F_BITS,  5, 0 },
    {KEY_PCI_L1SS_COMMON_MODE_RESTORE_TIME, F_BITS,  8, 8 },
    {KEY_PCI_L1SS_POWER_ON_SCALE,           F_BITS,  2, 16},
    {KEY_PCI_L1SS_POWER_ON_TIME,            F_BITS,  5, 19},
    {KEY_PCI_L1SS_CONTROL_1,                F_U32LE, 0, 0 },
    {KEY_PCI_L1SS_CONTROL_2,                F_U32LE, 0, 0 },
};

static const struct field fields_ptm[] = {
    {KEY_NONE,                F_U32LE, 0, 0},
    {KEY_PCI_PTM_REQUESTER,   F_FLAG,  0, 0},
    {KEY_PCI_PTM_RESPONDER,   F_FLAG,  0, 1},
    {KEY_PCI_PTM_ROOT,        F_FLAG,  0, 2},
    {KEY_PCI_PTM_GRANULARITY, F_BITS,  8, 8},
    {KEY_PCI_PTM_CONTROL,     F_U32LE, 0, 0},
};

static const struct field fields_frs[] = {
    {KEY_NONE,                      F_U32LE, 0,  0 },
    {KEY_PCI_FRS_INTERRUPT_MESSAGE, F_BITS,  5,  0 },
    {KEY_PCI_FRS_QUEUE_DEPTH,       F_BITS,  12, 16},
    {KEY_PCI_FRS_STATUS,            F_U16LE, 0,  0 },
    {KEY_PCI_FRS_CONTROL,           F_U16LE, 0,  0 },
    {KEY_PCI_FRS_MESSAGE,           F_U32LE, 0,  0 },
};

static const struct field fields_rtr[] = {
    {KEY_PCI_RTR_RESET_TIME, F_U32LE, 0, 0},
    {KEY_PCI_RTR_OTHER_TIME, F_U32LE, 0, 0},
};

static const struct field fields_dvsec[] = {
    {KEY_NONE,                     F_U32LE, 0,  0 },
    {KEY_PCI_DVSEC_DVSEC_VENDOR,   F_BITS,  16, 0 },
    {KEY_PCI_DVSEC_DVSEC_REVISION, F_BITS,  4,  16},
    {KEY_PCI_DVSEC_DVSEC_LENGTH,   F_BITS,  12, 20},
    {KEY_PCI_DVSEC_DVSEC_ID,       F_U16LE, 0,  0 },
};

static const struct field fields_cxl_device[] = {
    {KEY_PCI_CXL_FEATURES,          F_U16LE, 0, 0},
    {KEY_PCI_CXL_CONTROL,           F_U16LE, 0, 0},
    {KEY_PCI_CXL_STATUS,            F_U16LE, 0, 0},
    {KEY_PCI_CXL_CONTROL_2,         F_U16LE, 0, 0},
    {KEY_PCI_CXL_STATUS_2,          F_U16LE, 0, 0},
    {KEY_PCI_CXL_LOCK,              F_U16LE, 0, 0},
    {KEY_PCI_CXL_FEATURES_2,        F_U16LE, 0, 0},
    {KEY_PCI_CXL_RANGE_1_SIZE_HIGH, F_U32LE, 0, 0},
    {KEY_PCI_CXL_RANGE_1_SIZE_LOW,  F_U32LE, 0, 0},
    {KEY_PCI_CXL_RANGE_1_BASE_HIGH, F_U32LE, 0, 0},
    {KEY_PCI_CXL_RANGE_1_BASE_LOW,  F_U32LE, 0, 0},
    {KEY_PCI_CXL_RANGE_2_SIZE_HIGH, F_U32LE, 0, 0},
    {KEY_PCI_CXL_RANGE_2_SIZE_LOW,  F_U32LE, 0, 0},
    {KEY_PCI_CXL_RANGE_2_BASE_HIGH, F_U32LE, 0, 0},
    {KEY_PCI_CXL_RANGE_2_BASE_LOW,  F_U32LE, 0, 0},
};

static const struct field fields_dlf[] = {
    {KEY_NONE,                     F_U32LE, 0,  0 },
    {KEY_PCI_DLF_LOCAL_FEATURES,   F_BITS,  23, 0 },
    {KEY_PCI_DLF_EXCHANGE_ENABLED, F_FLAG,  0,  31},
    {KEY_PCI_DLF_STATUS,           F_U32LE, 0,  0 },
};

static const struct field fields_phy16[] = {
    {KEY_PCI_PHY_16_FEATURES,         F_U32LE,    0, 0},
    {KEY_PCI_PHY_16_CONTROL,          F_U32LE,    0, 0},
    {KEY_PCI_PHY_16_STATUS,           F_U32LE,    0, 0},
    {KEY_PCI_PHY_16_PARITY_LOCAL,     F_U32LE,    0, 0},
    {KEY_PCI_PHY_16_PARITY_RETIMER_1, F_U32LE,    0, 0},
    {KEY_PCI_PHY_16_PARITY_RETIMER_2, F_U32LE,    0, 0},
    {KEY_NONE,                        F_RESERVED, 4, 0},
};

static const struct field fields_margining[] = {
    {KEY_PCI_MARGINING_FEATURES, F_U16LE, 0, 0},
    {KEY_PCI_MARGINING_STATUS,   F_U16LE, 0, 0},
};

static const struct field fields_npem[] = {
    {KEY_PCI_NPEM_FEATURES, F_U32LE, 0, 0},
    {KEY_PCI_NPEM_CONTROL,  F_U32LE, 0, 0},
    {KEY_PCI_NPEM_STATUS,   F_U32LE, 0, 0},
};

static const struct field fields_phy32[] = {
    {KEY_PCI_PHY_32_FEATURES,          F_U32LE, 0, 0},
    {KEY_PCI_PHY_32_CONTROL,           F_U32LE, 0, 0},
    {KEY_PCI_PHY_32_STATUS,            F_U32LE, 0, 0},
    {KEY_PCI_PHY_32_RECEIVED_TRAINING, F_U64LE, 0, 0},
    {KEY_PCI_PHY_32_SENT_TRAINING,     F_U64LE, 0, 0},
};

static const struct field fields_alternate[] = {
    {KEY_NONE,                           F_U32LE, 0, 0},
    {KEY_PCI_ALTERNATE_PROTOCOLS,        F_BITS,  8, 0},
    {KEY_PCI_ALTERNATE_SELECTIVE_ENABLE, F_FLAG,  0, 8},
    {KEY_PCI_ALTERNATE_CONTROL,          F_U32LE, 0, 0},
    {KEY_PCI_ALTERNATE_DATA_1,           F_U32LE, 0, 0},
    {KEY_PCI_ALTERNATE_DATA_2,           F_U32LE, 0, 0},
};

static const struct field fields_sfi[] = {
    {KEY_PCI_SFI_FEATURES, F_U16LE,    0, 0},
    {KEY_PCI_SFI_CONTROL,  F_U16LE,    0, 0},
    {KEY_PCI_SFI_STATUS,   F_U16LE,    0, 0},
    {KEY_NONE,             F_RESERVED, 2, 0},
    {KEY_PCI_SFI_ADDRESS,  F_U32LE,    0, 0},
    {KEY_PCI_SFI_DATA,     F_U32LE,    0, 0},
};

static const struct field fields_doe[] = {
    {KEY_NONE,                      F_U32LE, 0,  0},
    {KEY_PCI_DOE_INTERRUPTS,        F_FLAG,  0,  0},
    {KEY_PCI_DOE_INTERRUPT_MESSAGE, F_BITS,  11, 1},
    {KEY_PCI_DOE_CONTROL,           F_U32LE, 0,  0},
    {KEY_PCI_DOE_STATUS,            F_U32LE, 0,  0},
    {KEY_PCI_DOE_WRITE,             F_U32LE, 0,  0},
    {KEY_PCI_DOE_READ,              F_U32LE, 0,  0},
};

static const struct field fields_device3[] = {
    {KEY_PCI_DEVICE_3_FEATURES, F_U32LE, 0, 0},
    {KEY_PCI_DEVICE_3_CONTROL,  F_U32LE, 0, 0},
    {KEY_PCI_DEVICE_3_STATUS,   F_U32LE, 0, 0},
};

static const struct field fields_phy64[] = {
    {KEY_PCI_PHY_64_FEATURES, F_U32LE, 0, 0},
    {KEY_PCI_PHY_64_CONTROL,  F_U32LE, 0, 0},
    {KEY_PCI_PHY_64_STATUS,   F_U32LE, 0, 0},
};

static const struct field fields_flit_log[] = {
    {KEY_PCI_FLIT_ERROR_LOG_1,     F_U32LE, 0, 0},
    {KEY_PCI_FLIT_ERROR_LOG_2,     F_U32LE, 0, 0},
    {KEY_PCI_FLIT_COUNTER_CONTROL, F_U32LE, 0, 0},
    {KEY_PCI_FLIT_COUNTER_STATUS,  F_U32LE, 0, 0},
};

static const struct field fields_flit_measure[] = {
    {KEY_PCI_FLIT_FEATURES, F_U32LE, 0, 0},
    {KEY_PCI_FLIT_CONTROL,  F_U32LE, 0, 0},
    {KEY_PCI_FLIT_STATUS,   F_U32LE, 0, 0},
};

enum {
    EXTENDED_VSEC = 0x0b,
    EXTENDED_DVSEC = 0x23,
    VENDOR_CXL = 0x1e98,
    VSEC_HEADER = 8,
    DVSEC_HEADER = 10,
};

/* Bytes that a table of `key` takes, most of them per lane. */
static void lanes(struct decode *d, const struct pci_function *f, size_t each)
{
    pci_rest_bytes(d, KEY_PCI_PCIE_LANE_EQUALISATION, f->width * each);
}

static void secondary_more(struct decode *d, struct pci_function *f)
{
    lanes(d, f, 2);
}

static void phy_more(struct decode *d, struct pci_function *f)
{
    lanes(d, f, 1);
}

static void margining_more(struct decode *d, struct pci_function *f)
{
    pci_rest_bytes(d, KEY_PCI_MARGINING_LANES, f->width * (size_t)4);
}

/*
 * The serial number is an EUI-64, its least significant byte first. One made of a 48-bit
 * network address has FFFEh, or in older devices FFFFh, in the middle.
 */
static void dsn_more(struct decode *d, struct pci_function *f)
{
    size_t from = d->in.pos;
    struct bytes b = reader_take(&d->in, 8);
    uint8_t *serial = ARENA_ARRAY(d->arena, uint8_t, 8);
    uint8_t *mac = ARENA_ARRAY(d->arena, uint8_t, 6);

    (void)f;
    for (size_t i = 0; i < b.len; i++)
        serial[i] = b.data[b.len - 1 - i];
    decode_bytes(d, KEY_PCI_DSN_SERIAL, (struct bytes){serial, 8}, from);
    if (serial[3] != 0xff || (serial[4] != 0xfe && serial[4] != 0xff))
        return;
    for (size_t i = 0; i < 6; i++)
        mac[i] = serial[i < 3 ? i : i + 2];
    if (!bytes_all((struct bytes){mac, 6}, 0xff))
        decode_bytes(d, KEY_PCI_DSN_MAC, (struct bytes){mac, 6}, from);
}

/* With egress control, a bit for each port or function: bits 15:8 count them, 0 means 256. */
static void acs_more(struct decode *d, struct pci_function *f)
{
    uint64_t features = decode_value(d, KEY_PCI_ACS_FEATURES);
    uint64_t count = features >> 8 & 0xff;

    (void)f;
    if ((features & 0x20) == 0)
        return;
    if (count == 0)
        count = 256;
    pci_rest_bytes(d, KEY_PCI_ACS_EGRESS_CONTROL, (size_t)(count + 31) / 32 * 4);
}

static void dpa_more(struct decode *d, struct pci_function *f)
{
    (void)f;
    pci_rest_bytes(d, KEY_PCI_DPA_POWER_ALLOCATION,
                   (size_t)decode_value(d, KEY_PCI_DPA_SUBSTATE_MAXIMUM) + 1);
}

static void tph_more(struct decode *d, struct pci_function *f)
{
    (void)f;
    if (decode_value(d, KEY_PCI_TPH_STEERING_LOCATION) == 1)
        pci_rest_bytes(d, KEY_PCI_TPH_STEERING_TABLE,
                       2 * ((size_t)decode_value(d, KEY_PCI_TPH_LAST_STEERING_ENTRY) + 1));
}

/* Status, data and the five words of the identifier. */
static void hid_more(struct decode *d, struct pci_function *f)
{
    (void)f;
    pci_rest_bytes(d, KEY_PCI_HID_REGISTERS, 28);
}

/* The rest of a structure whose length counts its `header` bytes too. */
static void opaque_rest(struct decode *d, enum key_id key, uint64_t length, uint64_t header)
{
    size_t from = d->in.pos;

    if (d->in.failed)
        return;
    if (length < header || length - d->in.pos > reader_left(&d->in)) {
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base + 4);
        return;
    }
    struct bytes b = reader_take(&d->in, (size_t)length - d->in.pos);

    if (b.len > 0)
        decode_digest(d, key, b, reader_span(&d->in, from));
}

static void vsec_more(struct decode *d, struct pci_function *f)
{
    (void)f;
    opaque_rest(d, KEY_PCI_VSEC_CONTENT, decode_value(d, KEY_PCI_VSEC_VSEC_LENGTH),
                VSEC_HEADER);
}

static void dvsec_more(struct decode *d, struct pci_function *f)
{
    uint64_t length = decode_value(d, KEY_PCI_DVSEC_DVSEC_LENGTH);

    (void)f;
    if (decode_value(d, KEY_PCI_DVSEC_DVSEC_VENDOR) == VENDOR_CXL &&
        decode_value(d, KEY_PCI_DVSEC_DVSEC_ID) == 0 && length >= 0x38)
        (void)decode_fields(d, PCI_ROWS(fields_cxl_device));
    opaque_rest(d, KEY_PCI_DVSEC_CONTENT, length,
                d->in.pos < DVSEC_HEADER ? DVSEC_HEADER : d->in.pos);
}

/* The bus range came with version 2. */
static void rcec_more(struct decode *d, struct pci_function *f)
{
    (void)f;
    if (decode_value(d, KEY_PCI_EXTENDED_CAPABILITY_VERSION) >= 2)
        (void)decode_fields(d, PCI_ROWS(grow_rcec));
}

static void dpc_more(struct decode *d, struct pci_function *f)
{
    (void)f;
    if (decode_value(d, KEY_PCI_DPC_ROOT_PORT_EXTENSIONS) != 0)
        (void)decode_fields_grow(d, PCI_ROWS(grow_dpc_root));
}

/* In the order of their numbers. */
static const struct pci_capability capabilities[] = {
    {0x00, "null",             PCI_NO_ROWS,                   PCI_NO_ROWS,              NULL                    },
    {0x01, "aer",              PCI_ROWS(fields_aer),          PCI_ROWS(grow_aer),       NULL                    },
    {0x02, "vc",               PCI_NO_ROWS,                   PCI_NO_ROWS,              pci_virtual_channel_body},
    {0x03, "dsn",              PCI_NO_ROWS,                   PCI_NO_ROWS,              dsn_more                },
    {0x04, "power-budget",     PCI_ROWS(fields_power_budget), PCI_NO_ROWS,              NULL                    },
    {0x05, "rc-link",          PCI_NO_ROWS,                   PCI_NO_ROWS,              pci_rc_link_body        },
    {0x06, "rc-internal",      PCI_ROWS(fields_rc_internal),  PCI_NO_ROWS,              NULL                    },
    {0x07, "rcec",             PCI_ROWS(fields_rcec),         PCI_NO_ROWS,              rcec_more               },
    {0x08, "mfvc",             PCI_NO_ROWS,                   PCI_NO_ROWS,              pci_virtual_channel_body},
    {0x09, "vc-mf",            PCI_NO_ROWS,                   PCI_NO_ROWS,              pci_virtual_channel_body},
    {0x0a, "rcrb",             PCI_ROWS(fields_rcrb),         PCI_NO_ROWS,              NULL                    },
    {0x0b, "vsec",             PCI_ROWS(fields_vsec),         PCI_NO_ROWS,              vsec_more               },
    {0x0c, "correlation",      PCI_NO_ROWS,                   PCI_NO_ROWS,              NULL                    },
    {0x0d, "acs",              PCI_ROWS(fields_acs),          PCI_NO_ROWS,              acs_more                },
    {0x0e, "ari",              PCI_ROWS(fields_ari),          PCI_NO_ROWS,              NULL                    },
    {0x0f, "ats",              PCI_ROWS(fields_ats),          PCI_NO_ROWS,              NULL                    },
    {0x10, "sr-iov",           PCI_NO_ROWS,                   PCI_NO_ROWS,              pci_sriov_body          },
    {0x11, "mr-iov",           PCI_NO_ROWS,                   PCI_NO_ROWS,              NULL                    },
    {0x12, "multicast",        PCI_ROWS(fields_multicast),    PCI_ROWS(grow_multicast), NULL                    },
    {0x13, "pri",              PCI_ROWS(fields_pri),          PCI_NO_ROWS,              NULL                    },
    {0x14, "amd",              PCI_NO_ROWS,                   PCI_NO_ROWS,              NULL                    },
    {0x15, "rebar",            PCI_NO_ROWS,                   PCI_NO_ROWS,              pci_resizable_bar_body  },
    {0x16, "dpa",              PCI_ROWS(fields_dpa),          PCI_NO_ROWS,              dpa_more                },
    {0x17, "tph",              PCI_ROWS(fields_tph),          PCI_NO_ROWS,              tph_more                },
    {0x18, "ltr",              PCI_ROWS(fields_ltr),          PCI_NO_ROWS,              NULL                    },
    {0x19, "secondary",        PCI_ROWS(fields_secondary),    PCI_NO_ROWS,              secondary_more          },
    {0x1a, "pmux",             PCI_ROWS(fields_pmux),         PCI_NO_ROWS,              NULL                    },
    {0x1b, "pasid",            PCI_ROWS(fields_pasid),        PCI_NO_ROWS,              NULL                    },
    {0x1c, "lnr",              PCI_ROWS(fields_lnr),          PCI_NO_ROWS,              NULL                    },
    {0x1d, "dpc",              PCI_ROWS(fields_dpc),          PCI_NO_ROWS,              dpc_more                },
    {0x1e, "l1ss",             PCI_ROWS(fields_l1ss),         PCI_NO_ROWS,              NULL                    },
    {0x1f, "ptm",              PCI_ROWS(fields_ptm),          PCI_NO_ROWS,              NULL                    },
    {0x20, "m-phy",            PCI_NO_ROWS,                   PCI_NO_ROWS,              NULL                    },
    {0x21, "frs",              PCI_ROWS(fields_frs),          PCI_NO_ROWS,              NULL                    },
    {0x22, "rtr",              PCI_ROWS(fields_rtr),          PCI_NO_ROWS,              NULL                    },
    {0x23, "dvsec",            PCI_ROWS(fields_dvsec),        PCI_NO_ROWS,              dvsec_more              },
    {0x24, "vf-rebar",         PCI_NO_ROWS,                   PCI_NO_ROWS,              pci_resizable_bar_body  },
    {0x25, "dlf",              PCI_ROWS(fields_dlf),          PCI_NO_ROWS,              NULL                    },
    {0x26, "phy-16",           PCI_ROWS(fields_phy16),        PCI_NO_ROWS,              phy_more                },
    {0x27, "margining",        PCI_ROWS(fields_margining),    PCI_NO_ROWS,              margining_more          },
    {0x28, "hid",              PCI_NO_ROWS,                   PCI_NO_ROWS,              hid_more                },
    {0x29, "npem",             PCI_ROWS(fields_npem),         PCI_NO_ROWS,              NULL                    },
    {0x2a, "phy-32",           PCI_ROWS(fields_phy32),        PCI_NO_ROWS,              phy_more                },
    {0x2b, "alternate",        PCI_ROWS(fields_alternate),    PCI_NO_ROWS,              NULL                    },
    {0x2c, "sfi",              PCI_ROWS(fields_sfi),          PCI_NO_ROWS,              NULL                    },
    {0x2d, "shadow",           PCI_NO_ROWS,                   PCI_NO_ROWS,              NULL                    },
    {0x2e, "doe",              PCI_ROWS(fields_doe),          PCI_NO_ROWS,              NULL                    },
    {0x2f, "device-3",         PCI_ROWS(fields_device3),      PCI_NO_ROWS,              NULL                    },
    {0x30, "ide",              PCI_NO_ROWS,                   PCI_NO_ROWS,              pci_stream_body         },
    {0x31, "phy-64",           PCI_ROWS(fields_phy64),        PCI_NO_ROWS,              phy_more                },
    {0x32, "flit-log",         PCI_ROWS(fields_flit_log),     PCI_NO_ROWS,              NULL                    },
    {0x33, "flit-measurement", PCI_ROWS(fields_flit_measure), PCI_NO_ROWS,              NULL                    },
    {0x34, "flit-injection",   PCI_ROWS(fields_flit_measure), PCI_NO_ROWS,              NULL                    },
    {0x35, "svc",              PCI_NO_ROWS,                   PCI_NO_ROWS,              NULL                    },
    {0x36, "mmio-locator",     PCI_NO_ROWS,                   PCI_NO_ROWS,              NULL                    },
};

void pci_extended_open(struct decode *d, uint16_t id)
{
    struct reader r = d->in;

    (void)reader_u32le(&r);
    uint32_t first = reader_u32le(&r);
    uint16_t second = reader_u16le(&r);

    if (id == EXTENDED_VSEC)
        decode_open(d, ITEM_MAP, "ecap:vsec-%04x", first & 0xffff);
    else if (id == EXTENDED_DVSEC)
        decode_open(d, ITEM_MAP, "ecap:dvsec-%04x-%04x", first & 0xffff, second);
    else if (id < ARRAY_LEN(capabilities))
        decode_open(d, ITEM_MAP, "ecap:%s", capabilities[id].name);
    else
        decode_open(d, ITEM_MAP, "ecap:%04x", id);
}

void pci_extended_body(struct decode *d, struct pci_function *f, uint16_t id)
{
    if (id < ARRAY_LEN(capabilities))
        pci_capability_run(d, f, &capabilities[id]);
}
