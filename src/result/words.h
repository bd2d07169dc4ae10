/* SPDX-License-Identifier: Apache-2.0 */
/* What the renderings of a result say in the same words. */
#ifndef ASSAY_RESULT_WORDS_H
#define ASSAY_RESULT_WORDS_H

#include "result/result.h"

/* What a verdict means, in a sentence. */
const char *verdict_meaning(enum verdict v);

/* What a state of coverage means, in a few words. */
const char *coverage_meaning(enum coverage_state s);

/* What a surface is, in a few words; the surface's own name if it is none of ours. */
struct bytes surface_words(struct bytes surface);

/* Along which path a witness sees, in a few words. */
struct bytes witness_words(struct bytes witness);

/* How a judge compares, in a word or two. */
const char *judge_words(enum judge j);

/* "medium" and worse that no waiver covers. */
bool finding_counts(const struct result_finding *f);

/* How many findings are of this severity and not waived. */
size_t findings_at(const struct result *r, enum severity s);

/* "3.4" for 340 hundredths. */
void text_centibits(struct text *t, uint32_t centibits);

/* "sha256:" and the digits. */
void text_digest(struct text *t, const struct digest *d);

#endif
