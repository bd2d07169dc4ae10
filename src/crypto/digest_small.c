/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/digest_small.h"

#include <mbedtls/sha1.h>
#include <mbedtls/sha512.h>

#include "base/arena.h"

static bool little(const struct bytes *parts, size_t count)
{
    enum {
        MOST = 1 << 20
    };

    size_t left = MOST;

    for (size_t i = 0; i < count; i++) {
        if (parts[i].len > left)
            return false;
        left -= parts[i].len;
    }
    return true;
}

static int sha1(const struct bytes *parts, size_t count, uint8_t *ret)
{
    mbedtls_sha1_context c;

    mbedtls_sha1_init(&c);
    int bad = mbedtls_sha1_starts_ret(&c);

    for (size_t i = 0; i < count; i++)
        bad |= mbedtls_sha1_update_ret(&c, parts[i].data, parts[i].len);
    return bad | mbedtls_sha1_finish_ret(&c, ret);
}

/* Writes 64 bytes for both; of SHA-384 the first 48 count. */
static int sha512(const struct bytes *parts, size_t count, bool is_384, uint8_t *ret)
{
    mbedtls_sha512_context c;

    mbedtls_sha512_init(&c);
    int bad = mbedtls_sha512_starts_ret(&c, is_384 ? 1 : 0);

    for (size_t i = 0; i < count; i++)
        bad |= mbedtls_sha512_update_ret(&c, parts[i].data, parts[i].len);
    return bad | mbedtls_sha512_finish_ret(&c, ret);
}

bool digest_small(enum digest_algorithm a, const struct bytes *parts, size_t count,
                  uint8_t ret[DIGEST_MAX])
{
    int bad = 0;

    if (!little(parts, count))
        return false;
    if (a == DIGEST_SHA1)
        bad = sha1(parts, count, ret);
    else if (a == DIGEST_SHA384 || a == DIGEST_SHA512)
        bad = sha512(parts, count, a == DIGEST_SHA384, ret);
    else
        return false;
    if (bad != 0)
        BUG("mbed TLS lacks a digest algorithm");
    return true;
}
