/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several readings of one flash part: which bytes disagree, and what mechanism explains the
 * pattern. Bits that fade change single bits; a stuck line changes one bit everywhere; whoever
 * serves another image changes whole pages. Pure, integers only.
 */
#ifndef ASSAY_APPRAISE_READS_H
#define ASSAY_APPRAISE_READS_H

#include "appraise/finding.h"

enum {
    READS_MAX = 64,
    READS_CLUSTERS_MAX = 4096,
    READS_CLUSTER_GAP = 256, /* equal bytes between two clusters at least */
};

enum reads_kind {
#define READS_KIND(id, name, severity, meaning, next) READS_##id,
#include "appraise/reads.def"
#undef READS_KIND
    READS_KINDS,
};

struct reads_kind_info {
    const char *name;
    enum severity severity;
    const char *meaning; /* a sentence or two */
    const char *next;
};

const struct reads_kind_info *reads_kind_info(enum reads_kind k);

/* How the disagreement repeats, from three readings on. */
enum reads_stability {
    READS_STABILITY_UNKNOWN, /* two readings, or nothing disagrees */
    READS_STABLE,   /* every byte splits them alike, each side was read twice or more */
    READS_ONCE,     /* … alike, but one side was read once only */
    READS_UNSTABLE, /* different bytes split them differently */
};

const char *reads_stability_name(enum reads_stability s);

/* Whole blocks of these sizes are told apart: page, sector, block of a NOR flash. */
enum {
    READS_SIZES = 3
};

extern const uint32_t reads_sizes[READS_SIZES];

/* One reading against what most of them have at each byte (of two: against the base). */
struct reads_row {
    struct bytes name;
    struct bytes bytes;
    unsigned group; /* equal readings share it; numbered from 1 in the order given */
    enum reads_kind kind;
    bool of_base;    /* it is the base that shows this, not this reading */
    uint64_t detail; /* DATA_LINE: mask; ADDRESS_LINE and EXCHANGED: block size; REPEATS: times;
                        SHORT, TAIL, SLIPPED: bytes missing; BLANK, BLANK_RANGE: the value */
    bool high;       /* DATA_LINE and ADDRESS_LINE: stuck at 1; SLIPPED: bytes doubled */
    uint64_t differing;    /* bytes */
    uint64_t bits_set;     /* 0 in most, 1 here */
    uint64_t bits_cleared; /* 1 in most, 0 here */
    uint64_t erased;       /* differing bytes that are 0xff here */
    uint64_t zeroed;       /* … 0x00 here */
    uint64_t first;        /* offset of the first differing byte */
    uint64_t last;
    uint64_t touched[READS_SIZES];  /* blocks of each size that hold a difference … */
    uint64_t replaced[READS_SIZES]; /* … and that differ nearly throughout */
    unsigned aligned; /* largest size of which every touched block is replaced, or 0 */
};

/* A run of bytes at which readings disagree, without long gaps. */
struct reads_cluster {
    uint64_t offset;
    uint64_t length;
    uint64_t differing; /* bytes in it */
};

struct reads {
    struct reads_row *rows;
    size_t count;
    size_t base; /* the row that the others are compared with */
    unsigned groups;
    unsigned alternates; /* readings repeat after so many; 0: no such period */
    enum reads_kind kind;
    size_t speaker; /* the row whose kind that is */
    enum reads_stability stability;
    uint64_t differing; /* offsets at which not all agree, within the length of the base */
    struct reads_cluster *clusters;
    size_t cluster_count; /* kept */
    size_t cluster_cap;
    uint64_t cluster_total; /* there are */
};

struct reading {
    struct bytes name;
    struct bytes bytes;
};

/* Compares `count` (1 to READS_MAX) readings. */
void reads_compare(const struct reading *readings, size_t count, struct arena *a,
                   struct reads *ret);

/* What is the matter with one reading, in sentences, without what it means. */
struct bytes reads_what(const struct reads *r, size_t row, struct arena *a);

/* As reads_what, and how it repeats and what that means. */
struct bytes reads_why_of(const struct reads *r, size_t row, struct arena *a);

/* Of all readings: what, how it repeats, what it means. */
struct bytes reads_why(const struct reads *r, struct arena *a);

#endif
