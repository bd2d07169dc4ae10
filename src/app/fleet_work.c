/* SPDX-License-Identifier: Apache-2.0 */
#include "app/fleet_work.h"

#include <stdlib.h>
#include <string.h>

#include "app/statement_text.h"
#include "base/file.h"
#include "base/random.h"

enum {
    PROGRAM_MAX = 256 << 20
};

bool fleet_work_begin(struct fleet_work *w, struct fleet_folder *f, bool rekey, struct err *e)
{
    uint8_t seed[64];

    *w = (struct fleet_work){.folder = f, .arena = f->arena, .err = e};
    text_init(&w->leaves, w->arena, LEAVES_FILE_MAX);
    text_init(&w->aliases, w->arena, LEAVES_FILE_MAX);
    text_puts(&w->leaves, leaves_magic(PREFIX_SERVERS));
    text_puts(&w->aliases, leaves_magic(PREFIX_ALIASES));
    if (f->has_epoch) {
        w->epoch = f->last + 1;
        w->before = ARENA_NEW(w->arena, struct fleet_epoch);
        if (!fleet_epoch_load(f, f->last, w->before, e))
            return false;
    }
    if (rekey) {
        random_bytes(seed, sizeof(seed));
        w->secret = vrf_secret_of(seed);
    } else if (!fleet_secret(f, f->last, &w->secret, e)) {
        return false;
    }
    return vrf_public_of(&w->secret, &w->key) ||
           err_set(e, ERR_INPUT, "the secret of the pseudonyms is damaged");
}

static const struct fleet_records *shelf(struct fleet_work *w, uint32_t epoch)
{
    for (size_t i = 0; i < w->shelf_count; i++) {
        if (w->shelves[i].epoch == epoch)
            return &w->shelves[i].records;
    }
    arena_grow(w->arena, &w->shelves, w->shelf_count, &w->shelf_cap, sizeof(*w->shelves));
    struct fleet_shelf *s = &w->shelves[w->shelf_count];

    s->epoch = epoch;
    if (!fleet_records_load(w->folder, epoch, &s->records, w->err))
        return NULL;
    w->shelf_count++;
    return &s->records;
}

const struct fleet_record *fleet_work_record(struct fleet_work *w, struct bytes leaf)
{
    struct server_leaf l = server_leaf_unpack(leaf);
    const struct fleet_records *r = shelf(w, l.since);
    const struct fleet_record *found = r != NULL ? fleet_record_find(r, &l.index) : NULL;

    if (r != NULL && found == NULL)
        (void)err_set(w->err, ERR_INPUT, "the record of a server of epoch %u is missing",
                      l.since);
    return found;
}

bool fleet_work_aliases(struct fleet_work *w, struct fleet_record *r,
                        const struct identity *identities, size_t count)
{
    struct vrf_proof proof;

    r->aliases = ARENA_ARRAY(w->arena, struct fleet_alias, count + 1);
    for (size_t i = 0; i < count; i++) {
        struct fleet_alias *now = &r->aliases[r->alias_count++];

        now->identity = identities[i];
        if (!pseudonym_make(&w->secret, PREFIX_ALIASES, &identities[i], &now->index, &proof))
            return err_set(w->err, ERR_INPUT, "the secret of the pseudonyms is damaged");
    }
    return true;
}

static int change_order(const void *left, const void *right)
{
    const struct fleet_change *a = left;
    const struct fleet_change *b = right;

    return memcmp(a->record.index.bytes, b->record.index.bytes, sizeof(a->record.index.bytes));
}

bool fleet_work_sort(struct fleet_work *w)
{
    if (w->change_count > 1)
        qsort(w->changes, w->change_count, sizeof(*w->changes), change_order);
    for (size_t i = 1; i < w->change_count; i++) {
        const struct fleet_change *c = &w->changes[i];

        if (change_order(c - 1, c) == 0)
            return err_set(w->err, ERR_INPUT,
                           "%s and %s are of one server, which counts once: %.*s", c[-1].path,
                           c->path, (int)c->record.identity.id.len,
                           (const char *)c->record.identity.id.data);
    }
    return true;
}

bool fleet_work_leaf(struct fleet_work *w, const struct fleet_change *c, struct bytes old)
{
    struct digest digests[ATTRIBUTES_MAX];
    struct server_leaf l = {.index = c->record.index, .since = w->epoch, .sum = c->sum};
    uint8_t packed[SERVER_LEAF_SIZE];

    if (!attributes_digest(&w->folder->salts, w->epoch, &l.index, c->record.attributes,
                           c->record.attribute_count, digests))
        return err_set(w->err, ERR_INPUT, "%s: an attribute is too long", c->path);
    l.commitment = attributes_commit(digests, c->record.attribute_count);
    if (old.len > 0) {
        l.previous = prefix_leaf_hash(old);
        l.previous_since = server_leaf_unpack(old).since;
    }
    server_leaf_pack(&l, packed);
    text_add(&w->leaves, (struct bytes){packed, sizeof(packed)});
    return true;
}

