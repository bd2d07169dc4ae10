/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "result/words.h"

enum {
    WIDTH = 92
};

struct page {
    struct text *out;
    bool colour;
};

/* ANSI colours: only where a terminal shows them. */
static void paint(struct page *p, const char *code)
{
    if (p->colour)
        text_printf(p->out, "\033[%sm", code);
}

static const char *verdict_paint(enum verdict v)
{
    switch (v) {
    case VERDICT_CLEAN:
        return "1;32";
    case VERDICT_SUSPECT:
        return "1;31";
    case VERDICT_INCOMPLETE:
        return "1;33";
    }
    return "0";
}

static const char *severity_paint(enum severity s)
{
    switch (s) {
    case SEVERITY_INFO:
        return "2";
    case SEVERITY_LOW:
        return "36";
    case SEVERITY_MEDIUM:
        return "33";
    case SEVERITY_HIGH:
        return "31";
    case SEVERITY_CRITICAL:
        return "1;31";
    }
    return "0";
}

/* Words, broken into lines that begin with `indent` blanks; the first one stands already. */
static void wrap(struct page *p, struct bytes words, unsigned indent)
{
    struct bytes rest = words;
    struct bytes word;
    size_t column = indent;
    bool first = true;

    while (bytes_word(&rest, " ", &word)) {
        if (!first && column + 1 + word.len > WIDTH) {
            text_printf(p->out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (!first) {
            text_char(p->out, ' ');
            column++;
        }
        text_printable(p->out, word);
        column += word.len;
        first = false;
    }
    text_char(p->out, '\n');
}

static void heading(struct page *p, const char *words)
{
    text_char(p->out, '\n');
    paint(p, "1");
    text_puts(p->out, words);
    paint(p, "0");
    text_char(p->out, '\n');
}

static void line(struct page *p, const char *label, struct bytes words)
{
    if (words.len == 0)
        return;
    text_printf(p->out, "            %-9s ", label);
    wrap(p, words, 22);
}

/* "1 of 5 machines have this; 2.32 bits of surprise". */
static void peers_line(struct page *p, const struct result_finding *f)
{
    if (f->voters == 0)
        return;
    text_printf(p->out, "            %-9s %" PRIu64 " of %" PRIu64 " machines have this",
                "peers", f->agree, f->voters);
    if (f->has_centibits) {
        text_puts(p->out, "; ");
        text_centibits(p->out, f->centibits);
        text_puts(p->out, " bits of surprise");
    }
    text_char(p->out, '\n');
}

static void bytes_line_of(struct page *p, const struct result_finding *f)
{
    if (!f->has_span)
        return;
    text_printf(p->out, "            %-9s 0x%" PRIx64 " +%" PRIu64 " of ", "bytes", f->offset,
                f->length);
    text_hex(p->out, (struct bytes){f->blob.bytes, 6});
    text_puts(p->out, "…: ");
    text_hex(p->out, bytes_slice(f->excerpt, 0, 16));
    if (f->length > 16)
        text_puts(p->out, "…");
    text_char(p->out, '\n');
}

static void finding(struct page *p, const struct result_finding *f)
{
    text_puts(p->out, "  ");
    paint(p, severity_paint(f->severity));
    text_printf(p->out, "%-8s", severity_name(f->severity));
    paint(p, "0");
    text_puts(p->out, "  ");
    paint(p, "1");
    text_printable(p->out, f->path.len > 0 ? f->path : bytes_of("(no single place)"));
    paint(p, "0");
    text_puts(p->out, "\n            ");
    wrap(p, f->why, 12);
    line(p, "against", f->other);
    line(p, "is", f->value);
    line(p, "expected", f->expected);
    peers_line(p, f);
    line(p, "follows", f->consequence_of);
    bytes_line_of(p, f);
    line(p, "next", f->next);
    line(p, "waived", f->waived);
    line(p, "policy", f->note);
    text_printf(p->out, "            %-9s ", "rule");
    text_printable(p->out, f->id);
    text_puts(p->out, "  ");
    text_printable(p->out, f->fingerprint);
    text_char(p->out, '\n');
}

static void findings(struct page *p, const struct result *r, bool counting)
{
    for (size_t i = 0; i < r->finding_count; i++) {
        if (finding_counts(&r->findings[i]) == counting)
            finding(p, &r->findings[i]);
    }
}

static bool any_finding(const struct result *r, bool counting)
{
    for (size_t i = 0; i < r->finding_count; i++) {
        if (finding_counts(&r->findings[i]) == counting)
            return true;
    }
    return false;
}

static void coverage(struct page *p, const struct result_coverage *c)
{
    const char *separator = "  ";

    text_printf(p->out, "  %-11.*s %-14.*s ", (int)c->surface.len,
                (const char *)c->surface.data, (int)c->witness.len,
                (const char *)c->witness.data);
    paint(p, c->state == COVERAGE_SEEN ? "32" : c->state == COVERAGE_ABSENT ? "2" : "33");
    text_printf(p->out, "%-11s", coverage_name(c->state));
    paint(p, "0");
    for (unsigned i = 0; i <= JUDGE_RULE; i++) {
        if ((c->judged_by >> i & 1) == 0)
            continue;
        text_printf(p->out, "%s%s", separator, judge_name((enum judge)i));
        separator = ", ";
    }
    if (c->reason.len > 0 && c->state != COVERAGE_SEEN) {
        text_puts(p->out, "  (");
        text_printable(p->out, c->reason);
        text_char(p->out, ')');
    }
    text_char(p->out, '\n');
}

static void sentences(struct page *p, const struct sentences *s)
{
    for (size_t i = 0; i < s->count; i++) {
        text_puts(p->out, "  - ");
        wrap(p, s->rows[i], 4);
    }
}

static void digest_line(struct page *p, const char *label, const struct digest *d)
{
    text_printf(p->out, "  %-10s ", label);
    text_digest(p->out, d);
    text_char(p->out, '\n');
}

static void inputs(struct page *p, const struct result *r)
{
    digest_line(p, "evidence", &r->evidence);
    for (size_t i = 0; i < r->reference_count; i++)
        digest_line(p, "reference", &r->references[i].digest);
    if (r->has_cohort) {
        digest_line(p, "cohort", &r->cohort);
        text_printf(p->out, "  %-10s %" PRIu64 " machines, this one included\n", "",
                    r->members);
    }
    if (r->has_history)
        digest_line(p, "since", &r->history);
    digest_line(p, "policy", &r->policy);
    text_printf(p->out, "  %-10s ", "");
    text_printable(p->out, r->policy_name);
    text_char(p->out, '\n');
    digest_line(p, "decoders", &r->decoders);
    if (r->as_of.len > 0) {
        text_printf(p->out, "  %-10s ", "judged");
        text_printable(p->out, r->as_of);
        text_char(p->out, '\n');
    }
}

static void trust(struct page *p, const struct result *r)
{
    for (unsigned i = 0; i < TRUST_CLAIMS; i++) {
        enum trust_claim claim = (enum trust_claim)i;
        int8_t value = r->trust[i];

        text_printf(p->out, "  %-18s %-16s %4d  %s\n", trust_claim_name(claim),
                    trust_tier_name(trust_tier(value)), value, trust_words(claim, value));
    }
}

void result_text(struct text *t, const struct result *r, bool colour)
{
    struct page p = {t, colour};

    text_printable(t, r->subject);
    text_puts(t, ": ");
    paint(&p, verdict_paint(r->verdict));
    text_puts(t, verdict_name(r->verdict));
    paint(&p, "0");
    text_puts(t, "\n  ");
    wrap(&p, bytes_of(verdict_meaning(r->verdict)), 2);
    if (any_finding(r, true)) {
        heading(&p, "Findings");
        findings(&p, r, true);
    }
    if (any_finding(r, false)) {
        heading(&p, "Noted");
        findings(&p, r, false);
    }
    heading(&p, "Coverage");
    for (size_t i = 0; i < r->coverage_count; i++)
        coverage(&p, &r->coverage[i]);
    if (r->gaps.count > 0) {
        heading(&p, "Missing for clean");
        sentences(&p, &r->gaps);
    }
    heading(&p, "What this cannot exclude");
    sentences(&p, &r->residual);
    heading(&p, "Trustworthiness vector (RATS AR4SI)");
    trust(&p, r);
    heading(&p, "Judged from");
    inputs(&p, r);
}
