/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cramfs as the Linux kernel reads it (fs/cramfs, uapi/linux/cramfs_fs.h), in either byte
 * order: a superblock with the inode of the root, and the tree of folders, each file with the
 * digest of its content. Offsets count from the start of the image, also where the superblock
 * stands behind 512 bytes for a boot loader. Bytes that no file refers to stay unknown.
 */
#include "decode/filesystem.h"

#include <string.h>

#include "decode/bmc_part.h"

enum {
    SUPERBLOCK = 64,
    INODE = 12,
    LEAST = SUPERBLOCK + INODE,
    BOOT_SIZE = 512,
    CRC_OFFSET = 32,
    PAGE = 4096, /* the kernel's own; no field states it */
    FLAG_SECOND = 1 << 0,
    FLAG_SORTED = 1 << 1,
    FLAG_SHIFTED = 1 << 10,
    BLOCK_LENGTH_MAX = 2 * PAGE,
    DIRECT_SHIFT = 2,
    ALIGNMENT = 4,
};

static const uint32_t magic = 0x28cd3d45;
static const uint32_t block_stored = UINT32_C(1) << 31;
static const uint32_t block_direct = UINT32_C(1) << 30;

/* The superblock with integers of this kind. */
#define SUPERBLOCK_ROWS(u32)                                                                   \
    {                                                                                          \
        {KEY_NONE, F_SKIP, 4, 0}, {KEY_CRAMFS_SIZE, u32, 0, 0}, {KEY_CRAMFS_FLAGS, u32, 0, 0}, \
            {KEY_CRAMFS_FUTURE, u32, 0, 0}, {KEY_CRAMFS_SIGNATURE, F_TEXT, 16, 0},             \
            {KEY_CRAMFS_CRC, u32, 0, 0}, {KEY_CRAMFS_EDITION, u32, 0, 0},                      \
            {KEY_CRAMFS_BLOCKS, u32, 0, 0}, {KEY_CRAMFS_FILES, u32, 0, 0},                     \
            {KEY_CRAMFS_NAME, F_TEXT, 16, 0},                                                  \
    }

static const struct field superblock_little[] = SUPERBLOCK_ROWS(F_U32LE);
static const struct field superblock_big[] = SUPERBLOCK_ROWS(F_U32BE);

struct cramfs {
    struct decode *d;
    struct fs fs;
    struct codec codec;
    struct bytes all; /* the image, as long as it says it is */
    uint64_t base;    /* of its first byte in the blob */
    uint32_t blob;
    bool big;
    uint32_t flags;
    uint64_t end; /* of the last content so far */
    uint8_t *page;
    uint8_t *listed; /* a bit for each place where a listing that was read begins */
};

struct entry {
    struct fs_inode base;
    uint64_t at;
    uint32_t offset; /* of the content or the listing */
    size_t name_length;
};

/* One block of a file. */
struct block {
    uint64_t start;
    uint64_t length; /* 0: a hole */
    bool stored;
};

static uint32_t u32(const struct cramfs *c, uint64_t at)
{
    return (uint32_t)bytes_uint(c->all, (size_t)at, 4, c->big);
}

/* Whether a superblock stands at `at`, and in which order of bytes. */
static bool superblock_at(struct bytes b, size_t at, bool *ret_big)
{
    *ret_big = bytes_uint(b, at, 4, true) == magic;
    return *ret_big || bytes_uint(b, at, 4, false) == magic;
}

static bool superblock_find(struct bytes b, size_t *ret_at, bool *ret_big)
{
    *ret_at = 0;
    if (superblock_at(b, 0, ret_big))
        return true;
    *ret_at = BOOT_SIZE;
    return superblock_at(b, BOOT_SIZE, ret_big) && b.len - BOOT_SIZE >= LEAST;
}

static unsigned probe(struct bytes b, struct bytes label)
{
    size_t at = 0;
    bool big = false;

    (void)label;
    if (!superblock_find(b, &at, &big))
        return 0;
    return bytes_starts_with(bytes_slice(b, at + 16, 16), "Compressed ROMFS") ? 96 : 40;
}

static bool inside(const struct cramfs *c, uint64_t at, uint64_t length)
{
    return at <= c->all.len && length <= c->all.len - at;
}

static struct span span_of(const struct cramfs *c, uint64_t at, uint64_t length)
{
    return (struct span){c->blob, c->base + at, length};
}

static void fault(struct cramfs *c, enum fault_id id, uint64_t at)
{
    fs_fault(c->d, id, c->blob, c->base + at);
}

/* The inode at `at`, whose words are divided into bits from the side that comes first. */
static struct entry entry_read(const struct cramfs *c, uint64_t at)
{
    uint32_t owner = u32(c, at);
    uint32_t size = u32(c, at + 4);
    uint32_t place = u32(c, at + 8);
    struct entry e = {.at = at};

