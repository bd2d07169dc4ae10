/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A store of variables as the open reference firmware (EDK II) and its forerunners lay it out:
 * a header, then records one behind the other up to free space. A record is never changed in
 * place: its state goes from added to deleted bit by bit, and the new value is another record.
 */
#include "decode/nvram.h"

enum {
    START_ID = 0x55aa,
    GUID_HEADER = 28,
    WORD_HEADER = 16,
    STATE_ADDED = 0x3f,
    STATE_REPLACED = 0x3e, /* added, and a new value is about to be written */
    ATTRIBUTES_MAX = 0xff,
    FORMATTED = 0x5a,
    HEALTHY = 0xfe,
    LOOK_AHEAD = 4096, /* records among which a newer value of one is looked for */
    STORE_MAX = 16 << 20
};

/* Where a record's header keeps what is needed to walk. */
struct layout {
    const char *name;
    unsigned header;
    unsigned sizes; /* name size and data size; of the old layout, the size of everything */
    unsigned guid;
    unsigned alignment;
    bool total; /* one size of everything, and a name up to its NUL */
    const struct field *rows;
    size_t row_count;
};

static const struct field normal_rows[] = {
    {KEY_NONE,                 F_SKIP,     2,  0},
    {KEY_NVRAM_VARIABLE_STATE, F_U8,       0,  0},
    {KEY_NONE,                 F_RESERVED, 1,  0},
    {KEY_EFI_ATTRIBUTES,       F_U32LE,    0,  0},
    {KEY_NONE,                 F_SKIP,     24, 0},
};

static const struct field checked_rows[] = {
    {KEY_NONE,                    F_SKIP,     2,  0},
    {KEY_NVRAM_VARIABLE_STATE,    F_U8,       0,  0},
    {KEY_NONE,                    F_RESERVED, 1,  0},
    {KEY_EFI_ATTRIBUTES,          F_U32LE,    0,  0},
    {KEY_NONE,                    F_SKIP,     24, 0},
    {KEY_NVRAM_VARIABLE_CHECKSUM, F_U32LE,    0,  0},
};

static const struct field old_rows[] = {
    {KEY_NONE,                 F_SKIP,     2,  0},
    {KEY_NVRAM_VARIABLE_STATE, F_U8,       0,  0},
    {KEY_NONE,                 F_RESERVED, 1,  0},
    {KEY_EFI_ATTRIBUTES,       F_U32LE,    0,  0},
    {KEY_NONE,                 F_SKIP,     20, 0},
};

/* As far as the monotonic count, which has code of its own with what follows it. */
static const struct field authenticated_rows[] = {
    {KEY_NONE,                 F_SKIP,     2, 0},
    {KEY_NVRAM_VARIABLE_STATE, F_U8,       0, 0},
    {KEY_NONE,                 F_RESERVED, 1, 0},
    {KEY_EFI_ATTRIBUTES,       F_U32LE,    0, 0},
};

static const struct layout layouts[] = {
    {"authenticated", 60, 36, 44, 4, false, authenticated_rows, ARRAY_LEN(authenticated_rows)},
    {"normal",        32, 8,  16, 4, false, normal_rows,        ARRAY_LEN(normal_rows)       },
    {"authenticated", 60, 36, 44, 1, false, authenticated_rows, ARRAY_LEN(authenticated_rows)},
    {"normal",        32, 8,  16, 1, false, normal_rows,        ARRAY_LEN(normal_rows)       },
    {"checksum",      36, 8,  16, 1, false, checked_rows,       ARRAY_LEN(checked_rows)      },
    {"total-size",    28, 8,  12, 1, true,  old_rows,           ARRAY_LEN(old_rows)          },
};

struct store_kind {
    uint8_t mark[16]; /* a GUID, or a signature of four letters */
    bool guid;
    const struct layout *layout; /* NULL: whichever fits the records */
};

