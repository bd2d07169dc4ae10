/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "app/decoding.h"
#include "app/picture_page.h"
#include "app/recognise.h"
#include "app/render.h"
#include "base/file.h"
#include "cli/options.h"
#include "decode/join.h"
#include "worker/printing.h"

enum {
    INPUT_MAX = 1 << 30,
    OUTPUT_MAX = 1 << 30,
    /* Files that share a worker, and what it remembers: two large images, or many small ones.
     */
    BATCH_BYTES = 64 << 20,
    EXPECT_MAX = 1 << 15 /* items; hardly any format makes one of two bytes */
};

struct options {
    const char *as;
    const char *label;
    const char *html; /* where the page goes; NULL: none */
    bool json;
    bool map;
};

static void print_json(struct text *t, const char *path, const struct decoder *row,
                       const struct decoded *d)
{
    struct json j;

    json_init(&j, t);
    json_object_begin(&j);
    json_member_uint(&j, "schema", 1);
    json_member_text(&j, "file", path);
    json_key(&j, "blob");
    render_digest(&j, decoded_digest(d, 0));
    json_key(&j, "format");
    if (row != NULL)
        json_text(&j, row->name);
    else
        json_none(&j);
    render_decoded_json(&j, d);
    json_object_end(&j);
    text_char(t, '\n');
}

/* What a file says, piece by piece: a large image has more to say than should stay in memory.
 */
static bool print_decoded(const struct options *o, const char *path, const struct decoder *row,
                          const struct decoded *d, const struct printing_out *out)
{
    struct text t;

    text_init(&t, d->arena, OUTPUT_MAX);
    text_drain(&t, out->sink, out->user);
    if (o->json) {
        print_json(&t, path, row, d);
    } else {
        text_printf(&t, "%s: %s\n", path,
                    row != NULL ? row->title : "no decoder recognises it");
        render_decoded_text(&t, d, o->map);
    }
    text_drain_rest(&t);
    return !t.overflow;
}

/* Files that are decoded in one worker. */
struct batch {
    const struct verb *verb;
    const struct options *options;
    int status;
    struct arena arena;
    struct memo *memo; /* grows in the worker, of which nothing comes back */
    struct printing printing;
    const char *paths[PRINTING_INPUTS_MAX];
    struct bytes bytes[PRINTING_INPUTS_MAX];
};

static void note_status(struct batch *b, int status)
{
    if (status == STATUS_TROUBLE || b->status == STATUS_GOOD)
        b->status = status;
}

/* Decodes one file and prints what it says. Runs confined. Returns the exit status for it. */
static unsigned decode_file(void *user, size_t input, const struct printing_out *out)
{
    const struct batch *b = user;
    const struct options *o = b->options;
    const char *path = b->paths[input];
    struct bytes bytes = b->bytes[input];
    struct arena a;
    struct decoded d;

    arena_init(&a);
    decoded_init(&d, &a);
    decoded_expect(&d, bytes.len / 2 < EXPECT_MAX ? bytes.len / 2 : EXPECT_MAX);
    struct engine *engine = engine_new(&d);
    struct recognised r = recognise(bytes_of(path), bytes, o->as, o->label, &a);
    const struct decoder *row = r.decoder;
    uint32_t mount = decoded_open(&d, 0, ITEM_MAP, r.place);

    engine_remember(engine, b->memo);
    engine_watch(engine, out->now);
    (void)engine_add(engine, bytes, NULL, row != NULL ? row->name : NULL, r.label, mount);
    engine_run(engine);
    joins_run(&d);
    int status = d.fault_count > 0 ? STATUS_FINDING : STATUS_GOOD;

    if (!print_decoded(o, path, row, &d, out))
        status = STATUS_TROUBLE;
    /* What was printed is hashed by now. */
    for (size_t i = 0; i < d.blob_count; i++) {
        if (d.blobs[i].digested)
            memo_sha256_note(b->memo, d.blobs[i].bytes, &d.blobs[i].digest);
    }
    arena_done(&a);
    return (unsigned)status;
}

/* In the parent: output that cannot be written is trouble, and goes on so that the rest is
 * read. */
static void print_piece(void *user, struct bytes piece)
{
    struct batch *b = user;

    if (b->status != STATUS_TROUBLE)
        note_status(b, verb_output(b->verb, piece, STATUS_GOOD));
}

/* The file that a worker died of: a fault, and nothing else is known of it. */
static void print_dead(struct batch *b, size_t input, const struct worker_end *end)
{
    const struct options *o = b->options;
    const char *path = b->paths[input];
    struct worker_input in = {.bytes = b->bytes[input]};
    struct printing_out out = {.sink = print_piece, .user = b};
    const struct decoder *row = o->as != NULL ? decoder_find(bytes_of(o->as)) : end->decoder;
    struct decoded d;

    in.digest = digest_sha256(in.bytes);
    decoded_init(&d, &b->arena);
    decoding_mourn(
        &d, &in,
        decoded_open(&d, 0, ITEM_MAP, recognised_place(bytes_of(path), o->as, row, &b->arena)),
        end);
    if (b->printing.cut)
        print_piece(b, bytes_of("\n"));
    (void)print_decoded(o, path, row, &d, &out);
    note_status(b, STATUS_FINDING);
}

