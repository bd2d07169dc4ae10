/* SPDX-License-Identifier: Apache-2.0 */
/* SignerInfo: RFC 5652, section 5.3 and 5.4; attributes: section 11. */
#include <string.h>

#include "crypto/verify.h"
#include "decode/pkcs7_private.h"

#define OID_MESSAGE_DIGEST    "1.2.840.113549.1.9.4"
#define OID_SIGNING_TIME      "1.2.840.113549.1.9.5"
#define OID_COUNTER_SIGNATURE "1.2.840.113549.1.9.6"
#define OID_TIME_STAMP        "1.2.840.113549.1.9.16.2.14"
#define OID_MS_TIME_STAMP     "1.3.6.1.4.1.311.3.3.1"
#define OID_MS_NESTED         "1.3.6.1.4.1.311.2.4.1"

enum {
    CHAIN_MAX = 16,
    DER_SKI = 0x80
};

struct signer {
    struct bytes issuer;
    struct bytes issuer_text;
    struct bytes serial;
    struct bytes digest_oid;
    struct bytes signature_oid;
    struct der signed_attributes; /* whole.len 0: none */
    struct der unsigned_attributes;
    struct der signature;
    struct der message_digest;
    struct span span;
};

/* Who signed: issuer and serial number, or a key identifier, which no certificate is searched
 * by. */
static bool identity_read(struct decode *d, struct reader *r, struct signer *s)
{
    struct der e;
    struct der serial;

    if (pkcs7_optional(r, DER_SKI, &e))
        return true;
    if (!der_expect(r, DER_SEQUENCE, &e))
        return false;
    struct reader *in = &e.content;

    if (!x509_name_text(in, d->arena, &s->issuer_text)) {
        r->fail_offset = in->fail_offset;
        return false;
    }
    s->issuer = bytes_slice(in->all, 0, in->pos);
    if (!der_expect(in, DER_INTEGER, &serial)) {
        r->fail_offset = in->fail_offset;
        return false;
    }
    s->serial = serial.content.all;
    return true;
}

static bool signer_read(struct decode *d, struct reader *r, struct signer *s)
{
    struct der e;

    return der_expect(r, DER_INTEGER, &e) && identity_read(d, r, s) &&
           pkcs7_algorithm_oid(r, d->arena, &s->digest_oid) &&
           (pkcs7_optional(r, DER_CONTEXT_0, &s->signed_attributes) || !r->failed) &&
           pkcs7_algorithm_oid(r, d->arena, &s->signature_oid) &&
           der_expect(r, DER_OCTET_STRING, &s->signature) &&
           (pkcs7_optional(r, DER_CONTEXT_1, &s->unsigned_attributes) || !r->failed);
}

/* The next attribute: its type, and its first value as a reader of the set. */
static bool attribute_next(struct decode *d, struct reader *r, struct bytes *type,
                           struct der *values)
{
    struct der e;

    if (!der_expect(r, DER_SEQUENCE, &e)) {
        pkcs7_broken(d, r);
        return false;
    }
    if (!pkcs7_oid(&e.content, d->arena, type) || !der_expect(&e.content, DER_SET, values)) {
        pkcs7_broken(d, &e.content);
        return false;
    }
    return true;
}

static void signed_attributes(struct decode *d, struct signer *s)
{
    struct reader r = s->signed_attributes.content;
    struct bytes type;
    struct der values;
    struct bytes time;

    while (reader_more(&r) && attribute_next(d, &r, &type, &values)) {
        struct span span = pkcs7_span(&values);

        if (bytes_equal_text(type, OID_MESSAGE_DIGEST) &&
            !der_expect(&values.content, DER_OCTET_STRING, &s->message_digest))
            pkcs7_broken(d, &values.content);
        if (!bytes_equal_text(type, OID_SIGNING_TIME))
            continue;
        if (x509_time_text(&values.content, d->arena, &time))
            decode_value_at(d, KEY_PKCS7_SIGNER_TIME, value_text(time), span);
        else
            pkcs7_broken(d, &values.content);
    }
}

