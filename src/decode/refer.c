/* SPDX-License-Identifier: Apache-2.0 */
/* Pointers across containers: followed after all children have run, never over claimed bytes.
 */
#include <stdlib.h>

#include "decode/engine_private.h"

static bool span_equal(struct span a, struct span b)
{
    return a.blob == b.blob && a.offset == b.offset && a.length == b.length;
}

static bool span_holds(struct span outer, struct span inner)
{
    return outer.blob == inner.blob && inner.offset >= outer.offset &&
           inner.length <= outer.length &&
           inner.offset - outer.offset <= outer.length - inner.length;
}

void decode_set_image(struct decode *d, struct span image)
{
    *d->placement = (struct placement){image, image};
}

void decode_set_mapped(struct decode *d, struct span mapped)
{
    d->placement->mapped = mapped;
}

struct span decode_image(const struct decode *d)
{
    return d->placement->image;
}

struct span decode_mapped(const struct decode *d)
{
    return d->placement->mapped;
}

bool decode_image_offset(const struct decode *d, uint64_t offset, uint64_t length,
                         struct span *ret)
{
    struct span image = d->placement->image;

    if (offset > image.length || length > image.length - offset)
        return false;
    *ret = (struct span){image.blob, image.offset + offset, length};
    return true;
}

bool decode_address(const struct decode *d, uint64_t address, uint64_t length, struct span *ret)
{
    static const uint64_t top = UINT64_C(1) << 32;
    struct span mapped = d->placement->mapped;

    if (address >= top || top - address > mapped.length || length > top - address)
        return false;
    *ret = (struct span){mapped.blob, mapped.offset + mapped.length - (top - address), length};
    return true;
}

/* Room for one more pointer to a span of these bytes; a fault where there is none. */
static bool refer_room(struct decode *d, struct span s)
{
    struct engine *e = d->engine;

    if (s.length == 0 || decode_span_bytes(d, s).len != s.length) {
        decode_fault(d, FAULT_BAD_REFERENCE, reader_offset(&d->in));
        return false;
    }
    if (d->job_depth + 1 >= DECODE_DEPTH_MAX || e->refer_total >= ENGINE_REFERS_MAX ||
        !engine_room(d)) {
        decode_fault(d, FAULT_LIMIT, reader_offset(&d->in));
        return false;
    }
    return true;
}

void decode_refer(struct decode *d, enum item_kind kind, struct bytes name, struct span s,
                  const char *hint)
{
    struct engine *e = d->engine;
    const struct decoder *row = hint != NULL ? decoder_find(bytes_of(hint)) : NULL;

    if (hint != NULL && row == NULL)
        BUG("a decoder names a decoder that does not exist");
    if (d->in.failed || !refer_room(d, s))
        return;
    uint32_t item = name.len > 0 ? decoded_open(d->out, d->item, kind, name) : d->item;

    if (name.len > 0)
        d->out->items[item].span = s;
    if (row == NULL)
        row = decoder_probe(decode_span_bytes(d, s), name);
    arena_grow(d->arena, &e->refers, e->refer_count, &e->refer_cap, sizeof(*e->refers));
    e->refers[e->refer_count++] = (struct refer){
        {row, s, name.len > 0 ? name : d->label, item, d->job_depth + 1, e->root,
         *d->placement},
        e->refer_total++,
    };
}

void decode_point(struct decode *d, struct span s)
{
    struct engine *e = d->engine;

    if (d->in.failed || !refer_room(d, s))
        return;
    arena_grow(d->arena, &e->points, e->point_count, &e->point_cap, sizeof(*e->points));
    e->points[e->point_count++] = (struct refer){
        {.span = s, .item = d->item},
        e->refer_total++,
    };
}

