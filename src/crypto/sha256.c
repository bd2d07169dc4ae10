/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 through libsodium, linked statically: the one digest that every run needs must not
 * cost the loading of libcrypto, which takes longer than decoding a small table. Where much is
 * to be hashed, digest_expect() has libcrypto loaded, which uses the processor's own
 * instructions for it and is several times faster.
 */
#include <string.h>

#include <sodium/crypto_hash_sha256.h>

#include "crypto/sha256.h"

static crypto_hash_sha256_state *sodium_state(void *state)
{
    return (crypto_hash_sha256_state *)state;
}

static void sodium_begin(void *state)
{
    (void)crypto_hash_sha256_init(sodium_state(state));
}

static void sodium_more(void *state, struct bytes b)
{
    (void)crypto_hash_sha256_update(sodium_state(state), b.data, b.len);
}

static void sodium_end(void *state, struct digest *ret)
{
    (void)crypto_hash_sha256_final(sodium_state(state), ret->bytes);
}

static void sodium_whole(struct bytes b, struct digest *ret)
{
    (void)crypto_hash_sha256(ret->bytes, b.data, b.len);
}

_Static_assert(sizeof(crypto_hash_sha256_state) <= SHA256_STATE_SIZE, "digest_stream is small");

static const struct sha256_functions sodium = {sodium_begin, sodium_more, sodium_end,
                                               sodium_whole};

/* waiver writable-file-scope: which of two implementations that give the same bytes */
static const struct sha256_functions *functions = &sodium;

void sha256_use(const struct sha256_functions *f)
{
    functions = f;
}

void digest_begin(struct digest_stream *s)
{
    s->functions = functions;
    s->functions->begin(s->state);
}

void digest_more(struct digest_stream *s, struct bytes b)
{
    s->functions->more(s->state, b);
}

struct digest digest_end(struct digest_stream *s)
{
    struct digest d;

    s->functions->end(s->state, &d);
    return d;
}

struct digest digest_sha256(struct bytes b)
{
    struct digest d;

    functions->whole(b, &d);
    return d;
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
    return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

bool digest_of_hex(struct bytes hex, struct digest *ret)
{
    if (hex.len != 2 * sizeof(ret->bytes))
        return false;
    for (size_t i = 0; i < hex.len; i++) {
        if (hex_digit(hex.data[i]) < 0 || (hex.data[i] >= 'A' && hex.data[i] <= 'F'))
            return false;
    }
    for (size_t i = 0; i < sizeof(ret->bytes); i++)
        ret->bytes[i] =
            (uint8_t)(hex_digit(hex.data[2 * i]) << 4 | hex_digit(hex.data[2 * i + 1]));
    return true;
}