static const struct store_kind kinds[] = {
  /* aaf32c78-947b-439a-a180-2e144ec37792, ddcf3616- and ddcf3617-3275-4164-98b6-fe85707ffe7d
  */
    {{0x78, 0x2c, 0xf3, 0xaa, 0x7b, 0x94, 0x9a, 0x43, 0xa1, 0x80, 0x2e, 0x14, 0x4e, 0xc3, 0x77,
      0x92},
     true,               &layouts[0]},
    {{0x16, 0x36, 0xcf, 0xdd, 0x75, 0x32, 0x64, 0x41, 0x98, 0xb6, 0xfe, 0x85, 0x70, 0x7f, 0xfe,
      0x7d},
     true,               &layouts[1]},
    {{0x17, 0x36, 0xcf, 0xdd, 0x75, 0x32, 0x64, 0x41, 0x98, 0xb6, 0xfe, 0x85, 0x70, 0x7f, 0xfe,
      0x7d},
     true,               NULL       },
    {"$VSS",      false, NULL       },
    {"$SVS",      false, NULL       },
    {"$NSS",      false, NULL       },
};

/* One record: bytes from the start of its header to the end of its data. */
struct record {
    size_t at;
    size_t end;  /* of its data */
    size_t next; /* where the next one starts */
    uint8_t state;
    struct bytes guid;
    struct bytes name; /* UTF-16, with its NUL */
    size_t data;
};

static const struct store_kind *store_kind(struct bytes b)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        struct bytes mark = {kinds[i].mark, kinds[i].guid ? 16 : 4};

        if (bytes_equal(bytes_slice(b, 0, mark.len), mark))
            return &kinds[i];
    }
    return NULL;
}

/* The length of a UTF-16 string with its NUL, or all there is. */
static size_t name_length(struct bytes b)
{
    size_t n = 0;

    while (n + 2 <= b.len && (b.data[n] != 0 || b.data[n + 1] != 0))
        n += 2;
    return n + 2 <= b.len ? n + 2 : b.len;
}

/* Reads the record at `at`; false when there is none. */
static bool record_at(struct bytes store, size_t at, const struct layout *l, struct record *ret)
{
    struct reader r = reader_of(store, 0, 0);

    if (at > store.len || store.len - at < l->header)
        return false;
    reader_seek(&r, at);
    if (reader_u16le(&r) != START_ID)
        return false;
    ret->at = at;
    ret->state = reader_u8(&r);
    reader_seek(&r, at + l->sizes);
    size_t name = reader_u32le(&r);
    size_t data = l->total ? 0 : reader_u32le(&r);
    size_t room = store.len - at - l->header;

    ret->guid = bytes_slice(store, at + l->guid, 16);
    if (l->total) {
        size_t total = name;

        if (total < l->header || total - l->header > room)
            return false;
        name = name_length(bytes_slice(store, at + l->header, total - l->header));
        data = total - l->header - name;
    }
    if (name > room || data > room - name)
        return false;
    ret->name = bytes_slice(store, at + l->header, name);
    ret->data = at + l->header + name;
    ret->end = ret->data + data;
    ret->next = (ret->end + l->alignment - 1) / l->alignment * l->alignment;
    if (ret->next > store.len)
        ret->next = store.len;
    return true;
}

/* How many records with a readable name stand behind one another. */
static size_t records_fitting(struct bytes store, size_t at, const struct layout *l)
{
    struct record rec;
    size_t count = 0;

    while (record_at(store, at, l, &rec)) {
        struct bytes n = rec.name;

        if (n.len < 4 || n.len % 2 != 0 || n.data[n.len - 1] != 0 || n.data[n.len - 2] != 0 ||
            n.data[0] < 0x20)
            break;
        count++;
        at = rec.next;
    }
    return count;
}

static const struct layout *best_layout(struct bytes store, size_t at)
{
    const struct layout *best = &layouts[0];
    size_t most = 0;

    for (size_t i = 0; i < ARRAY_LEN(layouts); i++) {
        size_t count = records_fitting(store, at, &layouts[i]);

        if (count > most) {
            most = count;
            best = &layouts[i];
        }
    }
    return best;
}

