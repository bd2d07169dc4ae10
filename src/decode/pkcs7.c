/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RFC 5652, sections 3 to 5 and 11 (content, signers, attributes); RFC 3161, section 2.4.2
 * (time stamps); Windows Authenticode Portable Executable Signature Format 1.0 (the content,
 * nested signatures).
 */
#include "decode/pkcs7.h"

#include <string.h>

#include "crypto/verify.h"
#include "decode/pkcs7_private.h"
#include "decode/x509.h"

#define OID_SIGNED_DATA  "1.2.840.113549.1.7.2"
#define OID_SPC_INDIRECT "1.3.6.1.4.1.311.2.1.4"
#define OID_TST_INFO     "1.2.840.113549.1.9.16.1.4"

static const struct {
    const char *oid;
    enum digest_algorithm a;
} algorithms[] = {
    {"1.3.14.3.2.26",          DIGEST_SHA1  },
    {"2.16.840.1.101.3.4.2.1", DIGEST_SHA256},
    {"2.16.840.1.101.3.4.2.2", DIGEST_SHA384},
    {"2.16.840.1.101.3.4.2.3", DIGEST_SHA512},
    {"1.2.840.113549.1.1.5",   DIGEST_SHA1  },
    {"1.2.840.113549.1.1.11",  DIGEST_SHA256},
    {"1.2.840.113549.1.1.12",  DIGEST_SHA384},
    {"1.2.840.113549.1.1.13",  DIGEST_SHA512},
    {"1.2.840.10045.4.1",      DIGEST_SHA1  },
    {"1.2.840.10045.4.3.2",    DIGEST_SHA256},
    {"1.2.840.10045.4.3.3",    DIGEST_SHA384},
    {"1.2.840.10045.4.3.4",    DIGEST_SHA512},
};

bool pkcs7_algorithm(struct bytes oid, enum digest_algorithm *ret)
{
    for (size_t i = 0; i < ARRAY_LEN(algorithms); i++) {
        if (bytes_equal_text(oid, algorithms[i].oid)) {
            *ret = algorithms[i].a;
            return true;
        }
    }
    return false;
}

bool pkcs7_oid(struct reader *r, struct arena *a, struct bytes *ret)
{
    struct der e;

    if (!der_expect(r, DER_OID, &e))
        return false;
    *ret = der_oid_text(a, e.content.all);
    return true;
}

bool pkcs7_algorithm_oid(struct reader *r, struct arena *a, struct bytes *ret)
{
    struct der e;

    if (!der_expect(r, DER_SEQUENCE, &e))
        return false;
    if (pkcs7_oid(&e.content, a, ret))
        return true;
    r->failed = true;
    r->fail_offset = e.content.fail_offset;
    return false;
}

bool pkcs7_optional(struct reader *r, uint8_t tag, struct der *ret)
{
    return reader_more(r) && r->all.data[r->pos] == tag && der_next(r, ret);
}

void pkcs7_broken(struct decode *d, const struct reader *r)
{
    decode_fault(d, FAULT_BAD_ENCODING, r->failed ? r->fail_offset : reader_offset(r));
}

/* A digest that something states of bytes: compared, where its algorithm is known. */
static void stated_digest(struct decode *d, struct bytes algorithm, const struct der *stated,
                          struct bytes of)
{
    uint8_t digest[DIGEST_MAX];
    enum digest_algorithm a;

    if (!pkcs7_algorithm(algorithm, &a))
        return;
    digest_parts(a, &of, 1, digest);
    if (!bytes_equal(stated->content.all, (struct bytes){digest, digest_info(a)->size}))
        decode_fault(d, FAULT_DIGEST_MISMATCH, stated->content.base);
}

/* AlgorithmIdentifier and the digest, as DigestInfo and MessageImprint have them. */
static bool digest_info_read(struct reader *r, struct arena *a, struct bytes *algorithm,
                             struct der *digest)
{
    struct der info;

    if (!der_expect(r, DER_SEQUENCE, &info))
        return false;
    if (pkcs7_algorithm_oid(&info.content, a, algorithm) &&
        der_expect(&info.content, DER_OCTET_STRING, digest))
        return true;
    r->failed = true;
    r->fail_offset = info.content.fail_offset;
    return false;
}

