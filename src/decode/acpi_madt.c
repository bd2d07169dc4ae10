/* SPDX-License-Identifier: Apache-2.0 */
/* ACPI 6.5, 5.2.12: multiple APIC description table. */
#include "decode/acpi.h"

static const struct field table[] = {
    {KEY_ACPI_MADT_LOCAL, F_U32LE, 0, 0},
    {KEY_ACPI_MADT_FLAGS, F_U32LE, 0, 0},
};

static const struct field local_apic[] = {
    {KEY_ACPI_MADT_UID,             F_U8,    0, 0},
    {KEY_ACPI_MADT_APIC_ID,         F_U8,    0, 0},
    {KEY_ACPI_MADT_PROCESSOR_FLAGS, F_U32LE, 0, 0},
};

static const struct field io_apic[] = {
    {KEY_ACPI_MADT_ID,      F_U8,       0, 0},
    {KEY_NONE,              F_RESERVED, 1, 0},
    {KEY_ACPI_MADT_ADDRESS, F_U32LE,    0, 0},
    {KEY_ACPI_MADT_GSI,     F_U32LE,    0, 0},
};

static const struct field interrupt_override[] = {
    {KEY_ACPI_MADT_BUS,    F_U8,    0, 0},
    {KEY_ACPI_MADT_SOURCE, F_U8,    0, 0},
    {KEY_ACPI_MADT_GSI,    F_U32LE, 0, 0},
    {KEY_ACPI_MADT_INTI,   F_U16LE, 0, 0},
};

static const struct field nmi_source[] = {
    {KEY_ACPI_MADT_INTI, F_U16LE, 0, 0},
    {KEY_ACPI_MADT_GSI,  F_U32LE, 0, 0},
};

static const struct field local_nmi[] = {
    {KEY_ACPI_MADT_UID,  F_U8,    0, 0},
    {KEY_ACPI_MADT_INTI, F_U16LE, 0, 0},
    {KEY_ACPI_MADT_LINT, F_U8,    0, 0},
};

static const struct field local_address[] = {
    {KEY_NONE,              F_RESERVED, 2, 0},
    {KEY_ACPI_MADT_ADDRESS, F_U64LE,    0, 0},
};

static const struct field io_sapic[] = {
    {KEY_ACPI_MADT_ID,      F_U8,       0, 0},
    {KEY_NONE,              F_RESERVED, 1, 0},
    {KEY_ACPI_MADT_GSI,     F_U32LE,    0, 0},
    {KEY_ACPI_MADT_ADDRESS, F_U64LE,    0, 0},
};

static const struct field local_sapic[] = {
    {KEY_ACPI_MADT_ID,              F_U8,       0, 0},
    {KEY_ACPI_MADT_APIC_ID,         F_U8,       0, 0},
    {KEY_ACPI_MADT_EID,             F_U8,       0, 0},
    {KEY_NONE,                      F_RESERVED, 3, 0},
    {KEY_ACPI_MADT_PROCESSOR_FLAGS, F_U32LE,    0, 0},
    {KEY_ACPI_MADT_UID,             F_U32LE,    0, 0},
};

static const struct field platform_interrupt[] = {
    {KEY_ACPI_MADT_INTI,        F_U16LE, 0, 0},
    {KEY_ACPI_MADT_KIND,        F_U8,    0, 0},
    {KEY_ACPI_MADT_APIC_ID,     F_U8,    0, 0},
    {KEY_ACPI_MADT_EID,         F_U8,    0, 0},
    {KEY_ACPI_MADT_VECTOR,      F_U8,    0, 0},
    {KEY_ACPI_MADT_GSI,         F_U32LE, 0, 0},
    {KEY_ACPI_MADT_ENTRY_FLAGS, F_U32LE, 0, 0},
};

static const struct field x2apic[] = {
    {KEY_NONE,                      F_RESERVED, 2, 0},
    {KEY_ACPI_MADT_APIC_ID,         F_U32LE,    0, 0},
    {KEY_ACPI_MADT_PROCESSOR_FLAGS, F_U32LE,    0, 0},
    {KEY_ACPI_MADT_UID,             F_U32LE,    0, 0},
};

static const struct field x2apic_nmi[] = {
    {KEY_ACPI_MADT_INTI, F_U16LE,    0, 0},
    {KEY_ACPI_MADT_UID,  F_U32LE,    0, 0},
    {KEY_ACPI_MADT_LINT, F_U8,       0, 0},
    {KEY_NONE,           F_RESERVED, 3, 0},
};