static int three_way(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int refer_order(const void *left, const void *right)
{
    const struct refer *a = left;
    const struct refer *b = right;
    int c = three_way(a->job.span.blob, b->job.span.blob);

    if (c == 0)
        c = three_way(a->job.span.offset, b->job.span.offset);
    return c != 0 ? c : three_way(a->order, b->order);
}

/* The map of a moment. */
struct look {
    struct region *regions;
    size_t count;
};

/* The index of the region that holds the first byte of a span; `count` if none does. */
static size_t look_at(const struct look *l, struct span s)
{
    size_t low = 0;
    size_t high = l->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct span at = l->regions[middle].span;

        if (at.blob < s.blob || (at.blob == s.blob && at.offset + at.length <= s.offset))
            low = middle + 1;
        else
            high = middle;
    }
    return low < l->count && l->regions[low].span.blob == s.blob &&
                   l->regions[low].span.offset <= s.offset
               ? low
               : l->count;
}

/* Whether a pointer may say more about bytes of this class than has been said. */
static bool class_refinable(enum byte_class c)
{
    return c == CLASS_DATA || c == CLASS_PADDING || c == CLASS_FREE_ERASED ||
           c == CLASS_FREE_NONERASED || c == CLASS_DELETED || c == CLASS_UNKNOWN;
}

static bool refinable(struct engine *e, const struct look *l, struct span s)
{
    uint64_t end = s.offset + s.length;
    size_t i = look_at(l, s);

    while (i < l->count && l->regions[i].span.blob == s.blob &&
           l->regions[i].span.offset < end) {
        if (!class_refinable(l->regions[i].class) || e->refer_steps >= ENGINE_REFER_STEPS_MAX)
            return false;
        e->refer_steps++;
        i++;
    }
    return true;
}

/* From the owner of the first byte outwards: the container with exactly these bytes, or 0. */
static uint32_t exact_container(const struct engine *e, const struct look *l, struct span s)
{
    size_t at = look_at(l, s);
    uint32_t item = at < l->count ? l->regions[at].item : 0;

    while (item != 0 && !span_equal(e->out->items[item].span, s))
        item = e->out->items[item].parent;
    return item;
}

/* The container of an earlier pointer that this decoder was run for over these bytes, or 0. */
static uint32_t followed_before(const struct engine *e, const struct job *j)
{
    for (size_t i = 0; i < e->followed_count; i++) {
        const struct job *f = &e->followed[i].job;

        if (f->decoder == j->decoder && span_equal(f->span, j->span))
            return f->item;
    }
    return 0;
}

/* The path of a container below its surface, as the meaning of a pointer. */
static void claim_path(struct engine *e, const struct job *j, enum key_id key, uint32_t item)
{
    struct text t;

    text_init(&t, e->out->arena, 1 << 16);
    item_path(e->out, item, &t);
    struct bytes path = text_bytes(&t);
    size_t cut = 0;

    while (cut < path.len && path.data[cut] != '/')
        cut++;
    if (cut < path.len && e->out->item_count < ENGINE_ITEMS_MAX)
        (void)decoded_claim(e->out, j->item, (struct bytes){NULL, 0}, key,
                            value_text(bytes_slice(path, cut + 1, SIZE_MAX)), j->span);
}

static bool is_above(const struct decoded *d, uint32_t above, uint32_t item)
{
    while (item != 0 && item != above)
        item = d->items[item].parent;
    return item == above;
}

static void fault_at(struct engine *e, const struct job *j, enum fault_id id)
{
    if (e->out->fault_count < ENGINE_FAULTS_MAX)
        decoded_fault(e->out, id, j->item, j->span.blob, j->span.offset);
}

/* Digests of bytes that nothing explained, and what they are once something does. */
static const struct key_twin explained[] = {
    {KEY_FLASH_DATA_DIGEST,  KEY_FLASH_DATA_READ_DIGEST },
    {KEY_FLASH_DATA_ENTROPY, KEY_FLASH_DATA_READ_ENTROPY},
    {KEY_PART_DIGEST,        KEY_PART_READ_DIGEST       },
    {KEY_DATA_ENTROPY,       KEY_DATA_READ_ENTROPY      },
};

static bool explain(struct engine *e, struct item *claim)
{
    for (size_t i = 0; i < ARRAY_LEN(explained); i++) {
        if (claim->key == explained[i].key) {
            claim->key = (uint16_t)explained[i].twin;
            claim->name = decoded_leaf(e->out, explained[i].twin);
            return true;
        }
    }
    return false;
}

