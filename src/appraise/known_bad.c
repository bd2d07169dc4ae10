/* SPDX-License-Identifier: Apache-2.0 */
#include "appraise/known_bad.h"

#include <string.h>

/* clang-format off */
static const struct known_bad rows[] = {
#define DIGEST_ROW(kind, value, what, source, date)                                            \
    {KNOWN_BAD_##kind, {(const uint8_t *)(value), sizeof(value) - 1}, what, source, date},
#define MODULE_ROW(guid, what, source, date)
#include "appraise/known_bad.def"
#undef DIGEST_ROW
#undef MODULE_ROW
#define DIGEST_ROW(kind, value, what, source, date)
#define MODULE_ROW(guid, what, source, date)                                                   \
    {KNOWN_BAD_MODULE, {(const uint8_t *)(guid), sizeof(guid) - 1}, what, source, date},
#include "appraise/known_bad.def"
#undef DIGEST_ROW
#undef MODULE_ROW
};

/* clang-format on */

static size_t digest_count(void)
{
    size_t n = 0;

    while (n < ARRAY_LEN(rows) && rows[n].kind != KNOWN_BAD_MODULE)
        n++;
    return n;
}

const struct known_bad *known_bad_digest(struct bytes digest)
{
    size_t low = 0;
    size_t high = digest_count();

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int c = bytes_compare(digest, rows[middle].value);

        if (c == 0)
            return &rows[middle];
        if (c < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const struct known_bad *known_bad_module(struct bytes guid)
{
    for (size_t i = digest_count(); i < ARRAY_LEN(rows); i++) {
        if (bytes_equal(guid, rows[i].value))
            return &rows[i];
    }
    return NULL;
}

const char *known_bad_date(void)
{
    const char *latest = "";

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (strcmp(rows[i].date, latest) > 0)
            latest = rows[i].date;
    }
    return latest;
}

const struct known_bad *known_bad_rows(size_t *ret_count)
{
    *ret_count = ARRAY_LEN(rows);
    return rows;
}
