/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/epoch.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "audit/proof.h"

enum {
    RECORD = 130
};

enum reason {
    REASON_NONE,
    REASON_BOUGHT,
    REASON_RETURNED,
    REASON_HELD = 5,
    REASON_EXAMINED,
    REASON_RESOLVED,
    REASON_REKEY,
};

/* A row of the delta list. */
struct record {
    uint8_t op; /* an enum change */
    uint8_t reason;
    struct hash idx;
    struct hash was;
    struct hash is;
    struct hash extra;
};

/* What is being gone through, list by list. */
struct walk {
    const struct statement *now;
    struct view was; /* leaves of the epoch before that are left */
    struct view is;
    struct view delta;
    uint64_t grown[COUNTERS];
    uint32_t changes[CHANGES];
    struct report *report;
};

static const char leaves_magic[] = "assay-leaves/1\n";
static const char aliases_magic[] = "assay-aliases/1\n";
static const char delta_magic[] = "assay-delta/1\n";
static const struct hash zero;

static bool list_open(struct view file, const char *magic, const struct hash *digest,
                      const char *what, struct report *r, struct view *ret)
{
    if (file.data == NULL)
        return untold(r, "%s: the file is not there", what);
    if (!hash_equal(sha256(file), *digest))
        return disproven(r, "%s: not the list that the statement names", what);
    if (!view_begins(file, magic))
        return untold(r, "%s: a list of a version that is not known here", what);
    *ret = view_after(file, strlen(magic));
    return true;
}

/* The leaves of a list, behind its first line, if it is the list that the statement names. */
static bool leaves_open(struct view file, const struct hash *digest, const char *what,
                        struct report *r, struct view *ret)
{
    return list_open(file, leaves_magic, digest, what, r, ret);
}

/* The next leaf of a list, whose leaves are known to be good. */
static bool leaf_next(struct view *list, struct leaf *ret)
{
    struct view first = {list->data, FLEET_LEAF};

    if (list->len == 0)
        return false;
    *list = view_after(*list, FLEET_LEAF);
    return leaf_read(first, TREE_FLEET, ret);
}

static bool record_next(struct walk *w, struct record *ret)
{
    struct cursor c = {.left = w->delta};

    ret->op = (uint8_t)cursor_number(&c, 1);
    ret->reason = (uint8_t)cursor_number(&c, 1);
    cursor_copy(&c, ret->idx.bytes, IDX_SIZE);
    cursor_copy(&c, ret->was.bytes, 32);
    cursor_copy(&c, ret->is.bytes, 32);
    cursor_copy(&c, ret->extra.bytes, 32);
    w->delta = c.left;
    return !c.failed && ret->op < CHANGES;
}

/* Counts the verdict that a leaf came into. */
static void count_verdict(struct walk *w, enum sum verdict)
{
    w->grown[EVER_BAD] += verdict == SUM_BAD;
    w->grown[EVER_REVIEW] += verdict == SUM_REVIEW;
}

static bool wrong(struct walk *w, const struct hash *idx, const char *why)
{
    return disproven(w->report, "server %s: %s", hex_shown(w->report->memory, idx->bytes, 8),
                     why);
}

static bool take_added(struct walk *w, const struct record *d, const struct leaf *is)
{
    if (d->reason > REASON_BOUGHT || !hash_equal(d->was, zero) || !hash_equal(d->extra, zero))
        return wrong(w, &is->idx, "the record of its addition is malformed");
    if (is->since != w->now->epoch || is->prev_since != 0 || !hash_equal(is->prev, zero))
        return wrong(w, &is->idx, "a first leaf follows nothing, and is of this epoch");
    w->grown[EVER_N]++;
    count_verdict(w, leaf_verdict(is));
    return true;
}

static bool take_removed(struct walk *w, const struct record *d, const struct leaf *was)
{
    if (d->reason < REASON_RETURNED || d->reason > REASON_HELD || !hash_equal(d->is, zero) ||
        !hash_equal(d->extra, zero))
        return wrong(w, &was->idx, "the record of its removal is malformed");
    w->grown[REMOVED_NOT_CLEAN] += leaf_verdict(was) != SUM_CLEAN;
    return true;
}

static bool follows(struct walk *w, const struct leaf *was, const struct leaf *is)
{
    return is->since == w->now->epoch && is->prev_since == was->since &&
           hash_equal(is->prev, leaf_hash(was));
}

