/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "app/learn.h"
#include "app/render.h"
#include "base/file.h"
#include "cli/verb.h"

struct choice {
    struct reference node;
    const char *output;
    bool json;
};

static void report(struct text *t, const struct choice *o, const struct reference_set *set)
{
    struct json j;

    if (!o->json) {
        text_printf(t, "%s: %s from %zu machines, sha256:", o->output,
                    quality_name(set->node.quality), set->node.count);
        text_hex(t, (struct bytes){set->digest.bytes, sizeof(set->digest.bytes)});
        text_char(t, '\n');
        return;
    }
    json_init(&j, t);
    json_object_begin(&j);
    json_member_uint(&j, "schema", 1);
    json_member_text(&j, "file", o->output);
    json_member_text(&j, "quality", quality_name(set->node.quality));
    json_key(&j, "reference");
    render_digest(&j, &set->digest);
    json_key(&j, "sources");
    json_array_begin(&j);
    for (size_t i = 0; i < set->node.count; i++)
        render_digest(&j, &set->node.sources[i]);
    json_array_end(&j);
    json_object_end(&j);
    text_char(t, '\n');
}

static int learn(const struct verb *v, const struct choice *o, char **paths, int count,
                 struct arena *a)
{
    struct reference_set set;
    struct bytes file;
    struct text t;
    struct err e;

    if (!reference_learn((const char *const *)paths, (size_t)count, o->node, a, &file, &e) ||
        !file_write(o->output, file, a, &e) || !reference_load(o->output, a, &set, &e))
        return verb_fail(v, &e);
    text_init(&t, a, 1 << 20);
    report(&t, o, &set);
    return verb_output(v, text_bytes(&t), STATUS_GOOD);
}

VERB_FUNCTION(learn)
{
    static const struct option options[] = {
        {"output",    required_argument, NULL, 'o'},
        {"quality",   required_argument, NULL, 'q'},
        {"authority", required_argument, NULL, 'a'},
        {"time",      required_argument, NULL, 't'},
        {"json",      no_argument,       NULL, 'j'},
        {"help",      no_argument,       NULL, 'h'},
        {NULL,        0,                 NULL, 0  },
    };
    struct choice o = {.node = {.quality = QUALITY_GOLDEN_SAMPLE}};
    struct arena arena;
    int status = STATUS_GOOD;
    int c;

    while ((c = verb_option(v, argc, argv, options, &status)) >= 0) {
        if (c == 'o')
            o.output = optarg;
        else if (c == 'a')
            o.node.authority = bytes_of(optarg);
        else if (c == 't')
            o.node.time = bytes_of(optarg);
        else if (c == 'j')
            o.json = true;
        else if (c == 'q' && !quality_by_name(bytes_of(optarg), &o.node.quality))
            return verb_usage(v, "there is no quality '%s'", optarg);
    }
    if (c == -2)
        return status;
    if (optind >= argc || o.output == NULL)
        return verb_usage(v, "evidence and -o FILE are needed");
    arena_init(&arena);
    status = learn(v, &o, argv + optind, argc - optind, &arena);
    arena_done(&arena);
    return status;
}
