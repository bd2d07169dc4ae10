/* SPDX-License-Identifier: Apache-2.0 */
#include "appraise/finding.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const char *const judge_names[] = {
    [JUDGE_REFERENCE] = "reference", [JUDGE_PEERS] = "peers", [JUDGE_HISTORY] = "history",
    [JUDGE_WITNESS] = "witness",     [JUDGE_RULE] = "rule",
};

static const char *const severity_names[] = {
    [SEVERITY_INFO] = "info", [SEVERITY_LOW] = "low",           [SEVERITY_MEDIUM] = "medium",
    [SEVERITY_HIGH] = "high", [SEVERITY_CRITICAL] = "critical",
};

const char *judge_name(enum judge j)
{
    return judge_names[j];
}

const char *severity_name(enum severity s)
{
    return severity_names[s];
}

bool severity_by_name(struct bytes name, enum severity *ret)
{
    for (size_t i = 0; i < ARRAY_LEN(severity_names); i++) {
        if (bytes_equal_text(name, severity_names[i])) {
            *ret = (enum severity)i;
            return true;
        }
    }
    return false;
}

void findings_expect(struct findings *f, size_t count)
{
    if (count > f->cap)
        arena_widen(f->arena, &f->rows, count, &f->cap, sizeof(*f->rows));
}

void findings_add(struct findings *f, struct finding row)
{
    arena_grow(f->arena, &f->rows, f->count, &f->cap, sizeof(*f->rows));
    f->rows[f->count++] = row;
}

static int finding_order(const void *left, const void *right)
{
    const struct finding *a = left;
    const struct finding *b = right;

    if (a->severity != b->severity)
        return a->severity > b->severity ? -1 : 1;
    if (a->centibits != b->centibits)
        return a->centibits > b->centibits ? -1 : 1;
    int c = bytes_compare(a->path, b->path);

    if (c == 0)
        c = strcmp(a->id, b->id);
    if (c == 0)
        c = bytes_compare(a->other, b->other);
    return c != 0 ? c : bytes_compare(a->value, b->value);
}

void findings_sort(struct findings *f)
{
    if (f->count > 0)
        qsort(f->rows, f->count, sizeof(*f->rows), finding_order);
}

struct bytes finding_fingerprint(const struct finding *row, struct arena *a)
{
    const struct bytes parts[] = {bytes_of(row->id), row->path, row->other, row->value};
    struct digest_stream s;
    struct text t;
    char room[16];

    digest_begin(&s);
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        digest_more(&s, parts[i]);
        digest_more(&s, (struct bytes){(const uint8_t *)"", 1});
    }
    struct digest d = digest_end(&s);

    text_init_room(&t, room, sizeof(room));
    text_hex(&t, (struct bytes){d.bytes, 8});
    return arena_copy(a, text_bytes(&t));
}

struct bytes finding_words(struct findings *f, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    const char *p = arena_format_list(f->arena, format, args);
    va_end(args);
    return bytes_of(p);
}