/* An alias of a server whose leaf is new. */
struct new_alias {
    struct alias_leaf leaf;
    const struct fleet_change *whose;
    const struct fleet_alias *alias;
};

static int alias_order(const void *left, const void *right)
{
    const struct new_alias *a = left;
    const struct new_alias *b = right;

    return memcmp(a->leaf.index.bytes, b->leaf.index.bytes, sizeof(a->leaf.index.bytes));
}

static int digest_order(const void *left, const void *right)
{
    return memcmp(left, right, sizeof(struct digest));
}

static struct new_alias *new_aliases(struct fleet_work *w, size_t *ret_count)
{
    struct new_alias *all;
    size_t count = 0;

    for (size_t i = 0; i < w->change_count; i++)
        count += w->changes[i].carried ? 0 : w->changes[i].record.alias_count;
    all = ARENA_ARRAY(w->arena, struct new_alias, count + 1);
    *ret_count = 0;
    for (size_t i = 0; i < w->change_count; i++) {
        const struct fleet_change *c = &w->changes[i];

        for (size_t k = 0; !c->carried && k < c->record.alias_count; k++) {
            struct new_alias *now = &all[(*ret_count)++];
            struct attribute_salt salt;

            now->whose = c;
            now->alias = &c->record.aliases[k];
            now->leaf.index = now->alias->index;
            salt = alias_salt_of(&w->folder->salts, &now->leaf.index);
            now->leaf.value = alias_value(&salt, &c->record.index);
        }
    }
    if (*ret_count > 1)
        qsort(all, *ret_count, sizeof(*all), alias_order);
    return all;
}

static bool name_taken(struct fleet_work *w, const struct new_alias *n, const char *other)
{
    const struct identity *i = &n->alias->identity;
    struct text t;

    text_init(&t, w->arena, 4096);
    text_printable(&t, i->id);
    return err_set(w->err, ERR_INPUT,
                   "%s: its %.*s %.*s is that of %s too, and can be in one server only",
                   n->whose->path, (int)i->kind.len, (const char *)i->kind.data,
                   (int)(t.len < 200 ? t.len : 200), t.data, other);
}

static bool is_gone(const struct fleet_work *w, struct bytes leaf)
{
    return w->gone_count > 0 && bsearch(leaf.data, w->gone_aliases, w->gone_count,
                                        sizeof(*w->gone_aliases), digest_order) != NULL;
}

static void alias_add(struct fleet_work *w, const struct alias_leaf *l)
{
    uint8_t packed[ALIAS_LEAF_SIZE];

    alias_leaf_pack(l, packed);
    text_add(&w->aliases, (struct bytes){packed, sizeof(packed)});
}

/* Those of before that stay, and the new ones, in order. */
static bool aliases_merge(struct fleet_work *w, const struct prefix_leaves *old)
{
    size_t count;
    const struct new_alias *all = new_aliases(w, &count);
    size_t at = 0;

    if (w->gone_count > 1)
        qsort(w->gone_aliases, w->gone_count, sizeof(*w->gone_aliases), digest_order);
    for (size_t i = 0; old != NULL && i < old->count; i++) {
        struct bytes leaf = prefix_leaf(old, i);

        if (is_gone(w, leaf))
            continue;
        while (at < count && digest_order(leaf.data, all[at].leaf.index.bytes) > 0)
            alias_add(w, &all[at++].leaf);
        if (at < count && digest_order(leaf.data, all[at].leaf.index.bytes) == 0)
            return name_taken(w, &all[at], "another server of the fleet");
        text_add(&w->aliases, leaf);
    }
    for (; at < count; at++)
        alias_add(w, &all[at].leaf);
    for (size_t i = 1; i < count; i++) {
        if (alias_order(&all[i - 1], &all[i]) == 0)
            return name_taken(w, &all[i], all[i - 1].whose->path);
    }
    return true;
}

bool fleet_work_trees(struct fleet_work *w, bool carry)
{
    struct fleet_epoch *before = carry ? w->before : NULL;
    struct prefix_leaves leaves;

    if (!aliases_merge(w, before != NULL ? &before->aliases.leaves : NULL))
        return false;
    if (w->leaves.overflow || w->aliases.overflow)
        return err_set(w->err, ERR_LIMIT, "the fleet is too large");
    digest_expect(w->leaves.len);
    return leaves_parse(PREFIX_SERVERS, text_bytes(&w->leaves), &leaves, w->err) &&
           prefix_tree_build(&leaves, before != NULL ? &before->servers : NULL, w->arena,
                             &w->server_tree, w->err) &&
           leaves_parse(PREFIX_ALIASES, text_bytes(&w->aliases), &leaves, w->err) &&
           prefix_tree_build(&leaves, before != NULL ? &before->aliases : NULL, w->arena,
                             &w->alias_tree, w->err);
}

