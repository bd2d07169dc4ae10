/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/secret.h"

#include <string.h>

#include <sodium/core.h>
#include <sodium/crypto_sign_ed25519.h>
#include <sodium/utils.h>

#include "crypto/libcrypto.h"

enum {
    /* Of PBKDF2 with HMAC-SHA-256: what a guess costs whoever has the file. */
    ITERATIONS = 600000,
    SALT_SIZE = 16
};

/* A passphrase on its way through libcrypto. */
struct asked {
    struct bytes passphrase;
    bool needed;
};

static int give_passphrase(char *room, int size, int writing, void *user)
{
    struct asked *asked = user;

    (void)writing;
    asked->needed = true;
    if (asked->passphrase.len == 0 || asked->passphrase.len > (size_t)size)
        return -1;
    memcpy(room, asked->passphrase.data, asked->passphrase.len);
    return (int)asked->passphrase.len;
}

bool secret_key_encrypted(struct bytes pem)
{
    static const char mark[] = "-----BEGIN ENCRYPTED PRIVATE KEY-----";

    return memmem(pem.data, pem.len, mark, sizeof(mark) - 1) != NULL;
}

static EVP_PKEY *pem_read(struct bytes pem, struct asked *asked)
{
    if (pem.len > 1 << 20)
        return NULL;
    BIO *bio = libcrypto()->BIO_new_mem_buf(pem.data, (int)pem.len);

    if (bio == NULL)
        BUG("libcrypto gives no buffer");
    EVP_PKEY *key = libcrypto()->PEM_read_bio_PrivateKey(bio, NULL, give_passphrase, asked);

    (void)libcrypto()->BIO_free(bio);
    return key;
}

/* Moves the key into memory of libsodium. */
static bool take(EVP_PKEY *key, struct secret_key *ret)
{
    uint8_t seed[crypto_sign_ed25519_SEEDBYTES];
    size_t n = sizeof(seed);
    bool good = libcrypto()->EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 &&
                libcrypto()->EVP_PKEY_get_raw_private_key(key, seed, &n) == 1 &&
                n == sizeof(seed);

    if (good) {
        ret->bytes = sodium_malloc(crypto_sign_ed25519_SECRETKEYBYTES);
        if (ret->bytes == NULL)
            BUG("out of memory for a key");
        (void)crypto_sign_ed25519_seed_keypair(ret->half.bytes, ret->bytes, seed);
        (void)sodium_mprotect_readonly(ret->bytes);
    }
    sodium_memzero(seed, sizeof(seed));
    return good;
}

bool secret_key_read(struct bytes pem, struct bytes passphrase, struct secret_key *ret,
                     struct err *e)
{
    struct asked asked = {.passphrase = passphrase};

    *ret = (struct secret_key){.bytes = NULL};
    if (sodium_init() < 0)
        BUG("libsodium does not start");
    EVP_PKEY *key = pem_read(pem, &asked);

    if (key == NULL && asked.needed)
        return err_set(e, ERR_REFUSED, "%s",
                       passphrase.len == 0 ? "the key needs a passphrase"
                                           : "the passphrase is not that of the key");
    if (key == NULL)
        return err_set(e, ERR_INPUT, "this is no private key in PEM");
    bool good = take(key, ret);

    libcrypto()->EVP_PKEY_free(key);
    return good || err_set(e, ERR_INPUT, "this is no Ed25519 key");
}

void secret_key_sign(const struct secret_key *k, struct bytes message, struct signature *ret)
{
    (void)crypto_sign_ed25519_detached(ret->bytes, NULL, message.data, message.len, k->bytes);
}

void secret_key_wipe(struct secret_key *k)
{
    /* Overwrites before it gives back. */
    sodium_free(k->bytes);
    k->bytes = NULL;
}

/* Writes the key as PEM; with PBES2 if there is a passphrase. */
static bool pem_write(EVP_PKEY *key, struct bytes passphrase, BIO *bio)
{
    if (passphrase.len == 0)
        return libcrypto()->PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1;
    PKCS8_PRIV_KEY_INFO *plain = libcrypto()->EVP_PKEY2PKCS8(key);
    X509_SIG *hidden =
        plain == NULL
            ? NULL
            : libcrypto()->PKCS8_encrypt(-1, libcrypto()->EVP_aes_256_cbc(),
                                         (const char *)passphrase.data, (int)passphrase.len,
                                         NULL, SALT_SIZE, ITERATIONS, plain);
    bool good = hidden != NULL && libcrypto()->PEM_write_bio_PKCS8(bio, hidden) == 1;

    libcrypto()->X509_SIG_free(hidden);
    libcrypto()->PKCS8_PRIV_KEY_INFO_free(plain);
    return good;
}

static bool key_text(EVP_PKEY *key, struct bytes passphrase, struct arena *a,
                     struct bytes *ret_pem, struct public_key *ret_half)
{
    BIO *bio = libcrypto()->BIO_new(libcrypto()->BIO_s_mem());
    uint8_t room[2048];
    size_t n = sizeof(ret_half->bytes);

    if (bio == NULL)
        BUG("libcrypto gives no buffer");
    bool good = pem_write(key, passphrase, bio) &&
                libcrypto()->EVP_PKEY_get_raw_public_key(key, ret_half->bytes, &n) == 1;
    int got = good ? libcrypto()->BIO_read(bio, room, (int)sizeof(room)) : 0;

    (void)libcrypto()->BIO_free(bio);
    if (got <= 0)
        return false;
    *ret_pem = arena_copy(a, (struct bytes){room, (size_t)got});
    sodium_memzero(room, sizeof(room));
    return true;
}

bool secret_key_make(struct bytes passphrase, struct arena *a, struct bytes *ret_pem,
                     struct public_key *ret_half, struct err *e)
{
    if (passphrase.len > SECRET_PASSPHRASE_MAX)
        return err_set(e, ERR_LIMIT, "the passphrase is longer than %d bytes",
                       SECRET_PASSPHRASE_MAX);
    EVP_PKEY_CTX *context = libcrypto()->EVP_PKEY_CTX_new_id(EVP_PKEY_ED25519, NULL);
    EVP_PKEY *key = NULL;
    bool good = context != NULL && libcrypto()->EVP_PKEY_keygen_init(context) == 1 &&
                libcrypto()->EVP_PKEY_keygen(context, &key) == 1 &&
                key_text(key, passphrase, a, ret_pem, ret_half);

    libcrypto()->EVP_PKEY_free(key);
    libcrypto()->EVP_PKEY_CTX_free(context);
    return good || err_set(e, ERR_SYSTEM, "libcrypto cannot make a key");
}

void secret_wipe(void *at, size_t size)
{
    sodium_memzero(at, size);
}
