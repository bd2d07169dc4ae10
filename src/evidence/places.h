/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Differences of firmware images by meaning: which module, variable, volume or stretch of free
 * space differs, and what about it. A place gathers the changes of one such part; what kind of
 * change it is follows from the keys that changed in it (rows of meaning.def).
 */
#ifndef ASSAY_EVIDENCE_PLACES_H
#define ASSAY_EVIDENCE_PLACES_H

#include "evidence/difference.h"

/* What a change is about, the weightiest first. */
enum meaning {
#define PART(pattern, name)
#define MEANING(id, name, words) MEANING_##id,
#define BY_KEY(pattern, meaning)
#define BY_PATH(pattern, meaning)
#define FOLLOWS(pattern, why)
#include "evidence/meaning.def"
#undef PART
#undef MEANING
#undef BY_KEY
#undef BY_PATH
#undef FOLLOWS
    MEANING_COUNT,
};

/* The word of the outward contract: "code", "free-space". */
const char *meaning_name(enum meaning m);

/* For a sentence: "code", "what its free space holds". */
const char *meaning_words(enum meaning m);

/* The bytes of one side of a place. */
struct extent {
    bool known;
    struct span span;     /* of the part, in a collected or derived blob */
    uint32_t outer_blob;  /* the collected blob in which … */
    uint64_t outer_start; /* … these bytes, or what they were derived from, stand */
    uint32_t entropy;     /* thousandths of a bit per byte */
};

struct place {
    enum change_kind kind; /* of the part as a whole */
    enum meaning meaning;
    const char *part; /* what it is: "module", "variable" */
    uint32_t a;       /* node of the part in either tree, or TREE_NONE */
    uint32_t b;
    uint32_t row;       /* the change that says most */
    uint32_t rows;      /* how many changes it gathers */
    struct extent from; /* of the part */
    struct extent to;
    uint64_t bytes_changed; /* bytes that differ where its changes are */
};

struct places {
    struct place *rows;
    size_t count;
    uint32_t *of_change; /* by change: its place, or TREE_NONE */
};

/* What a part is: "module", "variable"; NULL when `node` is none. */
const char *part_name(const struct tree *t, uint32_t node);

/* The innermost part in which a node of a firmware image stands, itself included. */
uint32_t part_of(const struct tree *t, uint32_t node);

/* The text of the claim `name` directly in a part: what a module calls itself. May be empty. */
struct bytes part_title(const struct tree *t, uint32_t node);

/*
 * Gathers changes into places, in order of their first change. In `changes`, what follows from
 * another change of the same part or of a part inside it gets its cause.
 */
void places_find(const struct tree *a, const struct tree *b, struct changes *changes,
                 struct places *ret);

/*
 * Compressed parts whose compressed bytes differ and whose inside is equal: no difference in
 * meaning, but worth a word.
 */
void places_recompressed(const struct tree *a, const struct tree *b, struct arena *arena,
                         struct places *ret);

#endif
