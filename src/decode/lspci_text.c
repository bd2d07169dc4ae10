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
    struct bytes header; /* the line with the address */
    size_t start;        /* position of its first line in the text */
    size_t end;          /* position after its last line with bytes */
    uint8_t *bytes;      /* PCI_EXPRESS_SIZE */
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

/* Positions `*at` after the next '[' of the line; false at its end. */
static bool bracket_next(struct bytes line, size_t *at)
{
    while (*at < line.len) {
        if (line.data[(*at)++] == '[')
            return true;
    }
    return false;
}

/* "1022:1450" */
static bool ids_read(struct bytes b, uint64_t *vendor, uint64_t *device)
{
    return b.len == 9 && b.data[4] == ':' && bytes_number(bytes_slice(b, 0, 4), 16, vendor) &&
           bytes_number(bytes_slice(b, 5, 4), 16, device);
}

/*
 * The numbers in a header line of `lspci -nn`: "… Host bridge [0600]: Name [1022:1450] (rev
 * 02)", or of `lspci -n`: "… 0600: 1022:1450 (rev 02)". Names may hold brackets: the last pair
 * counts.
 */
static bool line_numbers(struct bytes line, uint64_t *class, uint64_t *vendor, uint64_t *device)
{
    struct bytes words = line;
    struct bytes word;
    bool classed = false;
    bool found = false;

    (void)bytes_word(&words, " ", &word);
    if (bytes_word(&words, " ", &word) && word.len == 5 && word.data[4] == ':' &&
        bytes_number(bytes_slice(word, 0, 4), 16, class) && bytes_word(&words, " ", &word) &&
        ids_read(word, vendor, device))
        return true;
    for (size_t at = 0; bracket_next(line, &at);) {
        struct bytes rest = bytes_slice(line, at, line.len);

        if (!classed && rest.len > 5 && rest.data[4] == ']' && rest.data[5] == ':')
            classed = bytes_number(bytes_slice(rest, 0, 4), 16, class);
        if (rest.len > 9 && rest.data[9] == ']')
            found = ids_read(bytes_slice(rest, 0, 9), vendor, device) || found;
    }
    return classed && found;
}

/* "(rev 02)", which is left out where it would be 0. */
static uint64_t line_revision(struct bytes line)
{
    struct bytes word;
    uint64_t revision = 0;

    while (bytes_word(&line, " ", &word)) {
        if (bytes_equal_text(word, "(rev") && bytes_word(&line, " )", &word) &&
            bytes_number(word, 16, &revision))
            return revision;
    }
    return 0;
}

/* A function of which the text has no bytes: what its header line says. */
static void header_only(struct decode *d, const struct dump *u)
{
    uint64_t class = 0;
    uint64_t vendor = 0;
    uint64_t device = 0;
    struct span s = {d->in.blob, d->in.base + u->start, u->header.len};

    decode_open_bytes(d, ITEM_MAP, u->name);
    d->out->items[d->item].span = s;
    if (line_numbers(u->header, &class, &vendor, &device)) {
        decode_value_at(d, KEY_PCI_FUNCTION_VENDOR, value_uint(vendor), s);
        decode_value_at(d, KEY_PCI_FUNCTION_DEVICE, value_uint(device), s);
        decode_value_at(d, KEY_PCI_FUNCTION_CLASS, value_uint(class), s);
        decode_value_at(d, KEY_PCI_FUNCTION_REVISION, value_uint(line_revision(u->header)), s);
    } else {
        decode_value_at(d, KEY_PCI_FUNCTION_DESCRIPTION, value_text(u->header), s);
    }
    decode_close(d);
}

/* Hands the gathered bytes to the decoder of configuration space. */
static void dump_finish(struct decode *d, struct dump *u)
{
    if (!u->open)
        return;
    u->open = false;
    if (u->len == 0) {
        header_only(d, u);
        return;
    }
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
            u.header = line;
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
    if (all.data[all.len - 1] != '\n')
        decode_fault(d, FAULT_UNTERMINATED, d->in.base + all.len);
}

/* The first address line and the first line of bytes after it, or the first with numbers. */
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
        uint64_t number[3];
        size_t count;

        if (line_address(line, &address)) {
            if (line_numbers(line, &number[0], &number[1], &number[2]))
                return 80;
            found = true;
        } else if (found && line_offset(line, &digits, &offset) && offset == 0) {
            return line_bytes(bytes_slice(line, digits + 1, line.len), bytes, &count) ? 80 : 0;
        }
    }
    return found ? 20 : 0;
}

const struct decoder decoder_lspci_text = {
    .name = "lspci-text",
    .title = "Lists and hexadecimal dumps of PCI functions in text",
    .surface = "pci",
    .spec = "lspci-text",
    .min = 1,
    .max = TEXT_MAX,
    .probe = probe,
    .decode = decode,
};
