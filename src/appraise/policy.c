/* SPDX-License-Identifier: Apache-2.0 */
#include "appraise/policy.h"

#include <stdlib.h>

#include "appraise/path_match.h"
#include "base/moment.h"
#include "evidence/cbor.h"

enum {
    POLICY_VERSION = 1,
    POLICY_MAX = 64 << 20,
};

/* What a server must show before anybody may call it clean. */
static const char *const default_surfaces[] = {
    "acpi", "bmc", "efivar", "eventlog", "flash", "fru", "pci", "smbios", "tpm", "usb",
};

void policy_default(struct policy *p, struct arena *a)
{
    *p = (struct policy){
        .name = bytes_of("assay-default-1"),
        .peers = PEERS_POLICY_DEFAULT,
        .peers_enough = 8,
    };
    p->required = ARENA_ARRAY(a, struct requirement, ARRAY_LEN(default_surfaces));
    p->required_count = ARRAY_LEN(default_surfaces);
    for (size_t i = 0; i < p->required_count; i++)
        p->required[i] =
            (struct requirement){.surface = bytes_of(default_surfaces[i]), .judged = true};
    policy_seal(p, a);
}

void policy_image(struct policy *p, struct arena *a)
{
    p->name = bytes_of("assay-flash-image-1");
    p->required = ARENA_NEW(a, struct requirement);
    p->required_count = 1;
    p->required[0] = (struct requirement){
        .surface = bytes_of("flash"), .witness = bytes_of("document"), .judged = true};
    policy_seal(p, a);
}

static void encode_list(struct text *t, const struct digest_list *l)
{
    cbor_array(t, 2);
    cbor_bytes(t, l->name);
    cbor_array(t, l->count);
    for (size_t i = 0; i < l->count; i++)
        cbor_bytes(t, l->rows[i]);
}

static void encode_required(struct text *t, const struct policy *p)
{
    cbor_array(t, p->required_count);
    for (size_t i = 0; i < p->required_count; i++) {
        cbor_array(t, 3);
        cbor_bytes(t, p->required[i].surface);
        cbor_bytes(t, p->required[i].witness);
        cbor_bool(t, p->required[i].judged);
    }
    cbor_array(t, p->override_count);
    for (size_t i = 0; i < p->override_count; i++) {
        cbor_array(t, 3);
        cbor_text(t, p->overrides[i].id);
        cbor_text(t, p->overrides[i].path);
        cbor_uint(t, p->overrides[i].severity);
    }
}

static void encode_exceptions(struct text *t, const struct policy *p)
{
    cbor_array(t, p->waiver_count);
    for (size_t i = 0; i < p->waiver_count; i++) {
        const struct waiver *w = &p->waivers[i];

        cbor_array(t, 6);
        cbor_text(t, w->id);
        cbor_text(t, w->path);
        cbor_bytes(t, w->fingerprint);
        cbor_bytes(t, w->reason);
        cbor_bytes(t, w->by);
        cbor_bytes(t, w->expires);
    }
    cbor_array(t, p->approved_count);
    for (size_t i = 0; i < p->approved_count; i++) {
        const struct approved_change *c = &p->approved[i];

        cbor_array(t, 5);
        cbor_text(t, c->path);
        cbor_bytes(t, c->to);
        cbor_bytes(t, c->reason);
        cbor_bytes(t, c->by);
        cbor_bytes(t, c->expires);
    }
}

void policy_seal(struct policy *p, struct arena *a)
{
    struct text t;

    text_init(&t, a, POLICY_MAX);
    cbor_array(&t, 12);
    cbor_bytes(&t, p->name);
    encode_required(&t, p);
    encode_exceptions(&t, p);
    cbor_uint(&t, p->peers.rate);
    cbor_uint(&t, p->peers.cohort);
    cbor_uint(&t, p->peers.dissent);
    cbor_uint(&t, p->peers_enough);
    encode_list(&t, &p->revoked);
    encode_list(&t, &p->platform_keys);
    encode_list(&t, &p->bad_keys);
    p->digest = node_digest("policy", POLICY_VERSION, text_bytes(&t));
}

