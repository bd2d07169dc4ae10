/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One page that stands by itself: style inside, no script, nothing fetched. Every text that
 * comes from evidence goes through html_text(), which leaves no markup alive.
 */
#include <inttypes.h>

#include "result/page.h"
#include "result/words.h"

enum {
    ROW = 16 /* bytes a line of an excerpt */
};

static void html_words(struct text *t, const char *words)
{
    html_text(t, bytes_of(words));
}

static void fact(struct text *t, const char *label, struct bytes words, bool code)
{
    if (words.len == 0)
        return;
    text_printf(t, "<dt>%s</dt><dd>%s", label, code ? "<code>" : "");
    html_text(t, words);
    text_printf(t, "%s</dd>\n", code ? "</code>" : "");
}

static void fact_digest(struct text *t, const char *label, const struct digest *d)
{
    text_printf(t, "<dt>%s</dt><dd><code>", label);
    text_digest(t, d);
    text_puts(t, "</code></dd>\n");
}

static void excerpt(struct text *t, const struct result_finding *f)
{
    if (!f->has_span)
        return;
    text_printf(t, "<p><small>%" PRIu64 " bytes at offset 0x%" PRIx64 " of <code>", f->length,
                f->offset);
    text_digest(t, &f->blob);
    text_puts(t, "</code></small></p>\n<pre>");
    for (size_t at = 0; at < f->excerpt.len; at += ROW) {
        struct bytes row = bytes_slice(f->excerpt, at, ROW);

        text_printf(t, "%08" PRIx64 "  ", f->offset + at);
        for (size_t i = 0; i < ROW; i++) {
            if (i < row.len)
                text_printf(t, "%02x ", row.data[i]);
            else
                text_puts(t, "   ");
        }
        text_char(t, ' ');
        for (size_t i = 0; i < row.len; i++) {
            uint8_t c = row.data[i];
            uint8_t shown = c >= 0x20 && c < 0x7f ? c : '.';

            html_text(t, (struct bytes){&shown, 1});
        }
        text_char(t, '\n');
    }
    if (f->length > f->excerpt.len)
        text_puts(t, "…\n");
    text_puts(t, "</pre>\n");
}

static void finding_facts(struct text *t, const struct result_finding *f)
{
    text_puts(t, "<dl class=\"facts\">\n");
    fact(t, "Where", f->path, true);
    fact(t, "Against", f->other, true);
    fact(t, "Found", f->value, true);
    fact(t, "Expected", f->expected, true);
    if (f->voters > 0) {
        text_printf(t, "<dt>Siblings</dt><dd>%" PRIu64 " of %" PRIu64 " machines have this",
                    f->agree, f->voters);
        if (f->has_centibits) {
            text_puts(t, " (");
            text_centibits(t, f->centibits);
            text_puts(t, " bits of surprise)");
        }
        text_puts(t, "</dd>\n");
    }
    fact(t, "Follows from", f->consequence_of, true);
    fact(t, "Waived", f->waived, false);
    fact(t, "Policy", f->note, false);
    text_puts(t, "<dt>Judged by</dt><dd>");
    html_words(t, judge_words(f->judge));
    text_puts(t, " (<code>");
    html_text(t, f->id);
    text_puts(t, "</code>, <code>");
    html_text(t, f->fingerprint);
    text_puts(t, "</code>)</dd>\n</dl>\n");
}

static void finding(struct text *t, const struct result_finding *f)
{
    text_printf(t, "<article class=\"card %s\">\n<h3><span class=\"tag\">%s</span>",
                severity_name(f->severity), severity_name(f->severity));
    html_text(t, f->why);
    text_puts(t, "</h3>\n");
    finding_facts(t, f);
    excerpt(t, f);
    if (f->next.len > 0) {
        text_puts(t, "<p class=\"next\"><b>What to do.</b> ");
        html_text(t, f->next);
        text_puts(t, "</p>\n");
    }
    text_puts(t, "</article>\n");
}

