/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SMBIOS tables: DSP0134 3.7, entry points of chapter 5, structures of chapters 6 and 7. Takes
 * a table alone (as Linux shows it) or after its entry point at the offset that this states.
 */
#include <string.h>

#include "decode/smbios.h"
#include "decode/smbios_entry_point.h"

static const struct field header[] = {
    {KEY_NONE,      F_SKIP,  1, 0},
    {KEY_SM_LENGTH, F_U8,    0, 0},
    {KEY_SM_HANDLE, F_U16LE, 0, 0},
};

/* Offset just after the two NUL bytes that end the strings from `from`; 0 if there are none. */
static size_t strings_end(struct bytes b, size_t from)
{
    size_t at = from;

    while (at + 1 < b.len) {
        const uint8_t *nul = memchr(b.data + at, 0, b.len - at - 1);

        if (nul == NULL)
            return 0;
        at = (size_t)(nul - b.data) + 1;
        if (b.data[at] == 0)
            return at + 1;
    }
    return 0;
}

/* The string with this index of a structure that is not yet read; empty if there is none. */
static struct bytes string_of(struct bytes structure, const struct smbios_entry *e,
                              size_t offset)
{
    size_t at = e->fields;

    if (offset >= e->fields || structure.data[offset] == 0)
        return (struct bytes){NULL, 0};
    for (unsigned i = 1; at < structure.len; i++) {
        size_t len = strnlen((const char *)structure.data + at, structure.len - at);

        if (len == 0 || i == structure.data[offset])
            return bytes_slice(structure, at, len);
        at += len + 1;
    }
    return (struct bytes){NULL, 0};
}

static struct bytes entry_name(struct arena *a, struct bytes structure,
                               const struct smbios_entry *e)
{
    const struct smbios_type *type = smbios_type_find(e->type);
    struct bytes identity = {NULL, 0};

    if (type != NULL && type->identity != 0)
        identity = string_of(structure, e, type->identity);
    if (e->type == SMBIOS_PORT && bytes_trim(identity).len == 0)
        identity = string_of(structure, e, 6);
    if (e->type == SMBIOS_MEMORY_ARRAY && e->fields > 5) {
        const char *use = key_value_name(key_get(KEY_SM_MEMORY_ARRAY_USE), structure.data[5]);

        identity = use != NULL ? bytes_of(use) : identity;
    }
    return smbios_name(a, type, e->type, identity);
}

/*
 * Finds the structures from `from` on. Returns where the table ends: after the structure that
 * says so, after `count` structures if there is a count (2.x), or where no structure fits.
 */
static size_t find_structures(struct smbios_index *x, struct bytes b, size_t from,
                              uint64_t count)
{
    size_t at = from;
    bool ended = false;

    while (b.len - at >= SMBIOS_HEADER && (count == 0 ? !ended : x->count < count)) {
        struct smbios_entry e = {
            .type = b.data[at],
            .fields = b.data[at + 1],
            .handle = (uint16_t)(b.data[at + 2] | b.data[at + 3] << 8),
            .offset = at,
        };

        if (e.fields < SMBIOS_HEADER)
            break;
        size_t end = b.len - at < e.fields ? 0 : strings_end(b, at + e.fields);

        e.unterminated = end == 0;
        e.total = end != 0 ? end - at : b.len - at;
        if (e.fields > e.total)
            e.fields = e.total;
        e.name = entry_name(x->arena, bytes_slice(b, at, e.total), &e);
        smbios_index_add(x, e);
        ended = e.type == SMBIOS_END;
        at += e.total;
    }
    smbios_index_finish(x);
    for (size_t i = 0; i < x->count; i++) {
        struct smbios_entry *e = &x->entries[i];
        const uint8_t *raw = b.data + e->offset;

        if (e->type == SMBIOS_DEVICE_RANGE && e->fields >= 0x0e)
            smbios_index_name_range(x, e, (uint16_t)(raw[0x0c] | raw[0x0d] << 8));
    }
    return at;
}

/* Returns where the strings that fields can refer to end, with their terminator. */
static size_t split_strings(struct smbios_structure *s)
{
    struct bytes all = s->d->in.all;
    size_t at = s->fields.len;

    while (at < all.len && s->string_count < SMBIOS_STRINGS_MAX) {
        size_t len = strnlen((const char *)all.data + at, all.len - at);

        if (len == 0)
            break;
        s->string_count++;
        s->strings[s->string_count] = bytes_slice(all, at, len);
        s->used[s->string_count] = false;
        at += len + 1;
    }
    /* A set without strings ends with two NUL bytes, like any other. */
    at += s->string_count == 0 ? 2 : 1;
    return at < all.len ? at : all.len;
}

