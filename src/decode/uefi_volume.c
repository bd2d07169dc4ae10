/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A firmware volume: header, extended header, and the files of its file system. UEFI PI 1.8,
 * volume 3, sections 3.2 and 3.3.
 */
#include <string.h>

#include "decode/engine.h"
#include "decode/engine_private.h"
#include "decode/uefi.h"

enum {
    FIXED = UEFI_VOLUME_HEADER_MIN,
    ATTRIBUTE_ERASED_IS_ONE = 0x800,
    EXT_HEADER = 20, /* name and length */
    EXT_USED_SIZE = 3,
    FILE_HEADER = 24,
    FILE_HEADER_LARGE = 32,
    FILE_ALIGNMENT = 8,
    NVRAM_SURE = 50,
};

enum file_attribute {
    FILE_LARGE = 0x01, /* in revision 1: a tail follows the data */
    FILE_ALIGNMENT_2 = 0x02,
    FILE_ALIGNMENT_BITS = 0x38,
    FILE_CHECKSUM = 0x40,
};

enum file_state {
    STATE_HEADER_CONSTRUCTION = 0x01,
    STATE_HEADER_VALID = 0x02,
    STATE_DATA_VALID = 0x04,
    STATE_MARKED = 0x08,
    STATE_DELETED = 0x10,
    STATE_HEADER_INVALID = 0x20,
    STATE_PLAIN = STATE_HEADER_CONSTRUCTION | STATE_HEADER_VALID | STATE_DATA_VALID,
};

enum file_type {
    TYPE_FILE_RAW = 0x01,
    TYPE_FILE_LAST_SECTIONED = 0x0f,
    TYPE_FILE_PAD = 0xf0,
};

static const uint8_t nvram_guid[GUID_SIZE] =
    GUID_BYTES(0xfff12b8du, 0x7696, 0x4c8b, 0xa9, 0x85, 0x27, 0x47, 0x07, 0x5b, 0x4f, 0x50);

/* A second volume of variables, in firmware of some vendors. */
static const uint8_t nvram_more_guid[GUID_SIZE] =
    GUID_BYTES(0x00504624u, 0x8a59, 0x4eeb, 0xbd, 0x0f, 0x6b, 0x36, 0xe9, 0x61, 0x28, 0xe0);

static const uint8_t top_guid[GUID_SIZE] =
    GUID_BYTES(0x1ba0062eu, 0xc779, 0x4582, 0x85, 0x66, 0x33, 0x6a, 0xe8, 0xf7, 0x8f, 0x09);

static const struct field header[] = {
    {KEY_NONE,                   F_RESERVED, 16, 0},
    {KEY_FLASH_FV_FILE_SYSTEM,   F_GUID,     0,  0},
    {KEY_FLASH_FV_LENGTH,        F_U64LE,    0,  0},
    {KEY_NONE,                   F_SKIP,     4,  0},
    {KEY_FLASH_FV_ATTRIBUTES,    F_U32LE,    0,  0},
    {KEY_FLASH_FV_HEADER_LENGTH, F_U16LE,    0,  0},
    {KEY_NONE,                   F_SKIP,     2,  0},
    {KEY_FLASH_FV_EXT_OFFSET,    F_U16LE,    0,  0},
    {KEY_NONE,                   F_RESERVED, 1,  0},
    {KEY_FLASH_FV_REVISION,      F_U8,       0,  0},
};

static const struct field ext_header[] = {
    {KEY_FLASH_FV_NAME,       F_GUID,  0, 0},
    {KEY_FLASH_FV_EXT_LENGTH, F_U32LE, 0, 0},
};

static const struct field block_run[] = {
    {KEY_FLASH_FV_BLOCKS,       F_U32LE, 0, 0},
    {KEY_FLASH_FV_BLOCK_LENGTH, F_U32LE, 0, 0},
};

