/* SPDX-License-Identifier: Apache-2.0 */
#include "app/readings.h"
#include "cli/options.h"

enum {
    OUTPUT_MAX = 1 << 26
};

static int compare(const struct verb *v, char **paths, size_t count, bool json)
{
    struct arena arena;
    struct readings r;
    struct text t;
    struct err e;
    int status = STATUS_TROUBLE;

    arena_init(&arena);
    text_init(&t, &arena, OUTPUT_MAX);
    if (!readings_load(paths, count, &arena, &r, &e)) {
        status = verb_fail(v, &e);
    } else {
        if (json)
            readings_json(&t, &r);
        else
            readings_text(&t, &r);
        status = verb_output(v, text_bytes(&t),
                             r.reads.kind == READS_EQUAL ? STATUS_GOOD : STATUS_FINDING);
    }
    arena_done(&arena);
    return status;
}

VERB_FUNCTION(reads)
{
    bool json = false;
    int status = STATUS_GOOD;

    if (!verb_option_json(v, argc, argv, &json, &status))
        return status;
    if (argc - optind < 2)
        return verb_usage(v, "two or more readings are needed");
    if (!verb_files(v, argv + optind, (size_t)(argc - optind), &status))
        return status;
    return compare(v, argv + optind, (size_t)(argc - optind), json);
}
