/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/places.h"

#include "base/entropy.h"
#include "evidence/places_private.h"

enum {
    LOOK_MAX = 4096 /* nodes of a part that are looked at for its bytes */
};

struct finder {
    const struct tree *a;
    const struct tree *b;
    struct changes *changes;
    struct places *out;
    size_t cap;
    uint32_t
        *place_of_a; /* by node of either tree: the place of the part there, or TREE_NONE */
    uint32_t *place_of_b;
    uint32_t *cause_a; /* by node: a change at or below that follows from nothing */
    uint32_t *cause_b;
};

static uint32_t *nodes_without(struct arena *a, const struct tree *t)
{
    uint32_t *list = ARENA_ARRAY(a, uint32_t, t->count);

    for (size_t i = 0; i < t->count; i++)
        list[i] = TREE_NONE;
    return list;
}

/* Makes `s` cover `more`, if that lies in the same blob. */
static void span_cover(struct extent *e, struct span more)
{
    if (more.length == 0 || (e->known && e->span.blob != more.blob))
        return;
    if (!e->known) {
        e->known = true;
        e->span = more;
        return;
    }
    uint64_t end = e->span.offset + e->span.length;
    uint64_t more_end = more.offset + more.length;

    e->span.offset = more.offset < e->span.offset ? more.offset : e->span.offset;
    end = more_end > end ? more_end : end;
    e->span.length = end - e->span.offset;
}

/* The bytes of a container: as it says, else those of the claims in it. */
static struct extent extent_of(const struct tree *t, uint32_t node)
{
    struct extent e = {0};
    uint32_t depth_first[64];
    size_t n = 0;

    if (node == TREE_NONE)
        return e;
    span_cover(&e, t->decoded->items[t->nodes[node].item].span);
    if (e.known)
        return e;
    depth_first[n++] = node;
    for (unsigned looked = 0; n > 0 && looked < LOOK_MAX; looked++) {
        const struct tree_node *x = &t->nodes[depth_first[--n]];

        for (uint32_t i = x->first; i < x->first + x->count; i++) {
            span_cover(&e, t->decoded->items[t->nodes[i].item].span);
            if (t->nodes[i].count > 0 && n < ARRAY_LEN(depth_first))
                depth_first[n++] = i;
        }
    }
    return e;
}

static struct bytes extent_bytes(const struct tree *t, const struct extent *e)
{
    if (!e->known || e->span.blob >= t->decoded->blob_count)
        return bytes_of("");
    return bytes_slice(t->decoded->blobs[e->span.blob].bytes, (size_t)e->span.offset,
                       (size_t)e->span.length);
}

static void extent_finish(const struct tree *t, struct extent *e)
{
    struct span s = e->span;

    if (!e->known)
        return;
    e->entropy = bytes_entropy(extent_bytes(t, e));
    while (t->decoded->blobs[s.blob].parent != s.blob)
        s = t->decoded->blobs[s.blob].source;
    e->outer_blob = s.blob;
    e->outer_start = s.offset;
}

/* Bytes that differ, what both begin and end with left out: something inserted counts once. */
static uint64_t bytes_changed(struct bytes a, struct bytes b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    size_t longer = a.len < b.len ? b.len : a.len;
    size_t head = 0;
    size_t tail = 0;

    while (head < shorter && a.data[head] == b.data[head])
        head++;
    while (tail < shorter - head && a.data[a.len - 1 - tail] == b.data[b.len - 1 - tail])
        tail++;
    uint64_t changed = longer - shorter;

    for (size_t i = head; i < shorter - tail; i++)
        changed += a.data[i] != b.data[i];
    return changed;
}

/* The weightiest meaning of a change: of a whole container, that of what it holds. */
static enum meaning weigh(const struct tree *t, uint32_t node, uint32_t part)
{
    enum meaning least = meaning_of(t, node, part);
    const struct tree_node *n = &t->nodes[node];

    if (n->kind == ITEM_CLAIM)
        return least;
    for (uint32_t i = n->first; i < n->first + n->count && i < n->first + LOOK_MAX; i++) {
        enum meaning m = meaning_of(t, i, part);

        least = m < least ? m : least;
    }
    return least;
}

static enum meaning change_meaning(const struct finder *f, const struct change *c)
{
    const struct tree *t = c->b != TREE_NONE ? f->b : f->a;
    uint32_t node = c->b != TREE_NONE ? c->b : c->a;

    return weigh(t, node, part_of(t, node));
}

/* The key of a claim, else KEY_NONE. */
static enum key_id change_key(const struct finder *f, const struct change *c)
{
    const struct item *claim =
        c->b != TREE_NONE ? tree_claim(f->b, c->b) : tree_claim(f->a, c->a);

    return claim != NULL ? claim->key : KEY_NONE;
}