static bool take_changed(struct walk *w, const struct record *d, const struct leaf *was,
                         const struct leaf *is)
{
    enum sum from = leaf_verdict(was);
    enum sum to = leaf_verdict(is);
    bool open = from == SUM_BAD || from == SUM_REVIEW;
    bool resolved = d->reason == REASON_RESOLVED;

    if (!follows(w, was, is))
        return wrong(w, &is->idx, "its leaf does not follow its last one");
    if ((d->reason != REASON_EXAMINED && !resolved) || resolved == hash_equal(d->extra, zero))
        return wrong(w, &is->idx, "the record of its change is malformed");
    if (resolved != (open && to == SUM_CLEAN) || (open && to == SUM_UNKNOWN))
        return wrong(w, &is->idx,
                     "bad or review became clean without a resolution, or unknown");
    if (from != to)
        count_verdict(w, to);
    w->grown[RESOLVED] += resolved;
    return true;
}

/* One idx: what it was, what it is, and what the delta list says of it. */
static bool step(struct walk *w, const struct leaf *was, const struct leaf *is)
{
    const struct hash *idx = was != NULL ? &was->idx : &is->idx;
    struct hash before = was != NULL ? leaf_hash(was) : zero;
    struct hash after = is != NULL ? leaf_hash(is) : zero;
    enum change op = was == NULL ? ADDED : is == NULL ? REMOVED : CHANGED;
    struct record d;

    if (is != NULL && is->since > w->now->epoch)
        return wrong(w, idx, "its leaf is of a later epoch");
    if (was != NULL && is != NULL && view_equal(was->bytes, is->bytes))
        return true;
    if (!record_next(w, &d) || !hash_equal(d.idx, *idx))
        return wrong(w, idx,
                     op == REMOVED ? "it is gone, and the delta list does not say so"
                                   : "it is new or not the same, and the delta list "
                                     "does not say so");
    if (d.op != op || !hash_equal(d.was, before) || !hash_equal(d.is, after))
        return wrong(w, idx, "the delta list says something else of it");
    w->changes[op]++;
    if (op == ADDED)
        return take_added(w, &d, is);
    return op == REMOVED ? take_removed(w, &d, was) : take_changed(w, &d, was, is);
}

/* Goes through both lists at once; both ascend by idx. */
static bool walk_lists(struct walk *w)
{
    struct leaf was;
    struct leaf is;
    bool has_was = leaf_next(&w->was, &was);
    bool has_is = leaf_next(&w->is, &is);

    while (has_was || has_is) {
        int order = !has_is ? -1 : !has_was ? 1 : memcmp(was.idx.bytes, is.idx.bytes, IDX_SIZE);

        if (!step(w, order <= 0 ? &was : NULL, order >= 0 ? &is : NULL))
            return false;
        if (order <= 0)
            has_was = leaf_next(&w->was, &was);
        if (order >= 0)
            has_is = leaf_next(&w->is, &is);
    }
    return w->delta.len == 0 ||
           disproven(w->report, "the delta list says more than changed, or in another order");
}

