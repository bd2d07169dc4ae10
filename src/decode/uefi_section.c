/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sections, as they follow on one another in a file or in another section. UEFI PI 1.8,
 * volume 3, section 3.2.5.
 */

#include "decode/codec.h"
#include "decode/engine.h"
#include "decode/engine_private.h"
#include "decode/uefi.h"

enum {
    HEADER = 4,
    HEADER_LARGE = 8,
    SIZE_LARGE = 0xffffff,
    COMPRESSION_HEADER = 5, /* unpacked length and kind */
    GUIDED_HEADER = 20,     /* GUID, offset of the data, attributes */
};

enum section_type {
    SECTION_COMPRESSION = 0x01,
    SECTION_GUIDED = 0x02,
    SECTION_DISPOSABLE = 0x03,
    SECTION_PE = 0x10,
    SECTION_PIC = 0x11,
    SECTION_TE = 0x12,
    SECTION_DXE_DEPEX = 0x13,
    SECTION_VERSION = 0x14,
    SECTION_UI = 0x15,
    SECTION_COMPATIBILITY16 = 0x16,
    SECTION_VOLUME = 0x17,
    SECTION_FREEFORM = 0x18,
    SECTION_RAW = 0x19,
    SECTION_PEI_DEPEX = 0x1b,
    SECTION_MM_DEPEX = 0x1c,
};

/* One section header, as it stands. */
struct section {
    uint8_t type;
    size_t header;
    uint64_t size;
    struct bytes body;
    struct span span; /* of the body */
};

/* Sections whose body is handed on whole, or digested. */
struct leaf {
    uint8_t type;
    const char *name;
    const char *decoder; /* NULL: none reads it */
    enum byte_class class;
    enum key_id digest;
};

static const struct leaf leaves[] = {
    {SECTION_PE,              "pe",        "pe-image", CLASS_CODE, KEY_FLASH_PROGRAM_DIGEST},
    {SECTION_PIC,             "pic",       NULL,       CLASS_CODE, KEY_FLASH_CODE_DIGEST   },
    {SECTION_TE,              "te",        "pe-image", CLASS_CODE, KEY_FLASH_PROGRAM_DIGEST},
    {SECTION_DXE_DEPEX,       "depex",     "depex",    CLASS_DATA, KEY_FLASH_SECTION_DIGEST},
    {SECTION_COMPATIBILITY16, "compat16",  NULL,       CLASS_CODE, KEY_FLASH_CODE_DIGEST   },
    {SECTION_FREEFORM,        "freeform",  NULL,       CLASS_DATA, KEY_FLASH_SECTION_DIGEST},
    {SECTION_RAW,             "raw",       NULL,       CLASS_DATA, KEY_FLASH_SECTION_DIGEST},
    {SECTION_PEI_DEPEX,       "pei-depex", "depex",    CLASS_DATA, KEY_FLASH_SECTION_DIGEST},
    {SECTION_MM_DEPEX,        "mm-depex",  "depex",    CLASS_DATA, KEY_FLASH_SECTION_DIGEST},
};

struct guided {
    uint8_t guid[GUID_SIZE];
    enum uefi_method method;
};

static const struct guided guided_table[] = {
    {GUID_BYTES(0xee4e5898u, 0x3914, 0x4259, 0x9d, 0x6e, 0xdc, 0x7b, 0xd7, 0x94, 0x03, 0xcf),
     UEFI_LZMA    },
    {GUID_BYTES(0x0ed85e23u, 0xf253, 0x413f, 0xa0, 0x3c, 0x90, 0x19, 0x87, 0xb0, 0x43, 0x97),
     UEFI_LZMA    },
    {GUID_BYTES(0xd42ae6bdu, 0x1352, 0x4bfb, 0x90, 0x9a, 0xca, 0x72, 0xa6, 0xea, 0xe8, 0x89),
     UEFI_LZMA_X86},
    {GUID_BYTES(0xa31280adu, 0x481e, 0x41b6, 0x95, 0xe8, 0x12, 0x7f, 0x4c, 0x98, 0x47, 0x79),
     UEFI_TIANO   },
    {GUID_BYTES(0x3d532050u, 0x5cda, 0x4fd0, 0x87, 0x9e, 0x0f, 0x7f, 0x63, 0x0d, 0x5a, 0xfb),
     UEFI_BROTLI  },
    {GUID_BYTES(0xce3233f5u, 0x2cd6, 0x4d87, 0x91, 0x52, 0x4a, 0x23, 0x8b, 0xb6, 0xd1, 0xc4),
     UEFI_ZLIB    },
    {GUID_BYTES(0xfc1bcdb0u, 0x7d31, 0x49aa, 0x93, 0x6a, 0xa4, 0x60, 0x0d, 0x9d, 0xd0, 0x83),
     UEFI_CRC32   },
    {GUID_BYTES(0x0f9d89e8u, 0x9259, 0x4f76, 0xa5, 0xaf, 0x0c, 0x89, 0xe3, 0x40, 0x23, 0xdf),
     UEFI_SIGNED  },
    {GUID_BYTES(0xa7717414u, 0xc616, 0x4977, 0x94, 0x20, 0x84, 0x47, 0x12, 0xa7, 0x35, 0xbf),
     UEFI_SIGNED  },
};

