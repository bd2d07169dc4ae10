/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text form of an SMBIOS table in which every structure is dumped (dmidecode -u): below its
 * line the list "Header and Data", 16 bytes a line, and the list "Strings", of which each is
 * there as such bytes up to its NUL and then once more for people. That is all of the table.
 */
#include "decode/dmidecode.h"

bool dmi_hex_is(struct bytes structure)
{
    struct bytes line;
    struct dmi_line l;

    return bytes_line(&structure, &line) && dmi_line(&structure, &l) && l.value.len == 0 &&
           bytes_equal_text(l.label, "Header and Data");
}

/* "00 18 00 FF": at most 16 bytes. False if it is anything else. */
static bool add_bytes(struct text *t, struct bytes item)
{
    enum {
        ROW = 16
    };

    for (size_t i = 0; i < ROW; i++) {
        uint64_t value;

        if (item.len < 2 || !bytes_number(bytes_slice(item, 0, 2), 16, &value))
            return false;
        text_char(t, (char)value);
        if (item.len == 2)
            return true;
        if (item.data[2] != ' ')
            return false;
        item = bytes_slice(item, 3, SIZE_MAX);
    }
    return false;
}

/* Rows up to the one that ends with a NUL, and the text for people after it. */
static bool add_strings(struct text *t, struct bytes items)
{
    struct bytes item;

    while (items.len > 0) {
        do {
            if (!dmi_item(&items, &item) || !add_bytes(t, item))
                return false;
        } while (t->data[t->len - 1] != '\0');
        if (!dmi_item(&items, &item))
            return false;
    }
    return true;
}

/* Adds one structure as it stands in the table. False if the text does not hold all of it. */
static bool add_structure(struct text *t, struct bytes text, const struct smbios_entry *e)
{
    size_t from = t->len;
    struct bytes line;
    struct bytes item;
    struct dmi_line l;

    (void)bytes_line(&text, &line);
    if (!dmi_line(&text, &l))
        return false;
    while (dmi_item(&l.items, &item)) {
        if (!add_bytes(t, item))
            return false;
    }
    struct bytes head = bytes_slice(text_bytes(t), from, SIZE_MAX);

    if (head.len != e->fields || head.len < SMBIOS_HEADER || head.data[0] != e->type ||
        head.data[1] != e->fields || (head.data[2] | head.data[3] << 8) != e->handle)
        return false;
    if (!dmi_line(&text, &l))
        text_char(t, '\0');
    else if (!bytes_equal_text(l.label, "Strings") || !add_strings(t, l.items))
        return false;
    text_char(t, '\0');
    return bytes_trim(text).len == 0;
}

void dmi_hex_table(struct decode *d, const struct smbios_index *x)
{
    struct bytes all = d->in.all;
    struct text table;

    text_init(&table, d->arena, all.len + 2);
    for (size_t i = 0; i < x->count; i++) {
        const struct smbios_entry *e = &x->entries[i];
        size_t before = table.len;

        if (add_structure(&table, bytes_slice(all, e->offset, e->total), e))
            continue;
        table.len = before;
        decode_fault(d, FAULT_BAD_ENCODING, d->in.base + e->offset);
    }
    struct span source = {d->in.blob, d->in.base + x->entries[0].offset,
                          all.len - x->entries[0].offset};

    decode_claimed_region(d, source, CLASS_STRUCTURE);
    uint32_t blob = decode_derive(d, source, text_bytes(&table), "hex-text");

    decode_child(d, ITEM_MAP, (struct bytes){NULL, 0}, (struct span){blob, 0, table.len},
                 "smbios");
}
