/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The attestation result (RATS, RFC 9334): verdict, findings with the bytes behind them,
 * coverage, and the digests of all that went into the judgement, so that anyone can repeat it.
 * A result stands by itself: it renders without the evidence. docs/formats/result.md.
 */
#ifndef ASSAY_RESULT_RESULT_H
#define ASSAY_RESULT_RESULT_H

#include "appraise/verdict.h"
#include "base/err.h"
#include "base/json.h"
#include "result/trust.h"

enum {
    RESULT_EXCERPT = 64 /* bytes of evidence that a finding quotes at most */
};

struct result_finding {
    struct bytes id; /* names its document */
    struct bytes fingerprint;
    enum judge judge;
    enum severity severity;
    struct bytes path;
    struct bytes other;
    struct bytes why;
    struct bytes next;
    struct bytes value;
    struct bytes expected;
    struct bytes consequence_of;
    struct bytes waived;
    struct bytes note;
    struct bytes part;   /* of a firmware image; may be empty */
    struct bytes change; /* what about it */
    bool has_centibits;
    uint32_t centibits;
    uint64_t agree;
    uint64_t voters;
    bool has_span;
    struct digest blob; /* the bytes that say so */
    uint64_t offset;
    uint64_t length;
    struct bytes excerpt; /* their beginning */
};

struct result_coverage {
    struct bytes surface;
    struct bytes witness;
    enum coverage_state state;
    struct bytes reason;
    unsigned judged_by; /* a bit a judge */
};

/* Something that the machine was compared with. */
struct result_source {
    struct bytes name; /* as given, for people */
    struct digest digest;
};

struct result {
    struct bytes tool;      /* "assay 0.1.0" */
    struct bytes as_of;     /* time of judgement, RFC 3339 in UTC; may be empty */
    struct bytes subject;   /* which machine */
    struct bytes collected; /* when the evidence was collected; may be empty */
    enum verdict verdict;
    struct digest evidence;
    struct digest decoders;
    struct bytes policy_name;
    struct digest policy;
    struct result_source *references;
    size_t reference_count;
    bool has_cohort;
    struct digest cohort;
    uint64_t members; /* of the cohort, this machine included */
    bool has_history;
    struct digest history;
    struct result_finding *findings; /* worst first */
    size_t finding_count;
    struct result_coverage *coverage;
    size_t coverage_count;
    struct sentences gaps;      /* what is missing for "clean" */
    struct sentences residual;  /* what remains possible all the same */
    int8_t trust[TRUST_CLAIMS]; /* the AR4SI vector, see trust.h */
};

/* Fills in findings and coverage; all else, the vector last, is for the caller. Lives in `a`.
 */
void result_take(struct result *r, const struct subject *s, const struct findings *f,
                 const struct coverage *c, struct arena *a);

/* Canonical CBOR of the result node, in the arena. */
struct bytes result_encode(const struct result *r, struct arena *a);

/* Strict: one encoding of a result. */
bool result_decode(struct bytes node, struct arena *a, struct result *ret, struct err *e);

/* Whether a file is a result node. */
bool result_recognise(struct bytes file);

struct digest result_digest(const struct result *r, struct arena *a);

/* The same of a result that is encoded already. */
struct digest result_node_digest(struct bytes node);

/* One JSON object as the outward contract has it, with a line end. */
void result_json(struct text *t, const struct result *r, struct arena *a);

/* The members of a finding's object, for renderings with more about it. */
void result_finding_members(struct json *j, const struct result_finding *f);

/* For people at a terminal; `colour` only there. */
void result_text(struct text *t, const struct result *r, bool colour);

/* One page without anything from outside: no script, no font, no picture. */
void result_html(struct text *t, const struct result *r, struct arena *a);

#endif
