/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/beside.h"
#include "cli/verb.h"

/* The server is a program of its own: this one starts without its libraries. */
VERB_FUNCTION(cosign)
{
    static const struct option options[] = {
        {"help", no_argument, NULL, 'h'},
        {NULL,   0,           NULL, 0  },
    };
    char **all = argv;
    int status = STATUS_GOOD;
    struct arena a;
    struct err e;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            (void)verb_option(v, argc - i + 1, argv + i - 1, options, &status);
            return status;
        }
    }
    arena_init(&a);
    beside_execute("assay-cosign", all, &a, &e);
    status = verb_fail(v, &e);
    arena_done(&a);
    return status;
}