static const struct field gicc[] = {
    {KEY_NONE,                    F_RESERVED, 2, 0},
    {KEY_ACPI_MADT_ID,            F_U32LE,    0, 0},
    {KEY_ACPI_MADT_UID,           F_U32LE,    0, 0},
    {KEY_ACPI_MADT_ENTRY_FLAGS,   F_U32LE,    0, 0},
    {KEY_ACPI_MADT_PARKING,       F_U32LE,    0, 0},
    {KEY_ACPI_MADT_PERF,          F_U32LE,    0, 0},
    {KEY_ACPI_MADT_POINTER,       F_U64LE,    0, 0},
    {KEY_ACPI_MADT_ADDRESS,       F_U64LE,    0, 0},
    {KEY_ACPI_MADT_VIRTUAL,       F_U64LE,    0, 0},
    {KEY_ACPI_MADT_HYPERVISOR,    F_U64LE,    0, 0},
    {KEY_ACPI_MADT_MAINTENANCE,   F_U32LE,    0, 0},
    {KEY_ACPI_MADT_REDISTRIBUTOR, F_U64LE,    0, 0},
    {KEY_ACPI_MADT_MPIDR,         F_U64LE,    0, 0},
    {KEY_ACPI_MADT_EFFICIENCY,    F_U8,       0, 0},
    {KEY_NONE,                    F_RESERVED, 1, 0},
    {KEY_ACPI_MADT_SPE,           F_U16LE,    0, 0},
    {KEY_ACPI_MADT_TRBE,          F_U16LE,    0, 0},
};

static const struct field gicd[] = {
    {KEY_NONE,              F_RESERVED, 2, 0},
    {KEY_ACPI_MADT_ID,      F_U32LE,    0, 0},
    {KEY_ACPI_MADT_ADDRESS, F_U64LE,    0, 0},
    {KEY_ACPI_MADT_GSI,     F_U32LE,    0, 0},
    {KEY_ACPI_MADT_KIND,    F_U8,       0, 0},
    {KEY_NONE,              F_RESERVED, 3, 0},
};

static const struct field msi_frame[] = {
    {KEY_NONE,                  F_RESERVED, 2, 0},
    {KEY_ACPI_MADT_ID,          F_U32LE,    0, 0},
    {KEY_ACPI_MADT_ADDRESS,     F_U64LE,    0, 0},
    {KEY_ACPI_MADT_ENTRY_FLAGS, F_U32LE,    0, 0},
    {KEY_ACPI_MADT_COUNT,       F_U16LE,    0, 0},
    {KEY_ACPI_MADT_GSI,         F_U16LE,    0, 0},
};

static const struct field gicr[] = {
    {KEY_ACPI_MADT_ENTRY_FLAGS, F_U16LE, 0, 0},
    {KEY_ACPI_MADT_ADDRESS,     F_U64LE, 0, 0},
    {KEY_ACPI_MADT_SIZE,        F_U32LE, 0, 0},
};

static const struct field its[] = {
    {KEY_ACPI_MADT_ENTRY_FLAGS, F_U16LE,    0, 0},
    {KEY_ACPI_MADT_ID,          F_U32LE,    0, 0},
    {KEY_ACPI_MADT_ADDRESS,     F_U64LE,    0, 0},
    {KEY_NONE,                  F_RESERVED, 4, 0},
};

static const struct field wakeup[] = {
    {KEY_ACPI_MADT_KIND,    F_U16LE,    0, 0},
    {KEY_NONE,              F_RESERVED, 4, 0},
    {KEY_ACPI_MADT_POINTER, F_U64LE,    0, 0},
    {KEY_ACPI_MADT_POINTER, F_U64LE,    0, 0},
};

static const struct field core_pic[] = {
    {KEY_ACPI_MADT_KIND,            F_U8,    0, 0},
    {KEY_ACPI_MADT_UID,             F_U32LE, 0, 0},
    {KEY_ACPI_MADT_APIC_ID,         F_U32LE, 0, 0},
    {KEY_ACPI_MADT_PROCESSOR_FLAGS, F_U32LE, 0, 0},
};

