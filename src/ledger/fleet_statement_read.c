/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads members one by one and leaves zeros where one is missing; that the text is the one
 * encoding of what was read is compared at the end, so that nothing can be wrong unseen.
 */
#include <string.h>

#include "base/json_read.h"
#include "ledger/fleet_statement.h"

static struct digest get_digest(const struct json_node *n, const char *name)
{
    struct digest d = {{0}};

    (void)digest_of_hex(json_member_bytes(n, name), &d);
    return d;
}

static uint64_t get_uint(const struct json_node *n, const char *name)
{
    const struct json_node *m = json_member(n, name);

    return m != NULL && m->kind == JSON_KIND_NUMBER && m->number >= 0 ? (uint64_t)m->number : 0;
}

static uint32_t get_u32(const struct json_node *n, const char *name)
{
    uint64_t v = get_uint(n, name);

    return v <= UINT32_MAX ? (uint32_t)v : 0;
}

static bool is_object(const struct json_node *n)
{
    return n != NULL && n->kind == JSON_KIND_OBJECT;
}

static struct aggregate get_sum(const struct json_node *n)
{
    return (struct aggregate){
        .n = get_u32(n, "n"),
        .clean = get_u32(n, "clean"),
        .review = get_u32(n, "review"),
        .bad = get_u32(n, "bad"),
        .unknown = get_u32(n, "unknown"),
        .oldest = get_u32(n, "oldest"),
        .newest = get_u32(n, "newest"),
        .all = get_u32(n, "methodsAll"),
        .any = get_u32(n, "methodsAny"),
    };
}

static void get_changes(const struct json_node *p, struct fleet_statement *s)
{
    const struct json_node *counters = json_member(p, "counters");
    const struct json_node *delta = json_member(p, "delta");
    const struct json_node *previous = json_member(p, "previous");

    s->counters = (struct counters){
        .ever = get_uint(counters, "everN"),
        .ever_bad = get_uint(counters, "everBad"),
        .ever_review = get_uint(counters, "everReview"),
        .resolved = get_uint(counters, "resolved"),
        .removed_while_not_clean = get_uint(counters, "removedWhileNotClean"),
    };
    s->delta = (struct delta_counts){
        .added = get_uint(delta, "added"),
        .removed = get_uint(delta, "removed"),
        .changed = get_uint(delta, "changed"),
        .rekeyed = get_uint(delta, "rekeyed"),
    };
    s->delta_digest = get_digest(delta, "digest");
    s->has_previous = is_object(previous);
    s->previous = get_digest(previous, "payload");
    s->previous_root = get_digest(previous, "root");
}

static void get_method(const struct json_node *n, struct fleet_method *m)
{
    *m = (struct fleet_method){
        .bit = get_u32(n, "bit"),
        .id = json_member_bytes(n, "id"),
        .what = json_member_bytes(n, "what"),
        .specification = get_digest(n, "specification"),
        .caught = get_uint(n, "caught"),
        .of = get_uint(n, "of"),
        .false_alarms = get_uint(n, "falseAlarms"),
        .false_of = get_uint(n, "falseOf"),
        .record = get_digest(n, "record"),
    };
}

/* The seed's bytes; empty if it is not there or malformed. */
static struct bytes get_seed(const struct json_node *n, struct arena *a)
{
    struct digest *seed = ARENA_NEW(a, struct digest);
    bool good = digest_of_hex(json_member_bytes(n, "seed"), seed);

    return (struct bytes){seed->bytes, good ? SEED_SIZE : 0};
}

static void get_plan(const struct json_node *n, struct arena *a, struct fleet_statement *s)
{
    s->has_sampling = is_object(n);
    s->sampling = (struct fleet_sampling){
        .method = get_u32(n, "method"),
        .size = get_uint(n, "k"),
        .source = json_member_bytes(n, "source"),
        .not_before = json_member_bytes(n, "notBefore"),
        .seed = get_seed(n, a),
        .epoch = get_u32(n, "epoch"),
    };
}

static void get_inputs(const struct json_node *p, struct fleet_statement *s)
{
    const struct json_node *methods = json_member(p, "methods");
    const struct json_node *tool = json_member(p, "tool");
    struct digest key = get_digest(p, "vrfKey");

    memcpy(s->vrf_key.bytes, key.bytes, sizeof(s->vrf_key.bytes));
    for (size_t i = 0; methods != NULL && i < methods->count && i < METHODS_MAX; i++)
        get_method(&methods->children[i], &s->methods[s->method_count++]);
    s->policy = get_digest(p, "policy");
    s->reference = get_digest(p, "reference");
    s->tool = json_member_bytes(tool, "name");
    s->tool_digest = get_digest(tool, "digest");
    s->has_nonce = json_member_bytes(p, "nonceFrom").len > 0;
    s->nonce_from = get_digest(p, "nonceFrom");
}

static bool methods_ordered(const struct fleet_statement *s)
{
    for (size_t i = 0; i < s->method_count; i++) {
        const struct fleet_method *m = &s->methods[i];

        if (m->bit >= METHODS_MAX || (i > 0 && m->bit <= m[-1].bit) || m->caught > m->of ||
            m->false_alarms > m->false_of)
            return false;
    }
    return true;
}

bool fleet_statement_parse(struct bytes payload, struct arena *a, struct fleet_statement *ret,
                           struct err *e)
{
    struct json_node *root;
    struct text again;

    *ret = (struct fleet_statement){.epoch = 0};
    if (payload.len > STATEMENT_PAYLOAD_MAX)
        return err_set(e, ERR_LIMIT, "the statement is too large");
    if (!json_parse(payload, a, &root, e))
        return false;
    const struct json_node *subjects = json_member(root, "subject");
    const struct json_node *p = json_member(root, "predicate");

    if (subjects != NULL && subjects->count == 1)
        ret->fleet_root = get_digest(json_member(subjects->children, "digest"), "sha256");
    ret->origin = json_member_bytes(p, "origin");
    ret->epoch = get_u32(p, "epoch");
    ret->as_of = json_member_bytes(p, "asOf");
    ret->root = get_digest(p, "root");
    ret->sum = get_sum(json_member(p, "aggregate"));
    ret->alias_root = get_digest(p, "aliasRoot");
    ret->alias_tree = get_digest(p, "aliasTree");
    ret->aliases = get_uint(p, "aliases");
    ret->unidentified = get_uint(p, "unidentified");
    get_changes(p, ret);
    ret->leaves = get_digest(p, "leaves");
    ret->alias_leaves = get_digest(p, "aliasLeaves");
    get_inputs(p, ret);
    get_plan(json_member(p, "sampling"), a, ret);
    text_init(&again, a, STATEMENT_PAYLOAD_MAX);
    fleet_statement_print(&again, ret);
    if (!bytes_equal(text_bytes(&again), payload))
        return err_set(e, ERR_INPUT, "this is no statement on a fleet in its only form");
    if (!methods_ordered(ret) || !aggregate_valid(PREFIX_SERVERS, &ret->sum))
        return err_set(e, ERR_INPUT, "the numbers of the statement contradict each other");
    return true;
}
