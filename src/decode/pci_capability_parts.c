/* SPDX-License-Identifier: Apache-2.0 */
/* Extended capabilities with repeated parts: PCI Express Base Specification 6.0, chapter 7.9.
 */
#include "decode/pci.h"

static const struct field fields_vc[] = {
    {KEY_NONE,                          F_U32LE, 0, 0 },
    {KEY_PCI_VC_EXTRA_CHANNELS,         F_BITS,  3, 0 },
    {KEY_PCI_VC_LOW_PRIORITY_CHANNELS,  F_BITS,  3, 4 },
    {KEY_PCI_VC_REFERENCE_CLOCK,        F_BITS,  2, 8 },
    {KEY_PCI_VC_ARBITRATION_ENTRY_SIZE, F_BITS,  2, 10},
    {KEY_NONE,                          F_U32LE, 0, 0 },
    {KEY_PCI_VC_ARBITRATION,            F_BITS,  8, 0 },
    {KEY_PCI_VC_ARBITRATION_TABLE,      F_BITS,  8, 24},
    {KEY_PCI_VC_CONTROL,                F_U16LE, 0, 0 },
    {KEY_PCI_VC_STATUS,                 F_U16LE, 0, 0 },
};

static const struct field fields_vc_resource[] = {
    {KEY_NONE,                          F_U32LE,    0, 0 },
    {KEY_PCI_VC_PORT_ARBITRATION,       F_BITS,     8, 0 },
    {KEY_PCI_VC_REJECT_SNOOP,           F_FLAG,     0, 15},
    {KEY_PCI_VC_TIME_SLOTS,             F_BITS,     7, 16},
    {KEY_PCI_VC_PORT_ARBITRATION_TABLE, F_BITS,     8, 24},
    {KEY_PCI_VC_RESOURCE_CONTROL,       F_U32LE,    0, 0 },
    {KEY_NONE,                          F_RESERVED, 2, 0 },
    {KEY_PCI_VC_RESOURCE_STATUS,        F_U16LE,    0, 0 },
};

static const struct field fields_rc_link[] = {
    {KEY_NONE,                  F_U32LE,    0, 0 },
    {KEY_PCI_RC_LINK_ELEMENT,   F_BITS,     4, 0 },
    {KEY_PCI_RC_LINK_LINKS,     F_BITS,     8, 8 },
    {KEY_PCI_RC_LINK_COMPONENT, F_BITS,     8, 16},
    {KEY_PCI_RC_LINK_PORT,      F_BITS,     8, 24},
    {KEY_NONE,                  F_RESERVED, 8, 0 },
};

static const struct field fields_rc_link_entry[] = {
    {KEY_NONE,                               F_U32LE,    0, 0 },
    {KEY_PCI_RC_LINK_VALID,                  F_FLAG,     0, 0 },
    {KEY_PCI_RC_LINK_TO_CONFIGURATION_SPACE, F_FLAG,     0, 1 },
    {KEY_PCI_RC_LINK_ASSOCIATED,             F_FLAG,     0, 2 },
    {KEY_PCI_RC_LINK_TARGET_COMPONENT,       F_BITS,     8, 16},
    {KEY_PCI_RC_LINK_TARGET_PORT,            F_BITS,     8, 24},
    {KEY_NONE,                               F_RESERVED, 4, 0 },
    {KEY_PCI_RC_LINK_ADDRESS,                F_U64LE,    0, 0 },
};

static const struct field fields_sriov[] = {
    {KEY_NONE,                         F_U32LE,    0,  0 },
    {KEY_PCI_SR_IOV_MIGRATION,         F_FLAG,     0,  0 },
    {KEY_PCI_SR_IOV_ARI_PRESERVED,     F_FLAG,     0,  1 },
    {KEY_PCI_SR_IOV_TEN_BIT_TAGS,      F_FLAG,     0,  2 },
    {KEY_PCI_SR_IOV_MIGRATION_MESSAGE, F_BITS,     11, 21},
    {KEY_PCI_SR_IOV_CONTROL,           F_U16LE,    0,  0 },
    {KEY_PCI_SR_IOV_STATUS,            F_U16LE,    0,  0 },
    {KEY_PCI_SR_IOV_INITIAL_FUNCTIONS, F_U16LE,    0,  0 },
    {KEY_PCI_SR_IOV_TOTAL_FUNCTIONS,   F_U16LE,    0,  0 },
    {KEY_PCI_SR_IOV_ENABLED_FUNCTIONS, F_U16LE,    0,  0 },
    {KEY_PCI_SR_IOV_DEPENDENCY_LINK,   F_U8,       0,  0 },
    {KEY_NONE,                         F_RESERVED, 1,  0 },
    {KEY_PCI_SR_IOV_FIRST_OFFSET,      F_U16LE,    0,  0 },
    {KEY_PCI_SR_IOV_STRIDE,            F_U16LE,    0,  0 },
    {KEY_NONE,                         F_RESERVED, 2,  0 },
    {KEY_PCI_SR_IOV_VIRTUAL_DEVICE,    F_U16LE,    0,  0 },
    {KEY_PCI_SR_IOV_PAGE_SIZES,        F_U32LE,    0,  0 },
    {KEY_PCI_SR_IOV_PAGE_SIZE,         F_U32LE,    0,  0 },
};

static const struct field fields_sriov_more[] = {
    {KEY_PCI_SR_IOV_MIGRATION_STATE, F_U32LE, 0, 0},
};

