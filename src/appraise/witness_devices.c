/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Devices that two surfaces know of: network cards, the TPM, what sits in a slot.
 */
#include <string.h>

#include "appraise/path_match.h"
#include "appraise/witness_private.h"

enum {
    CLASS_NETWORK = 0x02,
    SLOT_AVAILABLE = 3,
    SLOT_IN_USE = 4,
    NO_BUS = 0xff
};

/* A PCI function with its address, which paths leave out below bridges. */
struct function {
    uint32_t node; /* its container */
    uint64_t segment;
    uint64_t bus;
    uint64_t device;
    uint64_t function;
};

struct functions {
    struct function *rows;
    size_t count;
};

/* "dddd:bb:dd.f", "bb:dd.f" or "dd.f"; returns how many numbers it has, 0 if it is none. */
static size_t address_parse(struct bytes name, uint64_t ret[4])
{
    struct bytes word;
    uint64_t numbers[4] = {0};
    size_t n = 0;

    while (n < 4 && bytes_word(&name, ":.", &word)) {
        if (!bytes_number(word, 16, &numbers[n++]))
            return 0;
    }
    for (size_t i = 0; i < 4; i++)
        ret[i] = i < 4 - n ? 0 : numbers[i - (4 - n)];
    return n < 2 ? 0 : n;
}

/* The bus behind a bridge, as its header states it; NO_BUS if it does not. */
static uint64_t bus_behind(const struct claim_index *x, uint32_t bridge)
{
    uint32_t leaf = tree_child(x->tree, bridge, bytes_of("secondary"));
    const struct item *claim = leaf != TREE_NONE ? claim_at(x, leaf) : NULL;

    return claim != NULL ? claim->value.uint : NO_BUS;
}

static bool function_of(const struct claim_index *x, uint32_t node, struct function *ret)
{
    const struct tree_node *nodes = x->tree->nodes;
    uint64_t own[4];
    uint64_t above[4];
    size_t n = address_parse(nodes[node].name, own);
    uint32_t i = node;

    if (n == 0)
        return false;
    *ret = (struct function){node, own[0], own[1], own[2], own[3]};
    if (n > 2)
        return true;
    ret->bus = bus_behind(x, nodes[node].parent);
    while (i != 0 && n == 2) {
        i = nodes[i].parent;
        n = address_parse(nodes[i].name, above);
    }
    ret->segment = n > 2 ? above[0] : 0;
    return ret->bus != NO_BUS;
}

static struct functions functions_of(const struct claim_index *x)
{
    struct claim_list all = claims_of(x, NEED_PCI_VENDOR);
    struct functions f = {.rows = ARENA_ARRAY(x->arena, struct function, all.count + 1)};

    for (size_t i = 0; i < all.count; i++) {
        uint32_t node = x->tree->nodes[all.nodes[i]].parent;

        if (path_match("pci@*/**", claim_path(x, all.nodes[i])) &&
            function_of(x, node, &f.rows[f.count]))
            f.count++;
    }
    return f;
}

/* An address that the maker gave: not of a group, not made up by an administrator. */
static bool burned_in(struct bytes digits)
{
    int low = digits.len == 12 ? hex_digit(digits.data[1]) : -1;

    return low >= 0 && (low & 3) == 0 && !bytes_all(digits, '0');
}

static struct bytes mac_digits(const struct claim_index *x, uint32_t node)
{
    return witness_squeeze(x->arena, claim_text(x, node));
}

static bool is_network(const struct claim_index *x, uint32_t node)
{
    uint32_t i = node;
    uint32_t leaf = TREE_NONE;

    while (i != 0 && leaf == TREE_NONE) {
        i = x->tree->nodes[i].parent;
        leaf = tree_child(x->tree, i, bytes_of("class"));
    }
    const struct item *claim = leaf != TREE_NONE ? claim_at(x, leaf) : NULL;

    return claim != NULL && claim->value.uint >> 8 == CLASS_NETWORK;
}

static bool mac_known(const struct claim_index *x, const struct claim_list *list,
                      struct bytes digits)
{
    for (size_t i = 0; i < list->count; i++) {
        if (bytes_equal(mac_digits(x, list->nodes[i]), digits))
            return true;
    }
    return false;
}

/* An interface of the same maker (the first three bytes) whose address no card explains. */
static uint32_t stray_interface(const struct claim_index *x, struct bytes card)
{
    struct claim_list net = claims_of(x, NEED_NET_ADDRESS);
    struct claim_list cards = claims_of(x, NEED_PCI_DSN_MAC);
    uint32_t any = TREE_NONE;

    for (size_t i = 0; i < net.count; i++) {
        struct bytes digits = mac_digits(x, net.nodes[i]);

        if (!burned_in(digits) || x->doubted[net.nodes[i]] || mac_known(x, &cards, digits))
            continue;
        if (bytes_equal(bytes_slice(digits, 0, 6), bytes_slice(card, 0, 6)))
            return net.nodes[i];
        any = any == TREE_NONE ? net.nodes[i] : any;
    }
    return any;
}

/* The serial number of a network card's function is made from the address of its port. */
static void judge_addresses(struct witness_run *w)
{
    const struct claim_index *x = w->x;
    struct claim_list cards = claims_of(x, NEED_PCI_DSN_MAC);
    struct claim_list net = claims_of(x, NEED_NET_ADDRESS);

    for (size_t i = 0; i < cards.count; i++) {
        struct bytes digits = mac_digits(x, cards.nodes[i]);

        if (!witness_usable(x, cards.nodes[i]) || !burned_in(digits) ||
            !is_network(x, cards.nodes[i]))
            continue;
        if (mac_known(x, &net, digits)) {
            witness_compared(w, cards.nodes[i], net.nodes[0]);
            continue;
        }
        uint32_t stray = stray_interface(x, digits);

        if (stray == TREE_NONE)
            continue;
        witness_compared(w, cards.nodes[i], stray);
        witness_disagrees(
            w, &(struct disagreement){
                   "witness.network-address", SEVERITY_MEDIUM, cards.nodes[i], stray,
                   "address of a network card",
                   "Compare with the label on the card; look whether an administrator changed "
                   "the address on purpose."});
    }
}

