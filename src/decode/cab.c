/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cabinets (MS-CAB): folders, which are streams cut into blocks of up to 32 KiB unpacked, and
 * files, which are pieces of what a folder unpacks to. Stored and MSZIP folders are read; what
 * else there is (Quantum, LZX) is stated as bytes.
 */
#include "decode/archive.h"
#include "decode/bmc_layout.h"
#include "decode/bmc_part.h"
#include "decode/codec.h"
#include "decode/engine_private.h"
#include "decode/image_part.h"

enum {
    HEADER = 36,
    FOLDER = 8,
    FILE_ENTRY = 16,
    BLOCK_HEADER = 8,
    BLOCK_MAX = 32768,
    PREVIOUS = 1 << 0,
    NEXT = 1 << 1,
    RESERVE = 1 << 2,
    STORED = 0,
    MSZIP = 1,
    METHOD_MASK = 0xf,
    FOLDERS_MAX = 64,
    CONTINUED = 0xfffd, /* and above: a file that begins or goes on in another cabinet */
    CABINET_MAX = 512 << 20
};

static const char mark[] = "MSCF";

/* A folder, and the blob that it unpacks to. */
struct folder {
    uint32_t blob;
    size_t length; /* of the blob; 0: not unpacked */
    struct bmc_layout *files;
};

struct cabinet {
    struct decode *d;
    struct bmc_layout *layout;
    size_t folder_reserve;
    size_t block_reserve;
    struct folder folders[FOLDERS_MAX];
    size_t count;
};

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    return bytes_starts_with(b, mark) && bytes_u32le(b, 4) == 0 ? 95 : 0;
}

/* The checksum of MS-CAB, 2.6: words exclusive-ored; a rest is read the other way round. */
static uint32_t checksum(struct bytes b, uint32_t sum)
{
    size_t words = b.len / 4;
    uint32_t rest = 0;

    for (size_t i = 0; i < words; i++)
        sum ^= bytes_u32le(b, i * 4);
    for (size_t i = words * 4; i < b.len; i++)
        rest = rest << 8 | b.data[i];
    return sum ^ rest;
}

/* A text up to a NUL, which must be there. */
static void neighbour(struct decode *d)
{
    size_t from = d->in.pos;
    struct bytes rest = bytes_slice(d->in.all, from, SIZE_MAX);
    const uint8_t *end = rest.len > 0 ? memchr(rest.data, 0, rest.len) : NULL;
    struct bytes b = reader_take(&d->in, end != NULL ? (size_t)(end - rest.data) : rest.len);

    (void)reader_take(&d->in, 1);
    decode_bytes(d, KEY_CAB_NEIGHBOUR, b, from);
}

static void reserve(struct decode *d, enum key_id key, size_t n)
{
    size_t from = d->in.pos;
    struct bytes b = reader_take(&d->in, n);

    if (b.len > 0)
        decode_digest(d, key, b, reader_span(&d->in, from));
}

