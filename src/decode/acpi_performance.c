/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Firmware performance, ACPI 6.5 5.2.24: the table (FPDT) points to two others, which only its
 * readers find. These have a signature, a length and no checksum; firmware appends records of
 * its own, and everything in them is a time of one start.
 */
#include "decode/acpi.h"

static const struct field pointer[] = {
    {KEY_ACPI_FPDT_REVISION, F_U8,       0, 0},
    {KEY_NONE,               F_RESERVED, 4, 0},
    {KEY_ACPI_FPDT_ADDRESS,  F_U64LE,    0, 0},
};

static const struct acpi_entry pointers[] = {
    {"boot-performance", ACPI_ROWS(pointer), 0, 0, 0, false},
    {"s3-performance",   ACPI_ROWS(pointer), 1, 0, 0, false},
};

void acpi_fpdt(struct decode *d)
{
    acpi_entries(d, ACPI_ROWS(pointers), (struct acpi_entry_head){2, 0, 1, KEY_ACPI_ENTRY_DATA},
                 NULL);
}

static const struct field resume[] = {
    {KEY_ACPI_FPDT_REVISION,     F_U8,    0, 0},
    {KEY_ACPI_FPDT_RESUME_COUNT, F_U32LE, 0, 0},
    {KEY_ACPI_FPDT_RESUME,       F_U64LE, 0, 0},
    {KEY_ACPI_FPDT_RESUME_MEAN,  F_U64LE, 0, 0},
};

static const struct field suspend[] = {
    {KEY_ACPI_FPDT_REVISION,      F_U8,    0, 0},
    {KEY_ACPI_FPDT_SUSPEND_START, F_U64LE, 0, 0},
    {KEY_ACPI_FPDT_SUSPEND_END,   F_U64LE, 0, 0},
};

static const struct field boot[] = {
    {KEY_ACPI_FPDT_REVISION,     F_U8,       0, 0},
    {KEY_NONE,                   F_RESERVED, 4, 0},
    {KEY_ACPI_FPDT_RESET_END,    F_U64LE,    0, 0},
    {KEY_ACPI_FPDT_LOADER_LOAD,  F_U64LE,    0, 0},
    {KEY_ACPI_FPDT_LOADER_START, F_U64LE,    0, 0},
    {KEY_ACPI_FPDT_EXIT_ENTRY,   F_U64LE,    0, 0},
    {KEY_ACPI_FPDT_EXIT_END,     F_U64LE,    0, 0},
};

static const struct acpi_entry records[] = {
    {"s3-resume",  ACPI_ROWS(resume),  0, 0, 0, false},
    {"s3-suspend", ACPI_ROWS(suspend), 1, 0, 0, false},
    {"basic-boot", ACPI_ROWS(boot),    2, 0, 0, false},
};

void acpi_performance(struct decode *d)
{
    static const struct field head[] = {
        {KEY_ACPI_SIGNATURE,   F_TEXT,  4, 0},
        {KEY_ACPI_FPDT_LENGTH, F_U32LE, 0, 0},
    };

    (void)decode_fields(d, ACPI_ROWS(head));
    decode_open(d, ITEM_LIST, "records");
    acpi_entries(d, ACPI_ROWS(records), (struct acpi_entry_head){2, 0, 1, KEY_ACPI_FPDT_RECORD},
                 NULL);
    decode_close(d);
}
