/* SPDX-License-Identifier: Apache-2.0 */
/* The embedded firmware structure: what an AMD processor looks for first in the flash. */
#include "decode/amd.h"

enum {
    EFS_SIZE = 80
};

static const struct field rows[] = {
    {KEY_AMD_EFS_SIGNATURE,     F_U32LE,    0, 0},
    {KEY_AMD_EFS_IMC,           F_U32LE,    0, 0},
    {KEY_AMD_EFS_GBE,           F_U32LE,    0, 0},
    {KEY_AMD_EFS_XHCI,          F_U32LE,    0, 0},
    {KEY_AMD_EFS_PSP_LEGACY,    F_U32LE,    0, 0},
    {KEY_AMD_EFS_PSP,           F_U32LE,    0, 0},
    {KEY_AMD_EFS_BIOS_0,        F_U32LE,    0, 0},
    {KEY_AMD_EFS_BIOS_1,        F_U32LE,    0, 0},
    {KEY_AMD_EFS_BIOS_2,        F_U32LE,    0, 0},
    {KEY_AMD_EFS_GENERATION,    F_U32LE,    0, 0},
    {KEY_AMD_EFS_BIOS_3,        F_U32LE,    0, 0},
    {KEY_AMD_EFS_PSP_BACKUP,    F_U32LE,    0, 0},
    {KEY_AMD_EFS_PROMONTORY,    F_U32LE,    0, 0},
    {KEY_AMD_EFS_LP_PROMONTORY, F_U32LE,    0, 0},
    {KEY_NONE,                  F_RESERVED, 8, 0},
    {KEY_AMD_EFS_SPI_MODE,      F_U8,       0, 0},
    {KEY_AMD_EFS_SPI_SPEED,     F_U8,       0, 0},
    {KEY_NONE,                  F_RESERVED, 1, 0},
    {KEY_AMD_EFS_SPI_MODE_1,    F_U8,       0, 0},
    {KEY_AMD_EFS_SPI_SPEED_1,   F_U8,       0, 0},
    {KEY_AMD_EFS_SPI_DUMMY,     F_U8,       0, 0},
    {KEY_NONE,                  F_RESERVED, 1, 0},
    {KEY_AMD_EFS_SPI_MODE_2,    F_U8,       0, 0},
    {KEY_AMD_EFS_SPI_SPEED_2,   F_U8,       0, 0},
    {KEY_AMD_EFS_SPI_MICRON,    F_U8,       0, 0},
    {KEY_NONE,                  F_RESERVED, 6, 0},
};

static const struct {
    enum key_id key;
    const char *name;
    uint8_t at;
} directories[] = {
    {KEY_AMD_EFS_PSP_LEGACY, "psp-legacy", 0x10},
    {KEY_AMD_EFS_PSP,        "psp",        0x14},
    {KEY_AMD_EFS_BIOS_0,     "bios-0",     0x18},
    {KEY_AMD_EFS_BIOS_1,     "bios-1",     0x1c},
    {KEY_AMD_EFS_BIOS_2,     "bios-2",     0x20},
    {KEY_AMD_EFS_BIOS_3,     "bios-3",     0x28},
    {KEY_AMD_EFS_PSP_BACKUP, "psp-backup", 0x2c},
};

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    return b.len >= EFS_SIZE && bytes_starts_with(b, "\xaa\x55\xaa\x55") ? 50 : 0;
}

static void decode(struct decode *d)
{
    uint64_t base = d->in.base;

    if (!bytes_starts_with(d->in.all, "\xaa\x55\xaa\x55"))
        decode_fault(d, FAULT_BAD_SIGNATURE, base);
    (void)decode_fields(d, rows, ARRAY_LEN(rows));
    for (size_t i = 0; i < ARRAY_LEN(directories) && !d->in.failed; i++) {
        uint64_t address = decode_value(d, directories[i].key);
        struct span at;

        if (address == 0 || address >= 0xfffffffe)
            continue;
        if (!amd_address(d, address, 1, &at) ||
            !amd_refer_directory(d, at, directories[i].name))
            decode_fault(d, FAULT_BAD_REFERENCE, base + directories[i].at);
    }
}

const struct decoder decoder_amd_efs = {
    .name = "amd-efs",
    .title = "AMD embedded firmware structure",
    .spec = "amd-psp",
    .surface = "flash",
    .min = EFS_SIZE,
    .max = 256 << 20,
    .probe = probe,
    .decode = decode,
};
