/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Imports the text form of an SMBIOS table (DSP0134) under the keys of the binary one. A field
 * that has no key, or whose text does not tell its value, becomes a claim of that text.
 */
#include <string.h>

#include "decode/dmidecode.h"

enum {
    TEXT_MIN = 16,
    TEXT_MAX = 16 << 20
};

#define PRESENT " present." /* behind the version */

static bool cut_prefix(struct bytes *b, const char *prefix)
{
    size_t n = strlen(prefix);

    if (!bytes_starts_with(*b, prefix))
        return false;
    *b = bytes_slice(*b, n, b->len - n);
    return true;
}

/* Digits of a base at the front; false if there is none or the number does not fit. */
static bool cut_number(struct bytes *b, unsigned base, uint64_t *ret)
{
    size_t n = 0;

    while (n < b->len && hex_digit(b->data[n]) >= 0 && hex_digit(b->data[n]) < (int)base)
        n++;
    if (!bytes_number(bytes_slice(*b, 0, n), base, ret))
        return false;
    *b = bytes_slice(*b, n, b->len - n);
    return true;
}

/* "Handle 0x0011, DMI type 17, 84 bytes" */
static bool handle_line(struct bytes line, struct smbios_entry *e)
{
    uint64_t handle;
    uint64_t type;
    uint64_t length;

    if (!cut_prefix(&line, "Handle 0x") || !cut_number(&line, 16, &handle) ||
        !cut_prefix(&line, ", DMI type ") || !cut_number(&line, 10, &type) ||
        !cut_prefix(&line, ", ") || !cut_number(&line, 10, &length) ||
        !cut_prefix(&line, " bytes"))
        return false;
    if (handle > 0xffff || type > 0xff || length > 0xff || bytes_trim(line).len > 1)
        return false;
    *e = (struct smbios_entry){
        .handle = (uint16_t)handle, .type = (uint8_t)type, .fields = (size_t)length};
    return true;
}

bool dmi_item(struct bytes *rest, struct bytes *ret)
{
    struct bytes copy = *rest;

    if (!bytes_line(&copy, ret) || !cut_prefix(ret, "\t\t"))
        return false;
    *rest = copy;
    return true;
}

bool dmi_line(struct bytes *rest, struct dmi_line *ret)
{
    struct bytes copy = *rest;
    struct bytes line;
    struct bytes item;

    if (!bytes_line(&copy, &line))
        return false;
    ret->whole = line;
    if (!cut_prefix(&line, "\t") || line.len == 0 || line.data[0] == '\t')
        return false;
    const uint8_t *colon = memchr(line.data, ':', line.len);

    if (colon == NULL)
        return false;
    ret->label = bytes_slice(line, 0, (size_t)(colon - line.data));
    ret->value = bytes_slice(line, ret->label.len + 1, line.len);
    (void)cut_prefix(&ret->value, " ");
    ret->items = copy;
    while (dmi_item(&copy, &item))
        continue;
    ret->items.len -= copy.len;
    *rest = copy;
    return true;
}

/* The first field of a structure's text with this label; empty value if there is none. */
static struct bytes dmi_lookup(struct bytes structure, const char *label)
{
    struct bytes line;
    struct bytes rest;

    while (structure.len > 0) {
        rest = structure;
        if (!bytes_line(&structure, &line))
            break;
        struct dmi_line l;

        if (line.len > 1 && line.data[0] == '\t' && dmi_line(&rest, &l) &&
            bytes_equal_text(l.label, label))
            return l.value;
    }
    return (struct bytes){NULL, 0};
}

static struct bytes real_text(struct bytes b)
{
    if (dmi_blanked(b) || bytes_equal_text(b, "Not Specified") || bytes_starts_with(b, "<BAD"))
        b.len = 0;
    return b;
}

/* What tells the structure from others of its type, as in the binary table. */
static struct bytes identity_of(const struct smbios_type *type, struct bytes structure)
{
    struct bytes none = {NULL, 0};

