/* SPDX-License-Identifier: Apache-2.0 */
/* ACPI 6.5, 5.2.12: multiple APIC description table. */
#include "decode/acpi.h"

static const struct field table[] = {
    {KEY_ACPI_MADT_LOCAL, F_U32LE, 0, 0},
    {KEY_ACPI_MADT_FLAGS, F_U32LE, 0, 0},
};

static const struct field local_apic[] = {
    {KEY_ACPI_MADT_UID, F_U8, 0, 0},
    {KEY_ACPI_MADT_APIC_ID, F_U8, 0, 0},
    {KEY_ACPI_MADT_PROCESSOR_FLAGS, F_U32LE, 0, 0},
};

static const struct field io_apic[] = {
    {KEY_ACPI_MADT_ID, F_U8, 0, 0},
    {KEY_NONE, F_RESERVED, 1, 0},
    {KEY_ACPI_MADT_ADDRESS, F_U32LE, 0, 0},
    {KEY_ACPI_MADT_GSI, F_U32LE, 0, 0},
};

static const struct field interrupt_override[] = {
    {KEY_ACPI_MADT_BUS, F_U8, 0, 0},
    {KEY_ACPI_MADT_SOURCE, F_U8, 0, 0},
    {KEY_ACPI_MADT_GSI, F_U32LE, 0, 0},
    {KEY_ACPI_MADT_INTI, F_U16LE, 0, 0},
};

static const struct field nmi_source[] = {
    {KEY_ACPI_MADT_INTI, F_U16LE, 0, 0},
    {KEY_ACPI_MADT_GSI, F_U32LE, 0, 0},
};

static const struct field local_nmi[] = {
    {KEY_ACPI_MADT_UID, F_U8, 0, 0},
    {KEY_ACPI_MADT_INTI, F_U16LE, 0, 0},
    {KEY_ACPI_MADT_LINT, F_U8, 0, 0},
};

static const struct field local_address[] = {
    {KEY_NONE, F_RESERVED, 2, 0},
    {KEY_ACPI_MADT_ADDRESS, F_U64LE, 0, 0},
};

static const struct field io_sapic[] = {
    {KEY_ACPI_MADT_ID, F_U8, 0, 0},
    {KEY_NONE, F_RESERVED, 1, 0},
    {KEY_ACPI_MADT_GSI, F_U32LE, 0, 0},
    {KEY_ACPI_MADT_ADDRESS, F_U64LE, 0, 0},
};

static const struct field local_sapic[] = {
    {KEY_ACPI_MADT_ID, F_U8, 0, 0},       {KEY_ACPI_MADT_APIC_ID, F_U8, 0, 0},
    {KEY_ACPI_MADT_EID, F_U8, 0, 0},      {KEY_NONE, F_RESERVED, 3, 0},
    {KEY_ACPI_MADT_PROCESSOR_FLAGS, F_U32LE, 0, 0},
    {KEY_ACPI_MADT_UID, F_U32LE, 0, 0},
};

static const struct field platform_interrupt[] = {
    {KEY_ACPI_MADT_INTI, F_U16LE, 0, 0}, {KEY_ACPI_MADT_KIND, F_U8, 0, 0},
    {KEY_ACPI_MADT_APIC_ID, F_U8, 0, 0}, {KEY_ACPI_MADT_EID, F_U8, 0, 0},
    {KEY_ACPI_MADT_VECTOR, F_U8, 0, 0},  {KEY_ACPI_MADT_GSI, F_U32LE, 0, 0},
    {KEY_ACPI_MADT_ENTRY_FLAGS, F_U32LE, 0, 0},
};

static const struct field x2apic[] = {
    {KEY_NONE, F_RESERVED, 2, 0},
    {KEY_ACPI_MADT_APIC_ID, F_U32LE, 0, 0},
    {KEY_ACPI_MADT_PROCESSOR_FLAGS, F_U32LE, 0, 0},
    {KEY_ACPI_MADT_UID, F_U32LE, 0, 0},
};

