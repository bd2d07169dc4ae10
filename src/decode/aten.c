/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/aten.h"

#include <string.h>

#include "decode/bmc_part.h"

enum {
    MARK = 8,
    VERSION_1 = 10, /* bytes, with the mark */
    VERSION_2 = 16,
    VERSION_3 = 28,
    TAG_1 = 0x71,
    TAG_2 = 0x17,
    VERSIONS_MAX = 64,
    TABLE_ALIGNMENT = 16,
    TABLES_MAX = 64
};

static const char version_mark[] = "ATENs_FW";

/* Arrays, so that a mark is never absent. */
static const char table_marks[][10] = {"fwmap", "sig_table"};

size_t aten_version_next(struct bytes b, size_t from)
{
    return bytes_find(b, from, bytes_of(version_mark));
}

static bool tags_at(struct bytes b, size_t first, size_t second)
{
    return bytes_uint(b, first, 1, false) == TAG_1 && bytes_uint(b, second, 1, false) == TAG_2;
}

/* The length of the record at the beginning: it has three forms. */
static size_t version_length(struct bytes b)
{
    if (tags_at(b, VERSION_1, VERSION_2 - 1))
        return VERSION_2;
    return tags_at(b, VERSION_1 + 8, VERSION_3 - 1) ? VERSION_3 : VERSION_1;
}

/* A record, which fills `in`. */
static void version(struct decode *d, uint32_t crc)
{
    static const struct field head[] = {
        {KEY_NONE,       F_SKIP, MARK, 0},
        {KEY_ATEN_MAJOR, F_U8,   0,    0},
        {KEY_ATEN_MINOR, F_U8,   0,    0},
    };
    static const struct field second[] = {
        {KEY_NONE,     F_SKIP,  1, 0},
        {KEY_ATEN_CRC, F_U32LE, 0, 0},
        {KEY_NONE,     F_SKIP,  1, 0},
    };
    static const struct field third[] = {
        {KEY_ATEN_PARTS, F_BYTES, VERSION_3 - VERSION_1, 0}
    };
    size_t length = d->in.all.len;

    (void)decode_fields(d, head, ARRAY_LEN(head));
    if (length == VERSION_3)
        (void)decode_fields(d, third, ARRAY_LEN(third));
    if (length != VERSION_2)
        return;
    (void)decode_fields(d, second, ARRAY_LEN(second));
    if (decode_value(d, KEY_ATEN_CRC) != crc)
        decode_fault(d, FAULT_BAD_CHECKSUM, d->in.base + VERSION_1 + 1);
}

/* The end of the part that holds byte `at` but not the whole record, or 0. */
static size_t part_end(const struct bmc_layout *l, size_t at, size_t length)
{
    for (size_t i = 0; i < l->count; i++) {
        size_t end = l->parts[i].at + l->parts[i].length;

        if (l->parts[i].at < at && at < end && end < at + length)
            return end;
    }
    return 0;
}

/* A record of which the last image's length counts the first bytes: they stay the image's. */
static void version_behind(struct decode *d, struct bmc_layout *l, size_t at, size_t length)
{
    struct bytes b = bytes_slice(d->in.all, at, length);
    struct span s = bmc_span(d, at, length);
    size_t end = part_end(l, at, length);
    struct span rest = bmc_span(d, end, at + length - end);
    struct reader whole = d->in;

    if (end == 0 || !bmc_try(d, l, end, rest.length))
        return;
    d->in = reader_at(&whole, at, 0);
    decode_open(d, ITEM_MAP, "version");
    d->in = whole;
    decode_located(d, KEY_ATEN_MAJOR, value_uint(bytes_uint(b, MARK, 1, false)), s);
    decode_located(d, KEY_ATEN_MINOR, value_uint(bytes_uint(b, MARK + 1, 1, false)), s);
    decode_value_at(d, KEY_ATEN_PARTS, value_bytes(bytes_slice(b, end - at, length)), rest);
    decode_close(d);
}

void aten_versions(struct decode *d, struct bmc_layout *l, uint32_t crc)
{
    struct bytes all = d->in.all;
    size_t at = aten_version_next(all, 0);

    for (unsigned n = 0; at < all.len && n < VERSIONS_MAX;
         at = aten_version_next(all, at + 1)) {
        size_t length = version_length(bytes_slice(all, at, SIZE_MAX));

        if (length > all.len - at)
            continue;
        if (!bmc_try(d, l, at, length)) {
            version_behind(d, l, at, length);
            continue;
        }
        reader_seek(&d->in, at);
        decode_enter(d, length);
        decode_open(d, ITEM_MAP, "version");
        version(d, crc);
        if (n++ > 0)
            decode_fault(d, FAULT_DUPLICATE, d->in.base);
        decode_close(d);
        decode_leave(d);
    }
}

static bool is_word(uint64_t c)
{
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
           (c >= 'a' && c <= 'z');
}

/* The next mark that is no part of a text: aligned, and a word by itself. */
static size_t table_next(struct bytes b, size_t from, const char *mark)
{
    for (size_t at = bytes_find(b, from, bytes_of(mark)); at < b.len;
         at = bytes_find(b, at + 1, bytes_of(mark))) {
        bool alone = !is_word(bytes_uint(b, at + strlen(mark), 1, false)) &&
                     (at == 0 || !is_word(bytes_uint(b, at - 1, 1, false)));

        if (at % TABLE_ALIGNMENT == 0 && alone)
            return at;
    }
    return b.len;
}

bool aten_signing_table_here(struct bytes b)
{
    for (size_t i = 0; i < ARRAY_LEN(table_marks); i++) {
        if (table_next(b, 0, table_marks[i]) < b.len)
            return true;
    }
    return false;
}

static void tables_of_a_kind(struct decode *d, struct bmc_layout *l, const char *mark)
{
    struct bytes all = d->in.all;
    size_t at = table_next(all, 0, mark);

    for (unsigned n = 0; at < all.len && n < TABLES_MAX; n++) {
        struct span s = bmc_span(d, at, strlen(mark));

        (void)bmc_try(d, l, at, strlen(mark));
        decode_open(d, ITEM_MAP, "signing-table:%s", mark);
        decode_value_at(d, KEY_ATEN_SIGNING_TABLE, value_text(bytes_of(mark)), s);
        decode_located(d, KEY_ATEN_SIGNING_PLACE, value_uint(at), s);
        if (n > 0)
            decode_fault(d, FAULT_DUPLICATE, s.offset);
        decode_close(d);
        at = table_next(all, at + 1, mark);
    }
}

void aten_signing_tables(struct decode *d, struct bmc_layout *l)
{
    for (size_t i = 0; i < ARRAY_LEN(table_marks); i++)
        tables_of_a_kind(d, l, table_marks[i]);
}
