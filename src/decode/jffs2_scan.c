/* SPDX-License-Identifier: Apache-2.0 */
/* The nodes of jffs2: found one behind the other, each at a multiple of four bytes. */
#include <stdlib.h>

#include "decode/jffs2.h"

enum {
    MAGIC = 0x1985,
    ACCURATE = 0x2000, /* in a type: the node was not marked as obsolete */
    TYPE_ENTRY = 0xe001,
    TYPE_INODE = 0xe002,
    TYPE_MARKER = 0x2003,
    TYPE_PADDING = 0x2004,
    TYPE_SUMMARY = 0x2006,
    TYPE_XATTR = 0xe008,
    TYPE_REFERENCE = 0xe009,
    XATTR = 32,
    REFERENCE = 28,
    SUMMARY = 32,
    ALIGNMENT = 4,
};

uint64_t j2_number(const struct jffs2 *j, size_t at, unsigned width)
{
    return bytes_uint(j->all, at, width, j->big);
}

uint32_t j2_crc(struct bytes b)
{
    return ~codec_crc32(UINT32_MAX, b);
}

void j2_fault(struct jffs2 *j, enum fault_id id, size_t at)
{
    fs_fault(j->d, id, j->blob, j->base + at);
}

struct span j2_span(const struct jffs2 *j, size_t at, size_t length)
{
    return (struct span){j->blob, j->base + at, length};
}

/* The CRC of a header counts the type as it was before the node became obsolete. */
static uint32_t header_crc(struct bytes b, size_t at, bool big)
{
    uint8_t head[8];

    for (size_t i = 0; i < sizeof(head); i++)
        head[i] = b.data[at + i];
    head[big ? 2 : 3] |= ACCURATE >> 8;
    return j2_crc((struct bytes){head, sizeof(head)});
}

static bool magic_at(struct bytes b, size_t at, bool big)
{
    return b.len >= J2_HEADER && at <= b.len - J2_HEADER && bytes_uint(b, at, 2, big) == MAGIC;
}

bool j2_header_at(struct bytes b, size_t at, bool big)
{
    return magic_at(b, at, big) && bytes_uint(b, at + 8, 4, big) == header_crc(b, at, big);
}

/* Whether the CRC that is stated at `stated` is that of `length` bytes from `at`. */
static bool crc_good(struct jffs2 *j, size_t at, size_t length, size_t stated)
{
    if (j2_crc(bytes_slice(j->all, at, length)) == j2_number(j, stated, 4))
        return true;
    j2_fault(j, FAULT_BAD_CHECKSUM, stated);
    return false;
}

static void inode_node(struct jffs2 *j, size_t at, size_t length)
{
    struct j2_inode n = {
        .at = at,
        .ino = (uint32_t)j2_number(j, at + 12, 4),
        .version = (uint32_t)j2_number(j, at + 16, 4),
        .mode = (uint32_t)j2_number(j, at + 20, 4),
        .uid = (uint32_t)j2_number(j, at + 24, 2),
        .gid = (uint32_t)j2_number(j, at + 26, 2),
        .size = (uint32_t)j2_number(j, at + 28, 4),
        .modified = (uint32_t)j2_number(j, at + 36, 4),
        .offset = (uint32_t)j2_number(j, at + 44, 4),
        .packed = (uint32_t)j2_number(j, at + 48, 4),
        .length = (uint32_t)j2_number(j, at + 52, 4),
        .compression = (uint8_t)j2_number(j, at + 56, 1),
    };

    if (length < J2_INODE || n.packed > length - J2_INODE) {
        j2_fault(j, FAULT_BAD_LENGTH, at + 4);
        return;
    }
    if (!crc_good(j, at, 60, at + 64) || !crc_good(j, at + J2_INODE, n.packed, at + 60))
        return;
    if (n.length > UINT32_MAX - n.offset) {
        j2_fault(j, FAULT_BAD_VALUE, at + 44);
        return;
    }
    arena_grow(j->d->arena, &j->inodes, j->inode_count, &j->inode_cap, sizeof(n));
    j->inodes[j->inode_count++] = n;
}

static void entry_node(struct jffs2 *j, size_t at, size_t length)
{
    size_t name_length = (size_t)j2_number(j, at + 28, 1);
    struct j2_entry n = {
        .at = at,
        .folder = (uint32_t)j2_number(j, at + 12, 4),
        .version = (uint32_t)j2_number(j, at + 16, 4),
        .ino = (uint32_t)j2_number(j, at + 20, 4),
        .type = (uint8_t)j2_number(j, at + 29, 1),
        .name = bytes_slice(j->all, at + J2_ENTRY, name_length),
    };

    if (length < J2_ENTRY || name_length > length - J2_ENTRY) {
        j2_fault(j, FAULT_BAD_LENGTH, at + 4);
        return;
    }
    if (!crc_good(j, at, 32, at + 32) || !crc_good(j, at + J2_ENTRY, name_length, at + 36))
        return;
    arena_grow(j->d->arena, &j->entries, j->entry_count, &j->entry_cap, sizeof(n));
    j->entries[j->entry_count++] = n;
}

