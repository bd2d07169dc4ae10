/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/vrf.h"

#include <string.h>

#include <sodium/crypto_core_ristretto255.h>
#include <sodium/crypto_hash_sha512.h>
#include <sodium/crypto_scalarmult_ristretto255.h>
#include <sodium/utils.h>

enum {
    POINT = crypto_core_ristretto255_BYTES,
    SCALAR = crypto_core_ristretto255_SCALARBYTES,
    CHALLENGE = 16
};

static const char suite[] = "\xff"
                            "c2sp.org/vrf-r255";

/* Hash(suite || mark || parts) */
static void hash(uint8_t mark, const struct bytes *parts, size_t count, bool zero_at_end,
                 uint8_t ret[VRF_OUTPUT_SIZE])
{
    static const uint8_t zero = 0;
    crypto_hash_sha512_state s;

    (void)crypto_hash_sha512_init(&s);
    (void)crypto_hash_sha512_update(&s, (const uint8_t *)suite, sizeof(suite) - 1);
    (void)crypto_hash_sha512_update(&s, &mark, 1);
    for (size_t i = 0; i < count; i++)
        (void)crypto_hash_sha512_update(&s, parts[i].data, parts[i].len);
    if (zero_at_end)
        (void)crypto_hash_sha512_update(&s, &zero, 1);
    (void)crypto_hash_sha512_final(&s, ret);
}

/* ECVRF_encode_to_curve with the public key as its salt. */
static void encode_to_curve(const struct vrf_public *key, struct bytes alpha,
                            uint8_t ret[POINT])
{
    const struct bytes parts[] = {
        {key->bytes, sizeof(key->bytes)},
        alpha
    };
    uint8_t wide[VRF_OUTPUT_SIZE];

    hash(0x82, parts, 2, false, wide);
    (void)crypto_core_ristretto255_from_hash(ret, wide);
}

/* ECVRF_challenge_generation over five points (RFC 9381 section 5.4.3). */
static void challenge(const uint8_t *const points[5], uint8_t ret[CHALLENGE])
{
    struct bytes parts[5];
    uint8_t wide[VRF_OUTPUT_SIZE];

    for (size_t i = 0; i < 5; i++)
        parts[i] = (struct bytes){points[i], POINT};
    hash(0x02, parts, 5, true, wide);
    memcpy(ret, wide, CHALLENGE);
}

/* ECVRF_proof_to_hash; the cofactor is 1. */
static void output_of(const uint8_t gamma[POINT], struct vrf_output *ret)
{
    const struct bytes part = {gamma, POINT};

    hash(0x03, &part, 1, true, ret->bytes);
}

/* True if the bytes are a scalar below the order of the group. */
static bool scalar_valid(const uint8_t s[SCALAR])
{
    uint8_t wide[crypto_core_ristretto255_NONREDUCEDSCALARBYTES] = {0};
    uint8_t reduced[SCALAR];

    memcpy(wide, s, SCALAR);
    crypto_core_ristretto255_scalar_reduce(reduced, wide);
    bool same = sodium_memcmp(reduced, s, SCALAR) == 0;

    sodium_memzero(wide, sizeof(wide));
    sodium_memzero(reduced, sizeof(reduced));
    return same;
}

struct vrf_secret vrf_secret_of(const uint8_t random[64])
{
    struct vrf_secret s;

    crypto_core_ristretto255_scalar_reduce(s.bytes, random);
    return s;
}

bool vrf_public_of(const struct vrf_secret *secret, struct vrf_public *ret)
{
    return scalar_valid(secret->bytes) &&
           crypto_scalarmult_ristretto255_base(ret->bytes, secret->bytes) == 0;
}

bool vrf_prove(const struct vrf_secret *secret, struct bytes alpha, struct vrf_proof *ret,
               struct vrf_output *ret_output)
{
    struct vrf_public key;
    uint8_t h[POINT];
    uint8_t u[POINT];
    uint8_t v[POINT];
    uint8_t wide[VRF_OUTPUT_SIZE];
    uint8_t k[SCALAR];
    uint8_t c[SCALAR] = {0};
    uint8_t *gamma = ret->bytes;
    uint8_t *s = ret->bytes + POINT + CHALLENGE;

    if (!vrf_public_of(secret, &key))
        return false;
    encode_to_curve(&key, alpha, h);
    const struct bytes parts[] = {
        {secret->bytes, SCALAR},
        {h,             POINT }
    };

    hash(0x81, parts, 2, false, wide);
    crypto_core_ristretto255_scalar_reduce(k, wide);
    bool done = crypto_scalarmult_ristretto255(gamma, secret->bytes, h) == 0 &&
                crypto_scalarmult_ristretto255_base(u, k) == 0 &&
                crypto_scalarmult_ristretto255(v, k, h) == 0;

    if (done) {
        const uint8_t *const points[] = {key.bytes, h, gamma, u, v};

        challenge(points, c);
        memcpy(ret->bytes + POINT, c, CHALLENGE);
        crypto_core_ristretto255_scalar_mul(s, c, secret->bytes);
        crypto_core_ristretto255_scalar_add(s, s, k);
        output_of(gamma, ret_output);
    }
    sodium_memzero(k, sizeof(k));
    sodium_memzero(wide, sizeof(wide));
    return done;
}

/* a * A - b * B; false where libsodium refuses (the identity). */
static bool combine(const uint8_t a[SCALAR], const uint8_t big_a[POINT],
                    const uint8_t b[SCALAR], const uint8_t big_b[POINT], uint8_t ret[POINT])
{
    uint8_t left[POINT];
    uint8_t right[POINT];
    int good = big_a != NULL ? crypto_scalarmult_ristretto255(left, a, big_a)
                             : crypto_scalarmult_ristretto255_base(left, a);

    return good == 0 && crypto_scalarmult_ristretto255(right, b, big_b) == 0 &&
           crypto_core_ristretto255_sub(ret, left, right) == 0;
}

bool vrf_verify(const struct vrf_public *key, struct bytes alpha, const struct vrf_proof *proof,
                struct vrf_output *ret_output)
{
    const uint8_t *gamma = proof->bytes;
    const uint8_t *s = proof->bytes + POINT + CHALLENGE;
    uint8_t c[SCALAR] = {0};
    uint8_t again[CHALLENGE];
    uint8_t h[POINT];
    uint8_t u[POINT];
    uint8_t v[POINT];

    memcpy(c, proof->bytes + POINT, CHALLENGE);
    if (crypto_core_ristretto255_is_valid_point(key->bytes) != 1 ||
        sodium_is_zero(key->bytes, POINT) == 1 ||
        crypto_core_ristretto255_is_valid_point(gamma) != 1 || !scalar_valid(s))
        return false;
    encode_to_curve(key, alpha, h);
    if (!combine(s, NULL, c, key->bytes, u) || !combine(s, h, c, gamma, v))
        return false;
    const uint8_t *const points[] = {key->bytes, h, gamma, u, v};

    challenge(points, again);
    if (sodium_memcmp(again, c, CHALLENGE) != 0)
        return false;
    output_of(gamma, ret_output);
    return true;
}
