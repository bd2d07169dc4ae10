/* SPDX-License-Identifier: Apache-2.0 */
#include "appraise/claim_index.h"

#include <inttypes.h>
#include <string.h>

static const char *const need_names[NEED_COUNT] = {
#define NEED(id, name) name,
#include "appraise/needs.def"
#undef NEED
};

const char *need_name(enum need n)
{
    return need_names[n];
}

/* A fault doubts what stands in its container and below. */
static void mark_doubts(struct claim_index *x)
{
    const struct decoded *d = &x->subject->decoded;
    bool *faulty = ARENA_ARRAY(&x->tables, bool, d->item_count);

    for (size_t i = 0; i < d->fault_count; i++)
        faulty[d->faults[i].item] = true;
    x->doubted = ARENA_ARRAY(&x->tables, bool, x->tree->count);
    for (uint32_t i = 0; i < x->tree->count; i++) {
        const struct tree_node *n = &x->tree->nodes[i];

        x->doubted[i] = (!n->made && faulty[n->item]) || x->doubted[n->parent];
    }
}

void claim_index_init(struct claim_index *x, const struct subject *s, struct arena *a)
{
    const struct tree *t = &s->tree;

    *x = (struct claim_index){.subject = s, .tree = t, .arena = a};
    arena_init(&x->tables);
    x->first = ARENA_ARRAY(&x->tables, uint32_t, KEY_COUNT + 2);
    x->nodes = ARENA_ARRAY(&x->tables, uint32_t, t->count + 1);
    x->paths = ARENA_ARRAY(&x->tables, struct bytes, t->count);
    x->room = ARENA_ARRAY(&x->tables, struct text, 1);
    text_init(x->room, &x->tables, 1 << 16);
    for (uint32_t i = 0; i < t->count; i++) {
        const struct item *claim = tree_claim(t, i);

        if (claim != NULL)
            x->first[claim->key + 1]++;
    }
    for (size_t k = 0; k <= KEY_COUNT; k++)
        x->first[k + 1] += x->first[k];
    uint32_t *fill = ARENA_ARRAY(&x->tables, uint32_t, KEY_COUNT + 2);

    memcpy(fill, x->first, (KEY_COUNT + 2) * sizeof(*fill));
    for (uint32_t i = 0; i < t->count; i++) {
        const struct item *claim = tree_claim(t, i);

        if (claim != NULL)
            x->nodes[fill[claim->key]++] = i;
    }
    for (size_t n = 0; n < NEED_COUNT; n++)
        x->keys[n] = key_find(bytes_of(need_names[n]));
    mark_doubts(x);
}

void claim_index_done(struct claim_index *x)
{
    arena_done(&x->tables);
}

struct claim_list claims_of_key(const struct claim_index *x, enum key_id key)
{
    if (key == KEY_NONE)
        return (struct claim_list){NULL, 0};
    return (struct claim_list){x->nodes + x->first[key], x->first[key + 1] - x->first[key]};
}

struct claim_list claims_of(const struct claim_index *x, enum need n)
{
    return claims_of_key(x, x->keys[n]);
}

const struct item *claim_at(const struct claim_index *x, uint32_t node)
{
    return tree_claim(x->tree, node);
}

struct bytes claim_text(const struct claim_index *x, uint32_t node)
{
    const struct value *v = &claim_at(x, node)->value;
    struct text t;

    switch (v->type) {
    case TYPE_TEXT:
        return bytes_trim(v->bytes);
    case TYPE_BYTES:
        text_init(&t, x->arena, 1 << 20);
        text_hex(&t, v->bytes);
        return text_bytes(&t);
    case TYPE_INT:
        return bytes_of(arena_format(x->arena, "%" PRId64, v->sint));
    case TYPE_UINT:
    case TYPE_BOOL:
        return bytes_of(arena_format(x->arena, "%" PRIu64, v->uint));
    }
    return (struct bytes){NULL, 0};
}

struct bytes claim_words(const struct claim_index *x, uint32_t node)
{
    const struct item *claim = claim_at(x, node);
    char room[4096];
    struct text t;

    text_init_room(&t, room, sizeof(room));
    value_print(&t, &claim->value, key_get(claim->key));
    return arena_copy(x->arena, text_bytes(&t));
}

struct bytes claim_path(const struct claim_index *x, uint32_t node)
{
    struct bytes *path = &x->paths[node];

    if (path->data == NULL) {
        x->room->len = 0;
        x->room->overflow = false;
        tree_path(x->tree, node, x->room);
        *path = arena_copy(x->arena, text_bytes(x->room));
    }
    return *path;
}

uint32_t claim_sibling(const struct claim_index *x, uint32_t node, const char *name)
{
    return tree_child(x->tree, x->tree->nodes[node].parent, bytes_of(name));
}

uint32_t claim_surface(const struct claim_index *x, uint32_t node)
{
    uint32_t i = node;

    while (i != 0 && x->tree->nodes[i].parent != 0)
        i = x->tree->nodes[i].parent;
    return i;
}
