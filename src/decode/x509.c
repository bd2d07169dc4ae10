/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RFC 5280, section 4.1: the fields of a certificate; appendix A: names. As text a name is as
 * RFC 4514 writes it, but in the order in which it is encoded and with a blank behind each
 * comma.
 */
#include "decode/x509.h"

#include <string.h>

#include "decode/der.h"

enum {
    NAME_TEXT_MAX = 4096
};

static const struct {
    const char *oid; /* content of the object identifier */
    uint8_t length;
    const char *label;
} labels[] = {
    {"\x55\x04\x03",                             3,  "CN"          },
    {"\x55\x04\x05",                             3,  "serialNumber"},
    {"\x55\x04\x06",                             3,  "C"           },
    {"\x55\x04\x07",                             3,  "L"           },
    {"\x55\x04\x08",                             3,  "ST"          },
    {"\x55\x04\x09",                             3,  "street"      },
    {"\x55\x04\x0a",                             3,  "O"           },
    {"\x55\x04\x0b",                             3,  "OU"          },
    {"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01",     9,  "emailAddress"},
    {"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19", 10, "DC"          },
};

static struct bytes label_of(struct arena *a, struct bytes oid)
{
    for (size_t i = 0; i < ARRAY_LEN(labels); i++) {
        if (oid.len == labels[i].length && memcmp(oid.data, labels[i].oid, oid.len) == 0)
            return bytes_of(labels[i].label);
    }
    return der_oid_text(a, oid);
}

/*
 * A string of a name as bytes to show; BMPString is UTF-16, most significant byte first. False
 * for what is no string.
 */
static bool name_text(struct arena *a, const struct der *value, struct bytes *ret)
{
    static const uint8_t strings[] = {DER_UTF8, DER_NUMERIC, DER_PRINTABLE,
                                      DER_T61,  DER_IA5,     DER_VISIBLE};
    struct bytes b = value->content.all;

    *ret = b;
    if (value->tag != DER_BMP)
        return memchr(strings, value->tag, sizeof(strings)) != NULL;
    uint8_t *swapped = arena_alloc(a, b.len + 1);

    for (size_t i = 0; i + 1 < b.len; i += 2) {
        swapped[i] = b.data[i + 1];
        swapped[i + 1] = b.data[i];
    }
    return b.len % 2 == 0 && utf16_text(a, (struct bytes){swapped, b.len}, ret);
}

/* RFC 4514, 2.4: what would end a value, or not be taken for a part of it. */
static void add_escaped(struct text *line, struct bytes value)
{
    for (size_t i = 0; i < value.len; i++) {
        uint8_t c = value.data[i];
        bool edge = (c == ' ' && (i == 0 || i + 1 == value.len)) || (c == '#' && i == 0);

        if (c == 0) {
            text_puts(line, "\\00");
            continue;
        }
        if (edge || strchr("\"+,;<>\\", c) != NULL)
            text_char(line, '\\');
        text_char(line, (char)c);
    }
}

/* One attribute of a relative distinguished name, added to `line`; its value if it is the CN.
 */
static bool attribute_read(struct reader *set, const char *separator, struct arena *a,
                           struct text *line, struct bytes *common)
{
    struct der pair;
    struct der type;
    struct der value;

    if (!der_expect(set, DER_SEQUENCE, &pair) || !der_expect(&pair.content, DER_OID, &type) ||
        !der_next(&pair.content, &value)) {
        set->fail_offset = pair.content.failed ? pair.content.fail_offset : set->fail_offset;
        return false;
    }
    struct bytes label = label_of(a, type.content.all);
    struct bytes text;
    bool string = name_text(a, &value, &text);

    if (line->len > 0)
        text_puts(line, separator);
    text_add(line, label);
    text_char(line, '=');
    if (string) {
        add_escaped(line, text);
    } else {
        text_char(line, '#');
        text_hex(line, value.whole);
    }
    if (bytes_equal_text(label, "CN"))
        *common = text;
    return true;
}

