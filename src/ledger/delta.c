/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/delta.h"

#include <string.h>

#include "ledger/wire.h"

static const char magic[] = "assay-delta/1\n";

bool delta_reason_to_leave(struct bytes name, enum delta_reason *ret)
{
    static const char *const names[] = {
        [REASON_RETURNED] = "returned",
        [REASON_SOLD] = "sold",
        [REASON_SCRAPPED] = "scrapped",
        [REASON_HELD_AS_EVIDENCE] = "held-as-evidence",
    };

    for (size_t i = REASON_RETURNED; i < ARRAY_LEN(names); i++) {
        if (bytes_equal_text(name, names[i])) {
            *ret = (enum delta_reason)i;
            return true;
        }
    }
    return false;
}

/* Two sorted lists of servers, read side by side. */
struct merge {
    const struct prefix_tree *before;
    const struct prefix_tree *after;
    const struct delta_why *reasons;
    size_t reason_count;
    size_t old;
    size_t new;
    size_t reason;
};

static int index_order(const uint8_t *a, const uint8_t *b)
{
    return memcmp(a, b, PREFIX_INDEX_SIZE);
}

/* <0: the next server is gone, >0: it is new, 0: it is in both. */
static int merge_side(const struct merge *m)
{
    size_t olds = m->before != NULL ? m->before->leaves.count : 0;

    if (m->old == olds)
        return 1;
    if (m->new == m->after->leaves.count)
        return -1;
    return index_order(prefix_leaf(&m->before->leaves, m->old).data,
                       prefix_leaf(&m->after->leaves, m->new).data);
}

static const struct delta_why *merge_reason(struct merge *m, const uint8_t *index)
{
    while (m->reason < m->reason_count &&
           index_order(m->reasons[m->reason].index.bytes, index) < 0)
        m->reason++;
    return m->reason < m->reason_count &&
                   index_order(m->reasons[m->reason].index.bytes, index) == 0
               ? &m->reasons[m->reason]
               : NULL;
}

static struct delta_record record_of(enum delta_op op, enum delta_reason usual,
                                     const struct delta_why *why, const uint8_t *index)
{
    struct delta_record r = {.op = op, .reason = why != NULL ? why->reason : usual};

    memcpy(r.index.bytes, index, sizeof(r.index.bytes));
    if (why != NULL)
        r.extra = why->extra;
    return r;
}

static bool verdict_counts(enum server_verdict was, enum server_verdict is,
                           const struct delta_record *r, struct counters *c, struct err *e)
{
    bool had_doubt = was == SERVER_BAD || was == SERVER_REVIEW;

    c->ever_bad += is == SERVER_BAD && was != SERVER_BAD;
    c->ever_review += is == SERVER_REVIEW && was != SERVER_REVIEW;
    if (r->reason == REASON_RESOLVED) {
        if (!had_doubt || is != SERVER_CLEAN)
            return err_set(e, ERR_INPUT, "nothing was resolved: a server that was %s is %s",
                           server_verdict_name(was), server_verdict_name(is));
        c->resolved++;
    } else if (had_doubt && is == SERVER_CLEAN) {
        return err_set(e, ERR_INPUT, "a server that was %s is clean now: say what resolved it",
                       server_verdict_name(was));
    } else if (had_doubt && is == SERVER_UNKNOWN) {
        return err_set(e, ERR_INPUT, "a server that was %s stays so until it is seen whole",
                       server_verdict_name(was));
    }
    return true;
}

/* The record of the next server that is new, gone or different. */
static bool merge_next(struct merge *m, int side, struct delta *ret, struct counters *c,
                       struct err *e)
{
    struct bytes old = side <= 0 ? prefix_leaf(&m->before->leaves, m->old) : (struct bytes){0};
    struct bytes new = side >= 0 ? prefix_leaf(&m->after->leaves, m->new) : (struct bytes){0};
    const struct delta_why *why = merge_reason(m, side <= 0 ? old.data : new.data);
    struct delta_record r;
    enum server_verdict was = SERVER_UNKNOWN;
    enum server_verdict is = SERVER_UNKNOWN;

    if (side > 0)
        r = record_of(DELTA_ADDED, REASON_BOUGHT, why, new.data);
    else if (side < 0)
        r = record_of(DELTA_REMOVED, REASON_NONE, why, old.data);
    else
        r = record_of(DELTA_CHANGED, REASON_REEXAMINED, why, old.data);
    if (side <= 0) {
        struct server_leaf l = server_leaf_unpack(old);

        was = server_verdict_of(&l.sum);
        r.before = m->before->hashes[m->old];
    }
    if (side >= 0) {
        struct server_leaf l = server_leaf_unpack(new);

        is = server_verdict_of(&l.sum);
        r.after = m->after->hashes[m->new];
    }
    ret->counts.added += side > 0;
    ret->counts.removed += side < 0;
    ret->counts.changed += side == 0;
    c->ever += side > 0;
    c->removed_while_not_clean += side < 0 && was != SERVER_CLEAN;
    ret->records[ret->count++] = r;
    if (side < 0 && (r.reason < REASON_RETURNED || r.reason > REASON_HELD_AS_EVIDENCE))
        return err_set(e, ERR_INPUT, "a server is gone without a reason");
    return side < 0 || verdict_counts(was, is, &r, c, e);
}

