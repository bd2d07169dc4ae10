/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/source.h"

#include <string.h>

static const struct source table[] = {
#define SOURCE(name, surface, witness, risk, allow, sensitivity, decoder, pattern, label,      \
               meaning)                                                                        \
    {name,    surface, witness, RISK_##risk, allow, SENSITIVITY_##sensitivity,                 \
     decoder, pattern, label,   meaning},
#include "evidence/sources.def"
#undef SOURCE
};

const struct source *source_table(size_t *ret_count)
{
    *ret_count = ARRAY_LEN(table);
    return table;
}

const struct source *source_find(struct bytes name)
{
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        if (bytes_equal_text(name, table[i].name))
            return &table[i];
    }
    return NULL;
}

/* How many bytes a star takes: up to the next '/' or to where the rest of the pattern can go
 * on. */
static size_t star_length(struct bytes path, size_t at, char stop)
{
    size_t n = 0;

    while (at + n < path.len && path.data[at + n] != '/' &&
           (stop == '\0' || path.data[at + n] != (uint8_t)stop))
        n++;
    return n;
}

bool source_matches(const struct source *s, struct bytes path, struct bytes ret_stars[4])
{
    size_t at = 0;
    size_t star = 0;

    for (const char *p = s->pattern; *p != '\0'; p++) {
        if (*p != '*' && *p != '?') {
            if (at >= path.len || path.data[at] != (uint8_t)*p)
                return false;
            at++;
            continue;
        }
        size_t n = *p == '?' ? 1 : star_length(path, at, p[1]);

        if (star >= 4 || n == 0 || n > path.len - at || path.data[at] == '/')
            return false;
        ret_stars[star++] = bytes_slice(path, at, n);
        at += n;
    }
    return at == path.len;
}

/* The last parts of a path: as many as the pattern has. False if there are not that many. */
static bool path_tail(struct bytes path, const char *pattern, struct bytes *ret)
{
    size_t parts = 1;
    size_t from = path.len;

    for (const char *p = pattern; *p != '\0'; p++)
        parts += *p == '/';
    while (from > 0 && (path.data[from - 1] != '/' || --parts > 0))
        from--;
    *ret = bytes_slice(path, from, SIZE_MAX);
    return parts <= 1;
}

/* The quick test that most patterns fail: how a path ends. */
static bool may_end(struct bytes path, const char *pattern)
{
    char last = pattern[strlen(pattern) - 1];

    return last == '*' || last == '?' ||
           (path.len > 0 && path.data[path.len - 1] == (uint8_t)last);
}

const struct source *source_of_path(struct bytes path, struct bytes *ret_origin)
{
    struct bytes stars[4];

    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        if (may_end(path, table[i].pattern) && path_tail(path, table[i].pattern, ret_origin) &&
            source_matches(&table[i], *ret_origin, stars))
            return &table[i];
    }
    return NULL;
}

const char *risk_name(enum risk r)
{
    switch (r) {
    case RISK_PASSIVE:
        return "passive";
    case RISK_QUERY:
        return "query";
    case RISK_INTRUSIVE:
        return "intrusive";
    }
    return "";
}

const char *sensitivity_name(enum sensitivity s)
{
    switch (s) {
    case SENSITIVITY_MODEL:
        return "model";
    case SENSITIVITY_IDENTITY:
        return "identity";
    case SENSITIVITY_CONTENT:
        return "content";
    }
    return "";
}
