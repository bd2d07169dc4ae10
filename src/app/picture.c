/* SPDX-License-Identifier: Apache-2.0 */
#include "app/picture.h"

#include <stdlib.h>
#include <string.h>

enum {
    LEAVES_MAX = 3000,
    SMALL = 48 * 48,     /* an area below this is drawn together with others */
    DIVIDED = 160 * 160, /* a container below this is drawn whole */
    MARKED_MAX = 400,    /* marked parts that are drawn by themselves whatever their size */
    WEIGHT_BITS = 34     /* of the weights of one division */
};

/* What a container is divided into. */
struct piece {
    enum leaf_kind kind;
    uint32_t node;
    uint32_t class; /* LEAF_OWN */
    uint32_t count; /* LEAF_SMALLER */
    uint64_t weight;
    uint8_t mark;
};

/* While laying out. */
struct layout {
    struct picture *p;
    uint32_t *first_region;           /* by node; UINT32_MAX: none */
    uint32_t *next_region;            /* by region */
    uint8_t *below;                   /* by node: a mark at or below */
    uint8_t *above;                   /* by node: a mark at or above */
    uint32_t *leaf_of;                /* by node; UINT32_MAX: that of its parent */
    uint32_t (*own)[PICTURE_CLASSES]; /* by frame: the leaf of each class, or UINT32_MAX */
    uint32_t *frame_of;               /* by node; UINT32_MAX: not divided */
    size_t own_cap;
    size_t marked;
};

/* a * b / c without overflow, for a <= c. */
static uint64_t part_of_whole(uint64_t a, uint64_t b, uint64_t c)
{
    while (a > UINT32_MAX || c > UINT32_MAX) {
        a >>= 1;
        c >>= 1;
    }
    if (c == 0)
        return 0;
    return b / c * a + b % c * a / c;
}

/* Regions of one blob: from `*ret` up to what is returned. */
static size_t blob_regions(const struct decoded *d, uint32_t blob, size_t *ret)
{
    size_t low = 0;
    size_t high = d->region_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (d->regions[middle].span.blob < blob)
            low = middle + 1;
        else
            high = middle;
    }
    *ret = low;
    while (high < d->region_count && d->regions[high].span.blob == blob)
        high++;
    return high;
}

/* Takes the shares of what `blob` was made from. */
static uint64_t take_source(struct picture *p, const struct blob *blob)
{
    const struct decoded *d = p->decoded;
    uint64_t end = blob->source.offset + blob->source.length;
    uint64_t sum = 0;
    size_t i;
    size_t last = blob_regions(d, blob->parent, &i);

    for (; i < last; i++) {
        const struct span *s = &d->regions[i].span;

        if (s->offset < blob->source.offset || s->offset + s->length > end)
            continue;
        sum += p->shares[i];
        p->shares[i] = 0;
    }
    return sum;
}

/* What every region is worth of the bytes that were collected. */
static void share_out(struct picture *p)
{
    const struct decoded *d = p->decoded;

    for (uint32_t b = 0; b < d->blob_count; b++) {
        const struct blob *blob = &d->blobs[b];
        uint64_t all = blob->method == NULL ? (uint64_t)blob->bytes.len * PICTURE_UNIT
                                            : take_source(p, blob);
        uint64_t before = 0;
        size_t i;
        size_t last = blob_regions(d, b, &i);

        for (; i < last; i++) {
            const struct span *s = &d->regions[i].span;
            uint64_t after = part_of_whole(s->offset + s->length, all, blob->bytes.len);

            p->shares[i] = after - before;
            before = after;
        }
    }
}

