/* SPDX-License-Identifier: Apache-2.0 */
/* An epoch that changes every pseudonym and nothing else. */
#include <stdlib.h>
#include <string.h>

#include "app/fleet_plan.h"
#include "app/fleet_work.h"
#include "ledger/wire.h"

/* A server under the new key: the same record and sums, another pseudonym. */
static bool rekey_server(struct fleet_work *w, const struct vrf_secret *old_secret,
                         struct bytes old, struct fleet_change *c, struct text *proofs)
{
    const struct fleet_record *was = fleet_work_record(w, old);
    struct identity *identities;
    struct vrf_proof old_proof;
    struct vrf_proof new_proof;
    struct digest index;

    if (was == NULL)
        return false;
    identities = ARENA_ARRAY(w->arena, struct identity, was->alias_count + 1);
    for (size_t i = 0; i < was->alias_count; i++)
        identities[i] = was->aliases[i].identity;
    c->record = *was;
    c->record.alias_count = 0;
    c->sum = server_leaf_unpack(old).sum;
    c->path = "a server";
    if (!pseudonym_make(old_secret, PREFIX_SERVERS, &was->identity, &index, &old_proof) ||
        !pseudonym_make(&w->secret, PREFIX_SERVERS, &was->identity, &c->record.index,
                        &new_proof) ||
        !digest_equal(&index, &was->index))
        return err_set(w->err, ERR_INPUT, "a server is not what its record says");
    wire_put_string(proofs, was->identity.kind);
    wire_put_string(proofs, was->identity.id);
    text_add(proofs, (struct bytes){old_proof.bytes, sizeof(old_proof.bytes)});
    text_add(proofs, (struct bytes){new_proof.bytes, sizeof(new_proof.bytes)});
    return fleet_work_aliases(w, &c->record, identities, was->alias_count);
}

static int move_order(const void *left, const void *right)
{
    const struct delta_move *a = left;
    const struct delta_move *b = right;

    return memcmp(a->to.bytes, b->to.bytes, sizeof(a->to.bytes));
}

/* The leaves under the new pseudonyms, each after the one it had. */
static bool rekey_leaves(struct fleet_work *w, const struct delta_move *moves)
{
    const struct prefix_leaves *old = &w->before->servers.leaves;

    for (size_t i = 0; i < w->change_count; i++) {
        const struct delta_move key = {.to = w->changes[i].record.index};
        const struct delta_move *m =
            bsearch(&key, moves, old->count, sizeof(*moves), move_order);
        bool found = false;
        size_t at = m != NULL ? prefix_find(old, m->from.bytes, &found) : 0;

        if (!found || !fleet_work_leaf(w, &w->changes[i], prefix_leaf(old, at)))
            return false;
    }
    return true;
}

bool fleet_rekey(struct fleet_folder *f, struct bytes as_of, struct signer *signer,
                 struct fleet_outcome *ret, struct err *e)
{
    struct fleet_work *w = ARENA_NEW(f->arena, struct fleet_work);
    struct vrf_secret old_secret;
    struct text proofs;
    struct delta d;

    *ret = (struct fleet_outcome){0};
    if (!f->has_epoch)
        return err_set(e, ERR_INPUT, "there is no epoch yet, and nothing to be renamed");
    if (!fleet_work_begin(w, f, true, e) || !fleet_secret(f, f->last, &old_secret, e) ||
        !fleet_work_statement(w, as_of, &ret->statement) ||
        !fleet_nameless_read(f, NULL, &w->nameless, &ret->statement.unidentified, e))
        return false;
    const struct prefix_leaves *old = &w->before->servers.leaves;
    struct delta_move *moves = ARENA_ARRAY(f->arena, struct delta_move, old->count + 1);
    struct delta_move *by_new = ARENA_ARRAY(f->arena, struct delta_move, old->count + 1);

    text_init(&proofs, f->arena, FLEET_RECORDS_MAX);
    w->changes = ARENA_ARRAY(f->arena, struct fleet_change, old->count + 1);
    for (size_t i = 0; i < old->count; i++) {
        struct fleet_change *c = &w->changes[w->change_count++];

        if (!rekey_server(w, &old_secret, prefix_leaf(old, i), c, &proofs))
            return false;
        memcpy(moves[i].from.bytes, prefix_leaf(old, i).data, PREFIX_INDEX_SIZE);
        moves[i].to = c->record.index;
        by_new[i] = moves[i];
    }
    if (old->count > 1)
        qsort(by_new, old->count, sizeof(*by_new), move_order);
    return fleet_work_sort(w) && rekey_leaves(w, by_new) && fleet_work_trees(w, false) &&
           delta_rekey(&w->before->servers, &w->server_tree,
                       &(struct delta_moves){moves, old->count}, f->arena, &d, e) &&
           fleet_work_publish(w, &d, text_bytes(&proofs), signer, ret);
}
