/* SPDX-License-Identifier: Apache-2.0 */
/*
 * coreboot's file system: files one behind the other at multiples of 64 bytes, each with a
 * header, a name, attributes and data; free space is a file of its own type. All numbers are
 * big-endian, but those in the header of old stages.
 */
#include "decode/engine_private.h"
#include "decode/image_part.h"

enum {
    HEADER = 24,
    ALIGNMENT = 64,
    TYPE_NONE = 0,
    TYPE_MASTER = 0x02,
    TYPE_BOOTBLOCK = 0x01,
    TYPE_OLD_STAGE = 0x10,
    TYPE_STAGE = 0x11,
    TYPE_SELF = 0x20,
    COMPRESSION_NONE = 0,
    COMPRESSION_LZMA = 1,
    COMPRESSION_LZ4 = 2,
    ATTRIBUTE_MIN = 8,
    STAGE_HEADER = 28,
    SEGMENT = 28,
    IMAGE_MAX = 256 << 20
};

static const uint32_t type_free = 0xffffffff;
static const uint32_t tag_compression = 0x42435a4c;
static const uint32_t tag_hash = 0x68736148;
static const uint32_t tag_position = 0x42435350;
static const uint32_t tag_alignment = 0x42434c41;
static const uint32_t tag_stage = 0x53746748;
static const uint32_t segment_entry = 0x454e5452;
static const uint32_t segment_bss = 0x42535320;
static const uint32_t segment_parameters = 0x50415241;

struct file {
    uint64_t length;
    uint32_t type;
    uint64_t attributes; /* 0: none */
    uint64_t data;       /* from the start of the header */
    struct bytes name;
};

/* Packed data: how, and how long it is then. */
struct packing {
    uint64_t method;
    uint64_t size;
};

/* The name, without the NUL and the padding behind it. */
static struct bytes file_name(struct bytes b)
{
    size_t n = 0;

    while (n < b.len && b.data[n] != 0)
        n++;
    return bytes_slice(b, 0, n);
}

static bool file_at(struct bytes all, size_t at, struct file *ret)
{
    struct reader r = reader_of(bytes_slice(all, at, all.len), 0, 0);
    bool marked = bytes_equal_text(reader_take(&r, 8), "LARCHIVE");

    ret->length = reader_u32be(&r);
    ret->type = reader_u32be(&r);
    ret->attributes = reader_u32be(&r);
    ret->data = reader_u32be(&r);
    uint64_t name_end = ret->attributes != 0 ? ret->attributes : ret->data;

    if (!marked || r.failed || name_end < HEADER || name_end > ret->data ||
        ret->data > r.all.len || ret->length > r.all.len - ret->data)
        return false;
    ret->name = file_name(bytes_slice(r.all, HEADER, (size_t)name_end - HEADER));
    return true;
}

/* Where the next header stands, from `at` on, at a multiple of the alignment; or the end. */
static size_t next_file(struct bytes all, size_t at)
{
    struct file f;

    for (; at < all.len; at += ALIGNMENT) {
        if (all.data[at] == 'L' && file_at(all, at, &f))
            return at;
    }
    return all.len;
}

static void attribute(struct decode *d, uint32_t tag, struct packing *p)
{
    static const struct field compression[] = {
        {KEY_CBFS_COMPRESSION,   F_U32BE, 0, 0},
        {KEY_CBFS_UNPACKED_SIZE, F_U32BE, 0, 0},
    };
    static const struct field position[] = {
        {KEY_CBFS_POSITION, F_U32BE, 0, 0}
    };
    static const struct field alignment[] = {
        {KEY_CBFS_ALIGNMENT, F_U32BE, 0, 0}
    };
    static const struct field stage[] = {
        {KEY_CBFS_LOAD_ADDRESS, F_U64BE, 0, 0},
        {KEY_CBFS_ENTRY_OFFSET, F_U32BE, 0, 0},
        {KEY_CBFS_MEMORY_SIZE,  F_U32BE, 0, 0},
    };

    if (tag == tag_compression) {
        p->size = decode_fields(d, compression, ARRAY_LEN(compression));
        p->method = decode_value(d, KEY_CBFS_COMPRESSION);
    } else if (tag == tag_position) {
        (void)decode_fields(d, position, ARRAY_LEN(position));
    } else if (tag == tag_alignment) {
        (void)decode_fields(d, alignment, ARRAY_LEN(alignment));
    } else if (tag == tag_stage) {
        (void)decode_fields(d, stage, ARRAY_LEN(stage));
    }
    size_t from = d->in.pos;
    struct bytes rest = reader_take(&d->in, reader_left(&d->in));

    if (rest.len > 0)
        decode_bytes(d, tag == tag_hash ? KEY_CBFS_HASH : KEY_CBFS_ATTRIBUTE, rest, from);
}

