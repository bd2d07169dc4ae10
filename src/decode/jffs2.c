/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jffs2 as the Linux kernel reads it (fs/jffs2), in either byte order: all nodes are found, the
 * newest of each name and each byte make the tree of folders, and the others are kept as
 * deleted. A block that was never written is erased.
 */
#include "decode/jffs2.h"

#include "decode/bmc_part.h"

enum {
    ALIGNMENT = 4,
    DELETED_REFERENCE = 1, /* in the number of a reference */
};

static const uint32_t deleted_xattr = UINT32_MAX;

/* In which order of bytes the first node is; false if there is none. */
static bool order_find(struct bytes b, bool *ret_big)
{
    for (size_t at = 0; at < b.len; at += ALIGNMENT) {
        for (unsigned big = 0; big < 2; big++) {
            *ret_big = big != 0;
            if (j2_header_at(b, at, *ret_big))
                return true;
        }
    }
    *ret_big = false;
    return false;
}

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    return j2_header_at(b, 0, false) || j2_header_at(b, 0, true) ? 94 : 0;
}

/* Bytes of a piece that is no file's content: a link's target, a device's number. */
static struct bytes node_data(struct jffs2 *j, size_t node)
{
    if (j->inodes[node].length == 0)
        return (struct bytes){NULL, 0};
    return arena_copy(j->d->arena, j2_piece(j, node));
}

static void device_number(struct jffs2 *j, size_t node, struct fs_inode *inode)
{
    struct bytes b = node_data(j, node);
    uint64_t n = bytes_uint(b, 0, b.len == 4 ? 4 : 2, j->big);

    if (b.len != 2 && b.len != 4)
        j2_fault(j, FAULT_BAD_LENGTH, j->inodes[node].at + 52);
    inode->major = (uint32_t)(n >> 8 & (b.len == 4 ? 0xfff : 0xff));
    inode->minor = (uint32_t)((n & 0xff) | (b.len == 4 ? n >> 12 & 0xfff00 : 0));
}

/* What the newest node of a file says. */
static struct fs_inode inode_of(struct jffs2 *j, const struct j2_file *f)
{
    size_t newest = f->first + f->count - 1;
    struct j2_inode *n = &j->inodes[newest];
    struct fs_inode inode = {
        .mode = n->mode,
        .uid = n->uid,
        .gid = n->gid,
        .size = n->size,
        .modified = n->modified,
        .has_modified = true,
        .span = j2_span(j, n->at, J2_INODE),
    };
    enum fs_type type = fs_type_of(n->mode);

    n->live = true;
    if (type == FS_LINK)
        inode.target = node_data(j, newest);
    if (type == FS_CHARACTER || type == FS_BLOCK)
        device_number(j, newest, &inode);
    return inode;
}

/* The newest attribute of this number, or NULL if it was deleted. */
static const struct j2_xattr *xattr_find(const struct jffs2 *j, uint32_t id)
{
    size_t low = 0;
    size_t high = j->xattr_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (j->xattrs[middle].id <= id)
            low = middle + 1;
        else
            high = middle;
    }
    const struct j2_xattr *x = low > 0 ? &j->xattrs[low - 1] : NULL;

    return x != NULL && x->id == id && x->version != deleted_xattr ? x : NULL;
}

static void xattr_claim(struct jffs2 *j, const struct j2_reference *r)
{
    static const char *const spaces[] = {
        "user", "security", "system.posix_acl_access", "system.posix_acl_default", "trusted",
    };
    const struct j2_xattr *x = xattr_find(j, r->id);

    decode_claimed_region(j->d, j2_span(j, r->at, 28), CLASS_STRUCTURE);
    j2_live(j, r->at);
    if (x == NULL) {
        j2_fault(j, FAULT_BAD_REFERENCE, r->at + 16);
        return;
    }
    if (x->prefix < 1 || x->prefix > ARRAY_LEN(spaces)) {
        j2_fault(j, FAULT_BAD_VALUE, x->at + 20);
        return;
    }
    j2_live(j, x->at);
    struct span s = j2_span(j, x->at, 32 + x->name.len + 1 + x->value.len);

    fs_xattr(&j->fs, spaces[x->prefix - 1], x->name, x->value, s);
}

static void xattr_claims(struct jffs2 *j, uint32_t ino)
{
    size_t low = 0;
    size_t high = j->reference_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (j->references[middle].ino < ino)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < j->reference_count && j->references[low].ino == ino; low++) {
        const struct j2_reference *r = &j->references[low];
        bool newest = low + 1 == j->reference_count || r[1].ino != ino || r[1].id != r->id;

        if (newest && (r->sequence & DELETED_REFERENCE) == 0)
            xattr_claim(j, r);
    }
}

/* The folder in the current container is to be listed. */
static void folder_add(struct jffs2 *j, struct j2_file *f, uint32_t ino, unsigned depth,
                       size_t at)
{
    struct fs_folder folder = {.depth = depth, .id = ino};

    if (f != NULL && f->listed) {
        j2_fault(j, FAULT_LOOP, at);
        return;
    }
    if (f != NULL)
        f->listed = true;
    (void)fs_folder_add(&j->fs, folder, j->blob, j->base + at);
}

static void file_claims(struct jffs2 *j, struct j2_file *f, unsigned depth, size_t at)
{
    struct fs_inode inode = inode_of(j, f);
    enum fs_type type = fs_type_of(inode.mode);

    if (type == FS_DIRECTORY) {
        j->d->out->items[j->d->item].span = inode.span;
        decode_open_bytes(j->d, ITEM_MAP, bytes_of("."));
    }
    fs_claims(&j->fs, &inode);
    xattr_claims(j, f->ino);
    if (type == FS_DIRECTORY) {
        decode_close(j->d);
        folder_add(j, f, f->ino, depth, at);
    } else if (type == FS_REGULAR) {
        j2_content(j, f, &inode);
    }
}

