/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/proof.h"

#include <string.h>

#include "audit/log.h"
#include "audit/result.h"

static const char proof_magic[] = "assay-server-proof/1\n";

struct opening {
    struct view salt;
    struct view name;
    struct view value;
};

/* What stands in the `extra` line of a proof file. */
struct server_proof {
    bool absent;
    struct identity server;
    uint8_t vrf[VRF_PROOF_SIZE];
    struct view entry;
    struct prefix_proof place;
    struct opening openings[ATTRIBUTES];
    size_t opening_count;
    struct hash digests[2 * ATTRIBUTES]; /* unopened, then opened */
    size_t digest_count;
    struct cursor aliases;
};

static void read_attributes(struct cursor *c, struct server_proof *p)
{
    p->opening_count = (size_t)cursor_number(c, 2);
    if (p->opening_count > ATTRIBUTES)
        c->failed = true;
    for (size_t i = 0; i < p->opening_count && !c->failed; i++) {
        p->openings[i].salt = cursor_take(c, 16);
        p->openings[i].name = cursor_sized(c, 1);
        p->openings[i].value = cursor_sized(c, 2);
    }
    p->digest_count = (size_t)cursor_number(c, 2);
    if (p->digest_count > ATTRIBUTES)
        c->failed = true;
    for (size_t i = 0; i < p->digest_count && !c->failed; i++)
        cursor_copy(c, p->digests[i].bytes, 32);
}

static struct identity read_identity(struct cursor *c)
{
    struct view kind = cursor_sized(c, 2);

    return (struct identity){kind, cursor_sized(c, 2)};
}

static bool server_proof_read(struct view extra, struct server_proof *p)
{
    struct cursor c = {.left = extra};

    if (!view_is(cursor_take(&c, sizeof(proof_magic) - 1), proof_magic))
        return false;
    uint64_t kind = cursor_number(&c, 1);

    p->absent = kind == 1;
    p->server = read_identity(&c);
    cursor_copy(&c, p->vrf, sizeof(p->vrf));
    p->entry = cursor_sized(&c, 4);
    if (kind > 1 || c.failed || !prefix_read(&c, TREE_FLEET, &p->place) ||
        (p->place.terminal == TERMINAL_LEAF) != (kind == 0))
        return false;
    if (kind == 0)
        read_attributes(&c, p);
    p->aliases = c;
    return !c.failed;
}

/* Ids of servers have one form: the digest of an EK as hexadecimal digits, or maker and serial
 * in upper case without blanks that mean nothing. */
static bool identity_canonical(const struct identity *id)
{
    uint8_t before = ' ';
    uint8_t ek[32];
    size_t parts = 1;

    if (view_is(id->kind, "ek"))
        return view_hex(id->id, ek, sizeof(ek));
    for (size_t i = 0; i < id->id.len; i++) {
        uint8_t c = id->id.data[i];
        bool edge = before == ' ' || before == 0x1f;

        if ((c >= 'a' && c <= 'z') || (c < 0x20 && c != 0x1f) || (c == ' ' && edge) ||
            (c == 0x1f && before == ' '))
            return false;
        parts += c == 0x1f;
        before = c;
    }
    return view_is(id->kind, "board") && parts == 2 && before != ' ' && before != 0x1f;
}

bool idx_of(struct memory *m, const char *domain, const uint8_t vrf_key[KEY_SIZE],
            const struct identity *id, const uint8_t proof[VRF_PROOF_SIZE], struct hash *ret)
{
    struct out o = {.memory = m};

    out_text(&o, domain);
    out_number(&o, 0, 1);
    out_add(&o, id->kind);
    out_number(&o, 0, 1);
    out_add(&o, id->id);
    /* A kind that holds a zero byte could pass for another kind. */
    return (id->kind.len == 0 || memchr(id->kind.data, 0, id->kind.len) == NULL) &&
           vrf_good(vrf_key, out_view(&o), proof, ret);
}

