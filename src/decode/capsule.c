/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Capsules: EFI_CAPSULE_HEADER (UEFI 2.10, section 8.5.3), what is known of it by its GUID, and
 * the header of AMI's Aptio capsules.
 */
#include "decode/capsule.h"

#include "decode/engine.h"
#include "decode/image_part.h"
#include "decode/uefi.h"

enum {
    HEADER = 28,
    APTIO_HEADER = 32,
    CERTIFICATE = 24, /* WIN_CERTIFICATE with the GUID of its kind */
    CERTIFICATE_REVISION = 0x0200,
    CERTIFICATE_GUID = 0x0ef1,
    RSA_2048 = 256,
    PLAUSIBLE_HEADER_MAX = 1 << 16,
    PLAUSIBLE_FLAGS = 0x7ffff,
    IMAGE_SURE = 60,
    CAPSULE_MAX = 256 << 20
};

enum content {
    CONTENT_IMAGE,
    CONTENT_APTIO,
    CONTENT_FMP
};

struct kind {
    uint8_t guid[GUID_SIZE];
    const char *name;
    enum content content;
    bool size_first; /* the size stands before the flags */
};

static const struct kind kinds[] = {
    {GUID_BYTES(0x6dcbd5edu, 0xe82d, 0x4c44, 0xbd, 0xa1, 0x71, 0x94, 0x19, 0x9a, 0xd9, 0x2a),
     "firmware management", CONTENT_FMP,   false},
    {GUID_BYTES(0x3b6686bdu, 0x0d76, 0x4030, 0xb7, 0x0e, 0xb5, 0x51, 0x9e, 0x2f, 0xc5, 0xa0),
     "EFI",                 CONTENT_IMAGE, false},
    {GUID_BYTES(0x4a3ca68bu, 0x7723, 0x48fb, 0x80, 0x3d, 0x57, 0x8c, 0xc1, 0xfe, 0xc4, 0x4d),
     "Aptio, signed",       CONTENT_APTIO, false},
    {GUID_BYTES(0x14eebb90u, 0x890a, 0x43db, 0xae, 0xd1, 0x5d, 0x3c, 0x45, 0x88, 0xa4, 0x18),
     "Aptio, unsigned",     CONTENT_APTIO, false},
    {GUID_BYTES(0x539182b9u, 0xabb5, 0x4391, 0xb6, 0x9a, 0xe3, 0xa9, 0x43, 0xf7, 0x2f, 0xcc),
     "Intel",               CONTENT_IMAGE, false},
    {GUID_BYTES(0xe20bafd3u, 0x9914, 0x4f4f, 0x95, 0x37, 0x31, 0x29, 0xe0, 0x90, 0xeb, 0x3c),
     "Lenovo",              CONTENT_IMAGE, false},
    {GUID_BYTES(0x25b5fe76u, 0x8243, 0x4a5c, 0xa9, 0xbd, 0x7e, 0xe3, 0x24, 0x61, 0x98, 0xb5),
     "Lenovo, second kind", CONTENT_IMAGE, false},
    {GUID_BYTES(0x3be07062u, 0x1d51, 0x45d2, 0x83, 0x2b, 0xf0, 0x93, 0x25, 0x7e, 0xd4, 0x61),
     "Toshiba",             CONTENT_IMAGE, true },
};

/* Where the parts of a capsule stand, as far as its header can be believed. */
struct layout {
    const struct kind *kind; /* NULL: not a known one */
    size_t header;
    size_t size; /* with the header */
};

static const struct kind *kind_of(struct bytes b)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (guid_is(bytes_slice(b, 0, GUID_SIZE), kinds[i].guid))
            return &kinds[i];
    }
    return NULL;
}

static unsigned probe(struct bytes b, struct bytes label)
{
    const struct kind *kind = kind_of(b);
    bool size_first = kind != NULL && kind->size_first;
    uint32_t header = bytes_u32le(b, 16);
    uint32_t flags = bytes_u32le(b, size_first ? 24 : 20);
    uint32_t size = bytes_u32le(b, size_first ? 20 : 24);

    (void)label;
    if (header < HEADER || header > PLAUSIBLE_HEADER_MAX || size < header)
        return 0;
    if (kind != NULL)
        return 90;
    /* Any GUID may name a device's own capsule: then all three fields must fit. */
    return size == b.len && header < size && flags <= PLAUSIBLE_FLAGS ? 82 : 0;
}

