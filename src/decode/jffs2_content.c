/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The content of files in jffs2: of each byte the newest piece that holds it. The ends of all
 * pieces cut the file into segments; the pieces are laid on them from the newest to the oldest,
 * each on the segments that are still free, which are found by skipping those that are not.
 */
#include <stdlib.h>
#include <string.h>

#include "decode/jffs2.h"

enum compression {
    STORED = 0,
    ZERO = 1,
    RTIME = 2,
    RUBIN_MIPS = 3, /* not read: no file system is made with it by default */
    COPY = 4,
    RUBIN_DYNAMIC = 5, /* as RUBIN_MIPS */
    ZLIB = 6,
    LZO = 7,
    LZMA = 8, /* of OpenWrt: a raw stream with lc, lp and pb 0 and a dictionary of 8 KiB */
};

enum {
    LZMA_HEADER = 13
};

#define NOBODY SIZE_MAX

/* A file as segments. */
struct cover {
    uint32_t *ends; /* where segments begin and end, in order, each once */
    size_t count;   /* of ends; segments are one fewer */
    size_t *owner;  /* of each segment: the node that holds it, or NOBODY */
    size_t *next;   /* of each segment: where to look for the next free one */
};

/* Bytes with the places of their last occurrence: a byte, and how many to repeat from behind
 * the last one like it. */
static bool rtime_block(struct bytes in, struct room out)
{
    size_t positions[256] = {0};
    size_t at = 0;

    for (size_t i = 0; i + 1 < in.len && at < out.size; i += 2) {
        uint8_t value = in.data[i];
        size_t repeat = in.data[i + 1];
        size_t from = positions[value];

        out.data[at++] = value;
        positions[value] = at;
        if (repeat > out.size - at)
            return false;
        for (; repeat > 0; repeat--)
            out.data[at++] = out.data[from++];
    }
    return at == out.size;
}

/* The stream has no header; the kernel's patch fixes what one would say. */
static struct bytes lzma_with_header(struct arena *a, struct bytes in, size_t length)
{
    uint8_t *b = arena_alloc(a, in.len + LZMA_HEADER);

    b[2] = 0x20;
    for (unsigned i = 0; i < 8; i++)
        b[5 + i] = (uint8_t)((uint64_t)length >> (8 * i));
    if (in.len > 0)
        /* waiver raw-bytes: into room that was made for them */
        memcpy(b + LZMA_HEADER, in.data, in.len);
    return (struct bytes){b, in.len + LZMA_HEADER};
}

static bool codec_run(struct jffs2 *j, enum codec_kind kind, struct bytes in, struct room out)
{
    struct codec c;
    size_t n = 0;
    size_t used = 0;

    if (kind == CODEC_LZMA)
        in = lzma_with_header(j->d->arena, in, out.size);
    codec_init(&c, kind);
    bool good = codec_block(&c, in, out, &n, &used);

    codec_done(&c);
    return good && n == out.size;
}

static bool unpack(struct jffs2 *j, const struct j2_inode *n, struct room out)
{
    struct bytes in = bytes_slice(j->all, n->at + J2_INODE, n->packed);

    switch ((enum compression)n->compression) {
    case STORED:
    case COPY:
        if (in.len != out.size)
            return false;
        if (in.len > 0)
            /* waiver raw-bytes: into room of the same size */
            memcpy(out.data, in.data, in.len);
        return true;
    case ZERO:
        memset(out.data, 0, out.size);
        return true;
    case RTIME:
        return rtime_block(in, out);
    case ZLIB:
        return codec_run(j, CODEC_ZLIB, in, out);
    case LZO:
        return codec_run(j, CODEC_LZO, in, out);
    case LZMA:
        return codec_run(j, CODEC_LZMA, in, out);
    case RUBIN_MIPS:
    case RUBIN_DYNAMIC:
        break;
    }
    return false;
}

struct bytes j2_piece(struct jffs2 *j, size_t node)
{
    struct j2_inode *n = &j->inodes[node];
    struct bytes none = {NULL, 0};

