/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 through libcrypto, which uses the processor's own instructions for it. */
#include "crypto/libcrypto.h"
#include "crypto/prepare.h"
#include "crypto/sha256.h"

enum {
    /* Loading libcrypto costs about as much as hashing this many bytes without it. */
    WORTH_LOADING = 1 << 20
};

_Static_assert(sizeof(SHA256_CTX) <= SHA256_STATE_SIZE, "digest_stream is too small");

static void fast_begin(void *state)
{
    (void)libcrypto_for_sha256()->SHA256_Init(state);
}

static void fast_more(void *state, struct bytes b)
{
    (void)libcrypto_for_sha256()->SHA256_Update(state, b.data, b.len);
}

static void fast_end(void *state, struct digest *ret)
{
    (void)libcrypto_for_sha256()->SHA256_Final(ret->bytes, state);
}

static void fast_whole(struct bytes b, struct digest *ret)
{
    const struct libcrypto *l = libcrypto();
    SHA256_CTX state;

    (void)l->SHA256_Init(&state);
    (void)l->SHA256_Update(&state, b.data, b.len);
    (void)l->SHA256_Final(ret->bytes, &state);
}

static const struct sha256_functions fast = {fast_begin, fast_more, fast_end, fast_whole};

void digest_expect(uint64_t bytes)
{
    if (bytes < WORTH_LOADING)
        return;
    (void)crypto_prepare();
    sha256_use(&fast);
}