    if (type == NULL)
        return none;
    if (type->number == SMBIOS_MEMORY_ARRAY) {
        struct bytes use = dmi_lookup(structure, "Use");
        uint64_t v;

        return dmi_name_value(KEY_SM_MEMORY_ARRAY_USE, use, &v) ? use : none;
    }
    for (size_t i = 0; i < type->row_count && type->identity != 0; i++) {
        if (type->rows[i].offset != type->identity || type->rows[i].label == NULL)
            continue;
        struct bytes found = real_text(dmi_lookup(structure, type->rows[i].label));

        if (type->number == SMBIOS_PORT && bytes_trim(found).len == 0)
            found = real_text(dmi_lookup(structure, "External Reference Designator"));
        return found;
    }
    return none;
}

/* Finds the structures. Returns where the first one begins. */
static size_t find_structures(struct smbios_index *x, struct bytes all)
{
    struct bytes rest = all;
    struct bytes line;
    size_t first = all.len;

    while (rest.len > 0) {
        size_t at = all.len - rest.len;
        struct smbios_entry e;

        if (!bytes_line(&rest, &line))
            break;
        if (!handle_line(line, &e))
            continue;
        e.offset = at;
        if (x->count == 0)
            first = at;
        else
            x->entries[x->count - 1].total = at - x->entries[x->count - 1].offset;
        smbios_index_add(x, e);
    }
    if (x->count > 0)
        x->entries[x->count - 1].total = all.len - x->entries[x->count - 1].offset;
    for (size_t i = 0; i < x->count; i++) {
        struct smbios_entry *e = &x->entries[i];
        const struct smbios_type *type = smbios_type_find(e->type);

        e->name = smbios_name(x->arena, type, e->type,
                              identity_of(type, bytes_slice(all, e->offset, e->total)));
    }
    smbios_index_finish(x);
    for (size_t i = 0; i < x->count; i++) {
        struct smbios_entry *e = &x->entries[i];
        struct bytes text = bytes_slice(all, e->offset, e->total);
        uint64_t handle;

        if (e->type == SMBIOS_DEVICE_RANGE &&
            dmi_handle_value(dmi_lookup(text, "Physical Device Handle"), &handle))
            smbios_index_name_range(x, e, (uint16_t)handle);
    }
    return first;
}

static struct span span_of(const struct decode *d, struct bytes where)
{
    size_t at = (size_t)(where.data - d->in.all.data);

    return (struct span){d->in.blob, d->in.base + at, where.len};
}

void dmi_claim(struct dmi_text *t, enum key_id key, struct value v, struct bytes where)
{
    decode_value_at(t->d, key, v, span_of(t->d, where));
}

/* The line as it stands, under its own label. */
static void generic(struct dmi_text *t, const struct dmi_line *l)
{
    struct bytes rest = l->items;
    struct bytes item;
    struct bytes label = l->label.len > 0 ? l->label : bytes_of("line");

    if (l->value.len > 0 && !dmi_blanked(l->value))
        decode_named_at(t->d, label, KEY_DMIDECODE_FIELD, value_text(l->value),
                        span_of(t->d, l->whole));
    if (rest.len == 0)
        return;
    decode_open_bytes(t->d, ITEM_LIST, label);
    while (dmi_item(&rest, &item))
        decode_named_at(t->d, bytes_of("item"), KEY_DMIDECODE_LIST, value_text(item),
                        span_of(t->d, item));
    decode_close(t->d);
}

static void field(struct dmi_text *t, const struct dmi_line *l)
{
    if (bytes_equal_text(l->value, "<BAD INDEX>"))
        decode_fault(t->d, FAULT_BAD_REFERENCE, span_of(t->d, l->value).offset);
    else if (!dmi_special(t, l) && !dmi_rows(t, l))
        generic(t, l);
}

