/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A flattened device tree (Devicetree Specification 0.4, chapter 5), also as a FIT image of
 * U-Boot. Nodes are containers, properties claims under their own names.
 */
#include "decode/fdt.h"

#include <string.h>

#include "decode/bmc_part.h"
#include "decode/engine_private.h"

enum {
    HEADER_SIZE = 40,
    ALIGNMENT = 4,
    DEPTH_MAX = 32,
    VALUE_MAX = 64, /* longer values of a property are claimed as their digest */
    TEXT_MAX = 4096,
    LONGEST_NAME = 255,
    NODE_BEGINS = 1,
    NODE_ENDS = 2,
    PROPERTY = 3,
    NOTHING = 4,
    END = 9,
};

static const uint8_t magic[4] = {0xd0, 0x0d, 0xfe, 0xed};

static const struct field header[] = {
    {KEY_NONE,                    F_SKIP,  4, 0},
    {KEY_FDT_SIZE,                F_U32BE, 0, 0},
    {KEY_FDT_STRUCTURE_OFFSET,    F_U32BE, 0, 0},
    {KEY_FDT_STRINGS_OFFSET,      F_U32BE, 0, 0},
    {KEY_FDT_RESERVATIONS_OFFSET, F_U32BE, 0, 0},
    {KEY_FDT_VERSION,             F_U32BE, 0, 0},
    {KEY_FDT_COMPATIBLE,          F_U32BE, 0, 0},
    {KEY_FDT_CPU,                 F_U32BE, 0, 0},
    {KEY_FDT_STRINGS_SIZE,        F_U32BE, 0, 0},
    {KEY_FDT_STRUCTURE_SIZE,      F_U32BE, 0, 0},
};

struct fdt {
    struct decode *d;
    struct fit fit;
    struct reader r; /* the structure block */
    struct reader strings;
    uint8_t *named; /* of each byte of the strings block: a name that begins here was marked */
    unsigned depth; /* of the node that is open, plus 1 */
    size_t properties;
};

static bool has_magic(struct bytes b)
{
    return b.len >= sizeof(magic) && memcmp(b.data, magic, sizeof(magic)) == 0;
}

static unsigned probe(struct bytes b, struct bytes label)
{
    struct reader r = reader_of(b, 0, 0);

    (void)label;
    reader_seek(&r, 20);
    uint32_t version = reader_u32be(&r);

    return has_magic(b) && version >= 16 && version < 64 ? 96 : 0;
}

/* A block of the tree, if it lies inside; else a fault and no bytes. */
static struct reader block(struct decode *d, uint64_t at, uint64_t size, uint64_t total)
{
    if (at > total || size > total - at || at < HEADER_SIZE) {
        decode_fault(d, FAULT_BAD_REFERENCE, d->in.base + at);
        return reader_of((struct bytes){d->in.all.data, 0}, d->in.blob, d->in.base);
    }
    return reader_of(bytes_slice(d->in.all, (size_t)at, (size_t)size), d->in.blob,
                     d->in.base + at);
}

/* Skips to the next word: padding, or told when it is not zero. */
static void align(struct fdt *t)
{
    size_t from = t->r.pos;
    size_t over = from % ALIGNMENT;
    struct bytes b = reader_take(&t->r, over == 0 ? 0 : ALIGNMENT - over);

    if (!bytes_all(b, 0))
        decode_value_at(t->d, KEY_RESERVED, value_bytes(b), reader_span(&t->r, from));
    else
        decode_claimed_region(t->d, reader_span(&t->r, from), CLASS_PADDING);
}

static struct bytes text_take(struct reader *r)
{
    struct bytes rest = bytes_slice(r->all, r->pos, r->all.len);
    const uint8_t *end = rest.len > 0 ? memchr(rest.data, 0, rest.len) : NULL;
    struct bytes b =
        reader_take(r, end != NULL ? (size_t)(end - rest.data) : reader_left(r) + 1);

    (void)reader_take(r, 1);
    return b;
}

/*
 * The name that a property refers to; its bytes are structure. Any number of properties may
 * refer to one long text, so that no name may be longer than names are.
 */
static struct bytes property_name(struct fdt *t, uint32_t offset)
{
    struct bytes rest = bytes_slice(t->strings.all, offset, LONGEST_NAME + 1);
    struct reader r = reader_of(rest, t->strings.blob, t->strings.base + offset);
    struct bytes name = text_take(&r);

    if (r.failed || name.len == 0) {
        decode_fault(t->d, FAULT_BAD_REFERENCE, reader_offset(&t->r) - 4);
        return (struct bytes){NULL, 0};
    }
    if (t->named[offset] == 0)
        decode_claimed_region(t->d, reader_span(&r, 0), CLASS_STRUCTURE);
    t->named[offset] = 1;
    return name;
}