static void xattr_node(struct jffs2 *j, size_t at, size_t length)
{
    size_t name_length = (size_t)j2_number(j, at + 21, 1);
    size_t value_length = (size_t)j2_number(j, at + 22, 2);
    struct j2_xattr n = {
        .at = at,
        .id = (uint32_t)j2_number(j, at + 12, 4),
        .version = (uint32_t)j2_number(j, at + 16, 4),
        .prefix = (uint8_t)j2_number(j, at + 20, 1),
        .name = bytes_slice(j->all, at + XATTR, name_length),
        .value = bytes_slice(j->all, at + XATTR + name_length + 1, value_length),
    };

    if (length < XATTR || name_length + 1 + value_length > length - XATTR) {
        j2_fault(j, FAULT_BAD_LENGTH, at + 4);
        return;
    }
    if (!crc_good(j, at, 28, at + 28) ||
        !crc_good(j, at + XATTR, name_length + 1 + value_length, at + 24))
        return;
    arena_grow(j->d->arena, &j->xattrs, j->xattr_count, &j->xattr_cap, sizeof(n));
    j->xattrs[j->xattr_count++] = n;
}

static void reference_node(struct jffs2 *j, size_t at, size_t length)
{
    struct j2_reference n = {
        .at = at,
        .ino = (uint32_t)j2_number(j, at + 12, 4),
        .id = (uint32_t)j2_number(j, at + 16, 4),
        .sequence = (uint32_t)j2_number(j, at + 20, 4),
    };

    if (length < REFERENCE) {
        j2_fault(j, FAULT_BAD_LENGTH, at + 4);
        return;
    }
    if (!crc_good(j, at, 24, at + 24))
        return;
    arena_grow(j->d->arena, &j->references, j->reference_count, &j->reference_cap, sizeof(n));
    j->references[j->reference_count++] = n;
}

/* The list of a block's nodes at its end, which spares the kernel reading the block. */
static void summary_node(struct jffs2 *j, size_t at, size_t length)
{
    decode_claimed_region(j->d, j2_span(j, at, length), CLASS_STRUCTURE);
    j2_live(j, at);
    j->summaries++;
    if (length < SUMMARY)
        j2_fault(j, FAULT_BAD_LENGTH, at + 4);
    else if (crc_good(j, at, 24, at + 28))
        (void)crc_good(j, at + SUMMARY, length - SUMMARY, at + 24);
}

/* Padding, of which only the header says anything. */
static void padding_node(struct jffs2 *j, size_t at, size_t length)
{
    struct bytes b = bytes_slice(j->all, at + J2_HEADER, length - J2_HEADER);
    struct span s = j2_span(j, at + J2_HEADER, b.len);

    decode_claimed_region(j->d, j2_span(j, at, J2_HEADER), CLASS_STRUCTURE);
    j2_live(j, at);
    if (bytes_all(b, 0) || bytes_all(b, 0xff))
        decode_claimed_region(j->d, s, CLASS_PADDING);
}

static void node(struct jffs2 *j, size_t at, size_t length)
{
    unsigned type = (unsigned)j2_number(j, at + 2, 2);

    switch (type) {
    case TYPE_INODE:
        inode_node(j, at, length);
        break;
    case TYPE_ENTRY:
        entry_node(j, at, length);
        break;
    case TYPE_XATTR:
        xattr_node(j, at, length);
        break;
    case TYPE_REFERENCE:
        reference_node(j, at, length);
        break;
    case TYPE_SUMMARY:
        summary_node(j, at, length);
        break;
    case TYPE_MARKER:
        j->markers++;
        padding_node(j, at, length);
        break;
    case TYPE_PADDING:
        padding_node(j, at, length);
        break;
    default:
        if ((type & ACCURATE) != 0)
            j2_fault(j, FAULT_BAD_VALUE, at + 2);
        break;
    }
}

/* The length of a node at `at` with its alignment; 0 if none begins there. */
static size_t node_length(struct jffs2 *j, size_t at, size_t *ret_stated)
{
    if (!magic_at(j->all, at, j->big))
        return 0;
    if (!j2_header_at(j->all, at, j->big)) {
        j2_fault(j, FAULT_BAD_CHECKSUM, at + 8);
        return 0;
    }
    size_t left = j->all.len - at;
    size_t length = (size_t)j2_number(j, at + 4, 4);

    if (length < J2_HEADER || length > left) {
        j2_fault(j, length > left ? FAULT_TRUNCATED : FAULT_BAD_LENGTH, at + 4);
        return 0;
    }
    *ret_stated = length;
    return length % ALIGNMENT == 0 || left - length < ALIGNMENT
               ? length
               : length + ALIGNMENT - length % ALIGNMENT;
}