static enum uefi_method guided_method(struct bytes guid)
{
    for (size_t i = 0; i < ARRAY_LEN(guided_table); i++) {
        if (guid_is(guid, guided_table[i].guid))
            return guided_table[i].method;
    }
    return UEFI_UNKNOWN;
}

static enum uefi_method compression_method(uint8_t kind)
{
    switch (kind) {
    case 0:
        return UEFI_STORED;
    case 1:
        return UEFI_EFI11;
    case 2:
        return UEFI_LZMA;
    case 0x86:
        return UEFI_LZMA_X86;
    default:
        return UEFI_UNKNOWN;
    }
}

static bool method_packs(enum uefi_method m)
{
    return m >= UEFI_EFI11 && m <= UEFI_ZLIB;
}

/* The section at the beginning of `b`; false when its size cannot be true. */
static bool section_peek(struct bytes b, struct section *ret)
{
    struct reader r = reader_of(b, 0, 0);

    *ret = (struct section){.header = HEADER};
    ret->size = reader_uint(&r, 3, false);
    ret->type = reader_u8(&r);
    if (ret->size == SIZE_LARGE) {
        ret->size = reader_u32le(&r);
        ret->header = HEADER_LARGE;
    }
    if (r.failed || ret->size < ret->header || ret->size > b.len)
        return false;
    ret->body = bytes_slice(b, ret->header, (size_t)ret->size - ret->header);
    return true;
}

static size_t aligned(uint64_t n)
{
    return (size_t)((n + 3) & ~UINT64_C(3));
}

/* What a section wraps, and where its data begin in its body. */
static enum uefi_method section_method(const struct section *s, size_t *ret_data)
{
    struct reader r = reader_of(s->body, 0, 0);

    *ret_data = COMPRESSION_HEADER;
    if (s->type == SECTION_COMPRESSION) {
        (void)reader_u32le(&r);
        uint8_t kind = reader_u8(&r);

        return r.failed ? UEFI_UNKNOWN : compression_method(kind);
    }
    struct bytes guid = reader_take(&r, GUID_SIZE);
    size_t offset = reader_u16le(&r);

    *ret_data = offset >= s->header ? offset - s->header : 0;
    if (s->type != SECTION_GUIDED || r.failed || *ret_data < GUIDED_HEADER ||
        *ret_data > s->body.len)
        return UEFI_UNKNOWN;
    return guided_method(guid);
}

bool uefi_sections_packed(struct bytes b)
{
    struct section s;
    size_t data = 0;

    for (unsigned i = 0; i < 16 && section_peek(b, &s); i++) {
        enum uefi_method m = section_method(&s, &data);

        if (method_packs(m))
            return true;
        if (m == UEFI_STORED || m == UEFI_CRC32 || m == UEFI_SIGNED)
            b = bytes_slice(s.body, data, SIZE_MAX);
        else
            b = bytes_slice(b, aligned(s.size), SIZE_MAX);
    }
    return false;
}

bool uefi_sections_whole(struct bytes b)
{
    struct section s;
    size_t count = 0;

    for (; b.len >= HEADER && section_peek(b, &s) && s.type != 0; count++)
        b = bytes_slice(b, aligned(s.size), SIZE_MAX);
    return count > 0 && b.len < HEADER;
}

/* Wrapped sections stand in the image as they are. */
static void child_in_place(struct decode *d, const struct section *s, size_t data)
{
    if (s->body.len > data)
        decode_child(d, ITEM_MAP, (struct bytes){NULL, 0},
                     (struct span){s->span.blob, s->span.offset + data, s->body.len - data},
                     "uefi-section");
}

static void child_unpacked(struct decode *d, const struct section *s, size_t data,
                           enum uefi_method m)
{
    struct bytes in = bytes_slice(s->body, data, SIZE_MAX);
    struct span span = {s->span.blob, s->span.offset + data, in.len};
    struct bytes out;