/* Whether a value is a list of printable strings, each ended by NUL and none empty. */
static bool is_text(struct bytes b)
{
    size_t run = 0;

    if (b.len < 2 || b.len > TEXT_MAX || b.data[b.len - 1] != 0)
        return false;
    for (size_t i = 0; i < b.len; i++) {
        bool nul = b.data[i] == 0;

        if (nul ? run == 0 : (b.data[i] < 0x20 || b.data[i] > 0x7e) && b.data[i] != '\n')
            return false;
        run = nul ? 0 : run + 1;
    }
    return true;
}

static void property_claim(struct decode *d, const struct fdt_property *p, struct span s)
{
    struct bytes b = p->value;
    struct reader r = reader_of(b, 0, 0);

    if (b.len == 0) {
        decode_named_at(d, p->name, KEY_FDT_PRESENT, value_bool(true), s);
    } else if (is_text(b)) {
        decode_named_at(d, p->name, KEY_FDT_TEXT, value_text(bytes_slice(b, 0, b.len - 1)), s);
    } else if (b.len == 4) {
        decode_named_at(d, p->name, KEY_FDT_CELL, value_uint(reader_u32be(&r)), s);
    } else if (b.len <= VALUE_MAX) {
        decode_named_at(d, p->name, KEY_FDT_BYTES, value_bytes(b), s);
    } else {
        struct digest digest = digest_sha256(b);
        struct bytes kept =
            arena_copy(d->arena, (struct bytes){digest.bytes, sizeof(digest.bytes)});

        decode_named_at(d, p->name, KEY_FDT_DIGEST, value_bytes(kept), s);
    }
}

static void property(struct fdt *t, size_t from)
{
    struct decode *d = t->d;
    uint32_t size = reader_u32be(&t->r);
    uint32_t offset = reader_u32be(&t->r);

    if (t->r.failed || t->depth == 0) {
        decode_fault(d, FAULT_BAD_ORDER, t->r.base + from);
        return;
    }
    struct fdt_property p = {.name = property_name(t, offset)};
    size_t at = t->r.pos;

    p.value = reader_take(&t->r, size);
    p.span = reader_span(&t->r, at);
    if (t->r.failed)
        return;
    if (p.name.len == 0) {
        align(t);
        return;
    }
    struct span all = reader_span(&t->r, from);

    if (fit_property(&t->fit, &p, t->depth - 1))
        all.length -= p.value.len;
    else
        property_claim(d, &p, all);
    decode_claimed_region(d, all, CLASS_STRUCTURE);
    align(t);
}

/* A token that states no more than that it is there. */
static void token_mark(struct fdt *t, size_t from)
{
    if (!t->r.failed)
        decode_claimed_region(t->d, reader_span(&t->r, from), CLASS_STRUCTURE);
}

static void node(struct fdt *t, size_t from)
{
    struct decode *d = t->d;
    struct bytes name = text_take(&t->r);

    if (t->r.failed)
        return;
    struct span told = reader_span(&t->r, from);

    /* What is cut off a name is left to what nothing explains, where it is digested. */
    if (name.len > LONGEST_NAME) {
        decode_fault(d, FAULT_LIMIT, t->r.base + from);
        told.length -= name.len - LONGEST_NAME + 1; /* and its end */
        name.len = LONGEST_NAME;
    }
    if (t->depth > 0) {
        decode_open_bytes(d, ITEM_MAP, name.len > 0 ? name : bytes_of("-"));
        d->out->items[d->item].span = reader_span(&t->r, from);
        if (name.len == 0)
            decode_fault(d, FAULT_BAD_VALUE, t->r.base + from);
    } else if (name.len > 0) {
        decode_fault(d, FAULT_BAD_VALUE, t->r.base + from);
    }
    fit_node(&t->fit, name, t->depth);
    t->depth++;
    align(t);
    decode_claimed_region(d, told, CLASS_STRUCTURE);
}

static void node_end(struct fdt *t, size_t from)
{
    token_mark(t, from);
    t->depth--;
    fit_node_end(&t->fit, t->depth);
    if (t->depth > 0)
        decode_close(t->d);
}

/* One token of the structure block; false at the end, or where one cannot go on. */
static bool token(struct fdt *t, bool *rooted)
{
    struct decode *d = t->d;
    size_t from = t->r.pos;
    uint32_t word = reader_u32be(&t->r);

    if (t->r.failed)
        return false;
    if (word == NODE_BEGINS && t->depth < DEPTH_MAX && (t->depth > 0 || !*rooted)) {
        *rooted = true;
        node(t, from);
    } else if (word == NODE_ENDS && t->depth > 0) {
        node_end(t, from);
    } else if (word == PROPERTY) {
        property(t, from);
    } else if (word == END && t->depth == 0 && *rooted) {
        token_mark(t, from);
        return false;
    } else if (word == NODE_BEGINS && t->depth >= DEPTH_MAX) {
        decode_fault(d, FAULT_LIMIT, t->r.base + from);
        return false;
    } else if (word != NOTHING) {
        decode_fault(d, FAULT_BAD_VALUE, t->r.base + from);
        return false;
    } else {
        token_mark(t, from);
    }
    return !t->r.failed;
}

