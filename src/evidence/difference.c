/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/difference_private.h"

#include <stdlib.h>
#include <string.h>

/* A list pair is aligned exactly up to this many cells, beyond it by position. */
enum {
    CELLS_MAX = 4 << 20
};

struct pair {
    uint32_t a;
    uint32_t b;
    bool a_blind; /* something at or above is incomplete on this side */
    bool b_blind;
};

struct differ {
    const struct tree *a;
    const struct tree *b;
    bool all;
    struct changes *out;
    struct pair *todo;
    size_t count;
    size_t cap;
};

const char *change_name(enum change_kind k)
{
    switch (k) {
    case CHANGE_ADDED:
        return "added";
    case CHANGE_REMOVED:
        return "removed";
    case CHANGE_CHANGED:
        return "changed";
    case CHANGE_MOVED:
        return "moved";
    case CHANGE_UNSEEN:
        return "unseen";
    }
    return "";
}

/* A container is the same, unless all that it holds is free. */
static enum expectation expectation_of(const struct tree *t, uint32_t node)
{
    const struct item *claim = tree_claim(t, node);

    if (claim != NULL)
        return key_get(claim->key)->expectation;
    return tree_in_model(t, node) ? EXPECT_SAME : EXPECT_FREE;
}

/*
 * What was expected where something differs. Two keys can stand at one path, one of them for a
 * value that may be anything: what became something else is judged by the stricter one.
 */
static enum expectation expected(const struct differ *d, uint32_t a, uint32_t b)
{
    if (a == TREE_NONE || b == TREE_NONE)
        return a != TREE_NONE ? expectation_of(d->a, a) : expectation_of(d->b, b);
    enum expectation x = expectation_of(d->a, a);
    enum expectation y = expectation_of(d->b, b);

    if (x != y && (x == EXPECT_RANGE || y == EXPECT_RANGE))
        return EXPECT_SAME; /* two keys: there is no distance between their values */
    return x < y ? x : y;
}

static void report(struct differ *d, enum change_kind kind, uint32_t a, uint32_t b,
                   uint32_t beside)
{
    enum expectation e = expected(d, a, b);
    struct changes *out = d->out;

    if (e == EXPECT_FREE && !d->all)
        return;
    arena_grow(out->arena, &out->rows, out->count, &out->cap, sizeof(*out->rows));
    out->rows[out->count++] = (struct change){
        .kind = kind, .a = a, .b = b, .beside = beside, .expectation = e, .cause = TREE_NONE};
}

/* Whether a container says that members of this name were not read. */
static bool unread(const struct tree *t, uint32_t node, struct bytes name)
{
    const struct tree_node *n = &t->nodes[node];

    for (uint32_t i = n->first; n->kind != ITEM_CLAIM && i < n->first + n->count; i++) {
        const struct item *claim = tree_claim(t, i);

        if (claim != NULL && claim->key == KEY_UNREAD &&
            bytes_equal(bytes_slice(name, 0, claim->value.bytes.len), claim->value.bytes))
            return true;
    }
    return false;
}

static void gone(struct differ *d, const struct pair *p, uint32_t a)
{
    bool blind = p->b_blind || unread(d->b, p->b, d->a->nodes[a].name);

    report(d, blind ? CHANGE_UNSEEN : CHANGE_REMOVED, a, TREE_NONE, p->b);
}

static void came(struct differ *d, const struct pair *p, uint32_t b)
{
    bool blind = p->a_blind || unread(d->a, p->a, d->b->nodes[b].name);

    report(d, blind ? CHANGE_UNSEEN : CHANGE_ADDED, TREE_NONE, b, p->a);
}

static bool same_claim(const struct differ *d, uint32_t a, uint32_t b)
{
    const struct item *x = tree_claim(d->a, a);
    const struct item *y = tree_claim(d->b, b);

    return x->key == y->key && value_equal(&x->value, &y->value);
}

/* Whether two nodes agree so far that nothing below them can be reported. */
static bool same_node(const struct differ *d, uint32_t a, uint32_t b)
{
    const struct tree_node *x = &d->a->nodes[a];
    const struct tree_node *y = &d->b->nodes[b];

    if ((x->kind == ITEM_CLAIM) != (y->kind == ITEM_CLAIM))
        return false;
    if (x->kind == ITEM_CLAIM)
        return same_claim(d, a, b);
    return digest_equal(&x->model, &y->model);
}

