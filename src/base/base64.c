/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base64.h"

#include <string.h>

static const char letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static const char url_letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

enum {
    AT_ONCE = 768 /* bytes whose letters are handed on together; a multiple of three */
};

/* The letters of some bytes; those of bytes that are not there are left out. */
static void text_letters(struct text *t, struct bytes b, const char *alphabet)
{
    char room[AT_ONCE / 3 * 4];
    size_t n = 0;
    size_t i = 0;

    for (; b.len - i >= 3; i += 3) {
        uint32_t v = (uint32_t)b.data[i] << 16 | (uint32_t)b.data[i + 1] << 8 | b.data[i + 2];

        room[n++] = alphabet[v >> 18];
        room[n++] = alphabet[v >> 12 & 63];
        room[n++] = alphabet[v >> 6 & 63];
        room[n++] = alphabet[v & 63];
    }
    if (i < b.len) {
        uint32_t v =
            (uint32_t)b.data[i] << 16 | (i + 1 < b.len ? (uint32_t)b.data[i + 1] << 8 : 0);

        for (size_t k = 0; k <= b.len - i; k++)
            room[n++] = alphabet[v >> (18 - 6 * k) & 63];
    }
    text_add(t, (struct bytes){(const uint8_t *)room, n});
}

static void text_all_letters(struct text *t, struct bytes b, const char *alphabet)
{
    for (size_t i = 0; i < b.len; i += AT_ONCE)
        text_letters(t, bytes_slice(b, i, AT_ONCE), alphabet);
}

void text_base64(struct text *t, struct bytes b)
{
    text_all_letters(t, b, letters);
    for (size_t k = (3 - b.len % 3) % 3; k > 0; k--)
        text_char(t, '=');
}

void text_base64url(struct text *t, struct bytes b)
{
    text_all_letters(t, b, url_letters);
}

/* What a letter stands for; 64 if it is none. */
static uint32_t letter_value(uint8_t c)
{
    if (c >= 'a' && c <= 'z')
        return (uint32_t)(c - 'a') + 26;
    if (c >= 'A' && c <= 'Z')
        return (uint32_t)(c - 'A');
    if (c >= '0' && c <= '9')
        return (uint32_t)(c - '0') + 52;
    if (c == '+')
        return 62;
    return c == '/' ? 63 : 64;
}

/* The bits of four letters, of which only `have` are there. */
static bool group_bits(const uint8_t *group, size_t have, uint32_t *ret)
{
    *ret = 0;
    for (size_t k = 0; k < 4; k++) {
        uint32_t value = k < have ? letter_value(group[k]) : 0;

        if (value > 63)
            return false;
        *ret = *ret << 6 | value;
    }
    return true;
}

bool base64_decode(struct bytes text, struct arena *a, struct bytes *ret)
{
    size_t pad = 0;

    while (pad < 2 && pad < text.len && text.data[text.len - 1 - pad] == '=')
        pad++;
    if (text.len % 4 != 0)
        return false;
    uint8_t *out = arena_alloc(a, text.len / 4 * 3 + 1);
    size_t len = 0;

    for (size_t i = 0; i < text.len; i += 4) {
        size_t have = i + 4 == text.len ? 4 - pad : 4;
        uint32_t v;

        if (!group_bits(text.data + i, have, &v))
            return false;
        /* Bits that no byte takes must be zero. */
        if ((have == 3 && (v & 0xff) != 0) || (have == 2 && (v & 0xffff) != 0))
            return false;
        for (size_t k = 0; k + 1 < have; k++)
            out[len++] = (uint8_t)(v >> (16 - 8 * k));
    }
    *ret = (struct bytes){out, len};
    return true;
}

/* Where a letter stands in an alphabet; NULL if it is none of it. */
static const char *letter_find(const char *alphabet, uint8_t letter)
{
    return memchr(alphabet, letter, 64);
}

bool base64url_decode(struct bytes text, struct arena *a, struct bytes *ret)
{
    size_t padded = (text.len + 3) / 4 * 4;
    uint8_t *plain = arena_alloc(a, padded);

    for (size_t i = 0; i < text.len; i++) {
        const char *at = letter_find(url_letters, text.data[i]);

        if (at == NULL)
            return false;
        plain[i] = (uint8_t)letters[at - url_letters];
    }
    for (size_t i = text.len; i < padded; i++)
        plain[i] = '=';
    return base64_decode((struct bytes){plain, padded}, a, ret);
}
