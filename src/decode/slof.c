/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SLOF, the Open Firmware of POWER machines and guests: files one behind the other
 * (llfw/romfs.c), of which the first describes the image (tools/create_crc.c). All numbers are
 * big-endian; two CRCs cover the description and the whole.
 */
#include "decode/bmc_part.h"
#include "decode/engine_private.h"
#include "decode/image_part.h"

enum {
    ENTRY = 32,
    DESCRIPTION_AT = 40,
    DESCRIPTION = 104,
    HEADER_CRC_END = 0x88,
    MARK = 8,
    ALIGNMENT = 8,
    END_MARK = 8,
    FILES_MAX = 4096,
    IMAGE_MAX = 64 << 20
};

static const uint32_t polynomial = 0x04c11db7;
static const char first_name[] = "header";
static const char first_mark[] = "magic123";

struct file {
    uint64_t next; /* from the start of this one; 0: the last */
    uint64_t size;
    uint64_t data; /* from the start of this one */
    struct bytes name;
};

/* CRC-32 from the highest bit on, from zero: over bytes and their CRC it is zero. */
static uint32_t crc_of(struct bytes b)
{
    uint32_t table[256];
    uint32_t crc = 0;

    for (uint32_t i = 0; i < ARRAY_LEN(table); i++) {
        uint32_t v = i << 24;

        for (unsigned bit = 0; bit < 8; bit++)
            v = (v & 0x80000000) != 0 ? v << 1 ^ polynomial : v << 1;
        table[i] = v;
    }
    for (size_t i = 0; i < b.len; i++)
        crc = crc << 8 ^ table[crc >> 24 ^ b.data[i]];
    return crc;
}

static bool file_at(struct bytes all, size_t at, struct file *ret)
{
    struct bytes b = bytes_slice(all, at, SIZE_MAX);

    *ret = (struct file){
        .next = bytes_uint(b, 0, 8, true),
        .size = bytes_uint(b, 8, 8, true),
        .data = bytes_uint(b, 24, 8, true),
    };
    struct bytes field =
        bytes_slice(b, ENTRY, ret->data < b.len ? (size_t)ret->data - ENTRY : 0);
    size_t n = bytes_find(field, 0, (struct bytes){(const uint8_t *)"", 1});

    ret->name = bytes_slice(field, 0, n);
    return ret->data > ENTRY && ret->data <= b.len && ret->size <= b.len - ret->data && n > 0 &&
           n < field.len && (ret->next == 0 || ret->next >= ret->data + ret->size);
}

static unsigned probe(struct bytes b, struct bytes label)
{
    struct file f;

    (void)label;
    return file_at(b, 0, &f) && f.data == DESCRIPTION_AT &&
                   bytes_equal_text(f.name, first_name) &&
                   bytes_starts_with(bytes_slice(b, DESCRIPTION_AT, MARK), first_mark)
               ? 96
               : 0;
}

/* What the first file holds. */
static void description(struct decode *d)
{
    static const struct field length[] = {
        {KEY_SLOF_LENGTH, F_U64BE, 0, 0},
    };
    static const struct field dates[] = {
        {KEY_SLOF_DATE,     F_U64BE, 0, 0},
        {KEY_SLOF_MODIFIED, F_U64BE, 0, 0},
    };
    static const struct field rest[] = {
        {KEY_SLOF_HEADER_CRC, F_U64BE, 0, 0},
        {KEY_SLOF_HEADER_END, F_U64BE, 0, 0},
    };

    image_text(d, KEY_SLOF_MARK, MARK);
    (void)decode_fields(d, length, ARRAY_LEN(length));
    image_text(d, KEY_SLOF_VERSION, 16);
    image_text(d, KEY_SLOF_PLATFORM, 32);
    (void)decode_fields(d, dates, ARRAY_LEN(dates));
    image_text(d, KEY_SLOF_REVISION, 8);
    (void)decode_fields(d, rest, ARRAY_LEN(rest));
}

static bool is_code(struct bytes name)
{
    return bytes_equal_text(name, "stage1") || bytes_equal_text(name, "xvect") ||
           bytes_equal_text(name, "ofw_main");
}

