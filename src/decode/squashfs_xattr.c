/* SPDX-License-Identifier: Apache-2.0 */
/* Extended attributes of squashfs. */
#include "decode/squashfs.h"

enum {
    HEADER = 16,
    ENTRY = 16,
    ELSEWHERE = 0x100, /* the value is a reference to where it stands */
    COUNT_MAX = 1000,
};

void sq_xattrs_read(struct squashfs *q, uint64_t table)
{
    if (table == UINT64_MAX)
        return;
    if (table > q->all.len || q->all.len - table < HEADER) {
        fs_fault(q->d, FAULT_BAD_REFERENCE, q->blob, q->base + table);
        return;
    }
    struct reader r = reader_of(q->all, q->blob, q->base);

    reader_seek(&r, (size_t)table);
    uint64_t from = reader_u64le(&r);
    size_t count = reader_u32le(&r);
    uint64_t end = sq_lookup_first(q, table + HEADER, count);

    decode_claimed_region(q->d, (struct span){q->blob, q->base + table, HEADER},
                          CLASS_STRUCTURE);
    q->xattr_index = sq_lookup_read(q, table + HEADER, count, ENTRY);
    if (from <= end && end <= q->all.len)
        sq_table_read(q, &q->xattrs, from, end);
    else if (count > 0)
        fs_fault(q->d, FAULT_BAD_REFERENCE, q->blob, q->base + table);
}

/* The value that begins at the reader's position: its length, then its bytes. */
static struct bytes value_take(struct reader *r)
{
    return reader_take(r, reader_u32le(r));
}

static struct bytes value_elsewhere(const struct squashfs *q, struct reader *r)
{
    struct bytes reference = value_take(r);
    struct reader inner = reader_of(reference, 0, 0);
    uint64_t word = reader_u64le(&inner);
    size_t pos = 0;

    if (inner.failed || !sq_table_find(&q->xattrs, word >> 16, word & 0xffff, &pos)) {
        r->failed = true;
        return (struct bytes){NULL, 0};
    }
    struct reader there = reader_of(q->xattrs.bytes, q->xattrs.blob, 0);

    reader_seek(&there, pos);
    struct bytes value = value_take(&there);

    if (there.failed)
        r->failed = true;
    return value;
}

static void one_claim(struct squashfs *q, struct reader *r)
{
    static const char *const spaces[] = {"user", "trusted", "security"};
    struct decode *d = q->d;
    size_t from = r->pos;
    unsigned type = reader_u16le(r);
    struct bytes name = reader_take(r, reader_u16le(r));
    struct bytes value = (type & ELSEWHERE) != 0 ? value_elsewhere(q, r) : value_take(r);
    unsigned space = type & SQ_XATTR_TYPES;

    if (r->failed)
        return;
    if (space >= ARRAY_LEN(spaces)) {
        fs_fault(d, FAULT_BAD_VALUE, r->blob, from);
        return;
    }
    fs_xattr(&q->fs, spaces[space], name, value, reader_span(r, from));
}

void sq_xattr_claims(struct squashfs *q, const struct sq_inode *inode)
{
    struct reader index = reader_of(q->xattr_index, 0, 0);
    size_t pos = 0;

    if (inode->xattr == SQ_NONE)
        return;
    if (inode->xattr < q->xattr_index.len / ENTRY)
        reader_seek(&index, (size_t)inode->xattr * ENTRY);
    else
        index.failed = true;
    uint64_t reference = reader_u64le(&index);
    size_t count = reader_u32le(&index);
    struct reader r = reader_of(q->xattrs.bytes, q->xattrs.blob, 0);

    if (index.failed || count > COUNT_MAX ||
        !sq_table_find(&q->xattrs, reference >> 16, reference & 0xffff, &pos)) {
        fs_fault(q->d, FAULT_BAD_REFERENCE, q->inodes.blob, inode->base.span.offset);
        return;
    }
    reader_seek(&r, pos);
    for (size_t i = 0; i < count && !r.failed; i++)
        one_claim(q, &r);
    if (r.failed)
        fs_fault(q->d, FAULT_TRUNCATED, q->xattrs.blob, r.fail_offset);
}
