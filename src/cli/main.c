/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "cli/verb.h"
#include "worker/process.h"

static void usage(FILE *f)
{
    (void)fprintf(f, "Usage: assay VERB [OPTION]... [FILE]...\n"
                     "Tells whether a server is what was ordered.\n\nVerbs:\n");
    for (const struct verb *v = verbs; v->name != NULL; v++)
        (void)fprintf(f, "  %-10s %s\n", v->name, v->summary);
    (void)fprintf(
        f, "\n'assay VERB --help' tells more of one verb. Exit status: 0 good, 1 finding,\n"
           "2 trouble of our own, 3 incomplete.\n");
}

static void verb_help(const struct verb *v)
{
    (void)printf("Usage: assay %s %s\n%s.\n\n%s", v->name, v->synopsis, v->summary, v->help);
}

int verb_option(const struct verb *v, int argc, char **argv, const struct option *options,
                int *ret_status)
{
    opterr = 0;
    int at = optind;
    int c = getopt_long(argc, argv, ":hjo:", options, NULL);

    if (c == 'h') {
        verb_help(v);
        *ret_status = STATUS_GOOD;
        return -2;
    }
    if (c == '?' || c == ':') {
        *ret_status = verb_usage(
            v, c == '?' ? "unknown or ambiguous option %s" : "option %s needs a value",
            at < argc ? argv[at] : "");
        return -2;
    }
    return c;
}

int verb_fail(const struct verb *v, const struct err *e)
{
    (void)fprintf(stderr, "assay %s: %s\n", v->name, e->text);
    return STATUS_TROUBLE;
}

int verb_usage(const struct verb *v, const char *format, ...)
{
    va_list args;

    (void)fprintf(stderr, "assay %s: ", v->name);
    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)fprintf(stderr, "\nTry 'assay %s --help'.\n", v->name);
    return STATUS_TROUBLE;
}

size_t verb_action(const struct verb *v, const void *rows, size_t size, size_t count,
                   const char *name)
{
    for (size_t i = 0; i < count; i++) {
        const char *row = NULL;

        memcpy(&row, (const char *)rows + i * size, sizeof(row));
        if (strcmp(row, name) == 0)
            return i;
    }
    (void)verb_usage(v, "there is no action '%s'", name);
    return count;
}

int verb_output(const struct verb *v, struct bytes b, int status)
{
    struct err e;

    if (fd_write(STDOUT_FILENO, b, &e))
        return status;
    (void)err_wrap(&e, "standard output");
    return verb_fail(v, &e);
}

/* What help and version have printed must have arrived as well. */
static int flushed(int status)
{
    if (fflush(stdout) == 0)
        return status;
    perror("assay: standard output: cannot write");
    return STATUS_TROUBLE;
}

int main(int argc, char **argv)
{
    arena_heap_prepare();
    (void)signal(SIGPIPE, SIG_DFL);
    /* A limit on the size of files (RLIMIT_FSIZE) is an error to be told, not an end. */
    (void)signal(SIGXFSZ, SIG_IGN);
    if (argc < 2) {
        usage(stderr);
        return STATUS_TROUBLE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        usage(stdout);
        return flushed(STATUS_GOOD);
    }
    if (strcmp(argv[1], "--version") == 0) {
        (void)printf("assay %s%s\n", ASSAY_VERSION,
                     worker_confines() ? "" : " (decoding is not confined: sanitizers)");
        return flushed(STATUS_GOOD);
    }
    for (const struct verb *v = verbs; v->name != NULL; v++) {
        if (strcmp(argv[1], v->name) == 0)
            return flushed(v->run(v, argc - 1, argv + 1));
    }
    (void)fprintf(stderr, "assay: there is no verb '%s'; 'assay --help' lists them\n", argv[1]);
    return STATUS_TROUBLE;
}
