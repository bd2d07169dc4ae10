/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small tables: TCG ACPI Specification 1.4 (TPM2, TCPA), Windows Platform Binary Table (WPBT),
 * ACPI 6.5 5.2.22 (BGRT), Serial Port Console Redirection Table 1.10 (SPCR),
 * Debug Port Table 2 (DBG2), Windows ACPI Emulated Devices Table (WAET), Windows SMM Security
 * Mitigations Table (WSMT), IPMI 2.0 appendix C3 (SPMI), UEFI 2.10 appendix O (UEFI).
 */
#include "decode/acpi.h"

static const struct field tpm2[] = {
    {KEY_ACPI_TPM2_CLASS,   F_U16LE,    0, 0},
    {KEY_NONE,              F_RESERVED, 2, 0},
    {KEY_ACPI_TPM2_CONTROL, F_U64LE,    0, 0},
    {KEY_ACPI_TPM2_START,   F_U32LE,    0, 0},
};

static const struct field tpm2_log[] = {
    {KEY_ACPI_TPM2_LOG_LENGTH,  F_U32LE, 0, 0},
    {KEY_ACPI_TPM2_LOG_ADDRESS, F_U64LE, 0, 0},
};

/* The parameters have 12 bytes, or 16 from revision 5 on; the log's place follows if there is
 * one. */
void acpi_tpm2(struct decode *d)
{
    decode_fields(d, ACPI_ROWS(tpm2));
    size_t left = reader_left(&d->in);
    size_t from = d->in.pos;
    size_t parameters = left == 28 || left == 16 ? 16 : left > 12 ? 12 : left;
    struct bytes b = reader_take(&d->in, parameters);

    if (b.len > 0)
        decode_bytes(d, KEY_ACPI_TPM2_PARAMETERS, b, from);
    decode_fields_grow(d, ACPI_ROWS(tpm2_log));
}

static const struct field tcpa_class[] = {
    {KEY_ACPI_TPM2_CLASS, F_U16LE, 0, 0}
};

static const struct field tcpa_server_gap[] = {
    {KEY_NONE, F_RESERVED, 2, 0}
};

static const struct field tcpa_server_log[] = {
    {KEY_ACPI_TPM2_LOG_LENGTH,  F_U64LE, 0, 0},
    {KEY_ACPI_TPM2_LOG_ADDRESS, F_U64LE, 0, 0},
};

void acpi_tcpa(struct decode *d)
{
    decode_fields(d, ACPI_ROWS(tcpa_class));
    if (decode_value(d, KEY_ACPI_TPM2_CLASS) == 0) {
        decode_fields(d, ACPI_ROWS(tpm2_log));
        return;
    }
    decode_fields(d, ACPI_ROWS(tcpa_server_gap));
    decode_fields(d, ACPI_ROWS(tcpa_server_log));
}

static const struct field wpbt[] = {
    {KEY_ACPI_WPBT_SIZE,    F_U32LE, 0, 0},
    {KEY_ACPI_WPBT_ADDRESS, F_U64LE, 0, 0},
    {KEY_ACPI_WPBT_LAYOUT,  F_U8,    0, 0},
    {KEY_ACPI_WPBT_TYPE,    F_U8,    0, 0},
    {KEY_NONE,              F_U16LE, 0, 0},
};

void acpi_wpbt(struct decode *d)
{
    size_t length = (size_t)decode_fields(d, ACPI_ROWS(wpbt));
    size_t from = d->in.pos;
    struct bytes arguments = reader_take(&d->in, length);
    struct bytes text = {NULL, 0};

    if (!utf16_text(d->arena, arguments, &text))
        decode_fault(d, FAULT_BAD_ENCODING, d->in.base + from);
    decode_bytes(d, KEY_ACPI_WPBT_ARGUMENTS, text, from);
}

static const struct field bgrt[] = {
    {KEY_ACPI_BGRT_VERSION, F_U16LE, 0, 0},
    {KEY_ACPI_BGRT_STATUS,  F_U8,    0, 0},
    {KEY_ACPI_BGRT_TYPE,    F_U8,    0, 0},
    {KEY_ACPI_BGRT_ADDRESS, F_U64LE, 0, 0},
    {KEY_ACPI_BGRT_X,       F_U32LE, 0, 0},
    {KEY_ACPI_BGRT_Y,       F_U32LE, 0, 0},
};

void acpi_bgrt(struct decode *d)
{
    decode_fields(d, ACPI_ROWS(bgrt));
}

static const struct field spcr_first[] = {
    {KEY_ACPI_SPCR_INTERFACE, F_U8,       0, 0},
    {KEY_NONE,                F_RESERVED, 3, 0},
};

