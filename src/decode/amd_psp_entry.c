/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an entry of an AMD directory points to: firmware with a header of 256 bytes, a public
 * key, or bytes of a format of their own. A signature is verified with the key that stands in
 * the directories of the image; whether its root is AMD's only the processor knows.
 */
#include "decode/amd.h"

#include "decode/codec.h"
#include "decode/engine_private.h"

enum {
    HEADER_SIZE = 0x100,
    MAGIC_AT = 0x10,
    FULL_MAX = 64 << 20
};

enum verified {
    NOT_SIGNED,
    SIGNED_VALID,
    SIGNED_INVALID,
    SIGNED_NO_KEY,
    SIGNED_ENCRYPTED,
    SIGNED_UNKNOWN,
};

static const struct field header[] = {
    {KEY_NONE,                    F_RESERVED, 16, 0},
    {KEY_AMD_FILE_MAGIC,          F_BYTES,    4,  0},
    {KEY_AMD_FILE_SIGNED_SIZE,    F_U32LE,    0,  0},
    {KEY_AMD_FILE_ENCRYPTED,      F_U32LE,    0,  0},
    {KEY_NONE,                    F_RESERVED, 4,  0},
    {KEY_AMD_FILE_VECTOR,         F_BYTES,    16, 0},
    {KEY_AMD_FILE_SIGNED,         F_U32LE,    0,  0},
    {KEY_AMD_FILE_SIGNATURE_TYPE, F_U32LE,    0,  0},
    {KEY_AMD_FILE_SIGNER,         F_BYTES,    16, 0},
    {KEY_AMD_FILE_COMPRESSED,     F_U32LE,    0,  0},
    {KEY_NONE,                    F_RESERVED, 4,  0},
    {KEY_AMD_FILE_FULL_SIZE,      F_U32LE,    0,  0},
    {KEY_AMD_FILE_PACKED_SIZE,    F_U32LE,    0,  0},
    {KEY_AMD_FILE_ID,             F_U16LE,    0,  0},
    {KEY_AMD_FILE_FLAGS,          F_BYTES,    6,  0},
};

static const struct field header_rest[] = {
    {KEY_NONE,                 F_RESERVED, 4,  0},
    {KEY_AMD_FILE_LOAD,        F_U32LE,    0,  0},
    {KEY_AMD_FILE_SIZE,        F_U32LE,    0,  0},
    {KEY_NONE,                 F_RESERVED, 12, 0},
    {KEY_AMD_FILE_TYPE,        F_U32LE,    0,  0},
    {KEY_AMD_FILE_WRAPPED_KEY, F_BYTES,    16, 0},
    {KEY_NONE,                 F_RESERVED, 64, 0},
    {KEY_AMD_FILE_CHECKSUM,    F_BYTES,    48, 0},
};

static const struct field key_header[] = {
    {KEY_AMD_KEY_VERSION,       F_U32LE,    0,  0},
    {KEY_AMD_KEY_ID,            F_BYTES,    16, 0},
    {KEY_AMD_KEY_CERTIFIER,     F_BYTES,    16, 0},
    {KEY_AMD_KEY_USAGE,         F_U32LE,    0,  0},
    {KEY_NONE,                  F_RESERVED, 2,  0},
    {KEY_AMD_KEY_FEATURES,      F_U16LE,    0,  0},
    {KEY_NONE,                  F_RESERVED, 12, 0},
    {KEY_AMD_KEY_EXPONENT_BITS, F_U32LE,    0,  0},
    {KEY_AMD_KEY_MODULUS_BITS,  F_U32LE,    0,  0},
};

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    return b.len >= HEADER_SIZE && bytes_starts_with(bytes_slice(b, MAGIC_AT, 4), "$PS1") ? 85
                                                                                          : 0;
}

/* Takes what is left, or less, as a digest of bytes of a class. */
static struct bytes digest_next(struct decode *d, size_t n, enum key_id key,
                                enum byte_class class)
{
    size_t from = d->in.pos;
    struct bytes b = reader_take(&d->in, n);