static void structure(struct fdt *t)
{
    struct decode *d = t->d;
    uint32_t own = d->item;
    bool rooted = false;

    while (token(t, &rooted) && !engine_crowded(d))
        ;
    if (engine_crowded(d))
        engine_crowd_tell(d);
    else if (t->r.failed)
        decode_fault(d, FAULT_TRUNCATED, t->r.fail_offset);
    else if (reader_more(&t->r))
        decode_fault(d, FAULT_TRAILING, reader_offset(&t->r));
    d->item = own;
}

/* Pairs of address and size, ended by a pair of zeros. Returns where they end. */
static uint64_t reservations(struct decode *d, uint64_t at, uint64_t total)
{
    static const struct field row[] = {
        {KEY_FDT_RESERVED_ADDRESS, F_U64BE, 0, 0},
        {KEY_FDT_RESERVED_SIZE,    F_U64BE, 0, 0},
    };
    struct reader end = d->in;

    if (at < HEADER_SIZE || at > total) {
        decode_fault(d, FAULT_BAD_REFERENCE, d->in.base + at);
        return at;
    }
    reader_seek(&d->in, (size_t)at);
    decode_open(d, ITEM_BAG, "reserved-memory");
    for (;;) {
        struct reader peek = d->in;
        struct bytes pair = reader_take(&peek, 16);

        if (peek.failed || bytes_all(pair, 0))
            break;
        decode_open(d, ITEM_MAP, "memory");
        (void)decode_fields(d, row, ARRAY_LEN(row));
        decode_close(d);
    }
    size_t from = d->in.pos;
    bool ended = reader_take(&d->in, 16).len == 16;

    if (ended)
        decode_claimed_region(d, reader_span(&d->in, from), CLASS_STRUCTURE);
    else
        decode_fault(d, FAULT_UNTERMINATED, d->in.base + from);
    decode_close(d);
    at = d->in.pos;
    d->in = end;
    return at;
}

struct part {
    uint64_t at;
    uint64_t end;
};

/* What lies between the parts, whatever their order. */
static void gaps(struct decode *d, struct part *parts, size_t count, uint64_t total)
{
    uint64_t at = 0;

    while (at < total) {
        uint64_t next = total;
        uint64_t end = at;

        for (size_t i = 0; i < count; i++) {
            if (parts[i].at <= at && parts[i].end > end)
                end = parts[i].end;
            else if (parts[i].at > at && parts[i].at < next)
                next = parts[i].at;
        }
        if (end == at) {
            bmc_gap(d, bmc_span(d, at, next - at));
            end = next;
        }
        at = end;
    }
}

/* Bytes of the strings block that no property refers to stay unknown, but for the last NULs. */
static void tree(struct decode *d, uint64_t total)
{
    uint64_t structure_at = decode_value(d, KEY_FDT_STRUCTURE_OFFSET);
    uint64_t strings_at = decode_value(d, KEY_FDT_STRINGS_OFFSET);
    uint64_t reserved_at = decode_value(d, KEY_FDT_RESERVATIONS_OFFSET);
    struct fdt t = {.d = d, .fit = {.d = d}};

    t.r = block(d, structure_at, decode_value(d, KEY_FDT_STRUCTURE_SIZE), total);
    t.strings = block(d, strings_at, decode_value(d, KEY_FDT_STRINGS_SIZE), total);
    t.named = arena_alloc(d->arena, t.strings.all.len + 1);
    uint64_t reserved_end = reservations(d, reserved_at, total);
    struct part parts[4];

    parts[0] = (struct part){0, HEADER_SIZE};
    parts[1] = (struct part){structure_at, structure_at + t.r.all.len};
    parts[2] = (struct part){strings_at, strings_at + t.strings.all.len};
    parts[3] = (struct part){reserved_at, reserved_end};
    structure(&t);
    gaps(d, parts, ARRAY_LEN(parts), total);
    uint64_t end = fit_finish(&t.fit, total);

    bmc_gap(d, bmc_span(d, end, d->in.all.len - end));
}

static void decode(struct decode *d)
{
    decode_open(d, ITEM_MAP, "fdt");
    bmc_signature(d, (struct bytes){magic, sizeof(magic)});
    (void)decode_fields(d, header, ARRAY_LEN(header));
    uint64_t total = decode_value(d, KEY_FDT_SIZE);
    uint64_t version = decode_value(d, KEY_FDT_VERSION);

    if (version < 17 || decode_value(d, KEY_FDT_COMPATIBLE) > 17)
        decode_fault(d, FAULT_BAD_VERSION, d->in.base + 20);
    if (total < HEADER_SIZE || total > d->in.all.len) {
        decode_fault(d, total < HEADER_SIZE ? FAULT_BAD_LENGTH : FAULT_TRUNCATED,
                     d->in.base + 4);
        total = d->in.all.len;
    }
    tree(d, total);
    decode_close(d);
}

const struct decoder decoder_fdt = {
    .name = "fdt",
    .title = "Flattened device tree or FIT image",
    .spec = "devicetree-0.4",
    .surface = "bmc-flash",
    .min = HEADER_SIZE,
    .max = 512 << 20,
    .probe = probe,
    .decode = decode,
};
