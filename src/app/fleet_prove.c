/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/fleet_epoch.h"
#include "ledger/prefix_proof.h"
#include "ledger/server_proof.h"

/* A proof in the making. */
struct proving {
    struct fleet_folder *folder;
    struct fleet_epoch epoch;
    struct vrf_secret secret;
    struct server_proof proof;
    struct arena *arena;
    struct err *err;
};

static bool pseudonym(struct proving *p, enum prefix_kind as, const struct identity *i,
                      struct digest *ret, struct vrf_proof *ret_proof)
{
    return pseudonym_make(&p->secret, as, i, ret, ret_proof) ||
           err_set(p->err, ERR_INPUT, "the secret of the pseudonyms is damaged");
}

static bool path_to(struct proving *p, const struct prefix_tree *t, const struct digest *index,
                    struct bytes *ret)
{
    struct text *out = ARENA_NEW(p->arena, struct text);

    text_init(out, p->arena, 1 << 16);
    if (!prefix_prove(out, t, index->bytes, p->err))
        return false;
    *ret = text_bytes(out);
    return true;
}

static bool has_alias(const struct fleet_record *r, const struct digest *alias)
{
    for (size_t i = 0; i < r->alias_count; i++) {
        if (digest_equal(&r->aliases[i].index, alias))
            return true;
    }
    return false;
}

/* The record of the server that has an alias, looked for in all epochs that made leaves. */
static bool alias_owner(struct proving *p, const struct digest *alias, struct digest *ret)
{
    const struct prefix_leaves *l = &p->epoch.servers.leaves;

    for (uint32_t epoch = 0; epoch <= p->folder->last; epoch++) {
        struct fleet_records r;

        if (!fleet_records_load(p->folder, epoch, &r, p->err))
            return false;
        for (size_t i = 0; i < r.count; i++) {
            bool found;
            size_t at = prefix_find(l, r.rows[i].index.bytes, &found);

            if (found && server_leaf_unpack(prefix_leaf(l, at)).since == epoch &&
                has_alias(&r.rows[i], alias)) {
                *ret = r.rows[i].index;
                return true;
            }
        }
    }
    return err_set(p->err, ERR_INPUT, "the record of a server is missing");
}

static bool add_alias(struct proving *p, const struct identity *i)
{
    struct server_alias *now = &p->proof.aliases[p->proof.alias_count++];
    struct digest index;

    now->identity = *i;
    if (!pseudonym(p, PREFIX_ALIASES, i, &index, &now->pseudonym))
        return false;
    if (!p->proof.absent)
        now->salt = alias_salt_of(&p->folder->salts, &index);
    return path_to(p, &p->epoch.aliases, &index, &now->proof);
}

static bool is_listed(const char *const *names, size_t count, struct bytes name)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes_equal_text(name, names[i]))
            return true;
    }
    return false;
}

static bool all_known(struct proving *p, const struct fleet_question *q,
                      const struct fleet_record *r)
{
    for (size_t i = 0; i < q->open_count; i++) {
        if (fleet_record_value(r, q->open[i]).len == 0)
            return err_set(p->err, ERR_ABSENT, "the server has no attribute '%s'", q->open[i]);
    }
    return true;
}

/* The attributes that are shown, and the digests of the others. */
static bool open_attributes(struct proving *p, const struct fleet_question *q, uint32_t since,
                            const struct fleet_record *r)
{
    p->proof.openings = ARENA_ARRAY(p->arena, struct server_opening, r->attribute_count + 1);
    p->proof.hidden = ARENA_ARRAY(p->arena, struct digest, r->attribute_count + 1);
    for (size_t i = 0; i < r->attribute_count; i++) {
        const struct attribute *a = &r->attributes[i];
        struct attribute_salt salt =
            attribute_salt_of(&p->folder->salts, since, &r->index, a->name);

        if (is_listed(q->open, q->open_count, a->name))
            p->proof.openings[p->proof.opening_count++] = (struct server_opening){salt, *a};
        else
            p->proof.hidden[p->proof.hidden_count++] = attribute_digest(&salt, a);
    }
    /* In the order of a commitment: that of the file would tell which attribute is which. */
    (void)attributes_commit(p->proof.hidden, p->proof.hidden_count);
    return all_known(p, q, r);
}