/* A line that is no field: what the program that wrote the text said of the table. */
static void remark(struct decode *d, struct bytes line)
{
    uint64_t at = span_of(d, line).offset;

    if (line.len == 0 || line.data[0] == '#')
        return;
    if (bytes_equal_text(bytes_trim(line), "<TRUNCATED>"))
        decode_fault(d, FAULT_TRUNCATED, at);
    else if (bytes_starts_with(line, "Wrong DMI structures count"))
        decode_fault(d, FAULT_BAD_COUNT, at);
    else if (bytes_starts_with(line, "Wrong DMI structures length") ||
             bytes_starts_with(line, "Invalid entry length"))
        decode_fault(d, FAULT_BAD_LENGTH, at);
    else if (!bytes_starts_with(line, "On Board Device ") &&
             !bytes_starts_with(line, "Additional Information "))
        decode_fault(d, FAULT_BAD_ENCODING, at);
}

static void title(struct dmi_text *t, struct bytes line)
{
    struct bytes text = bytes_trim(line);

    if (text.len == 0 || (t->type != NULL && bytes_equal_text(text, t->type->title)))
        return;
    if (t->type == NULL && bytes_equal_text(text, "OEM-specific Type"))
        return;
    if (bytes_starts_with(text, "On Board Device ") ||
        bytes_starts_with(text, "Additional Information "))
        return;
    if (t->entry->type == SMBIOS_END)
        decode_fault(t->d, FAULT_BAD_ENCODING, span_of(t->d, line).offset);
    dmi_claim(t, KEY_DMIDECODE_TITLE, value_text(text), line);
}

/* First and last address give the size, which the text itself rounds. */
static void range_size(struct dmi_text *t, struct bytes text)
{
    bool device = t->entry->type == SMBIOS_DEVICE_RANGE;
    struct bytes start = dmi_lookup(text, "Starting Address");
    struct bytes end = dmi_lookup(text, "Ending Address");
    uint64_t first;
    uint64_t last;

    if (!cut_prefix(&start, "0x") || !cut_number(&start, 16, &first) ||
        !cut_prefix(&end, "0x") || !cut_number(&end, 16, &last))
        return;
    if (last >= first && last - first < UINT64_MAX)
        dmi_claim(t, device ? KEY_SM_MEMORY_DEVICE_RANGE_SIZE : KEY_SM_MEMORY_RANGE_SIZE,
                  value_uint(last - first + 1), end);
    else
        decode_fault(t->d, FAULT_BAD_VALUE, span_of(t->d, end).offset);
}

/* 7.11: each device has its own block, which its last line names. */
static void onboard_devices(struct dmi_text *t, struct bytes rest)
{
    struct dmi_line type = {
        .whole = {NULL, 0}
    };
    struct dmi_line status = type;
    struct dmi_line l;

    while (rest.len > 0) {
        struct bytes line;

        if (!dmi_line(&rest, &l)) {
            (void)bytes_line(&rest, &line);
            remark(t->d, line);
            continue;
        }
        if (bytes_equal_text(l.label, "Type"))
            type = l;
        else if (bytes_equal_text(l.label, "Status"))
            status = l;
        if (!bytes_equal_text(l.label, "Description"))
            continue;
        bool bad = bytes_equal_text(l.value, "<BAD INDEX>");
        struct bytes what = bad ? bytes_of("") : bytes_trim(real_text(l.value));
        struct text name;

        text_init(&name, t->d->arena, what.len + 16);
        text_puts(&name, "device");
        if (what.len > 0)
            text_char(&name, ':');
        text_add(&name, what);
        decode_open_bytes(t->d, ITEM_MAP, text_bytes(&name));
        if (type.whole.data != NULL)
            (void)dmi_claim_number(t, KEY_SM_ONBOARD_DEVICES_TYPE, type.value, type.whole);
        if (status.whole.data != NULL)
            (void)dmi_claim_number(t, KEY_SM_ONBOARD_DEVICES_ENABLED, status.value,
                                   status.whole);
        if (bad)
            decode_fault(t->d, FAULT_BAD_REFERENCE, span_of(t->d, l.value).offset);
        else
            dmi_claim_text(t, KEY_SM_ONBOARD_DEVICES_DESCRIPTION, l.value, l.whole);
        decode_close(t->d);
    }
}

