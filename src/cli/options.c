/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options.h"

#include <string.h>

#include "base/moment.h"

enum {
    ROWS_MAX = 48,
    /* What getopt_long() returns for the first row; those with a letter return that. */
    FIRST = 256,
    DESCRIPTOR_MAX = 1023
};

/* The rows as getopt_long() wants them, and --help. */
static void rows_spread(const struct verb_row *rows, struct option *ret)
{
    size_t n = 0;

    for (; rows[n].name != NULL && n + 2 < ROWS_MAX; n++) {
        ret[n] = (struct option){
            rows[n].name, rows[n].kind == VERB_FLAG ? no_argument : required_argument, NULL,
            rows[n].letter != '\0' ? rows[n].letter : FIRST + (int)n};
    }
    if (rows[n].name != NULL)
        BUG("too many options");
    ret[n++] = (struct option){"help", no_argument, NULL, 'h'};
    ret[n] = (struct option){NULL, 0, NULL, 0};
}

static const struct verb_row *row_of(const struct verb_row *rows, int c)
{
    if (c >= FIRST)
        return &rows[c - FIRST];
    for (; rows->name != NULL; rows++) {
        if (rows->letter == c)
            return rows;
    }
    return NULL;
}

/* Puts the value where the row says. False after a usage error. */
static bool row_take(const struct verb *v, const struct verb_row *row, void *call,
                     struct arena *a)
{
    void *to = (uint8_t *)call + row->at;
    uint64_t n = 0;

    switch (row->kind) {
    case VERB_FLAG:
        *(bool *)to = true;
        return true;
    case VERB_TIME:
        if (!moment_valid(bytes_of(optarg))) {
            (void)verb_usage(v, "'%s' is not a time as 2026-01-31T12:00:00Z", optarg);
            return false;
        }
        *(const char **)to = optarg;
        return true;
    case VERB_TEXT:
        *(const char **)to = optarg;
        return true;
    case VERB_DESCRIPTOR:
        if (!bytes_number(bytes_of(optarg), 10, &n) || n > DESCRIPTOR_MAX) {
            (void)verb_usage(v, "'%s' is no descriptor", optarg);
            return false;
        }
        *(int *)to = (int)n;
        return true;
    case VERB_LIST: {
        struct verb_list *l = to;

        arena_grow(a, &l->rows, l->count, &l->cap, sizeof(*l->rows));
        l->rows[l->count++] = optarg;
        return true;
    }
    }
    return false;
}

bool verb_options(const struct verb *v, int argc, char **argv, const struct verb_sheet *sheet,
                  int *ret_status)
{
    struct option options[ROWS_MAX];
    int c;

    rows_spread(sheet->rows, options);
    while ((c = verb_option(v, argc, argv, options, ret_status)) >= 0) {
        const struct verb_row *row = row_of(sheet->rows, c);

        if (row == NULL) {
            *ret_status = verb_usage(v, "unknown option -%c", c);
            return false;
        }
        if (!row_take(v, row, sheet->call, sheet->arena)) {
            *ret_status = STATUS_TROUBLE;
            return false;
        }
    }
    return c == -1;
}

bool verb_option_json(const struct verb *v, int argc, char **argv, bool *ret_json,
                      int *ret_status)
{
    struct choice {
        bool json;
    } choice = {false};
    static const struct verb_row rows[] = {VERB_ROW_JSON(struct choice), VERB_ROW_END};
    bool good =
        verb_options(v, argc, argv, &(struct verb_sheet){rows, &choice, NULL}, ret_status);

    *ret_json = choice.json;
    return good;
}

const char *verb_word(int *argc, char ***argv)
{
    bool named = *argc > 1 && (*argv)[1][0] != '-';

    *argc -= named;
    *argv += named;
    return named ? (*argv)[0] : NULL;
}

bool verb_place(int argc, char **argv, struct verb_place *ret)
{
    if (optind >= argc)
        return false;
    *ret = (struct verb_place){argv[optind], argv + optind + 1, (size_t)(argc - optind - 1)};
    return true;
}

bool verb_files(const struct verb *v, char *const *files, size_t count, int *ret_status)
{
    size_t inputs = 0;

    for (size_t i = 0; i < count; i++)
        inputs += strcmp(files[i], "-") == 0;
    if (inputs > 1)
        *ret_status = verb_usage(v, "standard input ('-') can be read once only");
    return inputs <= 1;
}