static const struct field spcr_second[] = {
    {KEY_ACPI_SPCR_INTERRUPT_TYPE, F_U8,    0, 0},
    {KEY_ACPI_SPCR_IRQ,            F_U8,    0, 0},
    {KEY_ACPI_SPCR_GSI,            F_U32LE, 0, 0},
    {KEY_ACPI_SPCR_BAUD,           F_U8,    0, 0},
    {KEY_ACPI_SPCR_PARITY,         F_U8,    0, 0},
    {KEY_ACPI_SPCR_STOP,           F_U8,    0, 0},
    {KEY_ACPI_SPCR_FLOW,           F_U8,    0, 0},
    {KEY_ACPI_SPCR_TERMINAL,       F_U8,    0, 0},
    {KEY_ACPI_SPCR_LANGUAGE,       F_U8,    0, 0},
    {KEY_ACPI_SPCR_PCI_DEVICE,     F_U16LE, 0, 0},
    {KEY_ACPI_SPCR_PCI_VENDOR,     F_U16LE, 0, 0},
    {KEY_ACPI_SPCR_PCI_BUS,        F_U8,    0, 0},
    {KEY_ACPI_SPCR_PCI_SLOT,       F_U8,    0, 0},
    {KEY_ACPI_SPCR_PCI_FUNCTION,   F_U8,    0, 0},
    {KEY_ACPI_SPCR_PCI_FLAGS,      F_U32LE, 0, 0},
    {KEY_ACPI_SPCR_SEGMENT,        F_U8,    0, 0},
    {KEY_ACPI_SPCR_CLOCK,          F_U32LE, 0, 0},
};

static const struct field spcr_third[] = {
    {KEY_ACPI_SPCR_PRECISE, F_U32LE, 0, 0},
    {KEY_NONE,              F_SKIP,  4, 0},
};

void acpi_spcr(struct decode *d)
{
    decode_fields(d, ACPI_ROWS(spcr_first));
    acpi_register(d, "base", KEY_ACPI_GAS_ADDRESS);
    decode_fields(d, ACPI_ROWS(spcr_second));
    if (!reader_more(&d->in))
        return;
    decode_fields(d, ACPI_ROWS(spcr_third));
    size_t from = d->in.pos;
    struct bytes name = reader_take(&d->in, reader_left(&d->in));

    decode_bytes(d, KEY_ACPI_SPCR_NAME, bytes_trim(name), from);
}

static const struct field dbg2_table[] = {
    {KEY_ACPI_DBG2_OFFSET, F_U32LE, 0, 0},
    {KEY_ACPI_DBG2_COUNT,  F_U32LE, 0, 0},
};

static const struct field dbg2_device[] = {
    {KEY_ACPI_DBG2_REVISION,  F_U8,       0, 0},
    {KEY_NONE,                F_SKIP,     2, 0},
    {KEY_ACPI_DBG2_REGISTERS, F_U8,       0, 0},
    {KEY_ACPI_DBG2_LAYOUT,    F_BYTES,    8, 0},
    {KEY_ACPI_DBG2_TYPE,      F_U16LE,    0, 0},
    {KEY_ACPI_DBG2_SUBTYPE,   F_U16LE,    0, 0},
    {KEY_NONE,                F_RESERVED, 2, 0},
    {KEY_NONE,                F_SKIP,     4, 0},
};

/* A 16-bit number at `pos` of the device structure. */
static size_t dbg2_u16(const struct decode *d, size_t pos)
{
    struct reader r = reader_at(&d->in, pos, 2);

    return reader_u16le(&r);
}

static void dbg2_name(struct decode *d)
{
    size_t length = dbg2_u16(d, 4);
    size_t at = dbg2_u16(d, 6);
    struct reader r = reader_at(&d->in, at, length);

    if (r.failed) {
        decode_fault(d, FAULT_BAD_REFERENCE, d->in.base + 6);
        return;
    }
    decode_value_at(d, KEY_ACPI_DBG2_NAME, value_text(bytes_trim(r.all)),
                    (struct span){d->in.blob, d->in.base + at, length});
}

static void dbg2_maker_data(struct decode *d)
{
    size_t length = dbg2_u16(d, 8);
    size_t at = dbg2_u16(d, 10);
    struct reader r = reader_at(&d->in, at, length);

    if (r.failed)
        decode_fault(d, FAULT_BAD_REFERENCE, d->in.base + 10);
    else if (length > 0)
        decode_digest(d, KEY_ACPI_DBG2_DATA, r.all,
                      (struct span){d->in.blob, d->in.base + at, length});
}

