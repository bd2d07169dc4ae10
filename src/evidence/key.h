/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The declared kinds of statement. A key says what a claim means: name, type, unit, meaning and
 * what one may expect of its value on another machine. Rows stand in vocabulary/NAME.def.
 */
#ifndef ASSAY_EVIDENCE_KEY_H
#define ASSAY_EVIDENCE_KEY_H

#include "base/bytes.h"

enum value_type {
    TYPE_UINT, /* unsigned, to 2^64-1 */
    TYPE_INT,  /* signed, to -2^63 */
    TYPE_BOOL,
    TYPE_TEXT,  /* bytes meant to be read; kept as found, of no promised encoding */
    TYPE_BYTES, /* bytes not meant to be read: digests, identifiers */
};

enum expectation {
    EXPECT_SAME,  /* equal on all machines of a model */
    EXPECT_RANGE, /* numeric, compared by distribution */
    EXPECT_OWN,   /* unique to a machine */
    EXPECT_GROUP, /* shared by the few nodes of one chassis */
    EXPECT_FREE,  /* volatile or assigned by the machine */
};

/* What a number (or, with `bits`, a bit number) is called in its specification. */
struct value_name {
    uint64_t value;
    const char *text; /* NULL ends a table */
};

/* Not a unit: the number is an identifier or a mask, and people read it in hexadecimal. */
#define UNIT_HEX "hex"

/*
 * A row holds no pointer: a table of pointers this long would have to be relocated, page by
 * page, whenever the program starts.
 */
struct key {
    char name[52]; /* dotted; the part after the last dot names a claim's place */
    char unit[26]; /* "" where there is none */
    uint8_t name_length;
    bool bits; /* names are of bits, not of values */
    enum value_type type;
    enum expectation expectation;
    unsigned names; /* which table of names; see key_names() */
};

enum key_id {
#define NAMES(id, ...)
#define KEY(id, name, type, expectation, unit, names, meaning) KEY_##id,
#include "evidence/vocabulary.def"
#undef NAMES
#undef KEY
    KEY_COUNT,
};

const struct key *key_get(enum key_id id);

/* The key of this dotted name, or KEY_NONE. */
enum key_id key_find(struct bytes name);

/* The last part of a key's name: "smbios.memory-device.serial" gives "serial". */
struct bytes key_leaf(enum key_id id);

/* What values of the key, or its bits, are called; NULL where they have no names. */
const struct value_name *key_names(const struct key *k);

/* What a claim of the key says, in words. */
const char *key_meaning(const struct key *k);

/* Whether people read its numbers in hexadecimal. */
static inline bool key_hex(const struct key *k)
{
    return memcmp(k->unit, UNIT_HEX, sizeof(UNIT_HEX)) == 0;
}

/* What the specification calls this value of the key, or NULL. Not for keys of bits. */
const char *key_value_name(const struct key *k, uint64_t value);

const char *value_type_name(enum value_type t);

const char *expectation_name(enum expectation e);

#endif
