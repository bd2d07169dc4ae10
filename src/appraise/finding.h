/* SPDX-License-Identifier: Apache-2.0 */
/* What disagrees, why in plain words, how bad, which bytes, what to do next. */
#ifndef ASSAY_APPRAISE_FINDING_H
#define ASSAY_APPRAISE_FINDING_H

#include "appraise/subject.h"

enum judge {
    JUDGE_REFERENCE,
    JUDGE_PEERS,
    JUDGE_HISTORY,
    JUDGE_WITNESS,
    JUDGE_RULE,
};

enum severity {
    SEVERITY_INFO,
    SEVERITY_LOW,
    SEVERITY_MEDIUM,
    SEVERITY_HIGH,
    SEVERITY_CRITICAL,
};

struct finding {
    const char *id; /* "rule.secure-boot-off", "peers.dissent", … : names its document */
    enum judge judge;
    enum severity severity;
    struct bytes path;     /* encoded path of what it is about */
    struct bytes other;    /* the second path, of a witness finding; else empty */
    struct bytes why;      /* a sentence */
    struct bytes next;     /* what to do, a sentence */
    struct bytes value;    /* what was seen, for people; may be empty */
    struct bytes expected; /* what was expected, for people; may be empty */
    struct bytes
        consequence_of;  /* path of the finding that this one follows from; may be empty */
    struct bytes part;   /* of a firmware image: what differs ("module"); may be empty */
    struct bytes change; /* … and what about it: "added", "moved", "code", "header" */
    bool has_centibits;
    uint32_t centibits;  /* hundredths of a bit of surprise (peers) */
    uint64_t agree;      /* peers: how many have what this machine has … */
    uint64_t voters;     /* … of how many */
    uint32_t node;       /* of the subject's tree, or TREE_NONE; gives the bytes behind it */
    struct bytes waived; /* why it does not count: the policy's reason, who and until when */
    struct bytes note;   /* what the policy did to it, in words; may be empty */
};

struct findings {
    struct arena *arena;
    struct finding *rows;
    size_t count;
    size_t cap;
};

/* Makes room for about so many, so that they need not move; what is not used costs nothing. */
void findings_expect(struct findings *f, size_t count);

void findings_add(struct findings *f, struct finding row);

/* Worst first; then peers' bits, path and id, so that the order is the same every time. */
void findings_sort(struct findings *f);

/*
 * Names the finding wherever it occurs again: 16 hexadecimal digits over id, paths and value.
 */
struct bytes finding_fingerprint(const struct finding *row, struct arena *a);

const char *judge_name(enum judge j);

const char *severity_name(enum severity s);

bool severity_by_name(struct bytes name, enum severity *ret);

/* printf into the arena of the findings. */
struct bytes finding_words(struct findings *f, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