/* Strings to which no field referred, in a bag of their own name. */
static void claim_strings(struct smbios_structure *s)
{
    for (unsigned i = 1; i <= s->string_count; i++) {
        struct bytes b = s->strings[i];

        if (!s->used[i])
            smbios_claim(s, KEY_SM_STRING, value_text(b), (size_t)(b.data - s->d->in.all.data),
                         b.len);
    }
}

static void claim_digest(struct smbios_structure *s, enum key_id key, size_t from)
{
    struct span where = {s->d->in.blob, s->d->in.base + from, s->fields.len - from};

    if (where.length > 0)
        decode_digest(s->d, key, bytes_slice(s->fields, from, s->fields.len - from), where);
}

/* A structure of a maker's own type: its bytes by digest, its strings in their order. */
static void opaque(struct smbios_structure *s)
{
    claim_digest(s, KEY_SM_DATA, SMBIOS_HEADER);
    if (s->string_count == 0)
        return;
    decode_open_bytes(s->d, ITEM_LIST, bytes_of("strings"));
    claim_strings(s);
    decode_close(s->d);
}

static void structure_faults(struct decode *d, const struct smbios_entry *e,
                             const struct smbios_type *type)
{
    uint64_t start = d->in.base;
    size_t stated = d->in.all.data[1];

    if (stated > e->fields)
        decode_fault(d, FAULT_TRUNCATED, start + e->fields);
    else if (e->unterminated)
        decode_fault(d, FAULT_UNTERMINATED, start + e->total);
    if (type != NULL && stated < type->minimum)
        decode_fault(d, FAULT_BAD_LENGTH, start + 1);
    if (e->duplicate)
        decode_fault(d, FAULT_DUPLICATE, start + 2);
}

static void structure(struct decode *d, const struct smbios_index *x,
                      const struct smbios_entry *e, bool uuid_big_endian)
{
    struct smbios_structure s;

    decode_enter(d, e->total);
    s.d = d;
    s.index = x;
    s.entry = e;
    s.type = smbios_type_find(e->type);
    s.fields = bytes_slice(d->in.all, 0, e->fields);
    s.string_count = 0;
    s.known = SMBIOS_HEADER;
    s.uuid_big_endian = uuid_big_endian;
    size_t explained = split_strings(&s);

    decode_open_bytes(d, ITEM_MAP, e->name);
    decode_region(d, (struct span){d->in.blob, d->in.base, explained}, CLASS_STRUCTURE);
    structure_faults(d, e, s.type);
    (void)decode_fields(d, header, ARRAY_LEN(header));
    if (s.type == NULL || e->type == SMBIOS_INACTIVE) {
        opaque(&s);
    } else {
        smbios_rows(&s);
        smbios_tail(&s);
        claim_digest(&s, KEY_SM_EXTRA, s.known < s.fields.len ? s.known : s.fields.len);
        claim_strings(&s);
    }
    decode_close(d);
    decode_leave(d);
}

/* Bytes after the last structure: padding if blank, else something that should not be there. */
static void after_table(struct decode *d, bool ended)
{
    size_t from = d->in.pos;
    struct bytes b = reader_take(&d->in, reader_left(&d->in));

    if (b.len == 0)
        return;
    struct span s = reader_span(&d->in, from);

    decode_open_bytes(d, ITEM_MAP, bytes_of("rest"));
    decode_digest(d, KEY_DATA_DIGEST, b, s);
    decode_uint(d, KEY_DATA_LENGTH, b.len, from);
    if (bytes_all(b, 0) || bytes_all(b, 0xff))
        decode_region(d, s, CLASS_PADDING);
    else if (ended)
        decode_fault(d, FAULT_TRAILING, s.offset);
    else
        decode_fault(d, b.len < SMBIOS_HEADER ? FAULT_TRUNCATED : FAULT_BAD_LENGTH,
                     s.offset + (b.len < SMBIOS_HEADER ? b.len : 1));
    decode_close(d);
}