    e.base.mode = c->big ? owner >> 16 : owner & 0xffff;
    e.base.uid = c->big ? owner & 0xffff : owner >> 16;
    e.base.size = c->big ? size >> 8 : size & 0xffffff;
    e.base.gid = c->big ? size & 0xff : size >> 24;
    e.name_length = (size_t)(c->big ? place >> 26 : place & 0x3f) * ALIGNMENT;
    e.offset = (c->big ? place & 0x3ffffff : place >> 6) * ALIGNMENT;
    e.base.span = span_of(c, at, INODE);
    e.base.major = (uint32_t)(e.base.size >> 8 & 0xff);
    e.base.minor = (uint32_t)(e.base.size & 0xff);
    return e;
}

/* Where the block behind one that is pointed at directly begins. */
static uint64_t direct_end(const struct cramfs *c, uint32_t pointer)
{
    uint64_t start = (uint64_t)(pointer & ~(block_stored | block_direct)) << DIRECT_SHIFT;

    if ((pointer & block_stored) != 0)
        return start + PAGE;
    return start + 2 + bytes_uint(c->all, (size_t)start, 2, c->big);
}

/* Block `n` of `count` of a file. False if no pointer to it can be followed. */
static bool block_find(const struct cramfs *c, const struct entry *e, uint32_t n,
                       struct block *ret)
{
    uint64_t count = (e->base.size + PAGE - 1) / PAGE;
    uint64_t at = (uint64_t)e->offset + (uint64_t)n * 4;
    uint32_t pointer = u32(c, at);
    uint64_t place = pointer & ~(block_stored | block_direct);

    ret->stored = (pointer & block_stored) != 0;
    if ((pointer & block_direct) != 0) {
        ret->start = place << DIRECT_SHIFT;
        ret->length = n + 1 == count && e->base.size % PAGE != 0 ? e->base.size % PAGE : PAGE;
        if (!ret->stored) {
            ret->length = bytes_uint(c->all, (size_t)ret->start, 2, c->big);
            ret->start += 2;
        }
    } else {
        uint32_t before = n > 0 ? u32(c, at - 4) : 0;

        ret->start = n > 0 ? before & ~(block_stored | block_direct) : e->offset + count * 4;
        if (n > 0 && (before & block_direct) != 0)
            ret->start = direct_end(c, before);
        ret->length = place - ret->start;
        if (place < ret->start)
            return false;
    }
    return ret->length <= BLOCK_LENGTH_MAX && inside(c, ret->start, ret->length);
}

/* The bytes of a block, and, behind the last one of a file, zeros up to the alignment. */
static void block_mark(struct cramfs *c, const struct block *b, bool last)
{
    uint64_t end = b->start + b->length;
    uint64_t over = end % ALIGNMENT;
    uint64_t padding = last && over != 0 ? ALIGNMENT - over : 0;

    decode_claimed_region(c->d, span_of(c, b->start, b->length), CLASS_COMPRESSED);
    if (inside(c, end, padding) &&
        bytes_all(bytes_slice(c->all, (size_t)end, (size_t)padding), 0))
        decode_claimed_region(c->d, span_of(c, end, padding), CLASS_PADDING);
    c->end = end > c->end ? end : c->end;
}

/* Decompresses a block that is no hole, which must give `want` bytes. Empty with a fault. */
static struct bytes block_read(struct cramfs *c, const struct block *b, size_t want)
{
    struct bytes in = bytes_slice(c->all, (size_t)b->start, (size_t)b->length);
    struct bytes none = {NULL, 0};
    size_t n = 0;
    size_t used = in.len;

    if (!fs_spend(&c->fs, PAGE, c->base + b->start))
        return none;
    if (b->stored) {
        if (in.len == want)
            return in;
        fault(c, FAULT_BAD_LENGTH, b->start);
        return none;
    }
    if (!codec_block(&c->codec, in, (struct room){c->page, PAGE}, &n, &used)) {
        fault(c, FAULT_CORRUPT_STREAM, b->start);
        return none;
    }
    if (used < in.len)
        fault(c, FAULT_TRAILING, b->start + used);
    if (n != want) {
        fault(c, FAULT_BAD_LENGTH, b->start);
        return none;
    }
    return (struct bytes){c->page, n};
}

/* The pointers to the blocks of a file; 0 with a fault if they are not in the image. */
static uint32_t pointer_count(struct cramfs *c, const struct entry *e)
{
    uint64_t count = (e->base.size + PAGE - 1) / PAGE;

    if (inside(c, e->offset, count * 4))
        return (uint32_t)count;
    fault(c, FAULT_BAD_REFERENCE, e->at + 8);
    return 0;
}

