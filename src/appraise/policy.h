/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a verdict needs: which surfaces must be seen and judged, how rare is too rare, which
 * findings weigh more or less here, what was approved or waived and until when. A policy is
 * data; it is read from a file by app/policy_file.c and named in every result.
 */
#ifndef ASSAY_APPRAISE_POLICY_H
#define ASSAY_APPRAISE_POLICY_H

#include "appraise/finding.h"
#include "appraise/peers.h"

/* A surface that must have been looked at. */
struct requirement {
    struct bytes surface;
    struct bytes witness; /* empty: any */
    bool judged;          /* by a reference, history or a sufficient cohort */
};

/* A finding that weighs more or less here than in the table of rules. */
struct severity_override {
    const char *id;   /* pattern, see path_match.h; empty: any */
    const char *path; /* pattern; empty: wherever */
    enum severity severity;
};

/* A finding that somebody has looked at and accepts for a while. */
struct waiver {
    const char *id;           /* pattern; empty only with a fingerprint */
    const char *path;         /* pattern; empty: wherever */
    struct bytes fingerprint; /* of the one finding; empty: all that match */
    struct bytes reason;
    struct bytes by;      /* who took it upon himself */
    struct bytes expires; /* RFC 3339 in UTC: not from this moment on */
};

/* A change since the last accepted evidence that was ordered. */
struct approved_change {
    const char *path;    /* pattern */
    struct bytes to;     /* the value as text that it may have now; empty: any */
    struct bytes reason; /* order or ticket */
    struct bytes by;
    struct bytes expires;
};

/* A sorted list of digests or fingerprints from outside. */
struct digest_list {
    struct bytes name; /* where it comes from, for people */
    struct digest digest;
    struct bytes *rows; /* sorted, unique */
    size_t count;
};

struct policy {
    struct bytes name;
    struct digest digest; /* of what decides: see policy_digest() */
    struct requirement *required;
    size_t required_count;
    struct severity_override *overrides;
    size_t override_count;
    struct waiver *waivers;
    size_t waiver_count;
    struct approved_change *approved;
    size_t approved_count;
    struct peers_policy peers;
    uint64_t peers_enough; /* members from which a cohort counts as having judged a surface */
    struct digest_list revoked;       /* SHA-256 digests that dbx must hold */
    struct digest_list platform_keys; /* SHA-256 or SHA-1 fingerprints of known Platform Keys */
    struct digest_list bad_keys;      /* the same, of certificates that must not be trusted */
};

/* The built-in policy, "assay-default-1". */
void policy_default(struct policy *p, struct arena *a);

/* Turns the built-in policy into the one for a lone firmware image, "assay-flash-image-1". */
void policy_image(struct policy *p, struct arena *a);

/* Sets p->digest from all other members. To be called once they are final. */
void policy_seal(struct policy *p, struct arena *a);

/* Sorts a list and drops what is there twice. */
void digest_list_sort(struct digest_list *l);

bool digest_list_has(const struct digest_list *l, struct bytes row);

/*
 * Overrides, then waivers, in place. `as_of` is the time of judgement (RFC 3339 in UTC, may be
 * empty: then nothing that expires applies). What a waiver covers stays in the list and says
 * so; an expired waiver that would have covered a finding becomes a note in that finding.
 */
void policy_apply(const struct policy *p, struct bytes as_of, struct findings *f);

/* The approval that covers a change of `path` to the text `to`, or NULL. */
const struct approved_change *policy_approval(const struct policy *p, struct bytes path,
                                              struct bytes to, struct bytes as_of);

#endif
