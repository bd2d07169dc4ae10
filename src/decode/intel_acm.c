/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Intel authenticated code modules: signed code that the processor verifies before it runs it,
 * ahead of firmware (startup, Boot Guard) or of a measured system (SINIT). Header versions 0
 * and 3; the signature is checked where the header carries all that it takes.
 */
#include "crypto/rsa.h"
#include "decode/intel.h"
#include "decode/intel_key.h"

enum {
    KEY_AT = 0x80,
    TYPE_CHIPSET = 2,
    INFO_SIZE = 48,
    LIST_MAX = 256,
    VENDOR_INTEL = 0x8086,
};

static const uint8_t info_guid[16] = {0xaa, 0x3a, 0xc0, 0x7f, 0xa7, 0x46, 0xdb, 0x18,
                                      0x2e, 0xac, 0x69, 0x8f, 0x8d, 0x41, 0x7f, 0x5a};

static const struct field start[] = {
    {KEY_ACM_TYPE,           F_U16LE, 0, 0},
    {KEY_ACM_SUBTYPE,        F_U16LE, 0, 0},
    {KEY_ACM_HEADER_LENGTH,  F_U32LE, 0, 0},
    {KEY_ACM_HEADER_VERSION, F_U32LE, 0, 0},
    {KEY_ACM_CHIPSET,        F_U16LE, 0, 0},
    {KEY_ACM_FLAGS,          F_U16LE, 0, 0},
    {KEY_ACM_VENDOR,         F_U32LE, 0, 0},
};

static const struct field after_date[] = {
    {KEY_ACM_SIZE,         F_U32LE,    0,  0},
    {KEY_ACM_SVN,          F_U16LE,    0,  0},
    {KEY_ACM_SE_SVN,       F_U16LE,    0,  0},
    {KEY_ACM_CONTROL,      F_U32LE,    0,  0},
    {KEY_ACM_ADDRESS,      F_U32LE,    0,  0},
    {KEY_ACM_ADDRESS,      F_U32LE,    0,  0},
    {KEY_ACM_ADDRESS,      F_U32LE,    0,  0},
    {KEY_ACM_ADDRESS,      F_U32LE,    0,  0},
    {KEY_ACM_ADDRESS,      F_U32LE,    0,  0},
    {KEY_NONE,             F_RESERVED, 64, 0},
    {KEY_ACM_KEY_SIZE,     F_U32LE,    0,  0},
    {KEY_ACM_SCRATCH_SIZE, F_U32LE,    0,  0},
};

static const struct field exponent_row[] = {
    {KEY_ACM_EXPONENT, F_U32LE, 0, 0},
};

static const struct field info[] = {
    {KEY_NONE,                  F_SKIP,  16, 0},
    {KEY_ACM_INFO_TYPE,         F_U8,    0,  0},
    {KEY_ACM_INFO_VERSION,      F_U8,    0,  0},
    {KEY_ACM_INFO_LENGTH,       F_U16LE, 0,  0},
    {KEY_ACM_INFO_OFFSET,       F_U32LE, 0,  0},
    {KEY_ACM_INFO_DATA_VERSION, F_U32LE, 0,  0},
    {KEY_ACM_INFO_MLE_VERSION,  F_U32LE, 0,  0},
    {KEY_ACM_INFO_CAPABILITIES, F_U32LE, 0,  0},
    {KEY_ACM_INFO_REVISION,     F_BYTES, 4,  0},
    {KEY_ACM_INFO_OFFSET,       F_U32LE, 0,  0},
    {KEY_ACM_INFO_OFFSET,       F_U32LE, 0,  0},
};

static const struct field count_row[] = {
    {KEY_ACM_COUNT, F_U32LE, 0, 0},
};

static const struct field chipset_row[] = {
    {KEY_ACM_LIST_FLAGS,  F_U32LE,    0, 0},
    {KEY_ACM_VENDOR,      F_U16LE,    0, 0},
    {KEY_ACM_DEVICE,      F_U16LE,    0, 0},
    {KEY_ACM_REVISION_ID, F_U16LE,    0, 0},
    {KEY_NONE,            F_RESERVED, 2, 0},
    {KEY_ACM_EXTENDED_ID, F_U32LE,    0, 0},
};

