/* SPDX-License-Identifier: Apache-2.0 */
/*
 * zip archives (.ZIP File Format Specification 6.3): the directory at the end says what there
 * is; what stands in front of each file only repeats it, and must not say anything else, since
 * programs differ in which of the two they believe. Stored and deflated files are handed on.
 */
#include "decode/archive.h"
#include "decode/bmc_layout.h"
#include "decode/bmc_part.h"
#include "decode/codec.h"
#include "decode/engine_private.h"
#include "decode/image_part.h"

enum {
    END = 22,
    COMMENT_MAX = 65535,
    ENTRY = 46,
    LOCAL = 30,
    DESCRIPTOR = 12,
    ENCRYPTED = 1 << 0,
    LATER = 1 << 3, /* lengths and CRC stand behind the data */
    STORED = 0,
    DEFLATED = 8,
    ARCHIVE_MAX = 512 << 20
};

static const char local_mark[] = "PK\3\4";
static const char entry_mark[] = "PK\1\2";
static const char end_mark[] = "PK\5\6";
static const char descriptor_mark[] = "PK\7\10";

/* A file as the directory has it. */
struct entry {
    uint64_t flags;
    uint64_t method;
    uint64_t crc;
    uint64_t packed;
    uint64_t length;
    uint64_t local;
    struct bytes name;
    uint64_t stated; /* where in the blob the directory says so */
};

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    return bytes_starts_with(b, local_mark) || bytes_starts_with(b, end_mark) ? 88 : 0;
}

/* Where the record of the end stands; the last one whose comment fits. */
static size_t end_find(struct bytes b)
{
    size_t least = b.len > END + COMMENT_MAX ? b.len - END - COMMENT_MAX : 0;

    for (size_t at = b.len >= END ? b.len - END + 1 : 0; at-- > least;) {
        if (bytes_starts_with(bytes_slice(b, at, END), end_mark) &&
            bytes_uint(b, at + END - 2, 2, false) <= b.len - at - END)
            return at;
    }
    return b.len;
}

/* Whether what stands in front of a file says the same as the directory. */
static bool same_as_local(const struct entry *e, struct bytes h, struct bytes name)
{
    bool later = (e->flags & LATER) != 0;

    return bytes_uint(h, 6, 2, false) == e->flags && bytes_uint(h, 8, 2, false) == e->method &&
           bytes_equal(name, e->name) &&
           (later || (bytes_uint(h, 14, 4, false) == e->crc &&
                      bytes_uint(h, 18, 4, false) == e->packed &&
                      bytes_uint(h, 22, 4, false) == e->length));
}

/* The lengths behind a file, with or without their mark; 0 if they are not there. */
static size_t descriptor_length(const struct entry *e, struct bytes b)
{
    size_t mark = bytes_starts_with(b, descriptor_mark) ? 4 : 0;

    if ((e->flags & LATER) == 0 || bytes_uint(b, mark, 4, false) != e->crc ||
        bytes_uint(b, mark + 4, 4, false) != e->packed ||
        bytes_uint(b, mark + 8, 4, false) != e->length)
        return 0;
    return mark + DESCRIPTOR;
}

static void unpack(struct decode *d, const struct entry *e, struct span s)
{
    struct bytes in = decode_span_bytes(d, s);

    if (e->length > engine_output_left(d)) {
        decode_fault(d, FAULT_LIMIT, s.offset);
        archive_unread(d, s, CLASS_COMPRESSED);
        return;
    }
    struct room room = {arena_alloc(d->arena, (size_t)e->length + 1), (size_t)e->length};
    struct bytes out = {room.data, room.size};
    size_t length = 0;
    size_t used = 0;
    struct codec c;

    codec_init(&c, CODEC_DEFLATE);
    bool good =
        codec_block(&c, in, room, &length, &used) && length == room.size && used == in.len;

    codec_done(&c);
    if (!good) {
        decode_fault(d, FAULT_CORRUPT_STREAM, s.offset);
        engine_output_charge(d, e->length);
        archive_unread(d, s, CLASS_COMPRESSED);
        return;
    }
    if (codec_crc32(0, out) != e->crc)
        decode_fault(d, FAULT_BAD_CHECKSUM, e->stated);
    archive_unpacked(d, s, out, "deflate");
}

static void content(struct decode *d, const struct entry *e, struct span s)
{
    if (s.length == 0)
        return;
    if ((e->flags & ENCRYPTED) != 0) {
        archive_unread(d, s, CLASS_ENCRYPTED);
    } else if (e->method == DEFLATED) {
        unpack(d, e, s);
    } else if (e->method == STORED) {
        if (e->packed != e->length)
            decode_fault(d, FAULT_BAD_LENGTH, e->stated);
        if (codec_crc32(0, decode_span_bytes(d, s)) != e->crc)
            decode_fault(d, FAULT_BAD_CHECKSUM, e->stated);
        image_file_at(d, s, CLASS_DATA);
    } else {
        archive_unread(d, s, CLASS_COMPRESSED);
    }
}

