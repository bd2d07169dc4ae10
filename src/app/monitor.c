/* SPDX-License-Identifier: Apache-2.0 */
#include "app/monitor.h"

#include <unistd.h>

#include "base/file.h"

/* One look. */
struct look {
    const struct monitor_order *order;
    struct arena *arena;
    struct monitor_report *report;
    struct logbook_note now;
    struct logbook_note before;
    bool has_before;
};

const char *monitor_verdict_name(enum monitor_verdict v)
{
    switch (v) {
    case MONITOR_GOOD:
        return "good";
    case MONITOR_UNTRUSTED:
        return "untrusted";
    case MONITOR_SMALLER:
        return "smaller";
    case MONITOR_FORK:
        return "fork";
    case MONITOR_DAMAGED:
        return "damaged";
    }
    return "unknown";
}

/* Notes what is wrong; what is right so far stays in the report. */
static bool verdict(struct look *l, enum monitor_verdict v, const char *why)
{
    l->report->verdict = v;
    l->report->why = arena_format(l->arena, "%s", why);
    return true;
}

/* Whether a note is one of the log that is watched. */
static bool trusted(struct look *l, struct bytes b, struct logbook_note *ret, struct err *e)
{
    const struct monitor_order *o = l->order;

    ret->bytes = b;
    if (o->key != NULL && !logbook_note_read(b, o->key, l->arena, ret, e))
        return false;
    if (!note_parse(b, l->arena, &ret->note, e) ||
        !checkpoint_parse(ret->note.text, l->arena, &ret->said, e))
        return false;
    if (o->policy == NULL)
        return true;
    struct trust_verdict v = trust_policy_judge(o->policy, &ret->note, &ret->said, l->arena);

    l->report->cosigned = v.cosigned;
    if (v.forged)
        return err_set(e, ERR_INPUT, "a signature by a key of the policy is wrong");
    if (!v.log_signed)
        return err_set(e, ERR_INPUT, "no log of the policy has signed it");
    return v.quorum ||
           err_set(e, ERR_INPUT, "%zu witnesses have cosigned: no quorum", v.cosigned);
}

static bool state_read(struct look *l, struct err *e)
{
    struct bytes b;

    if (access(l->order->state, F_OK) != 0)
        return true;
    if (!file_read(l->order->state, NOTE_SIZE_MAX, l->arena, &b, e) ||
        !note_parse(b, l->arena, &l->before.note, e) ||
        !checkpoint_parse(l->before.note.text, l->arena, &l->before.said, e))
        return err_wrap(e, "%s", l->order->state);
    l->before.bytes = b;
    l->has_before = true;
    l->report->before = l->before.said.size;
    return bytes_equal(l->before.said.origin, l->now.said.origin) ||
           err_set(e, ERR_INPUT, "%s is of another log", l->order->state);
}

/* Keeps both checkpoints, each signed by the log: whoever has them can show the fork. */
static bool fork_keep(struct look *l, const struct logbook_note *other, const char *why,
                      struct err *e)
{
    const char *path = arena_format(l->arena, "%s.fork-%llu-%llu", l->order->state,
                                    (unsigned long long)other->said.size,
                                    (unsigned long long)l->now.said.size);
    struct text t;

    text_init(&t, l->arena, 3 * (size_t)NOTE_SIZE_MAX);
    text_add(&t, other->bytes);
    text_char(&t, '\n');
    text_add(&t, l->now.bytes);
    l->report->evidence = path;
    return file_write(path, text_bytes(&t), l->arena, e) && verdict(l, MONITOR_FORK, why);
}

/* Compares with what was seen before; true if the look is over. */
static bool compare(struct look *l, struct log_reader *r, bool *ret_over, struct err *e)
{
    const struct checkpoint *before = &l->before.said;
    struct merkle_source s = log_reader_source(r);
    struct digest root;
    struct err why;

    *ret_over = true;
    if (before->size == l->now.said.size && !digest_equal(&before->root, &l->now.said.root))
        return fork_keep(l, &l->before, "the log has signed two roots of one size", e);
    if (l->now.said.size < before->size)
        return verdict(l, MONITOR_SMALLER, "the log has fewer entries than before");
    if (!merkle_root(&s, (struct merkle_range){0, before->size}, &root, &why))
        return why.code == ERR_SYSTEM ? err_set(e, ERR_SYSTEM, "%s", why.text)
                                      : verdict(l, MONITOR_DAMAGED, why.text);
    if (!digest_equal(&root, &before->root))
        return fork_keep(l, &l->before, "the log does not begin with what was seen before", e);
    *ret_over = false;
    return true;
}