static void attributes(struct decode *d, struct packing *p)
{
    static const struct field head[] = {
        {KEY_CBFS_ATTRIBUTE_TAG, F_U32BE, 0, 0},
        {KEY_NONE,               F_SKIP,  4, 0},
    };

    while (reader_left(&d->in) >= ATTRIBUTE_MIN) {
        struct reader peek = d->in;
        uint32_t tag = reader_u32be(&peek);
        size_t length = reader_u32be(&peek);

        if (tag == 0 || tag == UINT32_MAX)
            break;
        if (length < ATTRIBUTE_MIN || length > reader_left(&d->in)) {
            decode_fault(d, FAULT_BAD_LENGTH, reader_offset(&d->in) + 4);
            break;
        }
        decode_enter(d, length);
        (void)decode_fields(d, head, ARRAY_LEN(head));
        attribute(d, tag, p);
        decode_leave(d);
    }
    size_t from = d->in.pos;
    struct bytes rest = reader_take(&d->in, reader_left(&d->in));

    if (!bytes_all(rest, 0xff))
        decode_bytes(d, KEY_RESERVED, rest, from);
    decode_claimed_region(d, reader_span(&d->in, from), CLASS_PADDING);
}

/* Data, packed or not, as what it is inside. */
static void packed(struct decode *d, size_t n, const struct packing *p, enum byte_class class)
{
    size_t from = d->in.pos;
    struct bytes b = reader_take(&d->in, n);
    struct span s = reader_span(&d->in, from);
    uint32_t blob = 0;

    if (p->method == COMPRESSION_NONE) {
        image_part_at(d, s, class);
        return;
    }
    decode_value_at(d, KEY_PART_PACKED_LENGTH, value_uint(b.len),
                    (struct span){s.blob, s.offset, 0});
    if (p->method > COMPRESSION_LZ4) {
        decode_fault(d, FAULT_BAD_VALUE, s.offset);
    } else if (image_unpack(d, p->method == COMPRESSION_LZMA ? IMAGE_LZMA : IMAGE_LZ4, s,
                            p->size, &blob)) {
        decode_digest(d, KEY_PART_PACKED_DIGEST, b, s);
        decode_claimed_region(d, s, CLASS_COMPRESSED);
        image_part_at(d, (struct span){blob, 0, p->size}, class);
        return;
    }
    decode_digest(d, KEY_PART_DIGEST, b, s);
    decode_claimed_region(d, s, CLASS_COMPRESSED);
}

static void master(struct decode *d)
{
    static const struct field rows[] = {
        {KEY_CBFS_MASTER_MAGIC,        F_U32BE, 0, 0},
        {KEY_CBFS_MASTER_VERSION,      F_U32BE, 0, 0},
        {KEY_CBFS_MASTER_ROM_SIZE,     F_U32BE, 0, 0},
        {KEY_CBFS_MASTER_BOOTBLOCK,    F_U32BE, 0, 0},
        {KEY_CBFS_MASTER_ALIGNMENT,    F_U32BE, 0, 0},
        {KEY_CBFS_MASTER_OFFSET,       F_U32BE, 0, 0},
        {KEY_CBFS_MASTER_ARCHITECTURE, F_U32BE, 0, 0},
        {KEY_CBFS_MASTER_PADDING,      F_U32BE, 0, 0},
    };

    (void)decode_fields(d, rows, ARRAY_LEN(rows));
}

static void old_stage(struct decode *d)
{
    static const struct field rows[] = {
        {KEY_CBFS_COMPRESSION,  F_U32LE, 0, 0},
        {KEY_CBFS_ENTRY,        F_U64LE, 0, 0},
        {KEY_CBFS_LOAD_ADDRESS, F_U64LE, 0, 0},
        {KEY_CBFS_DATA_LENGTH,  F_U32LE, 0, 0},
        {KEY_CBFS_MEMORY_SIZE,  F_U32LE, 0, 0},
    };

    (void)decode_fields(d, rows, ARRAY_LEN(rows));
    struct packing p = {decode_value(d, KEY_CBFS_COMPRESSION),
                        decode_value(d, KEY_CBFS_MEMORY_SIZE)};

    if (p.method == COMPRESSION_NONE || p.method > COMPRESSION_LZ4) {
        image_part(d, reader_left(&d->in), CLASS_CODE);
        return;
    }
    /* What the header states is the size in memory; the stream states that of the data. */
    struct reader peek = d->in;

    if (p.method == COMPRESSION_LZMA) {
        (void)reader_take(&peek, 5);
        p.size = reader_u64le(&peek);
    }
    packed(d, reader_left(&d->in), &p, CLASS_CODE);
}

