/* SPDX-License-Identifier: Apache-2.0 */
/* Inodes of squashfs, and the content of regular files. */
#include "decode/squashfs.h"

enum {
    INODE_LONG = 7, /* types above this are the long forms of types 1 to 7 */
    FOLDER = 1,
    FILE_TYPE = 2,
    LINK = 3,
    BLOCK_STORED = 1 << 24,
    BLOCK_SIZE_BITS = BLOCK_STORED - 1,
};

/* The POSIX type of each inode type. */
static const uint8_t posix_types[] = {
    0, FS_DIRECTORY, FS_REGULAR, FS_LINK, FS_BLOCK, FS_CHARACTER, FS_FIFO, FS_SOCKET,
};

static void folder_fields(struct reader *r, struct sq_inode *i)
{
    i->start = reader_u32le(r);
    (void)reader_u32le(r); /* links */
    i->base.size = reader_u16le(r);
    i->offset = reader_u16le(r);
    (void)reader_u32le(r); /* parent */
}

static void folder_long_fields(struct reader *r, struct sq_inode *i)
{
    (void)reader_u32le(r); /* links */
    i->base.size = reader_u32le(r);
    i->start = reader_u32le(r);
    (void)reader_u32le(r); /* parent */
    unsigned index = reader_u16le(r);

    i->offset = reader_u16le(r);
    i->xattr = reader_u32le(r);
    for (unsigned n = 0; n < index && reader_more(r); n++) {
        (void)reader_u64le(r); /* position in the listing, and its metadata block */
        (void)reader_take(r, (size_t)reader_u32le(r) + 1);
    }
}

static void file_blocks(const struct squashfs *q, struct reader *r, struct sq_inode *i)
{
    uint64_t n = i->base.size / q->block_size;

    if (i->fragment == SQ_NONE && i->base.size % q->block_size != 0)
        n++;
    i->sizes = *r;
    i->blocks = n < reader_left(r) / 4 ? (size_t)n : reader_left(r) / 4;
    (void)reader_take(r, n <= reader_left(r) / 4 ? (size_t)n * 4 : SIZE_MAX);
}

static void file_fields(const struct squashfs *q, struct reader *r, struct sq_inode *i)
{
    i->start = reader_u32le(r);
    i->fragment = reader_u32le(r);
    i->offset = reader_u32le(r);
    i->base.size = reader_u32le(r);
    file_blocks(q, r, i);
}

static void file_long_fields(const struct squashfs *q, struct reader *r, struct sq_inode *i)
{
    i->start = reader_u64le(r);
    i->base.size = reader_u64le(r);
    (void)reader_u64le(r); /* bytes that are not stored */
    (void)reader_u32le(r); /* links */
    i->fragment = reader_u32le(r);
    i->offset = reader_u32le(r);
    i->xattr = reader_u32le(r);
    file_blocks(q, r, i);
}

/* Everything but folders and regular files: links, devices, pipes and sockets. */
static void small_fields(struct reader *r, struct sq_inode *i, bool is_long)
{
    (void)reader_u32le(r); /* links */
    if (i->type == LINK) {
        i->base.size = reader_u32le(r);
        i->base.target = reader_take(r, (size_t)i->base.size);
    } else if (i->type < 6) {
        uint32_t device = reader_u32le(r);

        i->base.major = device >> 8 & 0xfff;
        i->base.minor = (device & 0xff) | (device >> 12 & 0xfff00);
    }
    if (is_long)
        i->xattr = reader_u32le(r);
}

static uint32_t id_at(struct squashfs *q, unsigned index, struct reader *r)
{
    if (index < q->id_count)
        return q->ids[index];
    if (!r->failed)
        fs_fault(q->d, FAULT_BAD_REFERENCE, r->blob, reader_offset(r));
    return 0;
}

