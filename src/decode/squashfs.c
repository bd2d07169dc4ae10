/* SPDX-License-Identifier: Apache-2.0 */
/*
 * squashfs 4.0 as the Linux kernel reads it (Documentation/filesystems/squashfs.rst): the
 * superblock, then the tree of folders, each file with the digest of its content. Bytes of the
 * image that no file refers to stay unknown.
 */
#include "decode/squashfs.h"

#include "decode/bmc_part.h"

enum {
    FOLDER = 1,
    BLOCK_MIN = 4096,
    BLOCK_MAX = 1 << 20,
    FLAG_OPTIONS = 1 << 10,
    LISTING_EXTRA = 3, /* what a folder's size counts for "." and ".." */
    INODE_MIN = 20,
    ENTRIES_MAX = 256, /* of one header of a listing */
};

static const struct field superblock[] = {
    {KEY_NONE,                    F_SKIP,  4, 0},
    {KEY_SQUASHFS_INODES,         F_U32LE, 0, 0},
    {KEY_SQUASHFS_MODIFIED,       F_U32LE, 0, 0},
    {KEY_SQUASHFS_BLOCK_SIZE,     F_U32LE, 0, 0},
    {KEY_SQUASHFS_FRAGMENTS,      F_U32LE, 0, 0},
    {KEY_SQUASHFS_COMPRESSOR,     F_U16LE, 0, 0},
    {KEY_SQUASHFS_BLOCK_LOG,      F_U16LE, 0, 0},
    {KEY_SQUASHFS_FLAGS,          F_U16LE, 0, 0},
    {KEY_SQUASHFS_IDS,            F_U16LE, 0, 0},
    {KEY_SQUASHFS_MAJOR,          F_U16LE, 0, 0},
    {KEY_SQUASHFS_MINOR,          F_U16LE, 0, 0},
    {KEY_SQUASHFS_ROOT,           F_U64LE, 0, 0},
    {KEY_SQUASHFS_LENGTH,         F_U64LE, 0, 0},
    {KEY_SQUASHFS_ID_TABLE,       F_U64LE, 0, 0},
    {KEY_SQUASHFS_XATTR_TABLE,    F_U64LE, 0, 0},
    {KEY_SQUASHFS_INODE_TABLE,    F_U64LE, 0, 0},
    {KEY_SQUASHFS_FOLDER_TABLE,   F_U64LE, 0, 0},
    {KEY_SQUASHFS_FRAGMENT_TABLE, F_U64LE, 0, 0},
    {KEY_SQUASHFS_EXPORT_TABLE,   F_U64LE, 0, 0},
};

static unsigned probe(struct bytes b, struct bytes label)
{
    struct reader r = reader_of(b, 0, 0);

    (void)label;
    reader_seek(&r, 28);
    return bytes_starts_with(b, "hsqs") && reader_u32le(&r) == 4 ? 97 : 0;
}

/* A folder whose listing is still to be read. */
struct folder {
    uint32_t item;
    unsigned depth;
    struct sq_inode inode;
};

/* Where the content of an inode was claimed: links to one inode are read once. */
struct known {
    uint32_t pos; /* of the inode, plus 1 */
    uint32_t item;
};

struct walk {
    struct squashfs *q;
    struct folder *folders;
    size_t count;
    size_t cap;
    size_t done;
    struct known *known; /* by position, in steps of the smallest inode */
    struct bytes before; /* the name of the entry before, in this listing */
};

static bool codec_of(uint64_t compressor, enum codec_kind *ret)
{
    static const enum codec_kind kinds[] = {
        CODEC_ZLIB, CODEC_LZMA, CODEC_LZO, CODEC_XZ, CODEC_LZ4, CODEC_ZSTD,
    };

    if (compressor < 1 || compressor > ARRAY_LEN(kinds))
        return false;
    *ret = kinds[compressor - 1];
    return true;
}

static void file_content(struct walk *w, size_t pos, struct sq_inode *inode)
{
    struct known *k = &w->known[pos / INODE_MIN];

    if (k->pos == pos + 1) {
        fs_content_again(&w->q->fs, k->item, &inode->base);
        return;
    }
    *k = (struct known){(uint32_t)pos + 1, w->q->d->item};
    sq_content(w->q, inode);
}

