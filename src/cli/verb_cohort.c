/* SPDX-License-Identifier: Apache-2.0 */
#include "app/judge.h"
#include "app/render.h"
#include "base/file.h"
#include "cli/options.h"

struct choice {
    const char *output;
    bool json;
};

static void report(struct text *t, const struct choice *o, const struct cohort *c)
{
    struct digest d = cohort_digest(c, t->arena);
    struct json j;

    if (!o->json) {
        text_printf(t, "%s: %zu member%s, sha256:", o->output, cohort_size(c),
                    cohort_size(c) == 1 ? "" : "s");
        text_hex(t, (struct bytes){d.bytes, sizeof(d.bytes)});
        text_char(t, '\n');
        return;
    }
    json_init(&j, t);
    json_object_begin(&j);
    json_member_uint(&j, "schema", 1);
    json_member_text(&j, "file", o->output);
    json_key(&j, "cohort");
    render_digest(&j, &d);
    json_member_uint(&j, "members", cohort_size(c));
    json_object_end(&j);
    text_char(t, '\n');
}

static int make_cohort(const struct verb *v, const struct choice *o, char **paths, int count,
                       struct arena *a)
{
    struct cohort *c = NULL;
    struct text t;
    struct err e;

    if (!cohort_load((const char *const *)paths, (size_t)count, a, &c, &e) ||
        !cohort_freeze(c, &e) || !file_write(o->output, cohort_pack(c, a), a, &e))
        return verb_fail(v, &e);
    text_init(&t, a, 1 << 16);
    report(&t, o, c);
    return verb_output(v, text_bytes(&t), STATUS_GOOD);
}

VERB_FUNCTION(cohort)
{
    static const struct verb_row rows[] = {
        VERB_ROW_OUTPUT(struct choice, output),
        VERB_ROW_JSON(struct choice),
        VERB_ROW_END,
    };
    struct choice o = {NULL, false};
    struct arena a;
    int status = STATUS_GOOD;

    if (!verb_options(v, argc, argv, &(struct verb_sheet){rows, &o, NULL}, &status))
        return status;
    if (optind >= argc || o.output == NULL)
        return verb_usage(v, "evidence and -o FILE are needed");
    if (!verb_files(v, argv + optind, (size_t)(argc - optind), &status))
        return status;
    arena_init(&a);
    status = make_cohort(v, &o, argv + optind, argc - optind, &a);
    arena_done(&a);
    return status;
}
