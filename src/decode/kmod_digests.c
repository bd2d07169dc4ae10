/* SPDX-License-Identifier: Apache-2.0 */
/* Digests of kernel module files: lines of 64 hexadecimal digits, two blanks (or " *") and a
 * path. */
#include "decode/text_line.h"

enum {
    DIGITS = 64
};

/* The digits as they are printed: in lower case. */
static int lower_digit(uint8_t c)
{
    return c >= 'A' && c <= 'F' ? -1 : hex_digit(c);
}

/* The path behind a digest, with the mark of binary mode before it if there is one. */
static struct bytes path_of(struct bytes line)
{
    struct bytes rest = bytes_slice(line, DIGITS, line.len);

    if (bytes_starts_with(rest, "  "))
        return bytes_slice(rest, 2, rest.len);
    return bytes_starts_with(rest, " *") ? bytes_slice(rest, 1, rest.len)
                                         : (struct bytes){NULL, 0};
}

static bool digest_of(struct arena *a, struct bytes text, struct bytes *ret)
{
    uint8_t *out = arena_alloc(a, DIGITS / 2);

    for (size_t i = 0; i < DIGITS; i += 2) {
        int high = i + 1 < text.len ? lower_digit(text.data[i]) : -1;
        int low = i + 1 < text.len ? lower_digit(text.data[i + 1]) : -1;

        if (high < 0 || low < 0)
            return false;
        out[i / 2] = (uint8_t)(high << 4 | low);
    }
    *ret = (struct bytes){out, DIGITS / 2};
    return true;
}

static void decode(struct decode *d)
{
    struct bytes line;
    size_t from = 0;

    decode_open(d, ITEM_MAP, "files");
    while (text_line(d, &line, &from)) {
        struct bytes digest;
        struct bytes path = path_of(line);

        if (bytes_trim(line).len == 0)
            text_line_blank(d, from);
        else if (path.len == 0 || !digest_of(d->arena, bytes_slice(line, 0, DIGITS), &digest))
            text_line_fault(d, from);
        else
            decode_named_at(d, path, KEY_MODULE_FILE, value_bytes(digest),
                            reader_span(&d->in, from));
    }
    decode_close(d);
}

static unsigned probe(struct bytes b, struct bytes label)
{
    struct bytes rest = b;
    struct bytes line = {NULL, 0};

    (void)label;
    (void)bytes_line(&rest, &line);
    if (line.len < DIGITS + 3 || line.data[DIGITS] != ' ')
        return 0;
    for (size_t i = 0; i < DIGITS; i++) {
        if (hex_digit(line.data[i]) < 0)
            return 0;
    }
    return 45;
}

const struct decoder decoder_kmod_digests = {
    .name = "kmod-digests",
    .title = "Digests of kernel module files",
    .spec = "sha256sum",
    .min = 0,
    .max = 16 << 20,
    .probe = probe,
    .decode = decode,
};
