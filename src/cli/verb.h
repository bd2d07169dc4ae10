/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs of the command line: a row and a function each. */
#ifndef ASSAY_CLI_VERB_H
#define ASSAY_CLI_VERB_H

#include <getopt.h>

#include "base/arena.h"
#include "base/err.h"

/* DESIGN section 5. */
enum status {
    STATUS_GOOD = 0,       /* clean, equal, no fault */
    STATUS_FINDING = 1,    /* suspect, different, faulty */
    STATUS_TROUBLE = 2,    /* ours: usage, file, limit */
    STATUS_INCOMPLETE = 3, /* coverage is short */
};

struct verb {
    const char *name;
    const char *synopsis; /* what follows the name in the usage line */
    const char *summary;  /* one line */
    const char *help;     /* options and details */
    int (*run)(const struct verb *v, int argc, char **argv);
};

extern const struct verb verbs[];

#define VERB_FUNCTION(name) int verb_##name(const struct verb *v, int argc, char **argv)

VERB_FUNCTION(bundle);
VERB_FUNCTION(collect);
VERB_FUNCTION(appraise);
VERB_FUNCTION(cohort);
VERB_FUNCTION(cosign);
VERB_FUNCTION(decode);
VERB_FUNCTION(diff);
VERB_FUNCTION(explain);
VERB_FUNCTION(formats);
VERB_FUNCTION(key);
VERB_FUNCTION(learn);
VERB_FUNCTION(ledger);
VERB_FUNCTION(log);
VERB_FUNCTION(reads);
VERB_FUNCTION(report);
VERB_FUNCTION(rules);
VERB_FUNCTION(sign);
VERB_FUNCTION(statement);

/*
 * The next option as getopt_long() has it; prints help or a usage message by itself. Returns -1
 * at the end, or -2 when the verb must return *ret_status at once.
 */
int verb_option(const struct verb *v, int argc, char **argv, const struct option *options,
                int *ret_status);

/* "assay VERB: " and the error on standard error. Returns STATUS_TROUBLE. */
int verb_fail(const struct verb *v, const struct err *e);

/* A usage error with a hint. Returns STATUS_TROUBLE. */
int verb_usage(const struct verb *v, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * The place of an action in a table of `count` rows, each of `size` bytes and beginning with
 * its name; `count`, after a usage error, if there is no such action.
 */
size_t verb_action(const struct verb *v, const void *rows, size_t size, size_t count,
                   const char *name);

/* Writes to standard output; a failure (closed pipe, full disk) is told, and is trouble. */
int verb_output(const struct verb *v, struct bytes b, int status);

#endif
