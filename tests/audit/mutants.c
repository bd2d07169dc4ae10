/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changes good documents in every way that comes to mind and holds the verifier to its word: a
 * changed document is refused, or says exactly what a good one said.
 *
 * usage: mutants FOLDER SEED COUNT
 *
 * FOLDER is what tests/audit/corpus.py writes. The same seed makes the same mutants. Ends with
 * 0 if there was no false accept.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "audit/epoch.h"
#include "audit/log.h"
#include "audit/proof.h"

enum {
    EPOCHS = 3,
    PROOFS = 6,
    SIZE_MAX_OF = 1 << 20
};

enum kind {
    PROOF,        /* the bytes of a proof file */
    PROOF_INSIDE, /* what its `extra` line encodes: nobody has signed that */
    STATEMENT,    /* one of a chain */
    CHECKPOINT,   /* one of two, or the proof between them */
    LIST,         /* leaves, aliases, delta or rekey of an epoch */
    LIST_SIGNED,  /* the same, and the operator signs what it has become */
    KINDS,
};

static const char *const kind_names[KINDS] = {"proof files",       "proofs, inside",
                                              "statements",        "checkpoints",
                                              "lists of an epoch", "lists, signed anew"};

struct corpus {
    struct memory memory;
    struct view proofs[PROOFS];
    struct view statements[EPOCHS];
    struct view checkpoints[EPOCHS];
    struct view consistency;
    struct epoch_files epochs[EPOCHS];
    struct operators operators;
    const struct policy *policy;
    uint8_t secret[crypto_sign_SECRETKEYBYTES];
};

struct tally {
    uint64_t made;
    uint64_t disproven;
    uint64_t untold;
    uint64_t same; /* accepted, and says what a good document says */
    uint64_t false_accepts;
};