/* A file: what stands in front of it, its bytes, and what stands behind them. */
static void file(struct decode *d, struct bmc_layout *l, const struct entry *e)
{
    struct bytes all = d->in.all;
    struct bytes h = bytes_slice(all, (size_t)e->local, LOCAL);
    size_t names = (size_t)bytes_uint(h, 26, 2, false);
    size_t before = LOCAL + names + (size_t)bytes_uint(h, 28, 2, false);

    if (!bytes_starts_with(h, local_mark) || h.len < LOCAL) {
        decode_fault(d, FAULT_BAD_REFERENCE, e->stated);
        return;
    }
    size_t data = (size_t)e->local + before;
    struct bytes behind = bytes_slice(all, data, SIZE_MAX);

    behind = bytes_slice(behind, (size_t)e->packed, SIZE_MAX);
    size_t after = descriptor_length(e, behind);

    if (!bmc_take(d, l, e->local, before + e->packed + after, e->stated))
        return;
    struct span head = bmc_span(d, e->local, before);
    struct span tail = bmc_span(d, data + e->packed, after);

    decode_digest(d, KEY_ZIP_LOCAL, decode_span_bytes(d, head), head);
    decode_claimed_region(d, head, CLASS_STRUCTURE);
    if (!same_as_local(e, h, bytes_slice(all, (size_t)e->local + LOCAL, names)))
        decode_fault(d, FAULT_BAD_VALUE, head.offset);
    if ((e->flags & LATER) != 0 && after == 0)
        decode_fault(d, FAULT_MISSING, tail.offset);
    if (after > 0)
        decode_digest(d, KEY_ZIP_DESCRIPTOR, decode_span_bytes(d, tail), tail);
    content(d, e, bmc_span(d, data, e->packed));
}

/* The texts and fields behind an entry, whose name has been read. */
static void entry_rest(struct decode *d, size_t extra, size_t comment)
{
    size_t from = d->in.pos;
    struct bytes b = reader_take(&d->in, extra);

    if (b.len > 0)
        decode_digest(d, KEY_ZIP_EXTRA, b, reader_span(&d->in, from));
    from = d->in.pos;
    b = reader_take(&d->in, comment);
    if (b.len > 0)
        decode_bytes(d, KEY_ZIP_COMMENT, b, from);
}

/* An entry of the directory, and the file that it names. */
static void entry(struct decode *d, struct bmc_layout *l)
{
    static const struct field fields[] = {
        {KEY_NONE,         F_SKIP,  4, 0},
        {KEY_ZIP_MADE_BY,  F_U16LE, 0, 0},
        {KEY_ZIP_NEEDS,    F_U16LE, 0, 0},
        {KEY_ZIP_FLAGS,    F_U16LE, 0, 0},
        {KEY_ZIP_METHOD,   F_U16LE, 0, 0},
        {KEY_ZIP_TIME,     F_U32LE, 0, 0},
        {KEY_ZIP_CRC,      F_U32LE, 0, 0},
        {KEY_ZIP_PACKED,   F_U32LE, 0, 0},
        {KEY_ZIP_LENGTH,   F_U32LE, 0, 0},
        {KEY_NONE,         F_SKIP,  6, 0},
        {KEY_ZIP_DISK,     F_U16LE, 0, 0},
        {KEY_ZIP_INTERNAL, F_U16LE, 0, 0},
        {KEY_ZIP_EXTERNAL, F_U32LE, 0, 0},
        {KEY_ZIP_OFFSET,   F_U32LE, 0, 0},
    };
    size_t at = d->in.pos;
    struct bytes h = bytes_slice(d->in.all, at, ENTRY);
    size_t name = (size_t)bytes_uint(h, 28, 2, false);
    struct entry e = {.name = bytes_slice(d->in.all, at + ENTRY, name)};

    e.stated = d->in.base + at;
    archive_open(d, e.name, bmc_span(d, at, ENTRY + e.name.len));
    (void)decode_fields(d, fields, ARRAY_LEN(fields));
    (void)reader_take(&d->in, name);
    entry_rest(d, (size_t)bytes_uint(h, 30, 2, false), (size_t)bytes_uint(h, 32, 2, false));
    e.flags = decode_value(d, KEY_ZIP_FLAGS);
    e.method = decode_value(d, KEY_ZIP_METHOD);
    e.crc = decode_value(d, KEY_ZIP_CRC);
    e.packed = decode_value(d, KEY_ZIP_PACKED);
    e.length = decode_value(d, KEY_ZIP_LENGTH);
    e.local = decode_value(d, KEY_ZIP_OFFSET);
    file(d, l, &e);
    decode_close(d);
}

