/* SPDX-License-Identifier: Apache-2.0 */
/* The leaves of the fleet tree and of the alias tree, byte by byte (docs/formats/ledger.md). */
#ifndef ASSAY_LEDGER_LEAF_H
#define ASSAY_LEDGER_LEAF_H

#include "base/text.h"
#include "ledger/prefix_tree.h"

enum {
    SERVER_LEAF_SIZE = 130,
    ALIAS_LEAF_SIZE = 90,
    LEAVES_FILE_MAX = 1 << 30 /* bytes of a list */
};

/* A server in an epoch. */
struct server_leaf {
    struct digest index;      /* its pseudonym */
    uint32_t since;           /* epoch in which these bytes were made */
    struct digest commitment; /* to its attributes */
    struct digest previous;   /* hash of its last different leaf; zero if there is none */
    uint32_t previous_since;  /* `since` of that leaf; 0 if there is none */
    struct aggregate sum;
};

/* Another name of a server: a part that can be in one server only. */
struct alias_leaf {
    struct digest index; /* pseudonym of the name */
    struct digest value; /* whose it is, salted */
};

enum server_verdict {
    SERVER_CLEAN,
    SERVER_REVIEW, /* suspect, for reasons that a person must weigh */
    SERVER_BAD,    /* a grave finding against a reference or a rule */
    SERVER_UNKNOWN,
};

/* "clean", "review", "bad", "unknown". */
const char *server_verdict_name(enum server_verdict v);

/* What the aggregate of a leaf says. */
enum server_verdict server_verdict_of(const struct aggregate *sum);

/* The aggregate of one server: its verdict, days of its oldest and newest evidence, methods. */
struct aggregate server_sum(enum server_verdict v, uint32_t oldest, uint32_t newest,
                            uint32_t methods);

void server_leaf_pack(const struct server_leaf *l, uint8_t ret[SERVER_LEAF_SIZE]);

/* `bytes` has SERVER_LEAF_SIZE bytes. */
struct server_leaf server_leaf_unpack(struct bytes bytes);

void alias_leaf_pack(const struct alias_leaf *l, uint8_t ret[ALIAS_LEAF_SIZE]);

struct alias_leaf alias_leaf_unpack(struct bytes bytes);

/* The first line of a list of leaves. */
const char *leaves_magic(enum prefix_kind kind);

/* The leaves of a list file; an error unless it is whole, sorted and free of repetitions. */
bool leaves_parse(enum prefix_kind kind, struct bytes file, struct prefix_leaves *ret,
                  struct err *e);

#endif