static void header(struct cabinet *c)
{
    static const struct field fields[] = {
        {KEY_NONE,         F_SKIP,     4, 0},
        {KEY_NONE,         F_RESERVED, 4, 0},
        {KEY_CAB_LENGTH,   F_U32LE,    0, 0},
        {KEY_NONE,         F_RESERVED, 4, 0},
        {KEY_CAB_FILES_AT, F_U32LE,    0, 0},
        {KEY_NONE,         F_RESERVED, 4, 0},
        {KEY_CAB_MINOR,    F_U8,       0, 0},
        {KEY_CAB_MAJOR,    F_U8,       0, 0},
        {KEY_CAB_FOLDERS,  F_U16LE,    0, 0},
        {KEY_CAB_FILES,    F_U16LE,    0, 0},
        {KEY_CAB_FLAGS,    F_U16LE,    0, 0},
        {KEY_CAB_SET,      F_U16LE,    0, 0},
        {KEY_CAB_NUMBER,   F_U16LE,    0, 0},
    };
    static const unsigned texts[] = {PREVIOUS, PREVIOUS, NEXT, NEXT};
    struct decode *d = c->d;

    bmc_signature(d, bytes_of(mark));
    (void)decode_fields(d, fields, ARRAY_LEN(fields));
    uint64_t flags = decode_value(d, KEY_CAB_FLAGS);

    if (decode_value(d, KEY_CAB_MAJOR) != 1)
        decode_fault(d, FAULT_BAD_VERSION, d->in.base + 25);
    if (decode_value(d, KEY_CAB_LENGTH) > d->in.all.len)
        decode_fault(d, FAULT_TRUNCATED, d->in.base + d->in.all.len);
    if ((flags & RESERVE) != 0) {
        size_t at = d->in.pos;
        size_t n = reader_u16le(&d->in);

        c->folder_reserve = reader_u8(&d->in);
        c->block_reserve = reader_u8(&d->in);
        reserve(d, KEY_CAB_RESERVE, n);
        if (!d->in.failed)
            decode_claimed_region(d, bmc_span(d, at, 4), CLASS_STRUCTURE);
    }
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        if ((flags & texts[i]) != 0)
            neighbour(d);
    }
}

/* Adds what a block holds to what its folder unpacks to. */
static bool block_unpack(struct codec *c, unsigned method, struct bytes in, struct text *out)
{
    struct bytes before = text_bytes(out);
    size_t length = 0;
    size_t used = 0;

    if (method == STORED) {
        text_add(out, in);
        return in.len <= BLOCK_MAX;
    }
    if (!bytes_starts_with(in, "CK") || !text_reserve(out, BLOCK_MAX))
        return false;
    struct room room = {(uint8_t *)out->data + out->len, BLOCK_MAX};

    before.data = (uint8_t *)out->data;
    if (!codec_deflate_after(c, before, bytes_slice(in, 2, in.len), room, &length, &used))
        return false;
    out->len += length;
    return true;
}

/* A block: its header is checked, its content added to `out`. */
static bool block(struct cabinet *c, struct codec *codec, unsigned method, struct text *out)
{
    struct decode *d = c->d;
    size_t at = d->in.pos;
    size_t before = out->len;
    struct bytes h = reader_take(&d->in, BLOCK_HEADER + c->block_reserve);
    struct bytes b = reader_take(&d->in, (size_t)bytes_uint(h, 4, 2, false));
    uint32_t stated = bytes_u32le(h, 0);

    if (d->in.failed) {
        decode_fault(d, FAULT_TRUNCATED, d->in.base + at);
        return false;
    }
    if (stated != 0 && stated != checksum(bytes_slice(h, 4, h.len), checksum(b, 0)))
        decode_fault(d, FAULT_BAD_CHECKSUM, d->in.base + at);
    if (!block_unpack(codec, method, b, out))
        return false;
    if (out->len - before != bytes_uint(h, 6, 2, false))
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base + at + 6);
    return true;
}

/* The blocks of a folder; false if one cannot be read. `in` stands at the first. */
static bool blocks(struct cabinet *c, uint64_t count, unsigned method, struct text *out)
{
    struct codec codec;
    bool good = true;

    codec_init(&codec, CODEC_DEFLATE);
    for (uint64_t i = 0; i < count && good; i++)
        good = block(c, &codec, method, out);
    codec_done(&codec);
    return good && !out->overflow;
}

/* The length of a folder's blocks with their headers, as far as they are there. */
static size_t blocks_length(const struct cabinet *c, size_t at, uint64_t count)
{
    struct bytes rest = bytes_slice(c->d->in.all, at, SIZE_MAX);
    size_t head = BLOCK_HEADER + c->block_reserve;
    size_t n = 0;

    for (uint64_t i = 0; i < count && rest.len - n >= head; i++) {
        size_t next = n + head + (size_t)bytes_uint(rest, n + 4, 2, false);

        n = next < rest.len ? next : rest.len;
    }
    return n;
}