static void add_up(struct layout *l)
{
    struct picture *p = l->p;
    const struct tree *t = p->tree;
    uint32_t *node_of = ARENA_ARRAY(p->arena, uint32_t, p->decoded->item_count + 1);

    for (uint32_t n = 0; n < t->count; n++) {
        if (!t->nodes[n].made)
            node_of[t->nodes[n].item] = n;
    }
    for (size_t i = 0; i < p->decoded->region_count; i++) {
        uint32_t n = node_of[p->decoded->regions[i].item];

        p->owners[i] = n;
        l->next_region[i] = l->first_region[n];
        l->first_region[n] = (uint32_t)i;
        p->weights[n] += p->shares[i];
        p->bytes[n] += p->shares[i] > 0 ? p->decoded->regions[i].span.length : 0;
    }
    for (uint32_t n = 1; p->marks != NULL && n < t->count; n++)
        l->above[n] = p->marks[n] != 0 ? p->marks[n] : l->above[t->nodes[n].parent];
    for (uint32_t n = (uint32_t)t->count; n-- > 1;) {
        uint32_t up = t->nodes[n].parent;

        p->weights[up] += p->weights[n];
        p->bytes[up] += p->bytes[n];
        l->below[n] = l->below[n] != 0 ? l->below[n] : p->marks != NULL ? p->marks[n] : 0;
        l->below[up] = l->below[up] > l->below[n] ? l->below[up] : l->below[n];
    }
}

static uint32_t add_leaf(struct picture *p, struct leaf leaf)
{
    arena_grow(p->arena, &p->leaves, p->leaf_count, &p->leaf_cap, sizeof(*p->leaves));
    p->leaves[p->leaf_count] = leaf;
    return (uint32_t)p->leaf_count++;
}

static int heavier(const void *left, const void *right)
{
    const struct piece *a = left;
    const struct piece *b = right;

    if (a->weight != b->weight)
        return a->weight > b->weight ? -1 : 1;
    if (a->node != b->node)
        return a->node < b->node ? -1 : 1;
    return a->class < b->class ? -1 : a->class > b->class;
}

/* Whether a part is drawn by itself in a container of this weight and area. */
static bool piece_stands(struct layout *l, const struct piece *s, uint64_t weight,
                         uint64_t area)
{
    if (part_of_whole(s->weight, area, weight) >= SMALL)
        return true;
    if (s->mark == 0 || l->marked >= MARKED_MAX)
        return false;
    l->marked++;
    return true;
}

/* Parts and own bytes of a container, the heaviest first; small ones gathered in one. */
static size_t pieces_of(struct layout *l, uint32_t node, uint64_t area, struct piece *ret)
{
    struct picture *p = l->p;
    const struct tree_node *n = &p->tree->nodes[node];
    struct piece small = {.kind = LEAF_SMALLER, .node = node};
    uint64_t own[PICTURE_CLASSES] = {0};
    size_t count = 0;

    for (uint32_t i = l->first_region[node]; i != UINT32_MAX; i = l->next_region[i])
        own[p->decoded->regions[i].class] += p->shares[i];
    for (uint32_t c = 0; c < PICTURE_CLASSES; c++) {
        if (own[c] > 0)
            ret[count++] = (struct piece){LEAF_OWN, node, c, 0, own[c], 0};
    }
    for (uint32_t i = n->first; i < n->first + n->count; i++) {
        struct piece s = {LEAF_PART, i, 0, 0, p->weights[i], l->below[i]};

        if (s.weight == 0)
            continue;
        if (piece_stands(l, &s, p->weights[node], area)) {
            ret[count++] = s;
            continue;
        }
        small.weight += s.weight;
        small.mark = s.mark > small.mark ? s.mark : small.mark;
        small.count++;
        l->leaf_of[i] = UINT32_MAX - 1;
    }
    if (small.count > 0)
        ret[count++] = small;
    qsort(ret, count, sizeof(*ret), heavier);
    return count;
}

