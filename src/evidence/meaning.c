/* SPDX-License-Identifier: Apache-2.0 */
/* What parts of a firmware image there are and what a change in them means: meaning.def. */
#include "evidence/places_private.h"

struct part_row {
    const char *pattern;
    const char *name;
};

struct meaning_row {
    const char *name;
    const char *words;
};

struct meaning_pattern {
    const char *pattern;
    enum meaning meaning;
};

struct follow_row {
    const char *pattern;
    const char *why;
};

#define PART(pattern, name)
#define MEANING(id, name, words)
#define BY_KEY(pattern, meaning)
#define BY_PATH(pattern, meaning)
#define FOLLOWS(pattern, why)

static const struct part_row parts[] = {
#undef PART
#define PART(pattern, name) {pattern, name},
#include "evidence/meaning.def"
#undef PART
#define PART(pattern, name)
};

static const struct meaning_row meanings[] = {
#undef MEANING
#define MEANING(id, name, words) {name, words},
#include "evidence/meaning.def"
#undef MEANING
#define MEANING(id, name, words)
};

static const struct meaning_pattern by_path[] = {
#undef BY_PATH
#define BY_PATH(pattern, meaning) {pattern, MEANING_##meaning},
#include "evidence/meaning.def"
#undef BY_PATH
#define BY_PATH(pattern, meaning)
};

static const struct meaning_pattern by_key[] = {
#undef BY_KEY
#define BY_KEY(pattern, meaning) {pattern, MEANING_##meaning},
#include "evidence/meaning.def"
#undef BY_KEY
#define BY_KEY(pattern, meaning)
};

static const struct follow_row follows[] = {
#undef FOLLOWS
#define FOLLOWS(pattern, why) {pattern, why},
#include "evidence/meaning.def"
#undef FOLLOWS
#define FOLLOWS(pattern, why)
};

/* '*' is any run of bytes, '?' any one byte. Goes back to the last '*' when it gets stuck. */
static bool name_match(const char *pattern, struct bytes name)
{
    const char *star = NULL;
    size_t from = 0;
    size_t i = 0;

    while (i < name.len) {
        if (*pattern == '*') {
            star = ++pattern;
            from = i;
        } else if (*pattern == '?' || (*pattern != '\0' && (uint8_t)*pattern == name.data[i])) {
            pattern++;
            i++;
        } else if (star != NULL) {
            pattern = star;
            i = ++from;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

const char *meaning_name(enum meaning m)
{
    return m < MEANING_COUNT ? meanings[m].name : "";
}

const char *meaning_words(enum meaning m)
{
    return m < MEANING_COUNT ? meanings[m].words : "";
}

const char *part_name(const struct tree *t, uint32_t node)
{
    if (node == TREE_NONE || t->nodes[node].kind == ITEM_CLAIM)
        return NULL;
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (name_match(parts[i].pattern, t->nodes[node].name))
            return parts[i].name;
    }
    return NULL;
}

uint32_t part_of(const struct tree *t, uint32_t node)
{
    uint32_t part = TREE_NONE;
    uint32_t top = node;

    if (node == TREE_NONE)
        return TREE_NONE;
    for (uint32_t i = node; i != 0; i = t->nodes[i].parent) {
        if (part == TREE_NONE && part_name(t, i) != NULL)
            part = i;
        top = i;
    }
    return bytes_starts_with(t->nodes[top].name, "flash@") ? part : TREE_NONE;
}

struct bytes part_title(const struct tree *t, uint32_t node)
{
    uint32_t child = node != TREE_NONE ? tree_child(t, node, bytes_of("name")) : TREE_NONE;
    const struct item *claim = child != TREE_NONE ? tree_claim(t, child) : NULL;

    if (claim == NULL || claim->value.type != TYPE_TEXT)
        return (struct bytes){NULL, 0};
    return claim->value.bytes;
}

enum meaning meaning_of(const struct tree *t, uint32_t node, uint32_t part)
{
    const struct item *claim = tree_claim(t, node);

    for (size_t k = 0; k < ARRAY_LEN(by_path); k++) {
        for (uint32_t i = node; i != 0; i = t->nodes[i].parent) {
            if (name_match(by_path[k].pattern, t->nodes[i].name))
                return by_path[k].meaning;
            if (i == part)
                break;
        }
    }
    for (size_t k = 0; claim != NULL && k < ARRAY_LEN(by_key); k++) {
        if (name_match(by_key[k].pattern, bytes_of(key_get(claim->key)->name)))
            return by_key[k].meaning;
    }
    return MEANING_DATA;
}

const char *key_follows(enum key_id key)
{
    for (size_t i = 0; i < ARRAY_LEN(follows); i++) {
        if (name_match(follows[i].pattern, bytes_of(key_get(key)->name)))
            return follows[i].why;
    }
    return NULL;
}