static const struct field lio_pic[] = {
    {KEY_ACPI_MADT_KIND,    F_U8,    0,  0},
    {KEY_ACPI_MADT_ADDRESS, F_U64LE, 0,  0},
    {KEY_ACPI_MADT_SIZE,    F_U16LE, 0,  0},
    {KEY_ACPI_MADT_CASCADE, F_BYTES, 10, 0},
};

static const struct field ht_pic[] = {
    {KEY_ACPI_MADT_KIND,    F_U8,    0, 0},
    {KEY_ACPI_MADT_ADDRESS, F_U64LE, 0, 0},
    {KEY_ACPI_MADT_SIZE,    F_U16LE, 0, 0},
    {KEY_ACPI_MADT_CASCADE, F_BYTES, 8, 0},
};

static const struct field eio_pic[] = {
    {KEY_ACPI_MADT_KIND,    F_U8,    0, 0},
    {KEY_ACPI_MADT_VECTOR,  F_U8,    0, 0},
    {KEY_ACPI_MADT_ID,      F_U8,    0, 0},
    {KEY_ACPI_MADT_CASCADE, F_BYTES, 8, 0},
};

static const struct field msi_pic[] = {
    {KEY_ACPI_MADT_KIND,    F_U8,    0, 0},
    {KEY_ACPI_MADT_ADDRESS, F_U64LE, 0, 0},
    {KEY_ACPI_MADT_VECTOR,  F_U32LE, 0, 0},
    {KEY_ACPI_MADT_COUNT,   F_U32LE, 0, 0},
};

static const struct field bio_pic[] = {
    {KEY_ACPI_MADT_KIND,    F_U8,    0, 0},
    {KEY_ACPI_MADT_ADDRESS, F_U64LE, 0, 0},
    {KEY_ACPI_MADT_SIZE,    F_U16LE, 0, 0},
    {KEY_ACPI_MADT_ID,      F_U16LE, 0, 0},
    {KEY_ACPI_MADT_GSI,     F_U16LE, 0, 0},
};

static const struct field lpc_pic[] = {
    {KEY_ACPI_MADT_KIND,    F_U8,    0, 0},
    {KEY_ACPI_MADT_ADDRESS, F_U64LE, 0, 0},
    {KEY_ACPI_MADT_SIZE,    F_U16LE, 0, 0},
    {KEY_ACPI_MADT_VECTOR,  F_U8,    0, 0},
};

static const struct field rintc[] = {
    {KEY_ACPI_MADT_KIND,        F_U8,       0, 0},
    {KEY_NONE,                  F_RESERVED, 1, 0},
    {KEY_ACPI_MADT_ENTRY_FLAGS, F_U32LE,    0, 0},
    {KEY_ACPI_MADT_MPIDR,       F_U64LE,    0, 0},
    {KEY_ACPI_MADT_UID,         F_U32LE,    0, 0},
    {KEY_ACPI_MADT_ID,          F_U32LE,    0, 0},
    {KEY_ACPI_MADT_ADDRESS,     F_U64LE,    0, 0},
    {KEY_ACPI_MADT_SIZE,        F_U32LE,    0, 0},
};

static const struct field imsic[] = {
    {KEY_ACPI_MADT_KIND,        F_U8,       0, 0},
    {KEY_NONE,                  F_RESERVED, 1, 0},
    {KEY_ACPI_MADT_ENTRY_FLAGS, F_U32LE,    0, 0},
    {KEY_ACPI_MADT_COUNT,       F_U16LE,    0, 0},
    {KEY_ACPI_MADT_GUESTS,      F_U16LE,    0, 0},
    {KEY_ACPI_MADT_CASCADE,     F_BYTES,    4, 0},
};

static const struct field aplic[] = {
    {KEY_ACPI_MADT_KIND,        F_U8,    0, 0},
    {KEY_ACPI_MADT_ID,          F_U8,    0, 0},
    {KEY_ACPI_MADT_ENTRY_FLAGS, F_U32LE, 0, 0},
    {KEY_ACPI_MADT_HARDWARE,    F_TEXT,  8, 0},
    {KEY_ACPI_MADT_GUESTS,      F_U16LE, 0, 0},
    {KEY_ACPI_MADT_COUNT,       F_U16LE, 0, 0},
    {KEY_ACPI_MADT_GSI,         F_U32LE, 0, 0},
    {KEY_ACPI_MADT_ADDRESS,     F_U64LE, 0, 0},
    {KEY_ACPI_MADT_SIZE,        F_U32LE, 0, 0},
};

