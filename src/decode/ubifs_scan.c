/* SPDX-License-Identifier: Apache-2.0 */
/* The nodes of UBIFS and what stands between them. */
#include "decode/ubifs.h"

enum {
    ALIGNMENT = 8,
    PADDING_BYTE = 0xce,
    PADDING_HEADER = 28,
};

static const uint32_t magic = 0x06101831;

uint64_t uf_number(const struct ubifs *u, size_t at, unsigned width)
{
    return bytes_uint(u->all, at, width, false);
}

void uf_fault(const struct ubifs *u, enum fault_id id, size_t at)
{
    fs_fault(u->d, id, u->blob, u->base + at);
}

struct span uf_span(const struct ubifs *u, size_t at, size_t length)
{
    return (struct span){u->blob, u->base + at, length};
}

static bool magic_at(struct bytes b, size_t at)
{
    return b.len >= UF_HEADER && at <= b.len - UF_HEADER && bytes_u32le(b, at) == magic;
}

bool uf_node_at(struct bytes b, size_t at)
{
    if (!magic_at(b, at))
        return false;
    size_t length = bytes_u32le(b, at + 16);

    return length >= UF_HEADER && length <= b.len - at &&
           ~codec_crc32(0, bytes_slice(b, at + 8, length - 8)) == bytes_u32le(b, at + 4);
}

/* Bytes between nodes of an eraseblock: erased, padding or unknown, perhaps erased at the end.
 */
static void gap(const struct ubifs *u, size_t from, size_t end)
{
    struct bytes b = bytes_slice(u->all, from, end - from);
    size_t written = b.len;

    while (written > 0 && b.data[written - 1] == 0xff)
        written--;
    struct bytes rest = bytes_slice(b, 0, written);

    decode_claimed_region(u->d, uf_span(u, from + written, b.len - written), CLASS_FREE_ERASED);
    if (bytes_all(rest, 0) || bytes_all(rest, PADDING_BYTE))
        decode_claimed_region(u->d, uf_span(u, from, written), CLASS_PADDING);
}

/* How many bytes a node takes, with what fills up behind it. */
static size_t node_extent(const struct ubifs *u, const struct uf_node *n, size_t left)
{
    size_t length = n->length;

    if (n->type == UF_TYPE_PADDING && length >= PADDING_HEADER) {
        size_t more = (size_t)uf_number(u, n->at + UF_HEADER, 4);

        if (more <= left - length) {
            gap(u, n->at + length, n->at + length + more);
            return length + more;
        }
        uf_fault(u, FAULT_BAD_LENGTH, n->at + UF_HEADER);
    }
    size_t over = length % ALIGNMENT;
    size_t aligned = over != 0 ? length + ALIGNMENT - over : length;

    aligned = aligned <= left ? aligned : left;
    gap(u, n->at + length, n->at + aligned);
    return aligned;
}

/* The nodes of the eraseblock from `from` to `end`. */
static void scan_block(struct ubifs *u, size_t from, size_t end)
{
    struct bytes b = bytes_slice(u->all, 0, end);
    size_t at = from;

    while (at < end) {
        if (!uf_node_at(b, at)) {
            if (magic_at(b, at))
                uf_fault(u, FAULT_BAD_CHECKSUM, at + 4);
            at += ALIGNMENT;
            continue;
        }
        struct uf_node n = {
            .at = at,
            .length = (size_t)uf_number(u, at + 16, 4),
            .sequence = uf_number(u, at + 8, 8),
            .type = (uint8_t)uf_number(u, at + 20, 1),
        };

        gap(u, from, at);
        arena_grow(u->d->arena, &u->nodes.rows, u->nodes.count, &u->nodes.cap, sizeof(n));
        u->nodes.rows[u->nodes.count++] = n;
        at += node_extent(u, &n, end - at);
        from = at;
    }
    if (from < end)
        gap(u, from, end);
}

/* How far an eraseblock is written, which is from its beginning and in whole units. */
static size_t written_of(const struct ubifs *u, struct bytes b)
{
    size_t unit = (size_t)decode_value(u->d, KEY_UBIFS_MIN_IO);
    size_t at = 0;

    unit = unit >= ALIGNMENT && unit <= b.len ? unit : b.len;
    while (at < b.len && !bytes_all(bytes_slice(b, at, unit), 0xff))
        at += unit;
    return at < b.len ? at : b.len;
}

/*
 * The eraseblocks with the properties of eraseblocks: packed bits, stated by a digest, which
 * the kernel writes anew with every commit. What is not written must be erased.
 */
static void properties(struct ubifs *u, size_t from, size_t end)
{
    struct text written;

    text_init(&written, u->d->arena, end - from);
    for (size_t at = from; at < end; at += u->block_size) {
        size_t left = end - at < u->block_size ? end - at : u->block_size;
        size_t length = written_of(u, bytes_slice(u->all, at, left));

        text_add(&written, bytes_slice(u->all, at, length));
        decode_claimed_region(u->d, uf_span(u, at, length), CLASS_STRUCTURE);
        gap(u, at + length, at + left);
    }
    decode_value_at(u->d, KEY_UBIFS_PROPERTIES,
                    value_bytes(fs_digest(u->d, text_bytes(&written))), uf_span(u, from, 0));
}

void uf_scan(struct ubifs *u)
{
    struct decode *d = u->d;
    uint64_t first = UF_LOG_FIRST + decode_value(d, KEY_UBIFS_LOG_BLOCKS);
    uint64_t end = first + decode_value(d, KEY_UBIFS_PROPERTY_BLOCKS);
    size_t blocks = (u->all.len + u->block_size - 1) / u->block_size;

    if (end > blocks) {
        uf_fault(u, FAULT_TRUNCATED, u->all.len);
        end = blocks;
        first = first < end ? first : end;
    }
    for (size_t i = 0; i < blocks; i++) {
        size_t from = i * u->block_size;
        size_t to = u->all.len - from > u->block_size ? from + u->block_size : u->all.len;

        if (i < first || i >= end)
            scan_block(u, from, to);
    }
    if (end > first)
        properties(u, (size_t)first * u->block_size,
                   end < blocks ? (size_t)end * u->block_size : u->all.len);
}
