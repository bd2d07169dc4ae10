/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the rule judge share. */
#ifndef ASSAY_APPRAISE_RULE_PRIVATE_H
#define ASSAY_APPRAISE_RULE_PRIVATE_H

#include "appraise/claim_index.h"
#include "appraise/rule.h"

struct rule_run {
    const struct claim_index *x;
    const struct policy *policy;
    struct findings *f;
};

/* A finding of this row at a node, in the row's own words. */
void rule_report(struct rule_run *r, const struct rule *row, uint32_t node);

/* As above in other words; `why` in the arena of the findings. */
void rule_says(struct rule_run *r, const struct rule *row, uint32_t node, struct bytes why);

/* One finding for `count` places of which `node` is the first. */
void rule_report_all(struct rule_run *r, const struct rule *row, uint32_t node, size_t count);

/* The first claim of a key at a path, or TREE_NONE. */
uint32_t rule_claim(const struct rule_run *r, enum need n, const char *path);

/* Whether the number claimed there is `value`; false when there is none. */
bool rule_state_is(const struct rule_run *r, const char *path, uint64_t value);

/* The container "surface@witness" of a surface that was decoded, or TREE_NONE. */
uint32_t rule_surface(const struct rule_run *r, const char *surface);

/* The functions of rows with MATCH_CHECK. */
#define RULE(id, severity, match, each, key, path, number, text, why, next)
#define CHECK(id, severity, function, why, next) rule_check rule_##function;
#include "appraise/rules.def"
#undef RULE
#undef CHECK

#endif
