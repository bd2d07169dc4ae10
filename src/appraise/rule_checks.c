/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of inventory, controller, kernel and buses that look at more than one claim. */
#include <string.h>

#include "appraise/path_match.h"
#include "appraise/placeholder.h"
#include "appraise/rule_private.h"

static bool has_table(const struct rule_run *r, const char *signature)
{
    struct claim_list all = claims_of(r->x, NEED_ACPI_SIGNATURE);

    for (size_t i = 0; i < all.count; i++) {
        if (bytes_equal_text(claim_text(r->x, all.nodes[i]), signature))
            return true;
    }
    return false;
}

/* Only where all tables were seen: a FADT without a DMAR or IVRS beside it. */
void rule_dma_remapping_absent(struct rule_run *r, const struct rule *row)
{
    uint32_t surface = rule_surface(r, "acpi");

    if (surface == TREE_NONE || r->x->tree->nodes[surface].incomplete || !has_table(r, "FACP"))
        return;
    if (!has_table(r, "DMAR") && !has_table(r, "IVRS") && !has_table(r, "IORT"))
        rule_report(r, row, surface);
}

/* Where the identity of a machine stands; empty sockets of memory have placeholders rightly. */
static bool is_identity(struct bytes path)
{
    static const char *const places[] = {
        "smbios@*/system*/serial",  "smbios@*/system*/uuid", "smbios@*/baseboard*/serial",
        "smbios@*/chassis*/serial", "fru@*/board/serial",    "fru@*/chassis/serial",
        "fru@*/product/serial",
    };

    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        if (path_match(places[i], path))
            return true;
    }
    return false;
}

/* Values that a machine has of its own and nobody filled in, one finding for all. */
void rule_placeholder_identity(struct rule_run *r, const struct rule *row)
{
    const struct tree *t = r->x->tree;
    uint32_t first = TREE_NONE;
    size_t count = 0;

    for (uint32_t i = 0; i < t->count; i++) {
        const struct item *claim = tree_claim(t, i);

        if (claim == NULL || key_get(claim->key)->expectation != EXPECT_OWN ||
            claim->value.type != TYPE_TEXT || bytes_trim(claim->value.bytes).len == 0 ||
            !is_identity(claim_path(r->x, i)) ||
            !placeholder_is(own_normalise(&claim->value, r->x->arena)))
            continue;
        first = first == TREE_NONE ? i : first;
        count++;
    }
    rule_report_all(r, row, first, count);
}

/* Records of the controller's log with one of these events that stand, one finding for all. */
static void logged_events(struct rule_run *r, const struct rule *row, const uint16_t *events,
                          size_t event_count)
{
    struct claim_list all = claims_of(r->x, NEED_SEL_EVENT);
    uint32_t first = TREE_NONE;
    size_t count = 0;

    for (size_t i = 0; i < all.count; i++) {
        uint32_t gone = claim_sibling(r->x, all.nodes[i], "deasserted");
        bool fits = false;

        for (size_t k = 0; k < event_count; k++)
            fits = fits || claim_at(r->x, all.nodes[i])->value.uint == events[k];
        if (!fits || (gone != TREE_NONE && claim_at(r->x, gone) != NULL &&
                      claim_at(r->x, gone)->value.uint != 0))
            continue;
        first = first == TREE_NONE ? all.nodes[i] : first;
        count++;
    }
    rule_report_all(r, row, first, count);
}

/* IPMI 2.0 table 42-3: sensor type 05h is physical security, 10h the logging of events. */
void rule_intrusion_logged(struct rule_run *r, const struct rule *row)
{
    static const uint16_t events[] = {0x0500, 0x0501, 0x0502, 0x0503, 0x0506};

    logged_events(r, row, events, ARRAY_LEN(events));
}

void rule_event_log_cleared(struct rule_run *r, const struct rule *row)
{
    static const uint16_t events[] = {0x1002};

    logged_events(r, row, events, ARRAY_LEN(events));
}

void rule_event_log_full(struct rule_run *r, const struct rule *row)
{
    static const uint16_t events[] = {0x1004};

    logged_events(r, row, events, ARRAY_LEN(events));
}

void rule_lockdown_off(struct rule_run *r, const struct rule *row)
{
    uint32_t node = rule_claim(r, NEED_LOCKDOWN, "kernel@**");

    if (node == TREE_NONE ||
        !rule_state_is(r, "efivar@*/8be4df61-93ca-11d2-aa0d-00e098032b8c:SecureBoot/value", 1))
        return;
    struct bytes text = claim_text(r->x, node);

    if (memmem(text.data, text.len, "[none]", 6) != NULL || bytes_equal_text(text, "none"))
        rule_report(r, row, node);
}

/* Addresses at which memory modules, their parts and common sensors answer. */
static bool smbus_expected(uint64_t address)
{
    static const struct {
        uint8_t first;
        uint8_t last;
    } ranges[] = {
        {0x08, 0x08}, /* host notify */
        {0x0c, 0x0c}, /* alert response */
        {0x18, 0x1f}, /* temperature sensors of modules */
        {0x20, 0x27}, /* expanders */
        {0x28, 0x2f}, /* hardware monitors */
        {0x30, 0x37}, /* write protection and page select of SPD EEPROMs */
        {0x44, 0x44}, /* controller of the chipset */
        {0x48, 0x4f}, /* temperature sensors of modules and board; power of DDR5 modules */
        {0x50, 0x57}, /* SPD EEPROMs */
        {0x58, 0x5f}, /* register clock drivers of DDR5 modules, power supplies */
        {0x61, 0x61}, /* default device address */
        {0x68, 0x6b}, /* clocks */
        {0x70, 0x77}, /* multiplexers */
    };

    for (size_t i = 0; i < ARRAY_LEN(ranges); i++) {
        if (address >= ranges[i].first && address <= ranges[i].last)
            return true;
    }
    return false;
}

void rule_smbus_unknown_device(struct rule_run *r, const struct rule *row)
{
    struct claim_list all = claims_of(r->x, NEED_SMBUS_ADDRESS);

    for (size_t i = 0; i < all.count; i++) {
        if (!smbus_expected(claim_at(r->x, all.nodes[i])->value.uint))
            rule_report(r, row, all.nodes[i]);
    }
}
