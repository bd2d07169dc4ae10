/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/rsa.h"

#include <string.h>

#include <openssl/rsa.h>

#include "crypto/digest_private.h"
#include "crypto/libcrypto.h"

/* DER that grows from its end: what is inside is written before its length. */
struct der {
    uint8_t bytes[RSA_BYTES_MAX + 64];
    size_t at;
};

static void der_put(struct der *d, struct bytes b)
{
    d->at -= b.len;
    if (b.len > 0)
        memcpy(d->bytes + d->at, b.data, b.len);
}

static void der_byte(struct der *d, uint8_t byte)
{
    d->bytes[--d->at] = byte;
}

/* The tag and length of what was written since `end` was the position. */
static void der_head(struct der *d, uint8_t tag, size_t end)
{
    size_t length = end - d->at;

    if (length < 128) {
        der_byte(d, (uint8_t)length);
    } else {
        der_byte(d, (uint8_t)length);
        der_byte(d, (uint8_t)(length >> 8));
        der_byte(d, 0x82);
    }
    der_byte(d, tag);
}

static void der_integer(struct der *d, struct bytes b)
{
    size_t end = d->at;

    while (b.len > 1 && b.data[0] == 0)
        b = bytes_slice(b, 1, b.len);
    der_put(d, b);
    if (b.len == 0 || b.data[0] >= 0x80)
        der_byte(d, 0);
    der_head(d, 0x02, end);
}

/* SubjectPublicKeyInfo of an RSA key (RFC 8017, A.1.1; RFC 5280, 4.1). */
static struct bytes key_info(const struct rsa_key *key, struct der *d)
{
    static const uint8_t algorithm[] = {0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                        0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
    uint8_t exponent[4];

    for (unsigned i = 0; i < sizeof(exponent); i++)
        exponent[i] = (uint8_t)(key->exponent >> (8 * (3 - i)));
    d->at = sizeof(d->bytes);
    der_integer(d, (struct bytes){exponent, sizeof(exponent)});
    der_integer(d, key->modulus);
    der_head(d, 0x30, sizeof(d->bytes));
    der_byte(d, 0);
    der_head(d, 0x03, sizeof(d->bytes));
    der_put(d, (struct bytes){algorithm, sizeof(algorithm)});
    der_head(d, 0x30, sizeof(d->bytes));
    return (struct bytes){d->bytes + d->at, sizeof(d->bytes) - d->at};
}

static bool context_ready(const struct libcrypto *l, EVP_PKEY_CTX *c, enum rsa_padding padding,
                          enum digest_algorithm a)
{
    int mode = padding == RSA_PSS ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING;

    return l->EVP_PKEY_verify_init(c) == 1 && l->EVP_PKEY_CTX_set_rsa_padding(c, mode) == 1 &&
           (padding == RSA_PKCS1_REVERSED ||
            l->EVP_PKEY_CTX_set_signature_md(c, digest_libcrypto(a)) == 1) &&
           (padding != RSA_PSS ||
            l->EVP_PKEY_CTX_set_rsa_pss_saltlen(c, RSA_PSS_SALTLEN_AUTO) == 1);
}

bool rsa_verify(const struct rsa_key *key, enum rsa_padding padding, enum digest_algorithm a,
                const struct bytes parts[2], struct bytes signature)
{
    const struct libcrypto *l = libcrypto();
    size_t size = digest_info(a)->size;
    uint8_t digest[DIGEST_MAX];
    uint8_t reversed[DIGEST_MAX];
    struct der der;

    if (key->modulus.len == 0 || key->modulus.len > RSA_BYTES_MAX)
        return false;
    struct bytes info = key_info(key, &der);
    const unsigned char *at = info.data;
    EVP_PKEY *public = l->d2i_PUBKEY(NULL, &at, (long)info.len);

    if (public == NULL)
        return false;
    EVP_PKEY_CTX *c = l->EVP_PKEY_CTX_new(public, NULL);

    digest_parts(a, parts, 2, digest);
    (void)rsa_reversed((struct bytes){digest, size}, reversed);
    bool good =
        c != NULL && context_ready(l, c, padding, a) &&
        l->EVP_PKEY_verify(c, signature.data, signature.len,
                           padding == RSA_PKCS1_REVERSED ? reversed : digest, size) == 1;

    l->EVP_PKEY_CTX_free(c);
    l->EVP_PKEY_free(public);
    return good;
}

struct bytes rsa_reversed(struct bytes b, uint8_t *room)
{
    for (size_t i = 0; i < b.len; i++)
        room[i] = b.data[b.len - 1 - i];
    return (struct bytes){room, b.len};
}