static const struct field x2apic_nmi[] = {
    {KEY_ACPI_MADT_INTI, F_U16LE, 0, 0},
    {KEY_ACPI_MADT_UID, F_U32LE, 0, 0},
    {KEY_ACPI_MADT_LINT, F_U8, 0, 0},
    {KEY_NONE, F_RESERVED, 3, 0},
};

static const struct field gicc[] = {
    {KEY_NONE, F_RESERVED, 2, 0},
    {KEY_ACPI_MADT_ID, F_U32LE, 0, 0},
    {KEY_ACPI_MADT_UID, F_U32LE, 0, 0},
    {KEY_ACPI_MADT_ENTRY_FLAGS, F_U32LE, 0, 0},
    {KEY_ACPI_MADT_PARKING, F_U32LE, 0, 0},
    {KEY_ACPI_MADT_PERF, F_U32LE, 0, 0},
    {KEY_ACPI_MADT_POINTER, F_U64LE, 0, 0},
    {KEY_ACPI_MADT_ADDRESS, F_U64LE, 0, 0},
    {KEY_ACPI_MADT_VIRTUAL, F_U64LE, 0, 0},
    {KEY_ACPI_MADT_HYPERVISOR, F_U64LE, 0, 0},
    {KEY_ACPI_MADT_MAINTENANCE, F_U32LE, 0, 0},
    {KEY_ACPI_MADT_REDISTRIBUTOR, F_U64LE, 0, 0},
    {KEY_ACPI_MADT_MPIDR, F_U64LE, 0, 0},
    {KEY_ACPI_MADT_EFFICIENCY, F_U8, 0, 0},
    {KEY_NONE, F_RESERVED, 1, 0},
    {KEY_ACPI_MADT_SPE, F_U16LE, 0, 0},
    {KEY_ACPI_MADT_TRBE, F_U16LE, 0, 0},
};

static const struct field gicd[] = {
    {KEY_NONE, F_RESERVED, 2, 0},          {KEY_ACPI_MADT_ID, F_U32LE, 0, 0},
    {KEY_ACPI_MADT_ADDRESS, F_U64LE, 0, 0}, {KEY_ACPI_MADT_GSI, F_U32LE, 0, 0},
    {KEY_ACPI_MADT_KIND, F_U8, 0, 0},      {KEY_NONE, F_RESERVED, 3, 0},
};

static const struct field msi_frame[] = {
    {KEY_NONE, F_RESERVED, 2, 0},
    {KEY_ACPI_MADT_ID, F_U32LE, 0, 0},
    {KEY_ACPI_MADT_ADDRESS, F_U64LE, 0, 0},
    {KEY_ACPI_MADT_ENTRY_FLAGS, F_U32LE, 0, 0},
    {KEY_ACPI_MADT_COUNT, F_U16LE, 0, 0},
    {KEY_ACPI_MADT_GSI, F_U16LE, 0, 0},
};

static const struct field gicr[] = {
    {KEY_ACPI_MADT_ENTRY_FLAGS, F_U16LE, 0, 0},
    {KEY_ACPI_MADT_ADDRESS, F_U64LE, 0, 0},
    {KEY_ACPI_MADT_SIZE, F_U32LE, 0, 0},
};

static const struct field its[] = {
    {KEY_ACPI_MADT_ENTRY_FLAGS, F_U16LE, 0, 0},
    {KEY_ACPI_MADT_ID, F_U32LE, 0, 0},
    {KEY_ACPI_MADT_ADDRESS, F_U64LE, 0, 0},
    {KEY_NONE, F_RESERVED, 4, 0},
};

static const struct field wakeup[] = {
    {KEY_ACPI_MADT_KIND, F_U16LE, 0, 0},
    {KEY_NONE, F_RESERVED, 4, 0},
    {KEY_ACPI_MADT_POINTER, F_U64LE, 0, 0},
    {KEY_ACPI_MADT_POINTER, F_U64LE, 0, 0},
};

static const struct field core_pic[] = {
    {KEY_ACPI_MADT_KIND, F_U8, 0, 0},
    {KEY_ACPI_MADT_UID, F_U32LE, 0, 0},
    {KEY_ACPI_MADT_APIC_ID, F_U32LE, 0, 0},
    {KEY_ACPI_MADT_PROCESSOR_FLAGS, F_U32LE, 0, 0},
};

