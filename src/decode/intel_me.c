/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The region of the management engine: the flash partition table ($FPT), partitions with a code
 * partition directory ($CPD) and the version, date and key of manifests ($MN2, $MAN). What code
 * partitions hold is digests: modules are compressed in ways that nobody has published.
 */
#include <string.h>

#include "decode/decode.h"
#include "decode/intel_key.h"

enum {
    TABLE_SIZE = 32,
    ENTRY_SIZE = 32,
    DIRECTORY_ENTRY_SIZE = 24,
    ENTRIES_MAX = 256,
    TYPE_MASK = 0x7f,
    MANIFEST_HEAD = 0x80,
    MANIFEST_MARK_AT = 0x1c,
};

static const struct field table[] = {
    {KEY_ME_MARK,          F_TEXT,  4,  0},
    {KEY_ME_COUNT,         F_U32LE, 0,  0},
    {KEY_ME_TABLE_VERSION, F_U8,    0,  0},
    {KEY_ME_ENTRY_VERSION, F_U8,    0,  0},
    {KEY_ME_HEADER_LENGTH, F_U8,    0,  0},
    {KEY_ME_CHECKSUM,      F_U8,    0,  0},
    {KEY_ME_TABLE_DATA,    F_BYTES, 12, 0},
};

static const struct field entry[] = {
    {KEY_ME_NAME,       F_TEXT,  4,  0},
    {KEY_ME_OWNER,      F_BYTES, 4,  0},
    {KEY_ME_OFFSET,     F_U32LE, 0,  0},
    {KEY_ME_SIZE,       F_U32LE, 0,  0},
    {KEY_ME_ENTRY_DATA, F_BYTES, 12, 0},
    {KEY_ME_FLAGS,      F_U32LE, 0,  0},
};

static const struct field directory[] = {
    {KEY_ME_MARK,          F_TEXT,  4, 0},
    {KEY_ME_COUNT,         F_U32LE, 0, 0},
    {KEY_ME_TABLE_VERSION, F_U8,    0, 0},
    {KEY_ME_ENTRY_VERSION, F_U8,    0, 0},
    {KEY_ME_HEADER_LENGTH, F_U8,    0, 0},
    {KEY_ME_CHECKSUM,      F_U8,    0, 0},
    {KEY_ME_NAME,          F_TEXT,  4, 0},
};

static const struct field file_row[] = {
    {KEY_ME_NAME,       F_TEXT,  12, 0},
    {KEY_ME_OFFSET,     F_U32LE, 0,  0},
    {KEY_ME_SIZE,       F_U32LE, 0,  0},
    {KEY_ME_ENTRY_DATA, F_BYTES, 4,  0},
};

static const struct field manifest_flags[] = {
    {KEY_ME_MANIFEST_FLAGS, F_U32LE, 0, 0},
    {KEY_ME_VENDOR,         F_U32LE, 0, 0},
};

static const struct field svn_row[] = {
    {KEY_ME_SVN, F_U32LE, 0, 0},
};

static bool mark_at(struct bytes b, size_t at, const char *mark)
{
    return bytes_equal_text(bytes_slice(b, at, 4), mark);
}

/* The table stands behind 16 bytes that no longer mean anything, or at the start; or SIZE_MAX.
 */
static size_t table_at(struct bytes b)
{
    if (mark_at(b, 16, "$FPT"))
        return 16;
    return mark_at(b, 0, "$FPT") ? 0 : SIZE_MAX;
}

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    return table_at(b) != SIZE_MAX ? 88 : 0;
}

/* Four 16-bit numbers as a version. */
static void version(struct decode *d, enum key_id key)
{
    size_t from = d->in.pos;
    unsigned part[4];

    for (unsigned i = 0; i < ARRAY_LEN(part); i++)
        part[i] = reader_u16le(&d->in);
    decode_bytes(
        d, key,
        bytes_of(arena_format(d->arena, "%u.%u.%u.%u", part[0], part[1], part[2], part[3])),
        from);
}

