/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bytes.h"

#include <stdio.h>

bool bytes_starts_with(struct bytes b, const char *prefix)
{
    struct bytes p = bytes_of(prefix);

    return b.len >= p.len && (p.len == 0 || memcmp(b.data, p.data, p.len) == 0);
}

size_t bytes_find(struct bytes b, size_t from, struct bytes what)
{
    const uint8_t *at =
        from < b.len ? memmem(b.data + from, b.len - from, what.data, what.len) : NULL;

    return at != NULL ? (size_t)(at - b.data) : b.len;
}

int bytes_compare(struct bytes a, struct bytes b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common > 0 ? memcmp(a.data, b.data, common) : 0;

    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

bool bytes_all(struct bytes b, uint8_t value)
{
    if (b.len == 0)
        return true;
    return b.data[0] == value && memcmp(b.data, b.data + 1, b.len - 1) == 0;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct bytes bytes_trim(struct bytes b)
{
    uint64_t word = 0;

    /* Large inputs may end with very many NUL bytes. */
    while (b.len >= sizeof(word)) {
        memcpy(&word, b.data + b.len - sizeof(word), sizeof(word));
        if (word != 0)
            break;
        b.len -= sizeof(word);
    }
    while (b.len > 0 && (is_blank(b.data[b.len - 1]) || b.data[b.len - 1] == 0))
        b.len--;
    while (b.len > 0 && is_blank(b.data[0])) {
        b.data++;
        b.len--;
    }
    return b;
}

bool bytes_printable(struct bytes b)
{
    for (size_t i = 0; i < b.len; i++) {
        if (b.data[i] < 0x20 || b.data[i] > 0x7e)
            return false;
    }
    return b.len > 0;
}

/* Length of the UTF-8 sequence that starts with `c`, with its lowest code point; 0 if none. */
static size_t utf8_length(uint8_t c, uint32_t *ret_lowest)
{
    if (c < 0x80) {
        *ret_lowest = 0;
        return 1;
    }
    if (c >= 0xc2 && c <= 0xdf) {
        *ret_lowest = 0x80;
        return 2;
    }
    if ((c & 0xf0) == 0xe0) {
        *ret_lowest = 0x800;
        return 3;
    }
    *ret_lowest = 0x10000;
    return c >= 0xf0 && c <= 0xf4 ? 4 : 0;
}

bool bytes_utf8(struct bytes b)
{
    size_t i = 0;

    while (i < b.len) {
        uint32_t lowest = 0;
        size_t n = utf8_length(b.data[i], &lowest);

        if (n == 0 || n > b.len - i)
            return false;
        uint32_t point = n == 1 ? b.data[i] : b.data[i] & (0x7fU >> n);

        for (size_t k = 1; k < n; k++) {
            if ((b.data[i + k] & 0xc0) != 0x80)
                return false;
            point = point << 6 | (b.data[i + k] & 0x3fU);
        }
        if (point < lowest || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
            return false;
        i += n;
    }
    return true;
}

bool bytes_line(struct bytes *rest, struct bytes *ret_line)
{
    if (rest->len == 0)
        return false;
    const uint8_t *end = memchr(rest->data, '\n', rest->len);
    size_t n = end != NULL ? (size_t)(end - rest->data) : rest->len;

    *ret_line = (struct bytes){rest->data, n};
    *rest = bytes_slice(*rest, n + 1, SIZE_MAX);
    if (n > 0 && ret_line->data[n - 1] == '\r')
        ret_line->len--;
    return true;
}

static bool is_one_of(uint8_t c, const char *set)
{
    return c != 0 && strchr(set, c) != NULL;
}

bool bytes_cut(struct bytes *rest, char end, struct bytes *ret)
{
    const uint8_t *at = rest->len > 0 ? memchr(rest->data, end, rest->len) : NULL;

    if (at == NULL)
        return false;
    size_t n = (size_t)(at - rest->data);

    *ret = bytes_slice(*rest, 0, n);
    *rest = bytes_slice(*rest, n + 1, SIZE_MAX);
    return true;
}

bool bytes_word(struct bytes *rest, const char *separators, struct bytes *ret_word)
{
    while (rest->len > 0 && is_one_of(rest->data[0], separators))
        *rest = bytes_slice(*rest, 1, SIZE_MAX);
    if (rest->len == 0)
        return false;
    size_t n = 0;

    while (n < rest->len && !is_one_of(rest->data[n], separators))
        n++;
    *ret_word = bytes_slice(*rest, 0, n);
    *rest = bytes_slice(*rest, n, SIZE_MAX);
    return true;
}

struct bytes bytes_format_list(char *room, size_t size, const char *format, va_list args)
{
    int n = vsnprintf(room, size, format, args);
    size_t len = n < 0 ? 0 : (size_t)n;

    return (struct bytes){(const uint8_t *)room, len < size ? len : size - 1};
}

struct bytes bytes_format(char *room, size_t size, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    struct bytes b = bytes_format_list(room, size, format, args);
    va_end(args);
    return b;
}

int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool bytes_number(struct bytes b, unsigned base, uint64_t *ret)
{
    uint64_t value = 0;

    for (size_t i = 0; i < b.len; i++) {
        int digit = hex_digit(b.data[i]);

        if (digit < 0 || (unsigned)digit >= base ||
            value > (UINT64_MAX - (unsigned)digit) / base)
            return false;
        value = value * base + (unsigned)digit;
    }
    *ret = value;
    return b.len > 0;
}
