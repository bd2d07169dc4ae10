/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Firmware of Supermicro's X10 boards and later (ATEN, on ASPEED controllers): a table of
 * images in text, "[img]: OFFSET LENGTH CRC NAME" for each and "[end]", as published by the
 * authors of extractors; of X11 boards also images whose regions, with that table, begin
 * encrypted; of later boards the marks of the tables that say what is signed.
 */
#include "decode/aten.h"
#include "decode/bmc_part.h"
#include "decode/codec.h"

enum {
    ROW_MARK = 7,
    END_MARK = 5,
    NAME_MAX = 64,
    ROWS_MAX = 64,
    TABLES_MAX = 16,
    IMAGE_MIN = 16,
    IMAGE_MAX = 512 << 20
};

static const char row_mark[] = "[img]: ";
static const char end_mark[] = "[end]";

struct row {
    struct bytes text; /* with its mark */
    struct bytes name;
    uint64_t offset;
    uint64_t length;
    uint64_t crc;
};

static bool is_name(uint8_t c)
{
    return c == '_' || c == '-' || c == '.' || (c >= '0' && c <= '9') ||
           (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* The row at the beginning of `b`. */
static bool row_here(struct bytes b, struct row *ret)
{
    struct bytes rest = bytes_slice(b, ROW_MARK, 3 * 17 + NAME_MAX);
    struct bytes numbers[3];
    size_t n = 0;

    if (!bytes_starts_with(b, row_mark))
        return false;
    for (size_t i = 0; i < 3; i++) {
        if (!bytes_cut(&rest, ' ', &numbers[i]))
            return false;
    }
    while (n < rest.len && n < NAME_MAX && is_name(rest.data[n]))
        n++;
    ret->name = bytes_slice(rest, 0, n);
    ret->text = bytes_slice(b, 0, (size_t)(rest.data - b.data) + n);
    return n > 0 && bytes_number(numbers[0], 16, &ret->offset) &&
           bytes_number(numbers[1], 16, &ret->length) &&
           bytes_number(numbers[2], 16, &ret->crc);
}

/* The next table from `from`: its first row. */
static size_t table_next(struct bytes b, size_t from)
{
    struct row row;

    while ((from = bytes_find(b, from, bytes_of(row_mark))) < b.len) {
        if (row_here(bytes_slice(b, from, SIZE_MAX), &row))
            return from;
        from++;
    }
    return b.len;
}

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    if (bmc_ruled_out(b))
        return 0;
    if (table_next(b, 0) < b.len || aten_encrypted_here(b))
        return 84;
    /* Words in the right place are less than a layout. */
    return aten_signing_table_here(b) ? 62 : 0;
}

/* A row; of the first table also what it describes. */
static void row(struct decode *d, struct bmc_layout *l, const struct row *r, bool first)
{
    uint64_t at = d->in.base + (size_t)(r->text.data - d->in.all.data);
    struct span s = {d->in.blob, at, r->text.len};
    struct span place = bmc_span(d, r->offset, r->length);

    decode_open(d, ITEM_MAP, "image:%.*s", (int)r->name.len, (const char *)r->name.data);
    decode_value_at(d, KEY_ATEN_TABLE, value_text(r->text), s);
    decode_located(d, KEY_ATEN_BASE, value_uint(r->offset), s);
    decode_located(d, KEY_ATEN_LENGTH, value_uint(r->length), s);
    decode_located(d, KEY_ATEN_CHECKSUM, value_uint(r->crc), s);
    if (first && bmc_take(d, l, r->offset, r->length, at)) {
        if (codec_crc32(0, decode_span_bytes(d, place)) != r->crc)
            decode_fault(d, FAULT_BAD_CHECKSUM, at);
        bmc_part(d, bytes_of("content"), place, CLASS_DATA);
    }
    decode_close(d);
}

/* Takes the bytes of a table, so that no image can hold them, and returns its end. */
static size_t table_end(struct bytes all, size_t at)
{
    struct row r;

    for (unsigned i = 0; i < ROWS_MAX && row_here(bytes_slice(all, at, SIZE_MAX), &r); i++)
        at += r.text.len;
    return bytes_starts_with(bytes_slice(all, at, SIZE_MAX), end_mark) ? at + END_MARK : at;
}

static void table(struct decode *d, struct bmc_layout *l, size_t at, bool first)
{
    struct bytes all = d->in.all;
    size_t end = table_end(all, at);
    struct row r;

    reader_seek(&d->in, at);
    decode_enter(d, end - at);
    decode_open(d, ITEM_MAP, first ? "table" : "further-table");
    decode_leave(d);
    if (!first)
        decode_fault(d, FAULT_DUPLICATE, d->in.base + at);
    while (at < end && row_here(bytes_slice(all, at, SIZE_MAX), &r)) {
        row(d, l, &r, first);
        at += r.text.len;
    }
    if (at + END_MARK != end)
        decode_fault(d, FAULT_UNTERMINATED, d->in.base + at);
    else
        decode_claimed_region(d, bmc_span(d, at, END_MARK), CLASS_STRUCTURE);
    decode_close(d);
}

static void decode(struct decode *d)
{
    struct bmc_layout *l = ARENA_NEW(d->arena, struct bmc_layout);
    struct bytes all = d->in.all;
    size_t tables[TABLES_MAX];
    size_t count = 0;
    size_t at = table_next(all, 0);

    decode_open(d, ITEM_MAP, "aten");
    for (; at < all.len && count < TABLES_MAX; at = table_next(all, table_end(all, at))) {
        (void)bmc_try(d, l, at, table_end(all, at) - at);
        tables[count++] = at;
    }
    if (at < all.len)
        decode_fault(d, FAULT_LIMIT, d->in.base + at);
    if (count == 0 && !aten_signing_table_here(all) && !aten_encrypted_here(all))
        decode_fault(d, FAULT_MISSING, d->in.base);
    for (size_t i = 0; i < count; i++)
        table(d, l, tables[i], i == 0);
    aten_encrypted(d, l);
    aten_versions(d, l, 0);
    aten_signing_tables(d, l);
    bmc_gaps(d, l);
    decode_close(d);
    reader_seek(&d->in, all.len);
}

const struct decoder decoder_aten_aspeed = {
    .name = "aten-aspeed",
    .title = "Firmware of a Supermicro management controller (X10 and later)",
    .spec = "bmc-vendors",
    .surface = "bmc-flash",
    .min = IMAGE_MIN,
    .max = IMAGE_MAX,
    .probe = probe,
    .search_bid = 84,
    .decode = decode,
};