static bool nothing_beside(const struct differ *d, uint32_t a, uint32_t b)
{
    const struct tree_node *x = &d->a->nodes[a];
    const struct tree_node *y = &d->b->nodes[b];

    return !x->has_own && !y->has_own && !(d->all && (x->has_free || y->has_free));
}

/* Compares two nodes that stand for each other: claims at once, containers later. */
static void match(struct differ *d, const struct pair *p, uint32_t a, uint32_t b)
{
    const struct tree_node *x = &d->a->nodes[a];
    const struct tree_node *y = &d->b->nodes[b];

    if ((x->kind == ITEM_CLAIM) != (y->kind == ITEM_CLAIM)) {
        report(d, CHANGE_CHANGED, a, b, TREE_NONE);
        return;
    }
    if (x->kind == ITEM_CLAIM) {
        if (!same_claim(d, a, b))
            report(d, CHANGE_CHANGED, a, b, TREE_NONE);
        return;
    }
    if (digest_equal(&x->model, &y->model) && nothing_beside(d, a, b))
        return;
    arena_grow(d->out->arena, &d->todo, d->count, &d->cap, sizeof(*d->todo));
    d->todo[d->count++] =
        (struct pair){a, b, p->a_blind || x->incomplete, p->b_blind || y->incomplete};
}

static void differ_maps(struct differ *d, const struct pair *p)
{
    const struct tree_node *x = &d->a->nodes[p->a];
    const struct tree_node *y = &d->b->nodes[p->b];
    uint32_t i = x->first;
    uint32_t k = y->first;

    while (i < x->first + x->count || k < y->first + y->count) {
        int c = i == x->first + x->count ? 1
                : k == y->first + y->count
                    ? -1
                    : bytes_compare(d->a->nodes[i].name, d->b->nodes[k].name);

        if (c < 0)
            gone(d, p, i++);
        else if (c > 0)
            came(d, p, k++);
        else
            match(d, p, i++, k++);
    }
}

/* The members of a node seen as a multiset: a bag's children, or a lone node itself. */
struct members {
    const uint32_t *nodes;
    uint32_t count;
};

static struct members members_of(const struct differ *d, const struct tree *t, uint32_t node,
                                 bool lone)
{
    const struct tree_node *n = &t->nodes[node];
    uint32_t count = lone ? 1 : n->count;
    uint32_t *list = ARENA_ARRAY(d->out->arena, uint32_t, count);

    for (uint32_t i = 0; i < count; i++)
        list[i] = lone ? node : n->first + i;
    return (struct members){list, count};
}

static int member_key_order(const void *left, const void *right)
{
    const struct member_key *a = left;
    const struct member_key *b = right;
    int c = memcmp(a->bytes, b->bytes, sizeof(a->bytes));

    return c != 0 ? c : (a->node > b->node) - (a->node < b->node);
}

void member_key_of(struct member_key *k, const struct tree *t, uint32_t node)
{
    const struct item *claim = tree_claim(t, node);

    k->node = node;
    if (claim == NULL) {
        memcpy(k->bytes, t->nodes[node].model.bytes, sizeof(k->bytes));
        return;
    }
    struct digest_stream s;

    digest_begin(&s);
    digest_more(&s, bytes_of(key_get(claim->key)->name));
    if (claim->value.type == TYPE_TEXT || claim->value.type == TYPE_BYTES)
        digest_more(&s, claim->value.bytes);
    else
        digest_more(
            &s, (struct bytes){(const uint8_t *)&claim->value.uint, sizeof(claim->value.uint)});
    struct digest digest = digest_end(&s);

    memcpy(k->bytes, digest.bytes, sizeof(k->bytes));
}

static struct member_key *keys_of(struct differ *d, const struct tree *t, struct members m)
{
    struct member_key *keys = ARENA_ARRAY(d->out->arena, struct member_key, m.count);

    for (uint32_t i = 0; i < m.count; i++)
        member_key_of(&keys[i], t, m.nodes[i]);
    if (m.count > 1)
        qsort(keys, m.count, sizeof(*keys), member_key_order);
    return keys;
}