/* Signatures in attributes that are not signed themselves: they are looked at later. */
static void unsigned_attributes(struct decode *d, const struct signer *s,
                                const struct signed_data *data, struct signatures *all)
{
    struct reader r = s->unsigned_attributes.content;
    struct bytes type;
    struct der values;
    struct der e;

    while (reader_more(&r) && attribute_next(d, &r, &type, &values)) {
        struct signature_task t = {
            .at = values.content, .stamped = s->signature.content.all, .above = data};
        bool counter = bytes_equal_text(type, OID_COUNTER_SIGNATURE);

        if (bytes_equal_text(type, OID_MS_NESTED))
            t.kind = TASK_SIGNATURE;
        else if (bytes_equal_text(type, OID_TIME_STAMP) ||
                 bytes_equal_text(type, OID_MS_TIME_STAMP))
            t.kind = TASK_STAMP;
        else if (!counter)
            continue;
        while (reader_more(&values.content)) {
            t.at = values.content;
            if (!der_expect(&values.content, DER_SEQUENCE, &e)) {
                pkcs7_broken(d, &values.content);
                break;
            }
            if (counter) {
                t.kind = TASK_COUNTER;
                t.at = e.content;
            }
            pkcs7_queue(d, all, t);
        }
    }
}

static const struct certificate *certificate_of(const struct signed_data *s,
                                                const struct signer *signer)
{
    for (size_t i = 0; i < s->certificate_count; i++) {
        const struct x509 *x = &s->certificates[i].x509;

        if (x->sound && bytes_equal(x->issuer, signer->issuer) &&
            bytes_equal(x->serial, signer->serial))
            return &s->certificates[i];
    }
    return NULL;
}

static enum verification verify(struct decode *d, struct signatures *all,
                                const struct certificate *by, struct bytes algorithm,
                                const struct bytes signed_bytes[2])
{
    enum digest_algorithm a;

    if (!pkcs7_algorithm(algorithm, &a))
        return VERIFICATION_UNSUPPORTED;
    if (all->verifications == 0) {
        decode_fault(d, FAULT_LIMIT, by->offset);
        return VERIFICATION_UNSUPPORTED;
    }
    all->verifications--;
    return key_verify(by->x509.public_key, a, signed_bytes[0], signed_bytes[1]);
}

/* Whether the signed attributes state the digest of the content. */
static bool message_digest_right(struct decode *d, const struct signer *s,
                                 const struct signed_data *data)
{
    uint8_t digest[DIGEST_MAX];
    enum digest_algorithm a;

    if (!pkcs7_algorithm(s->digest_oid, &a))
        return true;
    digest_parts(a, &data->content, 1, digest);
    if (s->message_digest.whole.len > 0 &&
        bytes_equal(s->message_digest.content.all,
                    (struct bytes){digest, digest_info(a)->size}))
        return true;
    decode_fault(d, FAULT_DIGEST_MISMATCH,
                 s->message_digest.whole.len > 0 ? s->message_digest.content.base
                                                 : s->signed_attributes.content.base);
    return false;
}

static enum verification signer_verify(struct decode *d, const struct signer *s,
                                       const struct signed_data *data, struct signatures *all)
{
    const struct certificate *by = certificate_of(data, s);
    struct bytes signed_bytes[2] = {data->content, s->signature.content.all};
    enum digest_algorithm a;
    /* The digest algorithm stands in the signature's own identifier or beside it. */
    bool own = pkcs7_algorithm(s->signature_oid, &a);

    if (by == NULL) {
        decode_fault(d, FAULT_MISSING, s->span.offset);
        return VERIFICATION_NO_KEY;
    }
    if (s->signed_attributes.whole.len > 0) {
        struct bytes w = s->signed_attributes.whole;
        uint8_t *set = arena_alloc(d->arena, w.len);

        if (!message_digest_right(d, s, data))
            return VERIFICATION_INVALID;
        /* What is signed is the attributes as a SET: section 5.4. */
        for (size_t i = 0; i < w.len; i++)
            set[i] = i == 0 ? (uint8_t)DER_SET : w.data[i];
        signed_bytes[0] = (struct bytes){set, w.len};
    }
    enum verification v =
        verify(d, all, by, own ? s->signature_oid : s->digest_oid, signed_bytes);

    if (v == VERIFICATION_INVALID)
        decode_fault(d, FAULT_SIGNATURE_MISMATCH, s->signature.content.base);
    return v;
}

