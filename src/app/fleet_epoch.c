/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "app/fleet_plan.h"
#include "app/fleet_work.h"

static bool index_of(struct fleet_work *w, const struct identity *i, struct digest *ret)
{
    struct vrf_proof proof;

    return pseudonym_make(&w->secret, PREFIX_SERVERS, i, ret, &proof) ||
           err_set(w->err, ERR_INPUT, "the secret of the pseudonyms is damaged");
}

/* "KIND=ID=WORD": the server, which must be in the ledger, and the last word. */
static bool server_and_word(struct fleet_work *w, const char *text, struct digest *ret_index,
                            struct bytes *ret_word)
{
    const char *last = strrchr(text, '=');
    struct identity i;
    bool found = false;

    if (last == NULL || last == strchr(text, '='))
        return err_set(w->err, ERR_INPUT, "'%s' is not KIND=ID=...", text);
    *ret_word = bytes_of(last + 1);
    if (!identity_parse(bytes_slice(bytes_of(text), 0, (size_t)(last - text)), w->arena, &i,
                        w->err) ||
        !index_of(w, &i, ret_index))
        return false;
    if (w->before != NULL)
        (void)prefix_find(&w->before->servers.leaves, ret_index->bytes, &found);
    return found || err_set(w->err, ERR_ABSENT, "no server of the ledger is counted as %.*s",
                            (int)(last - text), text);
}

static int why_order(const void *left, const void *right)
{
    const struct delta_why *a = left;
    const struct delta_why *b = right;

    return memcmp(a->index.bytes, b->index.bytes, sizeof(a->index.bytes));
}

static bool reasons_read(struct fleet_work *w, const struct fleet_request *r)
{
    struct bytes word = {0};

    w->why = ARENA_ARRAY(w->arena, struct delta_why, r->removed_count + r->resolved_count + 1);
    for (size_t i = 0; i < r->removed_count; i++) {
        struct delta_why *now = &w->why[w->why_count++];

        if (!server_and_word(w, r->removed[i], &now->index, &word))
            return false;
        if (!delta_reason_to_leave(word, &now->reason))
            return err_set(w->err, ERR_INPUT,
                           "'%s' has none of the reasons returned, sold, scrapped, "
                           "held-as-evidence",
                           r->removed[i]);
    }
    for (size_t i = 0; i < r->resolved_count; i++) {
        struct delta_why *now = &w->why[w->why_count++];

        now->reason = REASON_RESOLVED;
        if (!server_and_word(w, r->resolved[i], &now->index, &word))
            return false;
        if (!digest_of_hex(word, &now->extra))
            return err_set(w->err, ERR_INPUT, "'%s' does not end in a SHA-256", r->resolved[i]);
    }
    if (w->why_count > 1)
        qsort(w->why, w->why_count, sizeof(*w->why), why_order);
    for (size_t i = 1; i < w->why_count; i++) {
        if (why_order(&w->why[i - 1], &w->why[i]) == 0)
            return err_set(w->err, ERR_INPUT, "one server is named twice to leave or resolve");
    }
    return true;
}

/* The machines that have an identity, by pseudonym. */
static bool changes_make(struct fleet_work *w, const struct fleet_intake *in,
                         const struct fleet_inputs *from)
{
    w->changes = ARENA_ARRAY(w->arena, struct fleet_change, in->count + 1);
    for (size_t i = 0; i < in->count; i++) {
        struct fleet_examined *x = &in->rows[i];
        struct fleet_change *c = &w->changes[w->change_count];

        if (x->primary == NULL)
            continue;
        if (!index_of(w, x->primary, &c->record.index))
            return false;
        c->record.identity = *x->primary;
        c->sum = x->sum;
        c->result = x->result;
        c->path = x->path;
        if (from->has_nonce) {
            struct digest nonce = nonce_of(&from->nonce_from, &c->record.index);
            struct bytes copy = arena_copy(w->arena, (struct bytes){nonce.bytes, SHA256_SIZE});

            x->attributes[x->attribute_count++] = (struct attribute){bytes_of("nonce"), copy};
        }
        c->record.attributes = x->attributes;
        c->record.attribute_count = x->attribute_count;
        if (!fleet_work_aliases(w, &c->record, x->machine.identities,
                                x->machine.identity_count))
            return false;
        w->change_count++;
    }
    return fleet_work_sort(w);
}

/* The aliases of a server that changes or leaves are free again. */
static bool aliases_free(struct fleet_work *w, const struct fleet_record *r)
{
    for (size_t i = 0; i < r->alias_count; i++) {
        arena_grow(w->arena, &w->gone_aliases, w->gone_count, &w->gone_cap,
                   sizeof(*w->gone_aliases));
        w->gone_aliases[w->gone_count++] = r->aliases[i].index;
    }
    return true;
}

static const struct delta_why *why_of(const struct fleet_work *w, const uint8_t *index)
{
    struct delta_why key = {.reason = REASON_NONE};

    memcpy(key.index.bytes, index, sizeof(key.index.bytes));
    return w->why_count == 0 ? NULL
                             : bsearch(&key, w->why, w->why_count, sizeof(*w->why), why_order);
}