/* Drops from both sides what is there with equal content; returns what is left, by node. */
static void drop_equal(struct differ *d, const struct pair *p, struct members *a,
                       struct members *b)
{
    struct member_key *x = keys_of(d, d->a, *a);
    struct member_key *y = keys_of(d, d->b, *b);
    uint32_t *left_a = ARENA_ARRAY(d->out->arena, uint32_t, a->count);
    uint32_t *left_b = ARENA_ARRAY(d->out->arena, uint32_t, b->count);
    uint32_t i = 0;
    uint32_t k = 0;
    uint32_t na = 0;
    uint32_t nb = 0;

    while (i < a->count || k < b->count) {
        int c = i == a->count   ? 1
                : k == b->count ? -1
                                : memcmp(x[i].bytes, y[k].bytes, sizeof(x[i].bytes));

        if (c < 0)
            left_a[na++] = x[i++].node;
        else if (c > 0)
            left_b[nb++] = y[k++].node;
        else
            match(d, p, x[i++].node, y[k++].node);
    }
    *a = (struct members){left_a, na};
    *b = (struct members){left_b, nb};
}

static bool may_pair(const struct differ *d, uint32_t a, uint32_t b)
{
    const struct tree_node *x = &d->a->nodes[a];
    const struct tree_node *y = &d->b->nodes[b];

    return x->kind != ITEM_CLAIM && x->kind == y->kind && bytes_equal(x->name, y->name);
}

/* How many children two containers have in common, as a measure of nearness. */
static uint32_t nearness(const struct differ *d, uint32_t a, uint32_t b)
{
    const struct tree_node *x = &d->a->nodes[a];
    uint32_t common = 0;

    for (uint32_t i = x->first; i < x->first + x->count && common < 64; i++) {
        uint32_t other = tree_child(d->b, b, d->a->nodes[i].name);

        if (other != TREE_NONE && same_node(d, i, other))
            common++;
    }
    return common;
}

/* The member of `b` that is nearest to `node` and not taken, or TREE_NONE. */
static uint32_t nearest(const struct differ *d, uint32_t node, struct members b,
                        const bool *taken)
{
    uint32_t best = TREE_NONE;
    uint32_t most = 0;

    for (uint32_t k = 0; k < b.count && k < 1024; k++) {
        if (taken[k] || !may_pair(d, node, b.nodes[k]))
            continue;
        uint32_t near = nearness(d, node, b.nodes[k]) + 1;

        if (near > most) {
            most = near;
            best = k;
        }
    }
    return best;
}

static void differ_bags(struct differ *d, const struct pair *p, struct members a,
                        struct members b)
{
    drop_equal(d, p, &a, &b);
    if (a.count == 1 && b.count == 1 && tree_claim(d->a, a.nodes[0]) != NULL &&
        tree_claim(d->b, b.nodes[0]) != NULL) {
        match(d, p, a.nodes[0], b.nodes[0]);
        return;
    }
    bool *taken = ARENA_ARRAY(d->out->arena, bool, b.count);

    for (uint32_t i = 0; i < a.count; i++) {
        uint32_t k = nearest(d, a.nodes[i], b, taken);

        if (k == TREE_NONE) {
            gone(d, p, a.nodes[i]);
            continue;
        }
        taken[k] = true;
        match(d, p, a.nodes[i], b.nodes[k]);
    }
    for (uint32_t k = 0; k < b.count; k++) {
        if (!taken[k])
            came(d, p, b.nodes[k]);
    }
}

/* A stretch of two lists between members that agree: pairs in order those of one name. */
static void differ_stretch(struct differ *d, const struct pair *p, const uint32_t range[4])
{
    uint32_t k = range[2];

    for (uint32_t i = range[0]; i < range[1]; i++) {
        uint32_t found = k;

        while (found < range[3] && !(bytes_equal(d->a->nodes[i].name, d->b->nodes[found].name)))
            found++;
        if (found == range[3]) {
            gone(d, p, i);
            continue;
        }
        while (k < found)
            came(d, p, k++);
        match(d, p, i, k++);
    }
    while (k < range[3])
        came(d, p, k++);
}