/* Whether a record that is about to be replaced has been: a newer one follows and is added. */
static bool replaced(struct bytes store, const struct record *old, const struct layout *l)
{
    struct record rec = *old;

    for (unsigned i = 0; i < LOOK_AHEAD && record_at(store, rec.next, l, &rec); i++) {
        if (rec.state == STATE_ADDED && bytes_equal(rec.guid, old->guid) &&
            bytes_equal(rec.name, old->name))
            return true;
    }
    return false;
}

static bool counts(struct bytes store, const struct record *rec, const struct layout *l)
{
    return rec->state == STATE_ADDED ||
           (rec->state == STATE_REPLACED && !replaced(store, rec, l));
}

static void optional_uint(struct decode *d, enum key_id key, unsigned width)
{
    size_t from = d->in.pos;
    uint64_t value = reader_uint(&d->in, width, false);

    if (value != 0)
        decode_uint(d, key, value, from);
    decode_claimed_region(d, reader_span(&d->in, from), CLASS_STRUCTURE);
}

static void header(struct decode *d, const struct layout *l)
{
    static const struct field rest[] = {
        {KEY_NONE, F_SKIP, 24, 0}
    };

    (void)decode_fields(d, l->rows, l->row_count);
    uint64_t attributes = decode_value(d, KEY_EFI_ATTRIBUTES);

    if (l->rows == checked_rows)
        attributes &= 0x7fffffff; /* the flag that there is a checksum */
    if (!d->in.failed && attributes > ATTRIBUTES_MAX)
        decode_fault(d, FAULT_BAD_VALUE, d->in.base + 4);
    if (l->rows != authenticated_rows)
        return;
    optional_uint(d, KEY_NVRAM_VARIABLE_COUNT, 8);
    nvram_time(d);
    optional_uint(d, KEY_NVRAM_VARIABLE_KEY_INDEX, 4);
    (void)decode_fields(d, rest, 1);
}

/* Apple's records carry a CRC-32 over the data; it is not checked where the flag is not set. */
static void name_field(struct decode *d, const struct record *rec, enum fault_id fault)
{
    size_t from = d->in.pos;
    size_t used = name_length(rec->name);

    (void)reader_take(&d->in, used);
    decode_claimed_region(d, reader_span(&d->in, from), CLASS_STRUCTURE);
    if (fault != FAULT_COUNT)
        decode_fault(d, fault, d->in.base + from);
    else if (used == rec->name.len &&
             (used < 2 || rec->name.data[used - 1] != 0 || rec->name.data[used - 2] != 0))
        decode_fault(d, FAULT_UNTERMINATED, reader_offset(&d->in));
    if (used == rec->name.len)
        return;
    from = d->in.pos;
    decode_bytes(d, KEY_NVRAM_VARIABLE_TAIL, reader_take(&d->in, rec->name.len - used), from);
}

static void variable(struct decode *d, const struct record *rec, const struct layout *l)
{
    enum fault_id fault = FAULT_COUNT;
    struct nvram_name n = nvram_name_of(d->arena, rec->guid, rec->name, &fault);

    nvram_open(d, &n);
    header(d, l);
    name_field(d, rec, fault);
    decode_enter(d, rec->end - rec->data);
    nvram_value(d, &n);
    decode_leave(d);
    nvram_filling(d, rec->next - rec->end);
    decode_close(d);
}

/* All records in one pass: first those that count, then, in a bag, the others. */
static size_t records(struct decode *d, size_t at, const struct layout *l, bool wanted)
{
    struct bytes store = d->in.all;
    struct record rec;

    while (record_at(store, at, l, &rec)) {
        at = rec.next;
        if (counts(store, &rec, l) != wanted)
            continue;
        reader_seek(&d->in, rec.at);
        decode_enter(d, rec.next - rec.at);
        if (wanted) {
            variable(d, &rec, l);
        } else {
            enum fault_id ignored;
            struct nvram_name n = nvram_name_of(d->arena, rec.guid, rec.name, &ignored);

            nvram_deleted(d, &n);
        }
        decode_leave(d);
    }
    return at;
}

