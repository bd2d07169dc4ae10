/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/hmac.h"

#include <sodium/crypto_auth_hmacsha256.h>

struct digest hmac_sha256(struct bytes key, const struct bytes *parts, size_t count)
{
    crypto_auth_hmacsha256_state s;
    struct digest d;

    (void)crypto_auth_hmacsha256_init(&s, key.data, key.len);
    for (size_t i = 0; i < count; i++)
        (void)crypto_auth_hmacsha256_update(&s, parts[i].data, parts[i].len);
    (void)crypto_auth_hmacsha256_final(&s, d.bytes);
    return d;
}
