/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/crypto.h"

#include <string.h>

#include <sodium.h>

/* libsodium is not instrumented: to MemorySanitizer, what it writes was never written. */
#if defined(__has_feature)
#if __has_feature(memory_sanitizer)
#include <sanitizer/msan_interface.h>
#define WRITTEN(data, size) __msan_unpoison((data), (size))
#endif
#endif
#ifndef WRITTEN
#define WRITTEN(data, size) ((void)(data), (void)(size))
#endif

enum {
    POINT = 32,
    CHALLENGE = 16
};

static const char suite[] = "\xff"
                            "c2sp.org/vrf-r255";

struct hash sha256(struct view v)
{
    struct hash h;

    (void)crypto_hash_sha256(h.bytes, v.data, v.len);
    WRITTEN(h.bytes, sizeof(h.bytes));
    return h;
}

bool hash_equal(struct hash a, struct hash b)
{
    return memcmp(a.bytes, b.bytes, sizeof(a.bytes)) == 0;
}

struct view hash_view(const struct hash *h)
{
    return (struct view){h->bytes, sizeof(h->bytes)};
}

bool ed25519_good(const uint8_t key[KEY_SIZE], struct view message,
                  const uint8_t signature[SIGNATURE_SIZE])
{
    return crypto_sign_verify_detached(signature, message.data, message.len, key) == 0;
}

bool base64_read(struct memory *m, struct view text, struct view *ret)
{
    size_t room = text.len / 4 * 3 + 3;
    uint8_t *data = memory_take(m, room, 1);
    size_t len = 0;
    const char *end = NULL;
    const char *from = (const char *)text.data;

    if (text.len % 4 != 0)
        return false;
    /* libsodium 1.0.18 takes bytes above 0x7f for '/' where char is signed. */
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] > 0x7f)
            return false;
    }
    if (text.len > 0 && (sodium_base642bin(data, room, from, text.len, NULL, &len, &end,
                                           sodium_base64_VARIANT_ORIGINAL) != 0 ||
                         end != from + text.len))
        return false;
    WRITTEN(data, len);
    *ret = (struct view){data, len};
    return true;
}

/* SHA-512(suite || mark || first || second || tail) */
static void vrf_hash(uint8_t mark, struct view first, struct view second, struct view tail,
                     uint8_t ret[64])
{
    crypto_hash_sha512_state s;

    (void)crypto_hash_sha512_init(&s);
    (void)crypto_hash_sha512_update(&s, (const uint8_t *)suite, sizeof(suite) - 1);
    (void)crypto_hash_sha512_update(&s, &mark, 1);
    (void)crypto_hash_sha512_update(&s, first.data, first.len);
    (void)crypto_hash_sha512_update(&s, second.data, second.len);
    (void)crypto_hash_sha512_update(&s, tail.data, tail.len);
    (void)crypto_hash_sha512_final(&s, ret);
    WRITTEN(ret, 64);
}

/* s * base - c * other; a NULL base is the generator. */
static bool vrf_point(const uint8_t *s, const uint8_t *base, const uint8_t *c,
                      const uint8_t *other, uint8_t ret[POINT])
{
    uint8_t left[POINT];
    uint8_t right[POINT];
    int bad = base == NULL ? crypto_scalarmult_ristretto255_base(left, s)
                           : crypto_scalarmult_ristretto255(left, s, base);

    if (bad != 0 || crypto_scalarmult_ristretto255(right, c, other) != 0 ||
        crypto_core_ristretto255_sub(ret, left, right) != 0)
        return false;
    WRITTEN(ret, POINT);
    return true;
}

/* A scalar below the order of the group has one encoding. */
static bool scalar_reduced(const uint8_t s[POINT])
{
    uint8_t wide[64] = {0};
    uint8_t reduced[POINT];

    memcpy(wide, s, POINT);
    crypto_core_ristretto255_scalar_reduce(reduced, wide);
    WRITTEN(reduced, POINT);
    return memcmp(reduced, s, POINT) == 0;
}

bool vrf_good(const uint8_t key[KEY_SIZE], struct view alpha,
              const uint8_t proof[VRF_PROOF_SIZE], struct hash *ret)
{
    static const uint8_t identity[POINT];
    static const uint8_t zero[1];
    uint8_t points[5][POINT]; /* Y, H, Gamma, U, V: RFC 9381 section 5.4.3 */
    uint8_t wide[64];
    uint8_t c[POINT] = {0};
    const uint8_t *gamma = proof;
    const uint8_t *s = proof + POINT + CHALLENGE;

    if (crypto_core_ristretto255_is_valid_point(key) != 1 ||
        memcmp(key, identity, POINT) == 0 ||
        crypto_core_ristretto255_is_valid_point(gamma) != 1 || !scalar_reduced(s))
        return false;
    memcpy(points[0], key, POINT);
    memcpy(points[2], gamma, POINT);
    memcpy(c, proof + POINT, CHALLENGE);
    vrf_hash(0x82, (struct view){key, POINT}, alpha, (struct view){0}, wide);
    (void)crypto_core_ristretto255_from_hash(points[1], wide);
    WRITTEN(points[1], POINT);
    if (!vrf_point(s, NULL, c, key, points[3]) || !vrf_point(s, points[1], c, gamma, points[4]))
        return false;
    vrf_hash(0x02, (struct view){points[0], sizeof(points)}, (struct view){0},
             (struct view){zero, 1}, wide);
    if (memcmp(wide, c, CHALLENGE) != 0)
        return false;
    vrf_hash(0x03, (struct view){gamma, POINT}, (struct view){0}, (struct view){zero, 1}, wide);
    memcpy(ret->bytes, wide, sizeof(ret->bytes));
    return true;
}