    decode_value_at(d, KEY_FLASH_SECTION_PACKED_LENGTH, value_uint(in.len), span);
    if (!uefi_unpack(d, &m, in, span, &out)) {
        decode_digest(d, KEY_FLASH_SECTION_DIGEST, in, span);
        decode_claimed_region(d, span, CLASS_COMPRESSED);
        return;
    }
    uint32_t blob = decode_derive(d, span, out, uefi_method_name(m));

    decode_value_at(d, KEY_FLASH_SECTION_LENGTH, value_uint(out.len), span);
    decode_digest(d, KEY_FLASH_SECTION_PACKED, in, span);
    decode_claimed_region(d, span, CLASS_COMPRESSED);
    decode_child(d, ITEM_MAP, (struct bytes){NULL, 0}, (struct span){blob, 0, out.len},
                 "uefi-section");
}

static void wrapped(struct decode *d, const struct section *s, size_t data, enum uefi_method m)
{
    decode_value_at(d, KEY_FLASH_SECTION_METHOD, value_uint(m),
                    (struct span){s->span.blob, s->span.offset, 0});
    if (method_packs(m)) {
        child_unpacked(d, s, data, m);
    } else if (m == UEFI_UNKNOWN) {
        struct span rest = {s->span.blob, s->span.offset + data, s->body.len - data};

        decode_digest(d, KEY_FLASH_SECTION_DIGEST, bytes_slice(s->body, data, SIZE_MAX), rest);
        decode_claimed_region(d, rest, CLASS_UNKNOWN);
    } else {
        child_in_place(d, s, data);
    }
}

static void compression(struct decode *d, const struct section *s)
{
    size_t data = 0;
    enum uefi_method m = section_method(s, &data);
    struct reader r = reader_of(s->body, 0, 0);
    uint32_t length = reader_u32le(&r);

    decode_open(d, ITEM_MAP, "compressed");
    if (s->body.len < COMPRESSION_HEADER) {
        decode_fault(d, FAULT_BAD_LENGTH, s->span.offset);
        data = s->body.len;
    } else {
        decode_value_at(d, KEY_FLASH_SECTION_LENGTH, value_uint(length),
                        (struct span){s->span.blob, s->span.offset, 4});
        decode_claimed_region(d, (struct span){s->span.blob, s->span.offset, data},
                              CLASS_STRUCTURE);
        if (m == UEFI_UNKNOWN)
            decode_value_at(d, KEY_FLASH_SECTION_ATTRIBUTES, value_uint(s->body.data[4]),
                            (struct span){s->span.blob, s->span.offset + 4, 1});
        if (m == UEFI_STORED && length != s->body.len - data)
            decode_fault(d, FAULT_BAD_LENGTH, s->span.offset);
    }
    wrapped(d, s, data, m);
    decode_close(d);
}

/* A wrapper's own data before the sections: a checksum, or a signature. */
static void guided_data(struct decode *d, const struct section *s, size_t data,
                        enum uefi_method m)
{
    struct bytes own = bytes_slice(s->body, GUIDED_HEADER, data - GUIDED_HEADER);
    struct span span = {s->span.blob, s->span.offset + GUIDED_HEADER, own.len};
    struct bytes covered = bytes_slice(s->body, data, SIZE_MAX);

    if (m == UEFI_CRC32 && own.len >= 4) {
        struct reader r = reader_of(own, 0, 0);

        decode_claimed_region(d, (struct span){span.blob, span.offset, 4}, CLASS_STRUCTURE);
        if (codec_crc32(0, covered) != reader_u32le(&r)) {
            decode_fault(d, FAULT_BAD_CHECKSUM, span.offset);
            decode_digest(d, KEY_FLASH_SECTION_HEADER, own, span);
            return;
        }
        own = bytes_slice(own, 4, SIZE_MAX);
        span = (struct span){span.blob, span.offset + 4, own.len};
    }
    if (own.len > 0)
        decode_digest(d, KEY_FLASH_SECTION_HEADER, own, span);
}

/* A certificate of WIN_CERTIFICATE form stands before the sections, in their bytes. */
static size_t certificate_length(const struct section *s, size_t data)
{
    struct reader r = reader_of(bytes_slice(s->body, data, SIZE_MAX), 0, 0);
    size_t length = reader_u32le(&r);
    uint16_t revision = reader_u16le(&r);
    uint16_t type = reader_u16le(&r);

    return !r.failed && revision == 0x0200 && (type & 0x0ff0) == 0x0ef0 &&
                   length <= s->body.len - data
               ? length
               : 0;
}

