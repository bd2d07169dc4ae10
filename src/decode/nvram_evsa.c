/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Phoenix's store of variables: entries of which one names a GUID, one a name, and one holds a
 * value and refers to both by number. The first entry is the store's own.
 */
#include <stdlib.h>

#include "decode/nvram.h"

enum {
    ENTRY_HEADER = 4, /* type, checksum, size */
    STORE_HEADER = 20,
    GUID_ENTRY = 22,
    NAME_HEADER = 6,
    DATA_HEADER = 12,
    DATA_SIZE_AT = 12,
    ATTRIBUTE_EXTENDED = 0x10000000,
    STORE_MAX = 16 << 20
};

enum entry_type {
    TYPE_INVALID = 0x83,
    TYPE_GUID_2 = 0xe1,
    TYPE_NAME_2 = 0xe2,
    TYPE_DATA_2 = 0xe3,
    TYPE_STORE = 0xec,
    TYPE_GUID = 0xed,
    TYPE_NAME = 0xee,
    TYPE_DATA = 0xef,
};

struct entry {
    uint8_t type;
    uint32_t guid_id; /* of a name entry: 0 */
    uint32_t name_id;
    size_t at;
    size_t end; /* of the entry and its data */
    struct bytes content;
};

/* What a number stands for. */
struct id_row {
    uint32_t id;
    size_t at;
    struct bytes content;
};

struct ids {
    struct id_row *rows;
    size_t count;
    size_t cap;
};

struct store {
    struct ids guids;
    struct ids names;
};

static bool is_guid(uint8_t type)
{
    return type == TYPE_GUID || type == TYPE_GUID_2;
}

static bool is_name(uint8_t type)
{
    return type == TYPE_NAME || type == TYPE_NAME_2;
}

static bool is_data(uint8_t type)
{
    return type == TYPE_DATA || type == TYPE_DATA_2 || type == TYPE_INVALID;
}

/* The entry at `at`, or false where none stands there. */
static bool entry_at(struct bytes b, size_t at, struct entry *ret)
{
    struct bytes rest = bytes_slice(b, at, SIZE_MAX);
    uint8_t type = (uint8_t)bytes_uint(rest, 0, 1, false);
    size_t size = (size_t)bytes_uint(rest, 2, 2, false);
    size_t least = is_guid(type) ? GUID_ENTRY : is_name(type) ? NAME_HEADER : DATA_HEADER;
    size_t header = least == GUID_ENTRY ? NAME_HEADER : least;

    if (!(is_guid(type) || is_name(type) || is_data(type)) || size < least || size > rest.len)
        return false;
    *ret = (struct entry){.type = type, .at = at};
    ret->name_id = (uint32_t)bytes_uint(rest, is_data(type) ? 6 : 4, 2, false);
    ret->guid_id = (uint32_t)bytes_uint(rest, 4, 2, false);
    if (is_data(type) && (bytes_u32le(rest, 8) & ATTRIBUTE_EXTENDED) != 0) {
        uint64_t data = bytes_u32le(rest, DATA_SIZE_AT);

        header = DATA_HEADER + 4;
        if (rest.len < header || data > rest.len - header)
            return false;
        size = header + (size_t)data;
    }
    ret->end = at + size;
    ret->content = bytes_slice(rest, header, size - header);
    return true;
}

static int id_order(const void *a, const void *b)
{
    const struct id_row *one = a;
    const struct id_row *two = b;

    if (one->id != two->id)
        return one->id < two->id ? -1 : 1;
    return one->at < two->at ? -1 : one->at > two->at;
}

static void id_add(struct decode *d, struct ids *ids, uint32_t id, const struct entry *e)
{
    arena_grow(d->arena, &ids->rows, ids->count, &ids->cap, sizeof(*ids->rows));
    ids->rows[ids->count++] = (struct id_row){id, e->at, e->content};
}

/* What the number stands for: the entry that stands last. Empty if there is none. */
static struct bytes id_content(const struct ids *ids, uint32_t id)
{
    size_t low = 0;
    size_t high = ids->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (ids->rows[middle].id <= id)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || ids->rows[low - 1].id != id)
        return (struct bytes){NULL, 0};
    return ids->rows[low - 1].content;
}

