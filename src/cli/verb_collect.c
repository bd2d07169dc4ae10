/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/verb.h"
#include "collect/command.h"

enum {
    OUTPUT_MAX = 64 << 20
};

static int run(const struct verb *v, struct collect_command *command)
{
    struct arena a;
    struct text out;
    struct err e;

    arena_init(&a);
    text_init(&out, &a, OUTPUT_MAX);
    int status = STATUS_GOOD;

    if (!collect_command_run(command, &a, &out, &e))
        status = verb_fail(v, &e);
    status = verb_output(v, text_bytes(&out), status);
    arena_done(&a);
    return status;
}

VERB_FUNCTION(collect)
{
    struct collect_command command = {0};
    struct err e;
    int status = STATUS_GOOD;
    int c;

    while ((c = verb_option(v, argc, argv, collect_command_options, &status)) >= 0) {
        if (!collect_command_option(&command, c, optarg, &e))
            return verb_usage(v, "%s", e.text);
    }
    if (c == -2)
        return status;
    if (optind < argc)
        return verb_usage(v, "'%s' is no option", argv[optind]);
    if (command.output == NULL)
        return verb_usage(v, "no file to write is given (-o FILE)");
    return run(v, &command);
}