static const char *change_follows(const struct finder *f, const struct change *c)
{
    const struct tree *t = c->b != TREE_NONE ? f->b : f->a;
    const struct tree_node *n = &t->nodes[c->b != TREE_NONE ? c->b : c->a];
    enum key_id key = change_key(f, c);
    const char *why = NULL;

    if (key != KEY_NONE || n->count > 8)
        return key != KEY_NONE ? key_follows(key) : NULL;
    /* A container that came or went follows when all that it states does: a run of padding. */
    for (uint32_t i = n->first; i < n->first + n->count; i++) {
        const struct item *claim = tree_claim(t, i);

        why = claim != NULL ? key_follows(claim->key) : NULL;
        if (why == NULL)
            break;
    }
    return why;
}

/* The part of a change on either side. */
static void parts_of(const struct finder *f, const struct change *c, uint32_t *ret_a,
                     uint32_t *ret_b)
{
    *ret_a = part_of(f->a, c->a != TREE_NONE ? c->a : c->beside);
    *ret_b = part_of(f->b, c->b != TREE_NONE ? c->b : c->beside);
    /* A part that came or went has no other side, though something else stands there. */
    if (c->a == TREE_NONE && part_name(f->b, c->b) != NULL)
        *ret_a = TREE_NONE;
    if (c->b == TREE_NONE && part_name(f->a, c->a) != NULL)
        *ret_b = TREE_NONE;
}

static bool whole_part(const struct finder *f, const struct change *c)
{
    return part_name(f->b, c->b) != NULL || part_name(f->a, c->a) != NULL;
}

static void place_add(struct finder *f, uint32_t i, uint32_t a, uint32_t b)
{
    struct arena *arena = f->changes->arena;
    const struct change *c = &f->changes->rows[i];
    const char *part = part_name(f->b, b);
    bool whole = whole_part(f, c);
    struct place p = {
        .kind = whole ? c->kind : CHANGE_CHANGED,
        .meaning = change_meaning(f, c),
        .part = part != NULL ? part : part_name(f->a, a),
        .a = a,
        .b = b,
        .row = i,
        .rows = 1,
    };

    if (a != TREE_NONE && !whole)
        f->place_of_a[a] = (uint32_t)f->out->count;
    if (b != TREE_NONE && !whole)
        f->place_of_b[b] = (uint32_t)f->out->count;
    arena_grow(arena, &f->out->rows, f->out->count, &f->cap, sizeof(*f->out->rows));
    f->out->rows[f->out->count++] = p;
}

/* Puts a change into its place. */
static void gather(struct finder *f, uint32_t i)
{
    const struct change *c = &f->changes->rows[i];
    uint32_t a = TREE_NONE;
    uint32_t b = TREE_NONE;
    uint32_t place = TREE_NONE;

    f->out->of_change[i] = TREE_NONE;
    if (c->kind == CHANGE_UNSEEN)
        return;
    parts_of(f, c, &a, &b);
    if (a == TREE_NONE && b == TREE_NONE)
        return;
    if (!whole_part(f, c)) {
        place = b != TREE_NONE ? f->place_of_b[b] : TREE_NONE;
        place = place == TREE_NONE && a != TREE_NONE ? f->place_of_a[a] : place;
    }
    if (place == TREE_NONE) {
        f->out->of_change[i] = (uint32_t)f->out->count;
        place_add(f, i, a, b);
        return;
    }
    struct place *p = &f->out->rows[place];
    enum meaning m = change_meaning(f, c);
    bool better =
        (change_follows(f, &f->changes->rows[p->row]) != NULL) > (change_follows(f, c) != NULL);

    f->out->of_change[i] = place;
    p->rows++;
    if (better || (m < p->meaning && change_follows(f, c) == NULL)) {
        p->row = i;
        p->meaning = m;
    }
}

/* Notes a change that follows from nothing at all containers above it. */
static void mark_cause(const struct tree *t, uint32_t *cause, uint32_t node, uint32_t row)
{
    for (uint32_t i = node; node != TREE_NONE && i != 0 && cause[i] == TREE_NONE;
         i = t->nodes[i].parent)
        cause[i] = row;
}

/* A cause in the container of a node or in those above, up to that of its part. */
static uint32_t cause_near(const struct tree *t, const uint32_t *cause, uint32_t node)
{
    uint32_t part = part_of(t, node);
    uint32_t last = part != TREE_NONE ? t->nodes[part].parent : TREE_NONE;

    while (last != TREE_NONE && last != 0 && t->nodes[last].made)
        last = t->nodes[last].parent;

    if (node == TREE_NONE || part == TREE_NONE)
        return TREE_NONE;
    /* A file that holds a volume stands in a volume: what is beside it counts too. */
    for (uint32_t i = t->nodes[node].parent; i != 0; i = t->nodes[i].parent) {
        if (cause[i] != TREE_NONE)
            return cause[i];
        if (i == last)
            break;
    }
    return TREE_NONE;
}