/* SpcIndirectDataContent: the digest of the image for which the signature was made. */
static void spc_content(struct decode *d, struct reader r, struct authenticode *image)
{
    struct der e;
    struct bytes algorithm;
    struct der digest;
    enum digest_algorithm a;

    if (!der_expect(&r, DER_SEQUENCE, &e) ||
        !digest_info_read(&r, d->arena, &algorithm, &digest)) {
        pkcs7_broken(d, &r);
        return;
    }
    struct span s = pkcs7_span(&digest);
    bool known = pkcs7_algorithm(algorithm, &a);

    decode_value_at(d, KEY_PE_STATED_ALGORITHM,
                    value_text(known ? bytes_of(digest_info(a)->name) : algorithm), s);
    decode_value_at(d, KEY_PE_STATED_DIGEST, value_bytes(digest.content.all), s);
    if (!known)
        decode_fault(d, FAULT_BAD_VALUE, e.content.base);
    else if (image == NULL || image->parts == NULL ||
             !bytes_equal(authenticode_digest(image, a), digest.content.all))
        decode_fault(d, FAULT_DIGEST_MISMATCH, digest.content.base);
}

/* TSTInfo: when a time stamp authority saw the signature. */
static void stamp_content(struct decode *d, struct reader r, struct bytes stamped)
{
    struct der tst;
    struct der e;
    struct bytes algorithm;
    struct der digest;
    struct bytes text;

    if (!der_expect(&r, DER_SEQUENCE, &tst)) {
        pkcs7_broken(d, &r);
        return;
    }
    struct reader *in = &tst.content;

    if (!der_expect(in, DER_INTEGER, &e) || !der_expect(in, DER_OID, &e) ||
        !digest_info_read(in, d->arena, &algorithm, &digest) ||
        !der_expect(in, DER_INTEGER, &e) || !der_expect(in, DER_GENERALIZED_TIME, &e)) {
        pkcs7_broken(d, in);
        return;
    }
    struct reader whole = reader_of(e.whole, 0, 0);

    /* Fractions of a second stay as they are written. */
    if (!x509_time_text(&whole, d->arena, &text))
        text = e.content.all;
    decode_value_at(d, KEY_PKCS7_STAMP_TIME, value_text(text), pkcs7_span(&e));
    stated_digest(d, algorithm, &digest, stamped);
}

/* encapContentInfo: what is signed. False when it is malformed. */
static bool content_read(struct decode *d, struct reader *r, struct signed_data *s)
{
    struct der info;
    struct der explicit;
    struct der inner;
    struct bytes type;

    if (!der_expect(r, DER_SEQUENCE, &info))
        return false;
    if (!pkcs7_oid(&info.content, d->arena, &type)) {
        r->fail_offset = info.content.fail_offset;
        return false;
    }
    decode_value_at(d, KEY_PKCS7_CONTENT_TYPE, value_text(type),
                    (struct span){d->in.blob, info.content.base, info.content.pos});
    if (!reader_more(&info.content))
        return true;
    if (!der_expect(&info.content, DER_CONTEXT_0, &explicit) ||
        !der_next(&explicit.content, &inner)) {
        r->fail_offset =
            info.content.failed ? info.content.fail_offset : explicit.content.fail_offset;
        return false;
    }
    /* What is digested is the value alone: RFC 2315, section 9.3; RFC 5652, section 5.4. */
    if (s->content.len > 0 && !bytes_equal(s->content, inner.content.all))
        decode_fault(d, FAULT_DIGEST_MISMATCH, inner.content.base);
    s->content = inner.content.all;
    if (bytes_equal_text(type, OID_SPC_INDIRECT))
        spc_content(d, inner.content, s->image);
    else if (bytes_equal_text(type, OID_TST_INFO))
        stamp_content(d, inner.content, s->stamped);
    return true;
}

static void certificate_read(struct decode *d, struct signed_data *s, const struct der *e)
{
    struct bytes name = x509_subject_name(e->whole, d->arena);
    uint64_t at = e->content.base + e->content.all.len - e->whole.len;

    if (s->certificate_count < PKCS7_CERTIFICATES_MAX)
        s->certificates[s->certificate_count++] =
            (struct certificate){x509_read(reader_of(e->whole, d->in.blob, at), d->arena),
                                 digest_sha256(e->whole), at};
    else
        decode_fault(d, FAULT_LIMIT, at);
    reader_seek(&d->in, (size_t)(at - d->in.base));
    decode_enter(d, e->whole.len);
    if (name.len > 0)
        decode_open(d, ITEM_MAP, "certificate:%.*s", (int)name.len, (const char *)name.data);
    else
        decode_open(d, ITEM_MAP, "certificate");
    x509_decode(d);
    decode_close(d);
    decode_leave(d);
}