/* What a witness has cosigned last, if it is the log's and the witness's; false if there is
 * nothing to compare with. */
static bool seen_by(struct look *l, const struct trust_member *m, struct logbook_note *ret)
{
    struct digest hash = digest_sha256(l->now.said.origin);
    struct fetch_answer answer = {.status = 0};
    struct text url;
    struct err e;

    text_init(&url, l->arena, 1 << 16);
    text_add(&url, m->url);
    if (m->url.data[m->url.len - 1] != '/')
        text_char(&url, '/');
    text_hex(&url, (struct bytes){hash.bytes, sizeof(hash.bytes)});
    text_puts(&url, "/checkpoint");
    const struct fetch_request q = {.url = arena_text(l->arena, text_bytes(&url)),
                                    .max = NOTE_SIZE_MAX};

    if (!fetch(l->order->fetcher, &q, l->arena, &answer, &e) || answer.status != 200)
        return false;
    ret->bytes = answer.body;
    if (!note_parse(ret->bytes, l->arena, &ret->note, &e) ||
        !checkpoint_parse(ret->note.text, l->arena, &ret->said, &e))
        return false;
    struct trust_verdict v =
        trust_policy_judge(l->order->policy, &ret->note, &ret->said, l->arena);

    return v.log_signed && bytes_equal(ret->said.origin, l->now.said.origin) &&
           note_verify(&ret->note, &m->key, NULL) == NOTE_SIGNED;
}

/*
 * Compares with what the witnesses of the policy were shown: an operator that shows two trees
 * has to show one of them to a witness. One that is ahead is no sign of anything.
 */
static bool ask_witnesses(struct look *l, struct log_reader *r, bool *ret_over, struct err *e)
{
    const struct trust_policy *p = l->order->policy;
    struct merkle_source s = log_reader_source(r);

    *ret_over = false;
    for (size_t i = 0; l->order->fetcher != NULL && p != NULL && i < p->member_count; i++) {
        const struct trust_member *m = &p->members[i];
        struct logbook_note seen;
        struct digest root;
        struct err why;

        if (m->is_group || m->url.len == 0)
            continue;
        l->report->asked++;
        if (!seen_by(l, m, &seen) || seen.said.size > l->now.said.size)
            continue;
        *ret_over = true;
        if (!merkle_root(&s, (struct merkle_range){0, seen.said.size}, &root, &why))
            return why.code == ERR_SYSTEM ? err_set(e, ERR_SYSTEM, "%s", why.text)
                                          : verdict(l, MONITOR_DAMAGED, why.text);
        if (!digest_equal(&root, &seen.said.root))
            return fork_keep(l, &seen, "the log has shown another tree to a witness", e);
        *ret_over = false;
        l->report->agreed++;
    }
    return true;
}

/* Reads what is new, and that all together gives the root. */
static bool read_new(struct look *l, struct log_reader *r, struct err *e)
{
    struct digest root;
    struct err why;

    if (!log_check(r, l->has_before ? l->before.said.size : 0, &why) ||
        !log_reader_root(r, &root, &why))
        return why.code == ERR_SYSTEM ? err_set(e, ERR_SYSTEM, "%s", why.text)
                                      : verdict(l, MONITOR_DAMAGED, why.text);
    if (!digest_equal(&root, &l->now.said.root))
        return verdict(l, MONITOR_DAMAGED, "the tiles do not give the root of the checkpoint");
    return file_write(l->order->state, l->now.bytes, l->arena, e);
}

bool monitor(const struct monitor_order *o, struct arena *a, struct monitor_report *ret,
             struct err *e)
{
    struct look l = {.order = o, .arena = a, .report = ret};
    struct log_reader *r = ARENA_NEW(a, struct log_reader);
    struct bytes b;
    bool over = false;
    struct err why;

    *ret = (struct monitor_report){.verdict = MONITOR_GOOD};
    if (!o->storage->read(o->storage->user, LOGBOOK_CHECKPOINT, NOTE_SIZE_MAX, a, &b, e))
        return false;
    if (!trusted(&l, b, &l.now, &why))
        return verdict(&l, MONITOR_UNTRUSTED, why.text);
    ret->said = l.now.said;
    if (!state_read(&l, e))
        return false;
    log_reader_init(r, o->storage, l.now.said.size);
    if (l.has_before && (!compare(&l, r, &over, e) || over))
        return over && ret->verdict != MONITOR_GOOD;
    if (!ask_witnesses(&l, r, &over, e) || over)
        return ret->verdict != MONITOR_GOOD;
    return read_new(&l, r, e);
}