/* What a manifest says of itself: flags, maker, date, version, security version, key. */
static void manifest(struct decode *d)
{
    struct bytes all = d->in.all;
    size_t key = (size_t)bytes_uint(all, 0x78, 4, false) * 4;

    reader_seek(&d->in, 0x0c);
    (void)decode_fields(d, manifest_flags, ARRAY_LEN(manifest_flags));
    size_t from = d->in.pos;
    uint32_t date = reader_u32le(&d->in);

    decode_bytes(d, KEY_ME_DATE,
                 bytes_of(arena_format(d->arena, "%04x-%02x-%02x", date >> 16, date >> 8 & 0xff,
                                       date & 0xff)),
                 from);
    reader_seek(&d->in, 0x24);
    version(d, KEY_ME_VERSION);
    (void)decode_fields(d, svn_row, ARRAY_LEN(svn_row));
    if (key == 0 || key > all.len - MANIFEST_HEAD) {
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base + 0x78);
        return;
    }
    decode_digest(d, KEY_ME_KEY, bytes_slice(all, MANIFEST_HEAD, key),
                  (struct span){d->in.blob, d->in.base + MANIFEST_HEAD, key});
}

static bool is_manifest(struct bytes b)
{
    return b.len >= MANIFEST_HEAD &&
           (mark_at(b, MANIFEST_MARK_AT, "$MN2") || mark_at(b, MANIFEST_MARK_AT, "$MAN"));
}

/* Bytes of code: a digest, and more where they are a manifest. */
static void code(struct decode *d, struct span s)
{
    decode_digest(d, KEY_ME_CODE, decode_span_bytes(d, s), s);
    decode_claimed_region(d, s, CLASS_CODE);
}

/* A file of a directory: the offset's upper bits say how it is compressed. */
static void file(struct decode *d, struct bytes partition, struct span where)
{
    struct bytes name = bytes_slice(d->in.all, d->in.pos, 12);
    uint64_t offset = bytes_uint(d->in.all, d->in.pos + 12, 4, false) & 0x1ffffff;
    uint64_t size = bytes_uint(d->in.all, d->in.pos + 16, 4, false);

    name.len = strnlen((const char *)name.data, name.len);
    decode_enter(d, DIRECTORY_ENTRY_SIZE);
    if (bytes_printable(name))
        decode_open(d, ITEM_MAP, "file:%.*s", (int)name.len, (const char *)name.data);
    else
        decode_open(d, ITEM_MAP, "file");
    (void)decode_fields(d, file_row, ARRAY_LEN(file_row));
    decode_leave(d);
    if (offset < partition.len) {
        /* The size of a compressed file is that of what comes out of it. */
        uint64_t left = partition.len - offset;
        struct span s = {where.blob, where.offset + offset, size < left ? size : left};
        size_t here = d->in.pos;

        if (is_manifest(decode_span_bytes(d, s))) {
            reader_seek(&d->in, (size_t)offset);
            decode_enter(d, (size_t)s.length);
            manifest(d);
            decode_leave(d);
            reader_seek(&d->in, here);
        }
    } else if (size > 0) {
        decode_fault(d, FAULT_BAD_REFERENCE, reader_offset(&d->in));
    }
    decode_close(d);
}

static void code_directory(struct decode *d)
{
    struct bytes all = d->in.all;
    struct span where = {d->in.blob, d->in.base, all.len};
    uint64_t count = bytes_uint(all, 4, 4, false);
    size_t header = (size_t)bytes_uint(all, 10, 1, false);

    (void)decode_fields(d, directory, ARRAY_LEN(directory));
    if (count > ENTRIES_MAX || header < 16 || header > 32) {
        decode_fault(d, FAULT_BAD_COUNT, d->in.base + 4);
        return;
    }
    reader_seek(&d->in, header);
    for (uint64_t i = 0; i < count && reader_left(&d->in) >= DIRECTORY_ENTRY_SIZE; i++)
        file(d, all, where);
}

