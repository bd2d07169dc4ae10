/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 through libsodium, linked statically: the one digest that every run needs must not
 * cost the loading of libcrypto, which takes longer than decoding a small table.
 */
#include <string.h>

#include <sodium/crypto_hash_sha256.h>

#include "crypto/digest.h"

struct digest digest_sha256(struct bytes b)
{
    struct digest d;

    (void)crypto_hash_sha256(d.bytes, b.data, b.len);
    return d;
}

static crypto_hash_sha256_state *stream_state(struct digest_stream *s)
{
    _Static_assert(sizeof(s->state) >= sizeof(crypto_hash_sha256_state),
                   "digest_stream is too small");
    return (crypto_hash_sha256_state *)(void *)s->state;
}

void digest_begin(struct digest_stream *s)
{
    (void)crypto_hash_sha256_init(stream_state(s));
}

void digest_more(struct digest_stream *s, struct bytes b)
{
    (void)crypto_hash_sha256_update(stream_state(s), b.data, b.len);
}

struct digest digest_end(struct digest_stream *s)
{
    struct digest d;

    (void)crypto_hash_sha256_final(stream_state(s), d.bytes);
    return d;
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
    return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}