/* Bytes between nodes: erased, zeros, or unknown ones, perhaps with erased ones behind them. */
static void gap(struct jffs2 *j, size_t from, size_t end)
{
    struct bytes b = bytes_slice(j->all, from, end - from);
    size_t written = b.len;

    while (written > 0 && b.data[written - 1] == 0xff)
        written--;
    decode_claimed_region(j->d, j2_span(j, from + written, b.len - written), CLASS_FREE_ERASED);
    if (bytes_all(bytes_slice(b, 0, written), 0))
        decode_claimed_region(j->d, j2_span(j, from, written), CLASS_PADDING);
}

/* A node, or what is left of one. What is in force gets another class later. */
static void node_mark(struct jffs2 *j, size_t at, size_t length, size_t aligned)
{
    struct j2_node n = {.at = at, .length = length};

    decode_claimed_region(j->d, j2_span(j, at, length), CLASS_DELETED);
    if (aligned > length)
        gap(j, at + length, at + aligned);
    arena_grow(j->d->arena, &j->log, j->nodes, &j->log_cap, sizeof(n));
    j->log[j->nodes++] = n;
}

void j2_live(struct jffs2 *j, size_t at)
{
    size_t low = 0;
    size_t high = (size_t)j->nodes;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (j->log[middle].at < at)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < j->nodes && j->log[low].at == at)
        j->log[low].live = true;
}

void j2_scan(struct jffs2 *j)
{
    size_t from = 0;
    size_t at = 0;

    while (at < j->all.len) {
        size_t length = 0;
        size_t aligned = node_length(j, at, &length);

        if (aligned == 0) {
            at += ALIGNMENT;
            continue;
        }
        if (at > from)
            gap(j, from, at);
        node_mark(j, at, length, aligned);
        node(j, at, length);
        at += aligned;
        from = at;
    }
    if (from < j->all.len)
        gap(j, from, j->all.len);
}

static int three_way(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

/* By the first of these that differ. */
static int order_of(const uint64_t *a, const uint64_t *b, size_t count)
{
    int order = 0;

    for (size_t i = 0; i < count && order == 0; i++)
        order = three_way(a[i], b[i]);
    return order;
}

static int inode_order(const void *left, const void *right)
{
    const struct j2_inode *a = left;
    const struct j2_inode *b = right;

    return order_of((const uint64_t[]){a->ino, a->version, a->at},
                    (const uint64_t[]){b->ino, b->version, b->at}, 3);
}

static int entry_order(const void *left, const void *right)
{
    const struct j2_entry *a = left;
    const struct j2_entry *b = right;
    int order = three_way(a->folder, b->folder);

    if (order == 0)
        order = bytes_compare(a->name, b->name);
    if (order != 0)
        return order;
    return order_of((const uint64_t[]){a->version, a->at},
                    (const uint64_t[]){b->version, b->at}, 2);
}

static int xattr_order(const void *left, const void *right)
{
    const struct j2_xattr *a = left;
    const struct j2_xattr *b = right;

    return order_of((const uint64_t[]){a->id, a->version, a->at},
                    (const uint64_t[]){b->id, b->version, b->at}, 3);
}

static int reference_order(const void *left, const void *right)
{
    const struct j2_reference *a = left;
    const struct j2_reference *b = right;

    return order_of((const uint64_t[]){a->ino, a->id, a->sequence, a->at},
                    (const uint64_t[]){b->ino, b->id, b->sequence, b->at}, 4);
}

typedef int node_order(const void *left, const void *right);

static void sort(void *rows, size_t count, size_t size, node_order *order)
{
    if (count > 1)
        qsort(rows, count, size, order);
}

void j2_index(struct jffs2 *j)
{
    sort(j->inodes, j->inode_count, sizeof(*j->inodes), inode_order);
    sort(j->entries, j->entry_count, sizeof(*j->entries), entry_order);
    sort(j->xattrs, j->xattr_count, sizeof(*j->xattrs), xattr_order);
    sort(j->references, j->reference_count, sizeof(*j->references), reference_order);
    for (size_t i = 0; i < j->inode_count; i++) {
        uint32_t ino = j->inodes[i].ino;

        if (i == 0 || ino != j->inodes[i - 1].ino) {
            arena_grow(j->d->arena, &j->files, j->file_count, &j->file_cap, sizeof(*j->files));
            j->files[j->file_count++] = (struct j2_file){.ino = ino, .first = i};
        }
        j->files[j->file_count - 1].count++;
    }
}

struct j2_file *j2_file_find(const struct jffs2 *j, uint32_t ino)
{
    size_t low = 0;
    size_t high = j->file_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (j->files[middle].ino < ino)
            low = middle + 1;
        else
            high = middle;
    }
    return low < j->file_count && j->files[low].ino == ino ? &j->files[low] : NULL;
}
