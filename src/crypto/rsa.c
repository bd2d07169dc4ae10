/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/rsa.h"

#include <string.h>

#include "crypto/digest_private.h"
#include "crypto/libcrypto.h"

enum {
    NUMBER_MAX = 1024,
    DER_MAX = 2 * NUMBER_MAX + 64
};

/* DER is written from its end, so that lengths are known. */
struct der_out {
    uint8_t bytes[DER_MAX];
    size_t at; /* of the first byte written */
};

static void put(struct der_out *o, const void *data, size_t n)
{
    o->at -= n;
    memcpy(o->bytes + o->at, data, n);
}

static void put_head(struct der_out *o, uint8_t tag, size_t length)
{
    uint8_t wide[4] = {tag, 0x82, (uint8_t)(length >> 8), (uint8_t)length};
    uint8_t narrow[2] = {tag, (uint8_t)length};

    if (length < 128) {
        put(o, narrow, sizeof(narrow));
        return;
    }
    if (length < 256) {
        uint8_t middle[3] = {tag, 0x81, (uint8_t)length};

        put(o, middle, sizeof(middle));
        return;
    }
    put(o, wide, sizeof(wide));
}

static void put_number(struct der_out *o, struct bytes n)
{
    size_t skip = 0;
    size_t before = o->at;

    while (skip + 1 < n.len && n.data[skip] == 0)
        skip++;
    put(o, n.data + skip, n.len - skip);
    if ((o->bytes[o->at] & 0x80) != 0)
        put(o, "", 1);
    put_head(o, 2, before - o->at);
}

/* SubjectPublicKeyInfo of an RSA key. */
static void put_key(struct der_out *o, const struct rsa_key *key)
{
    static const uint8_t algorithm[] = {0x30, 0x0d, 6, 9, 0x2a, 0x86, 0x48, 0x86,
                                        0xf7, 0x0d, 1, 1, 1,    5,    0};

    o->at = DER_MAX;
    put_number(o, key->exponent);
    put_number(o, key->modulus);
    put_head(o, 0x30, DER_MAX - o->at);
    put(o, "", 1);
    put_head(o, 3, DER_MAX - o->at);
    put(o, algorithm, sizeof(algorithm));
    put_head(o, 0x30, DER_MAX - o->at);
}

bool rsa_pss_verify(const struct rsa_key *key, enum digest_algorithm a, struct bytes message,
                    struct bytes signature)
{
    const struct libcrypto *l = libcrypto();
    struct der_out der;
    bool good = false;

    if (key->modulus.len == 0 || key->modulus.len > NUMBER_MAX || key->exponent.len == 0 ||
        key->exponent.len > NUMBER_MAX)
        return false;
    put_key(&der, key);
    const unsigned char *at = der.bytes + der.at;
    EVP_PKEY *k = l->d2i_PUBKEY(NULL, &at, (long)(DER_MAX - der.at));
    EVP_MD_CTX *c = l->EVP_MD_CTX_new();
    EVP_PKEY_CTX *p = NULL;

    if (k != NULL && c != NULL &&
        l->EVP_DigestVerifyInit(c, &p, digest_libcrypto(a), NULL, k) == 1 &&
        l->EVP_PKEY_CTX_set_rsa_padding(p, RSA_PKCS1_PSS_PADDING) == 1 &&
        l->EVP_PKEY_CTX_set_rsa_pss_saltlen(p, RSA_PSS_SALTLEN_DIGEST) == 1)
        good = l->EVP_DigestVerify(c, signature.data, signature.len, message.data,
                                   message.len) == 1;
    l->EVP_MD_CTX_free(c);
    l->EVP_PKEY_free(k);
    return good;
}