/* Lengths of the longest common subsequence of the suffixes from (i, k). */
static uint32_t *common_lengths(struct differ *d, uint32_t from_a, uint32_t n, uint32_t from_b,
                                uint32_t m)
{
    size_t width = (size_t)m + 1;
    uint32_t *cell = ARENA_ARRAY(d->out->arena, uint32_t, (n + (size_t)1) * width);

    for (uint32_t i = n; i-- > 0;) {
        for (uint32_t k = m; k-- > 0;) {
            uint32_t down = cell[(i + (size_t)1) * width + k];
            uint32_t right = cell[i * width + k + 1];

            if (same_node(d, from_a + i, from_b + k))
                cell[i * width + k] = cell[(i + (size_t)1) * width + k + 1] + 1;
            else
                cell[i * width + k] = down > right ? down : right;
        }
    }
    return cell;
}

static void differ_lists(struct differ *d, const struct pair *p)
{
    const struct tree_node *x = &d->a->nodes[p->a];
    const struct tree_node *y = &d->b->nodes[p->b];
    uint32_t i = x->first;
    uint32_t k = y->first;
    uint32_t end_a = x->first + x->count;
    uint32_t end_b = y->first + y->count;

    while (i < end_a && k < end_b && same_node(d, i, k))
        match(d, p, i++, k++);
    while (i < end_a && k < end_b && same_node(d, end_a - 1, end_b - 1))
        match(d, p, --end_a, --end_b);
    uint32_t n = end_a - i;
    uint32_t m = end_b - k;

    if ((uint64_t)n * m > CELLS_MAX) {
        differ_stretch(d, p, (const uint32_t[]){i, end_a, k, end_b});
        return;
    }
    const uint32_t *cell = common_lengths(d, i, n, k, m);
    uint32_t at_a = 0;
    uint32_t at_b = 0;
    uint32_t from_a = 0;
    uint32_t from_b = 0;

    while (at_a < n && at_b < m) {
        size_t width = (size_t)m + 1;

        if (same_node(d, i + at_a, k + at_b)) {
            differ_stretch(d, p,
                           (const uint32_t[]){i + from_a, i + at_a, k + from_b, k + at_b});
            match(d, p, i + at_a++, k + at_b++);
            from_a = at_a;
            from_b = at_b;
        } else if (cell[(at_a + (size_t)1) * width + at_b] >= cell[at_a * width + at_b + 1]) {
            at_a++;
        } else {
            at_b++;
        }
    }
    differ_stretch(d, p, (const uint32_t[]){i + from_a, end_a, k + from_b, end_b});
}

static void differ_pair(struct differ *d, const struct pair *p)
{
    const struct tree_node *x = &d->a->nodes[p->a];
    const struct tree_node *y = &d->b->nodes[p->b];

    if (x->kind == ITEM_MAP && y->kind == ITEM_MAP)
        differ_maps(d, p);
    else if (x->kind == ITEM_LIST && y->kind == ITEM_LIST)
        differ_lists(d, p);
    else
        differ_bags(d, p,
                    members_of(d, d->a, p->a, x->kind == ITEM_MAP || x->kind == ITEM_CLAIM),
                    members_of(d, d->b, p->b, y->kind == ITEM_MAP || y->kind == ITEM_CLAIM));
}

/* For sorting rows by path without making the paths twice. */
struct placed {
    struct bytes path;
    struct change row;
};

static int placed_order(const void *left, const void *right)
{
    const struct placed *a = left;
    const struct placed *b = right;
    int c = bytes_compare(a->path, b->path);

    return c != 0 ? c : (a->row.kind > b->row.kind) - (a->row.kind < b->row.kind);
}

static void sort_by_path(struct differ *d)
{
    struct changes *out = d->out;
    struct placed *rows = ARENA_ARRAY(out->arena, struct placed, out->count);

    for (size_t i = 0; i < out->count; i++) {
        struct text path;
        const struct change *c = &out->rows[i];

        text_init(&path, out->arena, 1 << 20);
        if (c->b != TREE_NONE)
            tree_path(d->b, c->b, &path);
        else
            tree_path(d->a, c->a, &path);
        rows[i] = (struct placed){text_bytes(&path), *c};
    }
    if (out->count > 1)
        qsort(rows, out->count, sizeof(*rows), placed_order);
    for (size_t i = 0; i < out->count; i++)
        out->rows[i] = rows[i].row;
}

