/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/tar_file.h"

#include <string.h>

#include "base/reader.h"

enum {
    NAME_SIZE = 100,
    SIZE_FIELD = 124,
    NUMBER_SIZE = 12,
    SUM_SIZE = 8,
    MAGIC_FIELD = 257,
};

bool tar_octal(struct bytes b, uint64_t *ret)
{
    size_t n = 0;

    *ret = 0;
    while (n < b.len && b.data[n] >= '0' && b.data[n] <= '7')
        *ret = *ret << 3 | (uint64_t)(b.data[n++] - '0');
    return n > 0 && (n == b.len || b.data[n] == 0 || b.data[n] == ' ');
}

/* The sum of a header's bytes, its own counted as blanks. */
static bool sum_good(struct bytes h)
{
    uint64_t stated = 0;
    uint64_t sum = (uint64_t)' ' * SUM_SIZE;

    for (size_t i = 0; i < h.len; i++)
        sum += i < TAR_SUM_FIELD || i >= TAR_SUM_FIELD + SUM_SIZE ? h.data[i] : 0;
    struct bytes field = bytes_slice(h, TAR_SUM_FIELD, SUM_SIZE);

    while (field.len > 0 && field.data[0] == ' ')
        field = bytes_slice(field, 1, field.len);
    return tar_octal(field, &stated) && stated == sum;
}

struct bytes tar_text(struct bytes b)
{
    const uint8_t *end = b.len > 0 ? memchr(b.data, 0, b.len) : NULL;

    return end != NULL ? bytes_slice(b, 0, (size_t)(end - b.data)) : b;
}

bool tar_file_at(struct bytes all, size_t at, struct tar_file *ret)
{
    struct bytes h = bytes_slice(all, at, TAR_BLOCK);
    uint64_t size = 0;

    if (h.len < TAR_BLOCK || !bytes_starts_with(bytes_slice(h, MAGIC_FIELD, 5), "ustar") ||
        !tar_octal(bytes_slice(h, SIZE_FIELD, NUMBER_SIZE), &size))
        return false;
    ret->at = at;
    ret->name = tar_text(bytes_slice(h, 0, NAME_SIZE));
    if (bytes_starts_with(ret->name, "./"))
        ret->name = bytes_slice(ret->name, 2, NAME_SIZE);
    ret->type = h.data[TAR_TYPE_FIELD];
    ret->sum_good = sum_good(h);
    ret->content = bytes_slice(all, at + TAR_BLOCK, size < SIZE_MAX ? (size_t)size : SIZE_MAX);
    return ret->content.len == size;
}

size_t tar_file_next(const struct tar_file *f)
{
    return f->at + TAR_BLOCK + (f->content.len + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
}
