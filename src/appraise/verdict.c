/* SPDX-License-Identifier: Apache-2.0 */
#include "appraise/verdict.h"

#include <inttypes.h>
#include <string.h>

static const char *const verdict_names[] = {
    [VERDICT_CLEAN] = "clean",
    [VERDICT_SUSPECT] = "suspect",
    [VERDICT_INCOMPLETE] = "incomplete",
};

const char *verdict_name(enum verdict v)
{
    return verdict_names[v];
}

static void say(struct sentences *s, struct arena *a, const char *text)
{
    arena_grow(a, &s->rows, s->count, &s->cap, sizeof(*s->rows));
    s->rows[s->count++] = bytes_of(text);
}

/* A surface that the machine does not have counts only if something says that it need not. */
static bool row_seen(const struct surface_coverage *r, bool judged)
{
    return r->state == COVERAGE_SEEN || (r->state == COVERAGE_ABSENT && judged);
}

static bool row_judged(const struct surface_coverage *r, const struct policy *p,
                       uint64_t voters)
{
    unsigned strong = 1U << JUDGE_REFERENCE | 1U << JUDGE_HISTORY;

    return (r->judged_by & strong) != 0 ||
           ((r->judged_by >> JUDGE_PEERS & 1) != 0 && voters >= p->peers_enough);
}

/* How near a row comes to what is required: 0 not seen, 1 seen, 2 seen and judged. */
static unsigned row_rank(const struct surface_coverage *r, const struct policy *p,
                         uint64_t voters)
{
    bool judged = row_judged(r, p, voters);

    if (!row_seen(r, judged))
        return 0;
    return judged ? 2 : 1;
}

static bool row_answers(const struct surface_coverage *r, const struct requirement *q)
{
    return bytes_equal_text(q->surface, r->surface) &&
           (q->witness.len == 0 || bytes_equal_text(q->witness, r->witness));
}

/* The row of a required surface that comes nearest; NULL when there is none. */
static const struct surface_coverage *best_row(const struct coverage *c,
                                               const struct requirement *q,
                                               const struct policy *p, uint64_t voters)
{
    const struct surface_coverage *best = NULL;

    for (size_t i = 0; i < c->count; i++) {
        if (!row_answers(&c->rows[i], q))
            continue;
        if (best == NULL || row_rank(&c->rows[i], p, voters) > row_rank(best, p, voters) ||
            (row_rank(best, p, voters) == 0 && best->state == COVERAGE_UNTRIED &&
             c->rows[i].state != COVERAGE_UNTRIED))
            best = &c->rows[i];
    }
    return best;
}

static void say_unseen(struct sentences *gaps, struct arena *a, const struct requirement *q,
                       const struct surface_coverage *r)
{
    const char *state = r != NULL ? coverage_name(r->state) : "untried";
    struct bytes why = r != NULL ? r->reason : (struct bytes){NULL, 0};

    say(gaps, a,
        arena_format(a, "%.*s must be seen whole and is %s%s%.*s.", (int)q->surface.len,
                     (const char *)q->surface.data, state, why.len > 0 ? ": " : "",
                     (int)why.len, why.len > 0 ? (const char *)why.data : ""));
}

static void say_unjudged(struct sentences *gaps, struct arena *a, const struct requirement *q,
                         const struct policy *p, uint64_t voters)
{
    if (voters > 0 && voters < p->peers_enough)
        say(gaps, a,
            arena_format(a,
                         "%.*s was compared with %" PRIu64 " machines only; %" PRIu64
                         " or a reference are needed.",
                         (int)q->surface.len, (const char *)q->surface.data, voters,
                         p->peers_enough));
    else
        say(gaps, a,
            arena_format(a,
                         "%.*s was seen, but no reference, earlier evidence or sufficient "
                         "cohort judged it.",
                         (int)q->surface.len, (const char *)q->surface.data));
}

static void find_gaps(const struct coverage *c, const struct policy *p, uint64_t voters,
                      struct arena *a, struct sentences *gaps)
{
    for (size_t i = 0; i < p->required_count; i++) {
        const struct requirement *q = &p->required[i];
        const struct surface_coverage *r = best_row(c, q, p, voters);
        unsigned rank = r != NULL ? row_rank(r, p, voters) : 0;

        if (rank == 0)
            say_unseen(gaps, a, q, r);
        else if (rank == 1 && q->judged)
            say_unjudged(gaps, a, q, p, voters);
    }
}