static const struct field processor_row[] = {
    {KEY_ACM_PROCESSOR,      F_U32LE, 0, 0},
    {KEY_ACM_PROCESSOR_MASK, F_U32LE, 0, 0},
    {KEY_ACM_PLATFORM,       F_U64LE, 0, 0},
    {KEY_ACM_PLATFORM_MASK,  F_U64LE, 0, 0},
};

static const struct field tpm_head[] = {
    {KEY_ACM_TPM_CAPABILITIES, F_U32LE, 0, 0},
    {KEY_ACM_COUNT,            F_U16LE, 0, 0},
};

static const struct field tpm_row[] = {
    {KEY_ACM_TPM_ALGORITHM, F_U16LE, 0, 0},
};

/* The length that a module states, or 0 if no module begins here. */
static uint64_t stated_length(struct bytes b)
{
    uint64_t size = bytes_uint(b, 0x18, 4, false) * 4;

    return b.len >= KEY_AT && bytes_uint(b, 0, 2, false) == TYPE_CHIPSET &&
                   bytes_uint(b, 2, 2, false) <= 15 && size > KEY_AT
               ? size
               : 0;
}

uint64_t intel_acm_length(struct bytes b)
{
    uint64_t size = stated_length(b);

    return size <= b.len ? size : 0;
}

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    return stated_length(b) > 0 && bytes_uint(b, 0x10, 4, false) == VENDOR_INTEL ? 92 : 0;
}

/* yyyymmdd, a decimal digit in each half byte. */
static void date(struct decode *d)
{
    size_t from = d->in.pos;
    uint32_t v = reader_u32le(&d->in);

    decode_bytes(
        d, KEY_ACM_DATE,
        bytes_of(arena_format(d->arena, "%04x-%02x-%02x", v >> 16, v >> 8 & 0xff, v & 0xff)),
        from);
}

/* What is signed: the header up to the key, and what follows the scratch area. */
static void signature_check(struct decode *d, size_t key_size, size_t body)
{
    struct bytes all = d->in.all;
    const struct bytes parts[2] = {bytes_slice(all, 0, KEY_AT),
                                   bytes_slice(all, body, all.len)};
    uint8_t key_room[RSA_BYTES_MAX];
    uint8_t signature_room[RSA_BYTES_MAX];

    if (d->in.failed || key_size > RSA_BYTES_MAX)
        return;
    struct rsa_key key = {rsa_reversed(bytes_slice(all, KEY_AT, key_size), key_room),
                          (uint32_t)decode_value(d, KEY_ACM_EXPONENT)};
    struct bytes signature =
        rsa_reversed(bytes_slice(all, KEY_AT + key_size + 4, key_size), signature_room);

    decode_value_at(
        d, KEY_ACM_SIGNATURE_VALID,
        value_bool(rsa_verify(&key, RSA_PKCS1_REVERSED, DIGEST_SHA256, parts, signature)),
        (struct span){d->in.blob, d->in.base + KEY_AT, 0});
}

/* A list at an offset of the module: a count and entries of one layout. */
static void list(struct decode *d, uint64_t at, const char *name, const struct field *rows,
                 size_t row_count)
{
    if (at == 0)
        return;
    if (at >= d->in.all.len) {
        decode_fault(d, FAULT_BAD_REFERENCE, reader_offset(&d->in));
        return;
    }
    size_t here = d->in.pos;

    reader_seek(&d->in, (size_t)at);
    uint64_t count = decode_fields(d, count_row, ARRAY_LEN(count_row));

    if (count > LIST_MAX)
        decode_fault(d, FAULT_BAD_COUNT, d->in.base + at);
    for (uint64_t i = 0; i < count && i < LIST_MAX && reader_more(&d->in); i++) {
        decode_open(d, ITEM_MAP, "%s", name);
        (void)decode_fields(d, rows, row_count);
        decode_close(d);
    }
    if (!d->in.failed)
        reader_seek(&d->in, here);
}

