/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/filesystem.h"

#include <string.h>

#include "decode/engine_private.h"

enum {
    OUTPUT_BASE = 64 << 20,
    OUTPUT_FACTOR = 16,
    ZEROS_SIZE = 4096,
    PERMISSIONS = 07777,
    EXECUTABLE = 0111,
    XATTR_MAX = 4096, /* longer values are claimed as their digest */
    TYPE_SHIFT = 12,
    DECIDING_DEPTH = 4, /* folders above a file whose names are looked at */
};

static const uint8_t zeros[ZEROS_SIZE];

void fs_init(struct fs *fs, struct decode *d, uint64_t length)
{
    *fs = (struct fs){.d = d, .left = OUTPUT_BASE + length * OUTPUT_FACTOR};
}

void fs_fault(struct decode *d, enum fault_id id, uint32_t blob, uint64_t offset)
{
    uint32_t own = d->in.blob;

    d->in.blob = blob;
    decode_fault(d, id, offset);
    d->in.blob = own;
}

static void limit(struct fs *fs, uint64_t offset)
{
    if (!fs->told)
        decode_fault(fs->d, FAULT_LIMIT, offset);
    fs->told = true;
}

bool fs_room(struct fs *fs, uint64_t offset)
{
    if (fs->entries < FS_FILES_MAX && !engine_crowded(fs->d))
        return true;
    limit(fs, offset);
    return false;
}

bool fs_spend(struct fs *fs, uint64_t n, uint64_t offset)
{
    if (n > fs->left || !engine_output_spend(fs->d, n)) {
        fs->left = 0;
        limit(fs, offset);
        return false;
    }
    fs->left -= n;
    return true;
}

static bool name_good(struct bytes name)
{
    return name.len > 0 && name.len <= FS_NAME_MAX && !bytes_equal_text(name, ".") &&
           !bytes_equal_text(name, "..") && memchr(name.data, '/', name.len) == NULL &&
           memchr(name.data, 0, name.len) == NULL;
}

bool fs_open(struct fs *fs, struct bytes name, uint32_t blob, uint64_t offset)
{
    if (!fs_room(fs, offset))
        return false;
    fs->entries++;
    if (!name_good(name)) {
        fs_fault(fs->d, FAULT_BAD_VALUE, blob, offset);
        return false;
    }
    decode_open_bytes(fs->d, ITEM_MAP, name);
    return true;
}

bool fs_folder_add(struct fs *fs, struct fs_folder folder, uint32_t blob, uint64_t offset)
{
    if (folder.depth >= FS_DEPTH_MAX) {
        fs_fault(fs->d, FAULT_LIMIT, blob, offset);
        return false;
    }
    folder.item = fs->d->item;
    arena_grow(fs->d->arena, &fs->folders, fs->folder_count, &fs->folder_cap,
               sizeof(*fs->folders));
    fs->folders[fs->folder_count++] = folder;
    return true;
}

bool fs_folder_next(struct fs *fs, struct fs_folder *ret)
{
    if (fs->folder_done == fs->folder_count)
        return false;
    *ret = fs->folders[fs->folder_done++];
    fs->d->item = ret->item;
    return true;
}

enum fs_type fs_type_of(uint32_t mode)
{
    return (enum fs_type)(mode >> TYPE_SHIFT & 15);
}

static const char type_letters[] = "?pc?d?b?-?l?s???";

/* As `ls -l` writes it: type, then who may read, write and execute. */
static struct bytes mode_text(struct arena *a, uint32_t mode)
{
    static const char letters[] = "rwxrwxrwx";

    static const struct {
        uint32_t bit;
        unsigned at;
        char set, clear; /* with and without the right to execute */
    } special[] = {
        {04000, 3, 's', 'S'},
        {02000, 6, 's', 'S'},
        {01000, 9, 't', 'T'},
    };

    char *t = arena_alloc(a, sizeof(letters) + 1);