struct hash nonce_of(struct memory *m, const struct hash *checkpoint, const struct hash *idx)
{
    struct out o = {.memory = m};

    out_text(&o, "nonce/v1");
    out_add(&o, hash_view(checkpoint));
    out_add(&o, hash_view(idx));
    return sha256(out_view(&o));
}

static bool identity_equal(const struct identity *a, const struct identity *b)
{
    return view_equal(a->kind, b->kind) && view_equal(a->id, b->id);
}

/* KIND=ID, for messages. */
static const char *identity_shown(struct memory *m, const struct identity *id)
{
    struct out o = {.memory = m};

    out_text(&o, view_shown(m, id->kind));
    out_text(&o, "=");
    out_text(&o, view_shown(m, id->id));
    out_number(&o, 0, 1);
    return (const char *)o.data;
}

static int digest_order(const struct hash *a, const struct hash *b)
{
    return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

/* The commitment over all attributes, opened or not, of which none occurs twice. */
static bool commitment_good(struct memory *m, struct server_proof *p)
{
    struct out o = {.memory = m};

    for (size_t i = 0; i < p->opening_count; i++) {
        const struct opening *a = &p->openings[i];
        struct out one = {.memory = m};

        out_number(&one, 0x11, 1);
        out_add(&one, a->salt);
        out_number(&one, a->name.len, 1);
        out_add(&one, a->name);
        out_add(&one, a->value);
        p->digests[p->digest_count++] = sha256(out_view(&one));
        for (size_t k = 0; k < i; k++) {
            if (view_equal(p->openings[k].name, a->name))
                return false;
        }
    }
    /* Insertion keeps it short; there are few. */
    for (size_t i = 1; i < p->digest_count; i++) {
        struct hash h = p->digests[i];
        size_t k = i;

        for (; k > 0 && digest_order(&p->digests[k - 1], &h) > 0; k--)
            p->digests[k] = p->digests[k - 1];
        p->digests[k] = h;
    }
    out_number(&o, 0x10, 1);
    for (size_t i = 0; i < p->digest_count; i++)
        out_add(&o, hash_view(&p->digests[i]));
    struct hash com = sha256(out_view(&o));

    return hash_equal(&com, &p->place.leaf.com);
}

static const struct view *opened(const struct server_proof *p, const char *name)
{
    for (size_t i = 0; i < p->opening_count; i++) {
        if (view_is(p->openings[i].name, name))
            return &p->openings[i].value;
    }
    return NULL;
}

/* Attributes that follow from the statement under which the leaf was made. A rekeying keeps
 * those of the examination before. */
static bool attributes_of_epoch(const struct server_proof *p, const struct statement *s,
                                struct report *r)
{
    const struct view *nonce = opened(p, "nonce");
    const struct view *policy = opened(p, "policy");
    const struct view *reference = opened(p, "reference");
    struct hash want = nonce_of(r->memory, &s->nonce_from, &p->place.leaf.idx);

    if (s->changes[REKEYED] > 0) {
        unchecked(r,
                  "nonce, policy and reference: they are from before the rekeying of epoch %u",
                  s->epoch);
        return true;
    }
    if (nonce != NULL && s->has_nonce && !view_equal(*nonce, hash_view(&want)))
        return disproven(r,
                         "the nonce is not that of this server under the checkpoint of "
                         "epoch %u: the evidence was made for something else",
                         s->epoch);
    if (policy != NULL && !view_equal(*policy, hash_view(&s->policy)))
        return disproven(r, "the policy is not the one that the statement names");
    if (reference != NULL && !view_equal(*reference, hash_view(&s->reference)))
        return disproven(r, "the reference is not the one that the statement names");
    if (nonce != NULL && s->has_nonce)
        proven(r, "the nonce of the evidence is this server's, from the checkpoint of epoch %u",
               s->epoch);
    return true;
}

/* Evidence that answers a nonce is not older than the checkpoint that the nonce is from. */
static bool not_older(const struct server_proof *p, const struct proof_question *q,
                      const struct statement *s, struct report *r)
{
    struct witnessed w;

    if (q->checkpoint.len == 0)
        return true;
    if (opened(p, "nonce") == NULL || !s->has_nonce || s->changes[REKEYED] > 0)
        return untold(r, "whether the evidence answers a nonce: it is not opened");
    if (!policy_judge(q->policy, q->checkpoint, "checkpoint of the nonce", r, &w))
        return false;
    if (!hash_equal(&w.hash, &s->nonce_from))
        return disproven(r, "the checkpoint is not the one that nonces are from");
    if (w.first / 86400 > p->place.leaf.sums.of[SUM_OLDEST])
        return disproven(r, "evidence is dated before the checkpoint that its nonce is from");
    proven(r, "the evidence is younger than the checkpoint that its nonce is from");
    return true;
}

/* The statement of the epoch that the leaf was made in, and what follows from it. */
static bool judge_epoch(const struct server_proof *p, const struct proof_question *q,
                        const struct statement *s, struct report *r)
{
    struct statement since;

    if (p->place.leaf.since == s->epoch)
        return attributes_of_epoch(p, s, r) && not_older(p, q, s, r);
    if (q->since.len == 0) {
        unchecked(r,
                  "nonce, policy and reference: the leaf is of epoch %u, whose statement was "
                  "not given",
                  p->place.leaf.since);
        return true;
    }
    if (!statement_open(q->since, q->operators, "statement of the leaf", r, &since))
        return false;
    if (since.epoch != p->place.leaf.since || !view_equal(since.origin, s->origin))
        return untold(r, "what follows from epoch %u: another statement was given",
                      p->place.leaf.since);
    return attributes_of_epoch(p, &since, r) && not_older(p, q, &since, r);
}

static bool judge_result(const struct server_proof *p, const struct proof_question *q,
                         struct report *r)
{
    const struct view *digest = opened(p, "result");
    const struct view *evidence = opened(p, "evidence");
    const struct view *policy = opened(p, "policy");
    struct result result;

    if (q->result.len == 0)
        return true;
    if (!result_open(q->result, q->operators, r, &result))
        return false;
    if (digest == NULL)
        return untold(r, "whether the leaf is of this result: it is not opened");
    if (!view_equal(*digest, hash_view(&result.digest)))
        return disproven(r, "the leaf is of another result than the one given");
    if (result.verdict != leaf_verdict(&p->place.leaf) ||
        (evidence != NULL && !view_equal(*evidence, hash_view(&result.evidence))) ||
        (policy != NULL && !view_equal(*policy, hash_view(&result.policy))))
        return disproven(r,
                         "verdict, evidence or policy of the leaf are not those of its result");
    proven(r, "the leaf is of the signed result that was given, and counts its verdict");
    return true;
}

/* A value of an attribute for people: text as it is, other bytes as digits. */
static const char *value_shown(struct memory *m, struct view v)
{
    for (size_t i = 0; i < v.len; i++) {
        if (v.data[i] < 0x20 || v.data[i] >= 0x7f)
            return hex_shown(m, v.data, v.len);
    }
    return view_shown(m, v);
}

static bool judge_leaf(struct server_proof *p, const struct proof_question *q,
                       const struct statement *s, struct report *r)
{
    const struct leaf *l = &p->place.leaf;
    const char *word = verdict_word(leaf_verdict(l));
    const struct view *verdict = opened(p, "verdict");

    if (l->since > s->epoch || (l->since > 0 ? l->prev_since >= l->since : l->prev_since != 0))
        return disproven(r,
                         "the leaf is of a later epoch than the statement, or follows itself");
    if (!commitment_good(r->memory, p))
        return disproven(r, "an attribute is not the one that was committed to");
    if (verdict != NULL && !view_is(*verdict, word))
        return disproven(r, "the verdict that is opened is not the one that is counted");
    fact(r, "verdict", "%s", word);
    fact(r, "evidence", "oldest of day %u, newest of day %u since 1970", l->sums.of[SUM_OLDEST],
         l->sums.of[SUM_NEWEST]);
    fact(r, "methods", "bits %08x", l->sums.of[SUM_ALL]);
    fact(r, "unchanged since epoch", "%u", l->since);
    for (size_t i = 0; i < p->opening_count; i++)
        fact(r, "opened", "%s = %.400s", view_shown(r->memory, p->openings[i].name),
             value_shown(r->memory, p->openings[i].value));
    if (p->digest_count > p->opening_count)
        unchecked(r, "%zu attributes that were not opened", p->digest_count - p->opening_count);
    return judge_epoch(p, q, s, r) && judge_result(p, q, r);
}

/* A row of the proof of aliases. */
struct alias {
    struct identity id;
    uint8_t vrf[VRF_PROOF_SIZE];
    struct view salt;
    struct prefix_proof place;
};

static bool alias_read(struct cursor *c, struct alias *ret)
{
    ret->id = read_identity(c);
    cursor_copy(c, ret->vrf, sizeof(ret->vrf));
    ret->salt = cursor_take(c, 16);
    return !c->failed && prefix_read(c, TREE_ALIAS, &ret->place);
}

/* Whether the path of an alias is its own and leads to the root that is stated. */
static bool alias_good(const struct alias *a, const struct statement *s, struct memory *m)
{
    struct branch root;
    struct hash idx;

    return idx_of(m, "alias/v1", s->vrf_key, &a->id, a->vrf, &idx) &&
           prefix_climb(&a->place, TREE_ALIAS, &idx, &root) && branch_equal(&root, &s->aliases);
}

/* One alias: it stands in the tree once, and was bound to this server. */
static bool judge_alias(struct cursor *c, const struct server_proof *p,
                        const struct statement *s, struct report *r, struct identity *ret)
{
    struct alias a;
    struct out o = {.memory = r->memory};

    if (!alias_read(c, &a) || a.place.terminal != TERMINAL_LEAF)
        return disproven(r, "the proof of an alias is malformed");
    *ret = a.id;
    out_number(&o, 0x12, 1);
    out_add(&o, a.salt);
    out_add(&o, hash_view(&p->place.leaf.idx));
    struct hash value = sha256(out_view(&o));
    const char *name = identity_shown(r->memory, &a.id);

    if (!alias_good(&a, s, r->memory))
        return disproven(r, "the alias %s does not stand where it is said to", name);
    if (!hash_equal(&value, &a.place.leaf.value))
        return disproven(r, "the alias %s belongs to another server", name);
    proven(r, "%s belongs to this server and to no other", name);
    return true;
}

/* Nor is the id that of a server whose place follows from another id. */
static bool judge_no_alias(const struct server_proof *p, const struct statement *s,
                           struct report *r)
{
    static const uint8_t zeros[16];
    struct cursor c = p->aliases;
    const char *kind = view_shown(r->memory, p->server.kind);
    size_t count = (size_t)cursor_number(&c, 1);
    struct alias a;

    if (count == 0 && !c.failed && c.left.len == 0)
        return view_is(p->server.kind, "ek") ||
               untold(r, "whether this %s belongs to a server with another kind of id", kind);
    if (count != 1 || !alias_read(&c, &a) || a.place.terminal == TERMINAL_LEAF ||
        c.left.len > 0 || !view_equal(a.salt, (struct view){zeros, sizeof(zeros)}) ||
        !identity_equal(&a.id, &p->server) || !alias_good(&a, s, r->memory))
        return disproven(r, "the proof that this %s belongs to no server does not hold", kind);
    proven(r, "this %s belongs to no server of epoch %u as an alias either", kind, s->epoch);
    return true;
}

static bool judge_aliases(const struct server_proof *p, const struct proof_question *q,
                          const struct statement *s, struct report *r)
{
    struct cursor c = p->aliases;
    size_t count = (size_t)cursor_number(&c, 1);
    bool found[WANTED] = {false};

    if (c.failed)
        return disproven(r, "the proof file is cut off");
    for (size_t i = 0; i < count; i++) {
        struct identity one;

        if (!judge_alias(&c, p, s, r, &one))
            return false;
        for (size_t k = 0; k < q->alias_count; k++)
            found[k] |= identity_equal(&one, &q->aliases[k]);
    }
    if (c.failed || c.left.len > 0)
        return disproven(r, "something follows the end of the proof");
    for (size_t k = 0; k < q->alias_count; k++) {
        if (!found[k])
            return untold(r, "whether %s belongs to this server: the file does not prove it",
                          identity_shown(r->memory, &q->aliases[k]));
    }
    return true;
}

/* That the log has the statement. */
static bool judge_logged(const struct log_proof *l, struct view entry, struct report *r,
                         const struct proof_question *q, const struct statement *s)
{
    struct witnessed w;

    if (!policy_judge(q->policy, l->checkpoint, "checkpoint", r, &w))
        return false;
    if (!merkle_included(&w.checkpoint, l->index, merkle_leaf(r->memory, entry), l->hashes,
                         l->count))
        return disproven(r, "the log does not have the statement at this place");
    if (w.last > 0 && s->as_of > w.last)
        return disproven(r, "the statement is dated after it was witnessed");
    proven(r, "the log has the statement as entry %llu", (unsigned long long)l->index);
    if (w.first > 0) {
        fact(r, "witnessed", "by %llu seconds since 1970", (unsigned long long)w.first);
        fact(r, "dated", "%llu seconds since 1970, %llu days before",
             (unsigned long long)s->as_of, (unsigned long long)((w.last - s->as_of) / 86400));
    }
    return true;
}

static bool judge_place(struct server_proof *p, const struct proof_question *q,
                        const struct statement *s, struct report *r)
{
    const char *id = identity_shown(r->memory, &p->server);
    struct hash idx;
    struct branch root;

    if (q->server.kind.len > 0 && !identity_equal(&q->server, &p->server))
        return disproven(r, "the proof is about %s, not about the server that was asked for",
                         id);
    if (!identity_canonical(&p->server))
        return disproven(r, "%s is no canonical id of a server", id);
    if (!idx_of(r->memory, "asset/v1", s->vrf_key, &p->server, p->vrf, &idx))
        return disproven(r, "the place of %s is not the one that its id gives", id);
    if (!prefix_climb(&p->place, TREE_FLEET, &idx, &root) || !branch_equal(&root, &s->root))
        return disproven(r, "the path does not lead to the root that the statement states");
    if (p->absent) {
        proven(r, "%s is NOT among the %u servers of epoch %u", id, s->root.sums.of[SUM_N],
               s->epoch);
        return true;
    }
    if (p->place.leaf.sums.of[SUM_NEWEST] > s->as_of / 86400)
        return disproven(r, "evidence is dated after the statement");
    proven(r, "%s is one of the %u servers of epoch %u, exactly once", id,
           s->root.sums.of[SUM_N], s->epoch);
    return judge_leaf(p, q, s, r);
}

void proof_audit(struct view file, const struct proof_question *q, struct report *r)
{
    struct server_proof *p = memory_take(r->memory, 1, sizeof(*p));
    struct log_proof *l = memory_take(r->memory, 1, sizeof(*l));
    struct statement s;

    bool bare = view_begins(file, proof_magic);

    if (file.len > PROOF_SIZE || (!bare && !log_proof_read(r->memory, file, l)) ||
        !server_proof_read(bare ? file : l->extra, p)) {
        (void)disproven(r, "not a proof file of a server");
        return;
    }
    if (!statement_open(p->entry, q->operators, "statement", r, &s))
        return;
    if (bare)
        (void)untold(r, "whether a log has the statement: the file does not prove it");
    else if (!judge_logged(l, p->entry, r, q, &s) && (r->seen & 1U << DISPROVEN) != 0)
        return;
    statement_facts(&s, r);
    if (judge_place(p, q, &s, r))
        (void)(p->absent ? judge_no_alias(p, &s, r) : judge_aliases(p, q, &s, r));
}
