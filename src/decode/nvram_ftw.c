/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The work space of fault tolerant writes: a header, then a queue of the writes that were begun
 * and how far they went. The queue is the history of one machine.
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

/* The end of the writes that stand behind one another: a header and as many records as it says.
 */
static size_t writes_end(struct bytes queue, uint64_t *ret_count)
{
    struct reader r = reader_of(queue, 0, 0);
    size_t end = 0;

    for (*ret_count = 0; reader_left(&r) >= WRITE_HEADER && queue.data[r.pos] != 0xff;
         (*ret_count)++) {
        (void)reader_take(&r, 24);
        uint64_t writes = reader_u64le(&r);
        uint64_t extra = reader_u64le(&r);
        uint64_t left = reader_left(&r);

        if (extra > left || writes > left / (WRITE_RECORD + extra))
            return end;
        (void)reader_take(&r, (size_t)(writes * (WRITE_RECORD + extra)));
        end = r.pos;
    }
    return end;
}

static void queue(struct decode *d)
{
    uint64_t count = 0;
    size_t from = d->in.pos;
    size_t end = writes_end(d->in.all, &count);
    struct bytes b = reader_take(&d->in, end);
    struct span s = reader_span(&d->in, from);

    decode_value_at(d, KEY_NVRAM_FTW_WRITES, value_uint(count),
                    (struct span){s.blob, s.offset, 0});
    if (end > 0)
        decode_digest(d, KEY_NVRAM_FTW_QUEUE, b, s);
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