static struct bytes surface_of(const struct tree *t, uint32_t node, struct bytes *ret_witness)
{
    struct bytes rest = t->nodes[node].name;
    struct bytes surface = {NULL, 0};

    *ret_witness = (struct bytes){NULL, 0};
    (void)bytes_word(&rest, "@", &surface);
    (void)bytes_word(&rest, "@", ret_witness);
    return surface;
}

/* Whether all that a tree holds comes from lone files, and there is something. */
static bool only_documents(const struct tree *t)
{
    const struct tree_node *root = &t->nodes[0];

    for (uint32_t i = root->first; i < root->first + root->count; i++) {
        struct bytes witness;

        (void)surface_of(t, i, &witness);
        if (!bytes_equal_text(witness, "document"))
            return false;
    }
    return root->count > 0;
}

/* Compares a surface of a file with those of a machine. False if the machine has none such. */
static bool match_surface(struct differ *d, const struct pair *root, bool a_is_file, uint32_t i)
{
    const struct tree *file = a_is_file ? d->a : d->b;
    const struct tree *machine = a_is_file ? d->b : d->a;
    const struct tree_node *y = &machine->nodes[0];
    struct bytes witness;
    bool found = false;

    for (uint32_t k = y->first; k < y->first + y->count; k++) {
        if (!bytes_equal(surface_of(file, i, &witness), surface_of(machine, k, &witness)))
            continue;
        /* A witness that was asked and gave nothing has nothing to compare. */
        found = true;
        if (machine->nodes[k].count > 0)
            match(d, root, a_is_file ? i : k, a_is_file ? k : i);
    }
    return found;
}

/* A file says nothing of where it was read: it stands for its surface along every path. */
static void match_surfaces(struct differ *d, const struct pair *root, bool a_is_file)
{
    const struct tree_node *x = a_is_file ? &d->a->nodes[0] : &d->b->nodes[0];
    struct pair blind = {root->a, root->b, true, true};

    for (uint32_t i = x->first; i < x->first + x->count; i++) {
        if (match_surface(d, root, a_is_file, i))
            continue;
        if (a_is_file)
            gone(d, &blind, i);
        else
            came(d, &blind, i);
    }
}

/*
 * Two files. Where one is a package that carries the image that the other is, the package's own
 * words have nothing to be compared with. False if the files have nothing in common.
 */
static bool match_files(struct differ *d, const struct pair *root)
{
    const struct tree_node *x = &d->a->nodes[0];
    const struct tree_node *y = &d->b->nodes[0];
    struct pair blind = {root->a, root->b, true, true};
    bool common = false;

    for (uint32_t i = x->first; i < x->first + x->count; i++)
        common = common || tree_child(d->b, 0, d->a->nodes[i].name) != TREE_NONE;
    for (uint32_t i = x->first; common && i < x->first + x->count; i++) {
        uint32_t k = tree_child(d->b, 0, d->a->nodes[i].name);

        if (k != TREE_NONE)
            match(d, root, i, k);
        else
            gone(d, &blind, i);
    }
    for (uint32_t k = y->first; common && k < y->first + y->count; k++) {
        if (tree_child(d->a, 0, d->b->nodes[k].name) == TREE_NONE)
            came(d, &blind, k);
    }
    return common;
}

void trees_differ(const struct tree *a, const struct tree *b, bool all, struct arena *arena,
                  struct changes *ret)
{
    struct differ d = {.a = a, .b = b, .all = all, .out = ret};
    struct pair root = {0, 0, false, false};

    *ret = (struct changes){.arena = arena};
    bool a_is_file = only_documents(a);
    bool b_is_file = only_documents(b);

    if (a_is_file != b_is_file)
        match_surfaces(&d, &root, a_is_file);
    else if (!a_is_file || !match_files(&d, &root))
        match(&d, &root, 0, 0);
    while (d.count > 0) {
        struct pair p = d.todo[--d.count];

        differ_pair(&d, &p);
    }
    changes_find_moves(a, b, ret);
    sort_by_path(&d);
}
