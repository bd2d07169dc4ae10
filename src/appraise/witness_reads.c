/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All readings of the flash, byte by byte: along the paths of host, controller and programmer,
 * and repeatedly along one. Where they differ, the mechanism that explains how. The trees
 * (witness_twins.c) say which parts of an image differ; this says what made them differ, also
 * where nothing could be decoded.
 */
#include <string.h>

#include "appraise/reads.h"
#include "appraise/witness_private.h"
#include "evidence/source.h"

struct readings {
    struct reading rows[READS_MAX];
    const struct source *sources[READS_MAX];
    uint32_t blobs[READS_MAX]; /* of the decoded bytes, or UINT32_MAX */
    size_t count;
};

/* The blob of these bytes; of a compressed reading what was derived from it. */
static uint32_t blob_of(const struct decoded *d, const struct entry *n)
{
    for (uint32_t i = 0; i < d->blob_count; i++) {
        if (d->blobs[i].method != NULL || !digest_equal(decoded_digest(d, i), &n->digest))
            continue;
        for (uint32_t k = i + 1; k < d->blob_count; k++) {
            if (d->blobs[k].parent == i && d->blobs[k].method != NULL &&
                strcmp(d->blobs[k].method, "xz") == 0)
                return k;
        }
        return i;
    }
    return UINT32_MAX;
}

static void gather(const struct subject *s, struct readings *r)
{
    const struct evidence *e = &s->evidence;

    for (size_t i = 0; i < e->count && r->count < READS_MAX; i++) {
        const struct entry *n = &e->entries[i];
        const struct source *row = source_find(n->source);
        uint32_t blob = UINT32_MAX;

        if (row == NULL || strcmp(row->surface, "flash") != 0 || !n->has_blob || n->redacted)
            continue;
        blob = blob_of(&s->decoded, n);
        if (blob == UINT32_MAX)
            continue;
        r->rows[r->count].name = n->origin;
        r->rows[r->count].bytes = s->decoded.blobs[blob].bytes;
        r->sources[r->count] = row;
        r->blobs[r->count++] = blob;
    }
}

/* "flash@bmc", or "flash@bmc/read:2" of a further reading. */
static struct bytes place(struct witness_run *w, const struct readings *r, size_t i)
{
    const struct source *s = r->sources[i];
    struct bytes stars[4];

    if (strcmp(s->decoder, "flash-reread") == 0 && source_matches(s, r->rows[i].name, stars))
        return finding_words(w->f, "%s@%s/read:%.*s", s->surface, s->witness, (int)stars[0].len,
                             (const char *)stars[0].data);
    return finding_words(w->f, "%s@%s", s->surface, s->witness);
}

/* The clusters that a span meets: marks them in `met`; with `within`, only those inside it. */
static void mark_met(const struct reads *r, struct span s, bool within, bool *met)
{
    size_t low = 0;
    size_t high = r->cluster_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (r->clusters[middle].offset + r->clusters[middle].length <= s.offset)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < r->cluster_count && r->clusters[low].offset < s.offset + s.length; low++) {
        const struct reads_cluster *c = &r->clusters[low];

        if (!within ||
            (c->offset >= s.offset && c->length <= s.length - (c->offset - s.offset)))
            met[low] = true;
    }
}

/*
 * Whether the bytes that differ are stated by volatile claims alone, as variables that the
 * firmware writes by itself. What no claim states is not excused.
 */
static bool only_volatile(const struct witness_run *w, const struct reads *r, uint32_t blob)
{
    const struct decoded *d = w->x->tree->decoded;
    bool *free_met = ARENA_ARRAY(w->x->arena, bool, r->cluster_count + 1);
    bool *other_met = ARENA_ARRAY(w->x->arena, bool, r->cluster_count + 1);

    if (r->cluster_total == 0 || r->cluster_total > r->cluster_count)
        return false;
    for (size_t i = 0; i < r->count; i++) {
        if (r->rows[i].bytes.len != r->rows[r->base].bytes.len)
            return false;
    }
    for (size_t i = 0; i < d->item_count; i++) {
        const struct item *item = &d->items[i];

        if (item->kind != ITEM_CLAIM || item->span.blob != blob)
            continue;
        bool is_free = key_get(item->key)->expectation == EXPECT_FREE;

        mark_met(r, item->span, is_free, is_free ? free_met : other_met);
    }
    for (size_t i = 0; i < r->cluster_count; i++) {
        if (!free_met[i] || other_met[i])
            return false;
    }
    return true;
}

static bool told_before(const struct reads *r, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (r->rows[k].group == r->rows[i].group)
            return true;
    }
    return false;
}

static void tell(struct witness_run *w, const struct readings *all, const struct reads *r,
                 size_t i, bool excused)
{
    const struct reads_kind_info *info = reads_kind_info(r->rows[i].kind);
    struct bytes why = reads_why_of(r, i, w->f->arena);

    if (excused)
        why = finding_words(w->f,
                            "%.*s All of it lies in bytes that firmware writes by itself "
                            "(variables, counters): written between the readings.",
                            (int)why.len, (const char *)why.data);
    findings_add(w->f, (struct finding){
                           .id = "witness.reads",
                           .judge = JUDGE_WITNESS,
                           .severity = excused ? SEVERITY_INFO : info->severity,
                           .path = place(w, all, i),
                           .other = place(w, all, r->base),
                           .why = why,
                           .next = bytes_of(info->next),
                           .value = bytes_of(info->name),
                           .node = TREE_NONE,
                       });
}

static void note_compared(const struct witness_run *w, const struct readings *all)
{
    for (size_t i = 0; i < all->count && w->coverage != NULL; i++) {
        const struct source *s = all->sources[i];

        coverage_judged(w->coverage, finding_words(w->f, "%s@%s", s->surface, s->witness),
                        JUDGE_WITNESS);
    }
}

void witness_reads(struct witness_run *w)
{
    struct readings *all = ARENA_NEW(w->x->arena, struct readings);
    struct reads r;

    gather(w->x->subject, all);
    if (all->count < 2)
        return;
    reads_compare(all->rows, all->count, w->x->arena, &r);
    note_compared(w, all);
    bool excused = r.groups > 1 && only_volatile(w, &r, all->blobs[r.base]);

    for (size_t i = 0; i < r.count && r.groups > 1; i++) {
        if (i != r.base && r.rows[i].group != r.rows[r.base].group && !told_before(&r, i))
            tell(w, all, &r, i, excused);
    }
}