static void folder_queue(struct walk *w, size_t pos, const struct sq_inode *inode,
                         unsigned depth)
{
    struct decode *d = w->q->d;
    struct known *k = &w->known[pos / INODE_MIN];

    if (k->pos == pos + 1) {
        fs_fault(d, FAULT_LOOP, w->q->inodes.blob, pos);
        return;
    }
    if (depth >= FS_DEPTH_MAX) {
        fs_fault(d, FAULT_LIMIT, w->q->inodes.blob, pos);
        return;
    }
    *k = (struct known){(uint32_t)pos + 1, d->item};
    arena_grow(d->arena, &w->folders, w->count, &w->cap, sizeof(*w->folders));
    w->folders[w->count++] = (struct folder){d->item, depth, *inode};
}

/* What stands in the current container: one directory entry's inode. */
static void inode_claims(struct walk *w, size_t pos, unsigned type, unsigned depth)
{
    struct squashfs *q = w->q;
    struct sq_inode inode;

    if (!sq_inode_read(q, pos, &inode))
        return;
    if (inode.type != type)
        fs_fault(q->d, FAULT_BAD_VALUE, q->inodes.blob, pos);
    if (inode.type == FOLDER) {
        q->d->out->items[q->d->item].span = inode.base.span;
        decode_open_bytes(q->d, ITEM_MAP, bytes_of("."));
    }
    fs_claims(&q->fs, &inode.base);
    sq_xattr_claims(q, &inode);
    if (inode.type == FOLDER) {
        decode_close(q->d);
        folder_queue(w, pos, &inode, depth);
    } else if (fs_type_of(inode.base.mode) == FS_REGULAR) {
        file_content(w, pos, &inode);
    }
}

static void entry(struct walk *w, struct reader *r, uint32_t block, unsigned depth)
{
    struct squashfs *q = w->q;
    size_t from = r->pos;
    unsigned offset = reader_u16le(r);
    size_t pos = 0;

    (void)reader_u16le(r); /* distance of the inode's number */
    unsigned type = reader_u16le(r);
    struct bytes name = reader_take(r, (size_t)reader_u16le(r) + 1);

    if (r->failed)
        return;
    int order = w->before.len > 0 ? bytes_compare(w->before, name) : -1;

    if (order >= 0)
        fs_fault(q->d, order == 0 ? FAULT_DUPLICATE : FAULT_BAD_ORDER, r->blob, r->base + from);
    w->before = name;
    if (!fs_open(&q->fs, name, r->blob, r->base + from))
        return;
    if (sq_table_find(&q->inodes, block, offset, &pos))
        inode_claims(w, pos, type, depth);
    else
        fs_fault(q->d, FAULT_BAD_REFERENCE, r->blob, r->base + from);
    decode_close(q->d);
}

/* The listing of a folder, which is the current container. */
static void listing(struct walk *w, const struct folder *f)
{
    struct squashfs *q = w->q;
    const struct sq_inode *inode = &f->inode;
    size_t pos = 0;

    if (inode->base.size <= LISTING_EXTRA)
        return;
    size_t length = (size_t)inode->base.size - LISTING_EXTRA;

    if (!sq_table_find(&q->folders, inode->start, inode->offset, &pos) ||
        length > q->folders.bytes.len - pos) {
        fs_fault(q->d, FAULT_BAD_REFERENCE, q->inodes.blob, inode->base.span.offset);
        return;
    }
    if (length > q->folders.bytes.len - q->listed) {
        fs_fault(q->d, FAULT_OVERLAP, q->folders.blob, pos);
        return;
    }
    q->listed += length;
    struct reader r =
        reader_of(bytes_slice(q->folders.bytes, pos, length), q->folders.blob, pos);

    decode_claimed_region(q->d, (struct span){q->folders.blob, pos, length}, CLASS_STRUCTURE);
    w->before = (struct bytes){NULL, 0};
    while (reader_more(&r) && fs_room(&q->fs, q->base)) {
        uint32_t count = reader_u32le(&r);
        uint32_t block = reader_u32le(&r);

        (void)reader_u32le(&r); /* the inode number to which distances count */
        if (count >= ENTRIES_MAX)
            fs_fault(q->d, FAULT_BAD_COUNT, r.blob, reader_offset(&r));
        for (uint32_t i = 0; i <= count && i < ENTRIES_MAX && reader_more(&r); i++)
            entry(w, &r, block, f->depth + 1);
    }
    if (r.failed)
        fs_fault(q->d, FAULT_TRUNCATED, r.blob, r.fail_offset);
}