static bool saw(const struct coverage *c, const char *surface, const char *witness)
{
    const struct surface_coverage *r = coverage_find(c, bytes_of(surface), bytes_of(witness));

    return r != NULL && (r->state == COVERAGE_SEEN || r->state == COVERAGE_PARTIAL);
}

static bool saw_witness(const struct coverage *c, const char *witness)
{
    for (size_t i = 0; i < c->count; i++) {
        if (strcmp(c->rows[i].witness, witness) == 0 && c->rows[i].state == COVERAGE_SEEN)
            return true;
    }
    return false;
}

static bool saw_only_documents(const struct coverage *c)
{
    for (size_t i = 0; i < c->count; i++) {
        if (strcmp(c->rows[i].witness, "document") != 0 &&
            (c->rows[i].state == COVERAGE_SEEN || c->rows[i].state == COVERAGE_PARTIAL))
            return false;
    }
    return true;
}

static bool judged_by(const struct coverage *c, enum judge j)
{
    for (size_t i = 0; i < c->count; i++) {
        if ((c->rows[i].judged_by >> j & 1) != 0)
            return true;
    }
    return false;
}

/* What remains possible although nothing was found: said in every result. */
static void find_residual(const struct coverage *c, struct arena *a, struct sentences *out)
{
    bool flash = saw(c, "flash", "host-kernel") || saw(c, "flash", "document");
    bool controller = saw(c, "bmc-flash", "bmc") || saw(c, "bmc-flash", "programmer") ||
                      saw(c, "bmc-flash", "document");

    say(out, a,
        "A part that answers honestly while it is read and acts otherwise at other times "
        "cannot be excluded by reading it.");
    if (saw_only_documents(c))
        say(out, a,
            "Only a file was looked at: whether a machine runs it, and all other parts of "
            "that machine, were not.");
    if (!saw_witness(c, "programmer"))
        say(out, a,
            "Nothing was read from outside the running machine: its kernel, firmware and "
            "management controller could hide a change from every reading that passes "
            "through them.");
    if (!flash && !saw(c, "flash", "bmc") && !saw(c, "flash", "programmer"))
        say(out, a, "The firmware flash was not read: an implant in it would not show here.");
    if (!controller)
        say(out, a,
            "The management controller's own flash was not read: an implant that answers only "
            "to the controller, or lives in it, cannot be excluded.");
    if (!saw(c, "spd", "host-kernel"))
        say(out, a, "The memory modules were not asked who they are.");
    if (!saw(c, "option-rom", "host-kernel"))
        say(out, a, "The ROMs of expansion cards were not read.");
    if (saw(c, "tpm", "tpm"))
        say(out, a,
            "PCR values are as the kernel reports them; without a signed quote they do not "
            "bind this evidence to this TPM.");
    if (judged_by(c, JUDGE_PEERS))
        say(out, a,
            "Where most machines of the cohort were altered alike, comparing them shows "
            "nothing.");
    if (!judged_by(c, JUDGE_REFERENCE))
        say(out, a, "No reference was given: what all siblings share was taken for good.");
    say(out, a,
        "Parts that no bus can see (chips on the board without an interface, wires, "
        "radio) need a look at the board.");
}

enum verdict verdict_decide(const struct verdict_input *in, struct arena *a,
                            struct sentences *ret_gaps, struct sentences *ret_residual)
{
    const struct findings *f = in->findings;

    *ret_gaps = (struct sentences){0};
    *ret_residual = (struct sentences){0};
    find_gaps(in->coverage, in->policy, in->voters, a, ret_gaps);
    find_residual(in->coverage, a, ret_residual);
    for (size_t i = 0; i < f->count; i++) {
        if (f->rows[i].severity >= SEVERITY_MEDIUM && f->rows[i].waived.len == 0)
            return VERDICT_SUSPECT;
    }
    return ret_gaps->count > 0 ? VERDICT_INCOMPLETE : VERDICT_CLEAN;
}
