/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/key.h"

#include <string.h>

#define KEY(id, name, type, expectation, unit, names, meaning)
/* clang-format off */
#define NAMES(id, ...) static const struct value_name names_##id[] = {__VA_ARGS__, {0, NULL}};
/* clang-format on */
#include "evidence/vocabulary.def"
#undef KEY
#undef NAMES

/* The tables of names; the first stands for none. */
enum {
    NO_TABLE,
#define NAMES(id, ...) TABLE_##id,
#define KEY(id, name, type, expectation, unit, names, meaning)
#include "evidence/vocabulary.def"
#undef KEY
#undef NAMES
};

static const struct value_name *const tables[] = {
    NULL,
#define NAMES(id, ...) names_##id,
#define KEY(id, name, type, expectation, unit, names, meaning)
#include "evidence/vocabulary.def"
#undef KEY
#undef NAMES
};

#define NO_NAMES    false, NO_TABLE
#define NAMES_OF(x) false, TABLE_##x
#define BITS_OF(x)  true, TABLE_##x

#define NAMES(id, ...)

#define ROW(name, type, expectation, unit, bits, names)                                        \
    {name, unit, sizeof(name) - 1, bits, TYPE_##type, EXPECT_##expectation, names},
#define KEY(id, name, type, expectation, unit, names, meaning)                                 \
    ROW(name, type, expectation, unit, names)

static const struct key keys[KEY_COUNT] = {
#include "evidence/vocabulary.def"
};
#undef KEY

/* All meanings behind one another, and where each begins. */
static const struct meanings {
#define KEY(id, name, type, expectation, unit, names, meaning) char of_##id[sizeof(meaning)];
#include "evidence/vocabulary.def"
#undef KEY
} meanings = {

#define KEY(id, name, type, expectation, unit, names, meaning) meaning,
#include "evidence/vocabulary.def"
#undef KEY
};

static const uint32_t meaning_at[KEY_COUNT] = {
#define KEY(id, name, type, expectation, unit, names, meaning)                                 \
    offsetof(struct meanings, of_##id),
#include "evidence/vocabulary.def"
#undef KEY
};
#undef NAMES

const struct key *key_get(enum key_id id)
{
    return &keys[id];
}

enum key_id key_find(struct bytes name)
{
    for (unsigned i = 0; i < KEY_COUNT; i++) {
        if (bytes_equal_text(name, keys[i].name))
            return (enum key_id)i;
    }
    return KEY_NONE;
}

struct bytes key_leaf(enum key_id id)
{
    const struct key *k = &keys[id];
    const char *dot = memrchr(k->name, '.', k->name_length);
    const char *leaf = dot != NULL ? dot + 1 : k->name;

    return (struct bytes){(const uint8_t *)leaf, k->name_length - (size_t)(leaf - k->name)};
}

const struct value_name *key_names(const struct key *k)
{
    return tables[k->names];
}

const char *key_meaning(const struct key *k)
{
    return (const char *)&meanings + meaning_at[k - keys];
}

const char *key_value_name(const struct key *k, uint64_t value)
{
    const struct value_name *names = key_names(k);

    if (names == NULL || k->bits)
        return NULL;
    for (const struct value_name *n = names; n->text != NULL; n++) {
        if (n->value == value)
            return n->text;
    }
    return NULL;
}

const char *value_type_name(enum value_type t)
{
    switch (t) {
    case TYPE_UINT:
        return "uint";
    case TYPE_INT:
        return "int";
    case TYPE_BOOL:
        return "bool";
    case TYPE_TEXT:
        return "text";
    case TYPE_BYTES:
        return "bytes";
    }
    return "";
}

const char *expectation_name(enum expectation e)
{
    switch (e) {
    case EXPECT_SAME:
        return "same";
    case EXPECT_RANGE:
        return "range";
    case EXPECT_OWN:
        return "own";
    case EXPECT_GROUP:
        return "group";
    case EXPECT_FREE:
        return "free";
    }
    return "";
}
