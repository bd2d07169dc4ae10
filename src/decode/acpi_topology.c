/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ACPI 6.5, 5.2.16 (SRAT), 5.2.17 (SLIT); PCI Firmware Specification 3.3, 4.1.2 (MCFG); IA-PC
 * HPET 1.0a, 3.2.4 (HPET).
 */
#include "decode/acpi.h"

static const struct field mcfg_allocation[] = {
    {KEY_ACPI_MCFG_BASE,    F_U64LE,    0, 0},
    {KEY_ACPI_MCFG_SEGMENT, F_U16LE,    0, 0},
    {KEY_ACPI_MCFG_START,   F_U8,       0, 0},
    {KEY_ACPI_MCFG_END,     F_U8,       0, 0},
    {KEY_NONE,              F_RESERVED, 4, 0},
};

void acpi_mcfg(struct decode *d)
{
    static const struct field reserved[] = {
        {KEY_NONE, F_RESERVED, 8, 0}
    };

    decode_fields(d, ACPI_ROWS(reserved));
    while (reader_left(&d->in) >= 16) {
        struct reader segment = reader_at(&d->in, d->in.pos + 8, 2);

        decode_enter(d, 16);
        decode_open(d, ITEM_MAP, "segment:%u", reader_u16le(&segment));
        decode_fields(d, ACPI_ROWS(mcfg_allocation));
        decode_close(d);
        decode_leave(d);
    }
    if (reader_more(&d->in))
        decode_fault(d, FAULT_BAD_LENGTH, reader_offset(&d->in));
}

static const struct field srat_table[] = {
    {KEY_ACPI_SRAT_TABLE, F_U32LE,    0, 0},
    {KEY_NONE,            F_RESERVED, 8, 0},
};

static const struct field srat_apic[] = {
    {KEY_ACPI_SRAT_DOMAIN,      F_U8,    0, 0},
    {KEY_ACPI_SRAT_APIC_ID,     F_U8,    0, 0},
    {KEY_ACPI_SRAT_FLAGS,       F_U32LE, 0, 0},
    {KEY_ACPI_SRAT_EID,         F_U8,    0, 0},
    {KEY_ACPI_SRAT_DOMAIN_HIGH, F_U24LE, 0, 0},
    {KEY_ACPI_SRAT_CLOCK,       F_U32LE, 0, 0},
};

static const struct field srat_memory[] = {
    {KEY_ACPI_SRAT_DOMAIN, F_U32LE,    0, 0},
    {KEY_NONE,             F_RESERVED, 2, 0},
    {KEY_ACPI_SRAT_BASE,   F_U64LE,    0, 0},
    {KEY_ACPI_SRAT_LENGTH, F_U64LE,    0, 0},
    {KEY_NONE,             F_RESERVED, 4, 0},
    {KEY_ACPI_SRAT_FLAGS,  F_U32LE,    0, 0},
    {KEY_NONE,             F_RESERVED, 8, 0},
};

static const struct field srat_x2apic[] = {
    {KEY_NONE,              F_RESERVED, 2, 0},
    {KEY_ACPI_SRAT_DOMAIN,  F_U32LE,    0, 0},
    {KEY_ACPI_SRAT_APIC_ID, F_U32LE,    0, 0},
    {KEY_ACPI_SRAT_FLAGS,   F_U32LE,    0, 0},
    {KEY_ACPI_SRAT_CLOCK,   F_U32LE,    0, 0},
    {KEY_NONE,              F_RESERVED, 4, 0},
};

static const struct field srat_gicc[] = {
    {KEY_ACPI_SRAT_DOMAIN, F_U32LE, 0, 0},
    {KEY_ACPI_SRAT_UID,    F_U32LE, 0, 0},
    {KEY_ACPI_SRAT_FLAGS,  F_U32LE, 0, 0},
    {KEY_ACPI_SRAT_CLOCK,  F_U32LE, 0, 0},
};

static const struct field srat_its[] = {
    {KEY_ACPI_SRAT_DOMAIN, F_U32LE,    0, 0},
    {KEY_NONE,             F_RESERVED, 2, 0},
    {KEY_ACPI_SRAT_ITS,    F_U32LE,    0, 0},
};