static void entry_claims(struct jffs2 *j, struct j2_entry *e, unsigned depth)
{
    struct j2_file *f = j2_file_find(j, e->ino);

    e->live = true;
    if (!fs_open(&j->fs, e->name, j->blob, j->base + e->at))
        return;
    if (f == NULL) {
        j2_fault(j, FAULT_MISSING, e->at + 20);
    } else {
        if (fs_type_of(j->inodes[f->first + f->count - 1].mode) != e->type)
            j2_fault(j, FAULT_BAD_VALUE, e->at + 29);
        file_claims(j, f, depth, e->at);
    }
    decode_close(j->d);
}

/* The entries of a folder: of each name the newest. */
static void listing(struct jffs2 *j, uint32_t ino, unsigned depth)
{
    size_t low = 0;
    size_t high = j->entry_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (j->entries[middle].folder < ino)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < j->entry_count && j->entries[low].folder == ino; low++) {
        struct j2_entry *e = &j->entries[low];

        if (low + 1 < j->entry_count && e[1].folder == ino && bytes_equal(e[1].name, e->name))
            continue;
        if (e->ino == 0)
            e->live = true;
        else if (fs_room(&j->fs, j->base + e->at))
            entry_claims(j, e, depth + 1);
    }
}

/* The root needs no inode of its own. */
void j2_tree(struct jffs2 *j)
{
    struct decode *d = j->d;
    struct j2_file *root = j2_file_find(j, J2_ROOT);
    struct fs_folder folder;

    decode_open(d, ITEM_MAP, "files");
    uint32_t item = d->item;

    if (root != NULL)
        file_claims(j, root, 0, j->inodes[root->first].at);
    else
        folder_add(j, NULL, J2_ROOT, 0, 0);
    while (fs_folder_next(&j->fs, &folder))
        listing(j, (uint32_t)folder.id, folder.depth);
    d->item = item;
    decode_close(d);
}

/* What is in force is structure and content. */
static void live_mark(struct jffs2 *j)
{
    for (size_t i = 0; i < j->inode_count; i++) {
        const struct j2_inode *n = &j->inodes[i];

        if (!n->live)
            continue;
        j2_live(j, n->at);
        decode_claimed_region(j->d, j2_span(j, n->at, J2_INODE), CLASS_STRUCTURE);
        decode_claimed_region(j->d, j2_span(j, n->at + J2_INODE, n->packed),
                              n->compression == 0 ? CLASS_DATA : CLASS_COMPRESSED);
    }
    for (size_t i = 0; i < j->entry_count; i++) {
        const struct j2_entry *e = &j->entries[i];

        if (!e->live)
            continue;
        j2_live(j, e->at);
        decode_claimed_region(j->d, j2_span(j, e->at, J2_ENTRY + e->name.len), CLASS_STRUCTURE);
    }
}

/*
 * What is not in force: older versions, what was removed, what a wrong checksum keeps from
 * being read. The kernel leaves it where it is until it needs the block, and it may hold
 * anything.
 */
static void deleted(struct jffs2 *j)
{
    struct digest_stream stream;
    uint64_t count = 0;
    uint64_t length = 0;

    digest_begin(&stream);
    for (size_t i = 0; i < j->nodes; i++) {
        const struct j2_node *n = &j->log[i];

        if (n->live)
            continue;
        count++;
        length += n->length;
        digest_more(&stream, bytes_slice(j->all, n->at, n->length));
    }
    struct digest found = digest_end(&stream);
    struct span here = j2_span(j, 0, 0);

    decode_value_at(j->d, KEY_JFFS2_DELETED, value_uint(count), here);
    if (count == 0)
        return;
    decode_value_at(j->d, KEY_JFFS2_DELETED_LENGTH, value_uint(length), here);
    decode_value_at(
        j->d, KEY_JFFS2_DELETED_DIGEST,
        value_bytes(arena_copy(j->d->arena, (struct bytes){found.bytes, sizeof(found.bytes)})),
        here);
}

static void counts(struct jffs2 *j)
{
    const struct {
        enum key_id key;
        uint64_t value;
    } rows[] = {
        {KEY_JFFS2_NODES,     j->nodes    },
        {KEY_JFFS2_MARKERS,   j->markers  },
        {KEY_JFFS2_SUMMARIES, j->summaries},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        decode_value_at(j->d, rows[i].key, value_uint(rows[i].value), j2_span(j, 0, 0));
}

static void decode(struct decode *d)
{
    struct jffs2 j = {.d = d, .all = d->in.all, .base = d->in.base, .blob = d->in.blob};

    decode_open(d, ITEM_MAP, "jffs2");
    if (!order_find(j.all, &j.big))
        decode_fault(d, FAULT_BAD_SIGNATURE, d->in.base);
    decode_value_at(d, KEY_JFFS2_BIG_ENDIAN, value_bool(j.big), j2_span(&j, 0, 0));
    fs_init(&j.fs, d, j.all.len);
    j.fs.writable = true;
    j2_scan(&j);
    j2_index(&j);
    j2_tree(&j);
    live_mark(&j);
    counts(&j);
    deleted(&j);
    decode_value_at(d, KEY_FS_IMAGE_SHA256, value_bytes(fs_digest(d, j.all)),
                    j2_span(&j, 0, 0));
    decode_close(d);
}

const struct decoder decoder_jffs2 = {
    .name = "jffs2",
    .title = "jffs2 file system",
    .spec = "jffs2",
    .surface = "bmc-flash",
    .min = J2_HEADER,
    .max = 512 << 20,
    .probe = probe,
    .decode = decode,
};
