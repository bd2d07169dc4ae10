/* SPDX-License-Identifier: Apache-2.0 */
/* The result of an SMBus scan: lines "bus N funcs HEX" and "bus N addr HEX". */
#include "decode/text_line.h"

/* Hexadecimal digits as they are printed: in lower case. */
static bool lower_hex(struct bytes word, uint64_t *ret)
{
    for (size_t i = 0; i < word.len; i++) {
        if (word.data[i] >= 'A' && word.data[i] <= 'F')
            return false;
    }
    return bytes_number(word, 16, ret);
}

/* A line's bus, kind ('f' or 'a') and number. */
static bool scan_line(struct bytes line, uint64_t *ret_bus, uint8_t *ret_kind, uint64_t *ret)
{
    struct bytes rest = line;
    struct bytes word;

    if (!bytes_word(&rest, " ", &word) || !bytes_equal_text(word, "bus") ||
        !bytes_word(&rest, " ", &word) || !bytes_number(word, 10, ret_bus) ||
        !bytes_word(&rest, " ", &word))
        return false;
    if (!bytes_equal_text(word, "funcs") && !bytes_equal_text(word, "addr"))
        return false;
    *ret_kind = word.data[0];
    return bytes_word(&rest, " ", &word) && lower_hex(word, ret) && rest.len == 0 &&
           (*ret_kind == 'f' || *ret < 128);
}

static void decode(struct decode *d)
{
    struct bytes line;
    size_t from = 0;
    uint64_t bus = 0;
    uint64_t open = UINT64_MAX;
    uint64_t value = 0;
    uint8_t kind = 0;

    while (text_line(d, &line, &from)) {
        if (bytes_trim(line).len == 0) {
            text_line_blank(d, from);
            continue;
        }
        if (!scan_line(line, &bus, &kind, &value)) {
            text_line_fault(d, from);
            continue;
        }
        if (bus != open) {
            if (open != UINT64_MAX)
                decode_close(d);
            decode_open(d, ITEM_MAP, "bus:%llu", (unsigned long long)bus);
            open = bus;
        }
        if (kind == 'f')
            decode_uint(d, KEY_SMBUS_FUNCTIONS, value, from);
        else
            decode_named_at(d, bytes_of(arena_format(d->arena, "0x%02x", (unsigned)value)),
                            KEY_SMBUS_ADDRESS, value_uint(value), reader_span(&d->in, from));
    }
    if (open != UINT64_MAX)
        decode_close(d);
}

static unsigned probe(struct bytes b, struct bytes label)
{
    struct bytes rest = b;
    struct bytes line = {NULL, 0};
    uint64_t bus;
    uint64_t value;
    uint8_t kind;

    (void)label;
    (void)bytes_line(&rest, &line);
    return scan_line(line, &bus, &kind, &value) ? 60 : 0;
}

const struct decoder decoder_smbus_scan = {
    .name = "smbus-scan",
    .title = "SMBus addresses that answered",
    .spec = "smbus-3.2",
    .min = 0,
    .max = 1 << 20,
    .probe = probe,
    .decode = decode,
};
