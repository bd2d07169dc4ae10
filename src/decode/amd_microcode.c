/* SPDX-License-Identifier: Apache-2.0 */
/* A microcode patch of AMD: the header as Linux reads it, and data that only processors read.
 */
#include "decode/amd.h"

enum {
    HEADER_SIZE = 64
};

static const struct field rows[] = {
    {KEY_AMD_MICROCODE_LEVEL,          F_U32LE,    0,  0},
    {KEY_AMD_MICROCODE_DATA_ID,        F_U16LE,    0,  0},
    {KEY_AMD_MICROCODE_DATA_LENGTH,    F_U8,       0,  0},
    {KEY_AMD_MICROCODE_INIT,           F_U8,       0,  0},
    {KEY_AMD_MICROCODE_CHECKSUM,       F_U32LE,    0,  0},
    {KEY_AMD_MICROCODE_NORTH,          F_U32LE,    0,  0},
    {KEY_AMD_MICROCODE_SOUTH,          F_U32LE,    0,  0},
    {KEY_AMD_MICROCODE_PROCESSOR,      F_U16LE,    0,  0},
    {KEY_AMD_MICROCODE_NORTH_REVISION, F_U8,       0,  0},
    {KEY_AMD_MICROCODE_SOUTH_REVISION, F_U8,       0,  0},
    {KEY_AMD_MICROCODE_API,            F_U8,       0,  0},
    {KEY_NONE,                         F_RESERVED, 3,  0},
    {KEY_AMD_MICROCODE_MATCH,          F_BYTES,    32, 0},
};

/* Binary coded decimal: month, day, year. */
static bool date_good(uint64_t v)
{
    for (unsigned i = 0; i < 8; i++) {
        if ((v >> 4 * i & 15) > 9)
            return false;
    }
    return v >> 24 >= 1 && v >> 24 <= 0x12 && (v >> 16 & 0xff) >= 1 && (v >> 16 & 0xff) <= 0x31;
}

/* Too little to be sure: only the directory says so. */
static unsigned probe(struct bytes b, struct bytes label)
{
    (void)b;
    (void)label;
    return 0;
}

static void decode(struct decode *d)
{
    uint64_t date = reader_u32le(&d->in);

    if (!d->in.failed && !date_good(date))
        decode_fault(d, FAULT_BAD_VALUE, d->in.base);
    decode_bytes(d, KEY_AMD_MICROCODE_DATE,
                 bytes_of(arena_format(d->arena, "%04x-%02x-%02x", (unsigned)(date & 0xffff),
                                       (unsigned)(date >> 24), (unsigned)(date >> 16 & 0xff))),
                 0);
    (void)decode_fields(d, rows, ARRAY_LEN(rows));
    size_t from = d->in.pos;
    struct bytes data = reader_take(&d->in, reader_left(&d->in));

    decode_digest(d, KEY_AMD_MICROCODE_DATA, data, reader_span(&d->in, from));
    decode_region(d, reader_span(&d->in, from), CLASS_CODE);
}

const struct decoder decoder_amd_microcode = {
    .name = "amd-microcode",
    .title = "AMD microcode patch",
    .spec = "linux-amd-microcode",
    .surface = "flash",
    .min = HEADER_SIZE + 1,
    .max = 1 << 24,
    .probe = probe,
    .decode = decode,
};
