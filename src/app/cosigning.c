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

/* One submission; a witness that has seen another size says which. */
static bool submit(struct logbook *l, struct fetcher *f, const char *url,
                   const struct logbook_note *note, uint64_t old, unsigned *ret_status,
                   struct bytes *ret, struct err *e)
{
    const char *where = arena_format(l->arena, "%s/add-checkpoint", url);
    struct text body;

    text_init(&body, l->arena, NOTE_SIZE_MAX);
    if (!logbook_prove_consistency(l, old, note, &body, e))
        return false;
    struct bytes b = text_bytes(&body);

    return fetch(f, where, &b, ANSWER_MAX, l->arena, ret_status, ret, e);
}

/* Asks one witness. */
static bool ask(struct cosigning *c, struct logbook *l, struct fetcher *f, const char *url,
                const struct logbook_note *note, struct text *t, struct err *e)
{
    struct bytes answer;
    struct bytes size;
    unsigned status = 0;
    uint64_t old = 0;
    struct text said;
    struct note from;

    if (!submit(l, f, url, note, old, &status, &answer, e))
        return false;
    if (status == 409) {
        if (!bytes_cut(&answer, '\n', &size) || !ledger_number(size, &old))
            return err_set(e, ERR_INPUT, "the witness does not say which size it has seen");
        if (old > note->said.size)
            return err_set(e, ERR_REFUSED,
                           "the witness has cosigned %llu entries, more than there are",
                           (unsigned long long)old);
        if (!submit(l, f, url, note, old, &status, &answer, e))
            return false;
    }
    if (status != 200)
        return err_set(e, ERR_REFUSED, "the witness answers with status %u", status);
    text_init(&said, l->arena, NOTE_SIZE_MAX);
    text_add(&said, note->bytes);
    text_add(&said, answer);
    if (!note_parse(text_bytes(&said), l->arena, &from, e))
        return err_wrap(e, "the answer of the witness");
    return take_lines(c->policy, &from, t, l->arena) > 0 ||
           err_set(e, ERR_INPUT,
                   "there is no new cosignature by a witness of the policy in "
                   "the answer");
}

bool cosigning_gather(struct cosigning *c, struct logbook *l, struct fetcher *f,
                      const struct logbook_note *note, struct bytes *ret, struct err *e)
{
    struct logbook_note before;
    struct logbook_note after;
    struct text t;

    text_init(&t, l->arena, NOTE_SIZE_MAX);
    text_add(&t, note->bytes);
    for (size_t i = 0; i < c->count; i++) {
        struct err why;

        c->answers[i].url = c->urls[i];
        c->answers[i].cosigned = ask(c, l, f, c->urls[i], note, &t, &why);
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