static void file_block(struct cramfs *c, struct fs_content *content, const struct entry *e,
                       uint32_t n)
{
    uint64_t left = e->base.size - content->size;
    size_t want = left < PAGE ? (size_t)left : PAGE;
    uint64_t at = (uint64_t)e->offset + (uint64_t)n * 4;
    struct block b;

    if (!block_find(c, e, n, &b)) {
        fault(c, FAULT_BAD_REFERENCE, at);
        content->good = false;
        return;
    }
    if (b.length == 0) {
        fs_content_zeros(&c->fs, content, want, c->base + at);
        return;
    }
    block_mark(c, &b, want == left);
    struct bytes page = block_read(c, &b, want);

    content->good = page.len == want;
    fs_content_more(content, page);
}

static void file_content(struct cramfs *c, const struct entry *e)
{
    struct fs_content content;
    uint32_t count = pointer_count(c, e);

    fs_content_begin(&content);
    for (uint32_t n = 0; n < count && content.good; n++)
        file_block(c, &content, e, n);
    fs_content_end(&c->fs, &content, &e->base, span_of(c, e->offset, (uint64_t)count * 4),
                   CLASS_STRUCTURE);
}

/* The target of a link is what its first block holds. */
static void link_target(struct cramfs *c, struct entry *e)
{
    struct block b;

    if (e->base.size == 0 || e->base.size > PAGE) {
        fault(c, FAULT_BAD_LENGTH, e->at + 4);
        return;
    }
    if (pointer_count(c, e) == 0)
        return;
    if (!block_find(c, e, 0, &b) || b.length == 0) {
        fault(c, FAULT_BAD_REFERENCE, e->offset);
        return;
    }
    decode_claimed_region(c->d, span_of(c, e->offset, 4), CLASS_STRUCTURE);
    block_mark(c, &b, true);
    e->base.target = arena_copy(c->d->arena, block_read(c, &b, (size_t)e->base.size));
}

/* What stands in the current container: the inode of one entry. */
static void inode_claims(struct cramfs *c, struct entry *e, unsigned depth)
{
    enum fs_type type = fs_type_of(e->base.mode);

    if (type == FS_LINK)
        link_target(c, e);
    if (type == FS_DIRECTORY) {
        c->d->out->items[c->d->item].span = e->base.span;
        decode_open_bytes(c->d, ITEM_MAP, bytes_of("."));
    }
    fs_claims(&c->fs, &e->base);
    if (type == FS_DIRECTORY) {
        struct fs_folder folder = {.depth = depth, .id = e->at};

        decode_close(c->d);
        (void)fs_folder_add(&c->fs, folder, c->blob, c->base + e->at);
    } else if (type == FS_REGULAR) {
        file_content(c, e);
    }
}

/* Whether the listing at `at` is met for the first time. */
static bool listing_new(struct cramfs *c, uint64_t at)
{
    uint8_t *byte = &c->listed[at / ALIGNMENT / 8];
    uint8_t bit = (uint8_t)(1U << (at / ALIGNMENT % 8));
    bool is_new = (*byte & bit) == 0;

    *byte |= bit;
    return is_new;
}

/* One entry of a listing that ends at `end`; where the next one begins, or `end`. */
static uint64_t listing_entry(struct cramfs *c, uint64_t at, uint64_t end, struct bytes *before,
                              unsigned depth)
{
    struct entry e = entry_read(c, at);
    struct bytes name = bytes_slice(c->all, (size_t)at + INODE, e.name_length);

    if (end - at < INODE || e.name_length > end - at - INODE) {
        fault(c, FAULT_BAD_LENGTH, at);
        return end;
    }
    while (name.len > 0 && name.data[name.len - 1] == 0)
        name.len--;
    int order = before->len > 0 ? bytes_compare(*before, name) : -1;

    if (order == 0 || (order > 0 && (c->flags & FLAG_SORTED) != 0))
        fault(c, order == 0 ? FAULT_DUPLICATE : FAULT_BAD_ORDER, at);
    *before = name;
    if (fs_open(&c->fs, name, c->blob, c->base + at)) {
        inode_claims(c, &e, depth);
        decode_close(c->d);
    }
    return at + INODE + e.name_length;
}

/* The listing of the folder whose inode stands at `inode_at`; its container is the current one.
 */
static void listing(struct cramfs *c, uint64_t inode_at, unsigned depth)
{
    struct entry e = entry_read(c, inode_at);
    struct bytes before = {NULL, 0};
    uint64_t at = e.offset;

    if (e.base.size == 0)
        return;
    if (!inside(c, at, e.base.size)) {
        fault(c, FAULT_BAD_REFERENCE, inode_at + 8);
        return;
    }
    if (!listing_new(c, at)) {
        fault(c, FAULT_LOOP, inode_at + 8);
        return;
    }
    uint64_t end = at + e.base.size;

    c->end = end > c->end ? end : c->end;
    decode_claimed_region(c->d, span_of(c, at, e.base.size), CLASS_STRUCTURE);
    while (at < end && fs_room(&c->fs, c->base + at))
        at = listing_entry(c, at, end, &before, depth + 1);
}