/* What the files of a volume need to know of it. */
struct volume {
    uint8_t erased;
    unsigned revision;
    size_t length;
    struct digest_stream order;
    size_t files; /* that are no pads */
    struct digest_stream pads;
    size_t blank_pads;
    bool packed; /* the length of a file depends on who packed it, and so does that of a pad */
};

/* One file header, as it stands. */
struct file {
    struct bytes guid;
    struct bytes all; /* the file from its header on, to the end of the volume */
    size_t header;    /* bytes */
    uint64_t size;    /* with header */
    uint8_t sum;      /* over the data, or the constant for none */
    uint8_t type;
    uint8_t attributes;
    uint8_t state; /* erased bits are 0 */
    bool header_good;
};

/* Named by whoever finds one; a lone one is a flash image. */
static unsigned probe(struct bytes b, struct bytes label)
{
    (void)b;
    (void)label;
    return 0;
}

/* The runs of blocks to the terminating pair of zeros. Together they are the volume, or, for a
 * volume of variables, all of its flash part. */
static void block_map(struct decode *d, size_t header_len, uint64_t length)
{
    uint64_t total = 0;
    bool ended = false;

    while (!ended && d->in.pos + 8 <= header_len) {
        struct reader peek = reader_at(&d->in, d->in.pos, 8);
        uint64_t blocks = reader_u32le(&peek);
        uint64_t size = reader_u32le(&peek);

        ended = blocks == 0 && size == 0;
        if (ended) {
            decode_fields(d,
                          (const struct field[]){
                              {KEY_NONE, F_SKIP, 8, 0}
            },
                          1);
        } else {
            (void)decode_fields(d, block_run, ARRAY_LEN(block_run));
            total += blocks * size;
        }
    }
    if (ended && total < length)
        decode_fault(d, FAULT_BAD_COUNT, d->in.base + FIXED);
    if (!ended)
        decode_fault(d, FAULT_UNTERMINATED, d->in.base + header_len);
}

static void header_checksum(struct decode *d, size_t header_len)
{
    struct span at = {d->in.blob, d->in.base + 50, 2};

    struct reader r = reader_at(&d->in, 50, 2);
    bool fits = header_len >= FIXED && header_len <= d->in.all.len;

    if (!fits)
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base + 48);
    else if (sum16(bytes_slice(d->in.all, 0, header_len)) == 0 && header_len % 2 == 0)
        return;
    else
        decode_fault(d, FAULT_BAD_CHECKSUM, at.offset);
    decode_value_at(d, KEY_FLASH_FV_CHECKSUM, value_uint(reader_u16le(&r)), at);
}

/* Entries of the extended header: their bytes are one digest, but for the size in use. */
static void ext_entries(struct decode *d, size_t n)
{
    size_t from = d->in.pos;
    struct bytes b = reader_take(&d->in, n);

    if (b.len == 0)
        return;
    struct reader r = reader_of(b, 0, 0);
    uint16_t size = reader_u16le(&r);

    if (size == 8 && reader_u16le(&r) == EXT_USED_SIZE && b.len == size)
        decode_uint(d, KEY_FLASH_FV_USED, reader_u32le(&r), from);
    else
        decode_digest(d, KEY_FLASH_FV_EXT, b, reader_span(&d->in, from));
    decode_claimed_region(d, reader_span(&d->in, from), CLASS_STRUCTURE);
}

/*
 * The extended header, and a pad file whose data it is when there is one: nobody walks the
 * files before it. Leaves `in` at the first file.
 */
static void extended_header(struct decode *d, size_t ext)
{
    size_t from = d->in.pos;

    if (ext < from || ext + EXT_HEADER > d->in.all.len) {
        decode_fault(d, FAULT_BAD_REFERENCE, d->in.base + 52);
        return;
    }
    if (ext > from)
        decode_bytes(d, KEY_RESERVED, reader_take(&d->in, ext - from), from);
    size_t length = (size_t)decode_fields(d, ext_header, ARRAY_LEN(ext_header));

    if (length < EXT_HEADER || length - EXT_HEADER > reader_left(&d->in)) {
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base + ext + GUID_SIZE);
        return;
    }
    ext_entries(d, length - EXT_HEADER);
}

