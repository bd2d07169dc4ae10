/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of Secure Boot and measured boot that look at more than one claim. */
#include <string.h>

#include "appraise/path_match.h"
#include "appraise/rule_private.h"

#define GUID_GLOBAL   "8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define GUID_SECURITY "d719b2cb-3d3a-4596-a3bc-dad00e67656f"
#define SECURE_BOOT   "efivar@*/" GUID_GLOBAL ":SecureBoot/value"
#define SETUP_MODE    "efivar@*/" GUID_GLOBAL ":SetupMode/value"
#define PLATFORM_KEY  "efivar@*/" GUID_GLOBAL ":PK/**"
#define REVOKED       "efivar@*/" GUID_SECURITY ":dbx/**"

enum {
    EV_SEPARATOR = 4,
    SEPARATOR_PCRS = 8,
    PCRS = 24
};

void rule_secure_boot_contradiction(struct rule_run *r, const struct rule *row)
{
    if (rule_state_is(r, SECURE_BOOT, 1) && rule_state_is(r, SETUP_MODE, 1))
        rule_report(r, row, rule_claim(r, NEED_EFI_STATE, SECURE_BOOT));
}

/* Whether a certificate is in a list, by SHA-256 or SHA-1. */
static bool certificate_listed(const struct rule_run *r, const struct digest_list *l,
                               uint32_t sha256)
{
    uint32_t sha1 = claim_sibling(r->x, sha256, "sha1");

    return digest_list_has(l, claim_at(r->x, sha256)->value.bytes) ||
           (sha1 != TREE_NONE && claim_at(r->x, sha1) != NULL &&
            digest_list_has(l, claim_at(r->x, sha1)->value.bytes));
}

void rule_unknown_platform_key(struct rule_run *r, const struct rule *row)
{
    uint32_t key = rule_claim(r, NEED_CERTIFICATE_SHA256, PLATFORM_KEY);

    if (r->policy->platform_keys.count > 0 && key != TREE_NONE &&
        !certificate_listed(r, &r->policy->platform_keys, key))
        rule_report(r, row, key);
}

/* Whether what stands there makes firmware or the first boot program trust a certificate: a
 * variable of the machine, or of the store in its flash image. */
static bool is_enrolled(struct bytes path)
{
    static const char *const lists[] = {
        "**:PK/**",         "**:KEK/**",       "**:db/**",      "**:PKDefault/**",
        "**:KEKDefault/**", "**:dbDefault/**", "**:MokList/**", "**:MokListRT*/**"};

    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        if (path_match(lists[i], path))
            return true;
    }
    return false;
}

void rule_bad_certificate(struct rule_run *r, const struct rule *row)
{
    struct claim_list all = claims_of(r->x, NEED_CERTIFICATE_SHA256);

    for (size_t i = 0; i < all.count; i++) {
        if (is_enrolled(claim_path(r->x, all.nodes[i])) &&
            certificate_listed(r, &r->policy->bad_keys, all.nodes[i]))
            rule_report(r, row, all.nodes[i]);
    }
}

/* Whether anything is revoked at all: a digest, a certificate, or its hash. */
static bool revokes_anything(const struct rule_run *r)
{
    return rule_claim(r, NEED_SIGNATURE_SHA256, REVOKED) != TREE_NONE ||
           rule_claim(r, NEED_CERTIFICATE_SHA256, REVOKED) != TREE_NONE ||
           rule_claim(r, NEED_REVOKED_CERTIFICATE, REVOKED) != TREE_NONE ||
           rule_claim(r, NEED_SIGNATURE_OTHER, REVOKED) != TREE_NONE;
}

void rule_dbx_empty(struct rule_run *r, const struct rule *row)
{
    uint32_t surface = rule_surface(r, "efivar");

    if (surface == TREE_NONE || !rule_state_is(r, SECURE_BOOT, 1) || revokes_anything(r) ||
        r->x->tree->nodes[surface].incomplete)
        return;
    rule_report(r, row, rule_claim(r, NEED_EFI_STATE, SECURE_BOOT));
}

