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

/* What an inode's fields are read into. */
enum slot {
    UNUSED,
    MODE,
    USER,
    GROUP,
    MODIFIED,
    START,
    SIZE,
    OFFSET,
    INDEX,
    FRAGMENT,
    XATTR,
    DEVICE,
    SLOTS,
};

struct layout {
    uint8_t type; /* of the inode */
    uint8_t width;
    uint8_t slot;
};

/* The fields behind the type that all inodes have; the last is the inode's number. */
static const struct layout common[] = {
    {0, 2, MODE    },
    {0, 2, USER    },
    {0, 2, GROUP   },
    {0, 4, MODIFIED},
    {0, 4, UNUSED  },
};

/* The fields of each type in order; counts of links, parents and the like are unused. */
static const struct layout layouts[] = {
    {1,  4, START   },
    {1,  4, UNUSED  },
    {1,  2, SIZE    },
    {1,  2, OFFSET  },
    {1,  4, UNUSED  },
    {2,  4, START   },
    {2,  4, FRAGMENT},
    {2,  4, OFFSET  },
    {2,  4, SIZE    },
    {3,  4, UNUSED  },
    {3,  4, SIZE    },
    {4,  4, UNUSED  },
    {4,  4, DEVICE  },
    {5,  4, UNUSED  },
    {5,  4, DEVICE  },
    {6,  4, UNUSED  },
    {7,  4, UNUSED  },
    {8,  4, UNUSED  },
    {8,  4, SIZE    },
    {8,  4, START   },
    {8,  4, UNUSED  },
    {8,  2, INDEX   },
    {8,  2, OFFSET  },
    {8,  4, XATTR   },
    {9,  8, START   },
    {9,  8, SIZE    },
    {9,  8, UNUSED  },
    {9,  4, UNUSED  },
    {9,  4, FRAGMENT},
    {9,  4, OFFSET  },
    {9,  4, XATTR   },
    {10, 4, UNUSED  },
    {10, 4, SIZE    },
    {11, 4, UNUSED  },
    {11, 4, DEVICE  },
    {11, 4, XATTR   },
    {12, 4, UNUSED  },
    {12, 4, DEVICE  },
    {12, 4, XATTR   },
    {13, 4, UNUSED  },
    {13, 4, XATTR   },
    {14, 4, UNUSED  },
    {14, 4, XATTR   },
};

static void fields_read(struct reader *r, const struct layout *rows, size_t count,
                        unsigned type, uint64_t *slots)
{
    for (size_t i = 0; i < count; i++) {
        if (rows[i].type == type)
            slots[rows[i].slot] = reader_uint(r, rows[i].width, false);
    }
}

/* The index of a folder: per entry two numbers and a name. */
static void folder_index(struct reader *r, uint64_t count)
{
    for (uint64_t n = 0; n < count && reader_more(r); n++) {
        (void)reader_u64le(r);
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

/* What follows the fields of an inode of this type. */
static void rest_read(const struct squashfs *q, struct reader *r, struct sq_inode *i,
                      const uint64_t *slots, bool is_long)
{
    uint64_t device = slots[DEVICE];

    i->base.major = (uint32_t)(device >> 8 & 0xfff);
    i->base.minor = (uint32_t)((device & 0xff) | (device >> 12 & 0xfff00));
    if (i->type == FOLDER)
        folder_index(r, slots[INDEX]);
    if (i->type == FILE_TYPE)
        file_blocks(q, r, i);
    if (i->type == LINK) {
        i->base.target = reader_take(r, (size_t)i->base.size);
        if (is_long)
            i->xattr = reader_u32le(r);
    }
}

static uint32_t id_at(struct squashfs *q, uint64_t index, struct reader *r)
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
    uint64_t slots[SLOTS] = {[FRAGMENT] = SQ_NONE, [XATTR] = SQ_NONE};

    reader_seek(&r, pos);
    unsigned type = reader_u16le(&r);
    bool is_long = type > INODE_LONG;
    struct sq_inode i = {.type = is_long ? type - INODE_LONG : type};

    if (type == 0 || i.type > INODE_LONG) {
        fs_fault(q->d, r.failed ? FAULT_TRUNCATED : FAULT_BAD_VALUE, q->inodes.blob, pos);
        return false;
    }
    fields_read(&r, common, ARRAY_LEN(common), 0, slots);
    fields_read(&r, layouts, ARRAY_LEN(layouts), type, slots);
    i.base.mode = (uint32_t)posix_types[i.type] << 12 | (uint32_t)(slots[MODE] & 07777);
    i.base.uid = id_at(q, slots[USER], &r);
    i.base.gid = id_at(q, slots[GROUP], &r);
    i.base.modified = slots[MODIFIED];
    i.base.has_modified = true;
    i.base.size = slots[SIZE];
    i.start = slots[START];
    i.offset = (uint32_t)slots[OFFSET];
    i.fragment = (uint32_t)slots[FRAGMENT];
    i.xattr = (uint32_t)slots[XATTR];
    rest_read(q, &r, &i, slots, is_long);
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
    c->good = c->good && fragment_read(q, i->fragment);
    if (!c->good)
        return;
    if (i->offset > q->fragment_held || n > q->fragment_held - i->offset) {
        fs_fault(q->d, FAULT_BAD_REFERENCE, q->inodes.blob, i->base.span.offset);
        c->good = false;
        return;
    }
    c->good = fs_spend(&q->fs, n, q->base);
    if (c->good)
        fs_content_more(c, (struct bytes){q->fragment_block + i->offset, n});
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
