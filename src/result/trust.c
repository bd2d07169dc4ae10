/* SPDX-License-Identifier: Apache-2.0 */
#include "result/trust.h"

#include <string.h>

#include "appraise/path_match.h"
#include "result/words.h"

enum need {
    NEEDED,
    HELPFUL
};

struct trust_finding {
    const char *id;
    const char *path;
    enum trust_claim claim;
    int8_t medium;
    int8_t high;
};

struct trust_surface {
    const char *surface;
    enum trust_claim claim;
    enum need need;
};

#define TRUST_SURFACE(surface, claim, need)
#define TRUST_AFFIRM(claim, value)
#define TRUST_FINDING(id, path, claim, medium, high, why)                                      \
    {id, path, TRUST_##claim, medium, high},

static const struct trust_finding finding_rows[] = {
#include "result/trust.def"
};

#undef TRUST_FINDING
#undef TRUST_SURFACE
#define TRUST_FINDING(id, path, claim, medium, high, why)
#define TRUST_SURFACE(surface, claim, need) {surface, TRUST_##claim, need},

static const struct trust_surface surface_rows[] = {
#include "result/trust.def"
};

#undef TRUST_SURFACE
#undef TRUST_AFFIRM
#define TRUST_SURFACE(surface, claim, need)
#define TRUST_AFFIRM(claim, value) [TRUST_##claim] = (value),

static const int8_t affirmed[TRUST_CLAIMS] = {
#include "result/trust.def"
};

#undef TRUST_FINDING
#undef TRUST_SURFACE
#undef TRUST_AFFIRM

enum trust_tier trust_tier(int8_t value)
{
    if (value >= -1 && value <= 1)
        return TIER_NONE;
    if (value >= 96 || value <= -97)
        return TIER_CONTRAINDICATED;
    if (value >= 32 || value <= -33)
        return TIER_WARNING;
    return TIER_AFFIRMING;
}

/* AR4SI, "Assigning a Trustworthiness Claim value": the worse tier, then a standard value. */
static bool value_prevails(int8_t value, int8_t over)
{
    enum trust_tier a = trust_tier(value);
    enum trust_tier b = trust_tier(over);

    if (a != b)
        return a > b;
    return value > over;
}

/* The first row that fits; the last one fits everything. */
static const struct trust_finding *row_of(const struct result_finding *f)
{
    size_t i = 0;

    while (i + 1 < ARRAY_LEN(finding_rows) && (!path_match(finding_rows[i].id, f->id) ||
                                               !path_match(finding_rows[i].path, f->path)))
        i++;
    return &finding_rows[i];
}

enum trust_claim trust_claim_of(const struct result_finding *f)
{
    return row_of(f)->claim;
}

static void lower(struct result *r, const struct result_finding *f)
{
    const struct trust_finding *row = row_of(f);
    int8_t value = f->severity > SEVERITY_MEDIUM ? row->high : row->medium;

    if (value_prevails(value, r->trust[row->claim]))
        r->trust[row->claim] = value;
}

static bool row_compared(const struct result_coverage *c)
{
    unsigned judges = 1U << JUDGE_REFERENCE | 1U << JUDGE_PEERS | 1U << JUDGE_HISTORY;

    return c->state == COVERAGE_SEEN && (c->judged_by & judges) != 0 &&
           !bytes_equal_text(c->witness, "document");
}

static bool surface_compared(const struct result *r, const char *surface)
{
    for (size_t i = 0; i < r->coverage_count; i++) {
        if (bytes_equal_text(r->coverage[i].surface, surface) && row_compared(&r->coverage[i]))
            return true;
    }
    return false;
}

static bool surface_partial(const struct result *r, const char *surface)
{
    for (size_t i = 0; i < r->coverage_count; i++) {
        if (bytes_equal_text(r->coverage[i].surface, surface) &&
            r->coverage[i].state == COVERAGE_PARTIAL)
            return true;
    }
    return false;
}

/* A claim that no finding lowered: 1 where something could not be read, else what is known. */
static int8_t open_value(const struct result *r, enum trust_claim claim)
{
    bool compared = affirmed[claim] != 0 && r->gaps.count == 0;

    for (size_t i = 0; i < ARRAY_LEN(surface_rows); i++) {
        const struct trust_surface *row = &surface_rows[i];

        if (row->claim != claim)
            continue;
        if (surface_partial(r, row->surface))
            return 1;
        if (row->need == NEEDED)
            compared = compared && surface_compared(r, row->surface);
    }
    return compared ? affirmed[claim] : 0;
}

void result_trust(struct result *r)
{
    memset(r->trust, 0, sizeof(r->trust));
    for (size_t i = 0; i < r->finding_count; i++) {
        if (finding_counts(&r->findings[i]))
            lower(r, &r->findings[i]);
    }
    for (unsigned c = 0; c < TRUST_CLAIMS; c++) {
        if (r->trust[c] == 0)
            r->trust[c] = open_value(r, (enum trust_claim)c);
    }
}

enum trust_tier result_tier(const struct result *r)
{
    enum trust_tier worst = TIER_NONE;

    for (unsigned c = 0; c < TRUST_CLAIMS; c++) {
        enum trust_tier tier = trust_tier(r->trust[c]);

        worst = tier > worst ? tier : worst;
    }
    if (r->verdict == VERDICT_INCOMPLETE && worst == TIER_AFFIRMING)
        return TIER_NONE;
    if (r->verdict == VERDICT_SUSPECT && worst < TIER_WARNING)
        return TIER_WARNING;
    return worst;
}
