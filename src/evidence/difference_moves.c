/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "evidence/difference_private.h"

/* Something that left or came, and by what it is known again. */
struct traveller {
    struct digest digest;
    uint32_t row;
};

static int traveller_order(const void *left, const void *right)
{
    const struct traveller *a = left;
    const struct traveller *b = right;
    int c = memcmp(a->digest.bytes, b->digest.bytes, sizeof(a->digest.bytes));

    return c != 0 ? c : (a->row > b->row) - (a->row < b->row);
}

/*
 * What can be known again elsewhere: a container by its content, if it has any; a claim of a
 * list, where the order means something, by key, value and list.
 */
static bool traveller_of(struct arena *a, const struct tree *t, uint32_t node,
                         struct digest *ret)
{
    const struct tree_node *n = &t->nodes[node];
    const struct item *claim = tree_claim(t, node);
    struct member_key key;
    struct text path;
    struct digest_stream s;

    if (claim == NULL) {
        *ret = n->model;
        return n->count > 0 && n->has_model;
    }
    if (t->nodes[n->parent].kind != ITEM_LIST)
        return false;
    text_init(&path, a, 1 << 20);
    tree_path(t, n->parent, &path);
    member_key_of(&key, t, node);
    digest_begin(&s);
    digest_more(&s, (struct bytes){key.bytes, sizeof(key.bytes)});
    digest_more(&s, text_bytes(&path));
    *ret = digest_end(&s);
    return true;
}

static size_t travellers(const struct changes *c, enum change_kind kind, const struct tree *t,
                         struct traveller *ret)
{
    size_t n = 0;

    for (uint32_t i = 0; i < c->count; i++) {
        const struct change *row = &c->rows[i];

        if (row->kind != kind)
            continue;
        if (traveller_of(c->arena, t, kind == CHANGE_REMOVED ? row->a : row->b, &ret[n].digest))
            ret[n++].row = i;
    }
    if (n > 1)
        qsort(ret, n, sizeof(*ret), traveller_order);
    return n;
}

void changes_find_moves(const struct tree *a, const struct tree *b, struct changes *out)
{
    struct traveller *gone = ARENA_ARRAY(out->arena, struct traveller, out->count);
    struct traveller *came = ARENA_ARRAY(out->arena, struct traveller, out->count);
    size_t n = travellers(out, CHANGE_REMOVED, a, gone);
    size_t m = travellers(out, CHANGE_ADDED, b, came);
    size_t kept = 0;

    for (size_t i = 0, k = 0; i < n && k < m;) {
        int c = memcmp(gone[i].digest.bytes, came[k].digest.bytes, SHA256_SIZE);

        if (c == 0) {
            struct change *to = &out->rows[came[k].row];

            out->rows[gone[i].row].kind = CHANGE_MOVED;
            out->rows[gone[i].row].b = to->b;
            *to = (struct change){.a = TREE_NONE, .b = TREE_NONE};
        }
        i += c <= 0;
        k += c >= 0;
    }
    for (size_t i = 0; i < out->count; i++) {
        if (out->rows[i].a != TREE_NONE || out->rows[i].b != TREE_NONE)
            out->rows[kept++] = out->rows[i];
    }
    out->count = kept;
}
