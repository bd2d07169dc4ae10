/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hexadecimal dumps of `lspci -x`, `-xxx` and `-xxxx` (lspci(8), "Options for selection of
 * the output"): a line with a function's address, perhaps indented text, lines "OFFSET: XX XX
 * …" and a blank line. The bytes of each function become a blob of their own.
 */
#include "decode/pci.h"
#include "decode/pci_address.h"

enum {
    LINE_BYTES = 16,
    TEXT_MAX = 64 << 20,
};

/* The dump that is being gathered. */
struct dump {
    bool open;
    struct bytes name;
    size_t start;   /* position of its first line in the text */
    size_t end;     /* position after its last line with bytes */
    uint8_t *bytes; /* PCI_EXPRESS_SIZE */
    size_t len;
};

/* "0000:00:1c.1 " or "00:1c.1 " at the front of a line. */
static bool line_address(struct bytes line, struct pci_address *ret)
{
    struct bytes word;

    return line.len > 0 && hex_digit(line.data[0]) >= 0 && bytes_word(&line, " \t", &word) &&
           pci_address_parse(word, ret);
}

/* "40: 01 02 …": two or three digits and a colon. */
static bool line_offset(struct bytes line, size_t *ret_digits, size_t *ret)
{
    size_t n = 0;
    size_t value = 0;

    while (n < line.len && n < 4 && hex_digit(line.data[n]) >= 0)
        value = value << 4 | (size_t)hex_digit(line.data[n++]);
    *ret_digits = n;
    *ret = value;
    return (n == 2 || n == 3) && n < line.len && line.data[n] == ':' &&
           (n + 1 == line.len || line.data[n + 1] == ' ');
}

/* Reads the bytes of a line after its offset; false if something else stands there. */
static bool line_bytes(struct bytes line, uint8_t *bytes, size_t *ret_count)
{
    struct bytes word;
    size_t n = 0;

    while (bytes_word(&line, " ", &word)) {
        uint64_t value;

        if (n == LINE_BYTES || word.len != 2 || !bytes_number(word, 16, &value))
            return false;
        bytes[n++] = (uint8_t)value;
    }
    *ret_count = n;
    return n == LINE_BYTES;
}

/* Hands the gathered bytes to the decoder of configuration space. */
static void dump_finish(struct decode *d, struct dump *u)
{
    if (!u->open)
        return;
    u->open = false;
    if (u->len == 0)
        return;
    struct span source = {d->in.blob, d->in.base + u->start, u->end - u->start};
    struct bytes copy = arena_copy(d->arena, (struct bytes){u->bytes, u->len});
    uint32_t blob = decode_derive(d, source, copy, "hex-text");

    decode_child(d, ITEM_MAP, u->name, (struct span){blob, 0, u->len}, "pci-config");
}

static void dump_line(struct decode *d, struct dump *u, struct bytes line, size_t at)
{
    size_t digits = 0;
    size_t offset = 0;
    size_t count = 0;
    uint8_t bytes[LINE_BYTES];
    uint64_t where = d->in.base + at;

    if (!line_offset(line, &digits, &offset))
        return;
    if (!u->open) {
        decode_fault(d, FAULT_MISSING, where);
        return;
    }
    if (!line_bytes(bytes_slice(line, digits + 1, line.len), bytes, &count)) {
        decode_fault(d, FAULT_BAD_ENCODING, where);
        return;
    }
    if (offset != u->len || offset + count > PCI_EXPRESS_SIZE) {
        decode_fault(d, FAULT_BAD_ORDER, where);
        return;
    }
    for (size_t i = 0; i < count; i++)
        u->bytes[u->len++] = bytes[i];
    u->end = at + line.len;
}

static void decode(struct decode *d)
{
    struct bytes all = d->in.all;
    struct bytes rest = all;
    struct bytes line;
    struct dump u = {.bytes = ARENA_ARRAY(d->arena, uint8_t, PCI_EXPRESS_SIZE)};
    struct pci_address address;
    size_t functions = 0;

    decode_digest(d, KEY_DATA_DIGEST_FREE, all, (struct span){d->in.blob, d->in.base, all.len});
    while (bytes_line(&rest, &line)) {
        size_t at = (size_t)(line.data - all.data);

        if (line_address(line, &address)) {
            dump_finish(d, &u);
            u.open = true;
            u.name = pci_address_text(d->arena, &address);
            u.start = at;
            u.len = 0;
            functions++;
        } else if (line.len > 0) {
            dump_line(d, &u, line, at);
        }
    }
    dump_finish(d, &u);
    if (functions == 0)
        decode_fault(d, FAULT_MISSING, d->in.base);
}

/* The first address line and the first line of bytes after it, within the first lines. */
static unsigned probe(struct bytes b, struct bytes label)
{
    struct bytes rest = bytes_slice(b, 0, 16384);
    struct bytes line;
    struct pci_address address;
    size_t digits;
    size_t offset;
    bool found = false;

    (void)label;
    while (bytes_line(&rest, &line)) {
        uint8_t bytes[LINE_BYTES];
        size_t count;

        if (line_address(line, &address))
            found = true;
        else if (found && line_offset(line, &digits, &offset) && offset == 0)
            return line_bytes(bytes_slice(line, digits + 1, line.len), bytes, &count) ? 80 : 0;
    }
    return 0;
}

const struct decoder decoder_lspci_text = {
    .name = "lspci-text",
    .title = "Hexadecimal dumps of PCI configuration space in text",
    .surface = "pci",
    .spec = "lspci-text",
    .min = 1,
    .max = TEXT_MAX,
    .probe = probe,
    .decode = decode,
};
