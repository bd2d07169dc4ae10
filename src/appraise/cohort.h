/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cohort: the machines that one machine is compared with, DESIGN section 4. It is built from
 * model nodes (evidence/tree.h), each taken in once whatever number of machines share it, so
 * its cost follows what is different. Frozen, it is a node with a digest
 * (docs/formats/cohort.md) that anyone can build again from the same evidence.
 *
 * Cohorts are nested: the fleet, then machines with the same board, then those with the same
 * firmware version too. One subject votes once, with its latest evidence.
 */
#ifndef ASSAY_APPRAISE_COHORT_H
#define ASSAY_APPRAISE_COHORT_H

#include "appraise/subject.h"

enum {
    COHORT_LEVELS = 3,     /* 0 the fleet, 1 same board, 2 same board and firmware version */
    COHORT_VOTERS_MIN = 8, /* a position is judged in the smallest cohort with this many */
};

struct cohort;

/* A claim of this key tells machines of one level from each other. */
struct cohort_key {
    const char *key;
    unsigned level; /* 1 or 2 */
};

struct cohort_options {
    struct digest decoders;        /* the decoder set all trees come from */
    const struct cohort_key *keys; /* NULL: board product and version, firmware version */
    size_t key_count;
    bool keep_nodes; /* keep the encoded nodes, for cohort_pack() */
};

/* A value that should be unique to its machine. */
struct cohort_own {
    struct bytes kind;  /* its key */
    struct bytes value; /* own_normalise() of it; no placeholder */
};

struct cohort_member {
    struct bytes subject; /* who; when empty, the evidence stands for a subject of its own */
    struct bytes time;    /* of the evidence, RFC 3339; may be empty */
    struct digest evidence;
    struct digest root; /* of the model tree */
    const struct cohort_own *own;
    size_t own_count;
    bool judged; /* it is the one under judgement: votes whatever else the subject has given */
};

/* Everything lives in `a`. */
struct cohort *cohort_new(struct arena *a, const struct cohort_options *options);

/*
 * Takes in a model node: its digest (trusted to be that of `encoded`) and canonical bytes.
 * Nodes come children first, as tree_build() hands them out; one that is known costs a look-up.
 */
bool cohort_node_add(struct cohort *c, const struct digest *d, struct bytes encoded,
                     struct err *e);

/* Adds a machine whose nodes are there. Of two with one subject the later evidence stays. */
bool cohort_member_add(struct cohort *c, const struct cohort_member *m, struct err *e);

/* Both of the above for decoded evidence of the subject `id`; `judged` as in cohort_member. */
bool cohort_subject_add(struct cohort *c, const struct subject *s, struct bytes id, bool judged,
                        struct err *e);

/* Counts the votes. Call after the last member; again after more of them. */
bool cohort_freeze(struct cohort *c, struct err *e);

size_t cohort_size(const struct cohort *c);

/* How many members saw this surface whole: the container at the top of their tree, as
 * "pci@host-kernel".
 */
size_t cohort_surface_voters(const struct cohort *c, struct bytes name);

/* The frozen cohort node, canonical; does not depend on the order of members or nodes. */
struct bytes cohort_encode(const struct cohort *c, struct arena *a);

/* The digest of the frozen node. */
struct digest cohort_digest(const struct cohort *c, struct arena *a);

/* The node together with the model nodes it stands on: a cohort as a file. Needs keep_nodes. */
struct bytes cohort_pack(const struct cohort *c, struct arena *a);

/*
 * Reads a packed cohort, counts the votes again, and refuses one whose node then differs: what
 * it says it counted is what its nodes give. `keys` as in the options with which it was made.
 */
struct cohort *cohort_unpack(struct bytes pack, const struct cohort_options *options,
                             struct arena *a, struct err *e);

/* The digest of the node inside a packed cohort and its decoder set, without counting. */
bool cohort_pack_digest(struct bytes pack, struct digest *node, struct digest *decoders,
                        struct err *e);

#endif
