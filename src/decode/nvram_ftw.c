/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The work space of fault tolerant writes: a header, then a queue of the writes that were begun
 * and how far they went. What is done is the history of one machine; what is not will be done
 * by the firmware when it starts next, from the spare block.
 */
#include <string.h>

#include "decode/codec.h"
#include "decode/nvram.h"

enum {
    HEADER = 32,
    HEADER_NARROW = 28, /* with a queue size of 4 bytes */
    CRC_AT = 16,
    FLAGS_AT = 20,
    VALID = 0xfe,
    WRITE_HEADER = 40, /* flags, caller, number of writes, size of private data */
    WRITE_RECORD = 40,
    COMPLETE = 1 << 2, /* of a write and of a record; flags count when they are 0 */
    SPARE_COMPLETE = 1 << 1,
    SPACE_MAX = 16 << 20
};

/* 9e58292b-7c68-497d-a0ce-6500fd9f1b95, and the file system's GUID in older firmware. */
static const uint8_t marks[][16] = {
    {0x2b, 0x29, 0x58, 0x9e, 0x68, 0x7c, 0x7d, 0x49, 0xa0, 0xce, 0x65, 0x00, 0xfd, 0x9f, 0x1b,
     0x95},
    {0x8d, 0x2b, 0xf1, 0xff, 0x96, 0x76, 0x8b, 0x4c, 0xa9, 0x85, 0x27, 0x47, 0x07, 0x5b, 0x4f,
     0x50},
};

static bool marked(struct bytes b)
{
    for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
        if (b.len >= HEADER_NARROW && memcmp(b.data, marks[i], sizeof(marks[i])) == 0)
            return true;
    }
    return false;
}

/* The CRC is made over the header with the CRC itself and the flags as in erased flash. */
static bool checksum_good(struct bytes b, unsigned length)
{
    static const uint8_t erased[FLAGS_AT + 1 - CRC_AT] = {0xff, 0xff, 0xff, 0xff, 0xff};
    struct reader r = reader_of(bytes_slice(b, 0, length), 0, 0);
    uint32_t crc = codec_crc32(0, reader_take(&r, CRC_AT));
    uint32_t stated = reader_u32le(&r);

    (void)reader_u8(&r);
    crc = codec_crc32(crc, (struct bytes){erased, sizeof(erased)});
    crc = codec_crc32(crc, reader_take(&r, length - sizeof(erased) - CRC_AT));
    return !r.failed && crc == stated;
}

struct writes {
    size_t end; /* behind the last one */
    uint64_t count;
    uint64_t pending; /* records that are in the spare block and not yet where they belong */
    uint64_t private_bytes; /* of the callers: nothing else looks at them */
};

/* The records of one write: how many of them are pending. */
static uint64_t records_pending(struct reader r, uint64_t count, uint64_t extra)
{
    uint64_t pending = 0;

    for (uint64_t i = 0; i < count && !r.failed; i++) {
        uint8_t flags = reader_u8(&r);

        (void)reader_take(&r, (size_t)(WRITE_RECORD - 1 + extra));
        pending += (flags & SPARE_COMPLETE) == 0 && (flags & COMPLETE) != 0;
    }
    return pending;
}

/* The writes that stand behind one another: a header and as many records as it says. */
static struct writes writes_read(struct bytes queue)
{
    struct writes w = {0};
    struct reader r = reader_of(queue, 0, 0);

    for (; reader_left(&r) >= WRITE_HEADER && queue.data[r.pos] != 0xff; w.count++) {
        bool done = (reader_u8(&r) & COMPLETE) == 0;

        (void)reader_take(&r, 23);
        uint64_t records = reader_u64le(&r);
        uint64_t extra = reader_u64le(&r);
        uint64_t left = reader_left(&r);

        if (extra > left || records > left / (WRITE_RECORD + extra))
            return w;
        if (!done)
            w.pending += records_pending(r, records, extra);
        w.private_bytes += records * extra;
        (void)reader_take(&r, (size_t)(records * (WRITE_RECORD + extra)));
        w.end = r.pos;
    }
    return w;
}

static void queue(struct decode *d)
{
    size_t from = d->in.pos;
    struct writes w = writes_read(d->in.all);
    struct bytes b = reader_take(&d->in, w.end);
    struct span s = reader_span(&d->in, from);
    struct span here = {s.blob, s.offset, 0};

    decode_value_at(d, KEY_NVRAM_FTW_WRITES, value_uint(w.count), here);
    if (w.pending > 0)
        decode_value_at(d, KEY_NVRAM_FTW_PENDING, value_uint(w.pending), here);
    if (w.private_bytes > 0) {
        decode_value_at(d, KEY_NVRAM_FTW_PRIVATE_BYTES, value_uint(w.private_bytes), here);
        decode_digest(d, KEY_NVRAM_FTW_PRIVATE, b, s);
    } else if (w.end > 0) {
        decode_digest(d, KEY_NVRAM_FTW_QUEUE, b, s);
    }
    nvram_free_space(d);
}

static void decode(struct decode *d)
{
    static const struct field head[] = {
        {KEY_NVRAM_FTW_SIGNATURE, F_GUID,  0, 0},
        {KEY_NVRAM_FTW_CRC,       F_U32LE, 0, 0},
        {KEY_NVRAM_FTW_FLAGS,     F_U8,    0, 0},
        {KEY_NVRAM_FTW_RESERVED,  F_U24LE, 0, 0},
    };
    static const struct field wide[] = {
        {KEY_NVRAM_FTW_QUEUE_SIZE, F_U64LE, 0, 0}
    };
    static const struct field narrow[] = {
        {KEY_NVRAM_FTW_QUEUE_SIZE, F_U32LE, 0, 0}
    };
    bool is_narrow = checksum_good(d->in.all, HEADER_NARROW);

    decode_open(d, ITEM_MAP, "fault-tolerant-write");
    if (!marked(d->in.all))
        decode_fault(d, FAULT_BAD_SIGNATURE, d->in.base);
    (void)decode_fields(d, head, ARRAY_LEN(head));
    uint64_t size = decode_fields(d, is_narrow ? narrow : wide, 1);

    if (!d->in.failed && !is_narrow && !checksum_good(d->in.all, HEADER))
        decode_fault(d, FAULT_BAD_CHECKSUM, d->in.base + CRC_AT);
    if (!d->in.failed && decode_value(d, KEY_NVRAM_FTW_FLAGS) != VALID)
        decode_fault(d, FAULT_BAD_VALUE, d->in.base + FLAGS_AT);
    size_t left = reader_left(&d->in);

    if (size > left)
        decode_fault(d, FAULT_TRUNCATED, d->in.base + d->in.all.len);
    decode_enter(d, size < left ? (size_t)size : left);
    queue(d);
    decode_leave(d);
    decode_close(d);
    if (reader_more(&d->in))
        decode_fault(d, FAULT_TRAILING, reader_offset(&d->in));
}

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    return marked(b) && (checksum_good(b, HEADER) || checksum_good(b, HEADER_NARROW)) ? 95 : 0;
}

const struct decoder decoder_nvram_ftw = {
    .name = "nvram-ftw",
    .title = "Work space of fault tolerant writes",
    .spec = "edk2-variable",
    .surface = "flash",
    .min = HEADER_NARROW,
    .max = SPACE_MAX,
    .probe = probe,
    .decode = decode,
};
