/* SPDX-License-Identifier: Apache-2.0 */
/* PCI-to-PCI Bridge Architecture 1.2, section 3.2.5: the bus numbers of bridges make a tree. */
#include "decode/join.h"
#include "decode/pci_address.h"

struct function {
    struct pci_address address;
    uint32_t item;
    uint64_t secondary; /* 0: not a bridge, or one that leads nowhere */
    struct span span;   /* of the claim of the secondary bus number */
    bool header;        /* has a configuration header */
    bool ambiguous;     /* another bridge claims its secondary bus */
};

/* A hash table from (domain, bus, device, function) or (domain, bus) to a function; 0 is empty.
 */
struct table {
    uint32_t *slots;
    size_t mask;
};

struct topology {
    struct decoded *d;
    struct function *functions; /* from index 1 */
    size_t count;
    size_t cap;
    uint32_t *of_item; /* of each item from the surface on: its function */
    uint32_t first;
    struct table by_address;
    struct table by_bus;
};

static uint64_t bus_number(const struct function *f, uint64_t bus)
{
    return (uint64_t)f->address.domain << 8 | bus;
}

static uint64_t address_number(const struct function *f)
{
    return bus_number(f, f->address.bus) << 8 | (uint64_t)f->address.device << 3 |
           f->address.function;
}

static struct table table_new(struct arena *a, size_t entries)
{
    size_t size = 4;

    while (size < entries * 2)
        size *= 2;
    return (struct table){ARENA_ARRAY(a, uint32_t, size), size - 1};
}

/* The slot for a number: the one that holds it, or the free one where it belongs. */
static uint32_t *table_slot(const struct topology *t, const struct table *table,
                            uint64_t number, bool bus)
{
    uint64_t hash = number * UINT64_C(0x9e3779b97f4a7c15);
    size_t at = (size_t)(hash >> 32) & table->mask;

    while (table->slots[at] != 0) {
        const struct function *f = &t->functions[table->slots[at]];

        if ((bus ? bus_number(f, f->secondary) : address_number(f)) == number)
            break;
        at = (at + 1) & table->mask;
    }
    return &table->slots[at];
}

/* The functions: containers directly below the surface that are named by an address. */
static void find_functions(struct topology *t)
{
    struct decoded *d = t->d;
    struct pci_address address;

    arena_grow(d->arena, &t->functions, t->count, &t->cap, sizeof(*t->functions));
    t->functions[t->count++] = (struct function){0};
    for (uint32_t i = t->first; i < d->item_count; i++) {
        const struct item *item = &d->items[i];

        if (item->parent != t->first || item->kind != ITEM_MAP || i == t->first ||
            !pci_address_parse(item->name, &address))
            continue;
        arena_grow(d->arena, &t->functions, t->count, &t->cap, sizeof(*t->functions));
        t->functions[t->count] = (struct function){.address = address, .item = i};
        t->of_item[i - t->first] = (uint32_t)t->count++;
    }
}

static void read_claims(struct topology *t)
{
    for (uint32_t i = t->first; i < t->d->item_count; i++) {
        const struct item *item = &t->d->items[i];

        if (item->kind != ITEM_CLAIM || item->parent < t->first)
            continue;
        struct function *f = &t->functions[t->of_item[item->parent - t->first]];

        if (item->key == KEY_PCI_FUNCTION_VENDOR)
            f->header = true;
        if (item->key != KEY_PCI_BRIDGE_SECONDARY)
            continue;
        f->secondary = item->value.uint;
        f->span = item->span;
    }
}

static void bridge_fault(struct topology *t, const struct function *f, enum fault_id id)
{
    decoded_fault(t->d, id, f->item, f->span.blob, f->span.offset);
}

/* Bus numbers grow on the way down (3.2.5.3), so that what is left cannot be a loop. */
static void index_bridges(struct topology *t)
{
    for (uint32_t i = 1; i < t->count; i++) {
        struct function *f = &t->functions[i];

        if (f->secondary == 0)
            continue;
        if (f->secondary <= f->address.bus) {
            bridge_fault(t, f, FAULT_LOOP);
            f->secondary = 0;
            continue;
        }
        uint32_t *slot = table_slot(t, &t->by_bus, bus_number(f, f->secondary), true);

        if (*slot == 0) {
            *slot = i;
            continue;
        }
        if (!t->functions[*slot].ambiguous)
            bridge_fault(t, &t->functions[*slot], FAULT_OVERLAP);
        t->functions[*slot].ambiguous = true;
        bridge_fault(t, f, FAULT_OVERLAP);
    }
}

/*
 * The function that stands for each address: the first with a header. Others of that address
 * give it their children and vanish, unless they have a header too: a second header is a fault.
 */
static uint32_t *rom_owners(struct topology *t)
{
    uint32_t *into = ARENA_ARRAY(t->d->arena, uint32_t, t->count);

    for (unsigned pass = 0; pass < 2; pass++) {
        for (uint32_t i = 1; i < t->count; i++) {
            const struct function *f = &t->functions[i];

            if (f->header != (pass == 0))
                continue;
            uint32_t *slot = table_slot(t, &t->by_address, address_number(f), false);

            if (*slot == 0)
                *slot = i;
            else if (!f->header)
                into[i] = t->functions[*slot].header ? *slot : 0;
            else
                decoded_fault(t->d, FAULT_DUPLICATE, f->item, t->d->items[f->item].span.blob,
                              t->d->items[f->item].span.offset);
        }
    }
    return into;
}

static void place(struct topology *t, uint32_t index, uint32_t into)
{
    struct decoded *d = t->d;
    struct function *f = &t->functions[index];
    struct item *item = &d->items[f->item];

    if (into != 0) {
        item->parent = t->functions[into].item;
        item->name = bytes_of("rom");
        return;
    }
    uint32_t above = *table_slot(t, &t->by_bus, bus_number(f, f->address.bus), true);

    if (above == 0 || t->functions[above].ambiguous) {
        item->name = pci_address_text(d->arena, &f->address);
        return;
    }
    item->parent = t->functions[above].item;
    item->name =
        bytes_of(arena_format(d->arena, "%02x.%x", f->address.device, f->address.function));
}

void join_pci_topology(struct decoded *d, uint32_t surface_item)
{
    struct topology t = {.d = d, .first = surface_item};

    t.of_item = ARENA_ARRAY(d->arena, uint32_t, d->item_count - surface_item);
    find_functions(&t);
    if (t.count == 1)
        return;
    t.by_address = table_new(d->arena, t.count);
    t.by_bus = table_new(d->arena, t.count);
    read_claims(&t);
    index_bridges(&t);
    uint32_t *into = rom_owners(&t);

    for (uint32_t i = 1; i < t.count; i++)
        place(&t, i, into[i]);
}