static const struct field srat_initiator[] = {
    {KEY_NONE,                  F_RESERVED, 1,  0},
    {KEY_ACPI_SRAT_HANDLE_TYPE, F_U8,       0,  0},
    {KEY_ACPI_SRAT_DOMAIN,      F_U32LE,    0,  0},
    {KEY_ACPI_SRAT_HANDLE,      F_BYTES,    16, 0},
    {KEY_ACPI_SRAT_FLAGS,       F_U32LE,    0,  0},
    {KEY_NONE,                  F_RESERVED, 4,  0},
};

static const struct field srat_rintc[] = {
    {KEY_NONE,             F_RESERVED, 2, 0},
    {KEY_ACPI_SRAT_DOMAIN, F_U32LE,    0, 0},
    {KEY_ACPI_SRAT_UID,    F_U32LE,    0, 0},
    {KEY_ACPI_SRAT_FLAGS,  F_U32LE,    0, 0},
    {KEY_ACPI_SRAT_CLOCK,  F_U32LE,    0, 0},
};

/* clang-format off */
static const struct acpi_entry srat_kinds[] = {
    {"local-apic", ACPI_ROWS(srat_apic), 0, 3, 1, false},
    {"memory", ACPI_ROWS(srat_memory), 1, 2, 4, false},
    {"x2apic", ACPI_ROWS(srat_x2apic), 2, 8, 4, false},
    {"gic-cpu", ACPI_ROWS(srat_gicc), 3, 6, 4, false},
    {"gic-its", ACPI_ROWS(srat_its), 4, 8, 4, false},
    {"generic-initiator", ACPI_ROWS(srat_initiator), 5, 4, 4, false},
    {"generic-port", ACPI_ROWS(srat_initiator), 6, 4, 4, false},
    {"riscv-hart", ACPI_ROWS(srat_rintc), 7, 8, 4, false},
};

/* clang-format on */

void acpi_srat(struct decode *d)
{
    decode_fields(d, ACPI_ROWS(srat_table));
    acpi_entries(d, ACPI_ROWS(srat_kinds),
                 (struct acpi_entry_head){1, 0, 1, KEY_ACPI_ENTRY_DATA}, NULL);
}

void acpi_slit(struct decode *d)
{
    size_t from = d->in.pos;
    uint64_t localities = reader_u64le(&d->in);

    decode_uint(d, KEY_ACPI_SLIT_LOCALITIES, localities, from);
    if (localities > 4096 || localities * localities != reader_left(&d->in)) {
        decode_fault(d, FAULT_BAD_COUNT, d->in.base + from);
        return;
    }
    from = d->in.pos;
    struct bytes matrix = reader_take(&d->in, (size_t)(localities * localities));

    for (size_t i = 0; i < matrix.len; i++) {
        bool own = i / localities == i % localities;

        if (own ? matrix.data[i] != 10 : matrix.data[i] < 10) {
            decode_fault(d, FAULT_BAD_VALUE, d->in.base + from + i);
            break;
        }
    }
    if (matrix.len <= 256)
        decode_bytes(d, KEY_ACPI_SLIT_DISTANCES, matrix, from);
    else
        decode_digest(d, KEY_ACPI_SLIT_DISTANCES, matrix, reader_span(&d->in, from));
}

static const struct field hpet_block[] = {
    {KEY_NONE,                  F_U32LE, 0,  0 },
    {KEY_ACPI_HPET_REVISION,    F_BITS,  8,  0 },
    {KEY_ACPI_HPET_COMPARATORS, F_BITS,  5,  8 },
    {KEY_ACPI_HPET_WIDE,        F_FLAG,  0,  13},
    {KEY_ACPI_HPET_LEGACY,      F_FLAG,  0,  15},
    {KEY_ACPI_HPET_VENDOR,      F_BITS,  16, 16},
};

static const struct field hpet_rest[] = {
    {KEY_ACPI_HPET_NUMBER,     F_U8,    0, 0},
    {KEY_ACPI_HPET_TICK,       F_U16LE, 0, 0},
    {KEY_ACPI_HPET_PROTECTION, F_U8,    0, 0},
};

void acpi_hpet(struct decode *d)
{
    decode_fields(d, ACPI_ROWS(hpet_block));
    acpi_register(d, "base", KEY_ACPI_GAS_ADDRESS);
    decode_fields(d, ACPI_ROWS(hpet_rest));
}
