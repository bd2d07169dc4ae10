/* SPDX-License-Identifier: Apache-2.0 */
#include "app/decoding.h"

#include "app/recognise.h"
#include "decode/join.h"

/* A blob whose decoder the caller does not know: finds it, and names its container. */
static const char *take_over(struct decoded *d, const struct decoding_blob *b,
                             struct bytes bytes, struct bytes *ret_label,
                             const struct decoder **ret_row)
{
    const char *label = b->label.len > 0 ? arena_text(d->arena, b->label) : NULL;
    struct recognised r = recognise(b->path, bytes, b->as, label, d->arena);

    *ret_label = r.label;
    *ret_row = r.decoder;
    d->items[b->mount].name = r.place;
    return r.decoder != NULL ? r.decoder->name : NULL;
}

/* Runs in the worker. */
static void work(void *user, struct decoded *d, struct worker_notes *notes)
{
    const struct decoding *one = user;
    struct engine *engine = engine_new(d);

    engine_remember(engine, memo_new(d->arena));
    for (size_t i = 0; i < one->task.input_count; i++) {
        const struct worker_input *in = &one->task.inputs[i];
        const struct decoding_blob *b = &one->blobs[i];
        struct bytes label = b->label;
        const char *decoder = b->decoder;

        if (in->skip)
            continue;
        *notes->now = (struct engine_now){(uint32_t)d->blob_count, NULL};
        if (decoder == NULL)
            decoder = take_over(d, b, in->bytes, &label, &notes->decoders[i]);
        (void)engine_add(engine, in->bytes, &in->digest, decoder, label, b->mount);
        if (b->decoder == NULL)
            engine_tell_images(engine);
    }
    engine_watch(engine, notes->now);
    engine_run(engine);
    *notes->now = (struct engine_now){WORKER_NONE, NULL};
    joins_run(d);
}

const struct decoder *decoding_row(const struct decoding *d, size_t input)
{
    return d->task.decoders != NULL ? d->task.decoders[input] : NULL;
}

/* What took a lone file says where its claims hang. */
static void name_containers(struct decoding *d, struct arena *a)
{
    for (size_t i = 0; i < d->task.input_count; i++) {
        const struct decoding_blob *b = &d->blobs[i];

        if (b->decoder == NULL)
            d->task.decoded.items[b->mount].name =
                recognised_place(b->path, b->as, decoding_row(d, i), a);
    }
}

static enum fault_id fault_of(enum worker_fate fate)
{
    switch (fate) {
    case WORKER_CRASHED:
        return FAULT_DECODER_CRASHED;
    case WORKER_MEMORY:
        return FAULT_DECODER_MEMORY;
    case WORKER_TIME:
        return FAULT_DECODER_TIME;
    case WORKER_FORBIDDEN:
        return FAULT_DECODER_FORBIDDEN;
    case WORKER_LIED:
        return FAULT_DECODER_RESULT;
    case WORKER_DONE:
    case WORKER_AGAIN:
        break;
    }
    BUG("a worker that did its work is not mourned");
}

bool decoding_died(const struct decoded *d)
{
    for (size_t i = 0; i < d->fault_count; i++) {
        if (d->faults[i].id >= FAULT_DECODER_CRASHED && d->faults[i].id <= FAULT_DECODER_RESULT)
            return true;
    }
    return false;
}

void decoding_mourn(struct decoded *d, const struct worker_input *in, uint32_t mount,
                    const struct worker_end *end)
{
    uint32_t blob = decoded_blob(d, in->bytes, &in->digest, 0, (struct span){0, 0, 0}, NULL);
    const char *words = end->decoder != NULL
                            ? arena_format(d->arena, "%s: %s", end->decoder->name, end->why)
                            : arena_format(d->arena, "%s", end->why);
    struct value v = {.type = TYPE_TEXT, .bytes = bytes_of(words)};

    (void)decoded_claim(d, mount, bytes_of(""), KEY_DECODER_END, v, (struct span){blob, 0, 0});
    decoded_fault(d, fault_of(end->fate), mount, blob, 0);
    if (in->bytes.len == 0)
        return;
    arena_grow(d->arena, &d->regions, d->region_count, &d->region_cap, sizeof(*d->regions));
    d->regions[d->region_count++] = (struct region){
        {blob, 0, in->bytes.len},
        CLASS_UNREAD, mount
    };
}

/* Notes who died of what; all of them where the worker could not say. */
static void leave_out(struct worker_task *t, struct worker_end *ends, unsigned deaths)
{
    enum {
        DEATHS_MAX = 16
    };

    bool all = t->end.input >= t->input_count || deaths >= DEATHS_MAX;

    for (size_t i = 0; i < t->input_count; i++) {
        if (t->inputs[i].skip || !(all || i == t->end.input))
            continue;
        t->inputs[i].skip = true;
        ends[i] = t->end;
    }
}

static bool all_skipped(const struct worker_task *t)
{
    for (size_t i = 0; i < t->input_count; i++) {
        if (!t->inputs[i].skip)
            return false;
    }
    return true;
}

bool decode_surviving(struct decoding *d, struct arena *a, struct err *e)
{
    struct worker_task *t = &d->task;
    struct worker_end *ends = ARENA_ARRAY(a, struct worker_end, t->input_count);
    unsigned deaths = 0;

    do {
        if (!worker_run(t, work, d, a, e))
            return false;
        if (t->end.fate != WORKER_DONE)
            leave_out(t, ends, ++deaths);
    } while (t->end.fate != WORKER_DONE && !all_skipped(t));
    name_containers(d, a);
    for (size_t i = 0; i < t->input_count; i++) {
        if (t->inputs[i].skip)
            decoding_mourn(&t->decoded, &t->inputs[i], d->blobs[i].mount, &ends[i]);
    }
    return true;
}
