/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An update of OpenBMC: a tar archive (POSIX.1-2017, ustar) of images, a MANIFEST of keys and
 * values, the public key and a signature of each file: RSA over a digest that the MANIFEST
 * names. image-full.sig signs the other signatures, one behind the other, in an order of its
 * own. That a signature is good says that the key in the archive made it; whose key that is, is
 * another question.
 */
#include <string.h>

#include "base/base64.h"
#include "crypto/verify.h"
#include "decode/bmc_part.h"
#include "decode/der.h"
#include "decode/engine.h"
#include "decode/image_part.h"
#include "decode/tar_file.h"

enum {
    FILES_MAX = 64,
    SIGNATURE_MAX = 8192,
};

struct update {
    struct decode *d;
    struct tar_file files[FILES_MAX];
    size_t count;
    size_t end; /* of what was read */
    bool ended; /* by a block of zeros */
};

static void files_find(struct bytes all, struct update *u)
{
    while (u->count < FILES_MAX && tar_file_at(all, u->end, &u->files[u->count])) {
        u->end = tar_file_next(&u->files[u->count++]);
        u->end = u->end < all.len ? u->end : all.len;
    }
    struct bytes last = bytes_slice(all, u->end, TAR_BLOCK);

    u->ended = last.len == TAR_BLOCK && bytes_all(last, 0);
}

static const struct tar_file *file_find(const struct update *u, struct bytes name)
{
    for (size_t i = 0; i < u->count; i++) {
        if (bytes_equal(u->files[i].name, name))
            return &u->files[i];
    }
    return NULL;
}

static unsigned probe(struct bytes b, struct bytes label)
{
    struct tar_file f;
    size_t at = 0;

    (void)label;
    for (unsigned n = 0; n < FILES_MAX && tar_file_at(b, at, &f); n++) {
        if (bytes_equal_text(f.name, "MANIFEST"))
            return 92;
        at = tar_file_next(&f);
    }
    return 0;
}

/* The span of bytes of the decoder's own. */
static struct span span_of(const struct update *u, struct bytes b)
{
    return bmc_span(u->d, (size_t)(b.data - u->d->in.all.data), b.len);
}

static void manifest(struct update *u, struct bytes text)
{
    struct bytes line = {NULL, 0};

    while (bytes_line(&text, &line)) {
        struct bytes value = line;
        struct bytes name = {NULL, 0};

        if (line.len == 0 || line.data[0] == '#')
            continue;
        if (bytes_cut(&value, '=', &name) && name.len > 0)
            decode_named_at(u->d, name, KEY_OPENBMC_MANIFEST, value_text(value),
                            span_of(u, line));
        else
            decode_fault(u->d, FAULT_BAD_VALUE, span_of(u, line).offset);
    }
}

/* What the MANIFEST says of the digest that is signed. */
static enum digest_algorithm algorithm_of(const struct update *u)
{
    static const struct {
        const char *name;
        enum digest_algorithm algorithm;
    } rows[] = {
        {"HashType=RSA-SHA384", DIGEST_SHA384},
        {"HashType=RSA-SHA512", DIGEST_SHA512},
    };
    const struct tar_file *m = file_find(u, bytes_of("MANIFEST"));
    struct bytes text = m != NULL ? m->content : (struct bytes){NULL, 0};
    struct bytes line = {NULL, 0};

    while (bytes_line(&text, &line)) {
        for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
            if (bytes_equal_text(line, rows[i].name))
                return rows[i].algorithm;
        }
    }
    return DIGEST_SHA256;
}

/* The DER of a public key in PEM; empty if it is none. */
static struct bytes key_of(const struct update *u)
{
    const struct tar_file *f = file_find(u, bytes_of("publickey"));
    struct bytes text = f != NULL ? f->content : (struct bytes){NULL, 0};
    struct bytes line = {NULL, 0};
    struct bytes der = {NULL, 0};
    struct text letters;
    bool inside = false;

