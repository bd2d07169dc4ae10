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
} __attribute__((packed, aligned(4))); /* as struct span */

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

/* There are very many: kept small. */
struct item {
    uint32_t parent;
    uint16_t key;      /* claims: enum key_id */
    uint8_t kind;      /* enum item_kind */
    bool faulty : 1;   /* containers: a fault stands here, so what is missing is unseen */
    bool leaf   : 1;   /* claims: the name is the key's leaf */
    struct bytes name; /* path segment before encoding; of a claim, the key's leaf or its own */
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
    uint8_t *leaves; /* where the leaf of each key's name begins; 0: not asked for yet */
};

_Static_assert(KEY_COUNT <= UINT16_MAX, "items hold a key in 16 bits");

/* Empty, with item 0 as the root container. */
void decoded_init(struct decoded *d, struct arena *a);

/*
 * Makes room for about so many items, of which nothing is touched before it is used, so that
 * they need not move when there are more and more of them.
 */
void decoded_expect(struct decoded *d, size_t items);

/* A container below `parent`. `name` must outlive `d`. Returns its index. */
uint32_t decoded_open(struct decoded *d, uint32_t parent, enum item_kind kind,
                      struct bytes name);

/* The place of the next item. Not zeroed. */
static inline struct item *decoded_item(struct decoded *d)
{
    arena_grow(d->arena, &d->items, d->item_count, &d->item_cap, sizeof(*d->items));
    return &d->items[d->item_count++];
}

/* key_leaf(), of which each decode remembers what it has asked for. */
static inline struct bytes decoded_leaf(const struct decoded *d, enum key_id key)
{
    const struct key *k = key_get(key);

    if (d->leaves[key] == 0)
        d->leaves[key] = (uint8_t)key_leaf_at(key);
    return (struct bytes){(const uint8_t *)k->name + d->leaves[key],
                          (size_t)k->name_length - d->leaves[key]};
}

/* Adds a claim with this name (the key's leaf if empty). Returns its index. */
static inline uint32_t decoded_claim(struct decoded *d, uint32_t parent, struct bytes name,
                                     enum key_id key, struct value v, struct span s)
{
    struct item *item = decoded_item(d);

    item->parent = parent;
    item->key = (uint16_t)key;
    item->kind = ITEM_CLAIM;
    item->faulty = false;
    item->leaf = name.len == 0;
    item->name = name.len > 0 ? name : decoded_leaf(d, key);
    item->value = v;
    item->span = s;
    return (uint32_t)(d->item_count - 1);
}

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
