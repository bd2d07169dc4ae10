/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "audit/epoch.h"

/* A server, and where the seed puts it. */
struct draw {
    struct hash order;
    struct hash idx;
};

static int draw_order(const void *left, const void *right)
{
    const struct draw *a = left;
    const struct draw *b = right;

    return memcmp(a->order.bytes, b->order.bytes, sizeof(a->order.bytes));
}

/* All servers in the order of H(seed idx). */
static struct draw *draws_of(struct view leaves, const struct hash *seed, struct memory *m)
{
    size_t count = leaves.len / FLEET_LEAF;
    struct draw *d = memory_take(m, count + 1, sizeof(*d));
    uint8_t raw[64];

    memcpy(raw, seed->bytes, 32);
    for (size_t i = 0; i < count; i++) {
        memcpy(d[i].idx.bytes, leaves.data + i * FLEET_LEAF, IDX_SIZE);
        memcpy(raw + 32, d[i].idx.bytes, IDX_SIZE);
        d[i].order = sha256((struct view){raw, sizeof(raw)});
    }
    qsort(d, count, sizeof(*d), draw_order);
    return d;
}

static bool plans_agree(const struct statement *a, const struct statement *b, struct report *r)
{
    const struct sampling *p = &a->sampling;
    const struct sampling *q = &b->sampling;

    if (!a->has_sampling || !b->has_sampling)
        return untold(r, "the sample: a statement has no plan");
    if (!q->has_seed)
        return untold(r, "the sample: the seed is not revealed yet");
    if (p->has_seed || p->epoch != a->epoch || a->as_of >= p->not_before ||
        b->as_of < p->not_before || b->epoch <= a->epoch)
        return disproven(r, "the plan was not committed to before its seed could be known");
    if (!view_equal(a->origin, b->origin) || p->method != q->method || p->k != q->k ||
        p->epoch != q->epoch || p->not_before != q->not_before ||
        !view_equal(p->source, q->source))
        return disproven(r, "the plan with the seed is not the plan that was committed to");
    return true;
}

/* How many of the drawn servers an epoch shows to have been examined. */
static void judge_examined(const struct draw *d, size_t count, const struct statement *plan,
                           const struct statement *s, struct view leaves, struct report *r)
{
    size_t seen = 0;
    size_t gone = count;

    for (size_t i = 0; i < leaves.len / FLEET_LEAF; i++) {
        struct leaf l;

        if (!leaf_read((struct view){leaves.data + i * FLEET_LEAF, FLEET_LEAF}, TREE_FLEET, &l))
            continue;
        for (size_t k = 0; k < count; k++) {
            if (!hash_equal(d[k].idx, l.idx))
                continue;
            gone--;
            seen +=
                l.since > plan->epoch && (l.sums.of[SUM_ANY] >> plan->sampling.method & 1) != 0;
        }
    }
    fact(r, "examined", "%zu of %zu by epoch %u; %zu are gone", seen, count, s->epoch, gone);
    if (seen < count)
        (void)disproven(r, "%zu of the sample were not examined by this method since the plan",
                        count - seen);
    else
        proven(r, "every server of the sample was examined by this method since the plan");
}

void sample_audit(const struct epoch_files *committed, struct view revealed,
                  const struct epoch_files *examined, const struct operators *by,
                  struct report *r)
{
    struct statement plan;
    struct statement seed;
    struct statement later;
    struct branch root;
    struct view leaves;

    if (!statement_open(committed->statement, by, "plan", r, &plan) ||
        !statement_open(revealed, by, "seed", r, &seed) || !plans_agree(&plan, &seed, r) ||
        !leaves_open(committed->leaves, &plan.leaves, "leaves of the plan", r, &leaves) ||
        !prefix_root(leaves, TREE_FLEET, "leaves of the plan", r, &root))
        return;
    struct draw *d = draws_of(leaves, &seed.sampling.seed, r->memory);
    size_t all = leaves.len / FLEET_LEAF;
    size_t count = plan.sampling.k < all ? plan.sampling.k : all;

    proven(r, "of %zu servers the seed chooses %zu; the plan was committed to before", all,
           count);
    for (size_t i = 0; i < count; i++)
        fact(r, "sampled", "%s", hex_shown(r->memory, d[i].idx.bytes, IDX_SIZE));
    unchecked(r, "that the seed is what the source gave: %s",
              view_shown(r->memory, plan.sampling.source));
    if (examined == NULL ||
        !statement_open(examined->statement, by, "later epoch", r, &later) ||
        !leaves_open(examined->leaves, &later.leaves, "leaves of the later epoch", r, &leaves))
        return;
    judge_examined(d, count, &plan, &later, leaves, r);
}
