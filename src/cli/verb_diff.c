/* SPDX-License-Identifier: Apache-2.0 */
#include "app/decoding.h"
#include "app/differ.h"
#include "app/picture_page.h"
#include "base/file.h"
#include "cli/options.h"

enum {
    OUTPUT_MAX = 1 << 30
};

struct choice {
    bool json;
    bool all;
    const char *html; /* where the page goes; NULL: none */
};

static int differ(const struct verb *v, char **paths, const struct choice *o,
                  struct arena *arena)
{
    struct subject a;
    struct subject b;
    struct difference found;
    struct text t;
    struct err e;

    if (!subject_load(paths[0], arena, &a, &e) || !subject_load(paths[1], arena, &b, &e))
        return verb_fail(v, &e);
    subjects_differ(&a, &b, o->all, arena, &found);
    text_init(&t, arena, OUTPUT_MAX);
    if (o->html != NULL) {
        picture_page_difference(&t, &a, &b, &found);
        if (!file_write(o->html, text_bytes(&t), arena, &e))
            return verb_fail(v, &e);
        text_clear(&t);
    }
    if (o->json)
        changes_json(&t, &a, &b, &found);
    else
        changes_text(&t, &a, &b, &found);
    bool good = changes_only_own(&found.changes) && !decoding_died(&a.decoded) &&
                !decoding_died(&b.decoded);

    return verb_output(v, text_bytes(&t), good ? STATUS_GOOD : STATUS_FINDING);
}

VERB_FUNCTION(diff)
{
    static const struct verb_row rows[] = {
        VERB_ROW("all", VERB_FLAG, struct choice, all),
        VERB_ROW("html", VERB_TEXT, struct choice, html),
        VERB_ROW_JSON(struct choice),
        VERB_ROW_END,
    };
    struct choice o = {0};
    struct arena arena;
    int status = STATUS_GOOD;

    if (!verb_options(v, argc, argv, &(struct verb_sheet){rows, &o, NULL}, &status))
        return status;
    if (argc - optind != 2)
        return verb_usage(v, "two things to compare are needed");
    if (!verb_files(v, argv + optind, 2, &status))
        return status;
    arena_init(&arena);
    status = differ(v, argv + optind, &o, &arena);
    arena_done(&arena);
    return status;
}
