/* SPDX-License-Identifier: Apache-2.0 */
/* From what the judges said to a result that needs nothing else to be read. */
#include <string.h>

#include "result/result.h"

/* Nodes still to be looked at, below one container. */
struct walk {
    uint32_t *rows;
    size_t count;
    size_t cap;
};

static void walk_push(struct walk *w, struct arena *a, uint32_t node)
{
    arena_grow(a, &w->rows, w->count, &w->cap, sizeof(*w->rows));
    w->rows[w->count++] = node;
}

/* Widens `s` to hold `more` if both are of one blob. */
static void span_join(struct span *s, bool *has, struct span more)
{
    uint64_t end = s->offset + s->length;
    uint64_t more_end = more.offset + more.length;

    if (more.length == 0)
        return;
    if (!*has) {
        *s = more;
        *has = true;
    } else if (s->blob == more.blob) {
        s->offset = more.offset < s->offset ? more.offset : s->offset;
        s->length = (more_end > end ? more_end : end) - s->offset;
    }
}

/*
 * The bytes behind a node: a claim's own, or all that the claims below a container span. They
 * are of one blob: that of the container's own claims, before what stands in a part of it, as
 * a device behind a bridge does.
 */
static bool node_span(const struct tree *t, uint32_t node, struct arena *a, struct span *ret)
{
    const struct tree_node *top = &t->nodes[node];
    struct walk w = {0};
    bool has = false;

    for (uint32_t i = top->first; i < top->first + top->count; i++) {
        const struct item *claim = tree_claim(t, i);

        if (claim != NULL)
            span_join(ret, &has, claim->span);
    }
    walk_push(&w, a, node);
    while (w.count > 0) {
        uint32_t at = w.rows[--w.count];
        const struct item *claim = tree_claim(t, at);

        if (claim != NULL)
            span_join(ret, &has, claim->span);
        for (uint32_t i = t->nodes[at].count; i > 0; i--)
            walk_push(&w, a, t->nodes[at].first + i - 1);
    }
    return has;
}

static bool in_blob(const struct decoded *d, struct span s)
{
    return s.blob < d->blob_count && s.offset <= d->blobs[s.blob].bytes.len &&
           s.length <= d->blobs[s.blob].bytes.len - s.offset;
}

/* A fault is a place, not a run of bytes: what stands there is shown. */
static struct span widen_point(const struct decoded *d, struct span s)
{
    uint64_t left;

    if (s.length > 0 || s.blob >= d->blob_count || s.offset > d->blobs[s.blob].bytes.len)
        return s;
    left = d->blobs[s.blob].bytes.len - s.offset;
    s.length = left < 16 ? left : 16;
    return s;
}

static void take_span(struct result_finding *ret, const struct subject *s, uint32_t node,
                      struct arena *a)
{
    const struct decoded *d = &s->decoded;
    struct span span = {0};

    /* A whole surface is many blobs; no bytes of one of them stand for it. */
    if (node == TREE_NONE || node >= s->tree.count || s->tree.nodes[node].parent == 0)
        return;
    const struct item *claim = tree_claim(&s->tree, node);

    if (claim != NULL && claim->span.length == 0)
        span = widen_point(d, claim->span);
    else if (!node_span(&s->tree, node, a, &span))
        return;
    if (!in_blob(d, span) || span.length == 0)
        return;
    ret->has_span = true;
    ret->blob = *decoded_digest(d, span.blob);
    ret->offset = span.offset;
    ret->length = span.length;
    ret->excerpt =
        bytes_slice(d->blobs[span.blob].bytes, (size_t)span.offset,
                    span.length < RESULT_EXCERPT ? (size_t)span.length : RESULT_EXCERPT);
}

static struct result_finding take_finding(const struct finding *f, const struct subject *s,
                                          struct arena *a)
{
    struct result_finding r = {
        .id = bytes_of(f->id),
        .fingerprint = finding_fingerprint(f, a),
        .judge = f->judge,
        .severity = f->severity,
        .path = f->path,
        .other = f->other,
        .why = f->why,
        .next = f->next,
        .value = f->value,
        .expected = f->expected,
        .consequence_of = f->consequence_of,
        .waived = f->waived,
        .note = f->note,
        .part = f->part,
        .change = f->change,
        .has_centibits = f->has_centibits,
        .centibits = f->centibits,
        .agree = f->agree,
        .voters = f->voters,
    };

    take_span(&r, s, f->node, a);
    return r;
}

void result_take(struct result *r, const struct subject *s, const struct findings *f,
                 const struct coverage *c, struct arena *a)
{
    r->evidence = s->digest;
    r->collected = s->evidence.time;
    r->findings = ARENA_ARRAY(a, struct result_finding, f->count + 1);
    r->finding_count = f->count;
    for (size_t i = 0; i < f->count; i++)
        r->findings[i] = take_finding(&f->rows[i], s, a);
    r->coverage = ARENA_ARRAY(a, struct result_coverage, c->count + 1);
    r->coverage_count = c->count;
    for (size_t i = 0; i < c->count; i++)
        r->coverage[i] = (struct result_coverage){
            .surface = bytes_of(c->rows[i].surface),
            .witness = bytes_of(c->rows[i].witness),
            .state = c->rows[i].state,
            .reason = c->rows[i].reason,
            .judged_by = c->rows[i].judged_by,
        };
}
