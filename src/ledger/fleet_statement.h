/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an operator says of a whole fleet in an epoch: an in-toto Statement in one encoding,
 * signed in an envelope (docs/formats/ledger.md).
 */
#ifndef ASSAY_LEDGER_FLEET_STATEMENT_H
#define ASSAY_LEDGER_FLEET_STATEMENT_H

#include "base/err.h"
#include "crypto/vrf.h"
#include "ledger/aggregate.h"
#include "ledger/delta.h"
#include "ledger/intoto.h"

enum {
    METHODS_MAX = AGGREGATE_METHODS, /* a bit each in an aggregate */
    STATEMENT_PAYLOAD_MAX = 1 << 20,
    SEED_SIZE = 32 /* bytes of the public seed of a sample */
};

#define FLEET_PREDICATE "urn:assay:fleet-integrity:1"

/* A way of looking at a server, and how well it was measured to work. */
struct fleet_method {
    uint32_t bit;
    struct bytes id;
    struct bytes what; /* in words */
    struct digest specification;
    uint64_t caught; /* altered servers that it noticed, of so many that it was shown */
    uint64_t of;     /* 0: never measured */
    uint64_t false_alarms;
    uint64_t false_of;
    struct digest record; /* of the measurement */
};

/* A random sample for a method that costs too much to be used on every server. */
struct fleet_sampling {
    uint32_t method; /* bit */
    uint64_t size;
    struct bytes source;     /* where the seed comes from, in words */
    struct bytes not_before; /* RFC 3339: the seed is not known before */
    struct bytes seed;       /* empty until it is known */
    uint32_t epoch;          /* in which this was committed; its list is sampled */
};

struct fleet_statement {
    struct bytes origin;
    uint32_t epoch;
    struct bytes as_of;
    struct digest fleet_root; /* the subject */
    struct digest root;       /* of the fleet tree, not bound to the epoch */
    struct aggregate sum;
    struct digest alias_root;
    struct digest alias_tree;
    uint64_t aliases;
    uint64_t unidentified; /* machines that have no identity and are not counted as servers */
    struct counters counters;
    struct delta_counts delta;
    struct digest delta_digest;
    struct digest leaves; /* of the file */
    struct digest alias_leaves;
    bool has_previous;
    struct digest previous; /* of the payload of the statement before */
    struct digest previous_root;
    struct vrf_public vrf_key;
    struct fleet_method methods[METHODS_MAX]; /* ascending by bit */
    size_t method_count;
    struct digest policy;
    struct digest reference;
    struct bytes tool;
    struct digest tool_digest;
    bool has_nonce;
    struct digest nonce_from; /* hash of a checkpoint's text */
    bool has_sampling;
    struct fleet_sampling sampling;
};

/* The payload. */
void fleet_statement_print(struct text *t, const struct fleet_statement *s);

/* Strict: reads what fleet_statement_print() writes and nothing else. */
bool fleet_statement_parse(struct bytes payload, struct arena *a, struct fleet_statement *ret,
                           struct err *e);

#endif