/* xorshift64* */
static uint64_t draw(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

static size_t below(uint64_t *state, size_t limit)
{
    return limit == 0 ? 0 : (size_t)(draw(state) % limit);
}

static struct view file_read(struct memory *m, const char *folder, const char *name)
{
    char path[4096];
    uint8_t *data = memory_take(m, SIZE_MAX_OF, 1);

    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *f = fopen(path, "rb");

    if (f == NULL)
        return (struct view){0};
    size_t len = fread(data, 1, SIZE_MAX_OF, f);

    (void)fclose(f);
    return (struct view){data, len};
}

static bool corpus_read(const char *folder, struct corpus *c)
{
    struct report r = {.memory = &c->memory};
    struct memory *m = &c->memory;
    char name[64];

    for (int i = 0; i < PROOFS; i++) {
        (void)snprintf(name, sizeof(name), "proof-%d", i);
        c->proofs[i] = file_read(m, folder, name);
    }
    for (int i = 0; i < EPOCHS; i++) {
        struct epoch_files *e = &c->epochs[i];
        struct view *const files[] = {&e->leaves, &e->aliases, &e->delta, &e->rekey};
        static const char *const names[] = {"leaves", "aliases", "delta", "rekey"};

        (void)snprintf(name, sizeof(name), "statement-%d", i);
        c->statements[i] = file_read(m, folder, name);
        (void)snprintf(name, sizeof(name), "checkpoint-%d", i);
        c->checkpoints[i] = file_read(m, folder, name);
        e->statement = c->statements[i];
        for (size_t k = 0; k < 4; k++) {
            (void)snprintf(name, sizeof(name), "epoch-%d/%s", i, names[k]);
            *files[k] = file_read(m, folder, name);
        }
    }
    c->consistency = file_read(m, folder, "consistency");
    struct view secret = file_read(m, folder, "secret");

    if (secret.len != sizeof(c->secret) ||
        !key_read(m, file_read(m, folder, "vkey"), &c->operators.keys[0]))
        return false;
    memcpy(c->secret, secret.data, secret.len);
    c->operators.count = 1;
    c->policy = policy_read(file_read(m, folder, "policy"), &r);
    return c->policy != NULL;
}

/* Room for a mutant, and what it is made of. */
struct mutant {
    uint8_t data[SIZE_MAX_OF];
    size_t len;
};

static void cut(struct mutant *x, size_t at, size_t count)
{
    count = at + count > x->len ? x->len - at : count;
    memmove(x->data + at, x->data + at + count, x->len - at - count);
    x->len -= count;
}

static void insert(struct mutant *x, size_t at, struct view v)
{
    if (v.len == 0 || x->len + v.len > sizeof(x->data))
        return;
    memmove(x->data + at + v.len, x->data + at, x->len - at);
    memcpy(x->data + at, v.data, v.len);
    x->len += v.len;
}

/* A place in the mutant: any, or the start of a line. */
static size_t place(uint64_t *s, const struct mutant *x, bool line)
{
    size_t at = below(s, x->len);

    while (line && at > 0 && x->data[at - 1] != '\n')
        at--;
    return at;
}

static size_t line_length(const struct mutant *x, size_t at)
{
    size_t n = 0;

    while (at + n < x->len && x->data[at + n] != '\n')
        n++;
    return at + n < x->len ? n + 1 : n;
}

/* One change; `other` is a good document of the same kind. */
static void change(uint64_t *s, struct mutant *x, struct view other)
{
    static const uint8_t marks[] = " \n\t\0\"{}[],:=+/A0z\x7f\x80\xff";
    uint8_t piece[64];
    size_t count = 1 + below(s, sizeof(piece));
    size_t at = place(s, x, false);
    size_t from = below(s, other.len);
    bool lines = below(s, 4) == 0;

    if (x->len == 0)
        return;
    switch (below(s, 9)) {
    case 0:
    case 1:
        x->data[at] ^= (uint8_t)(1U << below(s, 8));
        break;
    case 2:
        x->data[at] = (uint8_t)draw(s);
        break;
    case 3:
        x->len = at;
        break;
    case 4:
        at = place(s, x, lines);
        cut(x, at, lines ? line_length(x, at) : count);
        break;
    case 5:
        insert(x, at, (struct view){&marks[below(s, sizeof(marks) - 1)], 1});
        break;
    case 6: /* a piece of itself again */
        at = place(s, x, lines);
        count = lines ? line_length(x, at) : count;
        count = count > sizeof(piece) || at + count > x->len ? 1 : count;
        memcpy(piece, x->data + at, count);
        insert(x, lines ? at : below(s, x->len), (struct view){piece, count});
        break;
    case 7: /* a piece of another, at its own place or elsewhere */
        at = below(s, 2) == 0 && from < x->len ? from : at;
        count = from + count > other.len ? other.len - from : count;
        cut(x, at, count);
        insert(x, at, (struct view){other.data + from, count});
        break;
    default: /* the head of this and the tail of another */
        x->len = at;
        insert(x, at, view_after(other, below(s, 2) == 0 ? at : from));
        break;
    }
}

static struct view mutate(uint64_t *s, struct view good, struct view other, struct mutant *x)
{
    size_t times = 1 + (below(s, 3) == 0 ? below(s, 4) : 0);

    x->len = 0;
    insert(x, 0, good);
    for (size_t i = 0; i < times; i++)
        change(s, x, other);
    return (struct view){x->data, x->len};
}

/* What an audit of these documents says, as text; its outcome beside. */
static struct view judge_proof(const struct corpus *c, struct view file, struct report *r)
{
    struct proof_question q = {.policy = c->policy, .operators = &c->operators};

    proof_audit(file, &q, r);
    return report_print(r, "", false);
}

static struct view judge_statements(const struct corpus *c, const struct view *files,
                                    struct report *r)
{
    struct statement s[EPOCHS];

    for (size_t i = 0; i < EPOCHS; i++) {
        if (!statement_open(files[i], &c->operators, "statement", r, &s[i]))
            return report_print(r, "", false);
    }
    statement_facts(&s[EPOCHS - 1], r);
    (void)statements_chain(s, EPOCHS, r);
    return report_print(r, "", false);
}

static struct view judge_epoch(const struct corpus *c, const struct epoch_files *now,
                               const struct epoch_files *before, struct report *r)
{
    epoch_audit(now, before, &c->operators, r);
    return report_print(r, "", false);
}

/* The `extra` of a proof file replaced. */
static struct view with_extra(struct memory *m, struct view file, struct view extra)
{
    struct out o = {.memory = m};
    size_t size = sodium_base64_ENCODED_LEN(extra.len, sodium_base64_VARIANT_ORIGINAL);
    char *text = memory_take(m, size, 1);
    struct view line;
    struct view rest = file;

    (void)sodium_bin2base64(text, size, extra.data, extra.len, sodium_base64_VARIANT_ORIGINAL);
    (void)view_cut(&rest, '\n', &line);
    out_add(&o, line);
    out_text(&o, "\nextra ");
    out_text(&o, text);
    out_text(&o, "\n");
    (void)view_cut(&rest, '\n', &line);
    out_add(&o, rest);
    return out_view(&o);
}

/* The statement with one digest replaced by another, and signed anew. */
static struct view signed_anew(const struct corpus *c, struct memory *m, struct view envelope,
                               struct view old, struct view new)
{
    static const char type[] = "application/vnd.in-toto+json";
    struct report quiet = {.memory = m};
    const struct key *k = NULL;
    struct view payload = {0};
    struct out changed = {.memory = m};
    struct out message = {.memory = m};
    struct out o = {.memory = m};
    struct hash was = sha256(old);
    struct hash is = sha256(new);
    const char *digits = hex_shown(m, was.bytes, 32);
    uint8_t signature[crypto_sign_BYTES];

    (void)envelope_open(envelope, &c->operators, "", &quiet, &payload, &k);
    for (size_t i = 0; i < payload.len; i++) {
        if (view_begins(view_after(payload, i), digits)) {
            out_hex(&changed, is.bytes, 32);
            i += 63;
        } else {
            out_add(&changed, (struct view){payload.data + i, 1});
        }
    }
    out_text(&message, text_of(m, "DSSEv1 28 %s %zu ", type, changed.len));
    out_add(&message, out_view(&changed));
    (void)crypto_sign_detached(signature, NULL, message.data, message.len, c->secret);
    struct hash id = sha256((struct view){c->operators.keys[0].bytes, KEY_SIZE});
    size_t size = sodium_base64_ENCODED_LEN(changed.len, sodium_base64_VARIANT_ORIGINAL);
    char *text = memory_take(m, size + 128, 1);

    (void)sodium_bin2base64(text, size, changed.data, changed.len,
                            sodium_base64_VARIANT_ORIGINAL);
    out_text(&o, "{\"payload\":\"");
    out_text(&o, text);
    out_text(
        &o,
        "\",\"payloadType\":\"application/vnd.in-toto+json\",\"signatures\":[{\"keyid\":\"");
    out_hex(&o, id.bytes, 32);
    out_text(&o, "\",\"sig\":\"");
    (void)sodium_bin2base64(text, size + 128, signature, sizeof(signature),
                            sodium_base64_VARIANT_ORIGINAL);
    out_text(&o, text);
    out_text(&o, "\"}]}\n");
    return out_view(&o);
}

/* One mutant: what was made, what the good document says, what the mutant says. */
struct trial {
    struct view good;
    struct view bad;
    struct view good_said;
    struct view bad_said;
    int outcome;
};

static void try_proof(const struct corpus *c, uint64_t *s, bool inside, struct mutant *x,
                      struct memory *m, struct trial *t)
{
    struct view other = c->proofs[below(s, PROOFS)];
    struct report first = {.memory = m};
    struct report second = {.memory = m};
    struct log_proof l[2];
    struct view changed;

    t->good = c->proofs[below(s, PROOFS)];
    if (inside && log_proof_read(m, t->good, &l[0]) && log_proof_read(m, other, &l[1])) {
        changed = mutate(s, l[0].extra, l[1].extra, x);
        t->bad = with_extra(m, t->good, changed);
    } else {
        t->bad = mutate(s, t->good, other, x);
    }
    t->bad_said = judge_proof(c, t->bad, &second);
    t->outcome = report_outcome(&second);
    if (t->outcome == 0)
        t->good_said = judge_proof(c, t->good, &first);
}

static void try_statement(const struct corpus *c, uint64_t *s, struct mutant *x,
                          struct memory *m, struct trial *t)
{
    struct view files[EPOCHS];
    struct report first = {.memory = m};
    struct report second = {.memory = m};
    size_t which = below(s, EPOCHS);

    memcpy(files, c->statements, sizeof(files));
    t->good = files[which];
    t->bad = mutate(s, t->good, c->statements[below(s, EPOCHS)], x);
    files[which] = t->bad;
    t->bad_said = judge_statements(c, files, &second);
    t->outcome = report_outcome(&second);
    if (t->outcome == 0)
        t->good_said = judge_statements(c, c->statements, &first);
}

static void try_checkpoint(const struct corpus *c, uint64_t *s, struct mutant *x,
                           struct memory *m, struct trial *t)
{
    struct view files[3] = {c->checkpoints[0], c->checkpoints[2], c->consistency};
    struct report second = {.memory = m};
    size_t which = below(s, 3);

    t->good = files[which];
    t->bad = mutate(s, t->good, c->checkpoints[below(s, EPOCHS)], x);
    files[which] = t->bad;
    checkpoints_audit(files[0], files[1], files[2], c->policy, &second);
    t->bad_said = report_print(&second, "", false);
    t->outcome = report_outcome(&second);
    /* A splice can be another good checkpoint with a signature line that nobody knows. */
    for (size_t i = 0; t->outcome == 0 && i <= EPOCHS; i++) {
        struct report first = {.memory = m};

        files[which] = i == EPOCHS ? t->good : c->checkpoints[i];
        checkpoints_audit(files[0], files[1], files[2], c->policy, &first);
        t->good_said = report_print(&first, "", false);
        if (view_equal(t->good_said, t->bad_said))
            break;
    }
}

static void try_list(const struct corpus *c, uint64_t *s, bool anew, struct mutant *x,
                     struct memory *m, struct trial *t)
{
    size_t number = below(s, EPOCHS);
    struct epoch_files now = c->epochs[number];
    struct epoch_files other = c->epochs[below(s, EPOCHS)];
    struct view *const files[] = {&now.leaves, &now.aliases, &now.delta, &now.rekey};
    struct view *const others[] = {&other.leaves, &other.aliases, &other.delta, &other.rekey};
    size_t which = below(s, number == 2 ? 4 : 3);
    const struct epoch_files *before = number > 0 ? &c->epochs[number - 1] : NULL;
    struct report first = {.memory = m};
    struct report second = {.memory = m};

    t->good = *files[which];
    /* Only one epoch has the file `rekey`. */
    t->bad = mutate(s, t->good, others[which]->len > 0 ? *others[which] : t->good, x);
    *files[which] = t->bad;
    if (anew && which < 3)
        now.statement = signed_anew(c, m, now.statement, t->good, t->bad);
    t->bad_said = judge_epoch(c, &now, before, &second);
    t->outcome = report_outcome(&second);
    if (t->outcome == 0)
        t->good_said = judge_epoch(c, &c->epochs[number], before, &first);
}

/* Good documents are accepted, else refusing mutants would show nothing. */
static bool good_accepted(const struct corpus *c)
{
    struct memory m = {0};
    bool good = true;

    for (size_t i = 0; i < PROOFS; i++) {
        struct report r = {.memory = &m};

        (void)judge_proof(c, c->proofs[i], &r);
        good = good && report_outcome(&r) == 0;
    }
    for (size_t i = 0; i < EPOCHS; i++) {
        struct report r = {.memory = &m};
        struct report again = {.memory = &m};
        struct epoch_files e = c->epochs[i];

        (void)judge_epoch(c, &e, i > 0 ? &c->epochs[i - 1] : NULL, &r);
        e.statement = signed_anew(c, &m, e.statement, e.leaves, e.leaves);
        (void)judge_epoch(c, &e, i > 0 ? &c->epochs[i - 1] : NULL, &again);
        good = good && report_outcome(&r) == 0 && report_outcome(&again) == 0;
    }
    struct report r = {.memory = &m};

    (void)judge_statements(c, c->statements, &r);
    checkpoints_audit(c->checkpoints[0], c->checkpoints[2], c->consistency, c->policy, &r);
    good = good && report_outcome(&r) == 0;
    memory_done(&m);
    return good;
}

/* Where a mutant that says the same differs. */
static void explain(const struct trial *t, enum kind k, uint64_t number)
{
    size_t at = 0;
    size_t tail = 0;

    while (at < t->good.len && at < t->bad.len && t->good.data[at] == t->bad.data[at])
        at++;
    while (at + tail < t->good.len && at + tail < t->bad.len &&
           t->good.data[t->good.len - 1 - tail] == t->bad.data[t->bad.len - 1 - tail])
        tail++;
    (void)printf("says the same: mutant %" PRIu64 " of %s has, for %zu bytes at %zu, %zu: ",
                 number, kind_names[k], t->good.len - tail - at, at, t->bad.len - tail - at);
    for (size_t i = at; i < t->bad.len - tail && i < at + 120; i++)
        (void)printf(t->bad.data[i] >= 0x20 && t->bad.data[i] < 0x7f ? "%c" : "\\x%02x",
                     t->bad.data[i]);
    (void)printf("\n");
}

static void count(const struct trial *t, struct tally *n, enum kind k, uint64_t number)
{
    n->made++;
    n->disproven += t->outcome == 1;
    n->untold += t->outcome == 2;
    if (t->outcome != 0)
        return;
    if (view_equal(t->good_said, t->bad_said)) {
        n->same++;
        explain(t, k, number);
        return;
    }
    n->false_accepts++;
    (void)printf("FALSE ACCEPT: mutant %" PRIu64 " of %s says\n%.*s", number, kind_names[k],
                 (int)t->bad_said.len, (const char *)t->bad_said.data);
}

static bool good_document(const struct corpus *c, struct view v)
{
    bool found = view_equal(v, c->consistency);

    for (size_t i = 0; i < PROOFS; i++)
        found = found || view_equal(v, c->proofs[i]);
    for (size_t i = 0; i < EPOCHS; i++) {
        const struct epoch_files *e = &c->epochs[i];

        found = found || view_equal(v, c->statements[i]) || view_equal(v, c->checkpoints[i]) ||
                view_equal(v, e->leaves) || view_equal(v, e->aliases) ||
                view_equal(v, e->delta) || view_equal(v, e->rekey);
    }
    return found;
}

static bool run(const struct corpus *c, uint64_t seed, uint64_t wanted)
{
    struct tally all[KINDS] = {{0}};
    struct tally sum = {0};
    uint64_t state = seed * 2 + 1;
    struct mutant *x = malloc(sizeof(*x));

    if (x == NULL)
        return false;
    while (sum.made < wanted) {
        struct memory m = {0};
        struct trial t = {.outcome = 2};
        enum kind k = (enum kind)below(&state, KINDS);

        if (k == PROOF || k == PROOF_INSIDE)
            try_proof(c, &state, k == PROOF_INSIDE, x, &m, &t);
        else if (k == STATEMENT)
            try_statement(c, &state, x, &m, &t);
        else if (k == CHECKPOINT)
            try_checkpoint(c, &state, x, &m, &t);
        else
            try_list(c, &state, k == LIST_SIGNED, x, &m, &t);
        /* Some changes undo themselves, or give another good document. */
        if (!good_document(c, t.bad)) {
            count(&t, &all[k], k, sum.made);
            sum.made++;
        }
        memory_done(&m);
    }
    free(x);
    for (size_t k = 0; k < KINDS; k++) {
        const struct tally *n = &all[k];

        (void)printf("%-20s %8" PRIu64 " mutants: %8" PRIu64 " disproven, %6" PRIu64
                     " cannot tell, %4" PRIu64 " say the same, %" PRIu64 " false accepts\n",
                     kind_names[k], n->made, n->disproven, n->untold, n->same,
                     n->false_accepts);
        sum.same += n->same;
        sum.false_accepts += n->false_accepts;
    }
    (void)printf("refused %" PRIu64 " of %" PRIu64 "; %" PRIu64
                 " say what the good one says; %" PRIu64 " false accepts\n",
                 sum.made - sum.same - sum.false_accepts, sum.made, sum.same,
                 sum.false_accepts);
    return sum.false_accepts == 0;
}

int main(int argc, char **argv)
{
    struct corpus *c = calloc(1, sizeof(*c));
    bool good = argc == 4 && c != NULL && sodium_init() >= 0 && corpus_read(argv[1], c);

    if (!good) {
        (void)fputs("usage: mutants FOLDER SEED COUNT\n", stderr);
        free(c);
        return 2;
    }
    if (good_accepted(c)) {
        good = run(c, strtoull(argv[2], NULL, 10), strtoull(argv[3], NULL, 10));
    } else {
        (void)puts("a good document was refused");
        good = false;
    }
    memory_done(&c->memory);
    free(c);
    return good ? 0 : 1;
}
