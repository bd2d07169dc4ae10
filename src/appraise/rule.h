/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The judge of what is known to be bad or unsafe by itself: rows of rules.def. Each row has a
 * document, data/rules/ID.txt. Weaknesses that an operator may choose weigh low; what hides,
 * contradicts the specifications or is known to be bad weighs medium or more.
 */
#ifndef ASSAY_APPRAISE_RULE_H
#define ASSAY_APPRAISE_RULE_H

#include "appraise/coverage.h"
#include "appraise/policy.h"

enum rule_match {
    MATCH_EQUALS,     /* the number, or the truth value */
    MATCH_NOT_EQUALS, /* another number */
    MATCH_BITS,       /* a bit of `number` is set */
    MATCH_BELOW,      /* less than `number` */
    MATCH_HAS, /* the text holds one of `text` (parts divided by '|'), whatever its case */
    MATCH_NOT_LISTED, /* the value is none of `text` */
    MATCH_ANY,        /* there is such a claim */
    MATCH_FAULT,      /* a fault named in `text`, or any fault if `text` is empty */
    MATCH_CHECK,      /* a function in rule_checks.c or rule_boot.c */
};

struct rule_run;
struct rule;

typedef void rule_check(struct rule_run *r, const struct rule *row);

struct rule {
    const char *id; /* "rule.secure-boot-off" */
    enum severity severity;
    enum rule_match match;
    bool each;        /* a finding a place, not one for all */
    const char *key;  /* dotted name; "" for checks */
    const char *path; /* pattern */
    uint64_t number;
    const char *text;
    rule_check *check;
    const char *why;  /* a sentence */
    const char *next; /* a sentence */
};

const struct rule *rule_table(size_t *ret_count);

const struct rule *rule_find(struct bytes id);

/* Also notes in `c` (may be NULL) which surfaces rules looked at. */
void rules_judge(const struct subject *s, const struct policy *p, struct findings *f,
                 struct coverage *c);

/* What may only grow since earlier evidence of the same machine: the list of revocations. */
void rules_judge_history(const struct subject *s, const struct subject *before,
                         struct findings *f);

#endif