static void tpm_list(struct decode *d, uint64_t at)
{
    if (at == 0 || at >= d->in.all.len)
        return;
    reader_seek(&d->in, (size_t)at);
    uint64_t count = decode_fields(d, tpm_head, ARRAY_LEN(tpm_head));

    for (uint64_t i = 0; i < count && i < LIST_MAX && reader_more(&d->in); i++)
        (void)decode_fields(d, tpm_row, ARRAY_LEN(tpm_row));
}

/* The information table with its three lists, where the module has one. */
static void information(struct decode *d, size_t at)
{
    struct bytes b = bytes_slice(d->in.all, at, INFO_SIZE);

    if (b.len < INFO_SIZE ||
        !bytes_equal(bytes_slice(b, 0, 16), (struct bytes){info_guid, sizeof(info_guid)}))
        return;
    decode_open(d, ITEM_MAP, "information");
    reader_seek(&d->in, at);
    (void)decode_fields(d, info, ARRAY_LEN(info));
    list(d, bytes_uint(b, 20, 4, false), "chipset", chipset_row, ARRAY_LEN(chipset_row));
    list(d, bytes_uint(b, 40, 4, false), "processor", processor_row, ARRAY_LEN(processor_row));
    tpm_list(d, bytes_uint(b, 44, 4, false));
    decode_close(d);
}

/* Key, exponent (header version 0 only), signature, scratch area. Returns where these end. */
static size_t key_and_signature(struct decode *d, bool with_exponent)
{
    size_t key_size = (size_t)decode_value(d, KEY_ACM_KEY_SIZE) * 4;
    size_t scratch_size = (size_t)decode_value(d, KEY_ACM_SCRATCH_SIZE) * 4;
    size_t from = d->in.pos;
    struct bytes b = reader_take(&d->in, key_size);

    decode_digest(d, KEY_ACM_KEY, b, reader_span(&d->in, from));
    if (with_exponent)
        (void)decode_fields(d, exponent_row, ARRAY_LEN(exponent_row));
    from = d->in.pos;
    b = reader_take(&d->in, key_size);
    decode_digest(d, KEY_ACM_SIGNATURE, b, reader_span(&d->in, from));
    from = d->in.pos;
    b = reader_take(&d->in, scratch_size);
    if (bytes_all(b, 0))
        decode_region(d, reader_span(&d->in, from), CLASS_PADDING);
    else
        decode_digest(d, KEY_ACM_SCRATCH, b, reader_span(&d->in, from));
    return d->in.pos;
}

static void module(struct decode *d)
{
    (void)decode_fields(d, start, ARRAY_LEN(start));
    date(d);
    (void)decode_fields(d, after_date, ARRAY_LEN(after_date));
    bool with_exponent = decode_value(d, KEY_ACM_HEADER_VERSION) == 0;
    size_t body = key_and_signature(d, with_exponent);
    struct bytes code = reader_take(&d->in, reader_left(&d->in));

    decode_digest(d, KEY_ACM_CODE, code, reader_span(&d->in, body));
    decode_claimed_region(d, reader_span(&d->in, body), CLASS_CODE);
    if (with_exponent)
        signature_check(d, (size_t)decode_value(d, KEY_ACM_KEY_SIZE) * 4, body);
    if (!d->in.failed)
        information(d, body);
}

static void decode(struct decode *d)
{
    uint64_t size = bytes_uint(d->in.all, 0x18, 4, false) * 4;
    size_t left = d->in.all.len;
    struct span all = {d->in.blob, d->in.base, size < left ? size : left};

    if (bytes_uint(d->in.all, 0, 2, false) != TYPE_CHIPSET)
        decode_fault(d, FAULT_BAD_VALUE, d->in.base);
    if (size > left)
        decode_fault(d, FAULT_TRUNCATED, d->in.base + left);
    decode_digest(d, KEY_ACM_DIGEST, bytes_slice(d->in.all, 0, (size_t)all.length), all);
    decode_enter(d, (size_t)all.length);
    module(d);
    decode_leave(d);
    intel_filling(d);
}

const struct decoder decoder_intel_acm = {
    .name = "intel-acm",
    .title = "Intel authenticated code module",
    .spec = "intel-txt",
    .min = KEY_AT,
    .max = 16 << 20,
    .probe = probe,
    .decode = decode,
};