static uint32_t table_node(const struct claim_index *x, const char *signature)
{
    struct claim_list all = claims_of(x, NEED_ACPI_SIGNATURE);

    for (size_t i = 0; i < all.count; i++) {
        if (!x->doubted[all.nodes[i]] &&
            bytes_equal_text(claim_text(x, all.nodes[i]), signature))
            return all.nodes[i];
    }
    return TREE_NONE;
}

/* Whether the collector looked for a TPM and the machine shows none. */
static bool tpm_absent(const struct subject *s)
{
    bool absent = false;

    for (size_t i = 0; i < s->evidence.count; i++) {
        const struct entry *n = &s->evidence.entries[i];

        if (!bytes_starts_with(n->source, "tpm-"))
            continue;
        if (n->state != COVERAGE_ABSENT)
            return false;
        absent = true;
    }
    return absent;
}

static void judge_tpm(struct witness_run *w)
{
    uint32_t table = table_node(w->x, "TPM2");
    struct claim_list pcrs = claims_of(w->x, NEED_PCR);

    if (table != TREE_NONE && pcrs.count > 0)
        witness_compared(w, table, pcrs.nodes[0]);
    if (table == TREE_NONE || pcrs.count > 0 || !tpm_absent(w->x->subject))
        return;
    findings_add(w->f,
                 (struct finding){
                     .id = "witness.tpm-table",
                     .judge = JUDGE_WITNESS,
                     .severity = SEVERITY_MEDIUM,
                     .path = claim_path(w->x, table),
                     .other = bytes_of("tpm@tpm"),
                     .why = bytes_of("Firmware's ACPI tables announce a TPM 2.0, and the "
                                     "kernel shows no TPM."),
                     .next = bytes_of("Look whether the TPM is plugged in and enabled, and "
                                      "whether the kernel has its driver."),
                     .value = claim_words(w->x, table),
                     .node = table,
                 });
}

/* A function in the slot: at its address, or behind the bridge that has its address. */
static uint32_t occupant(const struct claim_index *x, const struct functions *f,
                         uint64_t segment, uint64_t bus, uint64_t device)
{
    uint32_t found = TREE_NONE;

    for (size_t i = 0; i < f->count; i++) {
        const struct function *at = &f->rows[i];
        uint64_t behind = bus_behind(x, at->node);

        if (at->segment != segment || at->bus != bus || at->device != device)
            continue;
        if (behind == NO_BUS || behind == 0)
            return at->node;
        for (size_t k = 0; k < f->count && found == TREE_NONE; k++) {
            if (f->rows[k].segment == segment && f->rows[k].bus == behind)
                found = f->rows[k].node;
        }
    }
    return found;
}

static uint64_t sibling_uint(const struct claim_index *x, uint32_t node, const char *name,
                             uint64_t otherwise)
{
    uint32_t leaf = claim_sibling(x, node, name);
    const struct item *claim = leaf != TREE_NONE ? claim_at(x, leaf) : NULL;

    return claim != NULL ? claim->value.uint : otherwise;
}

static void judge_slot(struct witness_run *w, const struct functions *f, uint32_t slot)
{
    const struct claim_index *x = w->x;
    uint64_t usage = claim_at(x, slot)->value.uint;
    uint64_t segment = sibling_uint(x, slot, "segment", 0xffff);
    uint64_t bus = sibling_uint(x, slot, "bus", NO_BUS);
    uint64_t place = sibling_uint(x, slot, "device-function", NO_BUS);

    if (x->doubted[slot] || segment == 0xffff || bus == NO_BUS || place == NO_BUS ||
        (bus == 0 && place == 0) || f->count == 0)
        return;
    uint32_t node = occupant(x, f, segment, bus, place >> 3);
    uint32_t surface = claim_surface(x, f->rows[0].node);

    if (usage == SLOT_AVAILABLE || usage == SLOT_IN_USE)
        witness_compared(w, slot, f->rows[0].node);
    if (usage == SLOT_AVAILABLE && node != TREE_NONE)
        witness_says(w,
                     &(struct disagreement){"witness.pci-slot", SEVERITY_LOW, slot, node,
                                            "use of a slot",
                                            "Look what is in the slot, and whether firmware "
                                            "of siblings says the same."},
                     bytes_of("Firmware lists a slot as free, and a PCI device answers in "
                              "it."));
    if (usage == SLOT_IN_USE && node == TREE_NONE && !x->tree->nodes[surface].incomplete)
        witness_says(w,
                     &(struct disagreement){"witness.pci-slot", SEVERITY_LOW, slot, surface,
                                            "use of a slot",
                                            "Look what is in the slot: it is powered off, "
                                            "hidden, or the table is wrong."},
                     bytes_of("Firmware lists a slot as in use, and no PCI device answers in "
                              "it."));
}

void witness_devices(struct witness_run *w)
{
    struct functions f = functions_of(w->x);
    struct claim_list slots = claims_of(w->x, NEED_SLOT_USAGE);

    judge_addresses(w);
    judge_tpm(w);
    for (size_t i = 0; i < slots.count; i++)
        judge_slot(w, &f, slots.nodes[i]);
}