    if (b.len > 0) {
        decode_digest(d, key, b, reader_span(&d->in, from));
        decode_region(d, reader_span(&d->in, from), class);
    }
    return b;
}

static void version(struct decode *d)
{
    size_t from = d->in.pos;
    struct bytes b = reader_take(&d->in, 4);

    if (b.len == 4)
        decode_bytes(d, KEY_AMD_FILE_VERSION,
                     bytes_of(arena_format(d->arena, "%02x.%02x.%02x.%02x", b.data[3],
                                           b.data[2], b.data[1], b.data[0])),
                     from);
}

static void verdict(struct decode *d, enum verified v, size_t from)
{
    decode_uint(d, KEY_AMD_FILE_VERIFIED, v, from);
}

/* Verifies with the key of this identifier. */
static enum verified verify(struct decode *d, struct bytes id, const struct bytes parts[2],
                            struct bytes signature)
{
    struct bytes key = amd_key_find(d, id);

    if (key.len == 0)
        return SIGNED_NO_KEY;
    return amd_signature_good(d, key, parts, signature) ? SIGNED_VALID : SIGNED_INVALID;
}

/* How long the signature at the end is, as the header states. */
static size_t signature_length(const struct decode *d)
{
    uint64_t type = decode_value(d, KEY_AMD_FILE_SIGNATURE_TYPE);

    if (decode_value(d, KEY_AMD_FILE_SIGNED) == 0)
        return 0;
    return type == 0 ? 0x100 : type == 2 ? 0x200 : SIZE_MAX;
}

/* Inflates to at most `max` bytes. */
static bool inflated(struct bytes in, size_t max, struct arena *a, struct bytes *ret)
{
    struct room room = {arena_alloc(a, max + 1), max};
    struct codec c;
    size_t used = 0;

    codec_init(&c, CODEC_ZLIB);
    bool good = codec_block(&c, in, room, &ret->len, &used);

    codec_done(&c);
    ret->data = room.data;
    return good;
}

/* The plain bytes of the firmware; empty if they cannot be had. */
static struct bytes body(struct decode *d, size_t length)
{
    struct bytes none = {NULL, 0};
    struct bytes plain = {NULL, 0};
    size_t from = d->in.pos;

    if (decode_value(d, KEY_AMD_FILE_ENCRYPTED) != 0) {
        (void)digest_next(d, length, KEY_AMD_FILE_CIPHER, CLASS_ENCRYPTED);
        return none;
    }
    if (decode_value(d, KEY_AMD_FILE_COMPRESSED) == 0)
        return digest_next(d, length, KEY_AMD_FILE_BODY, CLASS_CODE);
    uint64_t max = decode_value(d, KEY_AMD_FILE_FULL_SIZE);
    uint64_t packed = decode_value(d, KEY_AMD_FILE_PACKED_SIZE);
    struct bytes b = digest_next(d, length, KEY_AMD_FILE_PACKED, CLASS_COMPRESSED);
    struct span s = reader_span(&d->in, from);

    if (packed == 0 || packed > b.len)
        packed = b.len;
    if (max > FULL_MAX || max > engine_output_left(d) ||
        !inflated(bytes_slice(b, 0, (size_t)packed), (size_t)max, d->arena, &plain)) {
        decode_fault(d, FAULT_CORRUPT_STREAM, s.offset);
        return none;
    }
    s.length = packed;
    uint32_t blob = decode_derive(d, s, plain, "zlib");
    struct span whole = {blob, 0, plain.len};

    decode_digest(d, KEY_AMD_FILE_BODY, plain, whole);
    decode_region(d, whole, CLASS_CODE);
    return plain;
}

static void signature(struct decode *d, struct bytes head, struct bytes plain, size_t length)
{
    uint64_t signed_size = decode_value(d, KEY_AMD_FILE_SIGNED_SIZE);
    struct bytes id = decode_value_bytes(d, KEY_AMD_FILE_SIGNER);
    size_t from = d->in.pos;
    struct bytes b = digest_next(d, length, KEY_AMD_FILE_SIGNATURE, CLASS_DATA);
    enum verified v = SIGNED_ENCRYPTED;

    if (b.len != length)
        return;
    if (plain.len > 0) {
        struct bytes parts[2] = {head, bytes_slice(plain, 0, (size_t)signed_size)};

        v = verify(d, id, parts, b);
    }
    if (v == SIGNED_INVALID)
        decode_fault(d, FAULT_DIGEST_MISMATCH, d->in.base + from);
    verdict(d, v, from);
}

