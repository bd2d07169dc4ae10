/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every sentence has its condition and its numbers beside it: nothing is said that the
 * statement does not hold, and what it does not show is said too.
 */
#include "app/fleet_words.h"

#include "app/fleet_days.h"
#include "ledger/sample.h"

enum {
    HEADINGS = 5,
    SENTENCES_MAX = 1 << 20,
    PERCENT_95 = 95
};

/* Sentences under one heading, a line each. */
struct page {
    struct text *out; /* NULL: json */
    struct json *json;
};

static const char *const headings[HEADINGS][2] = {
    {"claimed", "What is claimed"         },
    {"methods", "How it was examined"     },
    {"dates",   "When"                    },
    {"unseen",  "What could not be seen"  },
    {"limits",  "What cannot be concluded"},
};

static void heading(struct page *p, unsigned i)
{
    if (p->out != NULL) {
        text_printf(p->out, "\n%s\n", headings[i][1]);
        return;
    }
    json_key(p->json, headings[i][0]);
    json_array_begin(p->json);
}

static void heading_end(struct page *p)
{
    if (p->out == NULL)
        json_array_end(p->json);
}

__attribute__((format(printf, 2, 3))) static void say(struct page *p, const char *format, ...)
{
    char room[2048];
    va_list args;

    va_start(args, format);
    struct bytes b = bytes_format_list(room, sizeof(room), format, args);

    va_end(args);
    if (p->out == NULL) {
        json_utf8(p->json, b);
        return;
    }
    text_puts(p->out, "  - ");
    text_printable(p->out, b);
    text_char(p->out, '\n');
}

#define ARG(b)  (int)(b).len, (const char *)(b).data
#define LONG(v) (unsigned long long)(v)

static void say_claimed(struct page *p, const struct fleet_statement *s)
{
    const struct aggregate *a = &s->sum;

    heading(p, 0);
    say(p, "%.*s owns %u servers, each counted once (epoch %u, as of %.*s).", ARG(s->origin),
        a->n, s->epoch, ARG(s->as_of));
    say(p, "Clean: %u. Under review: %u. Bad: %u. Not examined completely: %u.", a->clean,
        a->review, a->bad, a->unknown);
    say(p,
        "Ever in this ledger: %llu servers. Became bad: %llu. Came under review: %llu. Doubts "
        "resolved: %llu. Left while not clean: %llu.",
        LONG(s->counters.ever), LONG(s->counters.ever_bad), LONG(s->counters.ever_review),
        LONG(s->counters.resolved), LONG(s->counters.removed_while_not_clean));
    if (s->counters.ever_bad == 0)
        say(p, "That none was ever found bad holds if the chain of statements is unbroken from "
               "epoch 0 on; this file alone does not show that.");
    say(p,
        "In this epoch: added %llu, left %llu, changed %llu, only given a new pseudonym %llu.",
        LONG(s->delta.added), LONG(s->delta.removed), LONG(s->delta.changed),
        LONG(s->delta.rekeyed));
    say(p,
        "%llu further names (board serials, addresses, TPM keys) each belong to one of the "
        "servers only.",
        LONG(s->aliases));
    heading_end(p);
}

/* "on all servers", "on some servers", "on no server". */
static const char *used_on(const struct fleet_statement *s, uint32_t bit)
{
    if (s->sum.n == 0 || (s->sum.any >> bit & 1) == 0)
        return "used on no server";
    return (s->sum.all >> bit & 1) != 0 ? "used on every server" : "used on some servers only";
}

static void say_methods(struct page *p, const struct fleet_statement *s)
{
    heading(p, 1);
    for (size_t i = 0; i < s->method_count; i++) {
        const struct fleet_method *m = &s->methods[i];

        if ((s->sum.any >> m->bit & 1) == 0 || s->sum.n == 0)
            continue;
        if (m->of == 0)
            say(p,
                "%.*s (%.*s): %s. It was never measured: nothing follows about what it "
                "misses.",
                ARG(m->id), ARG(m->what), used_on(s, m->bit));
        else
            say(p,
                "%.*s (%.*s): %s. Measured: it noticed %llu of %llu altered servers, and "
                "raised %llu false alarms on %llu good ones.",
                ARG(m->id), ARG(m->what), used_on(s, m->bit), LONG(m->caught), LONG(m->of),
                LONG(m->false_alarms), LONG(m->false_of));
    }
    for (uint32_t bit = 0; bit < METHODS_MAX; bit++) {
        bool known = false;

        for (size_t i = 0; i < s->method_count; i++)
            known = known || s->methods[i].bit == bit;
        if (!known && s->sum.n > 0 && (s->sum.any >> bit & 1) != 0)
            say(p, "Method %u is used and not described.", bit);
    }
    if (s->sum.n > 0 && s->sum.any == 0)
        say(p, "No method compared any server with anything.");
    heading_end(p);
}

