/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/verb.h"

const struct verb verbs[] = {
    {"decode", "[--as FORMAT] [--json] [--map] FILE...", "Decode files into claims",
     "Each FILE ('-' is standard input) is decoded by the decoder that recognises it and its\n"
     "claims, faults and byte map are printed.\n\n"
     "  --as FORMAT   use this decoder ('assay formats' lists them)\n"
     "  --label NAME  the name under which the bytes were found, instead of the file's name\n"
     "  --json        JSON Lines, one object a file\n"
     "  --map         also print the byte map\n"
     "  --help        print this help\n\n"
     "Exit status: 0 no fault in any file, 1 a fault, 2 trouble of our own.\n",            verb_decode},
    {NULL,     NULL,                                     NULL,                       NULL, NULL       },
};