/* Firmware with a header; what follows its stated size is filling. */
static void firmware(struct decode *d)
{
    struct bytes all = d->in.all;

    (void)decode_fields(d, header, ARRAY_LEN(header));
    version(d);
    (void)decode_fields(d, header_rest, ARRAY_LEN(header_rest));
    uint64_t stated = decode_value(d, KEY_AMD_FILE_SIZE);
    size_t tail = signature_length(d);

    if (stated == 0)
        stated = all.len;
    if (stated > all.len || stated < HEADER_SIZE) {
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base + 0x6c);
        stated = all.len;
    }
    size_t inside = (size_t)stated - HEADER_SIZE;
    struct span whole = {d->in.blob, d->in.base, stated};

    decode_digest(d, KEY_AMD_FILE_DIGEST, bytes_slice(all, 0, (size_t)stated), whole);
    if (tail == SIZE_MAX) {
        verdict(d, SIGNED_UNKNOWN, 0x34);
        tail = 0;
    } else if (tail > inside) {
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base + 0x6c);
        tail = 0;
    } else if (tail == 0) {
        verdict(d, NOT_SIGNED, 0x30);
    }
    struct bytes plain = body(d, inside - tail);

    if (tail > 0)
        signature(d, bytes_slice(all, 0, HEADER_SIZE), plain, tail);
    if (reader_more(&d->in))
        (void)digest_next(d, reader_left(&d->in), KEY_UNCLAIMED, CLASS_PADDING);
}

static void public_key(struct decode *d, size_t length)
{
    struct bytes all = d->in.all;
    size_t n = (length - AMD_KEY_HEADER) / 2;

    (void)decode_fields(d, key_header, ARRAY_LEN(key_header));
    (void)digest_next(d, n, KEY_AMD_KEY_EXPONENT, CLASS_DATA);
    (void)digest_next(d, n, KEY_AMD_KEY_MODULUS, CLASS_DATA);
    struct bytes certifier = decode_value_bytes(d, KEY_AMD_KEY_CERTIFIER);

    decode_bool(d, KEY_AMD_KEY_ROOT,
                bytes_equal(certifier, decode_value_bytes(d, KEY_AMD_KEY_ID)), 0);
    size_t from = d->in.pos;
    struct bytes b = digest_next(d, reader_left(&d->in), KEY_AMD_FILE_SIGNATURE, CLASS_DATA);

    if (b.len == 0) {
        verdict(d, NOT_SIGNED, 0);
        return;
    }
    struct bytes parts[2] = {
        bytes_slice(all, 0, length), {NULL, 0}
    };
    enum verified v = verify(d, certifier, parts, b);

    if (v == SIGNED_INVALID)
        decode_fault(d, FAULT_DIGEST_MISMATCH, d->in.base + from);
    verdict(d, v, from);
}

static void decode(struct decode *d)
{
    size_t key = amd_key_length(d->in.all);

    if (bytes_equal_text(d->label, "volatile"))
        (void)digest_next(d, reader_left(&d->in), KEY_AMD_FILE_VOLATILE, CLASS_DATA);
    else if (probe(d->in.all, d->label) > 0)
        firmware(d);
    else if (key > 0)
        public_key(d, key);
    else
        (void)digest_next(d, reader_left(&d->in), KEY_AMD_FILE_DIGEST, CLASS_DATA);
}

const struct decoder decoder_amd_psp_entry = {
    .name = "amd-psp-entry",
    .title = "AMD firmware, key or data of a directory entry",
    .spec = "amd-psp",
    .surface = "flash",
    .min = 1,
    .max = 64 << 20,
    .probe = probe,
    .decode = decode,
};
