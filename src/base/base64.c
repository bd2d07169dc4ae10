/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base64.h"

#include <string.h>

static const char letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static const char url_letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* The letters of up to three bytes; those of bytes that are not there are left out. */
static void text_group(struct text *t, struct bytes group, const char *alphabet)
{
    uint32_t v = 0;

    for (size_t k = 0; k < 3; k++)
        v = v << 8 | (k < group.len ? group.data[k] : 0);
    for (size_t k = 0; k <= group.len; k++)
        text_char(t, alphabet[v >> (18 - 6 * k) & 63]);
}

void text_base64(struct text *t, struct bytes b)
{
    for (size_t i = 0; i < b.len; i += 3) {
        struct bytes group = bytes_slice(b, i, 3);

        text_group(t, group, letters);
        for (size_t k = group.len; k < 3; k++)
            text_char(t, '=');
    }
}

void text_base64url(struct text *t, struct bytes b)
{
    for (size_t i = 0; i < b.len; i += 3)
        text_group(t, bytes_slice(b, i, 3), url_letters);
}

/* The bits of four letters, of which only `have` are there. */
static bool group_bits(const uint8_t *group, size_t have, uint32_t *ret)
{
    *ret = 0;
    for (size_t k = 0; k < 4; k++) {
        const char *at = k < have ? memchr(letters, group[k], sizeof(letters) - 1) : letters;

        if (at == NULL)
            return false;
        *ret = *ret << 6 | (uint32_t)(at - letters);
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

bool base64url_decode(struct bytes text, struct arena *a, struct bytes *ret)
{
    size_t padded = (text.len + 3) / 4 * 4;
    uint8_t *plain = arena_alloc(a, padded + 1);

    memset(plain, '=', padded);
    for (size_t i = 0; i < text.len; i++) {
        const char *at = memchr(url_letters, text.data[i], 64);

        if (at == NULL)
            return false;
        plain[i] = (uint8_t)letters[at - url_letters];
    }
    return base64_decode((struct bytes){plain, padded}, a, ret);
}