/* What a partition holds, as far as the region goes. */
static void partition(struct decode *d, bool is_code)
{
    struct bytes all = d->in.all;
    struct span s = {d->in.blob, d->in.base, all.len};

    if (bytes_all(all, 0xff)) {
        decode_region(d, s, CLASS_FREE_ERASED);
        return;
    }
    if (is_code)
        code(d, s);
    else
        decode_digest(d, KEY_ME_DATA, all, s);
    if (mark_at(all, 0, "$CPD"))
        code_directory(d);
    else if (is_manifest(all))
        manifest(d);
}

static void partition_entry(struct decode *d)
{
    struct bytes name = bytes_slice(d->in.all, d->in.pos, 4);
    uint64_t offset = bytes_uint(d->in.all, d->in.pos + 8, 4, false);
    uint64_t size = bytes_uint(d->in.all, d->in.pos + 12, 4, false);
    bool is_code = (bytes_uint(d->in.all, d->in.pos + 28, 4, false) & TYPE_MASK) == 0;
    size_t length = d->in.all.len;

    name.len = strnlen((const char *)name.data, name.len);
    decode_enter(d, ENTRY_SIZE);
    if (bytes_printable(name))
        decode_open(d, ITEM_MAP, "partition:%.*s", (int)name.len, (const char *)name.data);
    else
        decode_open(d, ITEM_MAP, "partition");
    (void)decode_fields(d, entry, ARRAY_LEN(entry));
    decode_leave(d);
    size_t here = d->in.pos;

    /* Partitions without a place have these values. */
    if (offset != 0 && offset != UINT32_MAX && size != 0 && size != UINT32_MAX) {
        if (offset > length || size > length - offset)
            decode_fault(d, FAULT_TRUNCATED, reader_offset(&d->in) - ENTRY_SIZE);
        if (offset < length) {
            reader_seek(&d->in, (size_t)offset);
            decode_enter(d, size < length - offset ? (size_t)size : length - (size_t)offset);
            partition(d, is_code);
            decode_leave(d);
            reader_seek(&d->in, here);
        }
    }
    decode_close(d);
}

static void decode(struct decode *d)
{
    struct bytes all = d->in.all;
    size_t at = table_at(all);

    if (at == SIZE_MAX) {
        if (bytes_all(all, 0xff)) {
            decode_region(d, (struct span){d->in.blob, d->in.base, all.len}, CLASS_FREE_ERASED);
            decode_fault(d, FAULT_MISSING, d->in.base);
        } else {
            decode_fault(d, FAULT_BAD_SIGNATURE, d->in.base);
        }
        return;
    }
    uint64_t count = bytes_uint(all, at + 4, 4, false);
    uint64_t stated = bytes_uint(all, at + 10, 1, false);

    if (bytes_uint(all, at + 8, 1, false) < 0x21 &&
        sum8(bytes_slice(all, at, TABLE_SIZE)) != 0 &&
        sum8(bytes_slice(all, 0, at + TABLE_SIZE)) != 0)
        decode_fault(d, FAULT_BAD_CHECKSUM, d->in.base + at + 11);
    if (stated < TABLE_SIZE || stated > TABLE_SIZE + 16)
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base + at + 10);
    reader_seek(&d->in, at);
    (void)decode_fields(d, table, ARRAY_LEN(table));
    version(d, KEY_ME_TOOL_VERSION);
    if (count > ENTRIES_MAX) {
        decode_fault(d, FAULT_BAD_COUNT, d->in.base + at + 4);
        count = ENTRIES_MAX;
    }
    for (uint64_t i = 0; i < count && reader_more(&d->in); i++)
        partition_entry(d);
}

const struct decoder decoder_intel_me = {
    .name = "intel-me",
    .title = "Region of Intel's management engine",
    .spec = "intel-me",
    .min = TABLE_SIZE,
    .max = 64 << 20,
    .probe = probe,
    .decode = decode,
};
