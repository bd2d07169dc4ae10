/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AMI's store of variables: entries one behind the other, free space, and at the end a table of
 * GUIDs that grows downwards. A changed value is another entry, without a name, to which the
 * entry before it points; a store can stand in a variable of another (the defaults do).
 */
#include "decode/nvram.h"

enum {
    HEADER = 10,
    GUID = 16,
    NEXT_NONE = 0xffffff,
    RUNTIME = 0x01,
    ASCII_NAME = 0x02,
    OWN_GUID = 0x04,
    DATA_ONLY = 0x08,
    EXTENDED = 0x10,
    ERROR_RECORD = 0x20,
    VALID = 0x80,
    EXTENDED_CHECKSUM = 0x01,
    EXTENDED_AUTH = 0x10,
    EXTENDED_TIME = 0x20,
    EXTENDED_KNOWN = EXTENDED_CHECKSUM | EXTENDED_AUTH | EXTENDED_TIME,
    ATTRIBUTE_NON_VOLATILE = 0x01,
    ATTRIBUTE_BOOT = 0x02,
    ATTRIBUTE_RUNTIME = 0x04,
    ATTRIBUTE_ERROR = 0x08,
    ATTRIBUTE_AUTH = 0x10,
    ATTRIBUTE_TIME = 0x20,
    DIGEST = 32,
    STORE_MAX = 16 << 20
};

/* One entry; positions are of the store. */
struct entry {
    size_t at;
    size_t end;
    size_t data;     /* behind header, GUID and name */
    size_t extended; /* the extended header; `end` if there is none */
    uint32_t next;   /* from `at` to the entry with the newer value */
    uint32_t target; /* index of that entry; its own if there is none */
    uint32_t owner;  /* index of the entry that names this one's variable */
    uint32_t newest; /* index of the entry at the end of the chain that starts here */
    uint8_t flags;
    uint8_t extended_flags;
    uint8_t guid_index;
    struct bytes guid;
    struct bytes name; /* as it stands, with its NUL */
};

struct store {
    struct bytes all;
    struct entry *entries;
    size_t count;
    size_t cap;
    size_t end;   /* of the last entry */
    size_t guids; /* where the table of GUIDs starts */
};

/* Bytes of a text up to its NUL, with it; all there is where there is none. */
static size_t text_length(struct bytes b, unsigned width)
{
    size_t n = 0;

    while (n + width <= b.len) {
        bool end = b.data[n] == 0 && (width == 1 || b.data[n + 1] == 0);

        n += width;
        if (end)
            return n;
    }
    return b.len;
}

static void entry_name(struct entry *e, struct bytes body)
{
    size_t used = 0;

    if ((e->flags & DATA_ONLY) == 0) {
        used = (e->flags & OWN_GUID) != 0 ? GUID : 1;
        if (used > body.len)
            used = body.len;
        e->guid = bytes_slice(body, 0, (e->flags & OWN_GUID) != 0 ? used : 0);
        e->guid_index = used == 1 ? body.data[0] : 0;
        e->name = bytes_slice(body, used, body.len);
        e->name.len = text_length(e->name, (e->flags & ASCII_NAME) != 0 ? 1 : 2);
        used += e->name.len;
    }
    e->data = e->at + HEADER + used;
}

static void entry_extended(struct entry *e, struct bytes store)
{
    size_t room = e->end - e->data;

    e->extended = e->end;
    if ((e->flags & EXTENDED) == 0 || room < 3)
        return;
    size_t size = store.data[e->end - 2] | (size_t)store.data[e->end - 1] << 8;

    if (size < 3 || size > room)
        return;
    e->extended = e->end - size;
    e->extended_flags = store.data[e->extended];
}

static bool entry_at(struct bytes store, size_t at, struct entry *ret)
{
    struct reader r = reader_of(bytes_slice(store, at, store.len), 0, 0);

    if (!bytes_equal_text(reader_take(&r, 4), "NVAR"))
        return false;
    size_t size = reader_u16le(&r);
    uint32_t next = (uint32_t)reader_uint(&r, 3, false);
    uint8_t flags = reader_u8(&r);

    if (r.failed || size <= HEADER || size > store.len - at)
        return false;
    *ret = (struct entry){.at = at, .end = at + size, .next = next, .flags = flags};
    entry_name(ret, bytes_slice(store, at + HEADER, size - HEADER));
    entry_extended(ret, store);
    return true;
}