/* Type and checksum: the sum of the checksum and of all bytes behind it is zero. */
static void entry_head(struct decode *d, size_t covered)
{
    uint8_t sum = sum8(bytes_slice(d->in.all, 1, covered - 1));
    struct reader r = reader_at(&d->in, 1, 1);
    size_t from = d->in.pos;

    /* The size takes part in the sum after the checksum. */
    if (sum != 0) {
        decode_fault(d, FAULT_BAD_CHECKSUM, d->in.base + 1);
        decode_value_at(d, KEY_EVSA_CHECKSUM, value_uint(reader_u8(&r)),
                        (struct span){d->in.blob, d->in.base + 1, 1});
    }
    struct bytes head = reader_take(&d->in, ENTRY_HEADER);

    decode_claimed_region(d, reader_span(&d->in, from), CLASS_STRUCTURE);
    decode_value_at(d, KEY_EVSA_TYPE, value_uint(head.data[0]),
                    (struct span){d->in.blob, d->in.base + from, 1});
}

/* A GUID or a name, which fills `in`. */
static void id_entry(struct decode *d, const struct entry *e)
{
    static const struct field guid[] = {
        {KEY_EVSA_GUID_ID, F_U16LE, 0, 0}
    };
    static const struct field name[] = {
        {KEY_EVSA_NAME_ID, F_U16LE, 0, 0}
    };
    bool has_guid = is_guid(e->type);
    struct bytes text = has_guid ? guid_text(d->arena, bytes_slice(e->content, 0, 16))
                                 : (struct bytes){NULL, 0};

    if (has_guid)
        decode_open(d, ITEM_MAP, "guid:%.*s", (int)text.len, (const char *)text.data);
    else
        decode_open(d, ITEM_MAP, "name");
    entry_head(d, d->in.all.len);
    (void)decode_fields(d, has_guid ? guid : name, 1);
    size_t from = d->in.pos;
    struct bytes rest = reader_take(&d->in, reader_left(&d->in));

    if (!has_guid) {
        decode_bytes(d, KEY_EVSA_NAME, rest, from);
    } else {
        decode_claimed_region(d, reader_span(&d->in, from), CLASS_STRUCTURE);
        if (rest.len > 16)
            decode_bytes(d, KEY_RESERVED, bytes_slice(rest, 16, rest.len), from + 16);
    }
    decode_close(d);
}

static struct nvram_name name_of(struct decode *d, const struct store *s, const struct entry *e,
                                 enum fault_id *ret_fault)
{
    struct bytes guid = id_content(&s->guids, e->guid_id);
    struct bytes name = id_content(&s->names, e->name_id);

    if (guid.len < 16 || name.len == 0)
        *ret_fault = FAULT_BAD_REFERENCE;
    return nvram_name_of(d->arena, bytes_slice(guid, 0, 16), name, ret_fault);
}

static void variable(struct decode *d, const struct store *s, const struct entry *e)
{
    static const struct field head[] = {
        {KEY_EVSA_GUID_ID,   F_U16LE, 0, 0},
        {KEY_EVSA_NAME_ID,   F_U16LE, 0, 0},
        {KEY_EFI_ATTRIBUTES, F_U32LE, 0, 0},
    };
    static const struct field size[] = {
        {KEY_EVSA_DATA_SIZE, F_U32LE, 0, 0}
    };
    enum fault_id fault = FAULT_COUNT;
    struct nvram_name n = name_of(d, s, e, &fault);
    size_t stated = (size_t)bytes_uint(d->in.all, 2, 2, false);

    nvram_open(d, &n);
    if (fault != FAULT_COUNT)
        decode_fault(d, fault, d->in.base + ENTRY_HEADER);
    entry_head(d, stated);
    uint64_t attributes = decode_fields(d, head, ARRAY_LEN(head));

    if ((attributes & ATTRIBUTE_EXTENDED) != 0)
        (void)decode_fields(d, size, 1);
    nvram_value(d, &n);
    decode_close(d);
}

enum pass {
    PASS_IDS,
    PASS_VALUES,
    PASS_DELETED
};

