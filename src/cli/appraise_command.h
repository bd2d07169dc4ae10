/* SPDX-License-Identifier: Apache-2.0 */
/* What the verbs that judge have in common. */
#ifndef ASSAY_CLI_APPRAISE_COMMAND_H
#define ASSAY_CLI_APPRAISE_COMMAND_H

#include "cli/verb.h"

/*
 * Parses the options of `assay appraise`, judges, and prints. With `report` the input may be a
 * result that was kept, a page is wanted rather than text, and the exit status says only
 * whether it was written.
 */
int appraise_command(const struct verb *v, int argc, char **argv, bool report);

#endif
