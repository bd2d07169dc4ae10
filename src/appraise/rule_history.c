/* SPDX-License-Identifier: Apache-2.0 */
/* What may only grow between two pieces of evidence of one machine. */
#include "appraise/path_match.h"
#include "appraise/rule.h"
#include "appraise/rule_private.h"

#define REVOKED "efivar@*/d719b2cb-3d3a-4596-a3bc-dad00e67656f:dbx/**"

static struct digest_list revoked_in(const struct claim_index *x, uint32_t *ret_first)
{
    struct claim_list all = claims_of(x, NEED_SIGNATURE_SHA256);
    struct digest_list l = {.rows = ARENA_ARRAY(x->arena, struct bytes, all.count + 1)};

    *ret_first = TREE_NONE;
    for (size_t i = 0; i < all.count; i++) {
        if (!path_match(REVOKED, claim_path(x, all.nodes[i])))
            continue;
        *ret_first = *ret_first == TREE_NONE ? all.nodes[i] : *ret_first;
        l.rows[l.count++] = claim_at(x, all.nodes[i])->value.bytes;
    }
    digest_list_sort(&l);
    return l;
}

static void judge_revoked(struct claim_index *now_index, struct claim_index *then_index,
                          struct findings *f)
{
    const struct tree *tree = now_index->tree;
    uint32_t now_first;
    uint32_t then_first;
    size_t gone = 0;

    struct digest_list now = revoked_in(now_index, &now_first);
    struct digest_list then = revoked_in(then_index, &then_first);

    for (size_t i = 0; i < then.count; i++)
        gone += !digest_list_has(&now, then.rows[i]);
    struct rule_run r = {now_index, NULL, f};
    uint32_t surface = rule_surface(&r, "efivar");

    if (gone == 0 || surface == TREE_NONE || tree->nodes[surface].incomplete)
        return;
    findings_add(
        f, (struct finding){
               .id = "rule.dbx-shrunk",
               .judge = JUDGE_RULE,
               .severity = SEVERITY_HIGH,
               .path = claim_path(now_index, now_first != TREE_NONE ? now_first : surface),
               .why = finding_words(f,
                                    "The revocation list has shrunk: %zu of %zu entries of the "
                                    "earlier evidence are gone.",
                                    gone, then.count),
               .next = bytes_of("Find out who reset the key databases, and install the current "
                                "revocation list again."),
               .node = now_first != TREE_NONE ? now_first : surface,
           });
}

/* The number of entries of the log of system events, which claim it is; false if it is none. */
static bool entries_in(const struct claim_index *x, uint64_t *ret, uint32_t *ret_node)
{
    struct claim_list all = claims_of(x, NEED_SEL_COUNT);

    if (all.count == 0)
        return false;
    *ret_node = all.nodes[0];
    *ret = claim_at(x, all.nodes[0])->value.uint;
    return true;
}

static void judge_event_log(struct claim_index *now_index, struct claim_index *then_index,
                            struct findings *f)
{
    uint64_t now;
    uint64_t then;
    uint32_t node;
    uint32_t before;

    if (!entries_in(then_index, &then, &before) || !entries_in(now_index, &now, &node) ||
        now >= then)
        return;
    findings_add(
        f,
        (struct finding){
            .id = "rule.event-log-shrunk",
            .judge = JUDGE_RULE,
            .severity = SEVERITY_LOW,
            .path = claim_path(now_index, node),
            .why = finding_words(f,
                                 "The system event log has fewer entries than earlier: %llu, "
                                 "where the earlier evidence of this machine has %llu.",
                                 (unsigned long long)now, (unsigned long long)then),
            .next = bytes_of("Find out who cleared it; the earlier evidence still has the "
                             "records."),
            .node = node,
        });
}

void rules_judge_history(const struct subject *s, const struct subject *before,
                         struct findings *f)
{
    struct claim_index now;
    struct claim_index then;

    claim_index_init(&now, s, f->arena);
    claim_index_init(&then, before, f->arena);
    judge_revoked(&now, &then, f);
    judge_event_log(&now, &then, f);
    claim_index_done(&now);
    claim_index_done(&then);
}