/* The digest of this very program. */
static bool tool_digest(struct fleet_work *w, struct digest *ret)
{
    struct bytes b;

    if (!file_map("/proc/self/exe", PROGRAM_MAX, w->arena, &b, w->err))
        return false;
    *ret = digest_sha256(b);
    return true;
}

static bool as_of_fits(struct fleet_work *w, struct bytes as_of)
{
    return w->before == NULL || bytes_compare(as_of, w->before->statement.as_of) >= 0 ||
           err_set(w->err, ERR_INPUT, "the epoch before is of %.*s, and time does not go back",
                   (int)w->before->statement.as_of.len,
                   (const char *)w->before->statement.as_of.data);
}

bool fleet_work_statement(struct fleet_work *w, struct bytes as_of, struct fleet_statement *s)
{
    *s = (struct fleet_statement){.as_of = as_of, .tool = bytes_of("assay " ASSAY_VERSION)};
    if (w->before != NULL) {
        const struct fleet_statement *old = &w->before->statement;

        s->counters = old->counters;
        s->policy = old->policy;
        s->reference = old->reference;
        s->unidentified = old->unidentified;
    }
    return as_of_fits(w, as_of) && tool_digest(w, &s->tool_digest);
}

/* What follows from the work itself; the rest is filled in already. */
static void statement_fill(struct fleet_work *w, struct fleet_statement *s)
{
    const struct fleet_folder *f = w->folder;

    s->origin = f->origin;
    s->epoch = w->epoch;
    s->root = prefix_value_hash(&w->server_tree.root);
    s->sum = prefix_value_sum(&w->server_tree.root);
    s->fleet_root = prefix_root(PREFIX_SERVERS, f->origin, w->epoch, &w->server_tree.root);
    s->alias_tree = prefix_value_hash(&w->alias_tree.root);
    s->alias_root = prefix_root(PREFIX_ALIASES, f->origin, w->epoch, &w->alias_tree.root);
    s->aliases = w->alias_tree.leaves.count;
    s->leaves = digest_sha256(text_bytes(&w->leaves));
    s->alias_leaves = digest_sha256(text_bytes(&w->aliases));
    if (w->before != NULL) {
        s->has_previous = true;
        s->previous = w->before->payload;
        s->previous_root = w->before->statement.fleet_root;
    }
    s->vrf_key = w->key;
    memcpy(s->methods, f->methods, sizeof(s->methods));
    s->method_count = f->method_count;
}

/* The records of the leaves that were made. */
static struct bytes records_print(struct fleet_work *w)
{
    struct fleet_records r = {
        .rows = ARENA_ARRAY(w->arena, struct fleet_record, w->change_count + 1)};
    struct text t;

    for (size_t i = 0; i < w->change_count; i++) {
        if (!w->changes[i].carried)
            r.rows[r.count++] = w->changes[i].record;
    }
    text_init(&t, w->arena, FLEET_RECORDS_MAX);
    fleet_records_print(&t, &r);
    return text_bytes(&t);
}

bool fleet_work_publish(struct fleet_work *w, const struct delta *d, struct bytes rekey,
                        struct signer *signer, struct fleet_outcome *ret)
{
    struct text delta;
    struct text payload;

    text_init(&delta, w->arena, LEAVES_FILE_MAX);
    delta_print(&delta, d);
    statement_fill(w, &ret->statement);
    ret->statement.delta = d->counts;
    ret->statement.delta_digest = digest_sha256(text_bytes(&delta));
    ret->hashed = w->server_tree.hashed + w->alias_tree.hashed;
    ret->total = w->server_tree.total + w->alias_tree.total;
    text_init(&payload, w->arena, STATEMENT_PAYLOAD_MAX);
    fleet_statement_print(&payload, &ret->statement);
    if (payload.overflow)
        return err_set(w->err, ERR_LIMIT, "the statement is too large");
    if (!statement_sign(text_bytes(&payload), signer, w->arena, &ret->envelope, w->err))
        return false;
    const struct fleet_publication p = {
        .epoch = w->epoch,
        .statement = ret->envelope,
        .leaves = text_bytes(&w->leaves),
        .aliases = text_bytes(&w->aliases),
        .delta = text_bytes(&delta),
        .rekey = rekey,
        .secret = rekey.len > 0 ? &w->secret : NULL,
        .records = records_print(w),
        .nameless = w->nameless,
        .server_tree = &w->server_tree,
        .alias_tree = &w->alias_tree,
    };

    return fleet_publish(w->folder, &p, w->err);
}
