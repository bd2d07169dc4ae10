/* SPDX-License-Identifier: Apache-2.0 */
/* The header of one of two recovery slots: leads to the level 2 directory of that slot. */
#include "decode/amd.h"

enum {
    SLOT_SIZE = 32
};

static const struct field rows[] = {
    {KEY_AMD_SLOT_CHECKSUM, F_U32LE,    0, 0},
    {KEY_AMD_SLOT_PRIORITY, F_U32LE,    0, 0},
    {KEY_AMD_SLOT_RETRIES,  F_U32LE,    0, 0},
    {KEY_AMD_SLOT_GLITCHES, F_U8,       0, 0},
    {KEY_NONE,              F_RESERVED, 3, 0},
    {KEY_AMD_SLOT_ADDRESS,  F_U32LE,    0, 0},
    {KEY_AMD_SLOT_PSP_ID,   F_U32LE,    0, 0},
    {KEY_AMD_SLOT_SIZE,     F_U32LE,    0, 0},
    {KEY_NONE,              F_RESERVED, 4, 0},
};

/* Without a mark: only the directory says so. */
static unsigned probe(struct bytes b, struct bytes label)
{
    (void)b;
    (void)label;
    return 0;
}

static void decode(struct decode *d)
{
    struct span at;

    (void)decode_fields(d, rows, ARRAY_LEN(rows));
    if (!d->in.failed && (!amd_address(d, decode_value(d, KEY_AMD_SLOT_ADDRESS), 1, &at) ||
                          !amd_refer_directory(d, at, "directory")))
        decode_fault(d, FAULT_BAD_REFERENCE, d->in.base + 16);
}

const struct decoder decoder_amd_image_slot = {
    .name = "amd-image-slot",
    .title = "AMD image slot header of A/B recovery",
    .spec = "amd-psp",
    .surface = "flash",
    .min = SLOT_SIZE,
    .max = 256 << 20,
    .probe = probe,
    .decode = decode,
};