    t[0] = type_letters[fs_type_of(mode)];
    for (unsigned i = 0; i < 9; i++)
        t[i + 1] = (mode >> (8 - i) & 1) != 0 ? letters[i] : '-';
    for (unsigned i = 0; i < ARRAY_LEN(special); i++) {
        if ((mode & special[i].bit) != 0)
            t[special[i].at] = t[special[i].at] == 'x' ? special[i].set : special[i].clear;
    }
    return (struct bytes){(const uint8_t *)t, 10};
}

void fs_claims(struct fs *fs, const struct fs_inode *inode)
{
    struct decode *d = fs->d;
    enum fs_type type = fs_type_of(inode->mode);
    struct span s = inode->span;

    d->out->items[d->item].span = s;
    decode_value_at(d, KEY_FILE_MODE, value_text(mode_text(d->arena, inode->mode)), s);
    decode_value_at(d, KEY_FILE_UID, value_uint(inode->uid), s);
    decode_value_at(d, KEY_FILE_GID, value_uint(inode->gid), s);
    if (type == FS_LINK)
        decode_value_at(d, KEY_FILE_TARGET, value_text(inode->target), s);
    if (type == FS_CHARACTER || type == FS_BLOCK) {
        decode_value_at(d, KEY_FILE_MAJOR, value_uint(inode->major), s);
        decode_value_at(d, KEY_FILE_MINOR, value_uint(inode->minor), s);
    }
    if (inode->has_modified)
        decode_value_at(d, KEY_FILE_MODIFIED, value_uint(inode->modified), s);
    if (type_letters[type] == '?')
        fs_fault(d, FAULT_BAD_VALUE, s.blob, s.offset);
}

void fs_content_begin(struct fs_content *c)
{
    c->size = 0;
    c->good = true;
    memset(c->head, 0, sizeof(c->head));
    digest_begin(&c->stream);
}

void fs_content_more(struct fs_content *c, struct bytes b)
{
    for (size_t i = 0; i < b.len && c->size + i < sizeof(c->head); i++)
        c->head[c->size + i] = b.data[i];
    c->size += b.len;
    digest_more(&c->stream, b);
}

void fs_content_zeros(struct fs *fs, struct fs_content *c, uint64_t n, uint64_t offset)
{
    if (!fs_spend(fs, n, offset)) {
        c->good = false;
        return;
    }
    while (n > 0) {
        size_t now = n < ZEROS_SIZE ? (size_t)n : ZEROS_SIZE;

        fs_content_more(c, (struct bytes){zeros, now});
        n -= now;
    }
}

static const char *const deciding_files[] = {
#define DECIDES_FILE(name, why) name,
#define DECIDES_FOLDER(name, why)
#include "decode/filesystem_decides.def"
#undef DECIDES_FILE
#undef DECIDES_FOLDER
};

static const char *const deciding_folders[] = {
#define DECIDES_FILE(name, why)
#define DECIDES_FOLDER(name, why) name,
#include "decode/filesystem_decides.def"
#undef DECIDES_FILE
#undef DECIDES_FOLDER
};

/* Whether a name begins as one of the rows does before its * and ends as it does behind. */
static bool name_among(struct bytes name, const char *const *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *star = strchr(rows[i], '*');
        size_t length = strlen(rows[i]);
        size_t head = star != NULL ? (size_t)(star - rows[i]) : length;
        size_t tail = length - head - (star != NULL);

        if ((star != NULL ? name.len >= head + tail : name.len == head) &&
            memcmp(name.data, rows[i], head) == 0 &&
            memcmp(name.data + name.len - tail, rows[i] + length - tail, tail) == 0)
            return true;
    }
    return false;
}

/* Whether the file of the current container decides what runs, by its name and those of its
 * folders. */
static bool content_decides(const struct decode *d)
{
    const struct item *items = d->out->items;
    uint32_t item = d->item;

    if (name_among(items[item].name, deciding_files, ARRAY_LEN(deciding_files)))
        return true;
    for (unsigned i = 0; i < DECIDING_DEPTH && item != 0; i++) {
        item = items[item].parent;
        if (name_among(items[item].name, deciding_folders, ARRAY_LEN(deciding_folders)))
            return true;
    }
    return false;
}