static void tree(struct cramfs *c, uint64_t root)
{
    struct decode *d = c->d;
    struct entry e = entry_read(c, root);
    struct fs_folder folder;

    decode_open(d, ITEM_MAP, "files");
    uint32_t item = d->item;

    if (fs_type_of(e.base.mode) != FS_DIRECTORY)
        fault(c, FAULT_BAD_VALUE, root);
    if (e.offset != 0 && (c->flags & FLAG_SHIFTED) == 0 && e.offset != LEAST &&
        e.offset != BOOT_SIZE + LEAST)
        fault(c, FAULT_BAD_REFERENCE, root + 8);
    inode_claims(c, &e, 0);
    while (fs_folder_next(&c->fs, &folder))
        listing(c, folder.id, folder.depth);
    d->item = item;
    decode_close(d);
}

/* The CRC counts its own bytes as zeros, and not what stands before the superblock. */
static uint32_t crc_of(const struct cramfs *c, size_t start)
{
    static const uint8_t zeros[4] = {0};
    struct bytes b = bytes_slice(c->all, start, c->all.len);
    uint32_t crc = codec_crc32(0, bytes_slice(b, 0, CRC_OFFSET));

    crc = codec_crc32(crc, (struct bytes){zeros, sizeof(zeros)});
    return codec_crc32(crc, bytes_slice(b, CRC_OFFSET + 4, b.len));
}

/* How long the image says it is; only the second version says so reliably. */
static size_t length_of(struct decode *d, size_t start, uint32_t flags)
{
    uint64_t size = decode_value(d, KEY_CRAMFS_SIZE);
    bool possible = size >= start + LEAST && size <= d->in.all.len;

    if (!possible && (flags & FLAG_SECOND) != 0)
        decode_fault(d, size > d->in.all.len ? FAULT_TRUNCATED : FAULT_BAD_LENGTH,
                     d->in.base + start + 4);
    return possible ? (size_t)size : d->in.all.len;
}

static void content(struct cramfs *c, size_t start)
{
    struct decode *d = c->d;

    if ((c->flags & FLAG_SECOND) != 0 && crc_of(c, start) != decode_value(d, KEY_CRAMFS_CRC))
        fault(c, FAULT_BAD_CHECKSUM, start + CRC_OFFSET);
    fs_init(&c->fs, d, c->all.len);
    c->page = arena_alloc(d->arena, PAGE);
    c->listed = arena_alloc(d->arena, c->all.len / ALIGNMENT / 8 + 1);
    c->end = start + LEAST;
    codec_init(&c->codec, CODEC_ZLIB);
    tree(c, start + SUPERBLOCK);
    codec_done(&c->codec);
    struct span rest = span_of(c, c->end, c->all.len - c->end);

    if (bytes_all(bytes_slice(c->all, (size_t)c->end, c->all.len), 0))
        decode_claimed_region(d, rest, CLASS_PADDING);
    decode_value_class(d, KEY_FS_IMAGE_SHA256, value_bytes(fs_digest(d, c->all)),
                       span_of(c, start, 4), CLASS_STRUCTURE);
}

static void decode(struct decode *d)
{
    struct cramfs c = {.d = d, .base = d->in.base, .blob = d->in.blob};
    size_t start = 0;

    decode_open(d, ITEM_MAP, "cramfs");
    if (!superblock_find(d->in.all, &start, &c.big)) {
        start = 0;
        decode_fault(d, FAULT_BAD_SIGNATURE, d->in.base);
    }
    decode_value_at(d, KEY_CRAMFS_BIG_ENDIAN, value_bool(c.big), bmc_span(d, start, 4));
    reader_seek(&d->in, start);
    (void)decode_fields(d, c.big ? superblock_big : superblock_little,
                        ARRAY_LEN(superblock_big));
    if (!bytes_equal_text(decode_value_bytes(d, KEY_CRAMFS_SIGNATURE), "Compressed ROMFS"))
        decode_fault(d, FAULT_BAD_SIGNATURE, d->in.base + start + 16);
    c.flags = (uint32_t)decode_value(d, KEY_CRAMFS_FLAGS);
    size_t length = length_of(d, start, c.flags);

    c.all = bytes_slice(d->in.all, 0, length);
    bmc_gap(d, bmc_span(d, 0, start));
    content(&c, start);
    reader_seek(&d->in, length);
    fs_tail(d);
    decode_close(d);
}

const struct decoder decoder_cramfs = {
    .name = "cramfs",
    .title = "cramfs file system",
    .spec = "cramfs",
    .surface = "bmc-flash",
    .min = LEAST,
    .max = 512 << 20,
    .probe = probe,
    .decode = decode,
};