    text_init(&letters, u->d->arena, text.len + 1);
    while (bytes_line(&text, &line)) {
        if (bytes_equal_text(line, "-----END PUBLIC KEY-----"))
            break;
        if (inside)
            text_add(&letters, line);
        inside = inside || bytes_equal_text(line, "-----BEGIN PUBLIC KEY-----");
    }
    if (!inside || !base64_decode(text_bytes(&letters), u->d->arena, &der))
        der.len = 0;
    return der;
}

/* The modulus of an RSA key, most significant byte first, or nothing (RFC 8017, A.1.1). */
static struct bytes modulus_of(struct bytes key)
{
    struct reader r = reader_of(key, 0, 0);
    struct der info;
    struct der element;
    struct bytes none = {NULL, 0};

    if (!der_expect(&r, DER_SEQUENCE, &info) ||
        !der_expect(&info.content, DER_SEQUENCE, &element) ||
        !der_expect(&info.content, DER_BIT_STRING, &element))
        return none;
    (void)reader_take(&element.content, 1);
    struct der rsa;

    if (!der_expect(&element.content, DER_SEQUENCE, &rsa) ||
        !der_expect(&rsa.content, DER_INTEGER, &element))
        return none;
    struct bytes n = element.content.all;

    return n.len > 0 && n.data[0] == 0 ? bytes_slice(n, 1, n.len) : n;
}

static void key_claims(struct update *u, struct bytes text)
{
    struct bytes modulus = modulus_of(key_of(u));
    struct span s = span_of(u, text);

    if (modulus.len == 0) {
        decode_fault(u->d, FAULT_BAD_ENCODING, s.offset);
        return;
    }
    decode_value_at(u->d, KEY_OPENBMC_KEY_BITS, value_uint((uint64_t)modulus.len * 8), s);
    decode_digest(u->d, KEY_OPENBMC_KEY_MODULUS, modulus, s);
}

/* The signatures that image-full.sig signs, in the order in which their names are sorted where
 * updates are made: as if they had no capitals. */
static struct bytes full_message(const struct update *u)
{
    static const char *const names[] = {
        "image-bmc.sig",  "image-hostfw.sig", "image-kernel.sig", "image-rofs.sig",
        "image-rwfs.sig", "image-u-boot.sig", "MANIFEST.sig",     "publickey.sig",
    };
    struct text all;

    text_init(&all, u->d->arena, ARRAY_LEN(names) * SIGNATURE_MAX);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const struct tar_file *f = file_find(u, bytes_of(names[i]));

        if (f != NULL && f->content.len <= SIGNATURE_MAX)
            text_add(&all, f->content);
    }
    return text_bytes(&all);
}

static void signature(struct update *u, const struct tar_file *f)
{
    struct decode *d = u->d;
    struct bytes name = bytes_slice(f->name, 0, f->name.len - 4);
    const struct tar_file *of = file_find(u, name);
    struct bytes key = key_of(u);
    struct span s = span_of(u, f->content);
    bool full = bytes_equal_text(f->name, "image-full.sig");

    /* Of several with one name only the first is looked at. */
    if ((of == NULL && !full) || file_find(u, f->name) != f) {
        decode_fault(d, FAULT_MISSING, s.offset);
        return;
    }
    struct bytes message = full ? full_message(u) : of->content;
    enum verification v = key.len > 0 ? key_verify(key, algorithm_of(u), message, f->content)
                                      : VERIFICATION_NO_KEY;

    if (v == VERIFICATION_VALID || v == VERIFICATION_INVALID)
        decode_value_at(d, KEY_OPENBMC_VERIFIED, value_bool(v == VERIFICATION_VALID), s);
    if (v == VERIFICATION_INVALID)
        decode_fault(d, FAULT_SIGNATURE_MISMATCH, s.offset);
}

