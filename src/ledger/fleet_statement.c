/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/fleet_statement.h"

static void member_digest(struct json *j, const char *name, const struct digest *d)
{
    json_key(j, name);
    json_hex(j, (struct bytes){d->bytes, sizeof(d->bytes)});
}

static void print_sum(struct json *j, const struct aggregate *a)
{
    json_key(j, "aggregate");
    json_object_begin(j);
    json_member_uint(j, "n", a->n);
    json_member_uint(j, "clean", a->clean);
    json_member_uint(j, "review", a->review);
    json_member_uint(j, "bad", a->bad);
    json_member_uint(j, "unknown", a->unknown);
    json_member_uint(j, "oldest", a->oldest);
    json_member_uint(j, "newest", a->newest);
    json_member_uint(j, "methodsAll", a->all);
    json_member_uint(j, "methodsAny", a->any);
    json_object_end(j);
}

static void print_changes(struct json *j, const struct fleet_statement *s)
{
    json_key(j, "counters");
    json_object_begin(j);
    json_member_uint(j, "everN", s->counters.ever);
    json_member_uint(j, "everBad", s->counters.ever_bad);
    json_member_uint(j, "everReview", s->counters.ever_review);
    json_member_uint(j, "resolved", s->counters.resolved);
    json_member_uint(j, "removedWhileNotClean", s->counters.removed_while_not_clean);
    json_object_end(j);
    json_key(j, "delta");
    json_object_begin(j);
    json_member_uint(j, "added", s->delta.added);
    json_member_uint(j, "removed", s->delta.removed);
    json_member_uint(j, "changed", s->delta.changed);
    json_member_uint(j, "rekeyed", s->delta.rekeyed);
    member_digest(j, "digest", &s->delta_digest);
    json_object_end(j);
    member_digest(j, "leaves", &s->leaves);
    member_digest(j, "aliasLeaves", &s->alias_leaves);
    json_key(j, "previous");
    if (!s->has_previous) {
        json_none(j);
        return;
    }
    json_object_begin(j);
    member_digest(j, "payload", &s->previous);
    member_digest(j, "root", &s->previous_root);
    json_object_end(j);
}

static void print_methods(struct json *j, const struct fleet_statement *s)
{
    json_key(j, "methods");
    json_array_begin(j);
    for (size_t i = 0; i < s->method_count; i++) {
        const struct fleet_method *m = &s->methods[i];

        json_object_begin(j);
        json_member_uint(j, "bit", m->bit);
        json_member_string(j, "id", m->id);
        json_member_string(j, "what", m->what);
        member_digest(j, "specification", &m->specification);
        json_member_uint(j, "caught", m->caught);
        json_member_uint(j, "of", m->of);
        json_member_uint(j, "falseAlarms", m->false_alarms);
        json_member_uint(j, "falseOf", m->false_of);
        member_digest(j, "record", &m->record);
        json_object_end(j);
    }
    json_array_end(j);
}

static void print_sampling(struct json *j, const struct fleet_statement *s)
{
    const struct fleet_sampling *p = &s->sampling;

    json_key(j, "sampling");
    if (!s->has_sampling) {
        json_none(j);
        return;
    }
    json_object_begin(j);
    json_member_uint(j, "method", p->method);
    json_member_uint(j, "k", p->size);
    json_member_string(j, "source", p->source);
    json_member_string(j, "notBefore", p->not_before);
    json_key(j, "seed");
    if (p->seed.len > 0)
        json_hex(j, p->seed);
    else
        json_none(j);
    json_member_uint(j, "epoch", p->epoch);
    json_object_end(j);
}

void fleet_statement_print(struct text *t, const struct fleet_statement *s)
{
    struct json j;

    json_init(&j, t);
    statement_begin(&j, s->origin, &s->fleet_root, FLEET_PREDICATE);
    json_object_begin(&j);
    json_member_string(&j, "origin", s->origin);
    json_member_uint(&j, "epoch", s->epoch);
    json_member_string(&j, "asOf", s->as_of);
    member_digest(&j, "root", &s->root);
    print_sum(&j, &s->sum);
    member_digest(&j, "aliasRoot", &s->alias_root);
    member_digest(&j, "aliasTree", &s->alias_tree);
    json_member_uint(&j, "aliases", s->aliases);
    json_member_uint(&j, "unidentified", s->unidentified);
    print_changes(&j, s);
    json_key(&j, "vrfKey");
    json_hex(&j, (struct bytes){s->vrf_key.bytes, sizeof(s->vrf_key.bytes)});
    print_methods(&j, s);
    member_digest(&j, "policy", &s->policy);
    member_digest(&j, "reference", &s->reference);
    json_key(&j, "tool");
    json_object_begin(&j);
    json_member_string(&j, "name", s->tool);
    member_digest(&j, "digest", &s->tool_digest);
    json_object_end(&j);
    if (s->has_nonce) {
        member_digest(&j, "nonceFrom", &s->nonce_from);
    } else {
        json_key(&j, "nonceFrom");
        json_none(&j);
    }
    print_sampling(&j, s);
    json_object_end(&j);
    statement_end(&j);
}
