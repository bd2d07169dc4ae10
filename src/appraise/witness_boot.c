/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secure Boot as the variables say now against what firmware measured at boot: PC Client
 * Platform Firmware Profile 1.06, section 3.3.4.8 (PCR 7). Only event data that hashes to its
 * digest is a fact; the decoder files it under "data", all other under "descriptive".
 */
#include <stdlib.h>
#include <string.h>

#include "appraise/path_match.h"
#include "appraise/witness_private.h"

/* A variable that firmware measures and that efivarfs shows. */
struct measured {
    const char *name; /* in words */
    const char *variable;
    const char *event;
};

#define GUID_GLOBAL   "8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define GUID_SECURITY "d719b2cb-3d3a-4596-a3bc-dad00e67656f"

static const struct measured keys[] = {
    {"Platform Key",                "efivar@*/" GUID_GLOBAL ":PK/**",
     "eventlog@*/pcr:7/*" GUID_GLOBAL ":PK*/data/**"   },
    {"Key Exchange Keys",           "efivar@*/" GUID_GLOBAL ":KEK/**",
     "eventlog@*/pcr:7/*" GUID_GLOBAL ":KEK*/data/**"  },
    {"database of allowed signers", "efivar@*/" GUID_SECURITY ":db/**",
     "eventlog@*/pcr:7/*" GUID_SECURITY ":db/data/**"  },
    {"revocation list",             "efivar@*/" GUID_SECURITY ":dbx/**",
     "eventlog@*/pcr:7/*" GUID_SECURITY ":dbx*/data/**"},
};

/* Which claims are entries of a signature database. */
static const enum need entries[] = {NEED_SIGNATURE_SHA256, NEED_SIGNATURE_OTHER,
                                    NEED_CERTIFICATE_SHA256, NEED_REVOKED_CERTIFICATE};

/* A set of entries and one node to point at. */
struct database {
    uint32_t container; /* node of the variable or the event, or TREE_NONE */
    struct bytes *rows; /* sorted */
    size_t count;
};

static void claims_at(const struct claim_index *x, enum need n, const char *path,
                      struct claim_list *ret)
{
    struct claim_list all = claims_of(x, n);
    uint32_t *kept = ARENA_ARRAY(x->arena, uint32_t, all.count + 1);

    *ret = (struct claim_list){kept, 0};
    for (size_t i = 0; i < all.count; i++) {
        if (!x->doubted[all.nodes[i]] && path_match(path, claim_path(x, all.nodes[i])))
            kept[ret->count++] = all.nodes[i];
    }
}

static void judge_state(struct witness_run *w)
{
    struct claim_list variable;
    struct claim_list event;

    claims_at(w->x, NEED_EFI_STATE, "efivar@*/" GUID_GLOBAL ":SecureBoot/value", &variable);
    claims_at(w->x, NEED_EFI_STATE, "eventlog@*/pcr:7/*" GUID_GLOBAL ":SecureBoot*/data/value",
              &event);
    if (variable.count == 0 || event.count == 0)
        return;
    /* Firmware may measure it again when it changes; the last one counts. */
    uint32_t last = event.nodes[event.count - 1];

    witness_compared(w, variable.nodes[0], last);
    if (claim_at(w->x, variable.nodes[0])->value.uint == claim_at(w->x, last)->value.uint)
        return;
    witness_disagrees(
        w, &(struct disagreement){"witness.secure-boot", SEVERITY_HIGH, variable.nodes[0], last,
                                  "state of Secure Boot",
                                  "Trust neither; read the state in the firmware's own setup "
                                  "and ask what wrote the variable."});
}

static int row_order(const void *left, const void *right)
{
    const struct bytes *a = left;
    const struct bytes *b = right;

    return bytes_compare(*a, *b);
}

/* The container named by the `depth`-th segment of a claim's path, counted from the surface. */
static uint32_t ancestor_at(const struct claim_index *x, uint32_t node, unsigned depth)
{
    uint32_t chain[64];
    size_t n = 0;

    for (uint32_t i = node; i != 0 && n < ARRAY_LEN(chain); i = x->tree->nodes[i].parent)
        chain[n++] = i;
    return n > depth ? chain[n - 1 - depth] : node;
}

static struct database database_of(const struct claim_index *x, const char *path,
                                   unsigned depth)
{
    struct database d = {.container = TREE_NONE};
    struct claim_list lists[ARRAY_LEN(entries)];
    size_t all = 0;

    for (size_t i = 0; i < ARRAY_LEN(entries); i++) {
        claims_at(x, entries[i], path, &lists[i]);
        all += lists[i].count;
    }
    d.rows = ARENA_ARRAY(x->arena, struct bytes, all + 1);
    for (size_t i = 0; i < ARRAY_LEN(entries); i++) {
        for (size_t k = 0; k < lists[i].count; k++) {
            uint32_t node = lists[i].nodes[k];

            if (d.container == TREE_NONE)
                d.container = ancestor_at(x, node, depth);
            d.rows[d.count++] = claim_at(x, node)->value.bytes;
        }
    }
    if (d.count > 1)
        qsort(d.rows, d.count, sizeof(*d.rows), row_order);
    return d;
}

/* How many rows of `a` are not in `b`; both are sorted. */
static size_t lacking(const struct database *a, const struct database *b)
{
    size_t k = 0;
    size_t n = 0;

    for (size_t i = 0; i < a->count; i++) {
        while (k < b->count && bytes_compare(b->rows[k], a->rows[i]) < 0)
            k++;
        n += k == b->count || !bytes_equal(b->rows[k], a->rows[i]);
    }
    return n;
}

static void judge_database(struct witness_run *w, const struct measured *m)
{
    struct database now = database_of(w->x, m->variable, 1);
    struct database boot = database_of(w->x, m->event, 2);

    if (now.count == 0 || boot.count == 0)
        return;
    witness_compared(w, now.container, boot.container);
    size_t gone = lacking(&boot, &now);
    size_t came = lacking(&now, &boot);

    if (gone == 0 && came == 0)
        return;
    /* A running system may add revocations; nothing else grows while it runs. */
    bool update = gone == 0 && strstr(m->event, ":dbx") != NULL;

    witness_says(
        w,
        &(struct disagreement){
            "witness.key-database", update ? SEVERITY_LOW : SEVERITY_HIGH, now.container,
            boot.container, m->name,
            update ? "Restart the machine and collect again: both should then agree."
                   : "Find out what wrote the variable, and restore the keys from the vendor."},
        finding_words(w->f,
                      "The %s in the variable is not what firmware measured at boot: %zu "
                      "entries are gone and %zu are new.",
                      m->name, gone, came));
}

void witness_boot(struct witness_run *w)
{
    judge_state(w);
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        judge_database(w, &keys[i]);
}