static bool same_aliases(const struct fleet_record *a, const struct fleet_record *b)
{
    bool same = a->alias_count == b->alias_count;

    for (size_t i = 0; same && i < a->alias_count; i++) {
        bool found = false;

        for (size_t k = 0; k < b->alias_count; k++)
            found = found || digest_equal(&a->aliases[i].index, &b->aliases[k].index);
        same = found;
    }
    return same;
}

/* A server that was there and was examined again. */
static bool examined_again(struct fleet_work *w, struct fleet_change *c, struct bytes old)
{
    const struct delta_why *why = why_of(w, old.data);
    const struct fleet_record *was = fleet_work_record(w, old);
    struct server_leaf l = server_leaf_unpack(old);
    enum server_verdict before = server_verdict_of(&l.sum);
    enum server_verdict now = server_verdict_of(&c->sum);

    if (why != NULL && why->reason != REASON_RESOLVED)
        return err_set(w->err, ERR_INPUT, "%s: its server leaves", c->path);
    if (was == NULL)
        return false;
    c->carried = (bytes_equal(fleet_record_value(was, "result"),
                              (struct bytes){c->result.bytes, SHA256_SIZE}) &&
                  same_aliases(was, &c->record)) ||
                 ((before == SERVER_BAD || before == SERVER_REVIEW) && now == SERVER_UNKNOWN);
    if (c->carried) {
        text_add(&w->leaves, old);
        return true;
    }
    return aliases_free(w, was) && fleet_work_leaf(w, c, old);
}

/* A server of before: it leaves, or stays as it was. */
static bool not_examined(struct fleet_work *w, struct bytes old)
{
    const struct delta_why *why = why_of(w, old.data);
    const struct fleet_record *was;

    if (why == NULL) {
        text_add(&w->leaves, old);
        return true;
    }
    if (why->reason == REASON_RESOLVED)
        return err_set(w->err, ERR_INPUT, "a server whose doubt is resolved has no new result");
    was = fleet_work_record(w, old);
    return was != NULL && aliases_free(w, was);
}

/* <0: the next server was not examined, >0: it is new, 0: it was there and was examined. */
static int merge_side(const struct fleet_work *w, const struct prefix_leaves *old, size_t i,
                      size_t k)
{
    if (k == w->change_count)
        return -1;
    if (i == old->count)
        return 1;
    return memcmp(prefix_leaf(old, i).data, w->changes[k].record.index.bytes,
                  PREFIX_INDEX_SIZE);
}

static bool leaves_merge(struct fleet_work *w)
{
    static const struct prefix_leaves none = {0};
    const struct prefix_leaves *old = w->before != NULL ? &w->before->servers.leaves : &none;
    size_t i = 0;
    size_t k = 0;

    while (i < old->count || k < w->change_count) {
        int side = merge_side(w, old, i, k);
        bool good;

        if (side < 0)
            good = not_examined(w, prefix_leaf(old, i));
        else if (side > 0)
            good = fleet_work_leaf(w, &w->changes[k], (struct bytes){0});
        else
            good = examined_again(w, &w->changes[k], prefix_leaf(old, i));
        if (!good)
            return false;
        i += side <= 0;
        k += side >= 0;
    }
    return true;
}

bool fleet_epoch_make(struct fleet_folder *f, const struct fleet_request *r,
                      struct signer *signer, struct fleet_outcome *ret, struct err *e)
{
    struct fleet_work *w = ARENA_NEW(f->arena, struct fleet_work);
    struct fleet_intake in;
    struct delta d;

    *ret = (struct fleet_outcome){0};
    if (!fleet_work_begin(w, f, false, e) ||
        !fleet_work_statement(w, r->as_of, &ret->statement) ||
        !fleet_intake_read(&r->inputs, r->as_of, f->arena, &in, e) || !reasons_read(w, r) ||
        !changes_make(w, &in, &r->inputs) || !leaves_merge(w) || !fleet_work_trees(w, true))
        return false;
    const struct delta_between between = {
        .before = w->before != NULL ? &w->before->servers : NULL,
        .after = &w->server_tree,
        .reasons = w->why,
        .reason_count = w->why_count,
    };
    if (!delta_make(&between, f->arena, &d, &ret->statement.counters, e))
        return false;
    if (in.count > 0) {
        ret->statement.policy = in.policy;
        ret->statement.reference = in.reference;
    }
    if (!fleet_nameless_read(f, &in, &w->nameless, &ret->statement.unidentified, e) ||
        !fleet_plan_take(f, w->epoch, r->as_of, &ret->statement, e))
        return false;
    ret->statement.has_nonce = r->inputs.has_nonce;
    ret->statement.nonce_from = r->inputs.nonce_from;
    for (size_t i = 0; i < w->change_count; i++)
        ret->carried += w->changes[i].carried;
    return fleet_work_publish(w, &d, (struct bytes){0}, signer, ret);
}