/* The innermost container that has all of this one's weight. */
static uint32_t narrow(const struct layout *l, uint32_t node)
{
    const struct picture *p = l->p;
    const struct tree *t = p->tree;

    for (uint32_t i = t->nodes[node].first; i < t->nodes[node].first + t->nodes[node].count;) {
        if (p->weights[i] == p->weights[node] && t->nodes[i].count > 0) {
            node = i;
            i = t->nodes[node].first;
        } else {
            i++;
        }
    }
    return node;
}

static bool divided(const struct layout *l, uint32_t node, struct rectangle at)
{
    const struct picture *p = l->p;
    bool open = p->tree->nodes[node].count > 0 && p->leaf_count < LEAVES_MAX;
    uint64_t area = (uint64_t)at.width * at.height;
    bool changed_inside = l->below[node] != 0 && (p->marks == NULL || p->marks[node] == 0);

    return open && (area >= DIVIDED || changed_inside);
}

static void place_piece(struct layout *l, const struct piece *s, struct rectangle at,
                        uint32_t frame)
{
    uint32_t leaf = add_leaf(
        l->p, (struct leaf){.kind = s->kind,
                            .at = at,
                            .node = s->node,
                            .count = s->count,
                            .weight = s->weight,
                            .mark = l->above[s->node] != 0 ? l->above[s->node] : s->mark});
    const struct tree_node *n = &l->p->tree->nodes[s->node];

    if (s->kind == LEAF_PART)
        l->leaf_of[s->node] = leaf;
    if (s->kind == LEAF_OWN)
        l->own[frame][s->class] = leaf;
    for (uint32_t i = n->first; s->kind == LEAF_SMALLER && i < n->first + n->count; i++) {
        if (l->leaf_of[i] == UINT32_MAX - 1)
            l->leaf_of[i] = leaf;
    }
}

static uint32_t add_frame(struct layout *l, uint32_t node, struct rectangle at)
{
    struct picture *p = l->p;
    uint32_t frame = (uint32_t)p->frame_count;

    arena_grow(p->arena, &p->frames, p->frame_count, &p->frame_cap, sizeof(*p->frames));
    p->frames[p->frame_count++] = (struct frame){at, node};
    arena_grow(p->arena, &l->own, frame, &l->own_cap, sizeof(*l->own));
    memset(l->own[frame], 0xff, sizeof(l->own[frame]));
    l->frame_of[node] = frame;
    return frame;
}

/* Divides one container; its parts that are divided in turn become frames. */
static void divide(struct layout *l, uint32_t node, struct rectangle at, struct frame *queue,
                   size_t *queued)
{
    struct picture *p = l->p;
    size_t room = p->tree->nodes[node].count + (size_t)PICTURE_CLASSES + 1;
    struct piece *pieces = ARENA_ARRAY(p->arena, struct piece, room);
    uint64_t *weights = ARENA_ARRAY(p->arena, uint64_t, room);
    struct rectangle *places = ARENA_ARRAY(p->arena, struct rectangle, room);
    size_t count = pieces_of(l, node, (uint64_t)at.width * at.height, pieces);
    uint32_t frame = add_frame(l, node, at);
    unsigned shift = 0;

    while (p->weights[node] >> shift >> WEIGHT_BITS != 0)
        shift++;
    for (size_t i = 0; i < count; i++)
        weights[i] = pieces[i].weight >> shift;
    picture_divide(weights, count, at, places);
    for (size_t i = 0; i < count; i++) {
        uint32_t inner =
            pieces[i].kind == LEAF_PART ? narrow(l, pieces[i].node) : pieces[i].node;

        if (pieces[i].kind == LEAF_PART && divided(l, inner, places[i]))
            queue[(*queued)++] = (struct frame){places[i], inner};
        else
            place_piece(l, &pieces[i], places[i], frame);
    }
}