/* A server that is there: `index` is its pseudonym. */
static bool prove_member(struct proving *p, const struct fleet_question *q,
                         const struct digest *index)
{
    const struct prefix_leaves *l = &p->epoch.servers.leaves;
    const struct fleet_record *r;
    struct fleet_records records;
    bool found;
    size_t at = prefix_find(l, index->bytes, &found);
    struct server_leaf leaf = server_leaf_unpack(prefix_leaf(l, at));
    struct digest same;

    if (!fleet_records_load(p->folder, leaf.since, &records, p->err))
        return false;
    r = fleet_record_find(&records, index);
    if (r == NULL)
        return err_set(p->err, ERR_INPUT, "the record of the server is missing");
    p->proof.identity = r->identity;
    p->proof.aliases = ARENA_ARRAY(p->arena, struct server_alias, r->alias_count + 1);
    if (!pseudonym(p, PREFIX_SERVERS, &r->identity, &same, &p->proof.pseudonym) ||
        !path_to(p, &p->epoch.servers, index, &p->proof.proof) ||
        !open_attributes(p, q, leaf.since, r))
        return false;
    for (size_t i = 0; i < r->alias_count; i++) {
        const struct identity *alias = &r->aliases[i].identity;
        bool asked = bytes_equal(alias->kind, q->identity.kind) &&
                     bytes_equal(alias->id, q->identity.id) &&
                     !bytes_equal(alias->kind, r->identity.kind);

        if ((asked || is_listed(q->aliases, q->alias_count, alias->kind)) &&
            !add_alias(p, alias))
            return false;
    }
    return true;
}

/* A server that is not there, under this name or another. */
static bool prove_absent(struct proving *p, const struct fleet_question *q)
{
    struct digest index;

    p->proof.absent = true;
    p->proof.identity = q->identity;
    p->proof.aliases = ARENA_ARRAY(p->arena, struct server_alias, 1);
    if (!identity_kind_known(PREFIX_SERVERS, q->identity.kind))
        return err_set(p->err, ERR_INPUT,
                       "the fleet has no such %.*s; only of an ek or a board can it be proven "
                       "that no server is counted as that",
                       (int)q->identity.kind.len, (const char *)q->identity.kind.data);
    return pseudonym(p, PREFIX_SERVERS, &q->identity, &index, &p->proof.pseudonym) &&
           path_to(p, &p->epoch.servers, &index, &p->proof.proof) && add_alias(p, &q->identity);
}

/* By its own pseudonym, or by that of a name that it has too. */
static bool find_server(struct proving *p, const struct identity *i, bool *ret_found,
                        struct digest *ret)
{
    struct vrf_proof unused;
    struct digest alias;

    if (!pseudonym(p, PREFIX_SERVERS, i, ret, &unused) ||
        !pseudonym(p, PREFIX_ALIASES, i, &alias, &unused))
        return false;
    (void)prefix_find(&p->epoch.servers.leaves, ret->bytes, ret_found);
    if (*ret_found)
        return true;
    (void)prefix_find(&p->epoch.aliases.leaves, alias.bytes, ret_found);
    return !*ret_found || alias_owner(p, &alias, ret);
}

bool fleet_prove(struct fleet_folder *f, const struct fleet_question *q,
                 struct fleet_answer *ret, struct err *e)
{
    struct proving *p = ARENA_NEW(f->arena, struct proving);
    struct digest index;
    struct text t;
    bool found;

    *p = (struct proving){.folder = f, .arena = f->arena, .err = e};
    if (!f->has_epoch)
        return err_set(e, ERR_ABSENT, "the ledger has no epoch yet");
    if (!fleet_epoch_load(f, f->last, &p->epoch, e) ||
        !fleet_secret(f, f->last, &p->secret, e) ||
        !find_server(p, &q->identity, &found, &index))
        return false;
    if (found ? !prove_member(p, q, &index) : !prove_absent(p, q))
        return false;
    p->proof.envelope = p->epoch.envelope;
    text_init(&t, f->arena, SERVER_PROOF_MAX);
    server_proof_print(&t, &p->proof);
    if (t.overflow)
        return err_set(e, ERR_LIMIT, "the proof is too large");
    *ret = (struct fleet_answer){p->proof.absent, text_bytes(&t), p->epoch.envelope};
    return true;
}