static void tree(struct squashfs *q, uint64_t root)
{
    struct decode *d = q->d;
    struct walk w = {.q = q};
    size_t pos = 0;

    decode_open(d, ITEM_MAP, "files");
    uint32_t item = d->item;

    w.known = ARENA_ARRAY(d->arena, struct known, q->inodes.bytes.len / INODE_MIN + 1);
    if (sq_table_find(&q->inodes, root >> 16, root & 0xffff, &pos))
        inode_claims(&w, pos, FOLDER, 0);
    else
        fs_fault(d, FAULT_BAD_REFERENCE, q->blob, q->base + 32);
    while (w.done < w.count) {
        const struct folder f = w.folders[w.done++];

        d->item = f.item;
        listing(&w, &f);
    }
    d->item = item;
    decode_close(d);
}

static void ids_read(struct squashfs *q)
{
    struct decode *d = q->d;
    size_t count = (size_t)decode_value(d, KEY_SQUASHFS_IDS);
    struct bytes b =
        sq_lookup_read(q, decode_value(d, KEY_SQUASHFS_ID_TABLE), count, sizeof(*q->ids));
    struct reader r = reader_of(b, 0, 0);

    q->id_count = b.len / sizeof(*q->ids);
    q->ids = ARENA_ARRAY(d->arena, uint32_t, q->id_count + 1);
    for (size_t i = 0; i < q->id_count; i++)
        q->ids[i] = reader_u32le(&r);
}

static void fragments_read(struct squashfs *q)
{
    enum {
        ENTRY = 16
    };

    struct decode *d = q->d;
    size_t count = (size_t)decode_value(d, KEY_SQUASHFS_FRAGMENTS);

    if (count == 0)
        return;
    struct bytes b =
        sq_lookup_read(q, decode_value(d, KEY_SQUASHFS_FRAGMENT_TABLE), count, ENTRY);
    struct reader r = reader_of(b, 0, 0);

    q->fragment_count = b.len / ENTRY;
    q->fragments = ARENA_ARRAY(d->arena, struct sq_fragment, q->fragment_count + 1);
    for (size_t i = 0; i < q->fragment_count; i++) {
        struct sq_fragment *f = &q->fragments[i];

        f->start = reader_u64le(&r);
        f->size = reader_u32le(&r);
        (void)reader_u32le(&r);
        uint64_t size = f->size & ((1 << 24) - 1);

        if (f->start <= q->all.len && size <= q->all.len - f->start)
            decode_claimed_region(d, (struct span){q->blob, q->base + f->start, size},
                                  CLASS_COMPRESSED);
    }
}

/* Where the table of folders ends: where the first table behind it begins. */
static uint64_t folders_end(const struct squashfs *q, uint64_t from)
{
    const struct {
        enum key_id table;
        size_t count;
    } rows[] = {
        {KEY_SQUASHFS_FRAGMENT_TABLE, (size_t)decode_value(q->d, KEY_SQUASHFS_FRAGMENTS)},
        {KEY_SQUASHFS_EXPORT_TABLE,                           1                           },
        {KEY_SQUASHFS_ID_TABLE,                           1    },
    };

    uint64_t end = q->all.len;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint64_t table = decode_value(q->d, rows[i].table);
        uint64_t first = sq_lookup_first(q, table, rows[i].count);

        if (table >= from && table < end)
            end = table;
        if (first >= from && first < end)
            end = first;
    }
    return end;
}

/* Options of the compressor: one stored metadata block behind the superblock. */
static void options(struct decode *d)
{
    if ((decode_value(d, KEY_SQUASHFS_FLAGS) & FLAG_OPTIONS) == 0)
        return;
    size_t from = d->in.pos;
    struct reader peek = d->in;
    unsigned word = reader_u16le(&peek);
    size_t size = word & (SQ_STORED - 1);

    if ((word & SQ_STORED) == 0 || size > reader_left(&peek)) {
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base + from);
        return;
    }
    (void)reader_take(&d->in, 2);
    struct bytes b = reader_take(&d->in, size);

    decode_bytes(d, KEY_SQUASHFS_OPTIONS, b, from);
}

