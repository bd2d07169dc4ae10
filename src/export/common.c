/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/moment.h"
#include "export/private.h"
#include "result/words.h"

enum {
    DIGEST_TEXT = 2 * SHA256_SIZE /* digits */
};

/* Days from 1970-01-01 to a date of the Gregorian calendar, whose years begin in March here. */
static int64_t days_to(int64_t year, int64_t month, int64_t day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t m = month <= 2 ? month + 9 : month - 3;

    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

static int64_t number_at(struct bytes text, size_t at, size_t digits)
{
    uint64_t v = 0;

    (void)bytes_number(bytes_slice(text, at, digits), 10, &v);
    return (int64_t)v;
}

bool moment_of(const struct result *r, struct moment *ret, struct err *e)
{
    struct bytes t = moment_valid(r->as_of) ? r->as_of : r->collected;

    if (!moment_valid(t))
        return err_set(e, ERR_INPUT,
                       "the result has no time, which this format needs: judge again with "
                       "--as-of");
    *ret = (struct moment){
        .text = t,
        .seconds = days_to(number_at(t, 0, 4), number_at(t, 5, 2), number_at(t, 8, 2)) * 86400 +
                   number_at(t, 11, 2) * 3600 + number_at(t, 14, 2) * 60 + number_at(t, 17, 2),
    };
    return true;
}

void member_optional(struct json *j, const char *name, struct bytes b)
{
    if (b.len > 0)
        json_member_string(j, name, b);
}

struct bytes digest_hex(const struct digest *d, struct arena *a)
{
    struct text t;

    text_init(&t, a, DIGEST_TEXT);
    text_hex(&t, (struct bytes){d->bytes, sizeof(d->bytes)});
    return text_bytes(&t);
}

void member_digest(struct json *j, const char *name, const struct digest *d)
{
    char room[96];
    struct arena none = {0};
    struct text t = {.arena = &none, .data = room, .cap = sizeof(room), .max = sizeof(room)};

    /* The text never grows: its buffer is given. */
    text_digest(&t, d);
    json_member_string(j, name, text_bytes(&t));
}

struct bytes uuid_of_name(const uint8_t space[UUID_SIZE], struct bytes name, struct arena *a)
{
    static const uint8_t groups[] = {4, 2, 2, 2, 6};
    const struct bytes parts[] = {
        {space, UUID_SIZE},
        name
    };
    uint8_t d[DIGEST_MAX];
    struct text t;
    size_t at = 0;

    digest_parts(DIGEST_SHA1, parts, ARRAY_LEN(parts), d);
    d[6] = (uint8_t)((d[6] & 0x0f) | 0x50);
    d[8] = (uint8_t)((d[8] & 0x3f) | 0x80);
    text_init(&t, a, 64);
    for (size_t i = 0; i < ARRAY_LEN(groups); i++) {
        if (i > 0)
            text_char(&t, '-');
        text_hex(&t, (struct bytes){d + at, groups[i]});
        at += groups[i];
    }
    return text_bytes(&t);
}

struct bytes tool_version(const struct result *r)
{
    struct bytes rest = r->tool;
    struct bytes word = {NULL, 0};

    (void)bytes_word(&rest, " ", &word);
    return bytes_trim(rest);
}
