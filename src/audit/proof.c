/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/proof.h"

#include <inttypes.h>
#include <stdlib.h>
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

/* A proof, what it is held against, and what comes of it. */
struct trial {
    const struct proof_question *asked;
    struct report *report;
    struct log_proof log;
    struct server_proof proof;
    struct statement statement;
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
    return text_of(m, "%s=%s", view_shown(m, id->kind), view_shown(m, id->id));
}

static int digest_order(const void *left, const void *right)
{
    return memcmp(left, right, sizeof(struct hash));
}

/* H(0x11 salt length-of-name name value) */
static struct hash opening_hash(struct memory *m, const struct opening *a)
{
    struct out o = {.memory = m};

    out_number(&o, 0x11, 1);
    out_add(&o, a->salt);
    out_number(&o, a->name.len, 1);
    out_add(&o, a->name);
    out_add(&o, a->value);
    return sha256(out_view(&o));
}

static const struct view *opened(const struct server_proof *p, const char *name)
{
    for (size_t i = 0; i < p->opening_count; i++) {
        if (view_is(p->openings[i].name, name))
            return &p->openings[i].value;
    }
    return NULL;
}

/* Whether an attribute, if it is opened, is this digest. */
static bool opened_is(const struct server_proof *p, const char *name, struct hash want)
{
    const struct view *v = opened(p, name);

    return v == NULL || view_equal(*v, hash_view(&want));
}

/* The commitment over all attributes, opened or not, of which none occurs twice. */
static bool commitment_good(struct memory *m, struct server_proof *p)
{
    struct out o = {.memory = m};

    for (size_t i = 0; i < p->opening_count; i++) {
        p->digests[p->digest_count++] = opening_hash(m, &p->openings[i]);
        for (size_t k = 0; k < i; k++) {
            if (view_equal(p->openings[k].name, p->openings[i].name))
                return false;
        }
    }
    qsort(p->digests, p->digest_count, sizeof(p->digests[0]), digest_order);
    out_number(&o, 0x10, 1);
    for (size_t i = 0; i < p->digest_count; i++)
        out_add(&o, hash_view(&p->digests[i]));
    return hash_equal(sha256(out_view(&o)), p->place.leaf.com);
}

/* Attributes that follow from the statement under which the leaf was made. A rekeying keeps
 * those of the examination before. */
static bool attributes_of_epoch(const struct trial *t, const struct statement *s)
{
    const struct server_proof *p = &t->proof;
    struct report *r = t->report;

    if (s->changes[REKEYED] > 0) {
        unchecked(r,
                  "nonce, policy and reference: they are from before the rekeying of epoch %u",
                  s->epoch);
        return true;
    }
    if (s->has_nonce &&
        !opened_is(p, "nonce", nonce_of(r->memory, &s->nonce_from, &p->place.leaf.idx)))
        return disproven(r,
                         "the nonce is not that of this server under the checkpoint of "
                         "epoch %u: the evidence was made for something else",
                         s->epoch);
    if (!opened_is(p, "policy", s->policy))
        return disproven(r, "the policy is not the one that the statement names");
    if (!opened_is(p, "reference", s->reference))
        return disproven(r, "the reference is not the one that the statement names");
    if (opened(p, "nonce") != NULL && s->has_nonce)
        proven(r, "the nonce of the evidence is this server's, from the checkpoint of epoch %u",
               s->epoch);
    return true;
}

/* Evidence that answers a nonce is not older than the checkpoint that the nonce is from. */
static bool not_older(const struct trial *t, const struct statement *s)
{
    struct report *r = t->report;
    struct witnessed w;

    if (t->asked->checkpoint.len == 0)
        return true;
    if (opened(&t->proof, "nonce") == NULL || !s->has_nonce || s->changes[REKEYED] > 0)
        return untold(r, "whether the evidence answers a nonce: it is not opened");
    if (!policy_judge(t->asked->policy, t->asked->checkpoint, "checkpoint of the nonce", r, &w))
        return false;
    if (!hash_equal(w.hash, s->nonce_from))
        return disproven(r, "the checkpoint is not the one that nonces are from");
    if (w.first / 86400 > t->proof.place.leaf.sums.of[SUM_OLDEST])
        return disproven(r, "evidence is dated before the checkpoint that its nonce is from");
    proven(r, "the evidence is younger than the checkpoint that its nonce is from");
    return true;
}