static void entry(struct decode *d, size_t at, const struct file *f, bool first)
{
    static const struct field rows[] = {
        {KEY_SLOF_FILE_NEXT,  F_U64BE, 0, 0},
        {KEY_SLOF_FILE_SIZE,  F_U64BE, 0, 0},
        {KEY_SLOF_FILE_FLAGS, F_U64BE, 0, 0},
        {KEY_SLOF_FILE_DATA,  F_U64BE, 0, 0},
    };

    reader_seek(&d->in, at);
    decode_enter(d, (size_t)(f->data + f->size));
    decode_open_bytes(d, ITEM_MAP,
                      bytes_of(arena_format(d->arena, "file:%.*s", (int)f->name.len,
                                            (const char *)f->name.data)));
    (void)decode_fields(d, rows, ARRAY_LEN(rows));
    image_text(d, KEY_SLOF_FILE_NAME, (size_t)f->data - ENTRY);
    if (first && f->size >= DESCRIPTION) {
        description(d);
        decode_open(d, ITEM_MAP, "rest");
        image_part(d, reader_left(&d->in), CLASS_DATA);
        decode_close(d);
    } else {
        image_part(d, reader_left(&d->in), is_code(f->name) ? CLASS_CODE : CLASS_DATA);
    }
    decode_close(d);
    decode_leave(d);
}

/* What stands between files: zeros up to a multiple, and a mark of ones. */
static void between(struct decode *d, size_t from, size_t to)
{
    struct span s = bmc_span(d, from, to - from);
    struct bytes b = decode_span_bytes(d, s);
    size_t zeros = b.len >= END_MARK ? b.len - END_MARK : 0;

    if (b.len >= END_MARK && zeros < ALIGNMENT && bytes_all(bytes_slice(b, 0, zeros), 0) &&
        bytes_all(bytes_slice(b, zeros, END_MARK), 0xff))
        decode_claimed_region(d, s, CLASS_PADDING);
    else
        bmc_gap(d, s);
}

/* The last file's padding and mark, the CRC over all that the description counts, and the rest.
 */
static void ending(struct decode *d, size_t end, uint64_t length)
{
    size_t all = d->in.all.len;

    if (length > all || length < 8 || length - 8 < end) {
        decode_fault(d, length > all ? FAULT_TRUNCATED : FAULT_BAD_LENGTH,
                     d->in.base + DESCRIPTION_AT + MARK);
        bmc_gap(d, bmc_span(d, end, all - end));
        return;
    }
    between(d, end, (size_t)length - 8);
    decode_value_at(d, KEY_SLOF_CRC,
                    value_uint(bytes_uint(d->in.all, (size_t)length - 8, 8, true)),
                    bmc_span(d, length - 8, 8));
    if (crc_of(bytes_slice(d->in.all, 0, (size_t)length)) != 0)
        decode_fault(d, FAULT_BAD_CHECKSUM, d->in.base + length - 8);
    bmc_gap(d, bmc_span(d, length, all - length));
}

static void decode(struct decode *d)
{
    struct bytes all = d->in.all;
    struct file f = {.next = 0};
    size_t at = 0;
    size_t end = 0;
    unsigned n = 0;

    decode_open(d, ITEM_MAP, "slof");
    if (!bytes_starts_with(bytes_slice(all, DESCRIPTION_AT, MARK), first_mark))
        decode_fault(d, FAULT_BAD_SIGNATURE, d->in.base + DESCRIPTION_AT);
    while (n < FILES_MAX && !engine_crowded(d) && file_at(all, at, &f)) {
        between(d, end, at);
        entry(d, at, &f, n++ == 0);
        end = at + (size_t)(f.data + f.size);
        if (f.next == 0 || f.next > all.len - at)
            break;
        at += (size_t)f.next;
    }
    if (n == 0 || f.next != 0)
        decode_fault(d, n == FILES_MAX ? FAULT_LIMIT : FAULT_UNTERMINATED, d->in.base + at);
    if (crc_of(bytes_slice(all, 0, HEADER_CRC_END)) != 0)
        decode_fault(d, FAULT_BAD_CHECKSUM, d->in.base + HEADER_CRC_END - 8);
    ending(d, end, bytes_uint(all, DESCRIPTION_AT + MARK, 8, true));
    decode_close(d);
    reader_seek(&d->in, all.len);
}

const struct decoder decoder_slof = {
    .name = "slof",
    .title = "SLOF, Open Firmware of POWER",
    .spec = "slof",
    .surface = "flash",
    .min = DESCRIPTION_AT + DESCRIPTION,
    .max = IMAGE_MAX,
    .probe = probe,
    .decode = decode,
};
