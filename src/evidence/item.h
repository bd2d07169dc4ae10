/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What decoding yields: items (containers and claims) with their provenance, faults, the byte
 * map and the blobs they stand in. Items refer to their parent by index; the root is item 0.
 */
#ifndef ASSAY_EVIDENCE_ITEM_H
#define ASSAY_EVIDENCE_ITEM_H

#include "base/reader.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "evidence/key.h"

struct value {
    enum value_type type;

    union {
        uint64_t uint; /* TYPE_UINT, and 0 or 1 for TYPE_BOOL */
        int64_t sint;
        struct bytes bytes; /* TYPE_TEXT, TYPE_BYTES */
    };
};

bool value_equal(const struct value *a, const struct value *b);

/* Order for sorting: by type, then by value. */
int value_compare(const struct value *a, const struct value *b);

/* The value for people, with its name where the key gives one: "26 (DDR4)", "0x1f", text. */
void value_print(struct text *t, const struct value *v, const struct key *k);

enum item_kind {
    ITEM_MAP,   /* children have names; equal names form a bag under that name */
    ITEM_BAG,   /* children without a stable name: a multiset */
    ITEM_LIST,  /* order means something */
    ITEM_CLAIM, /* a value of a key */
};

struct item {
    uint32_t parent;
    enum item_kind kind;
    struct bytes name; /* path segment before encoding; of a claim, the key's leaf or its own */
    enum key_id key;   /* claims only */
    bool leaf;         /* claims: the name is the key's leaf */
    bool faulty;       /* containers: a fault stands here, so what is missing is unseen */
    struct value value;
    struct span span; /* the bytes that say so */
};

enum fault_id {
#define FAULT(id, name, meaning) FAULT_##id,
#include "evidence/faults.def"
#undef FAULT
    FAULT_COUNT,
};

const char *fault_name(enum fault_id id);

const char *fault_meaning(enum fault_id id);

/* A named malformation: evidence, not an error. */
struct fault {
    enum fault_id id;
    uint32_t item; /* the container in which it was found */
    uint32_t blob;
    uint64_t offset; /* in the blob */
};

/* DESIGN section 1: each byte of a blob belongs to exactly one of these. */
enum byte_class {
    CLASS_STRUCTURE,
    CLASS_CODE,
    CLASS_DATA,
    CLASS_COMPRESSED,
    CLASS_ENCRYPTED,
    CLASS_PADDING,
    CLASS_FREE_ERASED,
    CLASS_FREE_NONERASED,
    CLASS_DELETED,
    CLASS_UNKNOWN,
    CLASS_UNREAD,
};

const char *byte_class_name(enum byte_class c);

/* A run of bytes of one class. In a finished map runs are disjoint, in order, and cover the
 * blob. */
struct region {
    struct span span;
    enum byte_class class;
    uint32_t item; /* the container to which it belongs */
};

/* A byte string: collected (parent is its own index) or derived from another. */
struct blob {
    struct bytes bytes;
    struct digest digest; /* once it is known; asked for with decoded_digest() */
    bool digested;
    uint32_t parent;
    struct span source; /* derived: the bytes of the parent it was made from */
    const char *method; /* derived: how ("xz", "hex-text"); NULL for a collected blob */
};

/*
 * A confined process fills this in and another one reads it: whatever is added here, or to what
 * it points at, must be checked in worker/check.c.
 */
struct decoded {
    struct arena *arena;
    struct item *items;
    size_t item_count;
    size_t item_cap;
    struct fault *faults;
    size_t fault_count;
    size_t fault_cap;
    struct region *regions; /* after decoding: the byte map, by blob and offset */
    size_t region_count;
    size_t region_cap;
    struct blob *blobs;
    size_t blob_count;
    size_t blob_cap;
};

/* Empty, with item 0 as the root container. */
void decoded_init(struct decoded *d, struct arena *a);

/* A container below `parent`. `name` must outlive `d`. Returns its index. */
uint32_t decoded_open(struct decoded *d, uint32_t parent, enum item_kind kind,
                      struct bytes name);

/* Adds a claim with this name (the key's leaf if empty). Returns its index. */
uint32_t decoded_claim(struct decoded *d, uint32_t parent, struct bytes name, enum key_id key,
                       struct value v, struct span s);

void decoded_fault(struct decoded *d, enum fault_id id, uint32_t item, uint32_t blob,
                   uint64_t offset);

/* Adds a blob, with its digest if that is known. `method` NULL: collected. Returns its index.
 */
uint32_t decoded_blob(struct decoded *d, struct bytes b, const struct digest *digest,
                      uint32_t parent, struct span source, const char *method);

/* SHA-256 of a blob's bytes; computed when it is first asked for. */
const struct digest *decoded_digest(const struct decoded *d, uint32_t blob);

/*
 * The path of an item, encoded and joined with '/'; the root gives "". Members of bags and
 * lists are shown by their name alone.
 */
void item_path(const struct decoded *d, uint32_t item, struct text *t);

#endif
