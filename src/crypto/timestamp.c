/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/timestamp.h"

#include <limits.h>
#include <string.h>
#include <time.h>

#include "crypto/libcrypto.h"

/* RFC 3161 section 2.4.1: SEQUENCE { INTEGER 1, SEQUENCE { SEQUENCE { id-sha256, NULL }, OCTET
 * STRING … }, BOOLEAN TRUE }, up to the digest and behind it. */
static const uint8_t request_head[] = {0x30, 0x39, 0x02, 0x01, 0x01, 0x30, 0x31, 0x30,
                                       0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65,
                                       0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};
static const uint8_t request_tail[] = {0x01, 0x01, 0xff};

_Static_assert(sizeof(request_head) + SHA256_SIZE + sizeof(request_tail) ==
                   TIMESTAMP_REQUEST_SIZE,
               "the request is of one size");

void timestamp_request(const struct digest *d, uint8_t ret[TIMESTAMP_REQUEST_SIZE])
{
    memcpy(ret, request_head, sizeof(request_head));
    memcpy(ret + sizeof(request_head), d->bytes, SHA256_SIZE);
    memcpy(ret + sizeof(request_head) + SHA256_SIZE, request_tail, sizeof(request_tail));
}

/* The certificates of a PEM file as those that are believed. How many there are. */
static size_t authorities_add(X509_STORE *store, struct bytes pem)
{
    BIO *bio = libcrypto()->BIO_new_mem_buf(pem.data, (int)pem.len);
    size_t count = 0;
    X509 *one;

    if (bio == NULL)
        BUG("libcrypto gives no buffer");
    while ((one = libcrypto()->PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
        count += libcrypto()->X509_STORE_add_cert(store, one) == 1;
        libcrypto()->X509_free(one);
    }
    (void)libcrypto()->BIO_free(bio);
    return count;
}

/* The time of a stamp, in words and for judging certificates. */
static bool moment_of(TS_RESP *r, char ret[TIMESTAMP_MOMENT_SIZE], time_t *ret_time)
{
    TS_TST_INFO *info = libcrypto()->TS_RESP_get_tst_info(r);
    struct tm t;

    if (info == NULL ||
        libcrypto()->ASN1_TIME_to_tm(libcrypto()->TS_TST_INFO_get_time(info), &t) != 1)
        return false;
    *ret_time = timegm(&t);
    (void)strftime(ret, TIMESTAMP_MOMENT_SIZE, "%Y-%m-%dT%H:%M:%SZ", &t);
    return true;
}

static bool response_holds(TS_RESP *r, const struct digest *d, X509_STORE *store)
{
    TS_VERIFY_CTX *context = libcrypto()->TS_VERIFY_CTX_new();
    void *imprint = libcrypto()->CRYPTO_memdup(d->bytes, SHA256_SIZE, __FILE__, __LINE__);

    if (context == NULL || imprint == NULL)
        BUG("libcrypto gives no memory");
    (void)libcrypto()->TS_VERIFY_CTX_set_flags(context, TS_VFY_SIGNATURE | TS_VFY_VERSION |
                                                            TS_VFY_IMPRINT);
    /* The context owns both from here on. */
    (void)libcrypto()->TS_VERIFY_CTX_set_imprint(context, imprint, SHA256_SIZE);
    (void)libcrypto()->TS_VERIFY_CTX_set_store(context, store);
    bool good = libcrypto()->TS_RESP_verify_response(context, r) == 1;

    libcrypto()->TS_VERIFY_CTX_free(context);
    return good;
}

static bool verify(TS_RESP *r, const struct digest *d, struct bytes authorities,
                   char ret_moment[TIMESTAMP_MOMENT_SIZE], struct err *e)
{
    time_t at = 0;

    if (!moment_of(r, ret_moment, &at))
        return err_set(e, ERR_REFUSED, "the authority has not granted a time stamp");
    X509_STORE *store = libcrypto()->X509_STORE_new();

    if (store == NULL)
        BUG("libcrypto gives no memory");
    if (authorities_add(store, authorities) == 0) {
        libcrypto()->X509_STORE_free(store);
        return err_set(e, ERR_INPUT, "there is no certificate of an authority in PEM");
    }
    libcrypto()->X509_VERIFY_PARAM_set_time(libcrypto()->X509_STORE_get0_param(store), at);
    return response_holds(r, d, store) ||
           err_set(e, ERR_REFUSED,
                   "the time stamp is not over this checkpoint, or not by this authority");
}

bool timestamp_verify(struct bytes response, const struct digest *d, struct bytes authorities,
                      char ret_moment[TIMESTAMP_MOMENT_SIZE], struct err *e)
{
    const unsigned char *at = response.data;

    if (response.len > TIMESTAMP_RESPONSE_MAX || authorities.len > INT_MAX)
        return err_set(e, ERR_LIMIT, "the time stamp is too large");
    TS_RESP *r = libcrypto()->d2i_TS_RESP(NULL, &at, (long)response.len);

    if (r == NULL)
        return err_set(e, ERR_INPUT, "this is no response of a time stamp authority");
    bool good = at == response.data + response.len
                    ? verify(r, d, authorities, ret_moment, e)
                    : err_set(e, ERR_INPUT, "something follows the response");

    libcrypto()->TS_RESP_free(r);
    return good;
}
