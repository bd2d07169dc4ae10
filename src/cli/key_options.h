/* SPDX-License-Identifier: Apache-2.0 */
/* How verbs that sign are told where a passphrase is. */
#ifndef ASSAY_CLI_KEY_OPTIONS_H
#define ASSAY_CLI_KEY_OPTIONS_H

#include "cli/verb.h"
#include "signer/signer.h"

/* Rows for getopt_long(). */
#define KEY_OPTION_ROWS                                                                        \
    {"passphrase-file", required_argument, NULL, 'F'},                                         \
    {                                                                                          \
        "passphrase-fd", required_argument, NULL, 'D'                                          \
    }

#define KEY_OPTION_HELP                                                                        \
    "  --passphrase-file FILE  the first line of FILE is the passphrase of the key\n"          \
    "  --passphrase-fd N       it is read from this open descriptor; without either,\n"        \
    "                          from the terminal\n"

/* No source but the terminal. */
#define KEY_OPTION_NONE ((struct passphrase_source){NULL, -1})

/* Takes one of the options; false, with a usage message, if its value is no number. */
bool key_option_take(const struct verb *v, int option, struct passphrase_source *ret);

#endif