/* The statement of the epoch that the leaf was made in, and what follows from it. */
static bool judge_epoch(const struct trial *t)
{
    uint32_t made = t->proof.place.leaf.since;
    struct report *r = t->report;
    struct statement since = t->statement;

    if (made != since.epoch && t->asked->since.len == 0) {
        unchecked(r,
                  "nonce, policy and reference: the leaf is of epoch %u, whose statement was "
                  "not given",
                  made);
        return true;
    }
    if (made != since.epoch && !statement_open(t->asked->since, t->asked->operators,
                                               "statement of the leaf", r, &since))
        return false;
    if (since.epoch != made || !view_equal(since.origin, t->statement.origin))
        return untold(r, "what follows from epoch %u: another statement was given", made);
    return attributes_of_epoch(t, &since) && not_older(t, &since);
}

static bool judge_result(const struct trial *t)
{
    const struct server_proof *p = &t->proof;
    struct report *r = t->report;
    struct result result;

    if (t->asked->result.len == 0)
        return true;
    if (!result_open(t->asked->result, t->asked->operators, r, &result))
        return false;
    if (opened(p, "result") == NULL)
        return untold(r, "whether the leaf is of this result: it is not opened");
    if (!opened_is(p, "result", result.digest))
        return disproven(r, "the leaf is of another result than the one given");
    if (result.verdict != leaf_verdict(&p->place.leaf) ||
        !opened_is(p, "evidence", result.evidence) || !opened_is(p, "policy", result.policy))
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

static bool judge_leaf(struct trial *t)
{
    struct server_proof *p = &t->proof;
    struct report *r = t->report;
    const struct leaf *l = &p->place.leaf;
    const char *word = verdict_word(leaf_verdict(l));
    const struct view *verdict = opened(p, "verdict");

    if (l->since > t->statement.epoch ||
        (l->since > 0 ? l->prev_since >= l->since : l->prev_since != 0))
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
    return judge_epoch(t) && judge_result(t);
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

    return idx_of(m, "alias/v1", s->vrf_key.bytes, &a->id, a->vrf, &idx) &&
           prefix_climb(&a->place, TREE_ALIAS, &idx, &root) && branch_equal(&root, &s->aliases);
}

/* One alias: it stands in the tree once, and was bound to this server. */
static bool judge_alias(const struct trial *t, struct cursor *c, struct identity *ret)
{
    struct report *r = t->report;
    struct alias a;
    struct out o = {.memory = r->memory};

    if (!alias_read(c, &a) || a.place.terminal != TERMINAL_LEAF)
        return disproven(r, "the proof of an alias is malformed");
    *ret = a.id;
    out_number(&o, 0x12, 1);
    out_add(&o, a.salt);
    out_add(&o, hash_view(&t->proof.place.leaf.idx));
    const char *name = identity_shown(r->memory, &a.id);

    if (!alias_good(&a, &t->statement, r->memory))
        return disproven(r, "the alias %s does not stand where it is said to", name);
    if (!hash_equal(sha256(out_view(&o)), a.place.leaf.value))
        return disproven(r, "the alias %s belongs to another server", name);
    proven(r, "%s belongs to this server and to no other", name);
    return true;
}

/* Nor is the id that of a server whose place follows from another id. */
static bool judge_no_alias(const struct trial *t)
{
    static const uint8_t zeros[16];
    const struct identity *server = &t->proof.server;
    struct report *r = t->report;
    struct cursor c = t->proof.aliases;
    const char *kind = view_shown(r->memory, server->kind);
    size_t count = (size_t)cursor_number(&c, 1);
    struct alias a;

    if (count == 0 && !c.failed && c.left.len == 0)
        return view_is(server->kind, "ek") ||
               untold(r, "whether this %s belongs to a server with another kind of id", kind);
    if (count != 1 || !alias_read(&c, &a) || a.place.terminal == TERMINAL_LEAF ||
        c.left.len > 0 || !view_equal(a.salt, (struct view){zeros, sizeof(zeros)}) ||
        !identity_equal(&a.id, server) || !alias_good(&a, &t->statement, r->memory))
        return disproven(r, "the proof that this %s belongs to no server does not hold", kind);
    proven(r, "this %s belongs to no server of epoch %u as an alias either", kind,
           t->statement.epoch);
    return true;
}

static bool judge_aliases(const struct trial *t)
{
    const struct proof_question *q = t->asked;
    struct report *r = t->report;
    struct cursor c = t->proof.aliases;
    size_t count = (size_t)cursor_number(&c, 1);
    bool found[WANTED] = {false};

    if (c.failed)
        return disproven(r, "the proof file is cut off");
    for (size_t i = 0; i < count; i++) {
        struct identity one = {0};

        if (!judge_alias(t, &c, &one))
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
static bool judge_logged(const struct trial *t)
{
    const struct log_proof *l = &t->log;
    uint64_t as_of = t->statement.as_of;
    struct report *r = t->report;
    struct witnessed w;

    if (!policy_judge(t->asked->policy, l->checkpoint, "checkpoint", r, &w))
        return false;
    if (!merkle_included(&w.checkpoint, l->index, merkle_leaf(r->memory, t->proof.entry),
                         l->hashes, l->count))
        return disproven(r, "the log does not have the statement at this place");
    if (w.last > 0 && as_of > w.last)
        return disproven(r, "the statement is dated after it was witnessed");
    proven(r, "the log has the statement as entry %" PRIu64, l->index);
    if (w.first > 0) {
        fact(r, "witnessed", "by %" PRIu64 " seconds since 1970", w.first);
        fact(r, "dated", "%" PRIu64 " seconds since 1970, %" PRIu64 " days before", as_of,
             (w.last - as_of) / 86400);
    }
    return true;
}

static bool judge_place(struct trial *t)
{
    struct server_proof *p = &t->proof;
    const struct statement *s = &t->statement;
    struct report *r = t->report;
    const char *id = identity_shown(r->memory, &p->server);
    struct hash idx;
    struct branch root;

    if (t->asked->server.kind.len > 0 && !identity_equal(&t->asked->server, &p->server))
        return disproven(r, "the proof is about %s, not about the server that was asked for",
                         id);
    if (!identity_canonical(&p->server))
        return disproven(r, "%s is no canonical id of a server", id);
    if (!idx_of(r->memory, "asset/v1", s->vrf_key.bytes, &p->server, p->vrf, &idx))
        return disproven(r, "the place of %s is not the one that its id gives", id);
    if (!prefix_climb(&p->place, TREE_FLEET, &idx, &root) || !branch_equal(&root, &s->root))
        return disproven(r, "the path does not lead to the root that the statement states");
    if (p->absent) {
        proven(r, "%s is NOT among the %u servers of epoch %u", id, s->root.sums.of[SUM_N],
               s->epoch);
        return judge_no_alias(t);
    }
    if (p->place.leaf.sums.of[SUM_NEWEST] > s->as_of / 86400)
        return disproven(r, "evidence is dated after the statement");
    proven(r, "%s is one of the %u servers of epoch %u, exactly once", id,
           s->root.sums.of[SUM_N], s->epoch);
    return judge_leaf(t) && judge_aliases(t);
}

void proof_audit(struct view file, const struct proof_question *q, struct report *r)
{
    struct trial *t = memory_take(r->memory, 1, sizeof(*t));
    bool bare = view_begins(file, proof_magic);

    t->asked = q;
    t->report = r;
    if (file.len > PROOF_SIZE || (!bare && !log_proof_read(r->memory, file, &t->log)) ||
        !server_proof_read(bare ? file : t->log.extra, &t->proof)) {
        (void)disproven(r, "not a proof file of a server");
        return;
    }
    if (!statement_open(t->proof.entry, q->operators, "statement", r, &t->statement))
        return;
    if (bare)
        (void)untold(r, "whether a log has the statement: the file does not prove it");
    else if (!judge_logged(t) && report_outcome(r) == 1)
        return;
    statement_facts(&t->statement, r);
    (void)judge_place(t);
}
