/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several ACPI tables in one file: as hexadecimal text, a line "SIGN @ 0xADDRESS" before each
 * table and lines "OFFSET: 16 bytes  characters" below it; or the binary tables one after
 * another.
 */
#include "decode/decode.h"

/* Cuts the offset and the bytes out of a line of the dump. False if it is none. */
static bool dump_line(struct bytes line, uint64_t offset, uint8_t ret[16], size_t *ret_count)
{
    struct bytes rest = line;
    struct bytes word;
    uint64_t value;

    *ret_count = 0;
    if (!bytes_word(&rest, " \t", &word) || word.len < 2 || word.data[word.len - 1] != ':' ||
        !bytes_number(bytes_slice(word, 0, word.len - 1), 16, &value) || value != offset)
        return false;
    /* The column of characters is set off by two blanks. */
    while (*ret_count < 16 && rest.len >= 3 && rest.data[0] == ' ' && rest.data[1] != ' ' &&
           bytes_number(bytes_slice(rest, 1, 2), 16, &value)) {
        ret[(*ret_count)++] = (uint8_t)value;
        rest = bytes_slice(rest, 3, rest.len);
        if (rest.len > 0 && rest.data[0] != ' ')
            return false;
    }
    return *ret_count > 0;
}

/* The position of `at`, which points into the text. */
static size_t position(const struct decode *d, const uint8_t *at)
{
    return (size_t)(at - d->in.all.data);
}

static bool heading(struct bytes line)
{
    for (size_t i = 0; i + 5 <= line.len && i < 12; i++) {
        if (bytes_starts_with(bytes_slice(line, i, line.len), " @ 0x"))
            return i >= 3;
    }
    return false;
}

/* One table's lines, up to one that is not a line of the dump. */
static void table_text(struct decode *d, struct bytes *rest)
{
    const uint8_t *from = rest->data;
    struct text table;
    uint8_t row[16];
    size_t count;

    text_init(&table, d->arena, rest->len / 2 + 16);
    for (;;) {
        struct bytes before = *rest;
        struct bytes line;

        if (!bytes_line(rest, &line))
            break;
        if (!dump_line(line, table.len, row, &count)) {
            *rest = before;
            break;
        }
        text_add(&table, (struct bytes){row, count});
    }
    size_t start = position(d, from);
    struct span source = {d->in.blob, d->in.base + start, position(d, rest->data) - start};

    if (table.len == 0) {
        decode_fault(d, FAULT_MISSING, source.offset);
        return;
    }
    uint32_t blob = decode_derive(d, source, text_bytes(&table), "hex-text");

    decode_child(d, ITEM_MAP, (struct bytes){NULL, 0}, (struct span){blob, 0, table.len},
                 "acpi-table");
}

static void text_tables(struct decode *d)
{
    struct bytes rest = d->in.all;
    struct bytes line;

    while (bytes_line(&rest, &line)) {
        if (heading(line))
            table_text(d, &rest);
        else if (bytes_trim(line).len > 0)
            decode_fault(d, FAULT_BAD_ENCODING, d->in.base + position(d, line.data));
    }
    decode_digest(d, KEY_DATA_DIGEST_FREE, d->in.all,
                  (struct span){d->in.blob, d->in.base, d->in.all.len});
}

static void binary_tables(struct decode *d)
{
    while (reader_more(&d->in)) {
        struct reader peek = d->in;
        size_t from = d->in.pos;

        (void)reader_u32le(&peek);
        size_t length = reader_u32le(&peek);

        if (length < 36 || length > reader_left(&d->in)) {
            if (peek.failed || length > reader_left(&d->in))
                decode_fault(d, FAULT_TRUNCATED, d->in.base + d->in.all.len);
            else
                decode_fault(d, FAULT_BAD_LENGTH, reader_offset(&d->in) + 4);
            return;
        }
        (void)reader_take(&d->in, length);
        decode_child(d, ITEM_MAP, (struct bytes){NULL, 0}, reader_span(&d->in, from),
                     "acpi-table");
    }
}

static bool binary(struct bytes b)
{
    for (size_t i = 0; i < b.len && i < 8; i++) {
        if (b.data[i] < 9)
            return true;
    }
    return false;
}

static void decode(struct decode *d)
{
    if (binary(d->in.all))
        binary_tables(d);
    else
        text_tables(d);
}

/* Binary: at least two headers, one after the other. */
static unsigned probe(struct bytes b, struct bytes label)
{
    struct bytes rest = b;
    struct bytes line;
    struct reader r = reader_of(b, 0, 0);

    (void)label;
    if (!binary(b))
        return bytes_line(&rest, &line) && line.len < 80 && heading(line) ? 80 : 0;
    reader_seek(&r, 4);
    size_t length = reader_u32le(&r);

    if (length < 36 || length >= b.len || sum8(bytes_slice(b, 0, length)) != 0)
        return 0;
    r = reader_at(&r, length + 4, 4);
    size_t second = reader_u32le(&r);

    return second >= 36 && second <= b.len - length ? 70 : 0;
}

const struct decoder decoder_acpidump = {
    .name = "acpidump",
    .title = "ACPI tables, dumped as text or joined",
    .spec = "acpi-6.5",
    .min = 8,
    .max = 64 << 20,
    .probe = probe,
    .decode = decode,
};