/* Bytes up to a multiple of `to` from the start of `in`: one claim unless they are blank. */
static void align(struct decode *d, size_t to, uint8_t blank)
{
    size_t from = d->in.pos;
    size_t n = (to - from % to) % to;
    struct bytes b = reader_take(&d->in, n < reader_left(&d->in) ? n : reader_left(&d->in));

    if (b.len == 0)
        return;
    if (bytes_all(b, blank))
        decode_claimed_region(d, reader_span(&d->in, from), CLASS_PADDING);
    else
        decode_bytes(d, KEY_RESERVED, b, from);
}

/* waiver scalar-reads: the fields say together whether a header stands here at all */
static struct file file_peek(const struct decode *d, const struct volume *v)
{
    struct file f = {.all = bytes_slice(d->in.all, d->in.pos, SIZE_MAX), .header = FILE_HEADER};
    struct reader r = reader_of(f.all, 0, 0);

    f.guid = reader_take(&r, GUID_SIZE);
    (void)reader_u8(&r);
    f.sum = reader_u8(&r);
    f.type = reader_u8(&r);
    f.attributes = reader_u8(&r);
    f.size = reader_uint(&r, 3, false);
    uint8_t state = reader_u8(&r);

    f.state = (uint8_t)(state ^ v->erased);
    if ((f.attributes & FILE_LARGE) != 0 && v->revision >= 2 &&
        (f.size == 0 || f.size == 0xffffff)) {
        f.size = reader_u64le(&r);
        f.header = FILE_HEADER_LARGE;
    }
    uint8_t sum = sum8(bytes_slice(f.all, 0, f.header));

    f.header_good = !r.failed && (uint8_t)(sum - f.sum - state) == 0;
    return f;
}

static bool file_fits(const struct file *f)
{
    return f->size >= f->header && f->size <= f->all.len;
}

/* The state's highest bit decides. */
static bool file_gone(const struct file *f)
{
    return (f->state & (STATE_DELETED | STATE_HEADER_INVALID)) != 0 ||
           (f->state & STATE_DATA_VALID) == 0;
}

/* The data must stand where the attributes demand, counted from the volume's beginning. */
static void file_alignment(struct decode *d, const struct file *f, size_t at)
{
    static const uint32_t small[8] = {1, 16, 128, 512, 1024, 4096, 32768, 65536};
    unsigned index = (f->attributes & FILE_ALIGNMENT_BITS) >> 3;
    uint64_t want = small[index];

    if ((f->attributes & FILE_ALIGNMENT_2) != 0)
        want = UINT64_C(131072) << index;
    if ((at + f->header) % want != 0)
        decode_bool(d, KEY_FLASH_FILE_MISALIGNED, true, d->in.pos);
}

/* Both checksums of a file, where they do not follow from what they cover. */
static void checksum_claim(struct decode *d)
{
    struct reader r = reader_at(&d->in, GUID_SIZE, 2);

    decode_value_at(d, KEY_FLASH_FILE_CHECKSUM, value_uint(reader_u16le(&r)),
                    (struct span){d->in.blob, d->in.base + GUID_SIZE, 2});
}

/* The checksum over the data, or the constant that stands there instead. */
static void file_checksum(struct decode *d, const struct file *f, const struct volume *v,
                          struct bytes body)
{
    uint8_t want = v->revision >= 2 ? 0xaa : 0x5a;

    if ((f->attributes & FILE_CHECKSUM) != 0)
        want = (uint8_t)-sum8(body);
    if (f->sum == want)
        return;
    decode_fault(d, (f->attributes & FILE_CHECKSUM) != 0 ? FAULT_BAD_CHECKSUM : FAULT_BAD_VALUE,
                 d->in.base + 17);
    checksum_claim(d);
}