static bool write_page(const char *path, const struct decoder *row, const struct decoded *d,
                       const char *page, struct err *e)
{
    struct text t;

    text_init(&t, d->arena, OUTPUT_MAX);
    picture_page_decoded(&t, bytes_of(path),
                         row != NULL ? row->title : "no decoder recognises it", d);
    return file_write(page, text_bytes(&t), d->arena, e);
}

/*
 * One file of which a page is drawn. A page is a program for a browser, so a worker only
 * decodes: what it found is drawn and printed here.
 */
static void decode_drawn(struct batch *b, const char *path, struct bytes bytes)
{
    const struct options *o = b->options;
    struct worker_input in = {.bytes = bytes};
    struct decoding_blob blob = {.path = bytes_of(path), .as = o->as, .mount = 1};
    struct decoding one = {
        .blobs = &blob, .task = {.inputs = &in, .input_count = 1}
    };
    struct decoded *d = &one.task.decoded;
    struct printing_out out = {.sink = print_piece, .user = b};
    struct err e;

    digest_expect(bytes.len);
    in.digest = digest_sha256(bytes);
    if (o->label != NULL)
        blob.label = bytes_of(o->label);
    decoded_init(d, &b->arena);
    (void)decoded_open(d, 0, ITEM_MAP, bytes_of("file@document"));
    if (!decode_surviving(&one, &b->arena, &e) ||
        !write_page(path, decoding_row(&one, 0), d, o->html, &e)) {
        note_status(b, verb_fail(b->verb, &e));
        return;
    }
    note_status(b, d->fault_count > 0 ? STATUS_FINDING : STATUS_GOOD);
    if (!print_decoded(o, path, decoding_row(&one, 0), d, &out))
        note_status(b, STATUS_TROUBLE);
}

static void batch_begin(struct batch *b)
{
    arena_init(&b->arena);
    b->memo = memo_new(&b->arena);
    b->printing = (struct printing){
        .most = OUTPUT_MAX, .work = decode_file, .sink = print_piece, .user = b};
}

/* Decodes what was gathered and prints what it says. */
static void batch_end(struct batch *b)
{
    struct printing *p = &b->printing;
    struct worker_end end;
    struct err e;

    digest_expect(p->input_bytes);
    while (p->next < p->count) {
        size_t from = p->next;

        if (!printing_run(p, &end, &e)) {
            note_status(b, verb_fail(b->verb, &e));
            break;
        }
        for (size_t i = from; i < p->next; i++)
            note_status(b, p->statuses[i] <= STATUS_TROUBLE ? p->statuses[i] : STATUS_TROUBLE);
        if (end.fate != WORKER_DONE)
            print_dead(b, p->next++, &end);
    }
    arena_done(&b->arena);
    batch_begin(b);
}

static void batch_add(struct batch *b, const char *path)
{
    struct printing *p = &b->printing;
    struct bytes *bytes = &b->bytes[p->count];
    struct err e;

    b->paths[p->count] = path;
    if (!file_map(path, INPUT_MAX, &b->arena, bytes, &e)) {
        batch_end(b);
        note_status(b, verb_fail(b->verb, &e));
        return;
    }
    if (b->options->html != NULL) {
        decode_drawn(b, path, *bytes);
        return;
    }
    p->count++;
    p->input_bytes += bytes->len;
    if (p->count == PRINTING_INPUTS_MAX || p->input_bytes >= BATCH_BYTES)
        batch_end(b);
}

static int decode_files(const struct verb *v, const struct options *o, char **paths,
                        size_t count)
{
    struct batch b = {.verb = v, .options = o, .status = STATUS_GOOD};

    batch_begin(&b);
    for (size_t i = 0; i < count; i++)
        batch_add(&b, paths[i]);
    batch_end(&b);
    arena_done(&b.arena);
    return b.status;
}

VERB_FUNCTION(decode)
{
    static const struct verb_row rows[] = {
        VERB_ROW("as", VERB_TEXT, struct options, as),
        VERB_ROW("label", VERB_TEXT, struct options, label),
        VERB_ROW("html", VERB_TEXT, struct options, html),
        VERB_ROW("map", VERB_FLAG, struct options, map),
        VERB_ROW_JSON(struct options),
        VERB_ROW_END,
    };
    struct options o = {0};
    int status = STATUS_GOOD;

    if (!verb_options(v, argc, argv, &(struct verb_sheet){rows, &o, NULL}, &status))
        return status;
    if (optind >= argc)
        return verb_usage(v, "no file is given");
    if (o.html != NULL && argc - optind != 1)
        return verb_usage(v, "a page shows one file");
    if (o.as != NULL && decoder_find(bytes_of(o.as)) == NULL)
        return verb_usage(v, "there is no format '%s'", o.as);
    if (!verb_files(v, argv + optind, (size_t)(argc - optind), &status))
        return status;
    return decode_files(v, &o, argv + optind, (size_t)(argc - optind));
}