    n->live = true;
    if (j->piece_node == node + 1)
        return (struct bytes){j->piece, j->piece_length};
    if (n->length > J2_DATA_MAX) {
        j2_fault(j, FAULT_LIMIT, n->at + 52);
        return none;
    }
    if (!fs_spend(&j->fs, n->length, j->base + n->at))
        return none;
    if (j->piece == NULL)
        j->piece = arena_alloc(j->d->arena, J2_DATA_MAX);
    j->piece_node = 0;
    if (!unpack(j, n, (struct room){j->piece, n->length})) {
        bool rubin = n->compression == RUBIN_MIPS || n->compression == RUBIN_DYNAMIC;

        j2_fault(j, rubin ? FAULT_LIMIT : FAULT_CORRUPT_STREAM, n->at + J2_INODE);
        return none;
    }
    j->piece_node = node + 1;
    j->piece_length = n->length;
    return (struct bytes){j->piece, n->length};
}

static int end_order(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;

    return a < b ? -1 : a > b;
}

static uint32_t clip(uint64_t at, uint32_t size)
{
    return at < size ? (uint32_t)at : size;
}

static struct cover cover_make(struct jffs2 *j, const struct j2_file *f, uint32_t size)
{
    struct arena *a = j->d->arena;
    struct cover c = {.ends = ARENA_ARRAY(a, uint32_t, f->count * 2 + 2)};
    size_t n = 0;

    c.ends[n++] = 0;
    c.ends[n++] = size;
    for (size_t i = 0; i < f->count; i++) {
        const struct j2_inode *node = &j->inodes[f->first + i];

        c.ends[n++] = clip(node->offset, size);
        c.ends[n++] = clip((uint64_t)node->offset + node->length, size);
    }
    qsort(c.ends, n, sizeof(*c.ends), end_order);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || c.ends[i] != c.ends[c.count - 1])
            c.ends[c.count++] = c.ends[i];
    }
    c.owner = ARENA_ARRAY(a, size_t, c.count);
    c.next = ARENA_ARRAY(a, size_t, c.count);
    for (size_t i = 0; i < c.count; i++) {
        c.owner[i] = NOBODY;
        c.next[i] = i;
    }
    return c;
}

/* The first free segment from `i` on. What was skipped points further on from now on. */
static size_t cover_free(struct cover *c, size_t i)
{
    size_t end = i;

    while (c->next[end] != end)
        end = c->next[end];
    while (c->next[i] != end && i != end) {
        size_t next = c->next[i];

        c->next[i] = end;
        i = next;
    }
    return end;
}

static size_t cover_find(const struct cover *c, uint32_t at)
{
    size_t low = 0;
    size_t high = c->count - 1;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (c->ends[middle] < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void cover_lay(struct cover *c, const struct j2_inode *node, size_t index)
{
    uint32_t size = c->ends[c->count - 1];
    size_t from = cover_find(c, clip(node->offset, size));
    size_t to = cover_find(c, clip((uint64_t)node->offset + node->length, size));

    for (size_t i = cover_free(c, from); i < to; i = cover_free(c, i)) {
        c->owner[i] = index;
        c->next[i] = i + 1;
    }
}

static void segment(struct jffs2 *j, struct fs_content *content, const struct cover *c,
                    size_t i)
{
    uint32_t from = c->ends[i];
    uint32_t length = c->ends[i + 1] - from;
    size_t owner = c->owner[i];

    if (owner != NOBODY && j->inodes[owner].compression == ZERO)
        j->inodes[owner].live = true;
    if (owner == NOBODY || j->inodes[owner].compression == ZERO) {
        fs_content_zeros(&j->fs, content, length, j->base);
        return;
    }
    struct bytes piece = j2_piece(j, owner);

    content->good = piece.len == j->inodes[owner].length;
    if (content->good)
        fs_content_more(content, bytes_slice(piece, from - j->inodes[owner].offset, length));
}

void j2_content(struct jffs2 *j, struct j2_file *f, const struct fs_inode *inode)
{
    struct fs_content content;
    struct span none = {0, 0, 0};

    if (f->item != 0) {
        fs_content_again(&j->fs, f->item, inode);
        return;
    }
    f->item = j->d->item;
    struct cover c = cover_make(j, f, (uint32_t)inode->size);

    for (size_t i = f->count; i-- > 0;)
        cover_lay(&c, &j->inodes[f->first + i], f->first + i);
    fs_content_begin(&content);
    for (size_t i = 0; i + 1 < c.count && content.good; i++)
        segment(j, &content, &c, i);
    fs_content_end(&j->fs, &content, inode, none, CLASS_COMPRESSED);
}