static bool is_signature(struct bytes name)
{
    return name.len > 4 && memcmp(name.data + name.len - 4, ".sig", 4) == 0;
}

/* Files whose content is read here, and not handed on. */
static bool is_told(struct bytes name)
{
    return is_signature(name) || bytes_equal_text(name, "MANIFEST") ||
           bytes_equal_text(name, "publickey");
}

static void file_content(struct update *u, const struct tar_file *f)
{
    struct span s = span_of(u, f->content);

    if (bytes_equal_text(f->name, "MANIFEST"))
        manifest(u, f->content);
    else if (bytes_equal_text(f->name, "publickey"))
        key_claims(u, f->content);
    else if (is_signature(f->name))
        signature(u, f);
    else
        image_part_at(u->d, s, CLASS_CODE);
    if (is_told(f->name) && f->content.len > 0)
        decode_digest(u->d, KEY_OPENBMC_FILE, f->content, s);
}

static void file(struct update *u, const struct tar_file *f)
{
    struct decode *d = u->d;
    size_t end = f->at + TAR_BLOCK + f->content.len;

    decode_open(d, ITEM_MAP, "file:%.*s", (int)f->name.len, (const char *)f->name.data);
    d->out->items[d->item].span = bmc_span(d, f->at, end - f->at);
    decode_digest(d, KEY_OPENBMC_HEADER, bytes_slice(d->in.all, f->at, TAR_BLOCK),
                  bmc_span(d, f->at, TAR_BLOCK));
    if (!f->sum_good)
        decode_fault(d, FAULT_BAD_CHECKSUM, d->in.base + f->at + TAR_SUM_FIELD);
    if (f->type == '0' || f->type == 0)
        file_content(u, f);
    else if (f->content.len > 0)
        decode_fault(d, FAULT_BAD_VALUE, d->in.base + f->at + TAR_TYPE_FIELD);
    decode_close(d);
    bmc_gap(
        d, bmc_span(d, end, tar_file_next(f) < u->end ? tar_file_next(f) - end : u->end - end));
}

/* Whether all images of the update have a signature; a claim either way. */
static void signed_claim(const struct update *u)
{
    size_t images = 0;
    size_t with = 0;

    for (size_t i = 0; i < u->count; i++) {
        struct bytes name = u->files[i].name;

        if (!bytes_starts_with(name, "image-") || is_signature(name))
            continue;
        const char *want =
            arena_format(u->d->arena, "%.*s.sig", (int)name.len, (const char *)name.data);

        images++;
        with += file_find(u, bytes_of(want)) != NULL ? 1 : 0;
    }
    decode_value_at(u->d, KEY_OPENBMC_SIGNED, value_bool(images > 0 && with == images),
                    bmc_span(u->d, 0, 0));
}

static void decode(struct decode *d)
{
    struct update u = {.d = d};

    files_find(d->in.all, &u);
    decode_open(d, ITEM_MAP, "openbmc-update");
    signed_claim(&u);
    if (file_find(&u, bytes_of("MANIFEST")) == NULL)
        decode_fault(d, FAULT_MISSING, d->in.base);
    for (size_t i = 0; i < u.count; i++) {
        if (file_find(&u, u.files[i].name) != &u.files[i])
            decode_fault(d, FAULT_DUPLICATE, d->in.base + u.files[i].at);
        file(&u, &u.files[i]);
    }
    if (!u.ended)
        decode_fault(d, FAULT_UNTERMINATED, d->in.base + u.end);
    bmc_gap(d, bmc_span(d, u.end, d->in.all.len - u.end));
    decode_close(d);
}

const struct decoder decoder_openbmc_update = {
    .name = "openbmc-update",
    .title = "Update of OpenBMC",
    .spec = "openbmc-image",
    .surface = "bmc-update",
    .min = (size_t)2 * TAR_BLOCK,
    .max = 512 << 20,
    .probe = probe,
    .decode = decode,
};
