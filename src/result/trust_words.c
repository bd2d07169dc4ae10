/* SPDX-License-Identifier: Apache-2.0 */
/* The vector in words: labels of AR4SI, and what each value that we give says. */
#include <stddef.h>

#include "base/bytes.h"
#include "result/trust.h"

struct phrase {
    enum trust_claim claim;
    int8_t value;
    const char *words;
};

static const char *const claim_names[] = {
    [TRUST_INSTANCE_IDENTITY] = "instance-identity",
    [TRUST_CONFIGURATION] = "configuration",
    [TRUST_EXECUTABLES] = "executables",
    [TRUST_FILE_SYSTEM] = "file-system",
    [TRUST_HARDWARE] = "hardware",
    [TRUST_RUNTIME_OPAQUE] = "runtime-opaque",
    [TRUST_STORAGE_OPAQUE] = "storage-opaque",
    [TRUST_SOURCED_DATA] = "sourced-data",
};

static const char *const tier_names[] = {
    [TIER_NONE] = "none",
    [TIER_AFFIRMING] = "affirming",
    [TIER_WARNING] = "warning",
    [TIER_CONTRAINDICATED] = "contraindicated",
};

static const struct phrase phrases[] = {
    {TRUST_INSTANCE_IDENTITY, 97, "not the machine that it should be"         },
    {TRUST_CONFIGURATION,     2,  "known and approved"                        },
    {TRUST_CONFIGURATION,     32, "exposes known weaknesses"                  },
    {TRUST_CONFIGURATION,     96, "exposes weaknesses that are not acceptable"},
    {TRUST_EXECUTABLES,       3,  "only what is known was started during boot"},
    {TRUST_EXECUTABLES,       33, "something was started that is not known"   },
    {TRUST_EXECUTABLES,       96, "something was started that must not be"    },
    {TRUST_HARDWARE,          2,  "as it was compared with"                   },
    {TRUST_HARDWARE,          32, "has known weaknesses"                      },
    {TRUST_HARDWARE,          96, "known, and not to be trusted"              },
    {TRUST_HARDWARE,          97, "not recognised although it should be"      },
};

const char *trust_claim_name(enum trust_claim claim)
{
    return claim_names[claim];
}

const char *trust_tier_name(enum trust_tier tier)
{
    return tier_names[tier];
}

const char *trust_words(enum trust_claim claim, int8_t value)
{
    for (size_t i = 0; i < ARRAY_LEN(phrases); i++) {
        if (phrases[i].claim == claim && phrases[i].value == value)
            return phrases[i].words;
    }
    if (value == 99)
        return "a cryptographic check of the evidence failed";
    if (value == 1)
        return "something in it could not be read";
    if (value == -33)
        return "differs from what it was compared with";
    if (value == -97)
        return "differs gravely from what it was compared with";
    return trust_tier(value) == TIER_NONE ? "no claim" : "see the value's definition";
}
