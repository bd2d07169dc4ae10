/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/engine.h"

#include <string.h>

#include "decode/engine_private.h"

enum {
    CROWD_BASE = 40000,
    CROWD_BYTES = 128,         /* of the collected blob, for one item more */
    CROWD_DERIVED_BYTES = 256, /* of derived ones */
    IMAGES_TOLD = 2,           /* of a package: the one, and that it is not the only one */
    CROWD_SLACK = 4096,        /* items, for a decoder to come to an end by itself */
};

struct engine *engine_new(struct decoded *out)
{
    struct engine *e = ARENA_NEW(out->arena, struct engine);

    e->out = out;
    /* For what is decoded without having been collected. */
    arena_grow(out->arena, &e->roots, e->root_count, &e->root_cap, sizeof(*e->roots));
    e->roots[e->root_count++] =
        (struct root){.output_left = ENGINE_OUTPUT_BASE, .items_max = CROWD_BASE};
    return e;
}

void engine_queue(struct engine *e, struct job j)
{
    arena_grow(e->out->arena, &e->jobs, e->job_count, &e->job_cap, sizeof(*e->jobs));
    e->jobs[e->job_count++] = j;
}

uint32_t engine_add(struct engine *e, struct bytes b, const struct digest *digest,
                    const char *decoder, struct bytes label, uint32_t parent)
{
    struct span none = {0, 0, 0};
    uint32_t blob = decoded_blob(e->out, b, digest, 0, none, NULL);
    const struct decoder *row =
        decoder != NULL ? decoder_find(bytes_of(decoder)) : decoder_probe(b, label);

    if (decoder != NULL && row == NULL)
        BUG("a source names a decoder that does not exist");
    struct span all = {blob, 0, b.len};

    memo_area(e->memo, b);
    arena_grow(e->out->arena, &e->roots, e->root_count, &e->root_cap, sizeof(*e->roots));
    e->roots[e->root_count++] = (struct root){
        .output_left = ENGINE_OUTPUT_BASE + (uint64_t)b.len * ENGINE_OUTPUT_FACTOR,
        .items_max = CROWD_BASE + b.len / CROWD_BYTES,
    };
    engine_queue(e, (struct job){
                        row, all, label, parent, 0, e->root_count - 1, {all, all}
    });
    return blob;
}

/* Surfaces of flash parts, and where an image of one is that was given as a file. */
static const struct {
    const char *surface;
    const char *place;
} images[] = {
    {"flash",     "flash@document"    },
    {"bmc-flash", "bmc-flash@document"},
};

const char *engine_image_place(struct bytes place)
{
    for (size_t i = 0; i < ARRAY_LEN(images); i++) {
        if (bytes_equal_text(place, images[i].place))
            return images[i].place;
    }
    return NULL;
}

/* The place of an image of a flash part that this decoder reads by itself; NULL: of none. */
static const char *image_place(const struct decoder *row)
{
    const char *surface = row == NULL ? "" : row->surface != NULL ? row->surface : row->name;

    for (size_t i = 0; i < ARRAY_LEN(images); i++) {
        if (strcmp(images[i].surface, surface) == 0)
            return images[i].place;
    }
    return NULL;
}

void engine_tell_images(struct engine *e)
{
    const struct decoder *row = e->jobs[e->job_count - 1].decoder;

    e->roots[e->root_count - 1].package = row != NULL && image_place(row) == NULL;
}

/* What stands inside an image is part of that one. */
static void tell_image(struct decode *d, const struct job *j)
{
    struct root *r = &d->engine->roots[j->root];
    const char *place = image_place(j->decoder);

    if (!r->package || place == NULL || r->image_count == IMAGES_TOLD)
        return;
    for (uint32_t at = j->item; r->image_count > 0 && at != 0; at = d->out->items[at].parent) {
        if (at == r->image)
            return;
    }
    r->image = j->item;
    r->image_count++;
    decode_located(d, KEY_PACKAGE_IMAGE, value_text(bytes_of(place)), j->span);
}

bool engine_full(struct decode *d)
{
    d->full = true;
    d->in.failed = true;
    return false;
}

uint32_t engine_shared(const struct decode *d, struct bytes name)
{
    const struct engine *e = d->engine;

    for (size_t i = e->shared_count; i-- > 0;) {
        const struct item *item = &d->out->items[e->shared[i]];

        if (item->parent == d->item && bytes_equal(item->name, name))
            return e->shared[i];
    }
    return 0;
}

void engine_share(struct decode *d)
{
    struct engine *e = d->engine;

    arena_grow(d->arena, &e->shared, e->shared_count, &e->shared_cap, sizeof(*e->shared));
    e->shared[e->shared_count++] = d->item;
}

uint64_t engine_output_left(const struct decode *d)
{
    return d->engine->roots[d->engine->root].output_left;
}

void engine_output_charge(struct decode *d, uint64_t n)
{
    struct root *r = &d->engine->roots[d->engine->root];

    r->output_left -= n < r->output_left ? n : r->output_left;
}

bool engine_crowded(const struct decode *d)
{
    const struct root *r = &d->engine->roots[d->engine->root];

    return r->items + (d->out->item_count - d->first_item) +
               ENGINE_FAULT_ITEMS * (d->out->fault_count - d->first_fault) >
           r->items_max;
}

void engine_crowd_tell(struct decode *d)
{
    struct root *r = &d->engine->roots[d->engine->root];
    uint64_t end = d->out->blobs[d->in.blob].bytes.len;
    uint64_t offset = reader_offset(&d->in);

    if (!r->told && d->out->fault_count < ENGINE_FAULTS_MAX)
        decoded_fault(d->out, FAULT_LIMIT, d->item, d->in.blob, offset < end ? offset : end);
    r->told = true;
}