static const struct field plic[] = {
    {KEY_ACPI_MADT_KIND,        F_U8,    0, 0},
    {KEY_ACPI_MADT_ID,          F_U8,    0, 0},
    {KEY_ACPI_MADT_HARDWARE,    F_TEXT,  8, 0},
    {KEY_ACPI_MADT_COUNT,       F_U16LE, 0, 0},
    {KEY_ACPI_MADT_VECTOR,      F_U16LE, 0, 0},
    {KEY_ACPI_MADT_ENTRY_FLAGS, F_U32LE, 0, 0},
    {KEY_ACPI_MADT_SIZE,        F_U32LE, 0, 0},
    {KEY_ACPI_MADT_ADDRESS,     F_U64LE, 0, 0},
    {KEY_ACPI_MADT_GSI,         F_U32LE, 0, 0},
};

/* clang-format off */
static const struct acpi_entry kinds[] = {
    {"local-apic", ACPI_ROWS(local_apic), 0x00, 2, 1, false},
    {"io-apic", ACPI_ROWS(io_apic), 0x01, 2, 1, false},
    {"interrupt-override", ACPI_ROWS(interrupt_override), 0x02, 3, 1, false},
    {"nmi-source", ACPI_ROWS(nmi_source), 0x03, 4, 4, false},
    {"local-apic-nmi", ACPI_ROWS(local_nmi), 0x04, 2, 1, false},
    {"local-apic-address", ACPI_ROWS(local_address), 0x05, 0, 0, false},
    {"io-sapic", ACPI_ROWS(io_sapic), 0x06, 2, 1, false},
    {"local-sapic", ACPI_ROWS(local_sapic), 0x07, 2, 1, false},
    {"platform-interrupt", ACPI_ROWS(platform_interrupt), 0x08, 8, 4, false},
    {"x2apic", ACPI_ROWS(x2apic), 0x09, 12, 4, false},
    {"x2apic-nmi", ACPI_ROWS(x2apic_nmi), 0x0a, 4, 4, false},
    {"gic-cpu", ACPI_ROWS(gicc), 0x0b, 8, 4, true},
    {"gic-distributor", ACPI_ROWS(gicd), 0x0c, 4, 4, false},
    {"gic-msi-frame", ACPI_ROWS(msi_frame), 0x0d, 4, 4, false},
    {"gic-redistributor", ACPI_ROWS(gicr), 0x0e, 0, 0, false},
    {"gic-its", ACPI_ROWS(its), 0x0f, 4, 4, false},
    {"multiprocessor-wakeup", ACPI_ROWS(wakeup), 0x10, 0, 0, true},
    {"core-pic", ACPI_ROWS(core_pic), 0x11, 3, 4, false},
    {"legacy-io-pic", ACPI_ROWS(lio_pic), 0x12, 0, 0, false},
    {"hypertransport-pic", ACPI_ROWS(ht_pic), 0x13, 0, 0, false},
    {"extended-io-pic", ACPI_ROWS(eio_pic), 0x14, 4, 1, true},
    {"msi-pic", ACPI_ROWS(msi_pic), 0x15, 0, 0, false},
    {"bridge-io-pic", ACPI_ROWS(bio_pic), 0x16, 13, 2, false},
    {"lpc-pic", ACPI_ROWS(lpc_pic), 0x17, 0, 0, false},
    {"riscv-hart", ACPI_ROWS(rintc), 0x18, 16, 4, true},
    {"riscv-imsic", ACPI_ROWS(imsic), 0x19, 0, 0, false},
    {"riscv-aplic", ACPI_ROWS(aplic), 0x1a, 3, 1, false},
    {"riscv-plic", ACPI_ROWS(plic), 0x1b, 3, 1, false},
};

/* clang-format on */

/* A local SAPIC ends with the processor's name as text. */
static void tail(struct decode *d, uint32_t type)
{
    size_t from = d->in.pos;

    if (type != 0x07 || !reader_more(&d->in))
        return;
    struct bytes name = reader_take(&d->in, reader_left(&d->in));

    decode_bytes(d, KEY_ACPI_MADT_UID_TEXT, bytes_trim(name), from);
}

void acpi_madt(struct decode *d)
{
    decode_fields(d, ACPI_ROWS(table));
    acpi_entries(d, ACPI_ROWS(kinds), (struct acpi_entry_head){1, 0, 1, KEY_ACPI_ENTRY_DATA},
                 tail);
}
