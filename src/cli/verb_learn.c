/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "app/learn.h"
#include "app/render.h"
#include "base/file.h"
#include "cli/options.h"

struct choice {
    struct reference node;
    const char *output;
    const char *quality;
    const char *authority;
    const char *time;
    bool json;
};

static void report(struct text *t, const struct choice *o, const struct reference_set *set)
{
    struct json j;

    if (!o->json) {
        text_printf(t, "%s: %s from %zu machine%s, sha256:", o->output,
                    quality_name(set->node.quality), set->node.count,
                    set->node.count == 1 ? "" : "s");
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
    static const struct verb_row rows[] = {
        VERB_ROW_OUTPUT(struct choice, output),
        VERB_ROW("quality", VERB_TEXT, struct choice, quality),
        VERB_ROW("authority", VERB_TEXT, struct choice, authority),
        VERB_ROW("time", VERB_TIME, struct choice, time),
        VERB_ROW_JSON(struct choice),
        VERB_ROW_END,
    };
    struct choice o = {.node = {.quality = QUALITY_GOLDEN_SAMPLE}};
    struct arena arena;
    int status = STATUS_GOOD;

    if (!verb_options(v, argc, argv, &(struct verb_sheet){rows, &o, NULL}, &status))
        return status;
    if (o.quality != NULL && !quality_by_name(bytes_of(o.quality), &o.node.quality))
        return verb_usage(v, "there is no quality '%s'", o.quality);
    o.node.authority = o.authority != NULL ? bytes_of(o.authority) : o.node.authority;
    o.node.time = o.time != NULL ? bytes_of(o.time) : o.node.time;
    if (optind >= argc || o.output == NULL)
        return verb_usage(v, "evidence and -o FILE are needed");
    if (!verb_files(v, argv + optind, (size_t)(argc - optind), &status))
        return status;
    arena_init(&arena);
    status = learn(v, &o, argv + optind, argc - optind, &arena);
    arena_done(&arena);
    return status;
}