static void say_dates(struct page *p, const struct fleet_statement *s)
{
    char room[2][16];
    struct arena none = {0};
    struct text t[2];

    heading(p, 2);
    for (unsigned i = 0; i < 2; i++) {
        t[i] = (struct text){
            .arena = &none, .data = room[i], .cap = sizeof(room[i]), .max = sizeof(room[i])};
        text_day(&t[i], i == 0 ? s->sum.oldest : s->sum.newest);
    }
    if (s->sum.n == 0)
        say(p, "There is no server and no evidence.");
    else if (s->sum.newest == 0)
        say(p, "No evidence bears a date.");
    else if (s->sum.oldest == 0)
        say(p, "Of at least one server the evidence bears no date; the newest is of %.*s.",
            (int)t[1].len, t[1].data);
    else
        say(p,
            "The oldest evidence is of %.*s, the newest of %.*s. What happened since is not "
            "covered.",
            (int)t[0].len, t[0].data, (int)t[1].len, t[1].data);
    if (s->has_nonce)
        say(p, "Evidence of this epoch was asked for with nonces from a checkpoint of the log: "
               "it is not older than that, where it is a quote over its nonce.");
    else
        say(p, "No nonce binds the evidence of this epoch to a time: its dates are the "
               "operator's word.");
    heading_end(p);
}

static void say_unseen(struct page *p, const struct fleet_statement *s)
{
    heading(p, 3);
    if (s->sum.unknown > 0)
        say(p, "%u servers were not seen whole; nothing is claimed of them.", s->sum.unknown);
    if (s->unidentified > 0)
        say(p,
            "%llu machines have no serial number or key by which they could be counted once, "
            "and are not among the servers.",
            LONG(s->unidentified));
    for (size_t i = 0; i < s->method_count; i++) {
        const struct fleet_method *m = &s->methods[i];

        if (s->sum.n > 0 && (s->sum.all >> m->bit & 1) == 0)
            say(p, "%.*s was %s: what only it would notice was not looked for on the others.",
                ARG(m->id), used_on(s, m->bit));
    }
    say(p, "Servers that were never inventoried.");
    heading_end(p);
}

/* What a clean sample of this size would show. */
static void say_bound(struct page *p, const struct fleet_statement *s,
                      const struct fleet_method *m)
{
    const uint64_t miss = sample_probability((struct share){100 - PERCENT_95, 100});
    const struct share sensitivity =
        m != NULL && m->of > 0 ? (struct share){m->caught, m->of} : (struct share){1, 1};
    uint64_t k = s->sampling.size < s->sum.n ? s->sampling.size : s->sum.n;
    uint64_t bound =
        m != NULL && m->caught > 0 ? sample_bound(s->sum.n, k, sensitivity, miss) : 0;

    if (bound > 0)
        say(p,
            "If all %llu are clean, fewer than %llu of %u servers (fewer than %llu in a "
            "million) are altered in a way that the method notices, with %d %% confidence.",
            LONG(k), LONG(bound), s->sum.n, LONG(bound * 1000000 / s->sum.n + 1), PERCENT_95);
    else
        say(p,
            "What a clean sample would show is unknown, as the method was not measured, or "
            "does not suffice for any bound with %d %% confidence.",
            PERCENT_95);
    if (s->sum.n > 0)
        say(p, "One targeted server is in the sample with a chance of %llu in %u.", LONG(k),
            s->sum.n);
}

static void say_sampling(struct page *p, const struct fleet_statement *s)
{
    const struct fleet_sampling *g = &s->sampling;
    const struct fleet_method *m = NULL;

    if (!s->has_sampling)
        return;
    for (size_t i = 0; i < s->method_count; i++)
        m = s->methods[i].bit == g->method ? &s->methods[i] : m;
    if (g->seed.len == 0)
        say(p,
            "%llu servers will be drawn for %.*s, by a seed that is not known before %.*s "
            "(%.*s). Until then nothing follows.",
            LONG(g->size), ARG(m != NULL ? m->id : bytes_of("a method")), ARG(g->not_before),
            ARG(g->source));
    else
        say(p,
            "%llu servers were drawn for %.*s by the seed of %.*s, as committed to in epoch "
            "%u: anybody can draw them again.",
            LONG(g->size), ARG(m != NULL ? m->id : bytes_of("a method")), ARG(g->source),
            g->epoch);
    say_bound(p, s, m);
}

static void say_limits(struct page *p, const struct fleet_statement *s)
{
    heading(p, 4);
    say_sampling(p, s);
    say(p, "A clean sample of 299 bounds what is altered at 1 %% of a large fleet with 95 %% "
           "confidence. It says nothing about one targeted board.");
    say(p, "Hardware that was swapped between its examination and its use.");
    say(p, "Alterations below what a method notices, and methods whose sensitivity was never "
           "measured.");
    say(p,
        "Evidence that was forged below what it is rooted in: a BMC or firmware that lies to "
        "whatever asks through it.");
    say(p, "An operator together with as many witnesses as the policy asks for can show "
           "different people different histories.");
    say(p, "Whether the sums are right: that is for whoever audits the list of leaves.");
    heading_end(p);
}

static void say_all(struct page *p, const struct fleet_statement *s)
{
    say_claimed(p, s);
    say_methods(p, s);
    say_dates(p, s);
    say_unseen(p, s);
    say_limits(p, s);
}

void fleet_words(struct text *t, const struct fleet_statement *s)
{
    struct page p = {.out = t};

    text_puts(t, "A statement by ");
    text_printable(t, s->origin);
    text_printf(t, " on its servers, epoch %u.\n", s->epoch);
    say_all(&p, s);
}

void fleet_words_json(struct json *j, const struct fleet_statement *s)
{
    struct page p = {.json = j};

    say_all(&p, s);
}
