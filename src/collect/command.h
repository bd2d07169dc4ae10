/* SPDX-License-Identifier: Apache-2.0 */
/* What `assay collect` and the static assay-collect share: options, the run, the summary. */
#ifndef ASSAY_COLLECT_COMMAND_H
#define ASSAY_COLLECT_COMMAND_H

#include <getopt.h>

#include "base/text.h"
#include "collect/collect.h"

struct collect_command {
    struct collect_options options;
    const char *output;
    const char *subject; /* NULL: none */
    const char *time;    /* RFC 3339 in UTC; NULL: now for a live host, none for a recording */
    const char *salt;    /* hexadecimal; NULL: random */
    bool compress;
    bool json;
};

/* For getopt_long(), with 'h' for --help. */
extern const struct option collect_command_options[];

#define COLLECT_COMMAND_SYNOPSIS                                                               \
    "[--root DIR] [--allow WORD,...] [--programmer SPEC] [--json] -o FILE"

/* The options, for people. */
#define COLLECT_COMMAND_HELP                                                                   \
    "Reads what the sources give, on the machine it runs on, and writes it with what was "     \
    "not\n"                                                                                    \
    "obtained and why into one file. Nothing is changed on the machine.\n\n"                   \
    "  -o, --output FILE  the bundle to write\n"                                               \
    "  --root DIR         read a recorded tree instead of this machine\n"                      \
    "  --allow WORD,...   what is left out otherwise: rom (enables expansion ROMs to read\n"   \
    "                     them), smbus (probes SMBus), programmer\n"                           \
    "  --programmer SPEC  read a flash part by an external programmer that flashrom knows\n"   \
    "                     (serprog:..., dediprog:..., ch341a_spi); needs --allow programmer\n" \
    "  --chip NAME        the part, where flashrom cannot tell it (its option -c)\n"           \
    "  --reads N          how often the programmer reads, 1 to 9; without it twice\n"          \
    "  --subject ID       which machine this is said to be (asset id)\n"                       \
    "  --time TIME        when it was collected, as 2026-01-31T12:00:00Z\n"                    \
    "  --salt HEX         16 bytes for the identity tree instead of random ones\n"             \
    "  --zstd             compress the bundle\n"                                               \
    "  --json             the summary as JSON\n"                                               \
    "  --help             print this help\n\n"                                                 \
    "Exit status: 0 something was collected, 2 trouble of our own.\n"

/* One option and its value. */
bool collect_command_option(struct collect_command *c, int option, const char *value,
                            struct err *e);

/* Collects and appends the summary to `out`. */
bool collect_command_run(struct collect_command *c, struct arena *a, struct text *out,
                         struct err *e);

/* The time of day in UTC as "2026-01-31T12:00:00Z". */
struct bytes moment_now(struct arena *a);

#endif
