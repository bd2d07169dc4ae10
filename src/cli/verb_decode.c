/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "app/picture_page.h"
#include "app/recognise.h"
#include "app/render.h"
#include "base/file.h"
#include "cli/verb.h"
#include "decode/engine.h"
#include "decode/join.h"

enum {
    INPUT_MAX = 1 << 30,
    OUTPUT_MAX = 1 << 30
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

/* Output goes out piece by piece: a large image has more to say than should stay in memory. */
struct printing {
    const struct verb *v;
    int status;
};

static void print_piece(void *user, struct bytes b)
{
    struct printing *p = user;

    if (p->status != STATUS_TROUBLE)
        p->status = verb_output(p->v, b, p->status);
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

/* Decodes one file and prints what it says. Returns the exit status for it. */
static int decode_file(const struct verb *v, const char *path, const struct options *o)
{
    struct arena a;
    struct decoded d;
    struct bytes b;
    struct err e;
    struct text t;

    arena_init(&a);
    if (strcmp(path, "-") == 0 ? !file_read(path, INPUT_MAX, &a, &b, &e)
                               : !file_map(path, INPUT_MAX, &a, &b, &e)) {
        arena_done(&a);
        return verb_fail(v, &e);
    }
    digest_expect(b.len);
    decoded_init(&d, &a);
    struct engine *engine = engine_new(&d);
    struct recognised r = recognise(bytes_of(path), b, o->as, o->label, &a);
    const struct decoder *row = r.decoder;
    uint32_t mount = decoded_open(&d, 0, ITEM_MAP, r.place);

    (void)engine_add(engine, b, NULL, row != NULL ? row->name : NULL, r.label, mount);
    engine_run(engine);
    joins_run(&d);
    if (o->html != NULL && !write_page(path, row, &d, o->html, &e)) {
        arena_done(&a);
        return verb_fail(v, &e);
    }
    struct printing p = {v, d.fault_count > 0 ? STATUS_FINDING : STATUS_GOOD};

    text_init(&t, &a, OUTPUT_MAX);
    text_drain(&t, print_piece, &p);
    if (o->json) {
        print_json(&t, path, row, &d);
    } else {
        text_printf(&t, "%s: %s\n", path,
                    row != NULL ? row->title : "no decoder recognises it");
        render_decoded_text(&t, &d, o->map);
    }
    text_drain_rest(&t);
    arena_done(&a);
    return t.overflow ? STATUS_TROUBLE : p.status;
}

VERB_FUNCTION(decode)
{
    static const struct option options[] = {
        {"as",    required_argument, NULL, 'a'},
        {"label", required_argument, NULL, 'l'},
        {"html",  required_argument, NULL, 'H'},
        {"json",  no_argument,       NULL, 'j'},
        {"map",   no_argument,       NULL, 'm'},
        {"help",  no_argument,       NULL, 'h'},
        {NULL,    0,                 NULL, 0  },
    };
    struct options o = {0};
    int status = STATUS_GOOD;
    int c;

    while ((c = verb_option(v, argc, argv, options, &status)) >= 0) {
        if (c == 'a')
            o.as = optarg;
        else if (c == 'l')
            o.label = optarg;
        else if (c == 'H')
            o.html = optarg;
        else if (c == 'j')
            o.json = true;
        else if (c == 'm')
            o.map = true;
    }
    if (c == -2)
        return status;
    if (optind >= argc)
        return verb_usage(v, "no file is given");
    if (o.html != NULL && argc - optind != 1)
        return verb_usage(v, "a page shows one file");
    if (o.as != NULL && decoder_find(bytes_of(o.as)) == NULL)
        return verb_usage(v, "there is no format '%s'", o.as);
    for (int i = optind; i < argc; i++) {
        int one = decode_file(v, argv[i], &o);

        if (one == STATUS_TROUBLE || status == STATUS_GOOD)
            status = one;
    }
    return status;
}