static bool leaf_find(struct view list, const struct hash *idx, size_t *ret, struct leaf *leaf)
{
    size_t low = 0;
    size_t high = list.len / FLEET_LEAF;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = memcmp(list.data + middle * FLEET_LEAF, idx->bytes, IDX_SIZE);

        if (order == 0) {
            *ret = middle;
            return leaf_read((struct view){list.data + middle * FLEET_LEAF, FLEET_LEAF},
                             TREE_FLEET, leaf);
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return false;
}

/* One server under its old and its new pseudonym, which are proven to be of one id. */
static bool rekey_one(struct walk *w, const struct statement *before, const struct leaf *was,
                      struct cursor *pairs, uint8_t taken[])
{
    struct memory *m = w->report->memory;
    struct hash from;
    struct hash to;
    struct record d;
    struct leaf is;
    size_t at = 0;
    uint8_t proofs[2][VRF_PROOF_SIZE];
    struct identity id = {cursor_sized(pairs, 2), {0}};

    id.id = cursor_sized(pairs, 2);
    cursor_copy(pairs, proofs[0], VRF_PROOF_SIZE);
    cursor_copy(pairs, proofs[1], VRF_PROOF_SIZE);
    if (!record_next(w, &d) || d.op != REKEYED || d.reason != REASON_REKEY ||
        !hash_equal(d.idx, was->idx) || !hash_equal(d.was, leaf_hash(was)) ||
        !leaf_find(w->is, &d.extra, &at, &is) || taken[at] != 0)
        return wrong(w, &was->idx,
                     "it has no record, or no leaf of its own, after the rekeying");
    taken[at] = 1;
    if (!hash_equal(d.is, leaf_hash(&is)) || !follows(w, was, &is) ||
        memcmp(&was->sums, &is.sums, sizeof(is.sums)) != 0)
        return wrong(w, &was->idx, "the rekeying changed more than its pseudonym");
    if (pairs->failed || !idx_of(m, "asset/v1", before->vrf_key.bytes, &id, proofs[0], &from) ||
        !idx_of(m, "asset/v1", w->now->vrf_key.bytes, &id, proofs[1], &to) ||
        !hash_equal(from, was->idx) || !hash_equal(to, d.extra))
        return wrong(w, &was->idx, "old and new pseudonym are not of one id");
    w->changes[REKEYED]++;
    return true;
}

static bool walk_rekey(struct walk *w, const struct statement *before, struct view file)
{
    struct cursor pairs = {.left = file};
    uint8_t *taken = memory_take(w->report->memory, w->is.len / FLEET_LEAF + 1, 1);
    struct leaf was;

    if (w->was.len != w->is.len)
        return disproven(w->report, "the rekeying changed how many servers there are");
    if (file.data == NULL)
        return untold(w->report, "whether the rekeying kept every server: no file 'rekey'");
    while (leaf_next(&w->was, &was)) {
        if (!rekey_one(w, before, &was, &pairs, taken))
            return false;
    }
    if (w->delta.len > 0 || pairs.left.len > 0)
        return disproven(w->report, "there are more records of rekeying than servers");
    proven(w->report, "every server has one new pseudonym, of the same id");
    return true;
}

/* The numbers that the statement gives are those that were counted here. */
static bool counted(const struct walk *w, const struct statement *before)
{
    if (memcmp(w->changes, w->now->changes, sizeof(w->changes)) != 0)
        return disproven(w->report, "the statement counts other changes than the delta list");
    for (size_t i = 0; i < COUNTERS; i++) {
        uint64_t want = (before != NULL ? before->counters[i] : 0) + w->grown[i];

        if (w->now->counters[i] != want)
            return disproven(w->report, "the counter %s is %" PRIu64 " and should be %" PRIu64,
                             counter_names[i], w->now->counters[i], want);
    }
    proven(w->report, "all changes are in the delta list, every leaf follows its last one, and "
                      "the counters count them");
    return true;
}

/* The tree over the leaves of a list is the one that the statement states. */
static bool tree_good(struct view list, enum tree t, const char *what,
                      const struct branch *stated, struct report *r)
{
    struct branch root;

    if (!prefix_root(list, t, what, r, &root))
        return false;
    if (!branch_equal(&root, stated))
        return disproven(r, "%s: root or totals are not those of the statement", what);
    proven(r, "%s: %zu, each once, and their sums and root are those of the statement", what,
           list.len / leaf_size(t));
    return true;
}

static bool open_before(const struct epoch_files *files, const struct operators *by,
                        const struct statement *now, struct report *r, struct statement *ret,
                        struct view *ret_leaves)
{
    struct branch root;

    if (!statement_open(files->statement, by, "statement before", r, ret) ||
        !statement_follows(ret, now, r) ||
        !leaves_open(files->leaves, &ret->leaves, "leaves before", r, ret_leaves) ||
        !prefix_root(*ret_leaves, TREE_FLEET, "leaves before", r, &root))
        return false;
    if (!branch_equal(&root, &ret->root))
        return disproven(r, "leaves before: not those of the statement before");
    if (!hash_equal(ret->vrf_key, now->vrf_key) &&
        ret->aliases.sums.of[SUM_N] != now->aliases.sums.of[SUM_N])
        return disproven(r, "the rekeying changed how many aliases there are");
    proven(r, "the statement follows the one of epoch %u", ret->epoch);
    return true;
}

void epoch_audit(const struct epoch_files *now, const struct epoch_files *before,
                 const struct operators *by, struct report *r)
{
    struct statement s;
    struct statement previous;
    struct walk w = {.now = &s, .report = r};
    struct view aliases = {0};

    if (!statement_open(now->statement, by, "statement", r, &s))
        return;
    statement_facts(&s, r);
    if (!leaves_open(now->leaves, &s.leaves, "leaves", r, &w.is) ||
        !tree_good(w.is, TREE_FLEET, "leaves", &s.root, r) ||
        !list_open(now->aliases, aliases_magic, &s.alias_leaves, "aliases", r, &aliases) ||
        !tree_good(aliases, TREE_ALIAS, "aliases", &s.aliases, r) ||
        !list_open(now->delta, delta_magic, &s.delta, "delta", r, &w.delta))
        return;
    if (s.epoch == 0) {
        if (walk_lists(&w))
            (void)counted(&w, NULL);
        return;
    }
    if (before == NULL) {
        (void)untold(r, "what changed since epoch %u: give it as --previous", s.epoch - 1);
        return;
    }
    if (!open_before(before, by, &s, r, &previous, &w.was))
        return;
    bool rekey = !hash_equal(previous.vrf_key, s.vrf_key);

    if (rekey ? walk_rekey(&w, &previous, now->rekey) : walk_lists(&w))
        (void)counted(&w, &previous);
}

/* A server, and where the seed puts it. */
struct draw {
    struct hash order;
    struct hash idx;
};

static int draw_order(const void *left, const void *right)
{
    const struct draw *a = left;
    const struct draw *b = right;

    return memcmp(a->order.bytes, b->order.bytes, sizeof(a->order.bytes));
}

/* All servers in the order of H(seed idx). */
static struct draw *draws_of(struct view leaves, const struct hash *seed, struct memory *m)
{
    size_t count = leaves.len / FLEET_LEAF;
    struct draw *d = memory_take(m, count + 1, sizeof(*d));
    uint8_t raw[64];

    memcpy(raw, seed->bytes, 32);
    for (size_t i = 0; i < count; i++) {
        memcpy(d[i].idx.bytes, leaves.data + i * FLEET_LEAF, IDX_SIZE);
        memcpy(raw + 32, d[i].idx.bytes, IDX_SIZE);
        d[i].order = sha256((struct view){raw, sizeof(raw)});
    }
    qsort(d, count, sizeof(*d), draw_order);
    return d;
}

static bool plans_agree(const struct statement *a, const struct statement *b, struct report *r)
{
    const struct sampling *p = &a->sampling;
    const struct sampling *q = &b->sampling;

    if (!a->has_sampling || !b->has_sampling)
        return untold(r, "the sample: a statement has no plan");
    if (!q->has_seed)
        return untold(r, "the sample: the seed is not revealed yet");
    if (p->has_seed || p->epoch != a->epoch || a->as_of >= p->not_before ||
        b->as_of < p->not_before || b->epoch <= a->epoch)
        return disproven(r, "the plan was not committed to before its seed could be known");
    if (!view_equal(a->origin, b->origin) || p->method != q->method || p->k != q->k ||
        p->epoch != q->epoch || p->not_before != q->not_before ||
        !view_equal(p->source, q->source))
        return disproven(r, "the plan with the seed is not the plan that was committed to");
    return true;
}

/* How many of the drawn servers an epoch shows to have been examined. */
static void judge_examined(const struct draw *d, size_t count, const struct statement *plan,
                           const struct statement *s, struct view leaves, struct report *r)
{
    size_t seen = 0;
    size_t gone = count;

    for (size_t i = 0; i < leaves.len / FLEET_LEAF; i++) {
        struct leaf l;

        if (!leaf_read((struct view){leaves.data + i * FLEET_LEAF, FLEET_LEAF}, TREE_FLEET, &l))
            continue;
        for (size_t k = 0; k < count; k++) {
            if (!hash_equal(d[k].idx, l.idx))
                continue;
            gone--;
            seen +=
                l.since > plan->epoch && (l.sums.of[SUM_ANY] >> plan->sampling.method & 1) != 0;
        }
    }
    fact(r, "examined", "%zu of %zu by epoch %u; %zu are gone", seen, count, s->epoch, gone);
    if (seen < count)
        (void)disproven(r, "%zu of the sample were not examined by this method since the plan",
                        count - seen);
    else
        proven(r, "every server of the sample was examined by this method since the plan");
}

void sample_audit(const struct epoch_files *committed, struct view revealed,
                  const struct epoch_files *examined, const struct operators *by,
                  struct report *r)
{
    struct statement plan;
    struct statement seed;
    struct statement later;
    struct branch root;
    struct view leaves = {0};

    if (!statement_open(committed->statement, by, "plan", r, &plan) ||
        !statement_open(revealed, by, "seed", r, &seed) || !plans_agree(&plan, &seed, r) ||
        !leaves_open(committed->leaves, &plan.leaves, "leaves of the plan", r, &leaves) ||
        !prefix_root(leaves, TREE_FLEET, "leaves of the plan", r, &root))
        return;
    struct draw *d = draws_of(leaves, &seed.sampling.seed, r->memory);
    size_t all = leaves.len / FLEET_LEAF;
    size_t count = plan.sampling.k < all ? plan.sampling.k : all;

    proven(r, "of %zu servers the seed chooses %zu; the plan was committed to before", all,
           count);
    for (size_t i = 0; i < count; i++)
        fact(r, "sampled", "%s", hex_shown(r->memory, d[i].idx.bytes, IDX_SIZE));
    unchecked(r, "that the seed is what the source gave: %s",
              view_shown(r->memory, plan.sampling.source));
    if (examined == NULL ||
        !statement_open(examined->statement, by, "later epoch", r, &later) ||
        !leaves_open(examined->leaves, &later.leaves, "leaves of the later epoch", r, &leaves))
        return;
    judge_examined(d, count, &plan, &later, leaves, r);
}
