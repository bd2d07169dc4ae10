/* SPDX-License-Identifier: Apache-2.0 */
/* assay-collect: `assay collect` alone in a static program, for an initramfs or a bare host. */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "collect/command.h"

enum {
    STATUS_GOOD = 0,
    STATUS_TROUBLE = 2,
    OUTPUT_MAX = 64 << 20
};

static int trouble(const struct err *e)
{
    (void)fprintf(stderr, "assay-collect: %s\n", e->text);
    return STATUS_TROUBLE;
}

static int run(struct collect_command *c)
{
    struct arena a;
    struct text out;
    struct err e;

    arena_init(&a);
    text_init(&out, &a, OUTPUT_MAX);
    bool good = collect_command_run(c, &a, &out, &e);
    struct err output;

    int status = good ? STATUS_GOOD : trouble(&e);

    if (!fd_write(STDOUT_FILENO, text_bytes(&out), &output)) {
        (void)err_wrap(&output, "standard output");
        status = trouble(&output);
    }
    arena_done(&a);
    return status;
}

int main(int argc, char **argv)
{
    struct collect_command command = {0};
    struct err e;
    int at = 1;
    int c;

    opterr = 0;
    (void)signal(SIGXFSZ, SIG_IGN); /* a limit on the size of files is an error to be told */
    while ((c = getopt_long(argc, argv, "+:ho:", collect_command_options, NULL)) >= 0) {
        if (c == 'h') {
            (void)printf("Usage: assay-collect " COLLECT_COMMAND_SYNOPSIS
                         "\nCollect evidence into a bundle.\n\n" COLLECT_COMMAND_HELP);
            return STATUS_GOOD;
        }
        if (c == '?' || c == ':') {
            (void)fprintf(stderr, "assay-collect: %s %s; try --help\n",
                          c == '?' ? "unknown or ambiguous option" : "no value for option",
                          argv[at]);
            return STATUS_TROUBLE;
        }
        if (!collect_command_option(&command, c, optarg, &e))
            return trouble(&e);
        at = optind;
    }
    if (optind < argc) {
        (void)fprintf(stderr, "assay-collect: '%s' is no option; try --help\n", argv[optind]);
        return STATUS_TROUBLE;
    }
    return run(&command);
}
