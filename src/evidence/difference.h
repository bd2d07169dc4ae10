/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The difference of two trees. Equal digests are skipped, so cost follows what is different.
 * Maps are matched by name, bags by equal content and then by nearest name, lists by longest
 * common subsequence. A whole new or missing container is one change.
 */
#ifndef ASSAY_EVIDENCE_DIFFERENCE_H
#define ASSAY_EVIDENCE_DIFFERENCE_H

#include "evidence/tree.h"

enum change_kind {
    CHANGE_ADDED,
    CHANGE_REMOVED,
    CHANGE_CHANGED,
    CHANGE_MOVED,  /* the same container under another parent or name, or place of a list */
    CHANGE_UNSEEN, /* one side cannot say: its surface was not seen whole there */
};

struct change {
    enum change_kind kind;
    uint32_t a;      /* node of the first tree, or TREE_NONE */
    uint32_t b;      /* node of the second tree, or TREE_NONE */
    uint32_t beside; /* added, removed: the node of the other tree in which it is missing */
    enum expectation expectation; /* of a claim's key; containers: same */
    uint32_t cause;        /* index of the change that this one follows from, or TREE_NONE */
    const char *cause_why; /* why, in words, when there is a cause */
};

struct changes {
    struct arena *arena;
    struct change *rows;
    size_t count;
    size_t cap;
};

const char *change_name(enum change_kind k);

/*
 * Compares two trees, in the order of paths. `all` includes claims of expectation free. The
 * rows live in `arena`. Where one tree comes from lone files only and the other
 * does not, a file is compared with its surface as every witness of the other saw it.
 */
void trees_differ(const struct tree *a, const struct tree *b, bool all, struct arena *arena,
                  struct changes *ret);

#endif
