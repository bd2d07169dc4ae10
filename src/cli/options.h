/* SPDX-License-Identifier: Apache-2.0 */
/* Options of verbs as rows, which say where a value goes. */
#ifndef ASSAY_CLI_OPTIONS_H
#define ASSAY_CLI_OPTIONS_H

#include <stddef.h>

#include "cli/verb.h"

/* What becomes of a value, by the type of the member it goes to. */
enum verb_kind {
    VERB_FLAG,       /* bool: there is none, the option says yes */
    VERB_TEXT,       /* const char *: as it was given; the last one counts */
    VERB_TIME,       /* const char *: a moment in RFC 3339, UTC */
    VERB_DESCRIPTOR, /* int: an open file descriptor */
    VERB_LIST,       /* struct verb_list: the option may be given more than once */
};

struct verb_list {
    const char **rows;
    size_t count;
    size_t cap;
};

struct verb_row {
    const char *name; /* after "--"; NULL ends the rows */
    char letter;      /* 'j' or 'o', the short form; else NUL */
    enum verb_kind kind;
    size_t at; /* of the member in the structure of the call */
};

/* The rows of a verb, and the structure that they are of. Lists grow in the arena. */
struct verb_sheet {
    const struct verb_row *rows;
    void *call;
    struct arena *arena; /* NULL without VERB_LIST among the rows */
};

/* clang-format off */
/* NOLINTBEGIN(bugprone-macro-parentheses): a type and the name of a member allow none */
#define VERB_ROW(name, kind, call, member) {name, '\0', kind, offsetof(call, member)}
#define VERB_ROW_OUTPUT(call, member)      {"output", 'o', VERB_TEXT, offsetof(call, member)}
#define VERB_ROW_JSON(call)                {"json", 'j', VERB_FLAG, offsetof(call, json)}
#define VERB_ROW_END                       {NULL, '\0', VERB_FLAG, 0}

/* Of verbs that sign, with a member `struct passphrase_source`: where a passphrase is. */
#define VERB_ROWS_PASSPHRASE(call, member)                                   \
    VERB_ROW("passphrase-file", VERB_TEXT, call, member.file),               \
    VERB_ROW("passphrase-fd", VERB_DESCRIPTOR, call, member.descriptor)
/* NOLINTEND(bugprone-macro-parentheses) */
/* clang-format on */

#define VERB_HELP_PASSPHRASE                                                                   \
    "  --passphrase-file FILE  the first line of FILE is the passphrase of the key\n"          \
    "  --passphrase-fd N       it is read from this open descriptor; without either,\n"        \
    "                          from the terminal\n"

/* No source but the terminal. */
#define PASSPHRASE_ASKED ((struct passphrase_source){NULL, -1})

/*
 * Takes all options, `--help` among them. What follows begins at argv[optind]. False when the
 * verb must return *ret_status at once: help or a usage message was printed.
 */
bool verb_options(const struct verb *v, int argc, char **argv, const struct verb_sheet *sheet,
                  int *ret_status);

/* The same for a verb that knows --json and nothing else. */
bool verb_option_json(const struct verb *v, int argc, char **argv, bool *ret_json,
                      int *ret_status);

/* The word before the options, an action, which is taken off the arguments; NULL: none. */
const char *verb_word(int *argc, char ***argv);

/*
 * Whether standard input ('-') stands at most once among the files: a second reading would find
 * it empty. Otherwise *ret_status is that of a usage error, which was printed.
 */
bool verb_files(const struct verb *v, char *const *files, size_t count, int *ret_status);

/* What follows the options: what an action works on, and more. */
struct verb_place {
    const char *where;
    char **more;
    size_t more_count;
};

/* Takes it from the arguments after verb_options(); false if there is nothing. */
bool verb_place(int argc, char **argv, struct verb_place *ret);

#endif
