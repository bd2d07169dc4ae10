/* SPDX-License-Identifier: Apache-2.0 */
/* Runs decoders over blobs: a work list with budgets for depth, regions and output. */
#ifndef ASSAY_DECODE_ENGINE_H
#define ASSAY_DECODE_ENGINE_H

#include "decode/decode.h"
#include "decode/memo.h"

/* The decoder rows, in the order of the list in decode/meson.build. */
const struct decoder *const *decoder_table(size_t *ret_count);

const struct decoder *decoder_find(struct bytes name);

/* The decoder that is surest of the bytes, or NULL if none recognises them. */
const struct decoder *decoder_probe(struct bytes b, struct bytes label);

enum {
    /* A bid that a signature alone justifies: enough to take bytes that nothing points at. */
    DECODER_SURE = 80
};

/* As decoder_probe, unless it is less sure than `least`. */
const struct decoder *decoder_probe_sure(struct bytes b, struct bytes label, unsigned least);

/*
 * The digest of the decoder set: names, versions and vocabulary. Trees made by different sets
 * are not compared.
 */
struct digest decoder_set_digest(void);

/* The budget for what a collected blob may be made into: so many bytes, and so many for each of
 * its own. */
enum {
    ENGINE_OUTPUT_BASE = 64 << 20,
    ENGINE_OUTPUT_FACTOR = 64
};

/* What an engine is doing. */
struct engine_now {
    uint32_t blob;                 /* the collected blob */
    const struct decoder *decoder; /* NULL: none */
};

struct engine;

/* An engine that adds to `out`. Everything it makes lives in out->arena. */
struct engine *engine_new(struct decoded *out);

/*
 * Queues a collected blob for decoding. `name` is its decoder's, or NULL for the surest one;
 * claims go below item `parent`. `label` is the name under which the bytes were found. Returns
 * the blob's index in `out`.
 */
uint32_t engine_add(struct engine *e, struct bytes b, const struct digest *digest,
                    const char *decoder, struct bytes label, uint32_t parent);

/*
 * The blob that was queued last may be a package of another format than a flash image. Then the
 * container of an image that it carries gets the claim `package.image`: the place where the
 * image alone would be found. So does a second one, as a sign that there are several.
 */
void engine_tell_images(struct engine *e);

/* The text of the program that names this place of an image; NULL if that is none. */
const char *engine_image_place(struct bytes place);

/* What is computed from now on may come from `m`, and is kept there. Nothing else changes. */
void engine_remember(struct engine *e, struct memo *m);

/* From now on `*now` says what the engine does. */
void engine_watch(struct engine *e, struct engine_now *now);

/* Decodes all that is queued, then completes the byte map and the digests of unclaimed bytes.
 */
void engine_run(struct engine *e);

#endif
