/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Open Cybersecurity Schema Framework 1.6.0, category Findings. Where OCSF has no attribute for
 * something, it stands in `unmapped`, as OCSF has it.
 */
#include "export/private.h"
#include "result/words.h"

enum ocsf_class {
    CLASS_VULNERABILITY = 2002,
    CLASS_COMPLIANCE = 2003,
    CLASS_DETECTION = 2004,
};

/* Rules that are about one published weakness; their documents name it. */
static const struct {
    const char *id;
    const char *cve;
} weaknesses[] = {
    {"rule.test-platform-key", "CVE-2024-8105" },
    {"rule.pcr-bank-unused",   "CVE-2021-42299"},
};

struct event {
    struct json j;
    const struct result *r;
    const struct moment *when;
    struct bytes digest; /* of the result, hexadecimal */
    struct arena *arena;
};

static const char *weakness_of(const struct result_finding *f)
{
    for (size_t i = 0; i < ARRAY_LEN(weaknesses); i++) {
        if (bytes_equal_text(f->id, weaknesses[i].id))
            return weaknesses[i].cve;
    }
    return NULL;
}

static enum ocsf_class class_of(const struct result_finding *f)
{
    if (weakness_of(f) != NULL)
        return CLASS_VULNERABILITY;
    if (f->judge == JUDGE_RULE && trust_claim_of(f) == TRUST_CONFIGURATION)
        return CLASS_COMPLIANCE;
    return CLASS_DETECTION;
}

static const char *class_name(enum ocsf_class c)
{
    switch (c) {
    case CLASS_VULNERABILITY:
        return "Vulnerability Finding";
    case CLASS_COMPLIANCE:
        return "Compliance Finding";
    case CLASS_DETECTION:
        return "Detection Finding";
    }
    return "";
}

static void numbered(struct json *j, const char *key, uint64_t id, const char *name,
                     const char *caption)
{
    json_member_uint(j, key, id);
    json_member_text(j, name, caption);
}

static void severity(struct json *j, enum severity s)
{
    static const char *const captions[] = {"Informational", "Low", "Medium", "High",
                                           "Critical"};

    numbered(j, "severity_id", (uint64_t)s + 1, "severity", captions[s]);
}

static void metadata(struct event *v)
{
    struct json *j = &v->j;

    json_key(j, "metadata");
    json_object_begin(j);
    json_member_text(j, "version", "1.6.0");
    json_key(j, "product");
    json_object_begin(j);
    json_member_text(j, "name", "Assay");
    json_member_text(j, "vendor_name", "Assay");
    member_optional(j, "version", tool_version(v->r));
    json_object_end(j);
    json_member_string(j, "correlation_uid", v->digest);
    json_member_string(j, "original_time", v->when->text);
    json_object_end(j);
}

/* What all classes have. */
static void head(struct event *v, enum ocsf_class c, struct bytes message)
{
    struct json *j = &v->j;

    numbered(j, "category_uid", 2, "category_name", "Findings");
    numbered(j, "class_uid", c, "class_name", class_name(c));
    numbered(j, "activity_id", 1, "activity_name", "Create");
    numbered(j, "type_uid", (uint64_t)c * 100 + 1, "type_name",
             arena_format(v->arena, "%s: Create", class_name(c)));
    json_key(j, "time");
    json_int(j, v->when->seconds * 1000);
    json_member_string(j, "message", message);
    metadata(v);
    json_key(j, "resources");
    json_array_begin(j);
    json_object_begin(j);
    json_member_string(j, "name", v->r->subject);
    json_member_text(j, "type", "Server");
    json_object_end(j);
    json_array_end(j);
}

/* OCSF types of analytics: 1 rule, 3 statistical, 99 other. */
static void analytic(struct json *j, const struct result_finding *f)
{
    bool rule = f->judge == JUDGE_RULE || f->judge == JUDGE_WITNESS;
    bool peers = f->judge == JUDGE_PEERS;

    json_key(j, "analytic");
    json_object_begin(j);
    json_member_string(j, "name", f->id);
    json_member_string(j, "uid", f->id);
    json_member_text(j, "category", judge_name(f->judge));
    numbered(j, "type_id",
             rule    ? 1
             : peers ? 3
                     : 99,
             "type",
             rule    ? "Rule"
             : peers ? "Statistical"
                     : judge_words(f->judge));
    json_object_end(j);
}

static void finding_info(struct event *v, const struct result_finding *f)
{
    struct json *j = &v->j;
    struct text uid;

    text_init(&uid, v->arena, v->r->subject.len + f->fingerprint.len + 1);
    text_add(&uid, v->r->subject);
    text_char(&uid, '#');
    text_add(&uid, f->fingerprint);
    json_key(j, "finding_info");
    json_object_begin(j);
    json_member_string(j, "uid", text_bytes(&uid));
    json_member_string(j, "uid_alt", f->fingerprint);
    json_member_string(j, "title", f->id);
    json_member_string(j, "desc", f->why);
    analytic(j, f);
    json_object_end(j);
}