/* The data of a folder; `in` is left where it stood. */
static void folder_data(struct cabinet *c, struct folder *f, uint64_t stated)
{
    struct decode *d = c->d;
    struct reader back = d->in;
    uint64_t count = decode_value(d, KEY_CAB_BLOCKS);
    unsigned method = (unsigned)decode_value(d, KEY_CAB_METHOD);
    uint64_t at = decode_value(d, KEY_CAB_DATA_AT);
    size_t length = at < d->in.all.len ? blocks_length(c, (size_t)at, count) : 0;
    struct span s = bmc_span(d, at, length);

    if (count == 0 || !bmc_take(d, c->layout, at, length, stated))
        return;
    if (method > MSZIP) {
        archive_unread(d, s, CLASS_COMPRESSED);
        return;
    }
    struct text out;
    uint64_t room = engine_output_left(d);

    text_init(&out, d->arena, room < SIZE_MAX ? (size_t)room : SIZE_MAX);
    reader_seek(&d->in, (size_t)at);
    bool good = blocks(c, count, method, &out);
    struct bytes unpacked = text_bytes(&out);

    d->in = back;
    if (!good || unpacked.len == 0) {
        decode_fault(d, out.overflow ? FAULT_LIMIT : FAULT_CORRUPT_STREAM, s.offset);
        engine_output_charge(d, unpacked.len);
        archive_unread(d, s, CLASS_COMPRESSED);
        return;
    }
    f->blob = decode_derive(d, s, unpacked, "cab");
    f->length = unpacked.len;
    f->files = ARENA_NEW(d->arena, struct bmc_layout);
    decode_digest(d, KEY_PART_PACKED_DIGEST, decode_span_bytes(d, s), s);
    decode_claimed_region(d, s, CLASS_COMPRESSED);
}

static void folder(struct cabinet *c)
{
    static const struct field fields[] = {
        {KEY_CAB_DATA_AT, F_U32LE, 0,  0},
        {KEY_CAB_BLOCKS,  F_U16LE, 0,  0},
        {KEY_NONE,        F_U16LE, 0,  0},
        {KEY_CAB_METHOD,  F_BITS,  4,  0},
        {KEY_CAB_LEVEL,   F_BITS,  12, 4},
    };
    struct decode *d = c->d;
    uint64_t at = reader_offset(&d->in);

    decode_open(d, ITEM_MAP, "folder");
    (void)decode_fields(d, fields, ARRAY_LEN(fields));
    reserve(d, KEY_CAB_FOLDER_RESERVE, c->folder_reserve);
    if (!d->in.failed)
        folder_data(c, &c->folders[c->count++], at);
    decode_close(d);
}

static bool file_here(struct bytes all, size_t at, struct bytes *ret_name)
{
    struct bytes rest = bytes_slice(all, at + FILE_ENTRY, SIZE_MAX);
    const uint8_t *end = rest.len > 0 ? memchr(rest.data, 0, rest.len) : NULL;

    *ret_name = bytes_slice(rest, 0, end != NULL ? (size_t)(end - rest.data) : 0);
    return end != NULL;
}

/* What a file holds: a piece of what its folder unpacks to. */
static void file_content(struct cabinet *c, uint64_t stated)
{
    struct decode *d = c->d;
    uint64_t which = decode_value(d, KEY_CAB_FILE_FOLDER);
    uint64_t at = decode_value(d, KEY_CAB_FILE_AT);
    uint64_t length = decode_value(d, KEY_CAB_FILE_LENGTH);

    if (which >= CONTINUED)
        return;
    if (which >= c->count) {
        decode_fault(d, FAULT_BAD_REFERENCE, stated);
        return;
    }
    const struct folder *f = &c->folders[which];

    if (f->length == 0 || length == 0)
        return;
    if (at > f->length || length > f->length - at) {
        decode_fault(d, FAULT_BAD_REFERENCE, stated);
        return;
    }
    struct reader back = d->in;

    /* Pieces that overlap would be read more than once. */
    d->in = reader_of(decode_span_bytes(d, (struct span){f->blob, 0, f->length}), f->blob, 0);
    bool alone = bmc_try(d, f->files, at, length);

    d->in = back;
    if (alone)
        image_file_at(d, (struct span){f->blob, at, length}, CLASS_DATA);
    else
        decode_fault(d, f->files->count == BMC_PARTS_MAX ? FAULT_LIMIT : FAULT_OVERLAP, stated);
}

