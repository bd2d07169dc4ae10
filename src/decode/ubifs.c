/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UBIFS as the Linux kernel reads it (fs/ubifs): the superblock, the newest master node, the
 * index that it points to, then the journal. What neither has is deleted. Without a sound
 * master or index every node counts, the newest of each kind before the others, which is the
 * best that can be said.
 */
#include "decode/ubifs.h"

#include "decode/bmc_part.h"

enum {
    SUPERBLOCK = 4096,
    MASTER = 512,
    FLAG_SIGNED = 1 << 5,
    BRANCH = 20, /* bytes of a branch of the index without a digest */
    BLOCK_MIN = 4096,
    NLINK_OFFSET = 92,
    TYPE_OFFSET = 49,
};

static const struct field superblock[] = {
    {KEY_NONE,                     F_SKIP,  24, 0},
    {KEY_NONE,                     F_SKIP,  2,  0},
    {KEY_UBIFS_KEY_HASH,           F_U8,    0,  0},
    {KEY_UBIFS_KEY_FORMAT,         F_U8,    0,  0},
    {KEY_UBIFS_FLAGS,              F_U32LE, 0,  0},
    {KEY_UBIFS_MIN_IO,             F_U32LE, 0,  0},
    {KEY_UBIFS_BLOCK_SIZE,         F_U32LE, 0,  0},
    {KEY_UBIFS_BLOCKS,             F_U32LE, 0,  0},
    {KEY_UBIFS_BLOCKS_MAX,         F_U32LE, 0,  0},
    {KEY_UBIFS_JOURNAL_MAX,        F_U64LE, 0,  0},
    {KEY_UBIFS_LOG_BLOCKS,         F_U32LE, 0,  0},
    {KEY_UBIFS_PROPERTY_BLOCKS,    F_U32LE, 0,  0},
    {KEY_UBIFS_ORPHAN_BLOCKS,      F_U32LE, 0,  0},
    {KEY_UBIFS_HEADS,              F_U32LE, 0,  0},
    {KEY_UBIFS_FANOUT,             F_U32LE, 0,  0},
    {KEY_UBIFS_SAVED,              F_U32LE, 0,  0},
    {KEY_UBIFS_VERSION,            F_U32LE, 0,  0},
    {KEY_UBIFS_COMPRESSION,        F_U16LE, 0,  0},
    {KEY_NONE,                     F_SKIP,  2,  0},
    {KEY_UBIFS_RESERVED_USER,      F_U32LE, 0,  0},
    {KEY_UBIFS_RESERVED_GROUP,     F_U32LE, 0,  0},
    {KEY_UBIFS_RESERVED_SIZE,      F_U64LE, 0,  0},
    {KEY_UBIFS_TIME_GRANULARITY,   F_U32LE, 0,  0},
    {KEY_UBIFS_UUID,               F_BYTES, 16, 0},
    {KEY_UBIFS_COMPATIBLE_VERSION, F_U32LE, 0,  0},
};

static const struct field master[] = {
    {KEY_NONE,                F_SKIP,  24, 0},
    {KEY_UBIFS_HIGHEST_INODE, F_U64LE, 0,  0},
    {KEY_UBIFS_COMMIT,        F_U64LE, 0,  0},
    {KEY_UBIFS_MASTER_FLAGS,  F_U32LE, 0,  0},
};

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    return uf_node_at(b, 0) && b.data[20] == UF_TYPE_SUPERBLOCK ? 96 : 0;
}

static void device_number(const struct ubifs *u, size_t inode, struct fs_inode *base)
{
    struct bytes b = uf_inline(u, inode);
    uint64_t n = bytes_uint(b, 0, b.len == 8 ? 8 : 4, false);

    if (b.len != 4 && b.len != 8)
        uf_fault(u, FAULT_BAD_LENGTH, (size_t)(base->span.offset - u->base) + 112);
    base->major = (uint32_t)(n >> 8 & 0xfff);
    base->minor = (uint32_t)((n & 0xff) | (n >> 12 & 0xfff00));
}

static struct fs_inode inode_of(struct ubifs *u, size_t inode)
{
    struct uf_node *n = &u->nodes.rows[u->inodes.rows[inode].node];
    struct fs_inode base = {
        .mode = (uint32_t)uf_number(u, n->at + 104, 4),
        .uid = (uint32_t)uf_number(u, n->at + 96, 4),
        .gid = (uint32_t)uf_number(u, n->at + 100, 4),
        .size = uf_number(u, n->at + 48, 8),
        .modified = uf_number(u, n->at + 72, 8),
        .has_modified = true,
        .span = uf_span(u, n->at, n->length),
    };
    enum fs_type type = fs_type_of(base.mode);

