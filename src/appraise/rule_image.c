/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of firmware images and boot programs: what is known to be bad, and what is revoked. */
#include <string.h>

#include "appraise/known_bad.h"
#include "appraise/path_match.h"
#include "appraise/rule_private.h"

#define REVOKED_ANYWHERE "**:dbx/**"

enum {
    SHA1_SIZE = 20,
    GUID_TEXT = 36
};

static void listed(struct rule_run *r, const struct rule *row, uint32_t node,
                   const struct known_bad *bad)
{
    rule_says(r, row, node,
              finding_words(r->f, "%s It is known as: %s (list of %s, from %s).", row->why,
                            bad->what, known_bad_date(), bad->source));
}

/* All digests of all keys are looked up: a published digest is bad wherever it turns up. */
static void digests_judge(struct rule_run *r, const struct rule *row, enum known_bad_kind kind)
{
    for (unsigned k = 0; k < KEY_COUNT; k++) {
        struct claim_list all = claims_of_key(r->x, (enum key_id)k);

        if (all.count == 0 || key_get((enum key_id)k)->type != TYPE_BYTES)
            continue;
        for (size_t i = 0; i < all.count; i++) {
            struct bytes value = claim_at(r->x, all.nodes[i])->value.bytes;
            const struct known_bad *bad = value.len == SHA256_SIZE || value.len == SHA1_SIZE
                                              ? known_bad_digest(value)
                                              : NULL;

            if (bad != NULL && bad->kind == kind &&
                !path_is_revocation(claim_path(r->x, all.nodes[i])))
                listed(r, row, all.nodes[i], bad);
        }
    }
}

void rule_known_bad_file(struct rule_run *r, const struct rule *row)
{
    digests_judge(r, row, KNOWN_BAD_FILE);
}

void rule_leaked_key(struct rule_run *r, const struct rule *row)
{
    digests_judge(r, row, KNOWN_BAD_KEY_MODULUS);
}

void rule_public_test_key(struct rule_run *r, const struct rule *row)
{
    digests_judge(r, row, KNOWN_BAD_CERTIFICATE);
}

void rule_known_bad_module(struct rule_run *r, const struct rule *row)
{
    const struct tree *t = r->x->tree;

    for (uint32_t i = 0; i < t->count; i++) {
        struct bytes name = t->nodes[i].name;
        const struct known_bad *bad =
            bytes_starts_with(name, "file:") && name.len == 5 + GUID_TEXT
                ? known_bad_module(bytes_slice(name, 5, GUID_TEXT))
                : NULL;

        if (bad != NULL && t->nodes[i].kind != ITEM_CLAIM && !t->nodes[i].made)
            listed(r, row, i, bad);
    }
}

/* What dbx holds, of the machine or of the image, as a list to search. */
static struct digest_list revoked_in_evidence(struct rule_run *r, enum need n)
{
    struct claim_list all = claims_of(r->x, n);
    struct digest_list l = {.rows = ARENA_ARRAY(r->x->arena, struct bytes, all.count + 1)};

    for (size_t i = 0; i < all.count; i++) {
        if (path_match(REVOKED_ANYWHERE, claim_path(r->x, all.nodes[i])))
            l.rows[l.count++] = claim_at(r->x, all.nodes[i])->value.bytes;
    }
    digest_list_sort(&l);
    return l;
}

void rule_revoked_program(struct rule_run *r, const struct rule *row)
{
    struct claim_list all = claims_of(r->x, NEED_AUTHENTICODE);
    const struct digest_list *given = &r->policy->revoked;

    if (all.count == 0)
        return;
    struct digest_list have = revoked_in_evidence(r, NEED_SIGNATURE_SHA256);

    for (size_t i = 0; i < all.count; i++) {
        struct bytes digest = claim_at(r->x, all.nodes[i])->value.bytes;
        bool by_given = digest_list_has(given, digest);

        if (by_given)
            rule_says(r, row, all.nodes[i],
                      finding_words(r->f,
                                    "%s It is on the list \"%.*s\" that the policy gives.",
                                    row->why, (int)given->name.len,
                                    given->name.len > 0 ? (const char *)given->name.data : ""));
        else if (digest_list_has(&have, digest))
            rule_report(r, row, all.nodes[i]);
    }
}

/* Certificates beside a signature that dbx holds whole, or by the hash of their signed part. */
void rule_revoked_signer(struct rule_run *r, const struct rule *row)
{
    struct claim_list all = claims_of(r->x, NEED_CERTIFICATE_SHA256);
    struct digest_list whole = revoked_in_evidence(r, NEED_CERTIFICATE_SHA256);
    struct digest_list parts = revoked_in_evidence(r, NEED_REVOKED_CERTIFICATE);

    for (size_t i = 0; i < all.count; i++) {
        uint32_t part = claim_sibling(r->x, all.nodes[i], "to-be-signed");

        if (!path_match("**/win-certificate*/**", claim_path(r->x, all.nodes[i])))
            continue;
        if (digest_list_has(&whole, claim_at(r->x, all.nodes[i])->value.bytes) ||
            (part != TREE_NONE && claim_at(r->x, part) != NULL &&
             digest_list_has(&parts, claim_at(r->x, part)->value.bytes)))
            rule_report(r, row, all.nodes[i]);
    }
}
