/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flash of AMI MegaRAC controllers: modules, each with a flash module header of 64 bytes at a
 * block's beginning, or at the end of the first block a link to it (u-boot, vendors/ami/fmh).
 */
#include "decode/bmc_layout.h"
#include "decode/bmc_part.h"
#include "decode/codec.h"
#include "decode/image_part.h"

enum {
    HEADER = 64,
    END_AT = 62,
    END_MARK = 0x55aa,
    LINK = 16,
    LINK_MARK_AT = 8,
    MODULES_MAX = 256,
    FLAG_CHECKSUM = 0x100,
    FIRST_BLOCK_MAX = 1 << 20,
    IMAGE_MAX = 512 << 20
};

static const char mark[] = "$MODULE$";

static bool header_here(struct bytes b)
{
    return b.len >= HEADER && bytes_starts_with(b, mark) && bytes_uint(b, 8, 1, false) < 16 &&
           bytes_uint(b, END_AT, 2, false) == END_MARK;
}

/* A link's mark stands at its end. */
static bool link_here(struct bytes b)
{
    return b.len >= LINK && bytes_starts_with(bytes_slice(b, LINK_MARK_AT, 8), mark) &&
           bytes_uint(b, 0, 2, false) == END_MARK;
}

static unsigned probe(struct bytes b, struct bytes label)
{
    size_t at = bmc_ruled_out(b) ? b.len : bytes_find(b, 0, bytes_of(mark));

    (void)label;
    if (at < b.len && header_here(bytes_slice(b, at, SIZE_MAX)))
        return 88;
    return at < FIRST_BLOCK_MAX && at >= LINK_MARK_AT &&
                   link_here(bytes_slice(b, at - LINK_MARK_AT, SIZE_MAX))
               ? 85
               : 0;
}

static void link_rows(struct decode *d)
{
    static const struct field rows[] = {
        {KEY_FMH_END,      F_U16LE,    0, 0},
        {KEY_FMH_CHECKSUM, F_U8,       0, 0},
        {KEY_NONE,         F_RESERVED, 1, 0},
        {KEY_FMH_LINK,     F_U32LE,    0, 0},
        {KEY_NONE,         F_SKIP,     8, 0},
    };

    decode_enter(d, LINK);
    decode_open(d, ITEM_MAP, "link");
    (void)decode_fields(d, rows, ARRAY_LEN(rows));
    if (sum8(d->in.all) != 0)
        decode_fault(d, FAULT_BAD_CHECKSUM, d->in.base + 2);
    decode_close(d);
    decode_leave(d);
}

static void header_rows(struct decode *d)
{
    static const struct field head[] = {
        {KEY_NONE,          F_SKIP,     8, 0},
        {KEY_FMH_MAJOR,     F_U8,       0, 0},
        {KEY_FMH_MINOR,     F_U8,       0, 0},
        {KEY_FMH_SIZE,      F_U16LE,    0, 0},
        {KEY_FMH_ALLOCATED, F_U32LE,    0, 0},
        {KEY_FMH_LOCATION,  F_U32LE,    0, 0},
        {KEY_NONE,          F_RESERVED, 3, 0},
        {KEY_FMH_CHECKSUM,  F_U8,       0, 0},
    };
    static const struct field module[] = {
        {KEY_FMH_MODULE_MAJOR, F_U8,       0, 0},
        {KEY_FMH_MODULE_MINOR, F_U8,       0, 0},
        {KEY_FMH_TYPE,         F_U8,       0, 0},
        {KEY_FMH_FORMAT,       F_U8,       0, 0},
        {KEY_FMH_OFFSET,       F_U32LE,    0, 0},
        {KEY_FMH_LENGTH,       F_U32LE,    0, 0},
        {KEY_FMH_FLAGS,        F_U16LE,    0, 0},
        {KEY_FMH_LOAD,         F_U32LE,    0, 0},
        {KEY_FMH_CRC,          F_U32LE,    0, 0},
        {KEY_NONE,             F_RESERVED, 8, 0},
        {KEY_FMH_END,          F_U16LE,    0, 0},
    };

    (void)decode_fields(d, head, ARRAY_LEN(head));
    image_text(d, KEY_FMH_NAME, 8);
    (void)decode_fields(d, module, ARRAY_LEN(module));
    if (sum8(d->in.all) != 0)
        decode_fault(d, FAULT_BAD_CHECKSUM, d->in.base + 23);
}