static size_t count_findings(const struct result *r, bool counting)
{
    size_t n = 0;

    for (size_t i = 0; i < r->finding_count; i++)
        n += finding_counts(&r->findings[i]) == counting;
    return n;
}

static void findings(struct text *t, const struct result *r)
{
    size_t counting = count_findings(r, true);
    size_t noted = count_findings(r, false);

    text_puts(t, "<h2>Findings</h2>\n");
    if (counting == 0)
        text_puts(t, "<p>None that weighs on the verdict.</p>\n");
    for (size_t i = 0; i < r->finding_count; i++) {
        if (finding_counts(&r->findings[i]))
            finding(t, &r->findings[i]);
    }
    if (noted == 0)
        return;
    text_printf(t,
                "<details%s><summary>%zu more that %s noted and %s not weigh on the "
                "verdict</summary>\n",
                counting == 0 ? " open" : "", noted, noted == 1 ? "is" : "are",
                noted == 1 ? "does" : "do");
    for (size_t i = 0; i < r->finding_count; i++) {
        if (!finding_counts(&r->findings[i]))
            finding(t, &r->findings[i]);
    }
    text_puts(t, "</details>\n");
}

static void coverage_row(struct text *t, const struct result_coverage *c)
{
    text_puts(t, "<tr><td>");
    html_text(t, surface_words(c->surface));
    text_puts(t, "<small><code>");
    html_text(t, c->surface);
    text_puts(t, "</code></small></td><td>");
    html_text(t, witness_words(c->witness));
    text_printf(t, "</td><td><span class=\"state %s\">%s</span><small>",
                coverage_name(c->state), coverage_name(c->state));
    if (c->state != COVERAGE_SEEN && c->reason.len > 0)
        html_text(t, c->reason);
    else
        html_words(t, coverage_meaning(c->state));
    text_puts(t, "</small></td>");
    for (unsigned i = 0; i <= JUDGE_RULE; i++) {
        bool judged = (c->judged_by >> i & 1) != 0;

        text_printf(t, "<td class=\"mark\">%s</td>", judged ? "●" : "");
    }
    text_puts(t, "</tr>\n");
}

static void coverage(struct text *t, const struct result *r)
{
    text_puts(t, "<h2>Coverage</h2>\n<p>What was looked at, along which path, and what it was "
                 "compared with. What was not seen cannot be called good.</p>\n"
                 "<div class=\"scroll\"><table>\n<thead><tr><th>Part</th><th>Seen by</th>"
                 "<th>State</th>");
    for (unsigned i = 0; i <= JUDGE_RULE; i++) {
        text_puts(t, "<th class=\"mark\">");
        html_words(t, judge_name((enum judge)i));
        text_puts(t, "</th>");
    }
    text_puts(t, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < r->coverage_count; i++)
        coverage_row(t, &r->coverage[i]);
    text_puts(t, "</tbody></table></div>\n");
}

/* Shown with the colours of states of coverage: what is open, good, in doubt, bad. */
static const char *tier_class(enum trust_tier tier)
{
    static const char *const classes[] = {
        [TIER_NONE] = "absent",
        [TIER_AFFIRMING] = "seen",
        [TIER_WARNING] = "untried",
        [TIER_CONTRAINDICATED] = "failed",
    };

    return classes[tier];
}

static void trust(struct text *t, const struct result *r)
{
    text_puts(t, "<h2>For other programs</h2>\n<p>The trustworthiness vector of RATS "
                 "(AR4SI), which says the same in terms that other programs know.</p>\n"
                 "<div class=\"scroll\"><table>\n<thead><tr><th>Claim</th><th>Tier</th>"
                 "<th>Value</th><th>Meaning</th></tr></thead>\n<tbody>\n");
    for (unsigned i = 0; i < TRUST_CLAIMS; i++) {
        enum trust_claim claim = (enum trust_claim)i;
        enum trust_tier tier = trust_tier(r->trust[i]);

        text_printf(t,
                    "<tr><td><code>%s</code></td><td><span class=\"state %s\">%s</span></td>"
                    "<td>%d</td><td>%s</td></tr>\n",
                    trust_claim_name(claim), tier_class(tier), trust_tier_name(tier),
                    r->trust[i], trust_words(claim, r->trust[i]));
    }
    text_puts(t, "</tbody></table></div>\n");
}