static bool segment(struct decode *d, size_t *end)
{
    static const struct field rows[] = {
        {KEY_CBFS_SEGMENT_TYPE,   F_TEXT,  4, 0},
        {KEY_CBFS_COMPRESSION,    F_U32BE, 0, 0},
        {KEY_CBFS_SEGMENT_OFFSET, F_U32BE, 0, 0},
        {KEY_CBFS_LOAD_ADDRESS,   F_U64BE, 0, 0},
        {KEY_CBFS_DATA_LENGTH,    F_U32BE, 0, 0},
        {KEY_CBFS_MEMORY_SIZE,    F_U32BE, 0, 0},
    };
    struct reader peek = d->in;
    uint32_t type = reader_u32be(&peek);
    struct bytes all = d->in.all;

    decode_open(d, ITEM_MAP, "segment");
    (void)decode_fields(d, rows, ARRAY_LEN(rows));
    struct packing p = {decode_value(d, KEY_CBFS_COMPRESSION),
                        decode_value(d, KEY_CBFS_MEMORY_SIZE)};
    uint64_t offset = decode_value(d, KEY_CBFS_SEGMENT_OFFSET);
    uint64_t length = decode_value(d, KEY_CBFS_DATA_LENGTH);
    size_t back = d->in.pos;
    bool data = type != segment_entry && type != segment_bss && length > 0;

    if (data && (offset > all.len || length > all.len - offset)) {
        decode_fault(d, FAULT_BAD_REFERENCE, reader_offset(&d->in) - 20);
    } else if (data) {
        reader_seek(&d->in, (size_t)offset);
        packed(d, (size_t)length, &p, type == segment_parameters ? CLASS_DATA : CLASS_CODE);
        *end = d->in.pos > *end ? d->in.pos : *end;
        reader_seek(&d->in, back);
    }
    decode_close(d);
    return type != segment_entry && !d->in.failed;
}

static void payload(struct decode *d)
{
    size_t end = 0;

    decode_open(d, ITEM_LIST, "segments");
    while (reader_left(&d->in) >= SEGMENT && segment(d, &end))
        ;
    decode_close(d);
    end = d->in.pos > end ? d->in.pos : end;
    reader_seek(&d->in, end);
    if (reader_more(&d->in)) {
        decode_open(d, ITEM_MAP, "behind-segments");
        image_part(d, reader_left(&d->in), CLASS_UNKNOWN);
        decode_close(d);
    }
}

static void data(struct decode *d, const struct file *f, const struct packing *p)
{
    size_t left = reader_left(&d->in);

    switch (f->type) {
    case TYPE_MASTER:
        master(d);
        break;
    case TYPE_OLD_STAGE:
        old_stage(d);
        break;
    case TYPE_SELF:
        payload(d);
        break;
    case TYPE_STAGE:
    case TYPE_BOOTBLOCK:
        packed(d, left, p, CLASS_CODE);
        break;
    default:
        packed(d, left, p, CLASS_DATA);
    }
    if (reader_more(&d->in)) {
        decode_fault(d, FAULT_TRAILING, reader_offset(&d->in));
        image_part(d, reader_left(&d->in), CLASS_UNKNOWN);
    }
}

/* The bytes of the name and its padding. */
static void name_field(struct decode *d, const struct file *f)
{
    size_t from = d->in.pos;
    uint64_t end = f->attributes != 0 ? f->attributes : f->data;
    struct bytes b = reader_take(&d->in, (size_t)end - HEADER);
    struct bytes padding = bytes_slice(b, f->name.len, b.len);
    struct span s = reader_span(&d->in, from);

    if (!bytes_all(padding, 0))
        decode_value_at(d, KEY_RESERVED, value_bytes(padding), s);
    decode_claimed_region(d, s, CLASS_STRUCTURE);
}