/* To each leaf the bytes that it stands for. */
static void fill_leaves(struct layout *l)
{
    struct picture *p = l->p;
    const struct tree *t = p->tree;

    for (uint32_t n = 1; n < t->count; n++) {
        if (l->leaf_of[n] == UINT32_MAX && l->frame_of[n] == UINT32_MAX)
            l->leaf_of[n] = l->leaf_of[t->nodes[n].parent];
    }
    for (size_t i = 0; i < p->decoded->region_count; i++) {
        const struct region *r = &p->decoded->regions[i];
        uint32_t frame = l->frame_of[p->owners[i]];
        uint32_t at = frame != UINT32_MAX ? l->own[frame][r->class] : l->leaf_of[p->owners[i]];

        if (p->shares[i] == 0 || at >= p->leaf_count)
            continue;
        p->leaves[at].bytes += r->span.length;
        p->leaves[at].classes[r->class] += p->shares[i];
    }
}

static uint32_t *array_of_none(struct arena *a, size_t count)
{
    uint32_t *rows = ARENA_ARRAY(a, uint32_t, count + 1);

    memset(rows, 0xff, (count + 1) * sizeof(*rows));
    return rows;
}

void picture_make(struct picture *p, const struct tree *tree, const uint8_t *marks,
                  struct arena *a)
{
    const struct rectangle canvas = {0, 0, PICTURE_WIDTH, PICTURE_HEIGHT};
    size_t nodes = tree->count;
    size_t regions = tree->decoded->region_count;
    struct layout l = {.p = p};
    size_t queued = 0;

    *p = (struct picture){.decoded = tree->decoded, .tree = tree, .arena = a, .marks = marks};
    p->weights = ARENA_ARRAY(a, uint64_t, nodes);
    p->bytes = ARENA_ARRAY(a, uint64_t, nodes);
    p->shares = ARENA_ARRAY(a, uint64_t, regions + 1);
    p->owners = ARENA_ARRAY(a, uint32_t, regions + 1);
    l.first_region = array_of_none(a, nodes);
    l.next_region = array_of_none(a, regions);
    l.leaf_of = array_of_none(a, nodes);
    l.frame_of = array_of_none(a, nodes);
    l.below = ARENA_ARRAY(a, uint8_t, nodes);
    l.above = ARENA_ARRAY(a, uint8_t, nodes);
    share_out(p);
    add_up(&l);
    if (p->weights[0] == 0)
        return;
    struct frame *queue = ARENA_ARRAY(a, struct frame, nodes + 1);

    queue[queued++] = (struct frame){canvas, narrow(&l, 0)};
    for (size_t i = 0; i < queued; i++)
        divide(&l, queue[i].node, queue[i].at, queue, &queued);
    fill_leaves(&l);
}

/* The class of most bytes. */
static enum byte_class most_of(const uint64_t classes[PICTURE_CLASSES])
{
    enum byte_class most = CLASS_STRUCTURE;

    for (unsigned c = 1; c < PICTURE_CLASSES; c++) {
        if (classes[c] > classes[most])
            most = (enum byte_class)c;
    }
    return most;
}

struct run *picture_strip(const struct picture *p, uint32_t blob, size_t *ret_count)
{
    const struct decoded *d = p->decoded;
    uint64_t unit = d->blobs[blob].bytes.len / PICTURE_STRIP;
    uint64_t classes[PICTURE_CLASSES] = {0};
    size_t first;
    size_t last = blob_regions(d, blob, &first);
    struct run *runs = ARENA_ARRAY(p->arena, struct run, last - first + 1);
    size_t count = 0;

    for (size_t i = first; i < last; i++) {
        const struct region *r = &d->regions[i];
        struct run *run = count > 0 ? &runs[count - 1] : NULL;

        if (run == NULL || run->length >= unit || r->span.length >= unit) {
            run = &runs[count++];
            *run = (struct run){.offset = r->span.offset};
            memset(classes, 0, sizeof(classes));
        }
        run->length += r->span.length;
        run->regions++;
        classes[r->class] += r->span.length;
        run->class = most_of(classes);
    }
    *ret_count = count;
    return runs;
}
