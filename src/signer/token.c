/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an attestation result must be to be signed: a JWT (RFC 7519) in compact form whose
 * claims are those of draft-ietf-rats-ear-04. docs/formats/exports.md.
 */
#include "base/base64.h"
#include "base/json_read.h"
#include "signer/private.h"

static bool refuse(struct err *e, const char *why)
{
    return err_set(e, ERR_REFUSED, "not signed: %s", why);
}

static bool part(struct bytes text, struct arena *a, const char *members,
                 struct json_node **ret, struct err *e)
{
    struct bytes json;

    if (!base64url_decode(text, a, &json))
        return refuse(e, "this is no token");
    return (json_parse(json, a, ret, e) && json_members_known(*ret, members, "it", e)) ||
           err_wrap(e, "not signed");
}

bool signer_token_formed(struct bytes message, const struct public_key *key, struct arena *a,
                         struct err *e)
{
    struct digest name = public_key_name(key);
    struct bytes rest = message;
    struct json_node *head = NULL;
    struct json_node *claims = NULL;
    struct bytes first;
    struct digest kid;

    if (!bytes_cut(&rest, '.', &first))
        return refuse(e, "this is no token");
    if (!part(first, a, "alg kid typ", &head, e) ||
        !part(rest, a, "eat_profile iat ear_verifier_id submods", &claims, e))
        return false;
    if (!bytes_equal_text(json_member_bytes(head, "alg"), "EdDSA") ||
        !digest_of_hex(json_member_bytes(head, "kid"), &kid) || !digest_equal(&kid, &name))
        return refuse(e, "the token is not for this key");
    const struct json_node *time = json_member(claims, "iat");
    const struct json_node *machines = json_member(claims, "submods");

    if (!bytes_equal_text(json_member_bytes(claims, "eat_profile"), SIGNER_TOKEN_PROFILE) ||
        time == NULL || time->kind != JSON_KIND_NUMBER || machines == NULL ||
        machines->kind != JSON_KIND_OBJECT || machines->count == 0)
        return refuse(e, "the token is no attestation result");
    return true;
}