/* `old`: of a version before 2.6, in which UUIDs stand in network order. */
static void table(struct decode *d, const struct smbios_entry_point *p, bool old)
{
    struct smbios_index x = {.arena = d->arena};
    uint64_t base = d->in.base;
    size_t end = find_structures(&x, d->in.all, d->in.pos, p->count);
    bool ended = x.count > 0 && x.entries[x.count - 1].type == SMBIOS_END;

    for (size_t i = 0; i < x.count; i++)
        structure(d, &x, &x.entries[i], old);
    if (p->count != 0 && x.count < p->count)
        decode_fault(d, FAULT_BAD_COUNT, p->count_offset);
    else if (p->major == 2 && p->table_length != end)
        decode_fault(d, FAULT_BAD_LENGTH, p->length_offset);
    if (!ended && p->count == 0)
        decode_fault(d, FAULT_UNTERMINATED, base + end);
    after_table(d, ended || x.count == p->count);
}

/* Of a table without its entry point, which came under this name: "SMBIOS 2.4". */
static bool version_is_old(struct bytes label)
{
    struct bytes major;
    uint64_t minor;

    return bytes_starts_with(label, "SMBIOS 2.") && bytes_cut(&label, '.', &major) &&
           bytes_number(label, 10, &minor) && minor < 6;
}

static void decode(struct decode *d)
{
    struct smbios_entry_point p = {.major = 0};
    size_t left = d->in.all.len;

    if (!smbios_entry_point_is(d->in.all)) {
        table(d, &p, version_is_old(d->label));
        return;
    }
    smbios_entry_point(d, &p);
    if (d->in.failed)
        return;
    /* Between the entry point and the table a dump holds nothing. */
    if (p.table_address < d->in.pos || p.table_address > left) {
        decode_fault(d, FAULT_BAD_REFERENCE, p.address_offset);
        return;
    }
    size_t from = d->in.pos;
    struct bytes gap = reader_take(&d->in, (size_t)p.table_address - from);

    if (gap.len > 0 && bytes_all(gap, 0))
        decode_region(d, reader_span(&d->in, from), CLASS_PADDING);
    left -= (size_t)p.table_address;
    if (left < p.table_length && p.major == 2)
        decode_fault(d, FAULT_TRUNCATED, d->in.all.len);
    decode_enter(d, p.table_length < left ? (size_t)p.table_length : left);
    table(d, &p, p.major == 2 && p.minor < 6);
    decode_leave(d);
    after_table(d, true);
}

static bool strings_readable(struct bytes b)
{
    for (size_t i = 0; i < b.len; i++) {
        if (b.data[i] != 0 && b.data[i] < ' ')
            return false;
    }
    return true;
}

/* Where a structure at `at` that may be one ends; 0 if none is there. */
static size_t probe_structure(struct bytes b, size_t at, bool named)
{
    size_t fields = b.data[at + 1];
    const struct smbios_type *type = smbios_type_find(b.data[at]);
    size_t minimum = type != NULL ? type->minimum : SMBIOS_HEADER;

    if (fields < minimum || fields > b.len - at || (type == NULL && b.data[at] < SMBIOS_OEM))
        return 0;
    size_t end = strings_end(b, at + fields);

    if (end == 0 || named || strings_readable(bytes_slice(b, at + fields, end - at - fields)))
        return end;
    return 0;
}

/*
 * The structures of a table follow each other, up to its end or to where it is damaged. Any
 * byte from 128 on is the type of a vendor, so what the specification defines must be among
 * them; and the strings of what is not `named` a table are readable.
 */
static unsigned probe_table(struct bytes b, bool named)
{
    enum {
        ENOUGH = 4
    };

    size_t at = 0;
    unsigned known = 0;
    bool system = false;

    while (b.len - at >= SMBIOS_HEADER) {
        size_t end = probe_structure(b, at, named);

        if (end == 0)
            break;
        if (b.data[at] == SMBIOS_END)
            return b.data[at + 1] != SMBIOS_HEADER ? 0 : known >= 2 ? 60 : 20;
        known += smbios_type_find(b.data[at]) != NULL;
        system = system || b.data[at] == SMBIOS_BIOS || b.data[at] == SMBIOS_SYSTEM;
        at = end;
    }
    return known >= ENOUGH && system ? 50 : 0;
}

static unsigned probe(struct bytes b, struct bytes label)
{
    if (smbios_entry_point_is(b))
        return b.len > SMBIOS_ENTRY_POINT_MAX ? 95 : 10;
    bool named = bytes_equal_text(label, "DMI");
    unsigned bid = probe_table(b, named);

    return named && bid > 0 ? 90 : bid;
}

const struct decoder decoder_smbios = {
    .name = "smbios",
    .title = "SMBIOS table, alone or after its entry point",
    .spec = "dsp0134",
    .surface = "smbios",
    .min = SMBIOS_HEADER,
    .max = 16 << 20,
    .probe = probe,
    .decode = decode,
};
