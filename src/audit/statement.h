/* SPDX-License-Identifier: Apache-2.0 */
/* DSSE envelopes, the statement of an epoch in one, and what must hold from epoch to epoch. */
#ifndef ASSAY_AUDIT_STATEMENT_H
#define ASSAY_AUDIT_STATEMENT_H

#include "audit/json.h"
#include "audit/note.h"
#include "audit/prefix.h"

enum {
    OPERATORS = 8,
    METHODS = 24,           /* bits of SUM_ALL and SUM_ANY */
    STATEMENT_SIZE = 65535, /* a longer envelope cannot be an entry of a log */
    ENVELOPE_SIZE = 64 << 20
};

/* The keys by which an operator's documents may be signed. */
struct operators {
    struct key keys[OPERATORS];
    size_t count;
};

/*
 * Reads an envelope and verifies it by one of the keys. True if what it says is signed;
 * `ret_key` is by whom. Without any key the payload is given all the same, and untold.
 */
bool envelope_open(struct view file, const struct operators *by, const char *what,
                   struct report *r, struct view *ret_payload, const struct key **ret_key);

/* Whether a payload says that it is a statement, in its one form or not. */
bool payload_claims(struct view payload);

/* Reads what all payloads begin with; returns their type. */
struct view payload_begin(struct json *j, struct view *ret_subject, struct hash *ret_digest);

enum counter {
    EVER_N,
    EVER_BAD,
    EVER_REVIEW,
    RESOLVED,
    REMOVED_NOT_CLEAN,
    COUNTERS,
};

/* As a statement writes them. */
extern const char *const counter_names[COUNTERS];

enum change {
    ADDED,
    REMOVED,
    CHANGED,
    REKEYED,
    CHANGES,
};

struct sampling {
    uint32_t method;
    uint32_t k;
    struct view source;
    uint64_t not_before;
    bool has_seed;
    struct hash seed;
    uint32_t epoch;
};

struct statement {
    struct hash payload; /* SHA-256 of it */
    struct view origin;
    uint32_t epoch;
    uint64_t as_of;
    struct hash fleet_root;
    struct branch root;
    struct hash alias_root;
    struct branch aliases;
    uint32_t unidentified;
    uint64_t counters[COUNTERS];
    uint32_t changes[CHANGES];
    struct hash delta;
    struct hash leaves;
    struct hash alias_leaves;
    bool has_previous;
    struct hash previous;
    struct hash previous_root;
    struct hash vrf_key;
    struct hash policy;
    struct hash reference;
    bool has_nonce;
    struct hash nonce_from;
    bool has_sampling;
    struct sampling sampling;
    uint32_t method_bits;
};

/* Opens an envelope that holds a statement and checks what it says by itself. */
bool statement_open(struct view file, const struct operators *by, const char *what,
                    struct report *r, struct statement *ret);

/* What must hold between the statements of an epoch and of the next one. */
bool statement_follows(const struct statement *a, const struct statement *b, struct report *r);

/* The facts that a statement states. */
void statement_facts(const struct statement *s, struct report *r);

/* A chain of statements, in order. */
bool statements_chain(const struct statement *s, size_t count, struct report *r);

#endif