static void store_header(struct decode *d, const struct store_kind *kind)
{
    static const struct field guid_rows[] = {
        {KEY_NVRAM_STORE_TYPE,   F_GUID,     0, 0},
        {KEY_NVRAM_STORE_SIZE,   F_U32LE,    0, 0},
        {KEY_NVRAM_STORE_FORMAT, F_U8,       0, 0},
        {KEY_NVRAM_STORE_STATE,  F_U8,       0, 0},
        {KEY_NONE,               F_RESERVED, 6, 0},
    };
    static const struct field word_rows[] = {
        {KEY_NVRAM_STORE_TYPE,   F_TEXT,     4, 0},
        {KEY_NVRAM_STORE_SIZE,   F_U32LE,    0, 0},
        {KEY_NVRAM_STORE_FORMAT, F_U8,       0, 0},
        {KEY_NVRAM_STORE_STATE,  F_U8,       0, 0},
        {KEY_NONE,               F_RESERVED, 6, 0},
    };
    bool guid = kind == NULL || kind->guid;

    if (kind == NULL)
        decode_fault(d, FAULT_BAD_SIGNATURE, d->in.base);
    (void)decode_fields(d, guid ? guid_rows : word_rows, ARRAY_LEN(guid_rows));
    unsigned at = guid ? 20 : 8;

    if (decode_value(d, KEY_NVRAM_STORE_FORMAT) != FORMATTED && !d->in.failed)
        decode_fault(d, FAULT_BAD_VALUE, d->in.base + at);
    if (decode_value(d, KEY_NVRAM_STORE_STATE) != HEALTHY && !d->in.failed)
        decode_fault(d, FAULT_BAD_VALUE, d->in.base + at + 1);
}

/* The bag of deleted records has no bytes of its own. */
static void deleted(struct decode *d, size_t at, const struct layout *l)
{
    struct reader whole = d->in;

    d->in = reader_at(&whole, at, 0);
    decode_open(d, ITEM_BAG, "deleted");
    d->in = whole;
    (void)records(d, at, l, false);
    decode_close(d);
}

static void store(struct decode *d, const struct store_kind *kind)
{
    store_header(d, kind);
    size_t start = d->in.pos;
    const struct layout *l =
        kind != NULL && kind->layout != NULL ? kind->layout : best_layout(d->in.all, start);

    if (d->in.failed)
        return;
    decode_value_at(d, KEY_NVRAM_STORE_LAYOUT, value_text(bytes_of(l->name)),
                    (struct span){d->in.blob, d->in.base, 0});
    size_t end = records(d, start, l, true);

    deleted(d, start, l);
    reader_seek(&d->in, end);
    nvram_free_space(d);
}

static void decode(struct decode *d)
{
    const struct store_kind *kind = store_kind(d->in.all);
    bool guid = kind == NULL || kind->guid;
    struct reader peek = reader_at(&d->in, guid ? 16 : 4, 4);
    size_t size = reader_u32le(&peek);
    size_t least = guid ? GUID_HEADER : WORD_HEADER;
    bool fits = size >= least && size <= d->in.all.len;

    decode_enter(d, fits ? size : d->in.all.len);
    decode_open(d, ITEM_MAP, "variables");
    if (!fits)
        decode_fault(d, size < least ? FAULT_BAD_LENGTH : FAULT_TRUNCATED,
                     d->in.base + (size < least ? least - 12 : d->in.all.len));
    store(d, kind);
    decode_close(d);
    decode_leave(d);
    if (reader_more(&d->in))
        decode_fault(d, FAULT_TRAILING, reader_offset(&d->in));
}

static unsigned probe(struct bytes b, struct bytes label)
{
    const struct store_kind *kind = store_kind(b);
    struct reader r = reader_of(b, 0, 0);

    (void)label;
    if (kind == NULL)
        return 0;
    reader_seek(&r, kind->guid ? 16 : 4);
    return reader_u32le(&r) == b.len ? 92 : 60;
}

const struct decoder decoder_nvram_vss = {
    .name = "nvram-vss",
    .title = "Store of UEFI variables (EDK II and its forerunners)",
    .spec = "edk2-variable",
    .surface = "flash",
    .min = WORD_HEADER,
    .max = STORE_MAX,
    .probe = probe,
    .decode = decode,
};
