/* SPDX-License-Identifier: Apache-2.0 */
/* ACPI 6.5, 5.2.5 (RSDP), 5.2.7 (RSDT), 5.2.8 (XSDT), 5.2.9 (FADT), 5.2.10 (FACS). */
#include "decode/acpi.h"

static const struct field rsdp_first[] = {
    {KEY_ACPI_SIGNATURE,    F_TEXT,  8, 0},
    {KEY_ACPI_CHECKSUM,     F_U8,    0, 0},
    {KEY_ACPI_OEM_ID,       F_TEXT,  6, 0},
    {KEY_ACPI_REVISION,     F_U8,    0, 0},
    {KEY_ACPI_RSDT_ADDRESS, F_U32LE, 0, 0},
};

static const struct field rsdp_second[] = {
    {KEY_ACPI_LENGTH,            F_U32LE,    0, 0},
    {KEY_ACPI_XSDT_ADDRESS,      F_U64LE,    0, 0},
    {KEY_ACPI_EXTENDED_CHECKSUM, F_U8,       0, 0},
    {KEY_NONE,                   F_RESERVED, 3, 0},
};

/* The first checksum covers what ACPI 1.0 knew, the second all of it. */
void acpi_rsdp(struct decode *d)
{
    struct bytes all = d->in.all;

    if (all.len >= 20 && sum8(bytes_slice(all, 0, 20)) != 0)
        decode_fault(d, FAULT_BAD_CHECKSUM, d->in.base + 8);
    decode_fields(d, ACPI_ROWS(rsdp_first));
    if (decode_value(d, KEY_ACPI_REVISION) < 2)
        return;
    decode_fields(d, ACPI_ROWS(rsdp_second));
    if (!d->in.failed && decode_value(d, KEY_ACPI_LENGTH) == all.len && sum8(all) != 0)
        decode_fault(d, FAULT_BAD_CHECKSUM, d->in.base + 32);
}

static void root_table(struct decode *d, unsigned width)
{
    size_t from = d->in.pos;
    struct span body = {d->in.blob, d->in.base + from, reader_left(&d->in)};

    if (body.length % width != 0)
        decode_fault(d, FAULT_BAD_LENGTH, body.offset + body.length / width * width);
    decode_value_at(d, KEY_ACPI_ROOT_ENTRIES, value_uint(body.length / width),
                    (struct span){body.blob, body.offset, 0});
    while (reader_left(&d->in) >= width) {
        from = d->in.pos;
        uint64_t address = reader_uint(&d->in, width, false);

        decode_uint(d, KEY_ACPI_ROOT_POINTER, address, from);
    }
}

void acpi_rsdt(struct decode *d)
{
    root_table(d, 4);
}

void acpi_xsdt(struct decode *d)
{
    root_table(d, 8);
}

static const struct field fadt_first[] = {
    {KEY_ACPI_FADT_FIRMWARE_CTRL, F_U32LE,    0, 0},
    {KEY_ACPI_FADT_DSDT,          F_U32LE,    0, 0},
    {KEY_ACPI_FADT_INT_MODEL,     F_U8,       0, 0},
    {KEY_ACPI_FADT_PROFILE,       F_U8,       0, 0},
    {KEY_ACPI_FADT_SCI,           F_U16LE,    0, 0},
    {KEY_ACPI_FADT_SMI_CMD,       F_U32LE,    0, 0},
    {KEY_ACPI_FADT_ENABLE,        F_U8,       0, 0},
    {KEY_ACPI_FADT_DISABLE,       F_U8,       0, 0},
    {KEY_ACPI_FADT_S4BIOS,        F_U8,       0, 0},
    {KEY_ACPI_FADT_PSTATE,        F_U8,       0, 0},
    {KEY_ACPI_FADT_PM1A_EVT,      F_U32LE,    0, 0},
    {KEY_ACPI_FADT_PM1B_EVT,      F_U32LE,    0, 0},
    {KEY_ACPI_FADT_PM1A_CNT,      F_U32LE,    0, 0},
    {KEY_ACPI_FADT_PM1B_CNT,      F_U32LE,    0, 0},
    {KEY_ACPI_FADT_PM2_CNT,       F_U32LE,    0, 0},
    {KEY_ACPI_FADT_PM_TMR,        F_U32LE,    0, 0},
    {KEY_ACPI_FADT_GPE0,          F_U32LE,    0, 0},
    {KEY_ACPI_FADT_GPE1,          F_U32LE,    0, 0},
    {KEY_ACPI_FADT_PM1_EVT_LEN,   F_U8,       0, 0},
    {KEY_ACPI_FADT_PM1_CNT_LEN,   F_U8,       0, 0},
    {KEY_ACPI_FADT_PM2_CNT_LEN,   F_U8,       0, 0},
    {KEY_ACPI_FADT_PM_TMR_LEN,    F_U8,       0, 0},
    {KEY_ACPI_FADT_GPE0_LEN,      F_U8,       0, 0},
    {KEY_ACPI_FADT_GPE1_LEN,      F_U8,       0, 0},
    {KEY_ACPI_FADT_GPE1_BASE,     F_U8,       0, 0},
    {KEY_ACPI_FADT_CST,           F_U8,       0, 0},
    {KEY_ACPI_FADT_LVL2,          F_U16LE,    0, 0},
    {KEY_ACPI_FADT_LVL3,          F_U16LE,    0, 0},
    {KEY_ACPI_FADT_FLUSH_SIZE,    F_U16LE,    0, 0},
    {KEY_ACPI_FADT_FLUSH_STRIDE,  F_U16LE,    0, 0},
    {KEY_ACPI_FADT_DUTY_OFFSET,   F_U8,       0, 0},
    {KEY_ACPI_FADT_DUTY_WIDTH,    F_U8,       0, 0},
    {KEY_ACPI_FADT_DAY_ALARM,     F_U8,       0, 0},
    {KEY_ACPI_FADT_MONTH_ALARM,   F_U8,       0, 0},
    {KEY_ACPI_FADT_CENTURY,       F_U8,       0, 0},
    {KEY_ACPI_FADT_BOOT_ARCH,     F_U16LE,    0, 0},
    {KEY_NONE,                    F_RESERVED, 1, 0},
    {KEY_ACPI_FADT_FLAGS,         F_U32LE,    0, 0},
};