    n->live = true;
    if (type == FS_LINK)
        base.target = uf_inline(u, inode);
    if (type == FS_CHARACTER || type == FS_BLOCK)
        device_number(u, inode, &base);
    return base;
}

static int entry_compare(const struct uf_entry *e, uint32_t folder, bool attribute)
{
    if (e->folder != folder)
        return e->folder < folder ? -1 : 1;
    return (int)e->attribute - (int)attribute;
}

/* The first entry of a folder, or the first attribute of an inode. */
static size_t entry_first(const struct ubifs *u, uint32_t folder, bool attribute)
{
    size_t low = 0;
    size_t high = u->entries.count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (entry_compare(&u->entries.rows[middle], folder, attribute) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Row `i` if it is the newest of its name and that is not removed, or NULL. */
static const struct uf_entry *entry_newest(struct ubifs *u, size_t i)
{
    const struct uf_entry *e = &u->entries.rows[i];
    bool last = i + 1 == u->entries.count ||
                entry_compare(&e[1], e->folder, e->attribute) != 0 ||
                !bytes_equal(e[1].name, e->name);

    if (last)
        u->nodes.rows[e->node].live = true;
    return last && e->ino != 0 ? e : NULL;
}

static void xattr_claims(struct ubifs *u, uint32_t ino)
{
    for (size_t i = entry_first(u, ino, true);
         i < u->entries.count && entry_compare(&u->entries.rows[i], ino, true) == 0; i++) {
        const struct uf_entry *e = entry_newest(u, i);
        size_t inode = e != NULL ? uf_inode_find(u, (uint32_t)e->ino) : 0;

        if (e == NULL)
            continue;
        if (inode == SIZE_MAX) {
            uf_fault(u, FAULT_MISSING, u->nodes.rows[e->node].at + 40);
            continue;
        }
        struct uf_node *n = &u->nodes.rows[u->inodes.rows[inode].node];

        n->live = true;
        fs_xattr(&u->fs, "", e->name, uf_inline(u, inode), uf_span(u, n->at, n->length));
    }
}

static void folder_add(struct ubifs *u, size_t inode, unsigned depth, size_t at)
{
    struct fs_folder folder = {.depth = depth, .id = u->inodes.rows[inode].ino};

    if (u->listed[inode]) {
        uf_fault(u, FAULT_LOOP, at);
        return;
    }
    u->listed[inode] = true;
    (void)fs_folder_add(&u->fs, folder, u->blob, u->base + at);
}

static void file_claims(struct ubifs *u, size_t inode, unsigned depth, size_t at)
{
    struct decode *d = u->d;
    struct fs_inode base = inode_of(u, inode);
    enum fs_type type = fs_type_of(base.mode);

    if (type == FS_DIRECTORY) {
        d->out->items[d->item].span = base.span;
        decode_open_bytes(d, ITEM_MAP, bytes_of("."));
    }
    fs_claims(&u->fs, &base);
    xattr_claims(u, u->inodes.rows[inode].ino);
    if (type == FS_DIRECTORY) {
        decode_close(d);
        folder_add(u, inode, depth, at);
    } else if (type == FS_REGULAR) {
        uf_content(u, inode, &base);
    }
}

static void entry_claims(struct ubifs *u, const struct uf_entry *e, unsigned depth)
{
    static const uint8_t types[] = {FS_REGULAR,   FS_DIRECTORY, FS_LINK,  FS_BLOCK,
                                    FS_CHARACTER, FS_FIFO,      FS_SOCKET};
    size_t at = u->nodes.rows[e->node].at;
    size_t inode = e->ino <= UINT32_MAX ? uf_inode_find(u, (uint32_t)e->ino) : SIZE_MAX;
    uint64_t type = uf_number(u, at + TYPE_OFFSET, 1);

    if (!fs_open(&u->fs, e->name, u->blob, u->base + at))
        return;
    if (inode == SIZE_MAX) {
        uf_fault(u, FAULT_MISSING, at + 40);
    } else {
        size_t node = u->nodes.rows[u->inodes.rows[inode].node].at;

        if (type >= ARRAY_LEN(types) ||
            fs_type_of((uint32_t)uf_number(u, node + 104, 4)) != types[type])
            uf_fault(u, FAULT_BAD_VALUE, at + TYPE_OFFSET);
        if (uf_number(u, node + NLINK_OFFSET, 4) == 0)
            uf_fault(u, FAULT_BAD_COUNT, node + NLINK_OFFSET);
        file_claims(u, inode, depth, at);
    }
    decode_close(u->d);
}

static void listing(struct ubifs *u, uint32_t ino, unsigned depth)
{
    for (size_t i = entry_first(u, ino, false);
         i < u->entries.count && entry_compare(&u->entries.rows[i], ino, false) == 0; i++) {
        const struct uf_entry *e = entry_newest(u, i);

        if (e != NULL && fs_room(&u->fs, u->base + u->nodes.rows[e->node].at))
            entry_claims(u, e, depth + 1);
    }
}

static void tree(struct ubifs *u)
{
    struct decode *d = u->d;
    size_t root = uf_inode_find(u, UF_ROOT);
    struct fs_folder folder;

    decode_open(d, ITEM_MAP, "files");
    uint32_t item = d->item;

    if (root == SIZE_MAX)
        uf_fault(u, FAULT_MISSING, 0);
    else
        file_claims(u, root, 0, u->nodes.rows[u->inodes.rows[root].node].at);
    while (fs_folder_next(&u->fs, &folder))
        listing(u, (uint32_t)folder.id, folder.depth);
    d->item = item;
    decode_close(d);
}

/* The class of every node: of structure, of data in force, or deleted. */
static void nodes_mark(struct ubifs *u)
{
    uint64_t deleted = 0;

    for (size_t i = 0; i < u->nodes.count; i++) {
        const struct uf_node *n = &u->nodes.rows[i];
        bool content = n->type <= UF_TYPE_TRUNCATION || n->type == UF_TYPE_INDEX;
        bool in_force = !content || n->live || n->at < UF_LOG_FIRST * u->block_size;

        deleted += in_force ? 0 : 1;
        decode_claimed_region(u->d, uf_span(u, n->at, n->length),
                              in_force ? CLASS_STRUCTURE : CLASS_DELETED);
        if (in_force && n->type == UF_TYPE_DATA)
            decode_claimed_region(u->d, uf_span(u, n->at + UF_DATA, n->length - UF_DATA),
                                  uf_number(u, n->at + 44, 2) == 0 ? CLASS_DATA
                                                                   : CLASS_COMPRESSED);
    }
    decode_value_at(u->d, KEY_UBIFS_NODES, value_uint(u->nodes.count), uf_span(u, 0, 0));
    decode_value_at(u->d, KEY_UBIFS_DELETED, value_uint(deleted), uf_span(u, 0, 0));
}

static void content(struct ubifs *u)
{
    struct decode *d = u->d;

    fs_init(&u->fs, d, u->all.len);
    u->fs.writable = true;
    u->page = arena_alloc(d->arena, UF_BLOCK);
    uf_scan(u);
    uf_choose(u);
    if (u->master != SIZE_MAX) {
        reader_seek(&d->in, u->nodes.rows[u->master].at);
        (void)decode_fields(d, master, ARRAY_LEN(master));
    }
    u->listed = ARENA_ARRAY(d->arena, bool, u->inodes.count + 1);
    u->item = ARENA_ARRAY(d->arena, uint32_t, u->inodes.count + 1);
    tree(u);
    nodes_mark(u);
}

static void decode(struct decode *d)
{
    struct ubifs u = {
        .d = d,
        .all = d->in.all,
        .base = d->in.base,
        .blob = d->in.blob,
        .branch = BRANCH,
    };

    decode_open(d, ITEM_MAP, "ubifs");
    if (!uf_node_at(u.all, 0) || u.all.data[20] != UF_TYPE_SUPERBLOCK)
        decode_fault(d, FAULT_BAD_SIGNATURE, d->in.base);
    (void)decode_fields(d, superblock, ARRAY_LEN(superblock));
    uint64_t size = decode_value(d, KEY_UBIFS_BLOCK_SIZE);

    if (size < BLOCK_MIN || size % 8 != 0) {
        decode_fault(d, FAULT_BAD_VALUE, d->in.base + 36);
    } else if ((decode_value(d, KEY_UBIFS_FLAGS) & FLAG_SIGNED) != 0) {
        /* Branches have a digest too then, as long as the kernel's number of it tells. */
        static const size_t lengths[] = {16, 16, 20, 20, 32, 48, 64, 28};
        uint64_t hash = uf_number(&u, 256, 2);

        u.branch += hash < ARRAY_LEN(lengths) ? lengths[hash] : 0;
    }
    u.block_size = (size_t)size;
    if (size >= BLOCK_MIN && size % 8 == 0)
        content(&u);
    decode_value_at(d, KEY_FS_IMAGE_SHA256, value_bytes(fs_digest(d, u.all)),
                    uf_span(&u, 0, 0));
    decode_close(d);
}

const struct decoder decoder_ubifs = {
    .name = "ubifs",
    .title = "UBIFS file system",
    .spec = "ubifs",
    .surface = "bmc-flash",
    .min = SUPERBLOCK,
    .max = 512 << 20,
    .probe = probe,
    .decode = decode,
};