static void dbg2_registers(struct decode *d)
{
    size_t count = (size_t)decode_value(d, KEY_ACPI_DBG2_REGISTERS);
    size_t at = dbg2_u16(d, 18);
    size_t sizes = dbg2_u16(d, 20);

    for (size_t i = 0; i < count; i++) {
        struct reader size = reader_at(&d->in, sizes + 4 * i, 4);
        struct reader range =
            reader_at(&d->in, at + ACPI_REGISTER_SIZE * i, ACPI_REGISTER_SIZE);

        if (size.failed || range.failed) {
            decode_fault(d, FAULT_BAD_REFERENCE, d->in.base + 18);
            return;
        }
        reader_seek(&d->in, at + ACPI_REGISTER_SIZE * i);
        acpi_register(d, "register", KEY_ACPI_GAS_ADDRESS);
        decode_value_at(d, KEY_ACPI_DBG2_SIZE, value_uint(reader_u32le(&size)),
                        (struct span){d->in.blob, d->in.base + sizes + 4 * i, 4});
    }
    reader_seek(&d->in, d->in.all.len);
}

void acpi_dbg2(struct decode *d)
{
    decode_fields(d, ACPI_ROWS(dbg2_table));
    uint64_t count = decode_value(d, KEY_ACPI_DBG2_COUNT);
    uint64_t offset = decode_value(d, KEY_ACPI_DBG2_OFFSET);

    if (offset < ACPI_HEADER_SIZE + 8 || offset - ACPI_HEADER_SIZE > d->in.all.len) {
        decode_fault(d, FAULT_BAD_REFERENCE, d->in.base);
        return;
    }
    reader_seek(&d->in, (size_t)offset - ACPI_HEADER_SIZE);
    for (uint64_t i = 0; i < count; i++) {
        struct reader peek = reader_at(&d->in, d->in.pos + 1, 2);
        size_t length = reader_u16le(&peek);

        if (length < 22 || length > reader_left(&d->in)) {
            decode_fault(d, FAULT_BAD_LENGTH, reader_offset(&d->in) + 1);
            return;
        }
        decode_enter(d, length);
        decode_open(d, ITEM_MAP, "device");
        decode_fields(d, ACPI_ROWS(dbg2_device));
        dbg2_name(d);
        dbg2_maker_data(d);
        dbg2_registers(d);
        decode_close(d);
        decode_leave(d);
    }
}

static const struct field waet[] = {
    {KEY_ACPI_WAET_FLAGS, F_U32LE, 0, 0}
};

void acpi_waet(struct decode *d)
{
    decode_fields(d, ACPI_ROWS(waet));
}

static const struct field wsmt[] = {
    {KEY_ACPI_WSMT_FLAGS, F_U32LE, 0, 0}
};

void acpi_wsmt(struct decode *d)
{
    decode_fields(d, ACPI_ROWS(wsmt));
}

static const struct field spmi_first[] = {
    {KEY_ACPI_SPMI_TYPE,      F_U8,       0, 0},
    {KEY_NONE,                F_SKIP,     1, 0},
    {KEY_ACPI_SPMI_VERSION,   F_U16LE,    0, 0},
    {KEY_ACPI_SPMI_INTERRUPT, F_U8,       0, 0},
    {KEY_ACPI_SPMI_GPE,       F_U8,       0, 0},
    {KEY_NONE,                F_RESERVED, 1, 0},
    {KEY_ACPI_SPMI_PCI,       F_U8,       0, 0},
    {KEY_ACPI_SPMI_GSI,       F_U32LE,    0, 0},
};

static const struct field spmi_second[] = {
    {KEY_ACPI_SPMI_PLACE, F_BYTES, 4, 0}
};

void acpi_spmi(struct decode *d)
{
    decode_fields(d, ACPI_ROWS(spmi_first));
    acpi_register(d, "base", KEY_ACPI_GAS_ADDRESS);
    decode_fields_grow(d, ACPI_ROWS(spmi_second));
}

static const struct field uefi[] = {
    {KEY_ACPI_UEFI_GUID,   F_GUID,  0, 0},
    {KEY_ACPI_UEFI_OFFSET, F_U16LE, 0, 0},
};

void acpi_uefi(struct decode *d)
{
    decode_fields(d, ACPI_ROWS(uefi));
    size_t from = d->in.pos;
    struct bytes data = reader_take(&d->in, reader_left(&d->in));

    if (data.len > 0)
        decode_digest(d, KEY_ACPI_UEFI_DATA, data, reader_span(&d->in, from));
}
