/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trustworthiness vector of RATS (draft-ietf-rats-ar4si-09, section 2.3): what a result
 * says, in the eight claims and the values that other programs know. It follows from findings,
 * coverage and gaps by the rows of trust.def, and adds nothing to them.
 */
#ifndef ASSAY_RESULT_TRUST_H
#define ASSAY_RESULT_TRUST_H

#include <stdint.h>

/* In the order of AR4SI's labels, 0 to 7. */
enum trust_claim {
    TRUST_INSTANCE_IDENTITY,
    TRUST_CONFIGURATION,
    TRUST_EXECUTABLES,
    TRUST_FILE_SYSTEM,
    TRUST_HARDWARE,
    TRUST_RUNTIME_OPAQUE,
    TRUST_STORAGE_OPAQUE,
    TRUST_SOURCED_DATA,
    TRUST_CLAIMS
};

/* Worse is greater. */
enum trust_tier {
    TIER_NONE,
    TIER_AFFIRMING,
    TIER_WARNING,
    TIER_CONTRAINDICATED,
};

struct result;
struct result_finding;

/* Sets `r->trust` from the findings, coverage and gaps of `r`. */
void result_trust(struct result *r);

/* The claim that a finding belongs to, whatever its severity. */
enum trust_claim trust_claim_of(const struct result_finding *f);

/* The tier that a value of any claim lies in. */
enum trust_tier trust_tier(int8_t value);

/* "affirming" */
const char *trust_tier_name(enum trust_tier tier);

/* "instance-identity": the label of the JSON form. */
const char *trust_claim_name(enum trust_claim claim);

/* What a value of a claim says, in a few words. */
const char *trust_words(enum trust_claim claim, int8_t value);

/*
 * The tier of the whole appraisal: the worst of the vector, and never better than the verdict:
 * an incomplete one affirms nothing, a suspect one is a warning at least.
 */
enum trust_tier result_tier(const struct result *r);

#endif