/*
 * The containers that held the target as bytes that nothing explains: what they state of all
 * their bytes would change with it, whatever may be expected of its values. Their own claims
 * follow on them at once.
 */
static void refine(struct engine *e, const struct look *l, struct span s)
{
    struct decoded *out = e->out;
    uint64_t end = s.offset + s.length;

    for (size_t i = look_at(l, s);
         i < l->count && l->regions[i].span.blob == s.blob && l->regions[i].span.offset < end;
         i++) {
        uint32_t item = l->regions[i].item;
        bool any = false;

        for (size_t k = (size_t)item + 1;
             k < out->item_count && out->items[k].kind == ITEM_CLAIM &&
             out->items[k].parent == item;
             k++)
            any = explain(e, &out->items[k]) || any;
        if (any)
            byte_map_refine(&e->map, out->arena, item);
    }
}

/* Runs the decoder over the target, or says why not. Returns whether it was run. */
static bool refer_follow(struct engine *e, const struct look *l, const struct refer *r)
{
    uint32_t known = followed_before(e, &r->job);

    if (known == 0 && refinable(e, l, r->job.span)) {
        arena_grow(e->out->arena, &e->followed, e->followed_count, &e->followed_cap,
                   sizeof(*e->followed));
        e->followed[e->followed_count++] = *r;
        refine(e, l, r->job.span);
        engine_queue(e, r->job);
        engine_work(e);
        return true;
    }
    if (known == 0)
        known = exact_container(e, l, r->job.span);
    if (e->refer_steps >= ENGINE_REFER_STEPS_MAX) {
        fault_at(e, &r->job, FAULT_LIMIT);
    } else if (known == 0) {
        fault_at(e, &r->job, FAULT_OVERLAP);
    } else {
        claim_path(e, &r->job, KEY_REFER_TARGET, known);
        if (is_above(e->out, known, r->job.item))
            fault_at(e, &r->job, FAULT_LOOP);
    }
    return false;
}

/*
 * One round: what overlaps a target that was followed in this round waits for the next, which
 * looks at the map again.
 */
static void refer_round(struct engine *e)
{
    struct refer *now = e->refers;
    size_t count = e->refer_count;
    struct span busy = {0, 0, 0};
    struct arena scratch;
    struct look look;

    e->refers = NULL;
    e->refer_count = 0;
    e->refer_cap = 0;
    qsort(now, count, sizeof(*now), refer_order);
    arena_init(&scratch);
    byte_map_look(&e->map, &scratch, &look.regions, &look.count);
    for (size_t i = 0; i < count; i++) {
        struct span s = now[i].job.span;

        if (s.blob == busy.blob && s.offset < busy.offset + busy.length) {
            arena_grow(e->out->arena, &e->refers, e->refer_count, &e->refer_cap,
                       sizeof(*e->refers));
            e->refers[e->refer_count++] = now[i];
        } else if (refer_follow(e, &look, &now[i])) {
            busy = s;
        }
    }
    arena_done(&scratch);
}

void engine_follow(struct engine *e)
{
    for (unsigned i = 0; e->refer_count > 0 && i < ENGINE_REFER_ROUNDS_MAX; i++)
        refer_round(e);
    for (size_t i = 0; i < e->refer_count; i++)
        fault_at(e, &e->refers[i].job, FAULT_LIMIT);
}

void engine_name_points(struct engine *e)
{
    struct look look = {e->out->regions, e->out->region_count};

    for (size_t i = 0; i < e->point_count; i++) {
        const struct job *j = &e->points[i].job;
        size_t at = look_at(&look, j->span);
        uint32_t item = at < look.count ? look.regions[at].item : 0;

        while (item != 0 && !span_holds(e->out->items[item].span, j->span))
            item = e->out->items[item].parent;
        if (item != 0)
            claim_path(e, j,
                       span_equal(e->out->items[item].span, j->span) ? KEY_REFER_TARGET
                                                                     : KEY_REFER_WITHIN,
                       item);
    }
}