/* The index of the entry that starts at `at`, by bisection; `count` if there is none. */
static uint32_t entry_index(const struct store *s, size_t at)
{
    size_t low = 0;
    size_t high = s->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (s->entries[middle].at < at)
            low = middle + 1;
        else
            high = middle;
    }
    return (uint32_t)(low < s->count && s->entries[low].at == at ? low : s->count);
}

/* Follows every entry's pointer, which leads to a later one, so that no chain has a loop. */
static void link_entries(struct store *s)
{
    for (uint32_t i = 0; i < s->count; i++) {
        s->entries[i].target = i;
        s->entries[i].owner = i;
    }
    for (uint32_t i = 0; i < s->count; i++) {
        struct entry *e = &s->entries[i];

        if (e->next == NEXT_NONE || e->next == 0)
            continue;
        uint32_t target = entry_index(s, e->at + e->next);

        e->target = target;
        if (target < s->count && s->entries[target].owner == target &&
            (s->entries[target].flags & DATA_ONLY) != 0)
            s->entries[target].owner = e->owner;
    }
    for (uint32_t i = (uint32_t)s->count; i-- > 0;) {
        struct entry *e = &s->entries[i];
        bool on =
            e->target > i && e->target < s->count && (s->entries[e->target].flags & VALID) != 0;

        e->newest = on ? s->entries[e->target].newest : i;
    }
}

static void store_read(struct store *s, struct bytes all, struct arena *a)
{
    struct entry e;
    size_t guids = 0;

    s->all = all;
    while (entry_at(all, s->end, &e)) {
        arena_grow(a, &s->entries, s->count, &s->cap, sizeof(*s->entries));
        s->entries[s->count++] = e;
        s->end = e.end;
        if ((e.flags & (DATA_ONLY | OWN_GUID)) == 0 && guids < e.guid_index + 1U)
            guids = e.guid_index + 1U;
    }
    s->guids = guids * GUID <= all.len - s->end ? all.len - guids * GUID : all.len;
    link_entries(s);
}

static struct bytes entry_guid(const struct store *s, const struct entry *e)
{
    size_t back = (e->guid_index + 1U) * (size_t)GUID;

    if ((e->flags & OWN_GUID) != 0)
        return e->guid;
    return bytes_slice(s->all, s->all.len >= back ? s->all.len - back : s->all.len, GUID);
}

/* The name of an entry's variable, which the first of its chain states. */
static struct nvram_name variable_name(struct decode *d, const struct store *s,
                                       const struct entry *e)
{
    const struct entry *first = &s->entries[e->owner];
    enum fault_id fault = FAULT_COUNT;
    struct nvram_name n = {bytes_of("no-guid"), bytes_of("unnamed")};

    if ((first->flags & DATA_ONLY) != 0)
        return n;
    struct bytes guid = entry_guid(s, first);

    if ((first->flags & ASCII_NAME) != 0) {
        struct bytes text = first->name;

        while (text.len > 0 && text.data[text.len - 1] == 0)
            text.len--;
        n.name = text.len > 0 ? text : n.name;
    } else {
        n = nvram_name_of(d->arena, guid, first->name, &fault);
    }
    if (guid.len == GUID)
        n.guid = guid_text(d->arena, guid);
    return n;
}

/* The attributes of UEFI that the flags of an entry and of its extended header stand for. */
static uint64_t attributes(const struct entry *e)
{
    uint64_t value = ATTRIBUTE_NON_VOLATILE | ATTRIBUTE_BOOT;

    if ((e->flags & RUNTIME) != 0)
        value |= ATTRIBUTE_RUNTIME;
    if ((e->flags & ERROR_RECORD) != 0)
        value |= ATTRIBUTE_ERROR;
    if ((e->extended_flags & EXTENDED_AUTH) != 0)
        value |= ATTRIBUTE_AUTH;
    if ((e->extended_flags & EXTENDED_TIME) != 0)
        value |= ATTRIBUTE_TIME;
    return value;
}