/* The digests that dbx holds, as a list to search. */
static struct digest_list revoked_here(const struct rule_run *r)
{
    struct claim_list all = claims_of(r->x, NEED_SIGNATURE_SHA256);
    struct digest_list l = {.rows = ARENA_ARRAY(r->x->arena, struct bytes, all.count + 1)};

    for (size_t i = 0; i < all.count; i++) {
        if (path_match(REVOKED, claim_path(r->x, all.nodes[i])))
            l.rows[l.count++] = claim_at(r->x, all.nodes[i])->value.bytes;
    }
    digest_list_sort(&l);
    return l;
}

void rule_dbx_stale(struct rule_run *r, const struct rule *row)
{
    const struct digest_list *want = &r->policy->revoked;
    uint32_t surface = rule_surface(r, "efivar");
    uint32_t node = rule_claim(r, NEED_SIGNATURE_SHA256, REVOKED);
    size_t lacking = 0;

    if (want->count == 0 || surface == TREE_NONE || r->x->tree->nodes[surface].incomplete)
        return;
    struct digest_list have = revoked_here(r);

    for (size_t i = 0; i < want->count; i++)
        lacking += !digest_list_has(&have, want->rows[i]);
    if (lacking == 0)
        return;
    rule_says(r, row, node != TREE_NONE ? node : surface,
              finding_words(r->f,
                            "The revocation list lacks %zu of the %zu entries of the list "
                            "\"%.*s\" that the policy gives.",
                            lacking, want->count, (int)want->name.len,
                            want->name.len > 0 ? (const char *)want->name.data : ""));
}

/* The digest of a measured PE image is its Authenticode hash, which is what dbx holds. */
void rule_revoked_image(struct rule_run *r, const struct rule *row)
{
    struct digest_list have = revoked_here(r);
    struct claim_list all = claims_of(r->x, NEED_EVENT_DIGEST);

    for (size_t i = 0; i < all.count; i++) {
        struct bytes path = claim_path(r->x, all.nodes[i]);
        struct bytes digest = claim_at(r->x, all.nodes[i])->value.bytes;

        if (digest.len != SHA256_SIZE ||
            (!path_match("eventlog@*/*/boot-services-*/digest/*", path) &&
             !path_match("eventlog@*/*/runtime-services-driver*/digest/*", path)))
            continue;
        if (digest_list_has(&have, digest) || digest_list_has(&r->policy->revoked, digest))
            rule_report(r, row, all.nodes[i]);
    }
}

void rule_boot_first_removable(struct rule_run *r, const struct rule *row)
{
    static const char *const marks[] = {"USB(",  "UsbWwid(", "UsbClass(", "CDROM(",
                                        "MAC(",  "IPv4(",    "IPv6(",     "Uri(",
                                        "NAND(", "SD(",      "Wi-Fi(",    "Bluetooth"};
    uint32_t order = rule_claim(r, NEED_EFI_ORDER, "efivar@*/" GUID_GLOBAL ":BootOrder/**");

    if (order == TREE_NONE)
        return;
    const char *path = arena_format(r->x->arena, "efivar@*/" GUID_GLOBAL ":Boot%04llX/**",
                                    (unsigned long long)claim_at(r->x, order)->value.uint);
    uint32_t option = rule_claim(r, NEED_EFI_PATH, path);

    if (option == TREE_NONE)
        return;
    struct bytes text = claim_text(r->x, option);

    for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
        if (memmem(text.data, text.len, marks[i], strlen(marks[i])) != NULL) {
            rule_report(r, row, option);
            return;
        }
    }
}

/* The number of the PCR to which an event belongs, from "pcr:7" above it. */
static bool event_pcr(const struct claim_index *x, uint32_t node, uint64_t *ret)
{
    const struct tree_node *nodes = x->tree->nodes;

    for (uint32_t i = nodes[node].parent; i != 0; i = nodes[i].parent) {
        if (bytes_starts_with(nodes[i].name, "pcr:"))
            return bytes_number(bytes_slice(nodes[i].name, 4, SIZE_MAX), 10, ret);
    }
    return false;
}

