/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One surface, read along two paths: flash as the host reads it, as the controller reads it, as
 * a programmer reads it. What both readings have must be equal; what one has and the other has
 * not counts only for a surface of which every reading is the whole.
 */
#include <string.h>

#include "appraise/witness_private.h"

enum {
    TWIN_FINDINGS_MAX = 32
};

/* Surfaces that are one piece of memory: a reading of them leaves nothing out. */
static const char *const whole[] = {"flash", "bmc-flash"};

struct pair {
    uint32_t left;
    uint32_t right;
};

struct twins {
    struct witness_run *w;
    bool whole;
    struct pair *stack;
    size_t count;
    size_t cap;
    size_t reported;
};

static struct bytes surface_of(struct bytes name)
{
    const uint8_t *at = name.len > 0 ? memchr(name.data, '@', name.len) : NULL;

    return at != NULL ? bytes_slice(name, 0, (size_t)(at - name.data)) : name;
}

static void push(struct twins *t, uint32_t left, uint32_t right)
{
    arena_grow(t->w->x->arena, &t->stack, t->count, &t->cap, sizeof(*t->stack));
    t->stack[t->count++] = (struct pair){left, right};
}

static void report(struct twins *t, uint32_t left, uint32_t right, const char *how)
{
    struct bytes name = t->w->x->tree->nodes[claim_surface(t->w->x, left)].name;
    struct bytes surface = surface_of(name);

    if (t->reported++ >= TWIN_FINDINGS_MAX)
        return;
    witness_says(t->w,
                 &(struct disagreement){"witness.two-readings", SEVERITY_HIGH, left, right,
                                        "reading",
                                        "Read the part once more along both paths; if they "
                                        "differ again, trust the one that is further from "
                                        "the host and keep the part as evidence."},
                 finding_words(t->w->f, "Two readings of %.*s along different paths %s.",
                               (int)surface.len, (const char *)surface.data, how));
}

static bool leaf_differs(const struct claim_index *x, uint32_t left, uint32_t right)
{
    const struct item *a = claim_at(x, left);
    const struct item *b = claim_at(x, right);

    if ((a == NULL) != (b == NULL))
        return true;
    return a != NULL && key_get(a->key)->expectation != EXPECT_FREE &&
           (a->key != b->key || !value_equal(&a->value, &b->value));
}

/* A child that both maps have. */
static void compare_children(struct twins *t, uint32_t left, uint32_t right, bool *told)
{
    const struct tree_node *nodes = t->w->x->tree->nodes;

    witness_compared(t->w, left, right);
    if (nodes[left].kind != ITEM_CLAIM && nodes[right].kind != ITEM_CLAIM) {
        push(t, left, right);
    } else if (!*told && leaf_differs(t->w->x, left, right)) {
        report(t, left, right, "differ");
        *told = true;
    }
}

/* Children of two maps by name, both in order. One finding for all leaves that differ. */
static void compare_maps(struct twins *t, uint32_t left, uint32_t right)
{
    const struct tree *tree = t->w->x->tree;
    const struct tree_node *a = &tree->nodes[left];
    const struct tree_node *b = &tree->nodes[right];
    uint32_t i = a->first;
    uint32_t k = b->first;
    bool told = false;

    while (i < a->first + a->count || k < b->first + b->count) {
        int c = i == a->first + a->count ? 1
                : k == b->first + b->count
                    ? -1
                    : bytes_compare(tree->nodes[i].name, tree->nodes[k].name);

        if (c == 0)
            compare_children(t, i, k, &told);
        else if (t->whole && c < 0 && tree_in_model(tree, i))
            report(t, i, right, "differ: the second lacks this part");
        else if (t->whole && c > 0 && tree_in_model(tree, k))
            report(t, left, k, "differ: the first lacks this part");
        i += c <= 0;
        k += c >= 0;
    }
}

static void compare(struct twins *t, uint32_t left, uint32_t right)
{
    const struct tree_node *a = &t->w->x->tree->nodes[left];
    const struct tree_node *b = &t->w->x->tree->nodes[right];

    if (t->w->x->doubted[left] || t->w->x->doubted[right])
        return;
    if (digest_equal(&a->model, &b->model) && !a->has_own && !b->has_own)
        return;
    if (a->kind == ITEM_MAP && b->kind == ITEM_MAP && a->count > 0 && b->count > 0)
        compare_maps(t, left, right);
    else if (!digest_equal(&a->model, &b->model))
        report(t, left, right, "differ");
}

static void judge_pair(struct witness_run *w, uint32_t left, uint32_t right)
{
    struct bytes surface = surface_of(w->x->tree->nodes[left].name);
    struct twins t = {.w = w};

    for (size_t i = 0; i < ARRAY_LEN(whole); i++)
        t.whole = t.whole || bytes_equal_text(surface, whole[i]);
    t.whole =
        t.whole && !w->x->tree->nodes[left].incomplete && !w->x->tree->nodes[right].incomplete;
    push(&t, left, right);
    while (t.count > 0) {
        struct pair p = t.stack[--t.count];

        compare(&t, p.left, p.right);
    }
}

void witness_twins(struct witness_run *w)
{
    const struct tree_node *root = &w->x->tree->nodes[0];
    const struct tree_node *nodes = w->x->tree->nodes;

    for (uint32_t i = root->first; i < root->first + root->count; i++) {
        for (uint32_t k = i + 1; k < root->first + root->count; k++) {
            if (bytes_equal(surface_of(nodes[i].name), surface_of(nodes[k].name)) &&
                nodes[i].count > 0 && nodes[k].count > 0)
                judge_pair(w, i, k);
        }
    }
}