static const struct field fadt_second[] = {
    {KEY_ACPI_FADT_RESET_VALUE,     F_U8,    0, 0},
    {KEY_ACPI_FADT_ARM_BOOT,        F_U16LE, 0, 0},
    {KEY_ACPI_FADT_MINOR,           F_U8,    0, 0},
    {KEY_ACPI_FADT_X_FIRMWARE_CTRL, F_U64LE, 0, 0},
    {KEY_ACPI_FADT_X_DSDT,          F_U64LE, 0, 0},
};

static const struct field fadt_third[] = {
    {KEY_ACPI_FADT_HYPERVISOR, F_U64LE, 0, 0},
};

/* Revisions 1 to 6 differ in where they end; each ends between fields. */
void acpi_fadt(struct decode *d)
{
    static const char *const registers[] = {"x-pm1a-event-block",     "x-pm1b-event-block",
                                            "x-pm1a-control-block",   "x-pm1b-control-block",
                                            "x-pm2-control-block",    "x-pm-timer-block",
                                            "x-gpe0-block",           "x-gpe1-block",
                                            "sleep-control-register", "sleep-status-register"};

    decode_fields(d, ACPI_ROWS(fadt_first));
    if (reader_left(&d->in) < ACPI_REGISTER_SIZE)
        return;
    acpi_register(d, "reset-register", KEY_ACPI_GAS_ADDRESS);
    decode_fields_grow(d, ACPI_ROWS(fadt_second));
    for (size_t i = 0; i < ARRAY_LEN(registers); i++) {
        if (reader_left(&d->in) < ACPI_REGISTER_SIZE)
            return;
        acpi_register(d, registers[i], KEY_ACPI_GAS_ADDRESS);
    }
    decode_fields_grow(d, ACPI_ROWS(fadt_third));
}

static const struct field facs[] = {
    {KEY_ACPI_SIGNATURE,     F_TEXT,     4,  0},
    {KEY_ACPI_LENGTH,        F_U32LE,    0,  0},
    {KEY_ACPI_FACS_HARDWARE, F_U32LE,    0,  0},
    {KEY_ACPI_FACS_WAKING,   F_U32LE,    0,  0},
    {KEY_ACPI_FACS_LOCK,     F_U32LE,    0,  0},
    {KEY_ACPI_FACS_FLAGS,    F_U32LE,    0,  0},
    {KEY_ACPI_FACS_X_WAKING, F_U64LE,    0,  0},
    {KEY_ACPI_FACS_VERSION,  F_U8,       0,  0},
    {KEY_NONE,               F_RESERVED, 3,  0},
    {KEY_ACPI_FACS_OSPM,     F_U32LE,    0,  0},
    {KEY_NONE,               F_RESERVED, 24, 0},
};

void acpi_facs(struct decode *d)
{
    decode_fields(d, ACPI_ROWS(facs));
}
