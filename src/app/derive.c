/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence to claims: which decoder reads which blob, and where its claims hang. */
#include <string.h>

#include "app/decoding.h"
#include "app/load.h"
#include "app/recognise.h"
#include "decode/engine.h"
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

/* The claim that says where the image of a package is compared; NULL: it carries none, or
 * several. */
static const struct item *only_image(const struct decoded *d)
{
    const struct item *only = NULL;

    for (uint32_t i = 1; i < d->item_count; i++) {
        if (d->items[i].kind != ITEM_CLAIM || d->items[i].key != KEY_PACKAGE_IMAGE)
            continue;
        if (only != NULL)
            return NULL;
        only = &d->items[i];
    }
    return only;
}

/* Whether a fault stands at a container or around it. */
static bool fault_around(const struct decoded *d, uint32_t item)
{
    while (item != 0 && !d->items[item].faulty)
        item = d->items[item].parent;
    return item != 0;
}

static bool span_holds(struct span s, const struct fault *f)
{
    return f->blob == s.blob && f->offset >= s.offset && f->offset - s.offset <= s.length;
}

/*
 * The image that a vendor's package carries takes the place that the image alone would have:
 * there it is compared with what was read from a machine.
 */
static void unpack_image(struct decoded *d)
{
    const struct item *claim = only_image(d);
    const char *place = claim != NULL ? engine_image_place(claim->value.bytes) : NULL;

    if (place == NULL)
        return;
    uint32_t said = (uint32_t)(claim - d->items);
    uint32_t from = claim->parent;
    struct span image = claim->span;
    uint32_t to = decoded_open(d, 0, ITEM_MAP, bytes_of(place));

    d->items[to].span = image;
    d->items[to].faulty = fault_around(d, from);
    /* What came before the claim is the package's word about the image. */
    for (uint32_t k = said + 1; k < d->item_count; k++) {
        if (d->items[k].parent == from)
            d->items[k].parent = to;
    }
    for (size_t k = 0; k < d->fault_count; k++) {
        if (d->faults[k].item == from && span_holds(image, &d->faults[k]))
            d->faults[k].item = to;
    }
}

/* A fault is a statement about the machine too: it shows in trees and in comparisons. */
static void faults_to_claims(struct decoded *d)
{
    decoded_expect(d, d->item_count + d->fault_count);
    for (size_t i = 0; i < d->fault_count; i++) {
        const struct fault *f = &d->faults[i];
        const char *name = fault_name(f->id);
        struct value v = {.type = TYPE_TEXT, .bytes = bytes_of(name)};

        (void)decoded_claim(d, f->item, bytes_of(arena_format(d->arena, "fault:%s", name)),
                            KEY_FAULT, v, (struct span){f->blob, f->offset, 0});
    }
}

/* What is to be decoded: each blob with its decoder and its container. */
static void gather(struct subject *s, struct decoding *d, struct arena *a)
{
    size_t room = s->evidence.count;
    struct decoding_blob *blobs = ARENA_ARRAY(a, struct decoding_blob, room);
    struct worker_input *inputs = ARENA_ARRAY(a, struct worker_input, room);
    size_t count = 0;

    for (size_t i = 0; i < s->evidence.count; i++) {
        const struct entry *n = &s->evidence.entries[i];
        const struct source *row = source_find(n->source);
        struct decoding_blob b = {.path = n->origin};

        /* A lone file has no source row of its own; whoever recognises it decodes it. */
        if (bytes_equal_text(n->source, "document")) {
            b.mount = decoded_open(&s->decoded, 0, ITEM_MAP, bytes_of("file@document"));
        } else if (entry_decodable(n, row)) {
            b.decoder = row->decoder;
            b.label = source_label(row, n->origin, a);
            b.mount = mount_of(&s->decoded, row);
        } else {
            continue;
        }
        inputs[count] = (struct worker_input){.bytes = n->bytes, .digest = n->digest};
        blobs[count++] = b;
    }
    *d = (struct decoding){
        .blobs = blobs,
        .task = {.inputs = inputs, .input_count = count, .decoded = s->decoded}
    };
}

bool subject_derive(struct subject *s, struct arena *a, struct err *e)
{
    struct decoding d;

    decoded_init(&s->decoded, a);
    mount_all(s);
    gather(s, &d, a);
    if (d.task.input_count > 0 && !decode_surviving(&d, a, e))
        return false;
    s->decoded = d.task.decoded;
    unpack_image(&s->decoded);
    faults_to_claims(&s->decoded);
    tree_build(&s->tree, &s->decoded, NULL, NULL);
    return true;
}