void capsule_image_at(struct decode *d, const char *name, struct span s)
{
    struct bytes none = {NULL, 0};
    struct bytes b = decode_span_bytes(d, s);

    if (b.len == 0)
        return;
    decode_open(d, ITEM_MAP, "%s", name);
    const struct decoder *known = decoder_probe_sure(b, none, IMAGE_SURE);

    if (known != NULL)
        decode_child(d, ITEM_MAP, none, s, known->name);
    else
        image_part_at(d, s, CLASS_DATA);
    decode_close(d);
}

void capsule_image(struct decode *d, const char *name)
{
    size_t from = d->in.pos;

    (void)reader_take(&d->in, reader_left(&d->in));
    if (!d->in.failed)
        capsule_image_at(d, name, reader_span(&d->in, from));
}

/* What the header holds behind its fixed part. */
static void extension(struct decode *d, size_t end)
{
    size_t from = d->in.pos;

    if (end <= from)
        return;
    struct bytes b = reader_take(&d->in, end - from);
    struct span s = reader_span(&d->in, from);

    if (bytes_all(b, 0)) {
        decode_claimed_region(d, s, CLASS_PADDING);
        return;
    }
    decode_digest(d, KEY_CAPSULE_EXTENSION, b, s);
    decode_claimed_region(d, s, CLASS_STRUCTURE);
}

/* Whether a certificate in the form of UEFI 2.10, section 32.2.4, begins `b` and lies in it. */
static bool certificate_here(struct bytes b)
{
    uint32_t length = bytes_u32le(b, 0);

    return length >= CERTIFICATE && length <= b.len &&
           bytes_uint(b, 4, 2, false) == CERTIFICATE_REVISION &&
           bytes_uint(b, 6, 2, false) == CERTIFICATE_GUID;
}

static void certificate_part(struct decode *d, enum key_id key, size_t n)
{
    size_t from = d->in.pos;
    struct bytes b = reader_take(&d->in, n);

    if (b.len == 0)
        return;
    decode_digest(d, key, b, reader_span(&d->in, from));
    decode_claimed_region(d, reader_span(&d->in, from), CLASS_STRUCTURE);
}

/* A certificate; of the kind that holds a bare RSA key its parts, of others a digest. */
static void certificate(struct decode *d)
{
    static const struct field head[] = {
        {KEY_CAPSULE_AUTH_LENGTH,   F_U32LE, 0, 0},
        {KEY_CAPSULE_AUTH_REVISION, F_U16LE, 0, 0},
        {KEY_CAPSULE_AUTH_TYPE,     F_U16LE, 0, 0},
        {KEY_CAPSULE_AUTH_GUID,     F_GUID,  0, 0},
    };
    static const struct field hash[] = {
        {KEY_CAPSULE_AUTH_HASH, F_GUID, 0, 0}
    };
    static const uint8_t rsa[GUID_SIZE] =
        GUID_BYTES(0xa7717414u, 0xc616, 0x4977, 0x94, 0x20, 0x84, 0x47, 0x12, 0xa7, 0x35, 0xbf);
    struct bytes b = bytes_slice(d->in.all, d->in.pos, SIZE_MAX);

    decode_open(d, ITEM_MAP, "certificate");
    decode_enter(d, bytes_u32le(b, 0));
    (void)decode_fields(d, head, ARRAY_LEN(head));
    if (guid_is(bytes_slice(b, CERTIFICATE - GUID_SIZE, GUID_SIZE), rsa)) {
        (void)decode_fields(d, hash, 1);
        certificate_part(d, KEY_CAPSULE_AUTH_MODULUS, RSA_2048);
        certificate_part(d, KEY_CAPSULE_AUTH_SIGNATURE, RSA_2048);
    }
    certificate_part(d, KEY_CAPSULE_AUTH_DIGEST, reader_left(&d->in));
    decode_leave(d);
    decode_close(d);
}