static const struct field lio_pic[] = {
    {KEY_ACPI_MADT_KIND, F_U8, 0, 0},
    {KEY_ACPI_MADT_ADDRESS, F_U64LE, 0, 0},
    {KEY_ACPI_MADT_SIZE, F_U16LE, 0, 0},
    {KEY_ACPI_MADT_CASCADE, F_BYTES, 10, 0},
};

static const struct field ht_pic[] = {
    {KEY_ACPI_MADT_KIND, F_U8, 0, 0},
    {KEY_ACPI_MADT_ADDRESS, F_U64LE, 0, 0},
    {KEY_ACPI_MADT_SIZE, F_U16LE, 0, 0},
    {KEY_ACPI_MADT_CASCADE, F_BYTES, 8, 0},
};

static const struct field eio_pic[] = {
    {KEY_ACPI_MADT_KIND, F_U8, 0, 0},
    {KEY_ACPI_MADT_VECTOR, F_U8, 0, 0},
    {KEY_ACPI_MADT_ID, F_U8, 0, 0},
    {KEY_ACPI_MADT_CASCADE, F_BYTES, 8, 0},
};

static const struct field msi_pic[] = {
    {KEY_ACPI_MADT_KIND, F_U8, 0, 0},
    {KEY_ACPI_MADT_ADDRESS, F_U64LE, 0, 0},
    {KEY_ACPI_MADT_VECTOR, F_U32LE, 0, 0},
    {KEY_ACPI_MADT_COUNT, F_U32LE, 0, 0},
};

static const struct field bio_pic[] = {
    {KEY_ACPI_MADT_KIND, F_U8, 0, 0},     {KEY_ACPI_MADT_ADDRESS, F_U64LE, 0, 0},
    {KEY_ACPI_MADT_SIZE, F_U16LE, 0, 0},  {KEY_ACPI_MADT_ID, F_U16LE, 0, 0},
    {KEY_ACPI_MADT_GSI, F_U16LE, 0, 0},
};

static const struct field lpc_pic[] = {
    {KEY_ACPI_MADT_KIND, F_U8, 0, 0},
    {KEY_ACPI_MADT_ADDRESS, F_U64LE, 0, 0},
    {KEY_ACPI_MADT_SIZE, F_U16LE, 0, 0},
    {KEY_ACPI_MADT_VECTOR, F_U8, 0, 0},
};

static const struct field rintc[] = {
    {KEY_ACPI_MADT_KIND, F_U8, 0, 0},       {KEY_NONE, F_RESERVED, 1, 0},
    {KEY_ACPI_MADT_ENTRY_FLAGS, F_U32LE, 0, 0},
    {KEY_ACPI_MADT_MPIDR, F_U64LE, 0, 0},   {KEY_ACPI_MADT_UID, F_U32LE, 0, 0},
    {KEY_ACPI_MADT_ID, F_U32LE, 0, 0},      {KEY_ACPI_MADT_ADDRESS, F_U64LE, 0, 0},
    {KEY_ACPI_MADT_SIZE, F_U32LE, 0, 0},
};

static const struct field imsic[] = {
    {KEY_ACPI_MADT_KIND, F_U8, 0, 0},        {KEY_NONE, F_RESERVED, 1, 0},
    {KEY_ACPI_MADT_ENTRY_FLAGS, F_U32LE, 0, 0},
    {KEY_ACPI_MADT_COUNT, F_U16LE, 0, 0},    {KEY_ACPI_MADT_GUESTS, F_U16LE, 0, 0},
    {KEY_ACPI_MADT_CASCADE, F_BYTES, 4, 0},
};

static const struct field aplic[] = {
    {KEY_ACPI_MADT_KIND, F_U8, 0, 0},        {KEY_ACPI_MADT_ID, F_U8, 0, 0},
    {KEY_ACPI_MADT_ENTRY_FLAGS, F_U32LE, 0, 0},
    {KEY_ACPI_MADT_HARDWARE, F_TEXT, 8, 0},  {KEY_ACPI_MADT_GUESTS, F_U16LE, 0, 0},
    {KEY_ACPI_MADT_COUNT, F_U16LE, 0, 0},    {KEY_ACPI_MADT_GSI, F_U32LE, 0, 0},
    {KEY_ACPI_MADT_ADDRESS, F_U64LE, 0, 0},  {KEY_ACPI_MADT_SIZE, F_U32LE, 0, 0},
};