/* A file; false if it stands where something else does, so that none is to be expected there.
 */
static bool file(struct cabinet *c, struct bytes name)
{
    static const struct field fields[] = {
        {KEY_CAB_FILE_LENGTH,     F_U32LE, 0, 0},
        {KEY_CAB_FILE_AT,         F_U32LE, 0, 0},
        {KEY_CAB_FILE_FOLDER,     F_U16LE, 0, 0},
        {KEY_CAB_FILE_TIME,       F_U32LE, 0, 0},
        {KEY_CAB_FILE_ATTRIBUTES, F_U16LE, 0, 0},
    };
    struct decode *d = c->d;
    size_t at = d->in.pos;
    size_t length = FILE_ENTRY + name.len + 1;

    if (!bmc_take(d, c->layout, at, length, d->in.base + at))
        return false;
    archive_open(d, name, bmc_span(d, at, length));
    (void)decode_fields(d, fields, ARRAY_LEN(fields));
    (void)reader_take(&d->in, name.len + 1);
    file_content(c, d->in.base + at);
    decode_close(d);
    return true;
}

static void files(struct cabinet *c, uint64_t at, uint64_t count)
{
    struct decode *d = c->d;
    struct bytes name;
    uint64_t n = 0;

    if (at > d->in.all.len) {
        decode_fault(d, FAULT_BAD_REFERENCE, d->in.base + 16);
        return;
    }
    reader_seek(&d->in, (size_t)at);
    for (; n < count && file_here(d->in.all, d->in.pos, &name); n++) {
        if (engine_crowded(d)) {
            decode_fault(d, FAULT_LIMIT, reader_offset(&d->in));
            return;
        }
        if (!file(c, name))
            return;
    }
    if (n < count)
        decode_fault(d, FAULT_BAD_COUNT, reader_offset(&d->in));
}

/* What folders unpack to and no file holds. */
static void unnamed(struct cabinet *c)
{
    struct decode *d = c->d;
    struct reader back = d->in;

    for (size_t i = 0; i < c->count; i++) {
        const struct folder *f = &c->folders[i];

        if (f->length == 0)
            continue;
        d->in =
            reader_of(decode_span_bytes(d, (struct span){f->blob, 0, f->length}), f->blob, 0);
        bmc_gaps(d, f->files);
    }
    d->in = back;
}

static void decode(struct decode *d)
{
    struct cabinet *c = ARENA_NEW(d->arena, struct cabinet);
    size_t all = d->in.all.len;

    c->d = d;
    c->layout = ARENA_NEW(d->arena, struct bmc_layout);
    decode_open(d, ITEM_MAP, "cabinet");
    header(c);
    uint64_t folders = decode_value(d, KEY_CAB_FOLDERS);
    uint64_t count = decode_value(d, KEY_CAB_FILES);
    uint64_t at = decode_value(d, KEY_CAB_FILES_AT);
    size_t head = d->in.pos + (size_t)folders * (FOLDER + c->folder_reserve);

    if (folders > FOLDERS_MAX)
        decode_fault(d, FAULT_LIMIT, d->in.base + 26);
    (void)bmc_try(d, c->layout, 0, head < all ? head : all);
    for (uint64_t i = 0; i < folders && i < FOLDERS_MAX && !d->in.failed; i++)
        folder(c);
    if (!d->in.failed)
        files(c, at, count);
    unnamed(c);
    bmc_gaps(d, c->layout);
    decode_close(d);
    if (!d->in.failed)
        reader_seek(&d->in, all);
}

const struct decoder decoder_cab = {
    .name = "cab",
    .title = "Cabinet",
    .spec = "ms-cab",
    .surface = "capsule",
    .min = HEADER,
    .max = CABINET_MAX,
    .probe = probe,
    .decode = decode,
};
