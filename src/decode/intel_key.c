/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys, signatures and digests of Boot Guard manifests. A modulus stands with its least
 * significant byte first, a signature with its most significant one; algorithms have the
 * numbers of the TCG registry.
 */
#include "decode/intel_key.h"

#include "crypto/rsa.h"

enum {
    ALGORITHM_RSA = 1,
    SCHEME_PSS = 0x16,
};

static const struct field key_head[] = {
    {KEY_INTEL_VERSION,       F_U8,    0, 0},
    {KEY_INTEL_KEY_ALGORITHM, F_U16LE, 0, 0},
    {KEY_INTEL_KEY_VERSION,   F_U8,    0, 0},
    {KEY_INTEL_KEY_BITS,      F_U16LE, 0, 0},
};

static const struct field signature_head[] = {
    {KEY_INTEL_SCHEME,            F_U16LE, 0, 0},
    {KEY_INTEL_SIGNATURE_VERSION, F_U8,    0, 0},
    {KEY_INTEL_SIGNATURE_BITS,    F_U16LE, 0, 0},
    {KEY_INTEL_SIGNATURE_HASH,    F_U16LE, 0, 0},
};

static const struct field exponent_row[] = {
    {KEY_INTEL_KEY_EXPONENT, F_U32LE, 0, 0},
};

static const struct field usage_row[] = {
    {KEY_INTEL_HASH_USAGE, F_U64LE, 0, 0},
};

static const struct field hash_head[] = {
    {KEY_INTEL_HASH_ALGORITHM, F_U16LE, 0, 0},
    {KEY_INTEL_HASH_SIZE,      F_U16LE, 0, 0},
};

/*
 * Whether a signature (most significant byte first) over `parts` was made with the key whose
 * modulus (least significant byte first) this is.
 */
static bool intel_rsa_good(struct bytes modulus, uint32_t exponent, bool pss, uint64_t hash,
                           const struct bytes parts[2], struct bytes signature)
{
    uint8_t room[RSA_BYTES_MAX];
    enum digest_algorithm a;

    if (modulus.len > RSA_BYTES_MAX || !digest_by_tpm_id((uint16_t)hash, &a))
        return false;
    struct rsa_key key = {rsa_reversed(modulus, room), exponent};

    return rsa_verify(&key, pss ? RSA_PSS : RSA_PKCS1, a, parts, signature);
}

/* A claim of the digest over two pieces that stand one after the other elsewhere. */
static void claim_joined(struct decode *d, enum key_id key, struct bytes a, struct bytes b,
                         struct span s)
{
    struct digest_stream stream;

    digest_begin(&stream);
    digest_more(&stream, a);
    digest_more(&stream, b);
    struct digest digest = digest_end(&stream);

    decode_value_at(
        d, key,
        value_bytes(arena_copy(d->arena, (struct bytes){digest.bytes, sizeof(digest.bytes)})),
        s);
}

/* The modulus and exponent of a key as stored, least significant byte first: its claims. */
static void intel_rsa_key(struct decode *d, size_t modulus_size)
{
    size_t from = d->in.pos;

    (void)decode_fields(d, exponent_row, ARRAY_LEN(exponent_row));
    struct bytes exponent = bytes_slice(d->in.all, from, 4);
    size_t at = d->in.pos;
    struct bytes modulus = reader_take(&d->in, modulus_size);

    decode_digest(d, KEY_INTEL_KEY_MODULUS, modulus, reader_span(&d->in, at));
    claim_joined(d, KEY_INTEL_KEY_FUSED, modulus, exponent, reader_span(&d->in, from));
}

static void signature_valid(struct decode *d, struct bytes modulus, struct bytes signature,
                            struct bytes covered, size_t from)
{
    const struct bytes parts[2] = {
        covered, {NULL, 0}
    };

    if (modulus.len == 0 || d->in.failed)
        return;
    decode_bool(d, KEY_INTEL_SIGNATURE_VALID,
                intel_rsa_good(modulus, (uint32_t)decode_value(d, KEY_INTEL_KEY_EXPONENT),
                               decode_value(d, KEY_INTEL_SCHEME) == SCHEME_PSS,
                               decode_value(d, KEY_INTEL_SIGNATURE_HASH), parts, signature),
                from);
}

void intel_signature(struct decode *d, struct bytes covered)
{
    struct bytes modulus = {NULL, 0};

    decode_open(d, ITEM_MAP, "signature");
    size_t size = (size_t)(decode_fields(d, key_head, ARRAY_LEN(key_head)) / 8);

    if (decode_value(d, KEY_INTEL_KEY_ALGORITHM) == ALGORITHM_RSA) {
        modulus = bytes_slice(d->in.all, d->in.pos + 4, size);
        intel_rsa_key(d, size);
    } else {
        /* A point on a curve: two numbers. */
        size_t from = d->in.pos;
        struct bytes key = reader_take(&d->in, size * 2);

        decode_digest(d, KEY_INTEL_KEY_OTHER, key, reader_span(&d->in, from));
        size *= 2;
    }
    (void)decode_fields(d, signature_head, ARRAY_LEN(signature_head));
    size_t from = d->in.pos;
    struct bytes signature = reader_take(&d->in, size);

    decode_digest(d, KEY_INTEL_SIGNATURE, signature, reader_span(&d->in, from));
    signature_valid(d, modulus, signature, covered, from);
    decode_close(d);
}

void intel_hash(struct decode *d, const char *name, size_t fixed, bool usage)
{
    decode_open(d, ITEM_MAP, "%s", name);
    if (usage)
        (void)decode_fields(d, usage_row, ARRAY_LEN(usage_row));
    size_t size = (size_t)decode_fields(d, hash_head, ARRAY_LEN(hash_head));
    size_t from = d->in.pos;

    if (fixed > 0 && size > fixed)
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base + from - 2);
    struct bytes b = reader_take(&d->in, fixed > 0 ? fixed : size);

    if (b.len > 0)
        decode_bytes(d, KEY_INTEL_HASH, b, from);
    decode_close(d);
}

bool intel_fill(struct decode *d, struct bytes b, struct span s)
{
    if (!bytes_all(b, 0xff) && !bytes_all(b, 0))
        return false;
    if (b.data[0] == 0)
        decode_value_at(d, KEY_PART_FILL, value_uint(0), (struct span){s.blob, s.offset, 0});
    decode_region(d, s, CLASS_PADDING);
    return true;
}

void intel_filling(struct decode *d)
{
    size_t from = d->in.pos;
    struct bytes b = bytes_slice(d->in.all, from, SIZE_MAX);

    if (!reader_more(&d->in))
        return;
    if (!intel_fill(d, b, (struct span){d->in.blob, d->in.base + from, b.len}))
        decode_fault(d, FAULT_TRAILING, reader_offset(&d->in));
    else
        (void)reader_take(&d->in, b.len);
}