static void sentences(struct text *t, const char *heading, const struct sentences *s)
{
    if (s->count == 0)
        return;
    text_printf(t, "<h2>%s</h2>\n<ul class=\"plain\">\n", heading);
    for (size_t i = 0; i < s->count; i++) {
        text_puts(t, "<li>");
        html_text(t, s->rows[i]);
        text_puts(t, "</li>\n");
    }
    text_puts(t, "</ul>\n");
}

static void inputs(struct text *t, const struct result *r, struct arena *a)
{
    struct digest digest = result_digest(r, a);

    text_puts(t, "<h2>Judged from</h2>\n<p>Whoever has the same inputs gets the same result, "
                 "byte for byte.</p>\n<dl class=\"facts\">\n");
    fact_digest(t, "This result", &digest);
    fact_digest(t, "Evidence", &r->evidence);
    for (size_t i = 0; i < r->reference_count; i++)
        fact_digest(t, "Reference", &r->references[i].digest);
    if (r->has_cohort) {
        fact_digest(t, "Cohort", &r->cohort);
        text_printf(t, "<dt>Machines in it</dt><dd>%" PRIu64 "</dd>\n", r->members);
    }
    if (r->has_history)
        fact_digest(t, "Earlier evidence", &r->history);
    fact(t, "Policy", r->policy_name, false);
    fact_digest(t, "Its digest", &r->policy);
    fact_digest(t, "Decoders", &r->decoders);
    text_puts(t, "</dl>\n");
}

static void counts(struct text *t, const struct result *r)
{
    text_puts(t, "<ul class=\"counts\">\n");
    for (int s = SEVERITY_CRITICAL; s >= SEVERITY_INFO; s--) {
        size_t n = findings_at(r, (enum severity)s);

        if (n > 0)
            text_printf(t, "<li class=\"%s\"><b style=\"color:var(--tone)\">%zu</b> %s</li>\n",
                        severity_name((enum severity)s), n, severity_name((enum severity)s));
    }
    text_printf(t, "<li>%zu gap%s in coverage</li>\n</ul>\n", r->gaps.count,
                r->gaps.count == 1 ? "" : "s");
}

static void head(struct text *t, const struct result *r, struct arena *a)
{
    const char *verdict = verdict_name(r->verdict);

    struct text title;

    text_init(&title, a, r->subject.len + 64);
    text_add(&title, r->subject);
    text_printf(&title, ": %s", verdict);
    page_begin(t, text_bytes(&title));
    text_puts(t, "<h1>Is this machine what was ordered?</h1>\n");
    text_printf(t, "<section class=\"verdict %s\"><strong>%c%s</strong><p>", verdict,
                verdict[0] - 'a' + 'A', verdict + 1);
    html_words(t, verdict_meaning(r->verdict));
    text_puts(t, "</p></section>\n<dl class=\"facts\">\n");
    fact(t, "Machine", r->subject, false);
    fact(t, "Collected", r->collected, false);
    fact(t, "Judged as of", r->as_of, false);
    fact(t, "Policy", r->policy_name, false);
    text_puts(t, "</dl>\n");
    counts(t, r);
}

void result_html(struct text *t, const struct result *r, struct arena *a)
{
    head(t, r, a);
    findings(t, r);
    sentences(t, "Missing for “clean”", &r->gaps);
    coverage(t, r);
    sentences(t, "What this cannot exclude", &r->residual);
    trust(t, r);
    inputs(t, r, a);
    page_end(t, r->tool,
             "A finding names its document: <code>assay explain ID</code> tells what it "
             "means and what to do.");
}