bool sq_inode_read(struct squashfs *q, size_t pos, struct sq_inode *ret)
{
    struct reader r = reader_of(q->inodes.bytes, q->inodes.blob, 0);
    struct sq_inode i = {.fragment = SQ_NONE, .xattr = SQ_NONE};

    reader_seek(&r, pos);
    i.type = reader_u16le(&r);
    i.base.mode = reader_u16le(&r) & 07777;
    bool is_long = i.type > INODE_LONG;

    if (is_long)
        i.type -= INODE_LONG;
    if (i.type == 0 || i.type > INODE_LONG) {
        fs_fault(q->d, r.failed ? FAULT_TRUNCATED : FAULT_BAD_VALUE, q->inodes.blob, pos);
        return false;
    }
    i.base.mode |= (uint32_t)posix_types[i.type] << 12;
    i.base.uid = id_at(q, reader_u16le(&r), &r);
    i.base.gid = id_at(q, reader_u16le(&r), &r);
    i.base.modified = reader_u32le(&r);
    i.base.has_modified = true;
    (void)reader_u32le(&r); /* inode number */
    if (i.type == FOLDER && is_long)
        folder_long_fields(&r, &i);
    else if (i.type == FOLDER)
        folder_fields(&r, &i);
    else if (i.type == FILE_TYPE && is_long)
        file_long_fields(q, &r, &i);
    else if (i.type == FILE_TYPE)
        file_fields(q, &r, &i);
    else
        small_fields(&r, &i, is_long);
    if (r.failed) {
        fs_fault(q->d, FAULT_TRUNCATED, q->inodes.blob, r.fail_offset);
        return false;
    }
    i.base.span = (struct span){q->inodes.blob, pos, r.pos - pos};
    *ret = i;
    return true;
}

/* One block of a file: `want` bytes of it. */
static void content_block(struct squashfs *q, struct fs_content *c, struct sq_run run,
                          size_t want)
{
    size_t n = 0;

    if (run.size == 0) {
        fs_content_zeros(&q->fs, c, want, q->base + run.start);
        return;
    }
    if (!sq_read(q, run, (struct room){q->block, q->block_size}, &n)) {
        c->good = false;
    } else if (n != want) {
        fs_fault(q->d, FAULT_BAD_LENGTH, q->blob, q->base + run.start);
        c->good = false;
    } else {
        fs_content_more(c, (struct bytes){q->block, n});
    }
}

/* Makes fragment `index` the one that is held. */
static bool fragment_read(struct squashfs *q, uint32_t index)
{
    if (index == q->fragment_index)
        return true;
    if (index >= q->fragment_count) {
        fs_fault(q->d, FAULT_BAD_REFERENCE, q->blob, q->base);
        return false;
    }
    const struct sq_fragment *f = &q->fragments[index];
    struct sq_run run = {f->start, f->size & BLOCK_SIZE_BITS, (f->size & BLOCK_STORED) != 0};

    q->fragment_index = SQ_NONE;
    if (!sq_read(q, run, (struct room){q->fragment_block, q->block_size}, &q->fragment_held))
        return false;
    q->fragment_index = index;
    return true;
}

static void content_tail(struct squashfs *q, struct fs_content *c, const struct sq_inode *i,
                         size_t n)
{
    if (!fragment_read(q, i->fragment)) {
        c->good = false;
    } else if (i->offset > q->fragment_held || n > q->fragment_held - i->offset) {
        fs_fault(q->d, FAULT_BAD_REFERENCE, q->inodes.blob, i->base.span.offset);
        c->good = false;
    } else if (!fs_spend(&q->fs, n, q->base)) {
        c->good = false;
    } else {
        fs_content_more(c, (struct bytes){q->fragment_block + i->offset, n});
    }
}

void sq_content(struct squashfs *q, struct sq_inode *i)
{
    struct fs_content c;
    uint64_t left = i->base.size;
    uint64_t at = i->start;

    fs_content_begin(&c);
    for (size_t n = 0; n < i->blocks && c.good; n++) {
        uint32_t word = reader_u32le(&i->sizes);
        struct sq_run run = {at, word & BLOCK_SIZE_BITS, (word & BLOCK_STORED) != 0};
        size_t want = left < q->block_size ? (size_t)left : q->block_size;

        content_block(q, &c, run, want);
        at += run.size;
        left -= want;
    }
    if (c.good && left > 0 && i->fragment != SQ_NONE)
        content_tail(q, &c, i, (size_t)left);
    bool inside = i->start <= q->all.len && at - i->start <= q->all.len - i->start;
    struct span s = {q->blob, q->base + i->start, inside ? at - i->start : 0};

    fs_content_end(&q->fs, &c, &i->base, s, CLASS_COMPRESSED);
}
