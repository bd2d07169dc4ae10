/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcrypto, loaded at first use. Linking it costs every run several milliseconds of start-up,
 * more than most decoding takes, and most runs need SHA-256 only. Only crypto/ includes this.
 */
#ifndef ASSAY_CRYPTO_LIBCRYPTO_H
#define ASSAY_CRYPTO_LIBCRYPTO_H

#include <openssl/evp.h>
#include <openssl/x509.h>

/* Every function of libcrypto that Assay calls: return type, name, parameters. */
#define LIBCRYPTO_FUNCTIONS(F)                                                                 \
    F(EVP_MD_CTX *, EVP_MD_CTX_new, (void))                                                    \
    F(void, EVP_MD_CTX_free, (EVP_MD_CTX *))                                                   \
    F(int, EVP_DigestInit_ex, (EVP_MD_CTX *, const EVP_MD *, ENGINE *))                        \
    F(int, EVP_DigestUpdate, (EVP_MD_CTX *, const void *, size_t))                             \
    F(int, EVP_DigestFinal_ex, (EVP_MD_CTX *, unsigned char *, unsigned int *))                \
    F(const EVP_MD *, EVP_sha1, (void))                                                        \
    F(const EVP_MD *, EVP_sha256, (void))                                                      \
    F(const EVP_MD *, EVP_sha384, (void))                                                      \
    F(const EVP_MD *, EVP_sha512, (void))                                                      \
    F(const EVP_MD *, EVP_sm3, (void))                                                         \
    F(const EVP_MD *, EVP_sha3_256, (void))                                                    \
    F(const EVP_MD *, EVP_sha3_384, (void))                                                    \
    F(const EVP_MD *, EVP_sha3_512, (void))

struct libcrypto {
#define MEMBER(type, name, parameters) type(*name) parameters;
    LIBCRYPTO_FUNCTIONS(MEMBER)
#undef MEMBER
};

/* The functions; loads the library at the first call and ends the process if it is not there.
 */
const struct libcrypto *libcrypto(void);

#endif