/* Sum of the size, the flags and what follows the header: zero where a checksum is kept. */
static bool checksum_good(struct bytes entry)
{
    uint8_t sum = (uint8_t)(entry.data[4] + entry.data[5] + entry.data[HEADER - 1]);

    for (size_t i = HEADER; i < entry.len; i++)
        sum = (uint8_t)(sum + entry.data[i]);
    return sum == 0;
}

/* The extended header: flags, time, digest of the signer's key, checksum and its own size. */
static void extended(struct decode *d, const struct store *s, const struct entry *e)
{
    static const struct field head[] = {
        {KEY_NVRAM_NVAR_EXTENDED, F_U8, 0, 0}
    };
    static const struct field time[] = {
        {KEY_NVRAM_NVAR_TIME, F_U64LE, 0, 0}
    };
    static const struct field checksum[] = {
        {KEY_NVRAM_VARIABLE_CHECKSUM, F_U8, 0, 0}
    };
    static const struct field size[] = {
        {KEY_NONE, F_SKIP, 2, 0}
    };
    bool sum = (e->extended_flags & EXTENDED_CHECKSUM) != 0;
    size_t tail = sum ? 3 : 2;

    if (e->extended == e->end) {
        if ((e->flags & EXTENDED) != 0)
            decode_fault(d, FAULT_BAD_LENGTH, d->in.base + e->end - 2);
        return;
    }
    reader_seek(&d->in, e->extended);
    decode_enter(d, e->end - e->extended);
    (void)decode_fields(d, head, 1);
    if ((e->extended_flags & ~EXTENDED_KNOWN) != 0)
        decode_fault(d, FAULT_BAD_VALUE, d->in.base);
    if ((e->extended_flags & EXTENDED_TIME) != 0 && reader_left(&d->in) >= 8 + tail) {
        (void)decode_fields(d, time, 1);
        if ((e->flags & DATA_ONLY) == 0 && reader_left(&d->in) >= DIGEST + tail) {
            size_t from = d->in.pos;

            decode_bytes(d, KEY_NVRAM_NVAR_SIGNER, reader_take(&d->in, DIGEST), from);
        }
    }
    if (reader_left(&d->in) > tail) {
        size_t from = d->in.pos;

        decode_bytes(d, KEY_RESERVED, reader_take(&d->in, reader_left(&d->in) - tail), from);
    }
    if (sum && reader_left(&d->in) == tail) {
        (void)decode_fields(d, checksum, 1);
        if (!checksum_good(bytes_slice(s->all, e->at, e->end - e->at)))
            decode_fault(d, FAULT_BAD_CHECKSUM, reader_offset(&d->in) - 1);
    }
    (void)decode_fields(d, size, 1);
    decode_leave(d);
}

/* A variable whose data is a store again: the defaults, and groups. */
static bool is_store(struct bytes b)
{
    struct entry e;

    return entry_at(b, 0, &e);
}

static void value(struct decode *d, const struct store *s, const struct entry *e,
                  const struct nvram_name *n)
{
    struct bytes b = bytes_slice(s->all, e->data, e->extended - e->data);
    struct span span = {d->in.blob, d->in.base + e->data, b.len};

    reader_seek(&d->in, e->data);
    if (is_store(b)) {
        decode_child(d, ITEM_MAP, (struct bytes){NULL, 0}, span, "nvram-nvar");
        return;
    }
    decode_enter(d, b.len);
    nvram_value(d, n);
    decode_leave(d);
}

static void header(struct decode *d, const struct entry *e, bool current)
{
    static const struct field first[] = {
        {KEY_NONE,             F_SKIP,  6, 0},
        {KEY_NVRAM_NVAR_NEXT,  F_U24LE, 0, 0},
        {KEY_NVRAM_NVAR_FLAGS, F_U8,    0, 0},
    };
    static const struct field later[] = {
        {KEY_NONE,                  F_SKIP,  6, 0},
        {KEY_NVRAM_NVAR_NEXT,       F_U24LE, 0, 0},
        {KEY_NVRAM_NVAR_FLAGS_FREE, F_U8,    0, 0},
    };

    static const struct field index[] = {
        {KEY_NVRAM_NVAR_GUID_INDEX, F_U8, 0, 0}
    };

    reader_seek(&d->in, e->at);
    (void)decode_fields(d, current ? first : later, ARRAY_LEN(first));
    if (current && (e->flags & OWN_GUID) == 0)
        (void)decode_fields(d, index, 1);
}

