/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of SMBIOS structures from their rows (DSP0134 3.7 chapter 7). */
#include "decode/smbios.h"

enum {
    MEGABYTES_MAX = 44 /* two to this power of megabytes are no size any more */
};

static uint64_t integer_at(const uint8_t *at, unsigned width)
{
    uint64_t v = 0;

    if (width == 1)
        return at[0];
    for (unsigned i = width; i-- > 0;)
        v = v << 8 | at[i];
    return v;
}

bool smbios_field(const struct smbios_structure *s, size_t offset, unsigned width,
                  uint64_t *ret)
{
    bool there = offset <= s->fields.len && s->fields.len - offset >= width;

    *ret = there ? integer_at(s->fields.data + offset, width) : 0;
    return there;
}

static struct span span_at(const struct smbios_structure *s, size_t offset, size_t width)
{
    return (struct span){s->d->in.blob, s->d->in.base + offset, width};
}

void smbios_claim(struct smbios_structure *s, enum key_id key, struct value v, size_t offset,
                  size_t width)
{
    decode_value_at(s->d, key, v, span_at(s, offset, width));
}

void smbios_claim_string(struct smbios_structure *s, enum key_id key, size_t offset)
{
    unsigned index = s->fields.data[offset];

    if (index == 0)
        return;
    if (index > s->string_count) {
        decode_fault(s->d, FAULT_BAD_REFERENCE, s->d->in.base + offset);
        smbios_claim(s, KEY_SM_BAD_INDEX, value_uint(index), offset, 1);
        return;
    }
    struct bytes b = s->strings[index];
    size_t at = (size_t)(b.data - s->d->in.all.data);

    s->used[index] = true;
    decode_value_at(s->d, key, value_text(b), span_at(s, at, b.len));
}

void smbios_claim_handle(struct smbios_structure *s, enum key_id key, enum key_id target,
                         size_t offset)
{
    uint64_t handle;

    if (!smbios_field(s, offset, 2, &handle))
        return;
    const struct smbios_entry *e = smbios_index_find(s->index, (uint16_t)handle);

    smbios_claim(s, key, value_uint(handle), offset, 2);
    if (e != NULL && handle < 0xfffe)
        smbios_claim(s, target, value_text(e->name), offset, 2);
}

/* The 16 bytes of a UUID as text; before 2.6 they stand in network order throughout. */
static void claim_uuid(struct smbios_structure *s, const struct smbios_row *row)
{
    struct bytes raw = bytes_slice(s->fields, row->offset, 16);
    static const uint8_t order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    uint8_t swapped[16];

    for (size_t i = 0; i < 16; i++)
        swapped[i] = raw.data[s->uuid_big_endian ? order[i] : i];
    smbios_claim(s, row->key, value_text(guid_text(s->d->arena, (struct bytes){swapped, 16})),
                 row->offset, 16);
}

static void claim_voltage(struct smbios_structure *s, const struct smbios_row *row, uint64_t v)
{
    if ((v & 0x80) != 0) {
        smbios_claim(s, row->key, value_uint((v & 0x7f) * 100), row->offset, 1);
        return;
    }
    smbios_claim(s, row->other, value_uint(v & 7), row->offset, 1);
    if ((v & 0x78) != 0)
        smbios_claim(s, KEY_SM_RESERVED, value_uint(v & 0x78), row->offset, 1);
}

static bool rom_size(const struct smbios_structure *s, uint64_t v, uint64_t *ret)
{
    uint64_t extended;

    *ret = (v + 1) << 16;
    if (v != 0xff || !smbios_field(s, 0x18, 2, &extended))
        return true;
    *ret = (extended & 0x3fff) << (extended >> 14 == 1 ? 30 : 20);
    return extended >> 14 <= 1;
}

static bool dimm_size(const struct smbios_structure *s, uint64_t v, uint64_t *ret)
{
    uint64_t extended;

    if (v == 0xffff)
        return false;
    *ret = (v & 0x7fff) << ((v & 0x8000) != 0 ? 10 : 20);
    if (v == 0x7fff && smbios_field(s, 0x1c, 4, &extended))
        *ret = (extended & 0x7fffffff) << 20;
    return true;
}

static uint64_t cache_size(const struct smbios_structure *s, const struct smbios_row *row,
                           uint64_t v)
{
    uint64_t extended;

    if (smbios_field(s, row->extension, 4, &extended))
        return (extended & 0x7fffffff) << ((extended & 0x80000000) != 0 ? 16 : 10);
    return (v & 0x7fff) << ((v & 0x8000) != 0 ? 16 : 10);
}

bool smbios_address(const struct smbios_structure *s, size_t offset, size_t extension,
                    bool last, uint64_t *ret)
{
    uint64_t v;

    if (!smbios_field(s, offset, 4, &v))
        return false;
    if (v == 0xffffffff)
        return smbios_field(s, extension, 8, ret);
    *ret = v << 10 | (last ? 0x3ff : 0);
    return true;
}

/* Megabytes as a power of two, in bytes. */
static bool power_size(uint64_t v, uint64_t *ret)
{
    if (v >= MEGABYTES_MAX)
        return false;
    *ret = UINT64_C(1) << (20 + v);
    return true;
}