/* The certificates and revocation lists beside the signers. */
static bool certificates_read(struct decode *d, struct reader *r, struct signed_data *s)
{
    struct der set;
    struct der e;

    if (pkcs7_optional(r, DER_CONTEXT_0, &set)) {
        while (reader_more(&set.content) && der_next(&set.content, &e)) {
            if (e.tag == DER_SEQUENCE)
                certificate_read(d, s, &e);
        }
        if (set.content.failed) {
            r->fail_offset = set.content.fail_offset;
            return false;
        }
    }
    return !pkcs7_optional(r, DER_CONTEXT_1, &set) || !r->failed;
}

/* SignedData up to its signers. */
static bool head_read(struct decode *d, struct reader *r, struct signed_data *s)
{
    struct der e;

    return der_expect(r, DER_INTEGER, &e) && der_expect(r, DER_SET, &e) &&
           content_read(d, r, s) && certificates_read(d, r, s) && !r->failed;
}

static void signed_data_read(struct decode *d, struct reader *r, struct signed_data *s,
                             struct signatures *all)
{
    struct der info;
    struct der explicit;
    struct der data;
    struct der signers;
    struct der signer;
    struct bytes type;

    if (!der_expect(r, DER_SEQUENCE, &info)) {
        pkcs7_broken(d, r);
        return;
    }
    if (!pkcs7_oid(&info.content, d->arena, &type) ||
        !der_expect(&info.content, DER_CONTEXT_0, &explicit)) {
        pkcs7_broken(d, &info.content);
        return;
    }
    if (!bytes_equal_text(type, OID_SIGNED_DATA)) {
        decode_fault(d, FAULT_BAD_VALUE, info.content.base);
        return;
    }
    if (!der_expect(&explicit.content, DER_SEQUENCE, &data)) {
        pkcs7_broken(d, &explicit.content);
        return;
    }
    if (!head_read(d, &data.content, s) || !der_expect(&data.content, DER_SET, &signers)) {
        pkcs7_broken(d, &data.content);
        return;
    }
    if (!reader_more(&signers.content))
        decode_fault(d, FAULT_MISSING, reader_offset(&signers.content));
    while (reader_more(&signers.content)) {
        if (!der_expect(&signers.content, DER_SEQUENCE, &signer)) {
            pkcs7_broken(d, &signers.content);
            return;
        }
        signer_decode(d, signer.content, s, all);
    }
}

void pkcs7_queue(struct decode *d, struct signatures *all, struct signature_task task)
{
    if (all->count >= PKCS7_TASKS_MAX)
        decode_fault(d, FAULT_LIMIT, task.at.base);
    else
        all->tasks[all->count++] = task;
}

static void task_run(struct decode *d, struct signatures *all, const struct signature_task *t)
{
    struct signed_data *s = ARENA_NEW(d->arena, struct signed_data);
    struct reader at = t->at;

    switch (t->kind) {
    case TASK_SIGNATURE:
        s->image = all->image;
        s->content = all->detached;
        signed_data_read(d, &at, s, all);
        break;
    case TASK_STAMP:
        s->stamped = t->stamped;
        signed_data_read(d, &at, s, all);
        break;
    case TASK_COUNTER:
        *s = *t->above;
        s->content = t->stamped;
        signer_decode(d, at, s, all);
        break;
    }
}

static void decode_all(struct decode *d, struct signatures *all)
{
    static const char *const names[] = {"nested", "time-stamp", "counter-signature"};
    struct reader probe = d->in;
    struct der outer;
    size_t from = d->in.pos;

    if (!der_expect(&probe, DER_SEQUENCE, &outer)) {
        pkcs7_broken(d, &probe);
        return;
    }
    struct span whole = reader_span(&probe, from);

    all->verifications = PKCS7_VERIFICATIONS_MAX;
    decode_digest(d, KEY_PKCS7_DIGEST, outer.whole, whole);
    pkcs7_queue(d, all,
                (struct signature_task){.kind = TASK_SIGNATURE,
                                        .at = reader_at(&d->in, from, outer.whole.len)});
    for (size_t i = 0; i < all->count; i++) {
        if (i > 0)
            decode_open(d, ITEM_MAP, "%s", names[all->tasks[i].kind]);
        task_run(d, all, &all->tasks[i]);
        if (i > 0)
            decode_close(d);
    }
    reader_seek(&d->in, probe.pos);
}

void pkcs7_decode(struct decode *d, struct authenticode *image)
{
    struct signatures *all = ARENA_NEW(d->arena, struct signatures);

    all->image = image;
    decode_all(d, all);
}

void pkcs7_decode_detached(struct decode *d, struct bytes content)
{
    struct signatures *all = ARENA_NEW(d->arena, struct signatures);

    all->detached = content;
    decode_all(d, all);
}