/* A Name in one line, in the order in which it is encoded. */
static bool name_read(struct reader *r, struct arena *a, struct bytes *line,
                      struct bytes *common)
{
    struct der name;
    struct der set;
    struct text t;

    text_init(&t, a, NAME_TEXT_MAX);
    if (!der_expect(r, DER_SEQUENCE, &name))
        return false;
    while (reader_more(&name.content)) {
        bool good = der_expect(&name.content, DER_SET, &set);

        for (const char *separator = ", "; good && reader_more(&set.content); separator = "+")
            good = attribute_read(&set.content, separator, a, &t, common);
        if (!good) {
            r->failed = true;
            r->fail_offset =
                name.content.failed ? name.content.fail_offset : set.content.fail_offset;
            return false;
        }
    }
    *line = text_bytes(&t);
    return true;
}

bool x509_name_text(struct reader *r, struct arena *a, struct bytes *ret)
{
    struct bytes common;

    return name_read(r, a, ret, &common);
}

static bool all_digits(struct bytes b)
{
    for (size_t i = 0; i < b.len; i++) {
        if (b.data[i] < '0' || b.data[i] > '9')
            return false;
    }
    return true;
}

/* UTCTime YYMMDDHHMMSSZ or GeneralizedTime YYYYMMDDHHMMSSZ as 2011-06-24T20:41:29Z. */
bool x509_time_text(struct reader *r, struct arena *a, struct bytes *ret)
{
    size_t start = r->pos;
    struct der t;

    if (!der_next(r, &t))
        return false;
    struct bytes b = t.content.all;
    bool utc = t.tag == DER_UTC_TIME;
    size_t year = utc ? 2 : 4;

    if ((!utc && t.tag != DER_GENERALIZED_TIME) || b.len != year + 11 ||
        b.data[b.len - 1] != 'Z' || !all_digits(bytes_slice(b, 0, b.len - 1))) {
        r->failed = true;
        r->fail_offset = r->base + start;
        return false;
    }
    const char *century = !utc ? "" : b.data[0] >= '5' ? "19" : "20";
    const char *s = (const char *)b.data + year;

    *ret = bytes_of(arena_format(a, "%s%.*s-%.2s-%.2sT%.2s:%.2s:%.2sZ", century, (int)year,
                                 (const char *)b.data, s, s + 2, s + 4, s + 6, s + 8));
    return true;
}

/* The Name of the issuer or the subject, as bytes and as text. */
static bool whole_name(struct reader *r, struct arena *a, struct x509 *c, bool issuer)
{
    size_t from = r->pos;

    if (!name_read(r, a, issuer ? &c->issuer_text : &c->subject_text,
                   issuer ? &c->issuer_name : &c->subject_name))
        return false;
    *(issuer ? &c->issuer : &c->subject) = bytes_slice(r->all, from, r->pos - from);
    return true;
}

/* The to-be-signed part; false at the first element that is not as RFC 5280 demands. */
static bool to_be_signed_read(struct reader *r, struct arena *a, struct x509 *c)
{
    struct der e;
    struct der oid;
    struct der validity;

    if (reader_left(r) > 0 && r->all.data[r->pos] == DER_CONTEXT_0 && !der_next(r, &e))
        return false;
    if (!der_expect(r, DER_INTEGER, &e))
        return false;
    c->serial = e.content.all;
    if (!der_expect(r, DER_SEQUENCE, &e) || !whole_name(r, a, c, true) ||
        !der_expect(r, DER_SEQUENCE, &validity))
        return false;
    if (!der_expect(&e.content, DER_OID, &oid)) {
        r->fail_offset = e.content.fail_offset;
        return false;
    }
    c->algorithm = der_oid_text(a, oid.content.all);
    if (!x509_time_text(&validity.content, a, &c->not_before) ||
        !x509_time_text(&validity.content, a, &c->not_after)) {
        r->fail_offset = validity.content.fail_offset;
        return false;
    }
    if (!whole_name(r, a, c, false) || !der_expect(r, DER_SEQUENCE, &e))
        return false;
    c->public_key = e.whole;
    while (reader_more(r)) {
        if (!der_next(r, &e))
            return false;
    }
    return true;
}

