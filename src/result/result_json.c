/* SPDX-License-Identifier: Apache-2.0 */
/* The outward contract: data/schema/appraise.schema.json describes it. */
#include "base/json.h"
#include "result/words.h"

static void json_digest(struct json *j, const char *name, const struct digest *d)
{
    char room[96];
    struct text t;

    text_init_room(&t, room, sizeof(room));
    text_digest(&t, d);
    json_member_string(j, name, text_bytes(&t));
}

static void json_optional(struct json *j, const char *name, struct bytes b)
{
    if (b.len > 0)
        json_member_string(j, name, b);
}

static void json_judges(struct json *j, unsigned judged_by)
{
    json_key(j, "judged_by");
    json_array_begin(j);
    for (unsigned i = 0; i <= JUDGE_RULE; i++) {
        if ((judged_by >> i & 1) != 0)
            json_text(j, judge_name((enum judge)i));
    }
    json_array_end(j);
}

static void json_span(struct json *j, const struct result_finding *f)
{
    if (!f->has_span)
        return;
    json_key(j, "span");
    json_object_begin(j);
    json_digest(j, "blob", &f->blob);
    json_member_uint(j, "offset", f->offset);
    json_member_uint(j, "length", f->length);
    json_object_end(j);
    json_key(j, "bytes");
    json_bytes(j, f->excerpt);
}

void result_finding_members(struct json *j, const struct result_finding *f)
{
    json_member_string(j, "id", f->id);
    json_member_string(j, "fingerprint", f->fingerprint);
    json_member_text(j, "judge", judge_name(f->judge));
    json_member_text(j, "severity", severity_name(f->severity));
    json_member_string(j, "path", f->path);
    json_optional(j, "other", f->other);
    json_member_string(j, "why", f->why);
    json_key(j, "centibits");
    if (f->has_centibits)
        json_uint(j, f->centibits);
    else
        json_none(j);
    json_member_string(j, "next", f->next);
    json_optional(j, "value", f->value);
    json_optional(j, "expected", f->expected);
    if (f->voters > 0) {
        json_member_uint(j, "agree", f->agree);
        json_member_uint(j, "voters", f->voters);
    }
    json_optional(j, "consequence_of", f->consequence_of);
    json_optional(j, "waived", f->waived);
    json_optional(j, "note", f->note);
    json_optional(j, "part", f->part);
    json_optional(j, "change", f->change);
    json_span(j, f);
}

static void json_coverage(struct json *j, const struct result_coverage *c)
{
    json_object_begin(j);
    json_member_string(j, "surface", c->surface);
    json_member_string(j, "witness", c->witness);
    json_member_text(j, "state", coverage_name(c->state));
    json_judges(j, c->judged_by);
    json_optional(j, "reason", c->reason);
    json_object_end(j);
}

static void json_sentences(struct json *j, const char *name, const struct sentences *s)
{
    json_key(j, name);
    json_array_begin(j);
    for (size_t i = 0; i < s->count; i++)
        json_utf8(j, s->rows[i]);
    json_array_end(j);
}

static void json_inputs(struct json *j, const struct result *r)
{
    json_digest(j, "evidence", &r->evidence);
    json_optional(j, "collected", r->collected);
    json_digest(j, "decoders", &r->decoders);
    json_key(j, "policy");
    json_object_begin(j);
    json_member_string(j, "name", r->policy_name);
    json_digest(j, "digest", &r->policy);
    json_object_end(j);
    json_key(j, "references");
    json_array_begin(j);
    for (size_t i = 0; i < r->reference_count; i++) {
        json_object_begin(j);
        json_optional(j, "name", r->references[i].name);
        json_digest(j, "digest", &r->references[i].digest);
        json_object_end(j);
    }
    json_array_end(j);
    if (r->has_cohort) {
        json_key(j, "cohort");
        json_object_begin(j);
        json_digest(j, "digest", &r->cohort);
        json_member_uint(j, "members", r->members);
        json_object_end(j);
    }
    if (r->has_history)
        json_digest(j, "since", &r->history);
}

static void json_trust(struct json *j, const struct result *r)
{
    json_key(j, "trust_vector");
    json_object_begin(j);
    for (unsigned i = 0; i < TRUST_CLAIMS; i++) {
        json_key(j, trust_claim_name((enum trust_claim)i));
        json_int(j, r->trust[i]);
    }
    json_object_end(j);
}

void result_json(struct text *t, const struct result *r, struct arena *a)
{
    struct digest digest = result_digest(r, a);
    struct json j;

    json_init(&j, t);
    json_object_begin(&j);
    json_member_uint(&j, "schema", 1);
    json_member_text(&j, "verdict", verdict_name(r->verdict));
    json_digest(&j, "result", &digest);
    json_member_string(&j, "tool", r->tool);
    json_member_string(&j, "subject", r->subject);
    json_optional(&j, "as_of", r->as_of);
    json_inputs(&j, r);
    json_key(&j, "findings");
    json_array_begin(&j);
    for (size_t i = 0; i < r->finding_count; i++) {
        json_object_begin(&j);
        result_finding_members(&j, &r->findings[i]);
        json_object_end(&j);
    }
    json_array_end(&j);
    json_key(&j, "coverage");
    json_array_begin(&j);
    for (size_t i = 0; i < r->coverage_count; i++)
        json_coverage(&j, &r->coverage[i]);
    json_array_end(&j);
    json_sentences(&j, "gaps", &r->gaps);
    json_sentences(&j, "residual", &r->residual);
    json_trust(&j, r);
    json_object_end(&j);
    text_char(t, '\n');
}