static const struct field plic[] = {
    {KEY_ACPI_MADT_KIND, F_U8, 0, 0},        {KEY_ACPI_MADT_ID, F_U8, 0, 0},
    {KEY_ACPI_MADT_HARDWARE, F_TEXT, 8, 0},  {KEY_ACPI_MADT_COUNT, F_U16LE, 0, 0},
    {KEY_ACPI_MADT_VECTOR, F_U16LE, 0, 0},   {KEY_ACPI_MADT_ENTRY_FLAGS, F_U32LE, 0, 0},
    {KEY_ACPI_MADT_SIZE, F_U32LE, 0, 0},     {KEY_ACPI_MADT_ADDRESS, F_U64LE, 0, 0},
    {KEY_ACPI_MADT_GSI, F_U32LE, 0, 0},
};

/* clang-format off */
static const struct acpi_entry kinds[] = {
    {0x00, "local-apic",            2, 1, false, ACPI_ROWS(local_apic)},
    {0x01, "io-apic",               2, 1, false, ACPI_ROWS(io_apic)},
    {0x02, "interrupt-override",    3, 1, false, ACPI_ROWS(interrupt_override)},
    {0x03, "nmi-source",            4, 4, false, ACPI_ROWS(nmi_source)},
    {0x04, "local-apic-nmi",        2, 1, false, ACPI_ROWS(local_nmi)},
    {0x05, "local-apic-address",    0, 0, false, ACPI_ROWS(local_address)},
    {0x06, "io-sapic",              2, 1, false, ACPI_ROWS(io_sapic)},
    {0x07, "local-sapic",           2, 1, false, ACPI_ROWS(local_sapic)},
    {0x08, "platform-interrupt",    8, 4, false, ACPI_ROWS(platform_interrupt)},
    {0x09, "x2apic",               12, 4, false, ACPI_ROWS(x2apic)},
    {0x0a, "x2apic-nmi",            4, 4, false, ACPI_ROWS(x2apic_nmi)},
    {0x0b, "gic-cpu",               8, 4, true,  ACPI_ROWS(gicc)},
    {0x0c, "gic-distributor",       4, 4, false, ACPI_ROWS(gicd)},
    {0x0d, "gic-msi-frame",         4, 4, false, ACPI_ROWS(msi_frame)},
    {0x0e, "gic-redistributor",     0, 0, false, ACPI_ROWS(gicr)},
    {0x0f, "gic-its",               4, 4, false, ACPI_ROWS(its)},
    {0x10, "multiprocessor-wakeup", 0, 0, true,  ACPI_ROWS(wakeup)},
    {0x11, "core-pic",              3, 4, false, ACPI_ROWS(core_pic)},
    {0x12, "legacy-io-pic",         0, 0, false, ACPI_ROWS(lio_pic)},
    {0x13, "hypertransport-pic",    0, 0, false, ACPI_ROWS(ht_pic)},
    {0x14, "extended-io-pic",       4, 1, true,  ACPI_ROWS(eio_pic)},
    {0x15, "msi-pic",               0, 0, false, ACPI_ROWS(msi_pic)},
    {0x16, "bridge-io-pic",        13, 2, false, ACPI_ROWS(bio_pic)},
    {0x17, "lpc-pic",               0, 0, false, ACPI_ROWS(lpc_pic)},
    {0x18, "riscv-hart",           16, 4, true,  ACPI_ROWS(rintc)},
    {0x19, "riscv-imsic",           0, 0, false, ACPI_ROWS(imsic)},
    {0x1a, "riscv-aplic",           3, 1, false, ACPI_ROWS(aplic)},
    {0x1b, "riscv-plic",            3, 1, false, ACPI_ROWS(plic)},
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
    acpi_entries(d, ACPI_ROWS(kinds), (struct acpi_entry_head){1, 0, 1}, tail);
}
