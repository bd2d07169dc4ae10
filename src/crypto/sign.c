/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 8032 (Ed25519) and RFC 8410 (its keys in PKCS #8 and SubjectPublicKeyInfo). */
#include "crypto/sign.h"

#include <limits.h>
#include <string.h>

#include "crypto/libcrypto.h"

/* An encrypted key has no passphrase here; libcrypto must not ask the terminal for one. */
static int no_passphrase(char *room, int size, int writing, void *user)
{
    (void)room;
    (void)size;
    (void)writing;
    (void)user;
    return -1;
}

static BIO *pem_source(struct bytes pem)
{
    BIO *bio = pem.len > INT_MAX ? NULL : libcrypto()->BIO_new_mem_buf(pem.data, (int)pem.len);

    if (bio == NULL)
        BUG("libcrypto gives no buffer");
    return bio;
}

static EVP_PKEY *read_private(struct bytes pem)
{
    BIO *bio = pem_source(pem);
    EVP_PKEY *key = libcrypto()->PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);

    (void)libcrypto()->BIO_free(bio);
    return key;
}

static EVP_PKEY *read_public(struct bytes pem)
{
    BIO *bio = pem_source(pem);
    EVP_PKEY *key = libcrypto()->PEM_read_bio_PUBKEY(bio, NULL, no_passphrase, NULL);

    (void)libcrypto()->BIO_free(bio);
    return key;
}

static bool raw_public(EVP_PKEY *key, struct public_key *ret)
{
    size_t n = sizeof(ret->bytes);

    return libcrypto()->EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 &&
           libcrypto()->EVP_PKEY_get_raw_public_key(key, ret->bytes, &n) == 1 &&
           n == sizeof(ret->bytes);
}

bool public_key_read(struct bytes pem, struct public_key *ret, struct err *e)
{
    EVP_PKEY *key = read_public(pem);

    if (key == NULL)
        key = read_private(pem);
    if (key == NULL)
        return err_set(e, ERR_INPUT, "this is no key in PEM without a passphrase");
    bool good = raw_public(key, ret);

    libcrypto()->EVP_PKEY_free(key);
    return good || err_set(e, ERR_INPUT, "this is no Ed25519 key");
}

/* The signature by a key that is known to be of Ed25519. */
static bool sign_with(EVP_PKEY *key, struct bytes message, struct signature *ret)
{
    EVP_MD_CTX *context = libcrypto()->EVP_MD_CTX_new();
    size_t n = sizeof(ret->bytes);
    bool good =
        context != NULL &&
        libcrypto()->EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1 &&
        libcrypto()->EVP_DigestSign(context, ret->bytes, &n, message.data, message.len) == 1 &&
        n == sizeof(ret->bytes);

    libcrypto()->EVP_MD_CTX_free(context);
    return good;
}

bool sign_message(struct bytes pem, struct bytes message, struct signature *ret,
                  struct public_key *ret_key, struct err *e)
{
    EVP_PKEY *key = read_private(pem);

    if (key == NULL)
        return err_set(e, ERR_INPUT, "this is no private key in PEM without a passphrase");
    bool suits = raw_public(key, ret_key);
    bool good = suits && sign_with(key, message, ret);

    libcrypto()->EVP_PKEY_free(key);
    if (!suits)
        return err_set(e, ERR_INPUT, "this is no Ed25519 key");
    return good || err_set(e, ERR_SYSTEM, "libcrypto cannot sign");
}

bool signature_verify(const struct public_key *key, struct bytes message,
                      const struct signature *s)
{
    EVP_PKEY *k = libcrypto()->EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key->bytes,
                                                           sizeof(key->bytes));
    EVP_MD_CTX *context = libcrypto()->EVP_MD_CTX_new();
    bool good = k != NULL && context != NULL &&
                libcrypto()->EVP_DigestVerifyInit(context, NULL, NULL, NULL, k) == 1 &&
                libcrypto()->EVP_DigestVerify(context, s->bytes, sizeof(s->bytes), message.data,
                                              message.len) == 1;

    libcrypto()->EVP_MD_CTX_free(context);
    libcrypto()->EVP_PKEY_free(k);
    return good;
}

/* What was written to a memory buffer. */
static struct bytes buffered(BIO *bio, struct arena *a)
{
    uint8_t room[1024];
    int n = libcrypto()->BIO_read(bio, room, (int)sizeof(room));

    return arena_copy(a, (struct bytes){room, n > 0 ? (size_t)n : 0});
}

static bool write_key(EVP_PKEY *key, bool secret, struct arena *a, struct bytes *ret)
{
    BIO *bio = libcrypto()->BIO_new(libcrypto()->BIO_s_mem());

    if (bio == NULL)
        BUG("libcrypto gives no buffer");
    int written =
        secret ? libcrypto()->PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL)
               : libcrypto()->PEM_write_bio_PUBKEY(bio, key);

    *ret = buffered(bio, a);
    (void)libcrypto()->BIO_free(bio);
    return written == 1 && ret->len > 0;
}

bool key_generate(struct arena *a, struct bytes *ret_private, struct bytes *ret_public,
                  struct err *e)
{
    EVP_PKEY_CTX *context = libcrypto()->EVP_PKEY_CTX_new_id(EVP_PKEY_ED25519, NULL);
    EVP_PKEY *key = NULL;
    bool good = context != NULL && libcrypto()->EVP_PKEY_keygen_init(context) == 1 &&
                libcrypto()->EVP_PKEY_keygen(context, &key) == 1 &&
                write_key(key, true, a, ret_private) && write_key(key, false, a, ret_public);

    libcrypto()->EVP_PKEY_free(key);
    libcrypto()->EVP_PKEY_CTX_free(context);
    return good || err_set(e, ERR_SYSTEM, "libcrypto cannot make a key");
}

struct digest public_key_name(const struct public_key *key)
{
    return digest_sha256((struct bytes){key->bytes, sizeof(key->bytes)});
}