static void file(struct decode *d, size_t at, const struct file *f)
{
    static const struct field head[] = {
        {KEY_NONE,                 F_SKIP,  8, 0},
        {KEY_CBFS_FILE_LENGTH,     F_U32BE, 0, 0},
        {KEY_CBFS_FILE_TYPE,       F_U32BE, 0, 0},
        {KEY_CBFS_FILE_ATTRIBUTES, F_U32BE, 0, 0},
        {KEY_CBFS_FILE_DATA,       F_U32BE, 0, 0},
    };
    struct packing p = {0, 0};

    reader_seek(&d->in, at);
    decode_enter(d, (size_t)(f->data + f->length));
    decode_open(d, ITEM_MAP, "file:%.*s", (int)f->name.len, (const char *)f->name.data);
    (void)decode_fields(d, head, ARRAY_LEN(head));
    name_field(d, f);
    if (f->attributes != 0) {
        decode_enter(d, (size_t)(f->data - f->attributes));
        attributes(d, &p);
        decode_leave(d);
    }
    decode_enter(d, (size_t)f->length);
    data(d, f, &p);
    decode_leave(d);
    decode_close(d);
    decode_leave(d);
}

/* Room that a later file may take. Its place and size follow from the other files. */
static void free_file(struct decode *d, size_t at, const struct file *f)
{
    static const struct field head[] = {
        {KEY_NONE,               F_SKIP,  8, 0},
        {KEY_CBFS_FREE_LENGTH,   F_U32BE, 0, 0},
        {KEY_CBFS_FREE_TYPE,     F_U32BE, 0, 0},
        {KEY_CBFS_FREE_RESERVED, F_U32BE, 0, 0},
        {KEY_CBFS_FREE_DATA,     F_U32BE, 0, 0},
    };

    struct file nameless = *f;

    nameless.name.len = 0;
    reader_seek(&d->in, at);
    decode_enter(d, (size_t)(f->data + f->length));
    decode_open(d, ITEM_MAP, "free");
    (void)decode_fields(d, head, ARRAY_LEN(head));
    name_field(d, &nameless);
    size_t from = d->in.pos;
    struct bytes b = reader_take(&d->in, reader_left(&d->in));
    struct span s = reader_span(&d->in, from);

    if (bytes_all(b, 0xff)) {
        decode_claimed_region(d, s, CLASS_FREE_ERASED);
    } else {
        decode_digest(d, KEY_CBFS_FREE_WRITTEN, b, s);
        decode_claimed_region(d, s, CLASS_FREE_NONERASED);
    }
    decode_close(d);
    decode_leave(d);
}

/* What stands between files: the rest of a block, or bytes that no header explains. */
static void between(struct decode *d, size_t end)
{
    size_t from = d->in.pos;
    struct bytes b = bytes_slice(d->in.all, from, end - from);

    if (b.len == 0)
        return;
    if (bytes_all(b, 0xff) || (b.len < ALIGNMENT && bytes_all(b, 0))) {
        (void)reader_take(&d->in, b.len);
        if (b.data[0] == 0)
            decode_value_at(d, KEY_CBFS_FILL, value_uint(0),
                            (struct span){d->in.blob, d->in.base + from, 0});
        decode_claimed_region(d, reader_span(&d->in, from), CLASS_PADDING);
        return;
    }
    decode_open(d, ITEM_MAP, "between");
    image_part(d, b.len, CLASS_UNKNOWN);
    decode_close(d);
}

static void decode(struct decode *d)
{
    struct bytes all = d->in.all;
    struct file f;
    size_t at = next_file(all, 0);

    decode_open(d, ITEM_MAP, "cbfs");
    if (at == all.len)
        decode_fault(d, FAULT_MISSING, d->in.base);
    while (at < all.len && file_at(all, at, &f)) {
        size_t end = at + (size_t)(f.data + f.length);

        if (engine_crowded(d)) {
            size_t from = d->in.pos;

            engine_crowd_tell(d);
            (void)reader_take(&d->in, reader_left(&d->in));
            decode_region(d, reader_span(&d->in, from), CLASS_UNREAD);
            break;
        }
        between(d, at);
        if (f.type == type_free || f.type == TYPE_NONE)
            free_file(d, at, &f);
        else
            file(d, at, &f);
        at = (end + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        reader_seek(&d->in, end);
        at = next_file(all, at);
    }
    between(d, all.len);
    decode_close(d);
}

static unsigned probe(struct bytes b, struct bytes label)
{
    struct file f;

    (void)label;
    return file_at(b, 0, &f) ? 90 : 0;
}

const struct decoder decoder_cbfs = {
    .name = "cbfs",
    .title = "coreboot's file system",
    .spec = "cbfs",
    .surface = "flash",
    .min = HEADER,
    .max = IMAGE_MAX,
    .probe = probe,
    .decode = decode,
};