bool engine_output_spend(struct decode *d, uint64_t n)
{
    struct root *r = &d->engine->roots[d->engine->root];

    if (n > r->output_left)
        return false;
    r->output_left -= n;
    return true;
}

uint32_t decode_derive(struct decode *d, struct span source, struct bytes b, const char *method)
{
    struct root *r = &d->engine->roots[d->engine->root];

    if (b.len > r->output_left) {
        decode_fault(d, FAULT_LIMIT, source.offset);
        b.len = 0;
    }
    r->output_left -= b.len;
    r->items_max += b.len / CROWD_DERIVED_BYTES;
    d->items_stop += b.len / CROWD_DERIVED_BYTES;
    if (d->items_stop > ENGINE_ITEMS_MAX)
        d->items_stop = ENGINE_ITEMS_MAX;
    struct digest known;
    bool there = memo_sha256_known(d->engine->memo, b, &known);

    return decoded_blob(d->out, b, there ? &known : NULL, source.blob, source, method);
}

void decode_child(struct decode *d, enum item_kind kind, struct bytes name, struct span s,
                  const char *hint)
{
    struct engine *e = d->engine;
    struct bytes b = decode_span_bytes(d, s);
    uint32_t item = name.len > 0 ? decoded_open(d->out, d->item, kind, name) : d->item;

    bool room = engine_room(d);

    if (d->job_depth + 1 >= DECODE_DEPTH_MAX || e->job_count >= ENGINE_JOBS_MAX || !room) {
        if (room)
            decode_fault(d, FAULT_LIMIT, s.offset);
        engine_mark(d, s, CLASS_UNREAD, false);
        return;
    }
    const struct decoder *row =
        hint != NULL ? decoder_find(bytes_of(hint)) : decoder_probe(b, name);

    if (hint != NULL && row == NULL)
        BUG("a decoder names a decoder that does not exist");
    if (name.len > 0 || d->out->items[item].span.length == 0)
        d->out->items[item].span = s;
    engine_queue(e, (struct job){row, s, name.len > 0 ? name : d->label, item, d->job_depth + 1,
                                 e->root, *d->placement});
}

/* A reader that failed outside any narrowed part is a truncation of the whole. */
static void job_finish(struct decode *d)
{
    while (d->depth > 0)
        decode_leave(d);
    if (d->full) {
        engine_crowd_tell(d);
        d->out->items[d->item].faulty = true;
    } else if (d->in.failed) {
        decode_fault(d, FAULT_TRUNCATED, d->in.fail_offset);
    }
}

void engine_remember(struct engine *e, struct memo *m)
{
    e->memo = m;
}

void engine_watch(struct engine *e, struct engine_now *now)
{
    e->now = now;
}

static void tell(const struct engine *e, uint32_t blob, const struct decoder *row)
{
    while (e->out->blobs[blob].parent != blob)
        blob = e->out->blobs[blob].parent;
    *e->now = (struct engine_now){blob, row};
}

/* Of all items, at which number this job must end. Nothing is honestly so dense but a log. */
static size_t items_stop(const struct engine *e, const struct job *j)
{
    const struct root *r = &e->roots[j->root];
    uint64_t left = r->items < r->items_max ? r->items_max - r->items : 0;
    uint64_t stop = e->out->item_count + left + CROWD_SLACK;
    bool dense = j->decoder != NULL && j->decoder->dense;

    return dense || stop > ENGINE_ITEMS_MAX ? ENGINE_ITEMS_MAX : (size_t)stop;
}

static void job_run(struct engine *e, const struct job *j)
{
    const struct decoder *row = j->decoder;
    struct placement placement = j->placement;
    struct decode d = {
        .label = j->label,
        .arena = e->out->arena,
        .out = e->out,
        .item = j->item,
        .engine = e,
        .placement = &placement,
        .job_depth = j->depth,
        .first_item = e->out->item_count,
        .first_fault = e->out->fault_count,
        .items_stop = items_stop(e, j),
    };
    struct bytes b = decode_span_bytes(&d, j->span);

    d.in = reader_of(b, j->span.blob, j->span.offset);
    e->root = j->root;
    if (e->now != NULL)
        tell(e, j->span.blob, row);
    engine_mark(&d, j->span, CLASS_UNKNOWN, false);
    if (row == NULL) {
        decode_fault(&d, FAULT_UNRECOGNISED, j->span.offset);
        return;
    }
    if (b.len < row->min) {
        decode_fault(&d, FAULT_TRUNCATED, j->span.offset + b.len);
        return;
    }
    if (b.len > row->max) {
        decode_fault(&d, FAULT_LIMIT, j->span.offset + row->max);
        engine_mark(&d, j->span, CLASS_UNREAD, false);
        return;
    }
    if (!row->dense && engine_crowded(&d)) {
        engine_crowd_tell(&d);
        e->out->items[j->item].faulty = true;
        engine_mark(&d, j->span, CLASS_UNREAD, false);
        return;
    }
    tell_image(&d, j);
    row->decode(&d);
    job_finish(&d);
    if (d.item != j->item)
        BUG(row->name);
}

void engine_work(struct engine *e)
{
    while (e->job_done < e->job_count) {
        struct job j = e->jobs[e->job_done++];

        size_t items = e->out->item_count;
        size_t faults = e->out->fault_count;

        job_run(e, &j);
        e->roots[j.root].items +=
            e->out->item_count - items + ENGINE_FAULT_ITEMS * (e->out->fault_count - faults);
    }
}

void engine_run(struct engine *e)
{
    engine_work(e);
    engine_follow(e);
    byte_map_finish(&e->map, e->out);
    engine_name_points(e);
}
