/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/verify.h"

#include <limits.h>

#include "base/arena.h"
#include "crypto/digest_private.h"
#include "crypto/libcrypto.h"

enum verification key_verify(struct bytes public_key_info, enum digest_algorithm a,
                             struct bytes message, struct bytes signature)
{
    const struct libcrypto *l = libcrypto();
    const unsigned char *at = public_key_info.data;
    EVP_PKEY *key = public_key_info.len > INT_MAX
                        ? NULL
                        : l->d2i_PUBKEY(NULL, &at, (long)public_key_info.len);

    if (key == NULL)
        return VERIFICATION_UNSUPPORTED;
    EVP_MD_CTX *c = l->EVP_MD_CTX_new();

    if (c == NULL)
        BUG("libcrypto gives no context");
    enum verification v = VERIFICATION_UNSUPPORTED;

    if (l->EVP_DigestVerifyInit(c, NULL, digest_libcrypto(a), NULL, key) == 1)
        v = l->EVP_DigestVerify(c, signature.data, signature.len, message.data, message.len) ==
                    1
                ? VERIFICATION_VALID
                : VERIFICATION_INVALID;
    l->EVP_MD_CTX_free(c);
    l->EVP_PKEY_free(key);
    return v;
}
