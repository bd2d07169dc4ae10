/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A result in the forms that other programs read. Nothing is added to what the result says:
 * times are its own, identifiers follow from it, so that one result gives the same bytes every
 * time. docs/formats/exports.md.
 */
#ifndef ASSAY_EXPORT_EXPORT_H
#define ASSAY_EXPORT_EXPORT_H

#include "crypto/sign.h"
#include "result/result.h"

/* What is written of a kind of finding, for whoever does not have Assay. */
struct export_document {
    struct bytes id;
    struct bytes title;
    struct bytes what; /* paragraphs in one line each; any may be empty */
    struct bytes why;
    struct bytes how_bad;
    struct bytes what_to_do;
    struct bytes source;
};

struct export_documents {
    const struct export_document *rows; /* by id, sorted by its bytes; one for every id used */
    size_t count;
};

/* The fingerprints of findings that somebody has looked at and confirmed. */
struct export_confirmed {
    const struct bytes *rows;
    size_t count;
};

/* A line of JSON a finding (data/schema/report-jsonl.schema.json). */
void export_jsonl(struct text *t, const struct result *r, struct arena *a);

/*
 * OCSF 1.6.0, a line of JSON an event: Vulnerability Finding (2002) where a rule names a CVE,
 * Compliance Finding (2003) for settings and for gaps in coverage, Detection Finding (2004) for
 * all else. Fails if the result has no time.
 */
bool export_ocsf(struct text *t, const struct result *r, struct arena *a, struct err *e);

/* SARIF 2.1.0, one log with one run. */
void export_sarif(struct text *t, const struct result *r, const struct export_documents *d,
                  struct arena *a);

/*
 * A STIX 2.1 bundle of the findings that were confirmed. Fails if the result has no time, or no
 * finding with one of the fingerprints.
 */
bool export_stix(struct text *t, const struct result *r, const struct export_confirmed *c,
                 struct arena *a, struct err *e);

/*
 * An EAT attestation result (draft-ietf-rats-ear-04) as a JWT: what the key is to sign, to
 * which export_ear_sign() adds the signature (RFC 7515, RFC 8037). Fails if the result has no
 * time.
 */
bool export_ear(struct text *t, const struct result *r, const struct public_key *key,
                struct arena *a, struct err *e);

void export_ear_sign(struct text *t, const struct signature *s);

#endif