static void file_claims(struct decode *d, const struct file *f, size_t at, bool packed)
{
    struct span s = {d->in.blob, d->in.base, f->header};
    const char *known = uefi_guid_name(f->guid);

    decode_claimed_region(d, s, CLASS_STRUCTURE);
    decode_value_at(d, KEY_FLASH_FILE_TYPE, value_uint(f->type),
                    (struct span){s.blob, s.offset + 18, 1});
    if (f->attributes != 0)
        decode_value_at(d, KEY_FLASH_FILE_ATTRIBUTES, value_uint(f->attributes),
                        (struct span){s.blob, s.offset + 19, 1});
    decode_value_at(d, packed ? KEY_FLASH_FILE_PACKED_SIZE : KEY_FLASH_FILE_SIZE,
                    value_uint(f->size), (struct span){s.blob, s.offset + 20, 3});
    decode_value_at(d, KEY_FLASH_FILE_OFFSET, value_uint(at),
                    (struct span){s.blob, s.offset, 0});
    if (f->state != STATE_PLAIN)
        decode_value_at(d, KEY_FLASH_FILE_STATE, value_uint(f->state),
                        (struct span){s.blob, s.offset + 23, 1});
    if (f->type == TYPE_FILE_PAD && !bytes_all(f->guid, 0xff))
        decode_value_at(d, KEY_RESERVED, value_bytes(f->guid),
                        (struct span){s.blob, s.offset, GUID_SIZE});
    if (known != NULL)
        decode_value_at(d, KEY_FLASH_FILE_KNOWN_AS, value_text(bytes_of(known)),
                        (struct span){s.blob, s.offset, GUID_SIZE});
    if (!f->header_good)
        decode_fault(d, FAULT_BAD_CHECKSUM, s.offset + GUID_SIZE);
    if (!f->header_good || file_gone(f))
        checksum_claim(d);
}

/* What stands behind the header: sections, a nested format, or data. */
static void file_body(struct decode *d, const struct file *f, struct bytes body, size_t from)
{
    struct span s = reader_span(&d->in, from);
    bool raw = f->type == TYPE_FILE_RAW || f->type > TYPE_FILE_LAST_SECTIONED || f->type == 0;

    if (body.len == 0)
        return;
    if (!raw || (f->type != TYPE_FILE_RAW && uefi_sections_whole(body))) {
        decode_child(d, ITEM_MAP, (struct bytes){NULL, 0}, s, "uefi-section");
        return;
    }
    if (uefi_volume_next(body, 0) < body.len) {
        decode_child(d, ITEM_MAP, bytes_of("raw"), s, "bios-region");
        return;
    }
    decode_digest(d, KEY_FLASH_FILE_BODY, body, s);
    const struct decoder *known = uefi_known(body);

    if (known != NULL)
        decode_child(d, ITEM_MAP, bytes_of(known->name), s, known->name);
}

/* Nothing reads a deleted file, so that its bytes are only counted and digested. */
static void file_deleted(struct decode *d, const struct file *f, struct bytes all, size_t at)
{
    struct span s = {d->in.blob, d->in.base, all.len};

    file_claims(d, f, at, false);
    decode_digest(d, KEY_FLASH_FILE_BODY, bytes_slice(all, f->header, SIZE_MAX), s);
    decode_claimed_region(d, s, CLASS_DELETED);
}

/* A pad file has no claims of its own when it is blank; all of a volume's have one together. */
static bool pad_blank(struct decode *d, const struct file *f, struct volume *v)
{
    struct bytes body = bytes_slice(f->all, f->header, (size_t)f->size - f->header);
    struct span s = {d->in.blob, d->in.base + d->in.pos, f->size};

    if (f->type != TYPE_FILE_PAD || f->state != STATE_PLAIN || !f->header_good ||
        f->attributes != 0 || f->sum != 0xaa || !bytes_all(f->guid, 0xff) ||
        !bytes_all(body, v->erased))
        return false;
    uint8_t place[16];

    for (unsigned i = 0; i < 8; i++) {
        place[i] = (uint8_t)((uint64_t)v->files >> 8 * i);
        place[8 + i] = (uint8_t)(f->size >> 8 * i);
    }
    digest_more(&v->pads, (struct bytes){place, sizeof(place)});
    v->blank_pads++;
    (void)reader_take(&d->in, (size_t)f->size);
    decode_claimed_region(d, s, CLASS_PADDING);
    return true;
}

