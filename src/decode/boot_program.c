/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/boot_program.h"

#include "decode/bmc_part.h"

enum {
    TREES_MAX = 64,
    TREE_HEADER = 40,
    TREE_VERSION = 17,
    TREE_BEGIN_NODE = 1,
    ALIGNMENT = 4,
    FILL_MIN = 256
};

static const uint8_t tree_magic[4] = {0xd0, 0x0d, 0xfe, 0xed};

/* A block that a header names by a place and a length. */
static bool block_inside(struct bytes b, uint64_t total, size_t place, size_t length)
{
    uint64_t at = bytes_uint(b, place, 4, true);
    uint64_t n = bytes_uint(b, length, 4, true);

    return at >= TREE_HEADER && at <= total && n <= total - at;
}

size_t boot_tree_here(struct bytes b)
{
    uint64_t total = bytes_uint(b, 4, 4, true);
    size_t structure = (size_t)bytes_uint(b, 8, 4, true);

    if (!bytes_equal(bytes_slice(b, 0, sizeof(tree_magic)),
                     (struct bytes){tree_magic, sizeof(tree_magic)}))
        return 0;
    bool sound = total <= b.len && bytes_uint(b, 20, 4, true) == TREE_VERSION &&
                 bytes_uint(b, 24, 4, true) <= TREE_VERSION && block_inside(b, total, 8, 36) &&
                 block_inside(b, total, 12, 32) &&
                 bytes_uint(b, structure, 4, true) == TREE_BEGIN_NODE;

    return sound ? (size_t)total : 0;
}

/* How many bytes from the beginning are not the filling (0 or 0xff) at the end, if there is
 * some. */
static size_t written(struct bytes b)
{
    size_t n = b.len;

    if (n == 0 || (b.data[n - 1] != 0 && b.data[n - 1] != 0xff))
        return n;
    while (n > 0 && b.data[n - 1] == b.data[b.len - 1])
        n--;
    return b.len - n < FILL_MIN ? b.len : n;
}

struct bytes boot_printable(struct bytes b)
{
    size_t n = 0;

    while (n < b.len && b.data[n] >= ' ' && b.data[n] < 0x7f)
        n++;
    return bytes_slice(b, 0, n);
}

static bool in_range(uint8_t c, uint8_t first, uint8_t last)
{
    return c >= first && c <= last;
}

bool boot_fits(struct bytes b, const char *pattern)
{
    struct bytes p = bytes_of(pattern);

    if (b.len < p.len)
        return false;
    for (size_t i = 0; i < p.len; i++) {
        uint8_t c = b.data[i];
        bool digit = in_range(c, '0', '9');
        bool good = c == p.data[i];

        if (p.data[i] == '9')
            good = digit;
        else if (p.data[i] == '?')
            good = digit || c == ' ';
        else if (p.data[i] == 'A')
            good = in_range(c, 'A', 'Z');
        else if (p.data[i] == 'a')
            good = in_range(c, 'a', 'z');
        if (!good)
            return false;
    }
    return true;
}

/* Where the next device tree stands from `from`, with its length, or the end. */
static size_t tree_next(struct bytes all, size_t from, size_t *ret_length)
{
    struct bytes magic = {tree_magic, sizeof(tree_magic)};

    while ((from = bytes_find(all, from, magic)) < all.len) {
        *ret_length = boot_tree_here(bytes_slice(all, from, SIZE_MAX));
        if (from % ALIGNMENT == 0 && *ret_length > 0)
            return from;
        from++;
    }
    *ret_length = 0;
    return all.len;
}

static void piece(struct decode *d, size_t at, size_t length)
{
    struct span s = bmc_span(d, at, length);
    struct span here = bmc_span(d, at, 0);

    if (length == 0)
        return;
    decode_open(d, ITEM_MAP, "piece");
    d->out->items[d->item].span = s;
    decode_value_at(d, KEY_BOOT_CODE_OFFSET, value_uint(at), here);
    decode_value_at(d, KEY_BOOT_CODE_LENGTH, value_uint(length), here);
    decode_digest(d, KEY_BOOT_CODE_DIGEST, decode_span_bytes(d, s), s);
    decode_claimed_region(d, s, CLASS_CODE);
    decode_close(d);
}

size_t boot_program(struct decode *d, size_t limit)
{
    struct bytes all = bytes_slice(d->in.all, 0, limit);
    struct span trees[TREES_MAX];
    size_t count = 0;
    size_t length = 0;
    size_t at = 0;
    size_t next = tree_next(all, 0, &length);

    decode_open(d, ITEM_LIST, "code");
    for (; next < all.len && count < TREES_MAX; next = tree_next(all, at, &length)) {
        piece(d, at, next - at);
        trees[count++] = bmc_span(d, next, length);
        at = next + length;
    }
    if (next < all.len)
        decode_fault(d, FAULT_LIMIT, d->in.base + next);
    length = written(bytes_slice(all, at, SIZE_MAX));
    piece(d, at, length);
    decode_close(d);
    if (count > 0) {
        decode_open(d, ITEM_LIST, "trees");
        for (size_t i = 0; i < count; i++)
            decode_child(d, ITEM_MAP, bytes_of("tree"), trees[i], "fdt");
        decode_close(d);
    }
    return at + length;
}