/* By PCR: how many separators the log has, and where. */
struct separators {
    size_t count[PCRS];
    uint32_t node[PCRS];
    uint32_t surface; /* of the log, or TREE_NONE when there is none that is whole */
};

static struct separators separators_of(const struct rule_run *r)
{
    struct claim_list all = claims_of(r->x, NEED_EVENT_TYPE);
    struct separators s = {.surface = TREE_NONE};

    for (size_t i = 0; i < all.count; i++) {
        uint64_t pcr;

        if (!event_pcr(r->x, all.nodes[i], &pcr) || pcr >= PCRS)
            continue;
        s.surface = claim_surface(r->x, all.nodes[i]);
        if (claim_at(r->x, all.nodes[i])->value.uint != EV_SEPARATOR)
            continue;
        s.count[pcr]++;
        s.node[pcr] = all.nodes[i];
    }
    if (s.surface != TREE_NONE && r->x->doubted[s.surface])
        s.surface = TREE_NONE;
    return s;
}

void rule_separator_missing(struct rule_run *r, const struct rule *row)
{
    struct separators s = separators_of(r);
    struct text list;
    size_t missing = 0;

    if (s.surface == TREE_NONE)
        return;
    text_init(&list, r->f->arena, 256);
    for (unsigned pcr = 0; pcr < SEPARATOR_PCRS; pcr++) {
        if (s.count[pcr] == 0)
            text_printf(&list, "%s%u", missing++ > 0 ? ", " : "", pcr);
    }
    if (missing > 0)
        rule_says(r, row, s.surface,
                  finding_words(r->f,
                                "The event log has no separator for PCR %.*s: whether "
                                "firmware closed its measurement there is not known.",
                                (int)list.len, list.data));
}

void rule_separator_repeated(struct rule_run *r, const struct rule *row)
{
    struct separators s = separators_of(r);

    for (unsigned pcr = 0; s.surface != TREE_NONE && pcr < SEPARATOR_PCRS; pcr++) {
        if (s.count[pcr] > 1)
            rule_says(r, row, s.node[pcr],
                      finding_words(r->f, "The event log has %zu separators for PCR %u.",
                                    s.count[pcr], pcr));
    }
}

/* 0 and all ones close a PCR; 1 says that measuring failed. */
void rule_separator_error(struct rule_run *r, const struct rule *row)
{
    static const uint8_t error[] = {1, 0, 0, 0};
    struct claim_list all = claims_of(r->x, NEED_EVENT_DATA);

    for (size_t i = 0; i < all.count; i++) {
        struct bytes data = claim_at(r->x, all.nodes[i])->value.bytes;

        if (path_match("eventlog@*/*/separator*/*/*", claim_path(r->x, all.nodes[i])) &&
            bytes_equal(data, (struct bytes){error, sizeof(error)}))
            rule_report(r, row, all.nodes[i]);
    }
}

/* Banks are containers of registers; of each the first one stands for it. */
void rule_pcr_bank_unused(struct rule_run *r, const struct rule *row)
{
    const struct tree_node *nodes = r->x->tree->nodes;
    struct claim_list all = claims_of(r->x, NEED_PCR);
    uint32_t told = TREE_NONE;

    if (claims_of(r->x, NEED_EVENT_TYPE).count == 0)
        return;
    for (size_t i = 0; i < all.count; i++) {
        uint32_t bank = nodes[all.nodes[i]].parent;
        uint64_t number;
        bool unused = true;

        if (bank == told || !bytes_number(nodes[all.nodes[i]].name, 10, &number))
            continue;
        for (size_t k = 0; k < all.count && unused; k++) {
            struct bytes value = claim_at(r->x, all.nodes[k])->value.bytes;

            unused = nodes[all.nodes[k]].parent != bank ||
                     !bytes_number(nodes[all.nodes[k]].name, 10, &number) ||
                     number >= SEPARATOR_PCRS || bytes_all(value, 0) || bytes_all(value, 0xff);
        }
        told = bank;
        if (unused)
            rule_report(r, row, all.nodes[i]);
    }
}