static void export_read(struct squashfs *q)
{
    struct decode *d = q->d;
    uint64_t table = decode_value(d, KEY_SQUASHFS_EXPORT_TABLE);

    if (table != UINT64_MAX)
        (void)sq_lookup_read(q, table, (size_t)decode_value(d, KEY_SQUASHFS_INODES), 8);
}

static void content(struct squashfs *q)
{
    struct decode *d = q->d;
    uint64_t inodes = decode_value(d, KEY_SQUASHFS_INODE_TABLE);
    uint64_t folders = decode_value(d, KEY_SQUASHFS_FOLDER_TABLE);
    uint64_t root = decode_value(d, KEY_SQUASHFS_ROOT);

    if (inodes > folders || folders > q->all.len) {
        decode_fault(d, FAULT_BAD_REFERENCE, q->base + 64);
        return;
    }
    ids_read(q);
    fragments_read(q);
    export_read(q);
    sq_xattrs_read(q, decode_value(d, KEY_SQUASHFS_XATTR_TABLE));
    sq_table_read(q, &q->inodes, inodes, folders);
    sq_table_read(q, &q->folders, folders, folders_end(q, folders));
    q->block = arena_alloc(d->arena, q->block_size);
    q->fragment_block = arena_alloc(d->arena, q->block_size);
    tree(q, root);
}

/* The superblock's numbers that everything else is measured by. */
static bool superblock_good(struct decode *d, enum codec_kind *ret)
{
    uint64_t size = decode_value(d, KEY_SQUASHFS_BLOCK_SIZE);
    uint64_t log = decode_value(d, KEY_SQUASHFS_BLOCK_LOG);

    if (decode_value(d, KEY_SQUASHFS_MAJOR) != 4 || decode_value(d, KEY_SQUASHFS_MINOR) != 0) {
        decode_fault(d, FAULT_BAD_VERSION, d->in.base + 28);
        return false;
    }
    if (size < BLOCK_MIN || size > BLOCK_MAX || log > 20 || size != UINT64_C(1) << log) {
        decode_fault(d, FAULT_BAD_VALUE, d->in.base + 12);
        return false;
    }
    if (!codec_of(decode_value(d, KEY_SQUASHFS_COMPRESSOR), ret)) {
        decode_fault(d, FAULT_BAD_VALUE, d->in.base + 20);
        return false;
    }
    return true;
}

static void decode(struct decode *d)
{
    struct squashfs q = {.d = d, .fragment_index = SQ_NONE};
    enum codec_kind kind = CODEC_ZLIB;

    decode_open(d, ITEM_MAP, "squashfs");
    bmc_signature(d, bytes_of("hsqs"));
    (void)decode_fields(d, superblock, ARRAY_LEN(superblock));
    uint64_t length = decode_value(d, KEY_SQUASHFS_LENGTH);

    if (length < SQ_SUPERBLOCK || length > d->in.all.len) {
        decode_fault(d, length < SQ_SUPERBLOCK ? FAULT_BAD_LENGTH : FAULT_TRUNCATED,
                     d->in.base + 40);
        length = d->in.all.len;
    }
    q.all = bytes_slice(d->in.all, 0, (size_t)length);
    q.base = d->in.base;
    q.blob = d->in.blob;
    q.block_size = (uint32_t)decode_value(d, KEY_SQUASHFS_BLOCK_SIZE);
    fs_init(&q.fs, d, length);
    options(d);
    if (superblock_good(d, &kind)) {
        codec_init(&q.codec, kind);
        content(&q);
        codec_done(&q.codec);
    }
    decode_value_class(d, KEY_FS_IMAGE_SHA256, value_bytes(fs_digest(d, q.all)),
                       (struct span){q.blob, q.base, 4}, CLASS_STRUCTURE);
    reader_seek(&d->in, (size_t)length);
    fs_tail(d);
    decode_close(d);
}

const struct decoder decoder_squashfs = {
    .name = "squashfs",
    .title = "squashfs file system",
    .spec = "squashfs-4.0",
    .surface = "bmc-flash",
    .min = SQ_SUPERBLOCK,
    .max = 512 << 20,
    .probe = probe,
    .decode = decode,
};