static void fields(struct dmi_text *t, struct bytes rest)
{
    struct dmi_line l;
    struct bytes line;

    while (rest.len > 0) {
        if (dmi_line(&rest, &l)) {
            field(t, &l);
            continue;
        }
        if (!bytes_line(&rest, &line))
            break;
        remark(t->d, line);
    }
}

/* "String 1: …", one a line, make one list. */
static void strings(struct dmi_text *t, struct bytes rest, enum key_id key,
                    enum key_id count_key)
{
    struct bytes all = rest;
    struct dmi_line l;
    struct bytes line;
    uint64_t count = 0;

    decode_open_bytes(t->d, ITEM_LIST, bytes_of("strings"));
    while (rest.len > 0) {
        if (dmi_line(&rest, &l)) {
            count++;
            if (bytes_equal_text(l.value, "<BAD INDEX>"))
                decode_fault(t->d, FAULT_BAD_COUNT, span_of(t->d, l.value).offset);
            else if (!dmi_blanked(l.value))
                dmi_claim(t, key, value_text(l.value), l.whole);
            continue;
        }
        if (!bytes_line(&rest, &line))
            break;
        remark(t->d, line);
    }
    decode_close(t->d);
    dmi_claim(t, count_key, value_uint(count), bytes_slice(all, 0, 0));
}

static void structure(struct decode *d, const struct smbios_index *x,
                      const struct smbios_entry *e)
{
    struct dmi_text t = {d, x, e, smbios_type_find(e->type)};
    struct bytes rest;
    struct bytes line;

    decode_enter(d, e->total);
    decode_open_bytes(d, ITEM_MAP, e->name);
    decode_region(d, (struct span){d->in.blob, d->in.base, d->in.all.len}, CLASS_STRUCTURE);
    rest = d->in.all;
    (void)bytes_line(&rest, &line);
    dmi_claim(&t, KEY_SM_LENGTH, value_uint(e->fields), line);
    dmi_claim(&t, KEY_SM_HANDLE, value_uint(e->handle), line);
    if (e->duplicate)
        decode_fault(d, FAULT_DUPLICATE, d->in.base);
    if (t.type != NULL && e->fields < t.type->minimum)
        decode_fault(d, FAULT_BAD_LENGTH, d->in.base);
    bool more = bytes_line(&rest, &line);

    if (more && bytes_starts_with(line, "Invalid entry length")) {
        remark(d, line);
        more = bytes_line(&rest, &line);
    }
    if (more)
        title(&t, line);
    else
        decode_fault(d, FAULT_TRUNCATED, d->in.base + d->in.all.len);
    if (e->type == SMBIOS_ONBOARD_DEVICES)
        onboard_devices(&t, rest);
    else if (e->type == SMBIOS_OEM_STRINGS)
        strings(&t, rest, KEY_SM_OEM_STRINGS_TEXT, KEY_SM_OEM_STRINGS_COUNT);
    else if (e->type == SMBIOS_OPTIONS)
        strings(&t, rest, KEY_SM_CONFIGURATION_OPTIONS_TEXT,
                KEY_SM_CONFIGURATION_OPTIONS_COUNT);
    else
        fields(&t, rest);
    if (e->type == SMBIOS_MEMORY_RANGE || e->type == SMBIOS_DEVICE_RANGE)
        range_size(&t, d->in.all);
    decode_close(d);
    decode_leave(d);
}

/* "SMBIOS 3.2.1 present.": what the entry point says of its version. */
static bool version_line(struct dmi_text *t, struct bytes line)
{
    static const enum key_id keys[] = {KEY_SM_ENTRY_MAJOR, KEY_SM_ENTRY_MINOR,
                                       KEY_SM_ENTRY_DOCREV};
    struct bytes rest = line;

    if (!cut_prefix(&rest, "SMBIOS ") && !cut_prefix(&rest, "Legacy DMI "))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        uint64_t v;

        if (!cut_number(&rest, 10, &v))
            return false;
        dmi_claim(t, keys[i], value_uint(v), line);
        if (!cut_prefix(&rest, "."))
            break;
    }
    return bytes_equal_text(rest, PRESENT);
}

