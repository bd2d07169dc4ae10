/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Intel Boot Guard key manifest, versions 1 (0x10) and 2 (0x20, 0x21): signed with the key
 * whose digest is in the fuses, it names the key that may sign the boot policy manifest.
 */
#include "decode/intel_key.h"

enum {
    HEADER_SIZE = 12,
    VERSION_AT = 8,
    HASH_ROOM = 32, /* of a digest in version 1 */
    VERSION_2 = 0x20,
    COUNT_MAX = 64,
};

static const char mark[] = "__KEYM__";

static const struct field header_1[] = {
    {KEY_INTEL_ID,       F_TEXT, 8, 0},
    {KEY_INTEL_VERSION,  F_U8,   0, 0},
    {KEY_INTEL_REVISION, F_U8,   0, 0},
    {KEY_INTEL_SVN,      F_U8,   0, 0},
    {KEY_INTEL_KM_ID,    F_U8,   0, 0},
};

static const struct field header_2[] = {
    {KEY_INTEL_ID,               F_TEXT,     8, 0},
    {KEY_INTEL_VERSION,          F_U8,       0, 0},
    {KEY_NONE,                   F_RESERVED, 3, 0},
    {KEY_INTEL_SIGNATURE_OFFSET, F_U16LE,    0, 0},
    {KEY_NONE,                   F_RESERVED, 3, 0},
    {KEY_INTEL_REVISION,         F_U8,       0, 0},
    {KEY_INTEL_SVN,              F_U8,       0, 0},
    {KEY_INTEL_KM_ID,            F_U8,       0, 0},
    {KEY_INTEL_HASH_ALGORITHM,   F_U16LE,    0, 0},
    {KEY_INTEL_HASH_COUNT,       F_U16LE,    0, 0},
};

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    return bytes_starts_with(b, mark) ? 95 : 0;
}

/* The digests of version 2, up to where the signature must begin. */
static void hashes(struct decode *d)
{
    uint64_t count = decode_value(d, KEY_INTEL_HASH_COUNT);

    if (count > COUNT_MAX)
        decode_fault(d, FAULT_BAD_COUNT, reader_offset(&d->in) - 2);
    for (uint64_t i = 0; i < count && i < COUNT_MAX && reader_more(&d->in); i++)
        intel_hash(d, "key", 0, true);
    if (!d->in.failed && d->in.pos != decode_value(d, KEY_INTEL_SIGNATURE_OFFSET))
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base + HEADER_SIZE);
}

static void decode(struct decode *d)
{
    uint8_t version = d->in.all.data[VERSION_AT];

    if (!bytes_starts_with(d->in.all, mark))
        decode_fault(d, FAULT_BAD_SIGNATURE, d->in.base);
    if (version >= VERSION_2) {
        (void)decode_fields(d, header_2, ARRAY_LEN(header_2));
        hashes(d);
    } else {
        if (version != 0x10)
            decode_fault(d, FAULT_BAD_VERSION, d->in.base + VERSION_AT);
        (void)decode_fields(d, header_1, ARRAY_LEN(header_1));
        intel_hash(d, "key", HASH_ROOM, false);
    }
    intel_signature(d, bytes_slice(d->in.all, 0, d->in.pos));
    intel_filling(d);
}

const struct decoder decoder_intel_key_manifest = {
    .name = "intel-key-manifest",
    .title = "Intel Boot Guard key manifest",
    .spec = "intel-bootguard",
    .min = HEADER_SIZE,
    .max = 1 << 16,
    .probe = probe,
    .decode = decode,
};