static void pass(struct decode *d, const struct store *s, size_t at, enum pass p)
{
    struct bytes all = d->in.all;
    struct entry e;

    while (entry_at(all, at, &e)) {
        enum fault_id ignored;
        enum pass mine = !is_data(e.type)         ? PASS_IDS
                         : e.type == TYPE_INVALID ? PASS_DELETED
                                                  : PASS_VALUES;

        at = e.end;
        if (mine != p)
            continue;
        reader_seek(&d->in, e.at);
        decode_enter(d, e.end - e.at);
        if (p == PASS_IDS) {
            id_entry(d, &e);
        } else if (p == PASS_VALUES) {
            variable(d, s, &e);
        } else {
            struct nvram_name n = name_of(d, s, &e, &ignored);

            nvram_deleted(d, &n);
        }
        decode_leave(d);
    }
}

/* Reads what numbers stand for, and returns the end of the last entry. */
static size_t ids_read(struct decode *d, struct store *s, size_t at)
{
    struct entry e;

    while (entry_at(d->in.all, at, &e)) {
        if (is_guid(e.type))
            id_add(d, &s->guids, e.guid_id, &e);
        else if (is_name(e.type))
            id_add(d, &s->names, e.name_id, &e);
        at = e.end;
    }
    if (s->guids.count > 0)
        qsort(s->guids.rows, s->guids.count, sizeof(*s->guids.rows), id_order);
    if (s->names.count > 0)
        qsort(s->names.rows, s->names.count, sizeof(*s->names.rows), id_order);
    return at;
}

static void store_entries(struct decode *d)
{
    static const char *const bags[] = {"numbers", "variables", "deleted"};
    struct store s = {
        {NULL, 0, 0},
        {NULL, 0, 0}
    };
    size_t start = d->in.pos;
    size_t end = ids_read(d, &s, start);

    for (int p = PASS_IDS; p <= PASS_DELETED; p++) {
        struct reader whole = d->in;

        /* The bags have no bytes of their own. */
        d->in = reader_at(&whole, start, 0);
        decode_open(d, p == PASS_VALUES ? ITEM_MAP : ITEM_BAG, "%s", bags[p]);
        d->in = whole;
        pass(d, &s, start, (enum pass)p);
        decode_close(d);
    }
    reader_seek(&d->in, end);
    nvram_free_space(d);
}

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    if (bytes_uint(b, 0, 1, false) != TYPE_STORE ||
        !bytes_starts_with(bytes_slice(b, 4, 4), "EVSA"))
        return 0;
    return bytes_u32le(b, 12) == b.len ? 92 : 70;
}

static void decode(struct decode *d)
{
    static const struct field head[] = {
        {KEY_NVRAM_STORE_TYPE, F_TEXT,     4, 0},
        {KEY_EVSA_ATTRIBUTES,  F_U32LE,    0, 0},
        {KEY_NVRAM_STORE_SIZE, F_U32LE,    0, 0},
        {KEY_NONE,             F_RESERVED, 4, 0},
    };
    size_t size = bytes_u32le(d->in.all, 12);
    bool fits = size >= STORE_HEADER && size <= d->in.all.len;
    size_t header = (size_t)bytes_uint(d->in.all, 2, 2, false);

    decode_enter(d, fits ? size : d->in.all.len);
    decode_open(d, ITEM_MAP, "evsa");
    if (probe(d->in.all, (struct bytes){NULL, 0}) == 0)
        decode_fault(d, FAULT_BAD_SIGNATURE, d->in.base);
    if (!fits)
        decode_fault(d, size < STORE_HEADER ? FAULT_BAD_LENGTH : FAULT_TRUNCATED,
                     d->in.base + d->in.all.len);
    if (header != STORE_HEADER)
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base + 2);
    entry_head(d, STORE_HEADER);
    (void)decode_fields(d, head, ARRAY_LEN(head));
    if (!d->in.failed)
        store_entries(d);
    decode_close(d);
    decode_leave(d);
    if (reader_more(&d->in))
        decode_fault(d, FAULT_TRAILING, reader_offset(&d->in));
}

const struct decoder decoder_nvram_evsa = {
    .name = "nvram-evsa",
    .title = "Store of UEFI variables (Phoenix)",
    .spec = "nvram-vendors",
    .surface = "flash",
    .min = STORE_HEADER,
    .max = STORE_MAX,
    .probe = probe,
    .decode = decode,
};
