/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PC Client Platform Firmware Profile 1.06, section 10.2.7: device security events, version 1
 * ("SPDM Device Sec") and 2 ("SPDM Device Sec2"), with the contexts of PCI devices.
 */
#include "decode/device_path.h"
#include "decode/tcg_event_data.h"

enum {
    DEVICE_PCI = 1,
    SUB_CHAIN = 1, /* kind of the part that holds a chain of certificates */
    PCI_CONTEXT = 16,
    BLOCK_HEADER = 4,
};

static const struct field head1[] = {
    {KEY_EVENTLOG_SIGNATURE,        F_TEXT,  16, 0},
    {KEY_EVENTLOG_SPDM_VERSION,     F_U16LE, 0,  0},
    {KEY_EVENTLOG_SPDM_LENGTH,      F_U16LE, 0,  0},
    {KEY_EVENTLOG_SPDM_HASH,        F_U32LE, 0,  0},
    {KEY_EVENTLOG_SPDM_DEVICE_TYPE, F_U32LE, 0,  0},
};

static const struct field head2[] = {
    {KEY_EVENTLOG_SIGNATURE,        F_TEXT,     16, 0},
    {KEY_EVENTLOG_SPDM_VERSION,     F_U16LE,    0,  0},
    {KEY_EVENTLOG_SPDM_AUTH,        F_U8,       0,  0},
    {KEY_NONE,                      F_RESERVED, 1,  0},
    {KEY_EVENTLOG_SPDM_LENGTH,      F_U32LE,    0,  0},
    {KEY_EVENTLOG_SPDM_DEVICE_TYPE, F_U32LE,    0,  0},
    {KEY_EVENTLOG_SPDM_SUB_TYPE,    F_U32LE,    0,  0},
    {KEY_EVENTLOG_SPDM_SUB_LENGTH,  F_U32LE,    0,  0},
    {KEY_EVENTLOG_SPDM_SUB_UID,     F_U64LE,    0,  0},
};

static const struct field sub_header[] = {
    {KEY_EVENTLOG_SPDM_PROTOCOL, F_U16LE,    0, 0},
    {KEY_EVENTLOG_SPDM_SLOT,     F_U8,       0, 0},
    {KEY_NONE,                   F_RESERVED, 1, 0},
    {KEY_EVENTLOG_SPDM_HASH,     F_U32LE,    0, 0},
};

static const struct field pci_context[] = {
    {KEY_EVENTLOG_PCI_VERSION,   F_U16LE, 0, 0},
    {KEY_EVENTLOG_PCI_LENGTH,    F_U16LE, 0, 0},
    {KEY_EVENTLOG_PCI_VENDOR,    F_U16LE, 0, 0},
    {KEY_EVENTLOG_PCI_DEVICE,    F_U16LE, 0, 0},
    {KEY_EVENTLOG_PCI_REVISION,  F_U8,    0, 0},
    {KEY_EVENTLOG_PCI_CLASS,     F_U24LE, 0, 0},
    {KEY_EVENTLOG_PCI_SUBVENDOR, F_U16LE, 0, 0},
    {KEY_EVENTLOG_PCI_SUBSYSTEM, F_U16LE, 0, 0},
};

/* A digest over the next `length` bytes, or over fewer and a fault if they are not there. */
static void block_decode(struct decode *d, enum key_id key, size_t length)
{
    size_t from = d->in.pos;

    if (length > reader_left(&d->in)) {
        decode_fault(d, FAULT_TRUNCATED, reader_offset(&d->in));
        length = reader_left(&d->in);
    }
    struct bytes b = reader_take(&d->in, length);

    if (b.len > 0)
        decode_digest(d, key, b, reader_span(&d->in, from));
}

/* A device path behind its length in 8 bytes. */
static bool path_decode(struct decode *d)
{
    static const struct field length_row[] = {
        {KEY_NONE, F_U64LE, 0, 0}
    };
    uint64_t offset = reader_offset(&d->in);
    uint64_t length = decode_fields(d, length_row, 1);
    bool unique = false;

    if (length > reader_left(&d->in)) {
        decode_fault(d, FAULT_BAD_LENGTH, offset);
        length = reader_left(&d->in);
    }
    if (length == 0)
        return false;
    decode_enter(d, (size_t)length);
    if (!device_path_decode(d, &unique) || reader_more(&d->in))
        block_decode(d, KEY_EVENTLOG_SPDM_BLOCK, reader_left(&d->in));
    decode_leave(d);
    return unique;
}

static void context_decode(struct decode *d, uint64_t device_type)
{
    if (device_type == DEVICE_PCI && reader_left(&d->in) >= PCI_CONTEXT) {
        decode_open(d, ITEM_MAP, "device");
        decode_fields(d, pci_context, ARRAY_LEN(pci_context));
        decode_close(d);
    }
    if (reader_more(&d->in))
        (void)tcg_opaque_decode(d);
}

static void length_check(struct decode *d, size_t start, size_t total, size_t at)
{
    if (!d->in.failed && decode_value(d, KEY_EVENTLOG_SPDM_LENGTH) != total)
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base + start + at);
}

static bool version1_decode(struct decode *d)
{
    size_t start = d->in.pos;
    size_t total = reader_left(&d->in);
    uint64_t device_type = decode_fields(d, head1, ARRAY_LEN(head1));
    struct reader peek = d->in;

    length_check(d, start, total, 18);
    /* DMTF measurement block: index, specification, size, measurement. */
    reader_take(&peek, 2);
    size_t size = reader_u16le(&peek);

    block_decode(d, KEY_EVENTLOG_SPDM_BLOCK, BLOCK_HEADER + size);
    bool unique = path_decode(d);

    context_decode(d, device_type);
    return unique;
}

static bool version2_decode(struct decode *d)
{
    size_t start = d->in.pos;
    size_t total = reader_left(&d->in);

    decode_fields(d, head2, ARRAY_LEN(head2));
    uint64_t device_type = decode_value(d, KEY_EVENTLOG_SPDM_DEVICE_TYPE);
    uint64_t length = decode_value(d, KEY_EVENTLOG_SPDM_SUB_LENGTH);
    bool chain = decode_value(d, KEY_EVENTLOG_SPDM_SUB_TYPE) == SUB_CHAIN;

    length_check(d, start, total, 20);
    bool unique = path_decode(d);

    if (length > reader_left(&d->in)) {
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base + start + 32);
        length = reader_left(&d->in);
    }
    /* A device that could not prove who it is has nothing there. */
    if (length > 0) {
        decode_enter(d, (size_t)length);
        decode_open(d, ITEM_MAP, "measured");
        decode_fields(d, sub_header, ARRAY_LEN(sub_header));
        block_decode(d, chain ? KEY_EVENTLOG_SPDM_CHAIN : KEY_EVENTLOG_SPDM_BLOCK,
                     reader_left(&d->in));
        decode_close(d);
        decode_leave(d);
    }
    context_decode(d, device_type);
    return unique || chain;
}

bool tcg_spdm_decode(struct decode *d)
{
    struct bytes data = bytes_slice(d->in.all, d->in.pos, reader_left(&d->in));

    if (tcg_data_is(data, "SPDM Device Sec"))
        return version1_decode(d);
    if (bytes_starts_with(data, "SPDM Device Sec2"))
        return version2_decode(d);
    decode_fault(d, FAULT_BAD_SIGNATURE, reader_offset(&d->in));
    return tcg_opaque_decode(d);
}
