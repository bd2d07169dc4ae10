/* SPDX-License-Identifier: Apache-2.0 */
#include "appraise/rule.h"

#include <string.h>

#include "appraise/path_match.h"
#include "appraise/rule_private.h"

enum {
    ONCE = 0,
    EACH = 1
};

/* clang-format off */
static const struct rule table[] = {
#define RULE(id, severity, match, each, key, path, number, text, why, next)                    \
    {id, SEVERITY_##severity, MATCH_##match, each, key, path, number, text, NULL, why, next},
#define CHECK(id, severity, function, why, next)                                               \
    {id, SEVERITY_##severity, MATCH_CHECK, true, "", "", 0, "", rule_##function, why, next},
#include "appraise/rules.def"
#undef RULE
#undef CHECK
};

/* clang-format on */

const struct rule *rule_table(size_t *ret_count)
{
    *ret_count = ARRAY_LEN(table);
    return table;
}

const struct rule *rule_find(struct bytes id)
{
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        if (bytes_equal_text(id, table[i].id))
            return &table[i];
    }
    return NULL;
}

void rule_says(struct rule_run *r, const struct rule *row, uint32_t node, struct bytes why)
{
    const struct item *claim = claim_at(r->x, node);

    findings_add(r->f,
                 (struct finding){
                     .id = row->id,
                     .judge = JUDGE_RULE,
                     .severity = row->severity,
                     .path = claim_path(r->x, node),
                     .why = why,
                     .next = bytes_of(row->next),
                     .value = claim != NULL ? claim_words(r->x, node) : (struct bytes){NULL, 0},
                     .node = node,
    });
}

void rule_report(struct rule_run *r, const struct rule *row, uint32_t node)
{
    rule_says(r, row, node, bytes_of(row->why));
}

void rule_report_all(struct rule_run *r, const struct rule *row, uint32_t node, size_t count)
{
    if (count == 1)
        rule_report(r, row, node);
    else if (count > 1)
        rule_says(r, row, node,
                  finding_words(r->f, "%s (%zu places; the first is named.)", row->why, count));
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

/* Whether `part` stands in `whole`, whatever the case of its letters. */
static bool holds(struct bytes whole, struct bytes part)
{
    for (size_t at = 0; part.len > 0 && at + part.len <= whole.len; at++) {
        size_t n = 0;

        while (n < part.len && lower(whole.data[at + n]) == lower(part.data[n]))
            n++;
        if (n == part.len)
            return true;
    }
    return false;
}

static bool holds_any(struct bytes whole, const char *parts)
{
    struct bytes rest = bytes_of(parts);
    struct bytes part;

    while (bytes_word(&rest, "|", &part)) {
        if (holds(whole, part))
            return true;
    }
    return false;
}

static bool is_listed(struct bytes value, const char *parts)
{
    struct bytes rest = bytes_of(parts);
    struct bytes part;

    while (bytes_word(&rest, "|", &part)) {
        if (bytes_equal(value, part))
            return true;
    }
    return false;
}

/* "a|b": one of these; "!a|b": none of these; "": any. */
static bool fault_listed(struct bytes name, const char *list)
{
    if (list[0] == '!')
        return !is_listed(name, list + 1);
    return list[0] == '\0' || is_listed(name, list);
}

static bool value_fits(const struct claim_index *x, const struct rule *row, uint32_t node)
{
    const struct value *v = &claim_at(x, node)->value;
    bool number = v->type == TYPE_UINT || v->type == TYPE_BOOL;

    switch (row->match) {
    case MATCH_EQUALS:
        return number ? v->uint == row->number
                      : bytes_equal_text(claim_text(x, node), row->text);
    case MATCH_NOT_EQUALS:
        return number && v->uint != row->number;
    case MATCH_BITS:
        return number && (v->uint & row->number) != 0;
    case MATCH_BELOW:
        return number && v->uint < row->number;
    case MATCH_HAS:
        return holds_any(claim_text(x, node), row->text);
    case MATCH_NOT_LISTED:
        return !is_listed(claim_text(x, node), row->text);
    case MATCH_ANY:
        return true;
    case MATCH_FAULT:
        return fault_listed(claim_text(x, node), row->text);
    case MATCH_CHECK:
        return false;
    }
    return false;
}

static void row_judge(struct rule_run *r, const struct rule *row)
{
    struct claim_list all = claims_of_key(r->x, key_find(bytes_of(row->key)));
    uint32_t first = TREE_NONE;
    size_t count = 0;

    for (size_t i = 0; i < all.count; i++) {
        uint32_t node = all.nodes[i];

        if (!value_fits(r->x, row, node) || !path_match(row->path, claim_path(r->x, node)))
            continue;
        if (row->each)
            rule_report(r, row, node);
        first = first == TREE_NONE ? node : first;
        count++;
    }
    if (!row->each)
        rule_report_all(r, row, first, count);
}

/* Faults that no row of their own speaks of: one finding a surface. */
static bool fault_has_row(const struct rule_run *r, uint32_t node, struct bytes path)
{
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        if (table[i].match == MATCH_FAULT && path_match(table[i].path, path) &&
            value_fits(r->x, &table[i], node))
            return true;
    }
    return false;
}

void rule_malformed_evidence(struct rule_run *r, const struct rule *row)
{
    struct claim_list all = claims_of(r->x, NEED_FAULT);
    struct arena scratch;

    arena_init(&scratch);
    size_t *counts = ARENA_ARRAY(&scratch, size_t, r->x->tree->count);
    uint32_t *first = ARENA_ARRAY(&scratch, uint32_t, r->x->tree->count);

    for (size_t i = 0; i < all.count; i++) {
        uint32_t node = all.nodes[i];
        uint32_t surface = claim_surface(r->x, node);

        if (fault_has_row(r, node, claim_path(r->x, node)))
            continue;
        if (counts[surface]++ == 0)
            first[surface] = node;
    }
    for (uint32_t i = 0; i < r->x->tree->count; i++)
        rule_report_all(r, row, first[i], counts[i]);
    arena_done(&scratch);
}

uint32_t rule_claim(const struct rule_run *r, enum need n, const char *path)
{
    struct claim_list all = claims_of(r->x, n);

    for (size_t i = 0; i < all.count; i++) {
        if (path_match(path, claim_path(r->x, all.nodes[i])))
            return all.nodes[i];
    }
    return TREE_NONE;
}

bool rule_state_is(const struct rule_run *r, const char *path, uint64_t value)
{
    uint32_t node = rule_claim(r, NEED_EFI_STATE, path);

    return node != TREE_NONE && claim_at(r->x, node)->value.uint == value;
}

uint32_t rule_surface(const struct rule_run *r, const char *surface)
{
    const struct tree_node *nodes = r->x->tree->nodes;
    size_t n = strlen(surface);

    for (uint32_t i = nodes[0].first; i < nodes[0].first + nodes[0].count; i++) {
        if (bytes_starts_with(nodes[i].name, surface) && nodes[i].name.len > n &&
            nodes[i].name.data[n] == '@' && nodes[i].count > 0)
            return i;
    }
    return TREE_NONE;
}

void rules_judge(const struct subject *s, const struct policy *p, struct findings *f,
                 struct coverage *c)
{
    struct claim_index x;
    struct rule_run r = {&x, p, f};
    const struct tree_node *nodes = s->tree.nodes;

    claim_index_init(&x, s, f->arena);
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        if (table[i].check != NULL)
            table[i].check(&r, &table[i]);
        else
            row_judge(&r, &table[i]);
    }
    for (uint32_t i = nodes[0].first; c != NULL && i < nodes[0].first + nodes[0].count; i++) {
        if (nodes[i].count > 0)
            coverage_judged(c, nodes[i].name, JUDGE_RULE);
    }
    claim_index_done(&x);
}
