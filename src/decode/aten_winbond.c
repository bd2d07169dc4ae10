/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Firmware of Supermicro's X8 and X9 boards (ATEN, on Winbond's WPCM450): images, each with a
 * footer of 64 bytes somewhere behind it at a multiple of 64, as published by the authors of
 * extractors.
 */
#include "decode/aten.h"
#include "decode/bmc_part.h"
#include "decode/codec.h"
#include "decode/image_part.h"

enum {
    FOOTER = 64,
    NUMBER_AT = 12,
    BASE_AT = 16,
    MARK_AT = 52,
    SUM_AT = 60,
    MAPPED = 0x40000000, /* where the controller sees the flash */
    NAME = 16,
    IMAGES_MAX = 64,
    IMAGE_MAX = 256 << 20
};

static const uint8_t mark[4] = {0x9f, 0xff, 0xff, 0xa0};

struct images {
    size_t footers[IMAGES_MAX];
    size_t count;
};

/* The vendor's sum: every byte, in its place of a word, is taken off; a borrow takes off one
 * more. */
static uint32_t aten_sum(struct bytes b)
{
    int64_t sum = UINT32_MAX;

    for (size_t i = 0; i < b.len; i++) {
        sum -= (int64_t)b.data[i] << (i % 4 * 8);
        if (sum < 0)
            sum = (sum & UINT32_MAX) - 1;
    }
    return (uint32_t)sum;
}

static uint64_t image_start(struct bytes footer)
{
    uint32_t base = bytes_u32le(footer, BASE_AT);

    return base >= MAPPED ? base - MAPPED : base;
}

/* The next footer from `from`, or the end. */
static size_t footer_next(struct bytes b, size_t from)
{
    while ((from = bytes_find(b, from, (struct bytes){mark, sizeof(mark)})) < b.len) {
        if (from % FOOTER == MARK_AT && b.len - from >= FOOTER - MARK_AT)
            return from - MARK_AT;
        from++;
    }
    return b.len;
}

static unsigned probe(struct bytes b, struct bytes label)
{
    size_t at = bmc_ruled_out(b) ? b.len : footer_next(b, 0);
    struct bytes footer = bytes_slice(b, at, FOOTER);

    (void)label;
    if (at >= b.len)
        return 0;
    return aten_sum(bytes_slice(footer, NUMBER_AT, SUM_AT - NUMBER_AT)) ==
                       bytes_u32le(footer, SUM_AT) ||
                   image_start(footer) < b.len
               ? 84
               : 0;
}

/* A footer, which fills `in`. */
static void footer_rows(struct decode *d)
{
    static const struct field head[] = {
        {KEY_ATEN_NUMBER, F_U32LE, 0, 0},
        {KEY_ATEN_BASE,   F_U32LE, 0, 0},
        {KEY_ATEN_LENGTH, F_U32LE, 0, 0},
        {KEY_ATEN_LOAD,   F_U32LE, 0, 0},
        {KEY_ATEN_ENTRY,  F_U32LE, 0, 0},
    };
    static const struct field tail[] = {
        {KEY_ATEN_CHECKSUM,        F_U32LE, 0, 0},
        {KEY_ATEN_MARK,            F_U32LE, 0, 0},
        {KEY_ATEN_TYPE,            F_U32LE, 0, 0},
        {KEY_ATEN_FOOTER_CHECKSUM, F_U32LE, 0, 0},
    };
    struct bytes pad = reader_take(&d->in, NUMBER_AT);

    if (bytes_all(pad, 0xff))
        decode_claimed_region(d, reader_span(&d->in, 0), CLASS_PADDING);
    else
        decode_bytes(d, KEY_ATEN_PAD, pad, 0);
    (void)decode_fields(d, head, ARRAY_LEN(head));
    image_text(d, KEY_ATEN_NAME, NAME);
    uint64_t sum = decode_fields(d, tail, ARRAY_LEN(tail));

    if (sum != aten_sum(bytes_slice(d->in.all, NUMBER_AT, SUM_AT - NUMBER_AT)))
        decode_fault(d, FAULT_BAD_CHECKSUM, d->in.base + SUM_AT);
}

static void image(struct decode *d, struct bmc_layout *l, size_t at)
{
    struct bytes footer = bytes_slice(d->in.all, at, FOOTER);
    struct bytes name = bytes_trim(bytes_slice(footer, 32, NAME));
    uint64_t start = image_start(footer);

    reader_seek(&d->in, at);
    decode_enter(d, FOOTER);
    decode_open(d, ITEM_MAP, "image:%.*s", (int)name.len, (const char *)name.data);
    footer_rows(d);
    decode_leave(d);
    uint64_t length = decode_value(d, KEY_ATEN_LENGTH);

    if (bmc_take(d, l, start, length, d->in.base + at + BASE_AT)) {
        if (aten_sum(bytes_slice(d->in.all, (size_t)start, (size_t)length)) !=
            decode_value(d, KEY_ATEN_CHECKSUM))
            decode_fault(d, FAULT_BAD_CHECKSUM, d->in.base + at + 48);
        bmc_part(d, bytes_of("content"), bmc_span(d, start, length), CLASS_DATA);
    }
    decode_close(d);
}

/* The CRC over the CRCs of the images, in the order of their numbers. */
static uint32_t images_crc(struct bytes all, const struct images *images)
{
    uint32_t crc = 0;
    uint64_t last = 0;

    for (size_t n = 0; n < images->count; n++) {
        uint64_t next = UINT64_MAX;
        size_t best = 0;

        for (size_t i = 0; i < images->count; i++) {
            uint64_t number = bytes_u32le(all, images->footers[i] + NUMBER_AT) + UINT64_C(1);

            if (number > last && number < next) {
                next = number;
                best = images->footers[i];
            }
        }
        if (next == UINT64_MAX)
            break;
        struct bytes footer = bytes_slice(all, best, FOOTER);
        uint32_t one = codec_crc32(
            0, bytes_slice(all, (size_t)image_start(footer), bytes_u32le(footer, 20)));
        const uint8_t raw[4] = {(uint8_t)one, (uint8_t)(one >> 8), (uint8_t)(one >> 16),
                                (uint8_t)(one >> 24)};

        crc = codec_crc32(crc, (struct bytes){raw, sizeof(raw)});
        last = next;
    }
    return crc;
}

static void decode(struct decode *d)
{
    struct bmc_layout *l = ARENA_NEW(d->arena, struct bmc_layout);
    struct bytes all = d->in.all;
    struct images images = {.count = 0};
    size_t at = footer_next(all, 0);

    decode_open(d, ITEM_MAP, "aten");
    if (at == all.len)
        decode_fault(d, FAULT_MISSING, d->in.base);
    while (at < all.len && images.count < IMAGES_MAX) {
        if (bmc_try(d, l, at, FOOTER))
            images.footers[images.count++] = at;
        at = footer_next(all, at + FOOTER);
    }
    if (at < all.len)
        decode_fault(d, FAULT_LIMIT, d->in.base + at);
    for (size_t i = 0; i < images.count; i++)
        image(d, l, images.footers[i]);
    aten_versions(d, l, images_crc(all, &images));
    bmc_gaps(d, l);
    decode_close(d);
    reader_seek(&d->in, all.len);
}

const struct decoder decoder_aten_winbond = {
    .name = "aten-winbond",
    .title = "Firmware of a Supermicro management controller (X8, X9)",
    .spec = "bmc-vendors",
    .surface = "bmc-flash",
    .min = FOOTER,
    .max = IMAGE_MAX,
    .probe = probe,
    .search_bid = 84,
    .decode = decode,
};
