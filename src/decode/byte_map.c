/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/byte_map.h"

#include <stdlib.h>

static int three_way(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* Of equal marks, one that many claims made is as good as the claims inside it: it counts. */
static bool made_of_claims(const struct mark *m)
{
    return m->claimed && m->region.class == CLASS_STRUCTURE;
}

/* By blob and offset; outer before inner; of equal ones the earlier first. */
static int mark_order(const void *left, const void *right)
{
    const struct mark *a = left;
    const struct mark *b = right;
    int c = three_way(a->region.span.blob, b->region.span.blob);

    if (c == 0)
        c = three_way(a->region.span.offset, b->region.span.offset);
    if (c == 0)
        c = three_way(b->region.span.length, a->region.span.length);
    if (c == 0)
        c = made_of_claims(a) - made_of_claims(b);
    return c != 0 ? c : three_way(a->order, b->order);
}

/* The state of the sweep over one blob. */
struct sweep {
    struct decoded *out;
    const struct mark **open; /* the marks that may still cover the position, outer first */
    size_t open_count;
    size_t open_cap;
    uint32_t blob;
    uint64_t pos;
    uint64_t claimed_end; /* claims speak for every byte below this that is not yet swept */
    struct region *loose; /* runs for which no claim speaks */
    size_t loose_count;
    size_t loose_cap;
};

void byte_map_refine(struct byte_map *m, struct arena *a, uint32_t item)
{
    arena_grow(a, &m->refined, m->refined_count, &m->refined_cap, sizeof(*m->refined));
    m->refined[m->refined_count++] = item;
}

static int item_order(const void *left, const void *right)
{
    const uint32_t *a = left;
    const uint32_t *b = right;

    return (*a > *b) - (*a < *b);
}

/* The refined containers must be in order. */
static bool speaks(const struct byte_map *m, const struct mark *k)
{
    return k->claimed &&
           (m->refined_count == 0 || bsearch(&k->region.item, m->refined, m->refined_count,
                                             sizeof(*m->refined), item_order) == NULL);
}

static uint64_t mark_end(const struct mark *m)
{
    return m->region.span.offset + m->region.span.length;
}

static void region_add(struct sweep *s, const struct mark *m, uint64_t end)
{
    struct decoded *out = s->out;

    if (out->region_count > 0) {
        struct region *last = &out->regions[out->region_count - 1];

        if (last->span.blob == s->blob && last->class == m->region.class &&
            last->item == m->region.item && last->span.offset + last->span.length == s->pos) {
            last->span.length += end - s->pos;
            return;
        }
    }
    arena_grow(out->arena, &out->regions, out->region_count, &out->region_cap,
               sizeof(*out->regions));
    out->regions[out->region_count++] = (struct region){
        {s->blob, s->pos, end - s->pos},
        m->region.class, m->region.item
    };
}

/* Bytes that are neither structure nor under a claim must still be noticed when they change. */
static void loose_add(struct sweep *s, const struct mark *m, uint64_t end)
{
    uint64_t from = s->claimed_end > s->pos ? s->claimed_end : s->pos;

    if (m->region.class == CLASS_STRUCTURE || from >= end)
        return;
    arena_grow(s->out->arena, &s->loose, s->loose_count, &s->loose_cap, sizeof(*s->loose));
    s->loose[s->loose_count++] = (struct region){
        {s->blob, from, end - from},
        m->region.class, m->region.item
    };
}

/* Emits runs up to `limit` from the innermost open mark, dropping marks that have ended. */
static void sweep_to(struct sweep *s, uint64_t limit)
{
    while (s->pos < limit && s->open_count > 0) {
        const struct mark *top = s->open[s->open_count - 1];
        uint64_t end = mark_end(top) < limit ? mark_end(top) : limit;

        if (end <= s->pos) {
            s->open_count--;
            continue;
        }
        region_add(s, top, end);
        loose_add(s, top, end);
        s->pos = end;
    }
    if (s->pos < limit)
        s->pos = limit;
}

static void sweep_mark(struct sweep *s, const struct mark *m, bool claimed)
{
    if (m->region.span.blob != s->blob) {
        sweep_to(s, UINT64_MAX);
        s->blob = m->region.span.blob;
        s->pos = 0;
        s->claimed_end = 0;
        s->open_count = 0;
    }
    sweep_to(s, m->region.span.offset);
    if (claimed && mark_end(m) > s->claimed_end)
        s->claimed_end = mark_end(m);
    arena_grow(s->out->arena, &s->open, s->open_count, &s->open_cap, sizeof(struct mark *));
    s->open[s->open_count++] = m;
}

static int loose_order(const void *left, const void *right)
{
    const struct region *a = left;
    const struct region *b = right;
    int c = three_way(a->item, b->item);

    if (c == 0)
        c = three_way(a->span.blob, b->span.blob);
    return c != 0 ? c : three_way(a->span.offset, b->span.offset);
}

/* One digest a container and blob, over its loose runs in order. */
static void loose_claim(struct decoded *out, const struct region *runs, size_t count)
{
    struct digest_stream stream;
    struct bytes all = out->blobs[runs->span.blob].bytes;

    digest_begin(&stream);
    for (size_t i = 0; i < count; i++) {
        digest_more(&stream,
                    bytes_slice(all, (size_t)runs[i].span.offset, (size_t)runs[i].span.length));
    }
    struct digest d = digest_end(&stream);
    struct bytes kept = arena_copy(out->arena, (struct bytes){d.bytes, sizeof(d.bytes)});

    (void)decoded_claim(out, runs->item, (struct bytes){NULL, 0}, KEY_UNCLAIMED,
                        (struct value){.type = TYPE_BYTES, .bytes = kept}, runs->span);
}

/* Most of them are: further on in the same blob. */
static bool in_order(const struct mark *a, const struct mark *b)
{
    return (a->region.span.blob == b->region.span.blob &&
            a->region.span.offset < b->region.span.offset) ||
           mark_order(a, b) < 0;
}

/*
 * Moves every mark to its place among those before it, which is quick for marks that are nearly
 * in order, as most decoders make them. False, with the marks in some order, if it takes too
 * long.
 */
static bool marks_insert(struct byte_map *m)
{
    enum {
        STEPS = 8 /* for each mark, together */
    };

    size_t steps = m->count * STEPS;

    for (size_t i = 1; i < m->count && steps > 0; i++) {
        if (in_order(&m->marks[i - 1], &m->marks[i]))
            continue;
        struct mark moved = m->marks[i];
        size_t to = i;

        for (; to > 0 && steps > 0 && !in_order(&m->marks[to - 1], &moved); to--) {
            m->marks[to] = m->marks[to - 1];
            steps--;
        }
        m->marks[to] = moved;
    }
    return steps > 0 || m->count == 0;
}

static void sweep_all(struct byte_map *m, struct sweep *s)
{
    if (!marks_insert(m))
        qsort(m->marks, m->count, sizeof(*m->marks), mark_order);
    if (m->refined_count > 0)
        qsort(m->refined, m->refined_count, sizeof(*m->refined), item_order);
    for (size_t i = 0; i < m->count; i++)
        sweep_mark(s, &m->marks[i], speaks(m, &m->marks[i]));
    sweep_to(s, UINT64_MAX);
}

void byte_map_look(struct byte_map *m, struct arena *a, struct region **ret, size_t *ret_count)
{
    struct decoded scratch = {.arena = a};
    struct sweep s = {.out = &scratch};

    sweep_all(m, &s);
    *ret = scratch.regions;
    *ret_count = scratch.region_count;
}

void byte_map_finish(struct byte_map *m, struct decoded *out)
{
    struct sweep s = {.out = out};

    sweep_all(m, &s);
    if (s.loose_count > 0)
        qsort(s.loose, s.loose_count, sizeof(*s.loose), loose_order);
    for (size_t i = 0; i < s.loose_count;) {
        size_t n = 1;

        while (i + n < s.loose_count && s.loose[i + n].item == s.loose[i].item &&
               s.loose[i + n].span.blob == s.loose[i].span.blob)
            n++;
        loose_claim(out, &s.loose[i], n);
        i += n;
    }
}