static void guided(struct decode *d, const struct section *s)
{
    size_t data = 0;
    enum uefi_method m = section_method(s, &data);
    struct bytes text = guid_text(d->arena, bytes_slice(s->body, 0, GUID_SIZE));

    decode_open(d, ITEM_MAP, "guided:%.*s", (int)text.len, (const char *)text.data);
    if (s->body.len < GUIDED_HEADER || data < GUIDED_HEADER || data > s->body.len) {
        decode_fault(d, FAULT_BAD_LENGTH, s->span.offset);
        data = s->body.len < GUIDED_HEADER ? 0 : GUIDED_HEADER;
        m = UEFI_UNKNOWN;
    } else {
        struct reader r = reader_at(&(struct reader){.all = s->body}, 18, 2);

        decode_claimed_region(d, (struct span){s->span.blob, s->span.offset, GUIDED_HEADER},
                              CLASS_STRUCTURE);
        decode_value_at(d, KEY_FLASH_SECTION_ATTRIBUTES, value_uint(reader_u16le(&r)),
                        (struct span){s->span.blob, s->span.offset + 18, 2});
        if (m == UEFI_SIGNED)
            data += certificate_length(s, data);
        guided_data(d, s, data, m);
    }
    wrapped(d, s, data, m);
    decode_close(d);
}

static void text_section(struct decode *d, const struct section *s, enum key_id key,
                         size_t skip)
{
    struct bytes raw = bytes_slice(s->body, skip, SIZE_MAX);
    struct bytes text;

    if (!utf16_text(d->arena, raw, &text)) {
        decode_fault(d, FAULT_BAD_ENCODING, s->span.offset);
        decode_digest(d, KEY_FLASH_SECTION_DIGEST, raw, s->span);
    }
    decode_value_at(d, key, value_text(text), s->span);
    /* The text ends at its NUL; what follows would be seen by nobody. */
    struct reader r = reader_of(raw, 0, 0);
    bool ended = false;

    while (!ended && reader_left(&r) >= 2)
        ended = reader_u16le(&r) == 0;
    if (!ended)
        decode_fault(d, FAULT_UNTERMINATED, s->span.offset + s->span.length);
    struct bytes rest = bytes_slice(raw, r.pos, SIZE_MAX);

    if (!bytes_all(rest, 0))
        decode_value_at(d, KEY_RESERVED, value_bytes(rest),
                        (struct span){s->span.blob, s->span.offset + skip + r.pos, rest.len});
}

static void version(struct decode *d, const struct section *s)
{
    struct reader r = reader_of(s->body, 0, 0);
    uint16_t build = reader_u16le(&r);

    if (r.failed)
        decode_fault(d, FAULT_BAD_LENGTH, s->span.offset);
    else if (build != 0)
        decode_value_at(d, KEY_FLASH_FILE_BUILD, value_uint(build),
                        (struct span){s->span.blob, s->span.offset, 2});
    text_section(d, s, KEY_FLASH_FILE_VERSION, 2);
}

static void volume(struct decode *d, const struct section *s)
{
    if (uefi_volume_here(s->body)) {
        struct span span = s->span;

        span.length = uefi_volume_length(s->body);
        decode_child(d, ITEM_MAP, uefi_volume_name(d->arena, s->body), span, "uefi-volume");
        if (span.length == s->body.len)
            return;
        struct bytes rest = bytes_slice(s->body, (size_t)span.length, SIZE_MAX);

        decode_value_at(d, KEY_RESERVED, value_bytes(rest),
                        (struct span){span.blob, span.offset + span.length, rest.len});
        return;
    }
    decode_open(d, ITEM_MAP, "fv-image");
    decode_fault(d, FAULT_BAD_SIGNATURE, s->span.offset);
    decode_digest(d, KEY_FLASH_SECTION_DIGEST, s->body, s->span);
    decode_claimed_region(d, s->span, CLASS_UNKNOWN);
    decode_close(d);
}

/* Data may be of a format that somebody knows; raw data may also hold volumes anywhere. */
static void data_inside(struct decode *d, bool raw, struct bytes b, struct span span)
{
    const struct decoder *known = NULL;

    if (raw && uefi_volume_next(b, 0) < b.len) {
        decode_child(d, ITEM_MAP, (struct bytes){NULL, 0}, span, "bios-region");
        return;
    }
    known = uefi_known(b);
    if (known != NULL)
        decode_child(d, ITEM_MAP, (struct bytes){NULL, 0}, span, known->name);
}