static void variable(struct decode *d, const struct store *s, const struct entry *e)
{
    struct nvram_name n = variable_name(d, s, e);
    const struct entry *last = &s->entries[e->newest];
    struct reader whole = d->in;
    struct span flags = {d->in.blob, d->in.base + e->at + HEADER - 1, 1};

    d->in = reader_at(&whole, e->at, e->end - e->at);
    nvram_open(d, &n);
    d->in = whole;
    header(d, e, true);
    decode_value_at(d, KEY_EFI_ATTRIBUTES, value_uint(attributes(last)), flags);
    decode_claimed_region(d, (struct span){d->in.blob, d->in.base + e->at, e->data - e->at},
                          CLASS_STRUCTURE);
    if (e->target == s->count)
        decode_fault(d, FAULT_BAD_REFERENCE, d->in.base + e->at + 6);
    if (e->name.len == 0 || e->name.data[e->name.len - 1] != 0)
        decode_fault(d, FAULT_UNTERMINATED, d->in.base + e->data);
    if (entry_guid(s, e).len != GUID)
        decode_fault(d, FAULT_BAD_REFERENCE, d->in.base + e->at + HEADER);
    if (last != e)
        header(d, last, false);
    value(d, s, last, &n);
    extended(d, s, last);
    decode_close(d);
}

/* What no longer counts: a whole entry, or the value of one that is still needed for its name.
 */
static void obsolete(struct decode *d, const struct store *s, const struct entry *e)
{
    bool valid = (e->flags & VALID) != 0;
    bool named = valid && (e->flags & DATA_ONLY) == 0;
    struct nvram_name n = variable_name(d, s, e);
    size_t from = named ? e->data : e->at;

    if (e->end == from)
        return;
    reader_seek(&d->in, from);
    decode_enter(d, e->end - from);
    nvram_deleted(d, &n);
    decode_leave(d);
}

/* Whether the value in this entry is the one that counts for its variable. */
static bool counts(const struct store *s, const struct entry *e)
{
    const struct entry *first = &s->entries[e->owner];

    return (first->flags & VALID) != 0 && (first->flags & DATA_ONLY) == 0 &&
           &s->entries[first->newest] == e;
}

static void guid_table(struct decode *d, const struct store *s)
{
    reader_seek(&d->in, s->guids);
    decode_open(d, ITEM_BAG, "guids");
    while (reader_more(&d->in)) {
        size_t from = d->in.pos;

        decode_bytes(d, KEY_NVRAM_NVAR_GUID, guid_text(d->arena, reader_take(&d->in, GUID)),
                     from);
    }
    decode_close(d);
}

static void decode(struct decode *d)
{
    struct store s = {0};
    struct reader whole = d->in;

    store_read(&s, d->in.all, d->arena);
    decode_open(d, ITEM_MAP, "variables");
    if (s.count == 0 && !bytes_all(s.all, 0xff))
        decode_fault(d, FAULT_BAD_SIGNATURE, d->in.base);
    for (size_t i = 0; i < s.count; i++) {
        const struct entry *e = &s.entries[i];

        if ((e->flags & VALID) != 0 && (e->flags & DATA_ONLY) == 0)
            variable(d, &s, e);
    }
    d->in = reader_at(&whole, s.end, 0);
    decode_open(d, ITEM_BAG, "deleted");
    d->in = whole;
    for (size_t i = 0; i < s.count; i++) {
        if (!counts(&s, &s.entries[i]))
            obsolete(d, &s, &s.entries[i]);
    }
    decode_close(d);
    reader_seek(&d->in, s.end);
    decode_enter(d, s.guids - s.end);
    nvram_free_space(d);
    decode_leave(d);
    guid_table(d, &s);
    decode_close(d);
}

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    return is_store(b) ? 85 : 0;
}

const struct decoder decoder_nvram_nvar = {
    .name = "nvram-nvar",
    .title = "Store of UEFI variables (AMI)",
    .spec = "ami-nvar",
    .surface = "flash",
    .min = HEADER,
    .max = STORE_MAX,
    .probe = probe,
    .decode = decode,
};
