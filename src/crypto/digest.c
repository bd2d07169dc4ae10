/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-1 and SHA-2 go through libcrypto's direct functions: no provider is fetched and no
 * configuration file is read, so that a program that only hashes starts in under a millisecond.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/digest.h"

#include <string.h>

#include <openssl/evp.h>
#include <openssl/sha.h>

#include "base/arena.h"

static const struct digest_info infos[DIGEST_ALGORITHMS] = {
    {"sha1", 0x0004, 20},
    {"sha256", 0x000b, 32},
    {"sha384", 0x000c, 48},
    {"sha512", 0x000d, 64},
    {"sm3_256", 0x0012, 32},
    {"sha3_256", 0x0027, 32},
    {"sha3_384", 0x0028, 48},
    {"sha3_512", 0x0029, 64},
};

const struct digest_info *digest_info(enum digest_algorithm a)
{
    return &infos[a];
}

bool digest_by_tpm_id(uint16_t id, enum digest_algorithm *ret)
{
    for (unsigned i = 0; i < DIGEST_ALGORITHMS; i++) {
        if (infos[i].tpm_id == id) {
            *ret = (enum digest_algorithm)i;
            return true;
        }
    }
    return false;
}

bool digest_by_name(struct bytes name, enum digest_algorithm *ret)
{
    for (unsigned i = 0; i < DIGEST_ALGORITHMS; i++) {
        if (bytes_equal_text(name, infos[i].name)) {
            *ret = (enum digest_algorithm)i;
            return true;
        }
    }
    return false;
}

static void hash_evp(const EVP_MD *md, const struct bytes *parts, size_t count, uint8_t *ret)
{
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    bool ok = c != NULL && EVP_DigestInit_ex(c, md, NULL) == 1;

    for (size_t i = 0; ok && i < count; i++)
        ok = EVP_DigestUpdate(c, parts[i].data, parts[i].len) == 1;
    ok = ok && EVP_DigestFinal_ex(c, ret, NULL) == 1;
    EVP_MD_CTX_free(c);
    if (!ok)
        BUG("libcrypto lacks a digest algorithm");
}

static void hash_sha1(const struct bytes *parts, size_t count, uint8_t *ret)
{
    SHA_CTX c;

    SHA1_Init(&c);
    for (size_t i = 0; i < count; i++)
        SHA1_Update(&c, parts[i].data, parts[i].len);
    SHA1_Final(ret, &c);
}

static void hash_sha256(const struct bytes *parts, size_t count, uint8_t *ret)
{
    SHA256_CTX c;

    SHA256_Init(&c);
    for (size_t i = 0; i < count; i++)
        SHA256_Update(&c, parts[i].data, parts[i].len);
    SHA256_Final(ret, &c);
}

static void hash_sha512(bool short_form, const struct bytes *parts, size_t count, uint8_t *ret)
{
    SHA512_CTX c;

    if (short_form)
        SHA384_Init(&c);
    else
        SHA512_Init(&c);
    for (size_t i = 0; i < count; i++)
        SHA512_Update(&c, parts[i].data, parts[i].len);
    SHA512_Final(ret, &c);
}

void digest_parts(enum digest_algorithm a, const struct bytes *parts, size_t count,
                  uint8_t ret[DIGEST_MAX])
{
    switch (a) {
    case DIGEST_SHA1:
        hash_sha1(parts, count, ret);
        break;
    case DIGEST_SHA256:
        hash_sha256(parts, count, ret);
        break;
    case DIGEST_SHA384:
    case DIGEST_SHA512:
        hash_sha512(a == DIGEST_SHA384, parts, count, ret);
        break;
    case DIGEST_SM3_256:
        hash_evp(EVP_sm3(), parts, count, ret);
        break;
    case DIGEST_SHA3_256:
        hash_evp(EVP_sha3_256(), parts, count, ret);
        break;
    case DIGEST_SHA3_384:
        hash_evp(EVP_sha3_384(), parts, count, ret);
        break;
    case DIGEST_SHA3_512:
        hash_evp(EVP_sha3_512(), parts, count, ret);
        break;
    case DIGEST_ALGORITHMS:
        BUG("not a digest algorithm");
    }
}

struct digest digest_sha256(struct bytes b)
{
    struct digest d;

    hash_sha256(&b, 1, d.bytes);
    return d;
}

static SHA256_CTX *stream_state(struct digest_stream *s)
{
    _Static_assert(sizeof(s->state) >= sizeof(SHA256_CTX), "digest_stream is too small");
    return (SHA256_CTX *)(void *)s->state;
}

void digest_begin(struct digest_stream *s)
{
    SHA256_Init(stream_state(s));
}

void digest_more(struct digest_stream *s, struct bytes b)
{
    SHA256_Update(stream_state(s), b.data, b.len);
}

struct digest digest_end(struct digest_stream *s)
{
    struct digest d;

    SHA256_Final(d.bytes, stream_state(s));
    return d;
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
    return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}