static void leaf(struct decode *d, const struct section *s, const struct leaf *row)
{
    struct bytes b = s->body;
    struct span span = s->span;

    decode_open(d, ITEM_MAP, "%s", row->name);
    if (row->type == SECTION_FREEFORM && b.len >= GUID_SIZE) {
        decode_value_at(d, KEY_FLASH_SECTION_SUBTYPE,
                        value_text(guid_text(d->arena, bytes_slice(b, 0, GUID_SIZE))),
                        (struct span){span.blob, span.offset, GUID_SIZE});
        b = bytes_slice(b, GUID_SIZE, SIZE_MAX);
        span = (struct span){span.blob, span.offset + GUID_SIZE, b.len};
    }
    decode_digest(d, row->digest, b, span);
    decode_claimed_region(d, span, row->class);
    if (row->decoder != NULL && decoder_find(bytes_of(row->decoder)) != NULL)
        decode_child(d, ITEM_MAP, (struct bytes){NULL, 0}, span, row->decoder);
    else if (b.len > 0 && (row->type == SECTION_RAW || row->type == SECTION_FREEFORM))
        data_inside(d, row->type == SECTION_RAW, b, span);
    decode_close(d);
}

static void other(struct decode *d, const struct section *s)
{
    for (size_t i = 0; i < ARRAY_LEN(leaves); i++) {
        if (leaves[i].type == s->type) {
            leaf(d, s, &leaves[i]);
            return;
        }
    }
    decode_open(d, ITEM_MAP, "section:0x%02x", s->type);
    decode_digest(d, KEY_FLASH_SECTION_DIGEST, s->body, s->span);
    decode_claimed_region(d, s->span, CLASS_UNKNOWN);
    decode_close(d);
}

static void section(struct decode *d, const struct section *s)
{
    switch (s->type) {
    case SECTION_COMPRESSION:
        compression(d, s);
        break;
    case SECTION_GUIDED:
        guided(d, s);
        break;
    case SECTION_DISPOSABLE:
        decode_open(d, ITEM_MAP, "disposable");
        child_in_place(d, s, 0);
        decode_close(d);
        break;
    case SECTION_VERSION:
        version(d, s);
        break;
    case SECTION_UI:
        text_section(d, s, KEY_FLASH_FILE_NAME, 0);
        break;
    case SECTION_VOLUME:
        volume(d, s);
        break;
    default:
        other(d, s);
        break;
    }
}

/* What stands where a section should begin and is none: filling, or a fault. */
static void no_section(struct decode *d)
{
    size_t from = d->in.pos;
    struct bytes rest = reader_take(&d->in, reader_left(&d->in));
    struct span s = reader_span(&d->in, from);

    if (uefi_run(rest) == rest.len && (rest.data[0] == 0 || rest.data[0] == 0xff)) {
        decode_claimed_region(d, s, CLASS_PADDING);
        return;
    }
    decode_open(d, ITEM_MAP, "lost");
    decode_fault(d, FAULT_BAD_LENGTH, s.offset);
    decode_digest(d, KEY_FLASH_DATA_DIGEST, rest, s);
    decode_claimed_region(d, s, CLASS_UNKNOWN);
    decode_close(d);
}

/* Up to three bytes between sections. */
static void gap(struct decode *d)
{
    size_t from = d->in.pos;
    size_t n = aligned(from) - from;
    struct bytes b = reader_take(&d->in, n < reader_left(&d->in) ? n : reader_left(&d->in));

    if (b.len == 0)
        return;
    if (bytes_all(b, 0))
        decode_claimed_region(d, reader_span(&d->in, from), CLASS_PADDING);
    else
        decode_bytes(d, KEY_RESERVED, b, from);
}

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)b;
    (void)label;
    return 0;
}

static void decode(struct decode *d)
{
    struct section s;

    while (reader_more(&d->in)) {
        size_t from = d->in.pos;

        if (engine_crowded(d)) {
            uefi_unread(d);
            return;
        }
        if (!section_peek(bytes_slice(d->in.all, from, SIZE_MAX), &s)) {
            no_section(d);
            return;
        }
        (void)reader_take(&d->in, s.header);
        decode_claimed_region(d, reader_span(&d->in, from), CLASS_STRUCTURE);
        (void)reader_take(&d->in, s.body.len);
        s.span = reader_span(&d->in, from + s.header);
        section(d, &s);
        gap(d);
    }
}

const struct decoder decoder_uefi_section = {
    .name = "uefi-section",
    .title = "Sections of a UEFI firmware file",
    .spec = "uefi-pi",
    .surface = "flash",
    .min = 1,
    .max = 256 << 20,
    .probe = probe,
    .decode = decode,
};
