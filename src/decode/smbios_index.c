/* SPDX-License-Identifier: Apache-2.0 */
/* SMBIOS structures by handle, and the names of their containers (DSP0134 section 6.1). */
#include <string.h>

#include "decode/smbios.h"

enum {
    LOW_LAST = 17,
    HIGH_LAST = 46
};

const struct smbios_type *smbios_type_find(unsigned number)
{
    if (number <= LOW_LAST)
        return &smbios_types_low[number];
    if (number <= HIGH_LAST)
        return &smbios_types_high[number - LOW_LAST - 1];
    for (size_t i = HIGH_LAST - LOW_LAST; i < smbios_types_high_count; i++) {
        if (smbios_types_high[i].number == number)
            return &smbios_types_high[i];
    }
    return NULL;
}

struct bytes smbios_name(struct arena *a, const struct smbios_type *type, unsigned number,
                         struct bytes identity)
{
    struct bytes trimmed = bytes_trim(identity);
    struct text t;

    if (type != NULL && trimmed.len == 0)
        return bytes_of(type->name);
    text_init(&t, a, trimmed.len + 32);
    if (type != NULL) {
        text_puts(&t, type->name);
    } else {
        text_puts(&t, number >= SMBIOS_OEM ? "oem-" : "type-");
        text_uint(&t, number);
    }
    if (trimmed.len > 0) {
        text_char(&t, ':');
        text_add(&t, trimmed);
    }
    return text_bytes(&t);
}

void smbios_index_add(struct smbios_index *x, struct smbios_entry e)
{
    arena_grow(x->arena, &x->entries, x->count, &x->capacity, sizeof(*x->entries));
    x->entries[x->count++] = e;
}

/* The slot that holds this handle, or the free one where it belongs. */
static uint32_t *slot_of(const struct smbios_index *x, uint16_t handle)
{
    size_t at = (size_t)handle * 40503u & (x->slot_count - 1);

    while (x->slots[at] != 0 && x->entries[x->slots[at] - 1].handle != handle)
        at = (at + 1) & (x->slot_count - 1);
    return &x->slots[at];
}

void smbios_index_finish(struct smbios_index *x)
{
    x->slot_count = 16;
    while (x->slot_count < x->count * 2)
        x->slot_count *= 2;
    x->slots = ARENA_ARRAY(x->arena, uint32_t, x->slot_count);
    for (size_t i = 0; i < x->count; i++) {
        uint32_t *slot = slot_of(x, x->entries[i].handle);

        if (*slot != 0)
            x->entries[i].duplicate = true;
        else
            *slot = (uint32_t)i + 1;
    }
}

const struct smbios_entry *smbios_index_find(const struct smbios_index *x, uint16_t handle)
{
    if (x->slot_count == 0)
        return NULL;
    uint32_t *slot = slot_of(x, handle);

    return *slot != 0 ? &x->entries[*slot - 1] : NULL;
}

void smbios_index_name_range(const struct smbios_index *x, struct smbios_entry *e,
                             uint16_t device)
{
    const struct smbios_entry *target = smbios_index_find(x, device);
    const uint8_t *colon;

    if (target == NULL || target->type != SMBIOS_MEMORY_DEVICE)
        return;
    colon = memchr(target->name.data, ':', target->name.len);
    if (colon == NULL)
        return;
    size_t skip = (size_t)(colon - target->name.data) + 1;

    e->name = smbios_name(x->arena, smbios_type_find(e->type), e->type,
                          bytes_slice(target->name, skip, target->name.len - skip));
}
