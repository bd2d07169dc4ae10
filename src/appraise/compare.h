/* SPDX-License-Identifier: Apache-2.0 */
/* The judges that compare with known evidence: reference values, and the machine's own past. */
#ifndef ASSAY_APPRAISE_COMPARE_H
#define ASSAY_APPRAISE_COMPARE_H

#include "appraise/finding.h"

/*
 * Reference: a value is good if any of the `count` reference machines has it; values of range
 * keys are good between the least and the greatest of them. Values that belong to one machine
 * (own, group) are not compared. `quality` names the reference in the findings
 * ("golden-sample").
 */
void reference_judge(const struct subject *s, const struct subject *references, size_t count,
                     const char *quality, struct findings *f);

/*
 * Microcode updates, wherever they stand: one that has processor signature, platforms and
 * revision of a reference's update and other bytes is a critical finding. The reference may be
 * learned from the vendor's microcode files alone.
 */
void reference_microcode(const struct subject *s, const struct subject *references,
                         size_t count, struct findings *f);

/*
 * What must not be found: wherever the subject has the bytes of a file of these, or states
 * their SHA-256, is a critical finding. Nothing is good for being like them.
 */
void reference_known_bad(const struct subject *s, const struct subject *references,
                         size_t count, struct findings *f);

/* Whether a reference holds microcode updates alone, so that nothing else can be missing in it.
 */
bool reference_only_microcode(const struct subject *references, size_t count);

/* History: the same machine before. Values of its own are compared too. */
void history_judge(const struct subject *s, const struct subject *before, struct findings *f);

/*
 * Findings of one judge that follow from others of it (consequence.h) become `info` and say
 * what they follow from. Call once for each judge that compares.
 */
void findings_mark_consequences(struct findings *f, enum judge judge);

#endif
