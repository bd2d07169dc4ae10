/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcrypto, loaded at first use. Linking it costs every run several milliseconds of start-up,
 * more than most decoding takes, and most runs need SHA-256 only. Only crypto/ includes this.
 */
#ifndef ASSAY_CRYPTO_LIBCRYPTO_H
#define ASSAY_CRYPTO_LIBCRYPTO_H

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/ts.h>
#include <openssl/x509.h>

/* Every function of libcrypto that Assay calls: return type, name, parameters. */
#define LIBCRYPTO_FUNCTIONS(F)                                                                 \
    F(EVP_MD_CTX *, EVP_MD_CTX_new, (void))                                                    \
    F(void, EVP_MD_CTX_free, (EVP_MD_CTX *))                                                   \
    F(int, EVP_DigestInit_ex, (EVP_MD_CTX *, const EVP_MD *, ENGINE *))                        \
    F(int, EVP_DigestUpdate, (EVP_MD_CTX *, const void *, size_t))                             \
    F(int, EVP_DigestFinal_ex, (EVP_MD_CTX *, unsigned char *, unsigned int *))                \
    F(const EVP_MD *, EVP_md5, (void))                                                         \
    F(const EVP_MD *, EVP_sha1, (void))                                                        \
    F(const EVP_MD *, EVP_sha256, (void))                                                      \
    F(const EVP_MD *, EVP_sha384, (void))                                                      \
    F(const EVP_MD *, EVP_sha512, (void))                                                      \
    F(const EVP_MD *, EVP_sm3, (void))                                                         \
    F(const EVP_MD *, EVP_sha3_256, (void))                                                    \
    F(const EVP_MD *, EVP_sha3_384, (void))                                                    \
    F(const EVP_MD *, EVP_sha3_512, (void))                                                    \
    F(int, SHA256_Init, (SHA256_CTX *))                                                        \
    F(int, SHA256_Update, (SHA256_CTX *, const void *, size_t))                                \
    F(int, SHA256_Final, (unsigned char *, SHA256_CTX *))                                      \
    F(BIO *, BIO_new, (const BIO_METHOD *))                                                    \
    F(const BIO_METHOD *, BIO_s_mem, (void))                                                   \
    F(BIO *, BIO_new_mem_buf, (const void *, int))                                             \
    F(int, BIO_read, (BIO *, void *, int))                                                     \
    F(int, BIO_free, (BIO *))                                                                  \
    F(EVP_PKEY *, PEM_read_bio_PrivateKey, (BIO *, EVP_PKEY **, pem_password_cb *, void *))    \
    F(EVP_PKEY *, PEM_read_bio_PUBKEY, (BIO *, EVP_PKEY **, pem_password_cb *, void *))        \
    F(int, PEM_write_bio_PrivateKey,                                                           \
      (BIO *, const EVP_PKEY *, const EVP_CIPHER *, const unsigned char *, int,                \
       pem_password_cb *, void *))                                                             \
    F(int, PEM_write_bio_PUBKEY, (BIO *, const EVP_PKEY *))                                    \
    F(PKCS8_PRIV_KEY_INFO *, EVP_PKEY2PKCS8, (const EVP_PKEY *))                               \
    F(void, PKCS8_PRIV_KEY_INFO_free, (PKCS8_PRIV_KEY_INFO *))                                 \
    F(X509_SIG *, PKCS8_encrypt,                                                               \
      (int, const EVP_CIPHER *, const char *, int, unsigned char *, int, int,                  \
       PKCS8_PRIV_KEY_INFO *))                                                                 \
    F(void, X509_SIG_free, (X509_SIG *))                                                       \
    F(int, PEM_write_bio_PKCS8, (BIO *, const X509_SIG *))                                     \
    F(const EVP_CIPHER *, EVP_aes_256_cbc, (void))                                             \
    F(int, EVP_PKEY_get_raw_private_key, (const EVP_PKEY *, unsigned char *, size_t *))        \
    F(TS_RESP *, d2i_TS_RESP, (TS_RESP **, const unsigned char **, long))                      \
    F(void, TS_RESP_free, (TS_RESP *))                                                         \
    F(TS_TST_INFO *, TS_RESP_get_tst_info, (TS_RESP *))                                        \
    F(const ASN1_GENERALIZEDTIME *, TS_TST_INFO_get_time, (const TS_TST_INFO *))               \
    F(int, ASN1_TIME_to_tm, (const ASN1_TIME *, struct tm *))                                  \
    F(TS_VERIFY_CTX *, TS_VERIFY_CTX_new, (void))                                              \
    F(void, TS_VERIFY_CTX_free, (TS_VERIFY_CTX *))                                             \
    F(int, TS_VERIFY_CTX_set_flags, (TS_VERIFY_CTX *, int))                                    \
    F(unsigned char *, TS_VERIFY_CTX_set_imprint, (TS_VERIFY_CTX *, unsigned char *, long))    \
    F(X509_STORE *, TS_VERIFY_CTX_set_store, (TS_VERIFY_CTX *, X509_STORE *))                  \
    F(int, TS_RESP_verify_response, (TS_VERIFY_CTX *, TS_RESP *))                              \
    F(X509_STORE *, X509_STORE_new, (void))                                                    \
    F(void, X509_STORE_free, (X509_STORE *))                                                   \
    F(int, X509_STORE_add_cert, (X509_STORE *, X509 *))                                        \
    F(X509_VERIFY_PARAM *, X509_STORE_get0_param, (const X509_STORE *))                        \
    F(void, X509_VERIFY_PARAM_set_time, (X509_VERIFY_PARAM *, time_t))                         \
    F(X509 *, PEM_read_bio_X509, (BIO *, X509 **, pem_password_cb *, void *))                  \
    F(void, X509_free, (X509 *))                                                               \
    F(void *, CRYPTO_memdup, (const void *, size_t, const char *, int))                        \
    F(EVP_PKEY *, d2i_PUBKEY, (EVP_PKEY **, const unsigned char **, long))                     \
    F(void, EVP_PKEY_free, (EVP_PKEY *))                                                       \
    F(int, EVP_PKEY_get_base_id, (const EVP_PKEY *))                                           \
    F(int, EVP_PKEY_get_raw_public_key, (const EVP_PKEY *, unsigned char *, size_t *))         \
    F(EVP_PKEY *, EVP_PKEY_new_raw_public_key, (int, ENGINE *, const unsigned char *, size_t)) \
    F(EVP_PKEY_CTX *, EVP_PKEY_CTX_new_id, (int, ENGINE *))                                    \
    F(void, EVP_PKEY_CTX_free, (EVP_PKEY_CTX *))                                               \
    F(EVP_PKEY_CTX *, EVP_PKEY_CTX_new, (EVP_PKEY *, ENGINE *))                                \
    F(int, EVP_PKEY_verify_init, (EVP_PKEY_CTX *))                                             \
    F(int, EVP_PKEY_CTX_set_rsa_padding, (EVP_PKEY_CTX *, int))                                \
    F(int, EVP_PKEY_CTX_set_signature_md, (EVP_PKEY_CTX *, const EVP_MD *))                    \
    F(int, EVP_PKEY_CTX_set_rsa_pss_saltlen, (EVP_PKEY_CTX *, int))                            \
    F(int, EVP_PKEY_verify,                                                                    \
      (EVP_PKEY_CTX *, const unsigned char *, size_t, const unsigned char *, size_t))          \
    F(int, EVP_PKEY_keygen_init, (EVP_PKEY_CTX *))                                             \
    F(int, EVP_PKEY_keygen, (EVP_PKEY_CTX *, EVP_PKEY **))                                     \
    F(int, EVP_DigestSignInit,                                                                 \
      (EVP_MD_CTX *, EVP_PKEY_CTX **, const EVP_MD *, ENGINE *, EVP_PKEY *))                   \
    F(int, EVP_DigestSign,                                                                     \
      (EVP_MD_CTX *, unsigned char *, size_t *, const unsigned char *, size_t))                \
    F(int, EVP_DigestVerifyInit,                                                               \
      (EVP_MD_CTX *, EVP_PKEY_CTX **, const EVP_MD *, ENGINE *, EVP_PKEY *))                   \
    F(int, EVP_DigestVerify,                                                                   \
      (EVP_MD_CTX *, const unsigned char *, size_t, const unsigned char *, size_t))

struct libcrypto {
/* NOLINTNEXTLINE(bugprone-macro-parentheses): a declarator allows none */
#define MEMBER(type, name, parameters) type(*name) parameters;
    LIBCRYPTO_FUNCTIONS(MEMBER)
#undef MEMBER
};

/* The functions; loads the library at the first call and ends the process if it is not there.
 */
const struct libcrypto *libcrypto(void);

/* As libcrypto(), for SHA256_Init() and its like only: they need nothing that is read from
 * files later, so that they may be called where libcrypto was loaded and not prepared. */
const struct libcrypto *libcrypto_for_sha256(void);

#endif