/* The included certificate that signed `child`; NULL if there is none. */
static const struct certificate *parent_of(struct decode *d, const struct signed_data *s,
                                           const struct certificate *child,
                                           struct signatures *all)
{
    struct bytes signed_bytes[2] = {child->x509.to_be_signed, child->x509.signature};
    bool denied = false;

    for (size_t i = 0; i < s->certificate_count; i++) {
        const struct certificate *c = &s->certificates[i];

        if (c == child || !c->x509.sound || !bytes_equal(c->x509.subject, child->x509.issuer))
            continue;
        enum verification v = verify(d, all, c, child->x509.algorithm, signed_bytes);

        if (v == VERIFICATION_VALID)
            return c;
        denied = denied || v == VERIFICATION_INVALID;
    }
    if (denied)
        decode_fault(d, FAULT_SIGNATURE_MISMATCH, child->offset);
    return NULL;
}

static void chain(struct decode *d, const struct signer *s, const struct signed_data *data,
                  struct signatures *all)
{
    const struct certificate *at = certificate_of(data, s);
    const struct certificate *up = at;
    uint64_t length = 0;

    if (at == NULL)
        return;
    decode_value_at(
        d, KEY_PKCS7_SIGNER_CERTIFICATE,
        value_bytes(arena_copy(d->arena, (struct bytes){at->digest.bytes, SHA256_SIZE})),
        s->span);
    for (; up != NULL && length < CHAIN_MAX; length++) {
        at = up;
        up =
            bytes_equal(at->x509.subject, at->x509.issuer) ? NULL : parent_of(d, data, at, all);
    }
    decode_value_at(d, KEY_PKCS7_CHAIN_LENGTH, value_uint(length), s->span);
    decode_value_at(d, KEY_PKCS7_CHAIN_ISSUER, value_text(at->x509.issuer_text), s->span);
}

void signer_decode(struct decode *d, struct reader r, const struct signed_data *data,
                   struct signatures *all)
{
    struct signer s = {
        .span = {r.blob, r.base, r.all.len}
    };
    enum digest_algorithm a;

    decode_open(d, ITEM_MAP, "signer");
    if (!signer_read(d, &r, &s)) {
        pkcs7_broken(d, &r);
        decode_close(d);
        return;
    }
    if (reader_more(&r))
        decode_fault(d, FAULT_TRAILING, reader_offset(&r));
    if (s.issuer.len > 0) {
        decode_value_at(d, KEY_PKCS7_SIGNER_ISSUER, value_text(s.issuer_text), s.span);
        decode_value_at(d, KEY_PKCS7_SIGNER_SERIAL, value_bytes(s.serial), s.span);
    }
    bool known = pkcs7_algorithm(s.digest_oid, &a);

    decode_value_at(d, KEY_PKCS7_SIGNER_ALGORITHM,
                    value_text(known ? bytes_of(digest_info(a)->name) : s.digest_oid), s.span);
    signed_attributes(d, &s);
    decode_value_at(d, KEY_PKCS7_SIGNER_VERIFICATION,
                    value_uint(signer_verify(d, &s, data, all)), s.span);
    chain(d, &s, data, all);
    unsigned_attributes(d, &s, data, all);
    decode_close(d);
}
