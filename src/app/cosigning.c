/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cosigning.h"

#include <string.h>

enum {
    ANSWER_MAX = 64 * 1024
};

static const char *without_slash(struct bytes url, struct arena *a)
{
    while (url.len > 0 && url.data[url.len - 1] == '/')
        url.len--;
    return arena_text(a, url);
}

void cosigning_plan(struct cosigning *c, const struct trust_policy *p, const char *const *more,
                    size_t more_count, struct arena *a)
{
    c->policy = p;
    c->urls = ARENA_ARRAY(a, const char *, p->member_count + more_count + 1);
    c->answers = ARENA_ARRAY(a, struct cosigning_answer, p->member_count + more_count + 1);
    c->count = 0;
    for (size_t i = 0; i < p->member_count; i++) {
        if (p->members[i].url.len > 0)
            c->urls[c->count++] = without_slash(p->members[i].url, a);
    }
    for (size_t i = 0; i < more_count; i++)
        c->urls[c->count++] = without_slash(bytes_of(more[i]), a);
}

/* Adds the lines of a note that are good cosignatures by witnesses of the policy, each key
 * once. How many were added. */
static size_t take_lines(const struct trust_policy *p, const struct note *from, struct text *t,
                         struct arena *a)
{
    size_t count = 0;

    for (size_t i = 0; i < p->member_count; i++) {
        const struct note_key *k = &p->members[i].key;
        struct note now;
        struct err e;

        if (p->members[i].is_group || note_verify(from, k, NULL) != NOTE_SIGNED ||
            !note_parse(text_bytes(t), a, &now, &e) ||
            note_verify(&now, k, NULL) != NOTE_UNSIGNED)
            continue;
        for (size_t n = 0; n < from->count; n++) {
            const struct note_line *line = &from->lines[n];

            if (line->id != k->id || !bytes_equal(line->name, k->name))
                continue;
            note_line_copy(t, line);
            count++;
            break;
        }
    }
    return count;
}

/* A checkpoint on its way to the witnesses. */
struct submission {
    const struct trust_policy *policy;
    struct logbook *log;
    struct fetcher *fetcher;
    const struct logbook_note *note;
    struct text *whole; /* the note with what was gathered */
};

/* One request; a witness that has seen another size says which. */
static bool submit(const struct submission *s, const char *url, uint64_t old,
                   struct fetch_answer *ret, struct err *e)
{
    struct arena *a = s->log->arena;
    struct text text;

    text_init(&text, a, NOTE_SIZE_MAX);
    if (!logbook_prove_consistency(s->log, old, s->note, &text, e))
        return false;
    struct bytes body = text_bytes(&text);
    const struct fetch_request q = {arena_format(a, "%s/add-checkpoint", url), &body,
                                    ANSWER_MAX};

    return fetch(s->fetcher, &q, a, ret, e);
}

/* Asks one witness. */
static bool ask(const struct submission *s, const char *url, struct err *e)
{
    struct arena *a = s->log->arena;
    struct fetch_answer answer = {.status = 0};
    struct bytes size;
    uint64_t old = 0;
    struct text said;
    struct note from;

    if (!submit(s, url, old, &answer, e))
        return false;
    if (answer.status == 409) {
        if (!bytes_cut(&answer.body, '\n', &size) || !ledger_number(size, &old))
            return err_set(e, ERR_INPUT, "the witness does not say which size it has seen");
        if (old > s->note->said.size)
            return err_set(e, ERR_REFUSED,
                           "the witness has cosigned %llu entries, more than there are",
                           (unsigned long long)old);
        if (!submit(s, url, old, &answer, e))
            return false;
    }
    if (answer.status != 200)
        return err_set(e, ERR_REFUSED, "the witness answers with status %u", answer.status);
    text_init(&said, a, NOTE_SIZE_MAX);
    text_add(&said, s->note->bytes);
    text_add(&said, answer.body);
    if (!note_parse(text_bytes(&said), a, &from, e))
        return err_wrap(e, "the answer of the witness");
    return take_lines(s->policy, &from, s->whole, a) > 0 ||
           err_set(e, ERR_INPUT,
                   "there is no new cosignature by a witness of the policy in the answer");
}

bool cosigning_gather(struct cosigning *c, struct logbook *l, struct fetcher *f,
                      const struct logbook_note *note, struct bytes *ret, struct err *e)
{
    struct logbook_note before;
    struct logbook_note after;
    struct text t;
    const struct submission s = {c->policy, l, f, note, &t};

    text_init(&t, l->arena, NOTE_SIZE_MAX);
    text_add(&t, note->bytes);
    for (size_t i = 0; i < c->count; i++) {
        struct err why;

        c->answers[i].url = c->urls[i];
        c->answers[i].cosigned = ask(&s, c->urls[i], &why);
        c->answers[i].trouble = arena_format(l->arena, "%s", why.text);
    }
    if (logbook_published(l, &before, e) && bytes_equal(before.note.text, note->note.text))
        (void)take_lines(c->policy, &before.note, &t, l->arena);
    *ret = text_bytes(&t);
    if (!logbook_note_read(*ret, &l->key, l->arena, &after, e))
        return false;
    c->verdict = trust_policy_judge(c->policy, &after.note, &after.said, l->arena);
    return true;
}