static void file_open(struct decode *d, const struct file *f, bool gone)
{
    struct bytes text = guid_text(d->arena, f->guid);

    if (f->type == TYPE_FILE_PAD && !gone)
        decode_open(d, ITEM_MAP, "pad");
    else
        decode_open(d, ITEM_MAP, "%s:%.*s", gone ? "deleted" : "file", (int)text.len,
                    (const char *)text.data);
}

static void file(struct decode *d, struct volume *v)
{
    struct file f = file_peek(d, v);
    size_t at = d->in.pos;
    bool gone = file_gone(&f);

    if (pad_blank(d, &f, v))
        return;
    if (f.type != TYPE_FILE_PAD && !gone) {
        digest_more(&v->order, f.guid);
        v->files++;
    }
    decode_enter(d, (size_t)f.size);
    file_open(d, &f, gone);
    if (gone) {
        file_deleted(d, &f, reader_take(&d->in, (size_t)f.size), at);
    } else {
        (void)reader_take(&d->in, f.header);
        size_t tail =
            v->revision == 1 && (f.attributes & FILE_LARGE) != 0 && f.size >= f.header + 2 ? 2
                                                                                           : 0;
        size_t from = d->in.pos;
        struct bytes body = reader_take(&d->in, (size_t)f.size - f.header - tail);

        bool packed = f.type != TYPE_FILE_PAD && uefi_sections_packed(body);

        v->packed = v->packed || packed;
        file_claims(d, &f, at, packed);
        file_alignment(d, &f, at);
        if (guid_is(f.guid, top_guid) && at + f.size != v->length)
            decode_fault(d, FAULT_BAD_ORDER, d->in.base);
        file_checksum(d, &f, v, body);
        file_body(d, &f, body, from);
        from = d->in.pos;
        if (tail > 0)
            decode_bytes(d, KEY_RESERVED, reader_take(&d->in, tail), from);
    }
    decode_close(d);
    decode_leave(d);
}

/* A header that cannot be true: what follows is not walked. */
static void files_lost(struct decode *d, const struct file *f)
{
    decode_fault(d, f->header_good ? FAULT_BAD_LENGTH : FAULT_BAD_CHECKSUM,
                 reader_offset(&d->in));
    uefi_loose(d, reader_left(&d->in), "lost", CLASS_UNKNOWN, 0xff);
}

static void free_space(struct decode *d, const struct volume *v)
{
    struct bytes rest = bytes_slice(d->in.all, d->in.pos, SIZE_MAX);
    size_t run = rest.len > 0 && rest.data[0] == v->erased ? uefi_run(rest) : 0;
    size_t from = d->in.pos;

    (void)reader_take(&d->in, run);
    decode_uint(d, KEY_FLASH_FV_FREE, run, d->in.pos);
    decode_claimed_region(d, reader_span(&d->in, from), CLASS_FREE_ERASED);
    uefi_loose(d, reader_left(&d->in), "free-space", CLASS_FREE_NONERASED, v->erased);
}

/* Whether no file header stands here. */
static bool header_blank(const struct decode *d, const struct volume *v)
{
    return reader_left(&d->in) < FILE_HEADER ||
           bytes_all(bytes_slice(d->in.all, d->in.pos, FILE_HEADER), v->erased);
}

static void stream_claim(struct decode *d, enum key_id key, struct digest_stream *s)
{
    struct digest done = digest_end(s);
    struct bytes kept = arena_copy(d->arena, (struct bytes){done.bytes, SHA256_SIZE});

    decode_value_at(d, key, value_bytes(kept), (struct span){d->in.blob, d->in.base, 0});
}

