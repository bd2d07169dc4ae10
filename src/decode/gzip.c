/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RFC 1952: members, each a header, a stream of RFC 1951, and what the stream must amount to.
 * What they hold, one behind the other, is handed on.
 */
#include "decode/archive.h"
#include "decode/bmc_part.h"
#include "decode/codec.h"
#include "decode/engine_private.h"

enum {
    MAGIC = 2,
    METHOD_DEFLATE = 8,
    HEADER_CHECKSUM = 1 << 1,
    EXTRA = 1 << 2,
    NAME = 1 << 3,
    COMMENT = 1 << 4,
    FLAGS_RESERVED = 0xe0,
    MEMBER_MIN = 18,
    FILE_MAX = 256 << 20
};

static bool magic_here(struct bytes b)
{
    return bytes_uint(b, 0, 3, true) == (0x1f8b00 | METHOD_DEFLATE);
}

static unsigned probe(struct bytes b, struct bytes label)
{
    uint64_t effort = bytes_uint(b, 8, 1, false);

    (void)label;
    if (!magic_here(b) || (bytes_uint(b, 3, 1, false) & FLAGS_RESERVED) != 0)
        return 0;
    return effort == 0 || effort == 2 || effort == 4 ? 92 : 70;
}

/* A text up to a NUL, which must be there. */
static void text_field(struct decode *d, enum key_id key)
{
    size_t from = d->in.pos;
    struct bytes rest = bytes_slice(d->in.all, from, SIZE_MAX);
    const uint8_t *end = rest.len > 0 ? memchr(rest.data, 0, rest.len) : NULL;
    struct bytes b = reader_take(&d->in, end != NULL ? (size_t)(end - rest.data) : rest.len);

    (void)reader_take(&d->in, 1);
    decode_bytes(d, key, b, from);
}

static void header(struct decode *d, size_t start)
{
    static const struct field fields[] = {
        {KEY_NONE,        F_SKIP,  MAGIC, 0},
        {KEY_GZIP_METHOD, F_U8,    0,     0},
        {KEY_GZIP_FLAGS,  F_U8,    0,     0},
        {KEY_GZIP_TIME,   F_U32LE, 0,     0},
        {KEY_GZIP_EFFORT, F_U8,    0,     0},
        {KEY_GZIP_SYSTEM, F_U8,    0,     0},
    };

    if (!magic_here(bytes_slice(d->in.all, start, MAGIC + 1)))
        decode_fault(d, FAULT_BAD_SIGNATURE, reader_offset(&d->in));
    (void)decode_fields(d, fields, ARRAY_LEN(fields));
    uint64_t flags = decode_value(d, KEY_GZIP_FLAGS);

    if ((flags & FLAGS_RESERVED) != 0)
        decode_fault(d, FAULT_BAD_VALUE, d->in.base + start + 3);
    if ((flags & EXTRA) != 0) {
        size_t from = d->in.pos;
        struct bytes extra = reader_take(&d->in, reader_u16le(&d->in));

        decode_digest(d, KEY_GZIP_EXTRA, extra, reader_span(&d->in, from));
    }
    if ((flags & NAME) != 0)
        text_field(d, KEY_GZIP_NAME);
    if ((flags & COMMENT) != 0)
        text_field(d, KEY_GZIP_COMMENT);
    if ((flags & HEADER_CHECKSUM) == 0)
        return;
    size_t from = d->in.pos;
    uint32_t crc = codec_crc32(0, bytes_slice(d->in.all, start, from - start));
    uint16_t stated = reader_u16le(&d->in);

    decode_uint(d, KEY_GZIP_CHECKSUM, stated, from);
    if (!d->in.failed && stated != (crc & UINT16_MAX))
        decode_fault(d, FAULT_BAD_CHECKSUM, d->in.base + from);
}

/* The stream of a member; false, with the fault that says why, unless it ends well. */
static bool stream(struct decode *d, struct text *out)
{
    size_t from = d->in.pos;
    struct bytes rest = bytes_slice(d->in.all, from, SIZE_MAX);
    size_t used = 0;

    if (d->in.failed)
        return false;
    enum codec_end end = codec_deflate(rest, out, &used);

    if (end == CODEC_GOOD) {
        (void)reader_take(&d->in, used);
        return true;
    }
    if (end == CODEC_FULL)
        decode_fault(d, FAULT_LIMIT, d->in.base + from);
    else
        decode_fault(d, used == rest.len ? FAULT_TRUNCATED : FAULT_CORRUPT_STREAM,
                     d->in.base + from + used);
    return false;
}

static void trailer(struct decode *d, struct bytes content)
{
    static const struct field fields[] = {
        {KEY_GZIP_CRC,    F_U32LE, 0, 0},
        {KEY_GZIP_LENGTH, F_U32LE, 0, 0},
    };
    uint64_t at = reader_offset(&d->in);

    (void)decode_fields(d, fields, ARRAY_LEN(fields));
    if (d->in.failed)
        return;
    if (decode_value(d, KEY_GZIP_CRC) != codec_crc32(0, content))
        decode_fault(d, FAULT_BAD_CHECKSUM, at);
    if (decode_value(d, KEY_GZIP_LENGTH) != (content.len & UINT32_MAX))
        decode_fault(d, FAULT_BAD_LENGTH, at + 4);
}

/* A member; false if none may follow. */
static bool member(struct decode *d, struct text *out)
{
    size_t start = d->in.pos;
    size_t before = text_bytes(out).len;

    decode_open(d, ITEM_MAP, "member");
    header(d, start);
    bool good = stream(d, out);

    if (good)
        trailer(d, bytes_slice(text_bytes(out), before, SIZE_MAX));
    decode_close(d);
    return good && !d->in.failed;
}

static void decode(struct decode *d)
{
    struct reader start = d->in;
    struct bytes all = d->in.all;
    uint64_t room = engine_output_left(d);
    struct text out;
    bool good = true;

    text_init(&out, d->arena, room < SIZE_MAX ? (size_t)room : SIZE_MAX);
    decode_open(d, ITEM_LIST, "members");
    do {
        if (engine_crowded(d)) {
            decode_fault(d, FAULT_LIMIT, reader_offset(&d->in));
            good = false;
            break;
        }
        good = member(d, &out);
    } while (good && magic_here(bytes_slice(all, d->in.pos, MAGIC + 1)));
    decode_close(d);
    if (!good || d->in.failed) {
        if (d->in.failed)
            decode_fault(d, FAULT_TRUNCATED, d->in.fail_offset);
        d->in = start;
        engine_output_charge(d, text_bytes(&out).len);
        archive_unread(d, bmc_span(d, 0, all.len), CLASS_COMPRESSED);
        reader_seek(&d->in, all.len);
        return;
    }
    struct bytes rest = bytes_slice(all, d->in.pos, SIZE_MAX);

    archive_unpacked(d, bmc_span(d, 0, d->in.pos), text_bytes(&out), "gzip");
    if (rest.len > 0 && !bytes_all(rest, 0) && !bytes_all(rest, 0xff))
        decode_fault(d, FAULT_TRAILING, reader_offset(&d->in));
    bmc_gap(d, bmc_span(d, d->in.pos, rest.len));
    reader_seek(&d->in, all.len);
}

const struct decoder decoder_gzip = {
    .name = "gzip",
    .title = "gzip-compressed file",
    .spec = "rfc-1952",
    .surface = "capsule",
    .min = MEMBER_MIN,
    .max = FILE_MAX,
    .probe = probe,
    .decode = decode,
};
