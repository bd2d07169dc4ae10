/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/appraise_command.h"

VERB_FUNCTION(report)
{
    return appraise_command(v, argc, argv, true);
}