static void remediation(struct json *j, struct bytes what)
{
    if (what.len == 0)
        return;
    json_key(j, "remediation");
    json_object_begin(j);
    json_member_string(j, "desc", what);
    json_object_end(j);
}

/* The finding as Assay has it: bytes, paths, siblings. */
static void native(struct json *j, const char *key, const struct result_finding *f)
{
    json_key(j, key);
    json_object_begin(j);
    result_finding_members(j, f);
    json_object_end(j);
}

static void evidences(struct json *j, const struct result_finding *f)
{
    json_key(j, "evidences");
    json_array_begin(j);
    json_object_begin(j);
    json_member_string(j, "name", f->path);
    native(j, "data", f);
    json_object_end(j);
    json_array_end(j);
}

/* Observables of type 8, "Hash". */
static void observables(struct event *v, const struct result_finding *f)
{
    struct json *j = &v->j;

    if (!f->has_span)
        return;
    json_key(j, "observables");
    json_array_begin(j);
    json_object_begin(j);
    json_member_text(j, "name", "evidences[0].data.span.blob");
    numbered(j, "type_id", 8, "type", "Hash");
    json_member_string(j, "value", digest_hex(&f->blob, v->arena));
    json_object_end(j);
    json_array_end(j);
}

/* What a policy demands and what came of it: 2 "Warning" could not be seen, 3 "Fail". */
static void compliance(struct event *v, struct bytes control, bool seen)
{
    struct json *j = &v->j;

    json_key(j, "compliance");
    json_object_begin(j);
    json_member_string(j, "control", control);
    json_key(j, "standards");
    json_array_begin(j);
    json_utf8(j, v->r->policy_name);
    json_array_end(j);
    numbered(j, "status_id", seen ? 3 : 2, "status", seen ? "Fail" : "Warning");
    json_object_end(j);
}

static void vulnerability(struct json *j, const struct result_finding *f)
{
    json_key(j, "vulnerabilities");
    json_array_begin(j);
    json_object_begin(j);
    json_key(j, "cve");
    json_object_begin(j);
    json_member_text(j, "uid", weakness_of(f));
    json_object_end(j);
    json_member_string(j, "title", f->id);
    json_member_string(j, "desc", f->why);
    remediation(j, f->next);
    json_object_end(j);
    json_array_end(j);
}

static void finding(struct event *v, const struct result_finding *f)
{
    enum ocsf_class c = class_of(f);
    struct json *j = &v->j;

    head(v, c, f->why);
    severity(j, f->severity);
    numbered(j, "status_id", f->waived.len > 0 ? 3 : 1, "status",
             f->waived.len > 0 ? "Suppressed" : "New");
    finding_info(v, f);
    switch (c) {
    case CLASS_VULNERABILITY:
        vulnerability(j, f);
        native(j, "unmapped", f);
        break;
    case CLASS_COMPLIANCE:
        compliance(v, f->id, true);
        remediation(j, f->next);
        native(j, "unmapped", f);
        break;
    case CLASS_DETECTION:
        evidences(j, f);
        observables(v, f);
        remediation(j, f->next);
        break;
    }
}

/* What should have been seen and was not: nobody knows how bad that is. */
static void gap(struct event *v, struct bytes sentence)
{
    struct json *j = &v->j;
    struct digest name = digest_sha256(sentence);

    head(v, CLASS_COMPLIANCE, sentence);
    numbered(j, "severity_id", 0, "severity", "Unknown");
    numbered(j, "status_id", 1, "status", "New");
    json_key(j, "finding_info");
    json_object_begin(j);
    json_member_string(j, "uid", digest_hex(&name, v->arena));
    json_member_text(j, "title", "coverage");
    json_member_string(j, "desc", sentence);
    json_object_end(j);
    compliance(v, bytes_of("coverage"), false);
}

static struct event event_of(struct text *t, const struct result *r, const struct moment *when,
                             struct arena *a)
{
    struct digest digest = result_digest(r, a);
    struct event v = {.r = r, .when = when, .digest = digest_hex(&digest, a), .arena = a};

    json_init(&v.j, t);
    return v;
}

bool export_ocsf(struct text *t, const struct result *r, struct arena *a, struct err *e)
{
    struct moment when;

    if (!moment_of(r, &when, e))
        return false;
    struct event v = event_of(t, r, &when, a);

    for (size_t i = 0; i < r->finding_count + r->gaps.count; i++) {
        json_init(&v.j, t);
        json_object_begin(&v.j);
        if (i < r->finding_count)
            finding(&v, &r->findings[i]);
        else
            gap(&v, r->gaps.rows[i - r->finding_count]);
        json_object_end(&v.j);
        text_char(t, '\n');
    }
    return true;
}
