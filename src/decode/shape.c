/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/shape.h"

#include <string.h>

struct kinds {
    bool upper;     /* G to Z */
    bool lower;     /* g to z */
    bool hex_upper; /* A to F */
    bool hex_lower; /* a to f */
    bool other;     /* neither letter, digit nor separator, but printable */
    bool binary;
    char separators[8];
    size_t separator_count;
};

static void separator_note(struct kinds *k, uint8_t c)
{
    if (memchr(k->separators, c, k->separator_count) == NULL &&
        k->separator_count < sizeof(k->separators))
        k->separators[k->separator_count++] = (char)c;
}

static void kinds_note(struct kinds *k, uint8_t c)
{
    if (c >= '0' && c <= '9')
        return;
    if (c >= 'A' && c <= 'F')
        k->hex_upper = true;
    else if (c >= 'a' && c <= 'f')
        k->hex_lower = true;
    else if (c >= 'G' && c <= 'Z')
        k->upper = true;
    else if (c >= 'g' && c <= 'z')
        k->lower = true;
    else if (strchr("-:._ /", c) != NULL && c != 0)
        separator_note(k, c);
    else if (c > 0x20 && c < 0x7f)
        k->other = true;
    else
        k->binary = true;
}

static const char *kind_name(const struct kinds *k)
{
    if (k->binary)
        return "bytes";
    if (k->other)
        return "ascii";
    bool upper = k->upper || k->hex_upper;
    bool lower = k->lower || k->hex_lower;

    if (!k->upper && !k->lower && !(upper && lower))
        return "hex";
    if (upper && lower)
        return "alnum";
    return upper ? "upper-alnum" : "lower-alnum";
}

static size_t letters_before_digits(struct bytes b)
{
    size_t n = 0;

    while (n < b.len &&
           ((b.data[n] >= 'A' && b.data[n] <= 'Z') || (b.data[n] >= 'a' && b.data[n] <= 'z')))
        n++;
    if (n == 0 || n > 4 || n == b.len)
        return 0;
    for (size_t i = n; i < b.len; i++) {
        if (b.data[i] < '0' || b.data[i] > '9')
            return 0;
    }
    return n;
}

void shape_of(struct text *t, struct bytes b)
{
    struct kinds k = {0};

    for (size_t i = 0; i < b.len; i++)
        kinds_note(&k, b.data[i]);
    text_uint(t, b.len);
    text_char(t, ' ');
    text_puts(t, kind_name(&k));
    if (k.separator_count > 0) {
        text_char(t, '+');
        text_add(t, (struct bytes){(const uint8_t *)k.separators, k.separator_count});
    }
    size_t prefix = letters_before_digits(b);

    if (prefix > 0) {
        text_char(t, ' ');
        text_add(t, bytes_slice(b, 0, prefix));
    }
}