/* The change that this one, which its place is not named after, follows from; or TREE_NONE. */
static uint32_t cause_of(struct finder *f, const struct change *row)
{
    uint32_t cause = cause_near(f->b, f->cause_b, row->b);

    return cause != TREE_NONE ? cause : cause_near(f->a, f->cause_a, row->a);
}

static void find_causes(struct finder *f)
{
    struct changes *c = f->changes;

    for (uint32_t i = 0; i < c->count; i++) {
        struct change *row = &c->rows[i];

        if (f->out->of_change[i] == TREE_NONE || change_follows(f, row) != NULL)
            continue;
        mark_cause(f->a, f->cause_a, row->a != TREE_NONE ? row->a : row->beside, i);
        mark_cause(f->b, f->cause_b, row->b != TREE_NONE ? row->b : row->beside, i);
    }
    for (uint32_t i = 0; i < c->count; i++) {
        struct change *row = &c->rows[i];
        uint32_t place = f->out->of_change[i];

        if (place == TREE_NONE)
            continue;
        if (f->out->rows[place].row != i) {
            row->cause = f->out->rows[place].row;
            row->cause_why = "it is part of the same change";
            continue;
        }
        const char *why = change_follows(f, row);
        uint32_t cause = why != NULL ? cause_of(f, row) : TREE_NONE;

        if (cause != TREE_NONE && cause != i) {
            row->cause = cause;
            row->cause_why = why;
        }
    }
}

/* What differs where the changes of a place are: the hull of what they were made from. */
static void measure(const struct finder *f)
{
    struct arena *arena = f->changes->arena;
    struct extent *from = ARENA_ARRAY(arena, struct extent, f->out->count);
    struct extent *to = ARENA_ARRAY(arena, struct extent, f->out->count);

    for (uint32_t i = 0; i < f->changes->count; i++) {
        const struct change *c = &f->changes->rows[i];
        uint32_t place = f->out->of_change[i];

        if (place == TREE_NONE)
            continue;
        struct extent x = extent_of(f->a, c->a);
        struct extent y = extent_of(f->b, c->b);

        span_cover(&from[place], x.span);
        span_cover(&to[place], y.span);
    }
    for (size_t i = 0; i < f->out->count; i++) {
        struct place *p = &f->out->rows[i];

        p->from = extent_of(f->a, p->a);
        p->to = extent_of(f->b, p->b);
        extent_finish(f->a, &p->from);
        extent_finish(f->b, &p->to);
        if (p->kind != CHANGE_MOVED)
            p->bytes_changed =
                bytes_changed(extent_bytes(f->a, &from[i]), extent_bytes(f->b, &to[i]));
    }
}

void places_find(const struct tree *a, const struct tree *b, struct changes *changes,
                 struct places *ret)
{
    struct arena *arena = changes->arena;
    struct finder f = {
        .a = a,
        .b = b,
        .changes = changes,
        .out = ret,
        .place_of_a = nodes_without(arena, a),
        .place_of_b = nodes_without(arena, b),
        .cause_a = nodes_without(arena, a),
        .cause_b = nodes_without(arena, b),
    };

    *ret = (struct places){.of_change = ARENA_ARRAY(arena, uint32_t, changes->count)};
    for (uint32_t i = 0; i < changes->count; i++)
        gather(&f, i);
    find_causes(&f);
    measure(&f);
}

void places_recompressed(const struct tree *a, const struct tree *b, struct arena *arena,
                         struct places *ret)
{
    struct changes all;
    size_t cap = 0;

    *ret = (struct places){0};
    trees_differ(a, b, true, arena, &all);
    for (uint32_t i = 0; i < all.count; i++) {
        const struct change *c = &all.rows[i];

        if (c->kind != CHANGE_CHANGED || c->expectation != EXPECT_FREE ||
            tree_claim(b, c->b) == NULL || tree_claim(b, c->b)->value.type != TYPE_BYTES ||
            meaning_of(b, c->b, part_of(b, c->b)) != MEANING_RECOMPRESSED ||
            part_of(b, c->b) == TREE_NONE)
            continue;
        uint32_t x = a->nodes[c->a].parent;
        uint32_t y = b->nodes[c->b].parent;

        if (!digest_equal(&a->nodes[x].model, &b->nodes[y].model))
            continue;
        struct place p = {
            .kind = CHANGE_CHANGED,
            .meaning = MEANING_RECOMPRESSED,
            .part = part_name(b, part_of(b, c->b)),
            .a = x,
            .b = y,
            .row = TREE_NONE,
            .from = extent_of(a, c->a),
            .to = extent_of(b, c->b),
        };

        extent_finish(a, &p.from);
        extent_finish(b, &p.to);
        p.bytes_changed = bytes_changed(extent_bytes(a, &p.from), extent_bytes(b, &p.to));
        arena_grow(arena, &ret->rows, ret->count, &cap, sizeof(*ret->rows));
        ret->rows[ret->count++] = p;
    }
}