/* What a module's header, which stood at `at`, says of its bytes. */
static void module_data(struct decode *d, struct bmc_layout *l, size_t at)
{
    uint64_t base = decode_value(d, KEY_FMH_LOCATION);
    uint64_t length = decode_value(d, KEY_FMH_LENGTH);
    uint64_t flags = decode_value(d, KEY_FMH_FLAGS);
    uint64_t place = base + decode_value(d, KEY_FMH_OFFSET);

    if (length == 0)
        return;
    if (!bmc_take(d, l, place, length, d->in.base + at + 36))
        return;
    struct bytes b = bytes_slice(d->in.all, (size_t)place, (size_t)length);

    if ((flags & FLAG_CHECKSUM) != 0 && codec_crc32(0, b) != decode_value(d, KEY_FMH_CRC))
        decode_fault(d, FAULT_BAD_CHECKSUM, d->in.base + at + 50);
    bmc_part(d, bytes_of("content"), bmc_span(d, place, length), CLASS_DATA);
}

static void module(struct decode *d, struct bmc_layout *l, size_t at)
{
    struct bytes name = bytes_trim(bytes_slice(d->in.all, at + 24, 8));

    decode_enter(d, HEADER);
    decode_open(d, ITEM_MAP, "module:%.*s", (int)name.len, (const char *)name.data);
    header_rows(d);
    decode_leave(d);
    module_data(d, l, at);
    decode_close(d);
}

/* Every header takes its own bytes before any module takes what it points at. */
static void headers_take(struct decode *d, struct bmc_layout *l)
{
    struct bytes all = d->in.all;
    size_t at = bytes_find(all, 0, bytes_of(mark));

    for (size_t n = 0; at < all.len && n < MODULES_MAX;
         at = bytes_find(all, at + 1, bytes_of(mark))) {
        if (header_here(bytes_slice(all, at, SIZE_MAX)))
            n += bmc_try(d, l, at, HEADER);
        else if (at >= LINK_MARK_AT && link_here(bytes_slice(all, at - LINK_MARK_AT, SIZE_MAX)))
            n += bmc_try(d, l, at - LINK_MARK_AT, LINK);
    }
}

static void decode(struct decode *d)
{
    struct bmc_layout *l = ARENA_NEW(d->arena, struct bmc_layout);

    decode_open(d, ITEM_MAP, "megarac");
    headers_take(d, l);
    struct bmc_layout headers = *l;

    if (headers.count == 0)
        decode_fault(d, FAULT_MISSING, d->in.base);
    if (headers.count == MODULES_MAX)
        decode_fault(d, FAULT_LIMIT, d->in.base + headers.parts[MODULES_MAX - 1].at);
    for (size_t i = 0; i < headers.count; i++) {
        reader_seek(&d->in, headers.parts[i].at);
        if (headers.parts[i].length == LINK)
            link_rows(d);
        else
            module(d, l, headers.parts[i].at);
    }
    bmc_gaps(d, l);
    decode_close(d);
    reader_seek(&d->in, d->in.all.len);
}

const struct decoder decoder_megarac_fmh = {
    .name = "megarac-fmh",
    .title = "Flash of an AMI MegaRAC management controller",
    .spec = "bmc-vendors",
    .surface = "bmc-flash",
    .min = HEADER,
    .max = IMAGE_MAX,
    .probe = probe,
    .search_bid = 88,
    .decode = decode,
};