static bool is_same(const struct merge *m)
{
    return bytes_equal(prefix_leaf(&m->before->leaves, m->old),
                       prefix_leaf(&m->after->leaves, m->new));
}

bool delta_make(const struct delta_between *between, struct arena *a, struct delta *ret,
                struct counters *counters, struct err *e)
{
    const struct prefix_tree *after = between->after;
    struct merge m = {between->before, after, between->reasons, between->reason_count, 0, 0, 0};
    size_t olds = m.before != NULL ? m.before->leaves.count : 0;
    size_t cap = 0;

    *ret = (struct delta){0};
    while (m.old < olds || m.new < after->leaves.count) {
        int side = merge_side(&m);

        if (side != 0 || !is_same(&m)) {
            arena_grow(a, &ret->records, ret->count, &cap, sizeof(*ret->records));
            if (!merge_next(&m, side, ret, counters, e))
                return false;
        }
        m.old += side <= 0;
        m.new += side >= 0;
    }
    return true;
}

bool delta_rekey(const struct prefix_tree *before, const struct prefix_tree *after,
                 const struct delta_moves *moves, struct arena *a, struct delta *ret,
                 struct err *e)
{
    if (before->leaves.count != moves->count || after->leaves.count != moves->count)
        return err_set(e, ERR_INPUT, "a rekey keeps every server");
    *ret = (struct delta){.records = ARENA_ARRAY(a, struct delta_record, moves->count)};
    for (size_t i = 0; i < moves->count; i++) {
        const struct delta_move *move = &moves->rows[i];
        bool found;
        size_t at = prefix_find(&after->leaves, move->to.bytes, &found);

        if (!found || index_order(prefix_leaf(&before->leaves, i).data, move->from.bytes) != 0)
            return err_set(e, ERR_INPUT, "server %zu is not where the rekey says", i);
        ret->records[ret->count++] = (struct delta_record){
            .op = DELTA_REKEYED,
            .reason = REASON_REKEY,
            .index = move->from,
            .before = before->hashes[i],
            .after = after->hashes[at],
            .extra = move->to,
        };
    }
    ret->counts.rekeyed = moves->count;
    return true;
}

void delta_print(struct text *t, const struct delta *d)
{
    text_puts(t, magic);
    for (size_t i = 0; i < d->count; i++) {
        const struct delta_record *r = &d->records[i];

        text_char(t, (char)r->op);
        text_char(t, (char)r->reason);
        wire_put_digest(t, &r->index);
        wire_put_digest(t, &r->before);
        wire_put_digest(t, &r->after);
        wire_put_digest(t, &r->extra);
    }
}

static bool record_parse(struct reader *r, struct delta_record *ret)
{
    uint8_t op = reader_u8(r);
    uint8_t reason = reader_u8(r);

    if (op > DELTA_REKEYED || reason > REASON_REKEY)
        return false;
    ret->op = (enum delta_op)op;
    ret->reason = (enum delta_reason)reason;
    ret->index = wire_digest(r);
    ret->before = wire_digest(r);
    ret->after = wire_digest(r);
    ret->extra = wire_digest(r);
    return !r->failed;
}

bool delta_parse(struct bytes file, struct arena *a, struct delta *ret, struct err *e)
{
    struct bytes rest = bytes_slice(file, sizeof(magic) - 1, SIZE_MAX);
    struct reader r = reader_of(rest, 0, 0);

    if (!bytes_starts_with(file, magic) || rest.len % DELTA_RECORD_SIZE != 0)
        return err_set(e, ERR_INPUT, "not a list of what changed in an epoch");
    *ret = (struct delta){
        .records = ARENA_ARRAY(a, struct delta_record, rest.len / DELTA_RECORD_SIZE)};
    while (reader_more(&r)) {
        struct delta_record *now = &ret->records[ret->count];

        if (!record_parse(&r, now))
            return err_set(e, ERR_INPUT, "record %zu of the delta is malformed", ret->count);
        if (ret->count > 0 && index_order(now[-1].index.bytes, now->index.bytes) >= 0)
            return err_set(e, ERR_INPUT, "record %zu of the delta is out of order", ret->count);
        ret->count++;
        ret->counts.added += now->op == DELTA_ADDED;
        ret->counts.removed += now->op == DELTA_REMOVED;
        ret->counts.changed += now->op == DELTA_CHANGED;
        ret->counts.rekeyed += now->op == DELTA_REKEYED;
    }
    return true;
}