static void files(struct decode *d, struct volume *v)
{
    digest_begin(&v->order);
    digest_begin(&v->pads);
    for (;;) {
        align(d, FILE_ALIGNMENT, v->erased);
        if (header_blank(d, v))
            break;
        struct file f = file_peek(d, v);

        if (engine_crowded(d)) {
            uefi_unread(d);
            return;
        }
        if (!file_fits(&f) || (!f.header_good && (f.state & STATE_HEADER_VALID) == 0)) {
            files_lost(d, &f);
            return;
        }
        file(d, v);
    }
    if (v->files > 0)
        stream_claim(d, KEY_FLASH_FV_ORDER, &v->order);
    if (v->blank_pads > 0 && !v->packed)
        stream_claim(d, KEY_FLASH_FV_PADS, &v->pads);
    free_space(d, v);
}

/* Whether a volume of an unknown file system holds files all the same. */
static bool files_here(struct decode *d, const struct volume *v)
{
    if (header_blank(d, v))
        return false;
    struct file f = file_peek(d, v);

    return f.header_good && file_fits(&f);
}

static void content(struct decode *d, bool nvram)
{
    static const char area[] = "nvram-area";
    size_t from = d->in.pos;
    struct bytes b = reader_take(&d->in, reader_left(&d->in));
    struct span s = reader_span(&d->in, from);

    if (b.len == 0)
        return;
    if (nvram && decoder_probe_sure(b, (struct bytes){NULL, 0}, NVRAM_SURE) != NULL) {
        decode_child(d, ITEM_MAP, (struct bytes){NULL, 0}, s, area);
        return;
    }
    decode_digest(d, nvram ? KEY_FLASH_FV_VARIABLES : KEY_FLASH_FV_CONTENT, b, s);
    if (!nvram)
        decode_claimed_region(d, s, CLASS_UNKNOWN);
}

static void body(struct decode *d)
{
    struct bytes system = bytes_slice(d->in.all, 16, GUID_SIZE);
    size_t ext = (size_t)decode_value(d, KEY_FLASH_FV_EXT_OFFSET);
    struct volume v = {
        .revision = (unsigned)decode_value(d, KEY_FLASH_FV_REVISION),
        .length = d->in.all.len,
        .erased = (decode_value(d, KEY_FLASH_FV_ATTRIBUTES) & ATTRIBUTE_ERASED_IS_ONE) != 0
                      ? 0xff
                      : 0x00,
    };

    if (guid_is(system, nvram_guid) || guid_is(system, nvram_more_guid)) {
        content(d, true);
        return;
    }
    if (ext != 0)
        extended_header(d, ext);
    align(d, FILE_ALIGNMENT, v.erased);
    if (uefi_guid_name(system) != NULL || files_here(d, &v))
        files(d, &v);
    else
        content(d, false);
}

static void decode(struct decode *d)
{
    uint64_t length = 0;
    size_t header_len = 0;

    (void)decode_fields(d, header, ARRAY_LEN(header));
    length = decode_value(d, KEY_FLASH_FV_LENGTH);
    header_len = (size_t)decode_value(d, KEY_FLASH_FV_HEADER_LENGTH);
    if (memcmp(d->in.all.data + 40, "_FVH", 4) != 0) {
        decode_fault(d, FAULT_BAD_SIGNATURE, d->in.base + 40);
        decode_value_at(d, KEY_RESERVED, value_bytes(bytes_slice(d->in.all, 40, 4)),
                        (struct span){d->in.blob, d->in.base + 40, 4});
    }
    if (length != d->in.all.len)
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base + 32);
    header_checksum(d, header_len);
    if (header_len >= FIXED && header_len <= d->in.all.len)
        block_map(d, header_len, length);
    body(d);
}

const struct decoder decoder_uefi_volume = {
    .name = "uefi-volume",
    .title = "UEFI firmware volume",
    .spec = "uefi-pi",
    .surface = "flash",
    .min = FIXED,
    .max = 256 << 20,
    .probe = probe,
    .decode = decode,
};
