/* SPDX-License-Identifier: Apache-2.0 */
/* The content of files in UBIFS: of each block of 4,096 bytes the newest node. */
#include "decode/ubifs.h"

enum compression {
    STORED = 0,
    LZO = 1,
    ZLIB = 2, /* without header */
    ZSTD = 3,
};

size_t uf_inode_find(const struct ubifs *u, uint32_t ino)
{
    size_t low = 0;
    size_t high = u->inodes.count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (u->inodes.rows[middle].ino <= ino)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && u->inodes.rows[low - 1].ino == ino ? low - 1 : SIZE_MAX;
}

struct bytes uf_inline(const struct ubifs *u, size_t inode)
{
    size_t at = u->nodes.rows[u->inodes.rows[inode].node].at;

    return bytes_slice(u->all, at + UF_INODE, (size_t)uf_number(u, at + 112, 4));
}

/* The bytes of a data node; empty with a fault if they cannot be decompressed. */
static struct bytes node_data(struct ubifs *u, const struct uf_node *n)
{
    static const enum codec_kind kinds[] = {CODEC_LZO, CODEC_DEFLATE, CODEC_ZSTD};
    struct bytes in = bytes_slice(u->all, n->at + UF_DATA, n->length - UF_DATA);
    uint64_t method = uf_number(u, n->at + 44, 2);
    size_t want = (size_t)uf_number(u, n->at + 40, 4);
    struct bytes none = {NULL, 0};
    struct codec c;
    size_t length = 0;
    size_t used = 0;

    if (want > UF_BLOCK || method > ZSTD || (method == STORED && in.len != want)) {
        uf_fault(u, FAULT_BAD_VALUE, n->at + 40);
        return none;
    }
    if (!fs_spend(&u->fs, UF_BLOCK, u->base + n->at))
        return none;
    if (method == STORED)
        return in;
    codec_init(&c, kinds[method - 1]);
    bool good = codec_block(&c, in, (struct room){u->page, want}, &length, &used);

    codec_done(&c);
    if (good && length == want)
        return (struct bytes){u->page, want};
    uf_fault(u, FAULT_CORRUPT_STREAM, n->at + UF_DATA);
    return none;
}

/* Whether the file was cut before this block after it was written. */
static bool is_cut(const struct ubifs *u, const struct uf_data *row)
{
    size_t low = 0;
    size_t high = u->truncations.count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct uf_truncation *t = &u->truncations.rows[middle];

        if (t->ino < row->ino || (t->ino == row->ino && t->sequence <= row->sequence))
            low = middle + 1;
        else
            high = middle;
    }
    return low < u->truncations.count && u->truncations.rows[low].ino == row->ino &&
           (uint64_t)row->block * UF_BLOCK >= u->truncations.rows[low].size;
}

static size_t data_first(const struct ubifs *u, uint32_t ino)
{
    size_t low = 0;
    size_t high = u->data.count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (u->data.rows[middle].ino < ino)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* A block of the file: zeros up to it, then its bytes, as far as the file goes. */
static void block(struct ubifs *u, struct fs_content *c, const struct uf_data *row,
                  uint64_t size)
{
    struct uf_node *n = &u->nodes.rows[row->node];
    uint64_t start = (uint64_t)row->block * UF_BLOCK;

    n->live = true;
    fs_content_zeros(&u->fs, c, start - c->size, u->base + n->at);
    struct bytes b = c->good ? node_data(u, n) : (struct bytes){NULL, 0};

    if (b.len == 0)
        c->good = false;
    else
        fs_content_more(
            c, bytes_slice(b, 0, size - start < b.len ? (size_t)(size - start) : b.len));
}

void uf_content(struct ubifs *u, size_t inode, const struct fs_inode *base)
{
    struct fs_content c;
    uint32_t ino = u->inodes.rows[inode].ino;
    struct span none = {0, 0, 0};

    if (u->item[inode] != 0) {
        fs_content_again(&u->fs, u->item[inode], base);
        return;
    }
    u->item[inode] = u->d->item;
    fs_content_begin(&c);
    for (size_t i = data_first(u, ino);
         i < u->data.count && u->data.rows[i].ino == ino && c.good; i++) {
        const struct uf_data *row = &u->data.rows[i];
        bool newest = i + 1 == u->data.count || row[1].ino != ino || row[1].block != row->block;

        if (newest && !is_cut(u, row) && (uint64_t)row->block * UF_BLOCK < base->size)
            block(u, &c, row, base->size);
    }
    if (c.good)
        fs_content_zeros(&u->fs, &c, base->size - c.size, u->base);
    fs_content_end(&u->fs, &c, base, none, CLASS_COMPRESSED);
}