static uint64_t speed(const struct smbios_structure *s, const struct smbios_row *row,
                      uint64_t v)
{
    uint64_t extended;

    if (v != 0xffff)
        return v;
    return smbios_field(s, row->extension, 4, &extended) ? extended & 0x7fffffff : 0;
}

/* What a field that depends on others amounts to; false when it states nothing. */
static bool derived_value(const struct smbios_structure *s, const struct smbios_row *row,
                          uint64_t v, uint64_t *ret)
{
    uint64_t extended;

    *ret = v;
    if (row->form == SM_SEGMENT)
        *ret = v << 4;
    else if (row->form == SM_ROM_SIZE)
        return rom_size(s, v, ret);
    else if ((row->form == SM_FAMILY && v == 0xfe && smbios_field(s, 0x28, 2, &extended)) ||
             (row->form == SM_COUNT && v == 0xff &&
              smbios_field(s, row->extension, 2, &extended)))
        *ret = extended;
    else if (row->form == SM_POWER_MB)
        return power_size(v, ret);
    else if (row->form == SM_CACHE_SIZE)
        *ret = cache_size(s, row, v);
    else if (row->form == SM_CAPACITY && v == 0x80000000)
        return smbios_field(s, 0x0f, 8, ret);
    else if (row->form == SM_CAPACITY)
        *ret = v << 10;
    else if (row->form == SM_DIMM_SIZE)
        return dimm_size(s, v, ret);
    else if (row->form == SM_SPEED)
        *ret = speed(s, row, v);
    else if (row->form == SM_START || row->form == SM_END)
        return smbios_address(s, row->offset, row->extension, row->form == SM_END, ret);
    else if (row->form == SM_MULTIPLIED && smbios_field(s, row->extension, 1, &extended) &&
             extended != 0)
        *ret = v * extended;
    return true;
}

/* The value of a field that depends on others, if it states one. */
static void claim_derived(struct smbios_structure *s, const struct smbios_row *row, uint64_t v)
{
    uint64_t derived;

    if ((row->form == SM_DIMM_SIZE && v == 0x8000) ||
        (row->form == SM_POWER_MB && v >= MEGABYTES_MAX))
        smbios_claim(s, KEY_SM_RESERVED, value_uint(v), row->offset, row->width);
    if (derived_value(s, row, v, &derived))
        smbios_claim(s, row->key, value_uint(derived), row->offset, row->width);
}

static void claim_chars(struct smbios_structure *s, const struct smbios_row *row,
                        struct bytes b)
{
    while (b.len > 0 && b.data[b.len - 1] == 0)
        b.len--;
    smbios_claim(s, row->key, value_text(b), row->offset, row->width);
}

/* A row whose bytes are all there. */
static void claim_row(struct smbios_structure *s, const struct smbios_row *row)
{
    struct bytes b = {s->fields.data + row->offset, row->width};
    uint64_t v = row->width <= sizeof(v) ? integer_at(b.data, row->width) : 0;
    uint64_t part = (v & row->mask) >> row->shift;

    switch (row->form) {
    case SM_UINT:
    case SM_BITS:
        smbios_claim(s, row->key, value_uint(part), row->offset, row->width);
        return;
    case SM_FLAG:
        smbios_claim(s, row->key, value_bool(part != 0), row->offset, row->width);
        return;
    case SM_UINT_SET:
        if (part != 0)
            smbios_claim(s, row->key, value_uint(part), row->offset, row->width);
        return;
    case SM_INT:
        smbios_claim(s, row->key, value_int((int64_t)(v ^ 0x8000) - 0x8000), row->offset,
                     row->width);
        return;
    case SM_STRING:
        smbios_claim_string(s, row->key, row->offset);
        return;
    case SM_CHARS:
        claim_chars(s, row, b);
        return;
    case SM_BYTES:
    case SM_RESERVED:
        if (row->form == SM_BYTES || !bytes_all(b, 0))
            smbios_claim(s, row->key, value_bytes(b), row->offset, row->width);
        return;
    case SM_UUID:
        claim_uuid(s, row);
        return;
    case SM_HANDLE:
        smbios_claim_handle(s, row->key, row->other, row->offset);
        return;
    case SM_PAIR:
        smbios_claim(s, row->key, value_uint(v & 0xff), row->offset, 1);
        smbios_claim(s, row->other, value_uint(v >> 8), row->offset + 1u, 1);
        return;
    case SM_VOLTAGE:
        claim_voltage(s, row, v);
        return;
    case SM_SEGMENT:
    case SM_ROM_SIZE:
    case SM_FAMILY:
    case SM_COUNT:
    case SM_POWER_MB:
    case SM_CACHE_SIZE:
    case SM_CAPACITY:
    case SM_DIMM_SIZE:
    case SM_SPEED:
    case SM_START:
    case SM_END:
    case SM_MULTIPLIED:
        claim_derived(s, row, v);
        return;
    }
}

void smbios_rows(struct smbios_structure *s)
{
    const struct smbios_type *type = s->type;

    for (size_t i = 0; i < type->row_count; i++) {
        const struct smbios_row *row = &type->rows[i];
        size_t end = (size_t)row->offset + row->width;

        /* A field past the structure's end belongs to a later version: it is absent. */
        if (end > s->fields.len)
            continue;
        claim_row(s, row);
        if (end > s->known)
            s->known = end;
    }
}