/* "96 structures occupying 6540 bytes.", "Table at 0x000EA000." */
static bool table_line(struct dmi_text *t, struct bytes line)
{
    struct bytes rest = line;
    uint64_t count;
    uint64_t length;

    if (cut_prefix(&rest, "Table at 0x") && cut_number(&rest, 16, &count) &&
        bytes_equal_text(rest, ".")) {
        dmi_claim(t, KEY_SM_ENTRY_TABLE_ADDRESS, value_uint(count), line);
        return true;
    }
    rest = line;
    if (!cut_number(&rest, 10, &count) || !cut_prefix(&rest, " structures occupying ") ||
        !cut_number(&rest, 10, &length) || !bytes_equal_text(rest, " bytes."))
        return false;
    dmi_claim(t, KEY_SM_ENTRY_COUNT, value_uint(count), line);
    dmi_claim(t, KEY_SM_ENTRY_TABLE_LENGTH, value_uint(length), line);
    return true;
}

static void preamble(struct decode *d, size_t length)
{
    struct dmi_text t = {.d = d};
    struct bytes rest;
    struct bytes line;

    decode_enter(d, length);
    decode_open_bytes(d, ITEM_MAP, bytes_of("entry-point"));
    decode_region(d, (struct span){d->in.blob, d->in.base, length}, CLASS_STRUCTURE);
    rest = d->in.all;
    while (rest.len > 0 && bytes_line(&rest, &line)) {
        if (bytes_starts_with(line, "Getting SMBIOS data ") ||
            bytes_starts_with(line, "Reading SMBIOS/DMI data ") ||
            bytes_starts_with(line, "Scanning ") ||
            bytes_starts_with(line, "SMBIOS version fixup ") || version_line(&t, line) ||
            table_line(&t, line))
            continue;
        remark(d, line);
    }
    decode_close(d);
    decode_leave(d);
}

/* "SMBIOS 2.8" of the line that says so; empty if there is none. */
static struct bytes version_of(struct bytes rest)
{
    struct bytes line;

    while (bytes_line(&rest, &line)) {
        size_t behind = line.len > strlen(PRESENT) ? line.len - strlen(PRESENT) : 0;

        if (bytes_starts_with(line, "SMBIOS ") &&
            bytes_equal_text(bytes_slice(line, behind, SIZE_MAX), PRESENT))
            return bytes_slice(line, 0, behind);
    }
    return (struct bytes){NULL, 0};
}

static unsigned probe(struct bytes b, struct bytes label)
{
    (void)label;
    if (bytes_starts_with(b, "# dmidecode "))
        return 90;
    struct bytes head = bytes_slice(b, 0, 4096);

    return memmem(head.data, head.len, "\nHandle 0x", 10) != NULL &&
                   memmem(head.data, head.len, ", DMI type ", 11) != NULL
               ? 40
               : 0;
}

static void decode(struct decode *d)
{
    struct smbios_index x = {.arena = d->arena};
    struct span all = {d->in.blob, d->in.base, d->in.all.len};
    size_t first = find_structures(&x, d->in.all);
    bool ended = x.count > 0 && x.entries[x.count - 1].type == SMBIOS_END;

    decode_digest(d, KEY_DATA_DIGEST_FREE, d->in.all, all);
    preamble(d, first);
    if (x.count > 0 && dmi_hex_is(bytes_slice(d->in.all, first, x.entries[0].total))) {
        d->label = version_of(bytes_slice(d->in.all, 0, first));
        dmi_hex_table(d, &x);
        return;
    }
    for (size_t i = 0; i < x.count; i++)
        structure(d, &x, &x.entries[i]);
    if (x.count == 0)
        decode_fault(d, FAULT_MISSING, d->in.base);
    else if (!ended)
        decode_fault(d, FAULT_UNTERMINATED, d->in.base + d->in.all.len);
}

const struct decoder decoder_dmidecode_text = {
    .name = "dmidecode-text",
    .title = "Text form of an SMBIOS table",
    .spec = "dsp0134",
    .surface = "smbios",
    .min = TEXT_MIN,
    .max = TEXT_MAX,
    .probe = probe,
    .decode = decode,
};
