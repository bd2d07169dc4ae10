/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The evidence tree: items sorted into maps, bags and lists, with the digest of the model tree
 * at every container. The model tree holds claims that machines of a model share (same, range)
 * and which containers there are; claims that belong to one machine or one boot hang beside it.
 *
 * Equal names in a map become a bag under that name, so a second "DIMM" is a member, not a
 * clash.
 */
#ifndef ASSAY_EVIDENCE_TREE_H
#define ASSAY_EVIDENCE_TREE_H

#include "evidence/item.h"

#define TREE_NONE UINT32_MAX

struct tree_node {
    uint32_t item;   /* the item; of a bag made from equal names, the first of them */
    uint32_t parent; /* node; the root is its own */
    uint32_t first;  /* children: nodes[first] to nodes[first + count - 1] */
    uint32_t count;
    uint8_t kind;    /* enum item_kind */
    bool made;       /* a bag made from equal names: its members carry the same name */
    bool incomplete; /* a fault stands here or it was not seen whole: what is missing is unseen
                      */
    bool has_own;    /* a claim of expectation own or group at or below */
    bool has_free;
    bool has_model; /* a claim of expectation same or range at or below */
    struct bytes name;
    struct digest model; /* containers: digest of the model node */
};

struct tree {
    const struct decoded *decoded;
    struct arena *arena;
    struct tree_node *nodes; /* node 0 is the root; children have higher indexes than parents */
    size_t count;
};

/* Receives every model node once it is encoded: its digest and its canonical bytes, which do
 * not last. */
typedef void tree_sink(void *user, const struct digest *d, struct bytes encoded);

/*
 * Builds the tree of decoded items. With a `sink`, hands out each model node. Everything lives
 * in d->arena.
 */
void tree_build(struct tree *t, const struct decoded *d, tree_sink *sink, void *user);

/* The claim of a leaf; NULL for a container. */
const struct item *tree_claim(const struct tree *t, uint32_t node);

/* The child of a container with this name, or TREE_NONE. Maps: by bisection. */
uint32_t tree_child(const struct tree *t, uint32_t node, struct bytes name);

/* The node at an encoded path ("smbios@host-kernel/system/serial"), or TREE_NONE. */
uint32_t tree_find(const struct tree *t, const char *path);

/* The path of a node; members that share a name are told apart by "#n", for display. */
void tree_path(const struct tree *t, uint32_t node, struct text *out);

/*
 * Whether a node belongs to the model tree: a claim of same or range, or a container, unless
 * all that it holds is free: one more entry of a log is no other machine.
 */
bool tree_in_model(const struct tree *t, uint32_t node);

/* The digest of the identity tree below the root: own and group claims, salted (docs/formats).
 */
struct digest tree_identity_digest(const struct tree *t, struct bytes salt);

#endif