/* Aptio states itself where the image begins; what stands before it is the certificate. */
static void aptio(struct decode *d, struct layout *l)
{
    static const struct field offsets[] = {
        {KEY_CAPSULE_ROM_OFFSET,    F_U16LE, 0, 0},
        {KEY_CAPSULE_LAYOUT_OFFSET, F_U16LE, 0, 0},
    };
    size_t layout_at = (size_t)decode_fields(d, offsets, ARRAY_LEN(offsets));
    size_t image = (size_t)decode_value(d, KEY_CAPSULE_ROM_OFFSET);

    if (d->in.failed)
        return;
    if (image >= APTIO_HEADER && image < l->size)
        l->header = image;
    else
        decode_fault(d, FAULT_BAD_REFERENCE, d->in.base + HEADER);
    if (layout_at >= l->size)
        decode_fault(d, FAULT_BAD_REFERENCE, d->in.base + HEADER + 2);
    if (l->header > d->in.pos &&
        certificate_here(bytes_slice(d->in.all, d->in.pos, l->header - d->in.pos)))
        certificate(d);
}

static void header(struct decode *d, struct layout *l)
{
    static const struct field normal[] = {
        {KEY_CAPSULE_GUID,        F_GUID,  0, 0},
        {KEY_CAPSULE_HEADER_SIZE, F_U32LE, 0, 0},
        {KEY_CAPSULE_FLAGS,       F_U32LE, 0, 0},
        {KEY_CAPSULE_IMAGE_SIZE,  F_U32LE, 0, 0},
    };
    static const struct field size_first[] = {
        {KEY_CAPSULE_GUID,        F_GUID,  0, 0},
        {KEY_CAPSULE_HEADER_SIZE, F_U32LE, 0, 0},
        {KEY_CAPSULE_IMAGE_SIZE,  F_U32LE, 0, 0},
        {KEY_CAPSULE_FLAGS,       F_U32LE, 0, 0},
    };
    size_t all = d->in.all.len;

    l->kind = kind_of(d->in.all);
    (void)decode_fields(d, l->kind != NULL && l->kind->size_first ? size_first : normal,
                        ARRAY_LEN(normal));
    l->header = (size_t)decode_value(d, KEY_CAPSULE_HEADER_SIZE);
    l->size = (size_t)decode_value(d, KEY_CAPSULE_IMAGE_SIZE);
    if (l->kind != NULL)
        decode_value_at(d, KEY_CAPSULE_KIND, value_text(bytes_of(l->kind->name)),
                        (struct span){d->in.blob, d->in.base, GUID_SIZE});
    if (l->size > all) {
        decode_fault(d, FAULT_TRUNCATED, d->in.base + all);
        l->size = all;
    }
    if (l->size < HEADER || l->header < HEADER || l->header > l->size) {
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base + GUID_SIZE);
        l->size = all;
        l->header = HEADER;
    }
}

static void content(struct decode *d, enum content content)
{
    switch (content) {
    case CONTENT_IMAGE:
    case CONTENT_APTIO:
        capsule_image(d, "image");
        break;
    case CONTENT_FMP:
        capsule_fmp(d);
        break;
    }
}

static void decode(struct decode *d)
{
    struct layout l;

    decode_open(d, ITEM_MAP, "capsule");
    header(d, &l);
    enum content holds = l.kind != NULL ? l.kind->content : CONTENT_IMAGE;

    if (holds == CONTENT_APTIO)
        aptio(d, &l);
    extension(d, l.header);
    decode_enter(d, l.size > d->in.pos ? l.size - d->in.pos : 0);
    content(d, holds);
    decode_leave(d);
    if (reader_more(&d->in)) {
        decode_fault(d, FAULT_TRAILING, reader_offset(&d->in));
        uefi_loose(d, reader_left(&d->in), "trailing", CLASS_UNKNOWN, 0xff);
    }
    decode_close(d);
}

const struct decoder decoder_capsule = {
    .name = "capsule",
    .title = "UEFI capsule",
    .spec = "uefi-2.10",
    .surface = "capsule",
    .min = HEADER,
    .max = CAPSULE_MAX,
    .probe = probe,
    .decode = decode,
};
