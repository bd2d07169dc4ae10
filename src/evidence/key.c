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

#define NO_NAMES    NULL, false
#define NAMES_OF(x) names_##x, false
#define BITS_OF(x)  names_##x, true

static const struct key keys[KEY_COUNT] = {
#define NAMES(id, ...)
#define KEY(id, name, type, expectation, unit, names, meaning)                                 \
    {name, TYPE_##type, EXPECT_##expectation, unit, names, meaning},
#include "evidence/vocabulary.def"
#undef KEY
#undef NAMES
};

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

const char *key_leaf(enum key_id id)
{
    const char *dot = strrchr(keys[id].name, '.');

    return dot != NULL ? dot + 1 : keys[id].name;
}

const char *key_value_name(const struct key *k, uint64_t value)
{
    if (k->names == NULL || k->bits)
        return NULL;
    for (const struct value_name *n = k->names; n->text != NULL; n++) {
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
