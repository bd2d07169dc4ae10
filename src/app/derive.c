/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence to claims: which decoder reads which blob, and where its claims hang. */
#include <string.h>

#include "app/load.h"
#include "app/recognise.h"
#include "decode/engine.h"
#include "decode/join.h"
#include "evidence/bundle.h"
#include "evidence/source.h"

/* Surfaces whose claims hang below those of another: the ROM belongs to the function. */
static const char *const mounts[][2] = {
    {"option-rom", "pci"},
};

const char *surface_mount(const char *surface)
{
    for (size_t i = 0; i < ARRAY_LEN(mounts); i++) {
        if (strcmp(mounts[i][0], surface) == 0)
            return mounts[i][1];
    }
    return surface;
}

/* The container "surface@witness" below the root, made when it is not there yet. */
static uint32_t mount_of(struct decoded *d, const struct source *s)
{
    const char *name = arena_format(d->arena, "%s@%s", surface_mount(s->surface), s->witness);

    for (uint32_t i = 1; i < d->item_count; i++) {
        if (d->items[i].parent != 0)
            break;
        if (bytes_equal_text(d->items[i].name, name))
            return i;
    }
    return decoded_open(d, 0, ITEM_MAP, bytes_of(name));
}

static bool entry_decodable(const struct entry *n, const struct source *s)
{
    return s != NULL && n->bytes.data != NULL && n->has_blob &&
           decoder_find(bytes_of(s->decoder)) != NULL;
}

/*
 * What one source did not see leaves the whole surface incomplete, so that nothing counts as
 * absent there. A source that the machine or the recording has no folder for does not.
 */
static bool entry_blinds(const struct entry *n)
{
    enum coverage_state state = entry_state(n);

    /* What was found by name and not read is there, whatever kept us from it. */
    if (n->origin.len > 0)
        return state != COVERAGE_SEEN;
    return state != COVERAGE_SEEN && state != COVERAGE_ABSENT && state != COVERAGE_UNTRIED &&
           state != COVERAGE_UNSUPPORTED;
}

/* Whether nothing at all was seen of the surface that a source feeds. */
static bool surface_dark(const struct evidence *e, const struct source *s)
{
    for (size_t i = 0; i < e->count; i++) {
        const struct source *other = source_find(e->entries[i].source);

        if (other != NULL && strcmp(other->surface, s->surface) == 0 &&
            strcmp(other->witness, s->witness) == 0 &&
            (entry_state(&e->entries[i]) == COVERAGE_SEEN ||
             entry_state(&e->entries[i]) == COVERAGE_ABSENT))
            return false;
    }
    return true;
}

/* One container a surface, first of all, so that they are the first items below the root. */
static void mount_all(struct subject *s)
{
    for (size_t i = 0; i < s->evidence.count; i++) {
        const struct entry *n = &s->evidence.entries[i];
        const struct source *row = source_find(n->source);

        if (row == NULL || strcmp(surface_mount(row->surface), row->surface) != 0)
            continue;
        bool blind = entry_blinds(n) || surface_dark(&s->evidence, row);

        if (entry_state(n) == COVERAGE_SEEN || n->state == COVERAGE_PARTIAL || blind) {
            uint32_t item = mount_of(&s->decoded, row);

            s->decoded.items[item].faulty = s->decoded.items[item].faulty || blind;
        }
    }
}

/* A fault is a statement about the machine too: it shows in trees and in comparisons. */
static void faults_to_claims(struct decoded *d)
{
    for (size_t i = 0; i < d->fault_count; i++) {
        const struct fault *f = &d->faults[i];
        const char *name = fault_name(f->id);
        struct value v = {.type = TYPE_TEXT, .bytes = bytes_of(name)};

        (void)decoded_claim(d, f->item, bytes_of(arena_format(d->arena, "fault:%s", name)),
                            KEY_FAULT, v, (struct span){f->blob, f->offset, 0});
    }
}

/* A lone file has no source row of its own; it is decoded by whoever recognises it. */
static void add_document(struct engine *engine, struct subject *s, const struct entry *n)
{
    struct recognised r = recognise(n->origin, n->bytes, NULL, NULL, s->decoded.arena);
    uint32_t mount = decoded_open(&s->decoded, 0, ITEM_MAP, r.place);

    (void)engine_add(engine, n->bytes, &n->digest, r.decoder != NULL ? r.decoder->name : NULL,
                     r.label, mount);
}

void subject_derive(struct subject *s, struct arena *a)
{
    decoded_init(&s->decoded, a);
    mount_all(s);
    struct engine *engine = engine_new(&s->decoded);

    for (size_t i = 0; i < s->evidence.count; i++) {
        const struct entry *n = &s->evidence.entries[i];
        const struct source *row = source_find(n->source);

        if (bytes_equal_text(n->source, "document"))
            add_document(engine, s, n);
        else if (entry_decodable(n, row))
            (void)engine_add(engine, n->bytes, &n->digest, row->decoder,
                             source_label(row, n->origin, a), mount_of(&s->decoded, row));
    }
    engine_run(engine);
    joins_run(&s->decoded);
    faults_to_claims(&s->decoded);
    tree_build(&s->tree, &s->decoded, NULL, NULL);
}
