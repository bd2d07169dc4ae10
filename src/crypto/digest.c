/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/digest.h"

#include <string.h>

#include <openssl/evp.h>

#include "base/arena.h"
#include "crypto/digest_private.h"
#include "crypto/digest_small.h"
#include "crypto/libcrypto.h"

static const struct digest_info infos[DIGEST_ALGORITHMS] = {
    {"sha1",     0x0004, 20},
    {"sha256",   0x000b, 32},
    {"sha384",   0x000c, 48},
    {"sha512",   0x000d, 64},
    {"sm3_256",  0x0012, 32},
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

const EVP_MD *digest_libcrypto(enum digest_algorithm a)
{
    const struct libcrypto *l = libcrypto();

    switch (a) {
    case DIGEST_SHA1:
        return l->EVP_sha1();
    case DIGEST_SHA256:
        return l->EVP_sha256();
    case DIGEST_SHA384:
        return l->EVP_sha384();
    case DIGEST_SHA512:
        return l->EVP_sha512();
    case DIGEST_SM3_256:
        return l->EVP_sm3();
    case DIGEST_SHA3_256:
        return l->EVP_sha3_256();
    case DIGEST_SHA3_384:
        return l->EVP_sha3_384();
    case DIGEST_SHA3_512:
        return l->EVP_sha3_512();
    case DIGEST_ALGORITHMS:
        break;
    }
    BUG("not a digest algorithm");
}

static void digest_with(const struct libcrypto *l, const EVP_MD *md, const struct bytes *parts,
                        size_t count, uint8_t ret[DIGEST_MAX])
{
    EVP_MD_CTX *c = l->EVP_MD_CTX_new();
    bool ok = c != NULL && l->EVP_DigestInit_ex(c, md, NULL) == 1;

    for (size_t i = 0; ok && i < count; i++)
        ok = l->EVP_DigestUpdate(c, parts[i].data, parts[i].len) == 1;
    ok = ok && l->EVP_DigestFinal_ex(c, ret, NULL) == 1;
    l->EVP_MD_CTX_free(c);
    if (!ok)
        BUG("libcrypto lacks a digest algorithm");
}

void digest_parts(enum digest_algorithm a, const struct bytes *parts, size_t count,
                  uint8_t ret[DIGEST_MAX])
{
    if (a == DIGEST_SHA256) {
        struct digest_stream s;

        digest_begin(&s);
        for (size_t i = 0; i < count; i++)
            digest_more(&s, parts[i]);
        struct digest d = digest_end(&s);

        memcpy(ret, d.bytes, sizeof(d.bytes));
        return;
    }
    if (digest_small(a, parts, count, ret))
        return;
    const struct libcrypto *l = libcrypto();

    digest_with(l, digest_libcrypto(a), parts, count, ret);
}

void digest_md5(const struct bytes *parts, size_t count, uint8_t ret[MD5_SIZE])
{
    const struct libcrypto *l = libcrypto();
    uint8_t room[DIGEST_MAX];

    digest_with(l, l->EVP_md5(), parts, count, room);
    memcpy(ret, room, MD5_SIZE);
}