/*
 * Whether a running system is not expected to change the content: always in a file system that
 * it cannot write to; elsewhere if it is a program, a library or a script, or decides what of
 * them runs.
 */
static bool content_stays(const struct fs *fs, const struct fs_content *c,
                          const struct fs_inode *inode)
{
    struct bytes head = {c->head, sizeof(c->head)};

    return !fs->writable || (inode->mode & EXECUTABLE) != 0 ||
           bytes_starts_with(head, "\177ELF") || bytes_starts_with(head, "#!") ||
           content_decides(fs->d);
}

void fs_content_end(struct fs *fs, struct fs_content *c, const struct fs_inode *inode,
                    struct span s, enum byte_class class)
{
    struct decode *d = fs->d;
    bool stays = content_stays(fs, c, inode);
    struct digest digest = digest_end(&c->stream);
    enum key_id key = stays ? KEY_FILE_SHA256 : KEY_FILE_STATE_SHA256;

    decode_value_at(d, stays ? KEY_FILE_SIZE : KEY_FILE_STATE_SIZE, value_uint(inode->size),
                    inode->span);
    if (c->good && c->size == inode->size) {
        struct bytes kept =
            arena_copy(d->arena, (struct bytes){digest.bytes, sizeof(digest.bytes)});

        if (s.length == 0)
            decode_value_at(d, key, value_bytes(kept), inode->span);
        else
            decode_value_class(d, key, value_bytes(kept), s, class);
    }
}

static bool is_content(enum key_id key)
{
    return key == KEY_FILE_SIZE || key == KEY_FILE_SHA256 || key == KEY_FILE_STATE_SIZE ||
           key == KEY_FILE_STATE_SHA256;
}

void fs_content_again(struct fs *fs, uint32_t item, const struct fs_inode *inode)
{
    struct decoded *out = fs->d->out;

    for (uint32_t i = item + 1; i < out->item_count; i++) {
        const struct item known = out->items[i];

        if (known.kind != ITEM_CLAIM || known.parent != item)
            break;
        if (is_content(known.key))
            decode_value_at(fs->d, known.key, known.value, inode->span);
    }
}

void fs_xattr(struct fs *fs, const char *space, struct bytes name, struct bytes value,
              struct span s)
{
    struct decode *d = fs->d;
    const char *dot = space[0] != 0 && name.len > 0 ? "." : "";
    const char *full = arena_format(d->arena, "xattr:%s%s%.*s", space, dot, (int)name.len,
                                    (const char *)name.data);

    if (value.len > XATTR_MAX)
        value = fs_digest(d, value);
    decode_named_at(d, bytes_of(full), KEY_FILE_XATTR, value_bytes(value), s);
}

struct bytes fs_digest(struct decode *d, struct bytes b)
{
    struct digest digest = digest_sha256(b);

    return arena_copy(d->arena, (struct bytes){digest.bytes, sizeof(digest.bytes)});
}

void fs_tail(struct decode *d)
{
    size_t from = d->in.pos;
    struct bytes b = reader_take(&d->in, reader_left(&d->in));
    struct span s = reader_span(&d->in, from);
    size_t zeros_end = 0;
    size_t erased = b.len;

    while (zeros_end < b.len && b.data[zeros_end] == 0)
        zeros_end++;
    while (erased > zeros_end && b.data[erased - 1] == 0xff)
        erased--;
    if (erased < b.len)
        decode_value_at(d, KEY_PART_FILL, value_uint(0xff), (struct span){s.blob, s.offset, 0});
    decode_claimed_region(d, (struct span){s.blob, s.offset, zeros_end}, CLASS_PADDING);
    decode_claimed_region(d, (struct span){s.blob, s.offset + erased, b.len - erased},
                          CLASS_FREE_ERASED);
}