struct x509 x509_read(struct reader r, struct arena *a)
{
    struct x509 c = {.fault_offset = reader_offset(&r)};
    struct der outer;
    struct der tbs;
    struct der e;

    if (!der_expect(&r, DER_SEQUENCE, &outer)) {
        c.fault_offset = r.fail_offset;
        return c;
    }
    if (!der_expect(&outer.content, DER_SEQUENCE, &tbs)) {
        c.fault_offset = outer.content.fail_offset;
        return c;
    }
    if (!to_be_signed_read(&tbs.content, a, &c)) {
        c.fault_offset = tbs.content.fail_offset;
        return c;
    }
    if (!der_expect(&outer.content, DER_SEQUENCE, &e) ||
        !der_expect(&outer.content, DER_BIT_STRING, &e)) {
        c.fault_offset = outer.content.fail_offset;
        return c;
    }
    c.to_be_signed = tbs.whole;
    c.signature = bytes_slice(e.content.all, 1, e.content.all.len);
    c.sound = !reader_more(&outer.content);
    c.fault_offset = reader_offset(&outer.content);
    return c;
}

struct bytes x509_subject_name(struct bytes certificate, struct arena *a)
{
    return x509_read(reader_of(certificate, 0, 0), a).subject_name;
}

static void claim_text(struct decode *d, enum key_id key, struct bytes b, struct span s)
{
    if (b.len > 0)
        decode_value_at(d, key, value_text(b), s);
}

static void claim_fingerprints(struct decode *d, struct bytes certificate, struct span s)
{
    uint8_t sha1[DIGEST_MAX];

    digest_parts(DIGEST_SHA1, &certificate, 1, sha1);
    decode_digest(d, KEY_X509_SHA256, certificate, s);
    struct bytes copy = arena_copy(d->arena, (struct bytes){sha1, 20});

    decode_value_at(d, KEY_X509_SHA1, value_bytes(copy), s);
}

void x509_decode(struct decode *d)
{
    struct reader at = d->in;
    size_t from = d->in.pos;
    struct bytes all = reader_take(&d->in, reader_left(&d->in));
    struct der outer;
    struct reader probe = at;
    struct x509 c = x509_read(at, d->arena);
    struct span s = reader_span(&d->in, from);

    /* Some producers pad the entry: the certificate ends where its outer element does. */
    if (der_expect(&probe, DER_SEQUENCE, &outer) && outer.whole.len < all.len) {
        all = outer.whole;
        s.length = all.len;
        decode_fault(d, FAULT_TRAILING, reader_offset(&probe));
    }
    claim_fingerprints(d, all, s);
    if (!c.sound) {
        decode_fault(d, FAULT_BAD_ENCODING, c.fault_offset);
        return;
    }
    decode_digest(d, KEY_X509_TBS, c.to_be_signed, s);
    claim_text(d, KEY_X509_SUBJECT, c.subject_text, s);
    claim_text(d, KEY_X509_SUBJECT_CN, c.subject_name, s);
    claim_text(d, KEY_X509_ISSUER, c.issuer_text, s);
    claim_text(d, KEY_X509_ISSUER_CN, c.issuer_name, s);
    decode_value_at(d, KEY_X509_SERIAL, value_bytes(c.serial), s);
    claim_text(d, KEY_X509_NOT_BEFORE, c.not_before, s);
    claim_text(d, KEY_X509_NOT_AFTER, c.not_after, s);
    claim_text(d, KEY_X509_ALGORITHM, c.algorithm, s);
    decode_digest(d, KEY_X509_PUBLIC_KEY, c.public_key, s);
}