static int row_order(const void *left, const void *right)
{
    const struct bytes *a = left;
    const struct bytes *b = right;

    return bytes_compare(*a, *b);
}

void digest_list_sort(struct digest_list *l)
{
    size_t kept = 0;

    if (l->count > 1)
        qsort(l->rows, l->count, sizeof(*l->rows), row_order);
    for (size_t i = 0; i < l->count; i++) {
        if (kept == 0 || !bytes_equal(l->rows[kept - 1], l->rows[i]))
            l->rows[kept++] = l->rows[i];
    }
    l->count = kept;
}

bool digest_list_has(const struct digest_list *l, struct bytes row)
{
    return l->count > 0 &&
           bsearch(&row, l->rows, l->count, sizeof(*l->rows), row_order) != NULL;
}

/* Whether what ends at `expires` still holds at `as_of`. */
static bool moment_before(struct bytes as_of, struct bytes expires)
{
    return moment_valid(as_of) && moment_valid(expires) && bytes_compare(as_of, expires) < 0;
}

/* A name or pattern of names that may be left out. */
static bool name_fits(const char *pattern, struct bytes name)
{
    return pattern[0] == '\0' || path_match(pattern, name);
}

static bool waiver_fits(const struct waiver *w, const struct finding *f, struct arena *a)
{
    if (w->id[0] == '\0' && w->fingerprint.len == 0)
        return false;
    if (!name_fits(w->id, bytes_of(f->id)) || !name_fits(w->path, f->path))
        return false;
    return w->fingerprint.len == 0 || bytes_equal(w->fingerprint, finding_fingerprint(f, a));
}

static void override_apply(const struct policy *p, struct findings *f, struct finding *row)
{
    for (size_t i = 0; i < p->override_count; i++) {
        const struct severity_override *o = &p->overrides[i];

        if (!name_fits(o->id, bytes_of(row->id)) || !name_fits(o->path, row->path) ||
            o->severity == row->severity)
            continue;
        row->note = finding_words(f, "The policy weighs this as %s; by itself it is %s.",
                                  severity_name(o->severity), severity_name(row->severity));
        row->severity = o->severity;
        return;
    }
}

static void waiver_apply(const struct policy *p, struct bytes as_of, struct findings *f,
                         struct finding *row)
{
    for (size_t i = 0; i < p->waiver_count; i++) {
        const struct waiver *w = &p->waivers[i];

        if (!waiver_fits(w, row, f->arena))
            continue;
        if (moment_before(as_of, w->expires)) {
            row->waived = finding_words(f, "%.*s (%.*s, until %.*s)", (int)w->reason.len,
                                        (const char *)w->reason.data, (int)w->by.len,
                                        (const char *)w->by.data, (int)w->expires.len,
                                        (const char *)w->expires.data);
            return;
        }
        row->note = finding_words(f, "A waiver for this ended at %.*s.", (int)w->expires.len,
                                  (const char *)w->expires.data);
    }
}

void policy_apply(const struct policy *p, struct bytes as_of, struct findings *f)
{
    for (size_t i = 0; i < f->count; i++) {
        override_apply(p, f, &f->rows[i]);
        waiver_apply(p, as_of, f, &f->rows[i]);
    }
}

const struct approved_change *policy_approval(const struct policy *p, struct bytes path,
                                              struct bytes to, struct bytes as_of)
{
    for (size_t i = 0; i < p->approved_count; i++) {
        const struct approved_change *c = &p->approved[i];

        if (moment_before(as_of, c->expires) && path_match(c->path, path) &&
            (c->to.len == 0 || bytes_equal(c->to, to)))
            return c;
    }
    return NULL;
}
