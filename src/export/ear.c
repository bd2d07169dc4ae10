/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EAT attestation result, draft-ietf-rats-ear-04 section 3, serialized as a JWT (RFC 7519) in
 * compact form with "EdDSA" (RFC 8037). The one submodule is the machine, by its subject.
 */
#include "base/base64.h"
#include "export/private.h"

enum {
    EAR_MAX = 1 << 20
};

static void vector(struct json *j, const struct result *r)
{
    json_key(j, "ear_trustworthiness_vector");
    json_object_begin(j);
    for (unsigned i = 0; i < TRUST_CLAIMS; i++) {
        json_key(j, trust_claim_name((enum trust_claim)i));
        json_int(j, r->trust[i]);
    }
    json_object_end(j);
}

static void appraisal(struct json *j, const struct result *r, struct arena *a)
{
    struct digest digest = result_digest(r, a);

    json_object_begin(j);
    json_member_text(j, "ear_status", trust_tier_name(result_tier(r)));
    vector(j, r);
    json_key(j, "ear_appraisal_policy_ids");
    json_array_begin(j);
    json_text(j, arena_format(a, "urn:assay:policy:sha256:%s",
                              arena_text(a, digest_hex(&r->policy, a))));
    json_array_end(j);
    /* A claim of our own; its name is a URN, so that it collides with nobody's. */
    json_key(j, "urn:assay:result:2");
    json_object_begin(j);
    member_digest(j, "result", &digest);
    member_digest(j, "evidence", &r->evidence);
    json_member_text(j, "verdict", verdict_name(r->verdict));
    json_object_end(j);
    json_object_end(j);
}

static void claims(struct text *t, const struct result *r, const struct moment *when,
                   struct arena *a)
{
    struct json j;

    json_init(&j, t);
    json_object_begin(&j);
    json_member_text(&j, "eat_profile", "tag:ietf.org,2026:rats/ear#04");
    json_key(&j, "iat");
    json_int(&j, when->seconds);
    json_key(&j, "ear_verifier_id");
    json_object_begin(&j);
    json_member_text(&j, "developer", "urn:assay");
    json_member_string(&j, "build", r->tool);
    json_object_end(&j);
    json_key(&j, "submods");
    json_object_begin(&j);
    json_key(&j, r->subject.len > 0 ? arena_text(a, r->subject) : "machine");
    appraisal(&j, r, a);
    json_object_end(&j);
    json_object_end(&j);
}

bool export_ear(struct text *t, const struct result *r, const struct public_key *key,
                struct arena *a, struct err *e)
{
    struct digest name = public_key_name(key);
    struct moment when;
    struct text part;
    struct json j;

    if (!moment_of(r, &when, e))
        return false;
    text_init(&part, a, EAR_MAX);
    json_init(&j, &part);
    json_object_begin(&j);
    json_member_text(&j, "alg", "EdDSA");
    json_member_string(&j, "kid", digest_hex(&name, a));
    json_member_text(&j, "typ", "JWT");
    json_object_end(&j);
    text_base64url(t, text_bytes(&part));
    text_char(t, '.');
    text_init(&part, a, EAR_MAX);
    claims(&part, r, &when, a);
    if (part.overflow)
        return err_set(e, ERR_LIMIT, "the attestation result is too large");
    text_base64url(t, text_bytes(&part));
    return true;
}

void export_ear_sign(struct text *t, const struct signature *s)
{
    text_char(t, '.');
    text_base64url(t, (struct bytes){s->bytes, sizeof(s->bytes)});
    text_char(t, '\n');
}