/* Whether an entry of the directory stands wholly at `at`. */
static bool entry_here(struct bytes all, size_t at)
{
    struct bytes h = bytes_slice(all, at, ENTRY);
    size_t more = (size_t)(bytes_uint(h, 28, 2, false) + bytes_uint(h, 30, 2, false) +
                           bytes_uint(h, 32, 2, false));

    return h.len == ENTRY && bytes_starts_with(h, entry_mark) && all.len - at - ENTRY >= more;
}

/* The directory from `at` on: as many entries as the end states, or as are there. */
static void directory(struct decode *d, struct bmc_layout *l, size_t at, uint64_t count)
{
    size_t begin = at;
    uint64_t n = 0;

    reader_seek(&d->in, at);
    for (; n < count && entry_here(d->in.all, d->in.pos); n++) {
        if (engine_crowded(d)) {
            decode_fault(d, FAULT_LIMIT, reader_offset(&d->in));
            return;
        }
        at = d->in.pos;
        entry(d, l);
        /* No file may hold the directory, nor may this be read twice. */
        if (!bmc_take(d, l, at, d->in.pos - at, d->in.base + at))
            return;
    }
    if (n < count)
        decode_fault(d, FAULT_BAD_COUNT, reader_offset(&d->in));
    if (d->in.pos - begin != decode_value(d, KEY_ZIP_END_LENGTH))
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base + begin);
}

/* The record of the end, up to which the directory reaches. */
static void end(struct decode *d, struct bmc_layout *l, size_t at)
{
    static const struct field fields[] = {
        {KEY_NONE,            F_SKIP,  4, 0},
        {KEY_ZIP_END_DISK,    F_U16LE, 0, 0},
        {KEY_ZIP_END_FIRST,   F_U16LE, 0, 0},
        {KEY_ZIP_END_HERE,    F_U16LE, 0, 0},
        {KEY_ZIP_END_ENTRIES, F_U16LE, 0, 0},
        {KEY_ZIP_END_LENGTH,  F_U32LE, 0, 0},
        {KEY_ZIP_END_OFFSET,  F_U32LE, 0, 0},
    };

    reader_seek(&d->in, at);
    (void)decode_fields(d, fields, ARRAY_LEN(fields));
    size_t from = d->in.pos + 2;
    struct bytes comment = reader_take(&d->in, reader_u16le(&d->in));

    if (comment.len > 0)
        decode_bytes(d, KEY_ZIP_END_COMMENT, comment, from);
    decode_claimed_region(d, bmc_span(d, at + END - 2, 2), CLASS_STRUCTURE);
    (void)bmc_try(d, l, at, d->in.pos - at);
    if (decode_value(d, KEY_ZIP_END_HERE) != decode_value(d, KEY_ZIP_END_ENTRIES))
        decode_fault(d, FAULT_BAD_COUNT, d->in.base + at + 8);
    if (reader_more(&d->in))
        decode_fault(d, FAULT_TRAILING, reader_offset(&d->in));
}

/* Bytes that the directory does not name. What begins as a file does is not read as an archive
 * of its own, which would only find the same again. */
static void unlisted(struct decode *d, size_t at, size_t length)
{
    struct span s = bmc_span(d, at, length);

    if (!bytes_starts_with(bytes_slice(d->in.all, at, length), "PK")) {
        bmc_gap(d, s);
        return;
    }
    decode_open(d, ITEM_BAG, "unlisted");
    archive_unread(d, s, CLASS_UNKNOWN);
    decode_close(d);
}

static void gaps(struct decode *d, const struct bmc_layout *l)
{
    size_t at = 0;

    for (size_t i = 0; i < l->count; i++) {
        unlisted(d, at, l->parts[i].at - at);
        at = l->parts[i].at + l->parts[i].length;
    }
    unlisted(d, at, d->in.all.len - at);
}

static void decode(struct decode *d)
{
    struct bmc_layout *l = ARENA_NEW(d->arena, struct bmc_layout);
    struct bytes all = d->in.all;
    size_t at = end_find(all);

    decode_open(d, ITEM_MAP, "zip");
    if (at == all.len) {
        decode_fault(d, FAULT_UNTERMINATED, d->in.base + all.len);
    } else {
        end(d, l, at);
        uint64_t first = decode_value(d, KEY_ZIP_END_OFFSET);

        if (first <= at)
            directory(d, l, (size_t)first, decode_value(d, KEY_ZIP_END_ENTRIES));
        else
            decode_fault(d, FAULT_BAD_REFERENCE, d->in.base + at);
    }
    gaps(d, l);
    decode_close(d);
    reader_seek(&d->in, all.len);
}

const struct decoder decoder_zip = {
    .name = "zip",
    .title = "zip archive",
    .spec = "pkware-zip",
    .surface = "capsule",
    .min = END,
    .max = ARCHIVE_MAX,
    .probe = probe,
    .decode = decode,
};