static const struct field fields_rebar[] = {
    {KEY_NONE,                  F_U32LE, 0,  0 },
    {KEY_PCI_REBAR_SIZES,       F_BITS,  28, 4 },
    {KEY_NONE,                  F_U32LE, 0,  0 },
    {KEY_PCI_REBAR_BAR,         F_BITS,  3,  0 },
    {KEY_PCI_REBAR_BARS,        F_BITS,  3,  5 },
    {KEY_PCI_REBAR_SIZE,        F_BITS,  6,  8 },
    {KEY_PCI_REBAR_SIZES_UPPER, F_BITS,  16, 16},
};

static const struct field fields_ide[] = {
    {KEY_NONE,                          F_U32LE, 0, 0 },
    {KEY_PCI_IDE_LINK_STREAMS,          F_FLAG,  0, 0 },
    {KEY_PCI_IDE_SELECTIVE_STREAMS,     F_FLAG,  0, 1 },
    {KEY_PCI_IDE_FLOW_THROUGH,          F_FLAG,  0, 2 },
    {KEY_PCI_IDE_PARTIAL_HEADERS,       F_FLAG,  0, 3 },
    {KEY_PCI_IDE_AGGREGATION,           F_FLAG,  0, 4 },
    {KEY_PCI_IDE_PLAINTEXT_CHECKSUM,    F_FLAG,  0, 5 },
    {KEY_PCI_IDE_KEY_MANAGEMENT,        F_FLAG,  0, 6 },
    {KEY_PCI_IDE_ALGORITHMS,            F_BITS,  5, 8 },
    {KEY_PCI_IDE_LINK_CLASSES,          F_BITS,  3, 13},
    {KEY_PCI_IDE_LAST_SELECTIVE_STREAM, F_BITS,  8, 16},
    {KEY_PCI_IDE_CONTROL,               F_U32LE, 0, 0 },
};

/* The channels are numbered by the hardware: the number is their name. */
void pci_virtual_channel_body(struct decode *d, struct pci_function *f)
{
    (void)f;
    (void)decode_fields(d, PCI_ROWS(fields_vc));
    uint64_t last = decode_value(d, KEY_PCI_VC_EXTRA_CHANNELS);

    for (uint64_t i = 0; i <= last && !d->in.failed; i++) {
        if (!pci_part_enter(d, 12))
            return;
        decode_open(d, ITEM_MAP, "vc:%u", (unsigned)i);
        (void)decode_fields(d, PCI_ROWS(fields_vc_resource));
        decode_close(d);
        decode_leave(d);
    }
}

void pci_rc_link_body(struct decode *d, struct pci_function *f)
{
    (void)f;
    (void)decode_fields(d, PCI_ROWS(fields_rc_link));
    uint64_t links = decode_value(d, KEY_PCI_RC_LINK_LINKS);

    for (uint64_t i = 0; i < links && !d->in.failed; i++) {
        struct reader peek = d->in;
        uint32_t link = reader_u32le(&peek);

        if (!pci_part_enter(d, 16))
            return;
        decode_open(d, ITEM_MAP, "link:%u.%u", link >> 16 & 0xff, link >> 24);
        (void)decode_fields(d, PCI_ROWS(fields_rc_link_entry));
        decode_close(d);
        decode_leave(d);
    }
}

void pci_sriov_body(struct decode *d, struct pci_function *f)
{
    (void)f;
    (void)decode_fields(d, PCI_ROWS(fields_sriov));
    if (d->in.failed || !pci_part_enter(d, 24))
        return;
    pci_bars(d, 6, "vf-bar");
    decode_leave(d);
    (void)decode_fields(d, PCI_ROWS(fields_sriov_more));
}

void pci_resizable_bar_body(struct decode *d, struct pci_function *f)
{
    struct reader peek = d->in;

    (void)f;
    (void)reader_u32le(&peek);
    uint32_t count = reader_u32le(&peek) >> 5 & 7;

    for (uint32_t i = 0; i < count; i++) {
        struct reader next = d->in;

        (void)reader_u32le(&next);
        uint32_t control = reader_u32le(&next);

        if (!pci_part_enter(d, 8))
            return;
        decode_open(d, ITEM_MAP, "bar:%u", control & 7);
        (void)decode_fields(d, PCI_ROWS(fields_rebar));
        decode_close(d);
        decode_leave(d);
    }
}

/*
 * Link streams have a control and a status word each; a selective stream has five words and
 * three more for each of the address associations that its first word counts.
 */
void pci_stream_body(struct decode *d, struct pci_function *f)
{
    (void)f;
    (void)decode_fields(d, PCI_ROWS(fields_ide));
    struct reader r = d->in;
    size_t from = r.pos;

    if (decode_value(d, KEY_PCI_IDE_LINK_STREAMS) != 0)
        (void)reader_take(&r, 8 * (size_t)(decode_value(d, KEY_PCI_IDE_LINK_CLASSES) + 1));
    uint64_t last = decode_value(d, KEY_PCI_IDE_LAST_SELECTIVE_STREAM);
    bool selective = decode_value(d, KEY_PCI_IDE_SELECTIVE_STREAMS) != 0;

    for (uint64_t i = 0; selective && i <= last && !r.failed; i++) {
        size_t associations = reader_u32le(&r) & 15;

        (void)reader_take(&r, 16 + 12 * associations);
    }
    if (r.failed) {
        decode_fault(d, FAULT_TRUNCATED, r.fail_offset);
        return;
    }
    pci_rest_bytes(d, KEY_PCI_IDE_STREAMS, r.pos - from);
}
