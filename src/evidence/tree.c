/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/tree.h"

#include <stdlib.h>
#include <string.h>

#include "evidence/cbor.h"

enum {
    NODE_SPLIT = 48 * 1024, /* an encoded node larger than this is split */
    CHUNK_MAX = 32 * 1024,
    ENCODED_MAX = 256 << 20,
    NUMBERED_MAX = 4096, /* members that are told apart by their names */
};

struct run {
    uint32_t from;
    uint32_t len;
};

/* While building: which items are children of a node. */
struct builder {
    struct tree *tree;
    uint32_t *order;      /* item indexes, grouped by parent */
    uint32_t *start;      /* by item: where its children begin in `order` */
    struct run *children; /* by node: its children in `order` */
    size_t children_cap;
    struct arena scratch; /* for all of this, and for nodes while they are encoded */
    struct text entries;
    struct text node;
    struct text list; /* of a node that is split: digests of its chunks, and one of these */
    struct text chunk;
    size_t *ends; /* of each entry */
    size_t ends_cap;
    tree_sink *sink;
    void *user;
};

static void builder_init(struct builder *b)
{
    struct text *texts[] = {&b->entries, &b->node, &b->list, &b->chunk};

    arena_init(&b->scratch);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        text_init(texts[i], &b->scratch, ENCODED_MAX);
}

static void group_by_parent(struct builder *b)
{
    const struct decoded *d = b->tree->decoded;
    size_t n = d->item_count;
    uint32_t *fill = ARENA_ARRAY(&b->scratch, uint32_t, n + 1);

    b->order = ARENA_ARRAY(&b->scratch, uint32_t, n);
    b->start = ARENA_ARRAY(&b->scratch, uint32_t, n + 2);
    for (size_t i = 1; i < n; i++)
        b->start[d->items[i].parent + 1]++;
    for (size_t i = 0; i < n; i++)
        b->start[i + 1] += b->start[i];
    memcpy(fill, b->start, (n + 1) * sizeof(*fill));
    for (uint32_t i = 1; i < n; i++)
        b->order[fill[d->items[i].parent]++] = i;
}

/* By name, then by order of appearance. */
static int by_name(const void *left, const void *right, void *user)
{
    const struct decoded *d = user;
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;
    int c = bytes_compare(d->items[a].name, d->items[b].name);

    return c != 0 ? c : (a > b) - (a < b);
}

static uint32_t node_add(struct builder *b, uint32_t parent, uint32_t item, size_t *cap)
{
    struct tree *t = b->tree;
    const struct item *source = &t->decoded->items[item];

    arena_grow(t->arena, &t->nodes, t->count, cap, sizeof(*t->nodes));
    arena_grow(&b->scratch, &b->children, t->count, &b->children_cap, sizeof(*b->children));
    uint32_t index = (uint32_t)t->count++;

    t->nodes[index] = (struct tree_node){
        .item = item,
        .parent = parent,
        .kind = source->kind,
        .incomplete = source->faulty,
        .name = source->name,
    };
    b->children[index] = (struct run){b->start[item], b->start[item + 1] - b->start[item]};
    return index;
}

/* How many of the children from `at` on have the same name. */
static uint32_t run_of_name(const struct builder *b, const uint32_t *kids, uint32_t at,
                            uint32_t n)
{
    const struct item *items = b->tree->decoded->items;
    uint32_t run = 1;

    while (at + run < n && bytes_equal(items[kids[at]].name, items[kids[at + run]].name))
        run++;
    return run;
}

/* Adds the nodes for the children of `node`. */
static void expand(struct builder *b, uint32_t node, size_t *cap)
{
    struct tree *t = b->tree;
    uint32_t from = b->children[node].from;
    uint32_t n = b->children[node].len;
    uint32_t *kids = b->order + from;
    bool map = t->nodes[node].kind == ITEM_MAP;

    if (t->nodes[node].kind == ITEM_CLAIM)
        return;
    if (map && n > 1)
        qsort_r(kids, n, sizeof(*kids), by_name, (void *)(uintptr_t)t->decoded);
    uint32_t first = (uint32_t)t->count;

    for (uint32_t i = 0; i < n;) {
        uint32_t run = map ? run_of_name(b, kids, i, n) : 1;
        uint32_t child = node_add(b, node, kids[i], cap);

        if (run > 1) {
            t->nodes[child].kind = ITEM_BAG;
            t->nodes[child].made = true;
            t->nodes[child].incomplete = t->nodes[node].incomplete;
            b->children[child] = (struct run){from + i, run};
        }
        i += run;
    }
    t->nodes[node].first = first;
    t->nodes[node].count = (uint32_t)t->count - first;
}

const struct item *tree_claim(const struct tree *t, uint32_t node)
{
    return t->nodes[node].kind == ITEM_CLAIM ? &t->decoded->items[t->nodes[node].item] : NULL;
}

static enum expectation claim_expectation(const struct item *claim)
{
    return key_get(claim->key)->expectation;
}

bool tree_in_model(const struct tree *t, uint32_t node)
{
    const struct tree_node *n = &t->nodes[node];

    if (n->kind == ITEM_CLAIM)
        return n->has_model;
    return n->has_model || n->has_own || !n->has_free;
}

/* Members of a bag: by kind, key, value or digest. What the order cannot tell is equal. */
static int member_order(const void *left, const void *right, void *user)
{
    const struct tree *t = user;
    const struct tree_node *a = left;
    const struct tree_node *b = right;
    const struct item *x = &t->decoded->items[a->item];
    const struct item *y = &t->decoded->items[b->item];
    int c = (a->kind == ITEM_CLAIM) - (b->kind == ITEM_CLAIM);

    if (c == 0 && a->kind == ITEM_CLAIM) {
        c = strcmp(key_get(x->key)->name, key_get(y->key)->name);
        if (c == 0)
            c = value_compare(&x->value, &y->value);
    } else if (c == 0) {
        c = memcmp(a->model.bytes, b->model.bytes, sizeof(a->model.bytes));
    }
    if (c == 0)
        c = bytes_compare(a->name, b->name);
    return c != 0 ? c : (a->item > b->item) - (a->item < b->item);
}

static void encode_entry(const struct tree *t, const struct tree_node *n, struct text *out)
{
    if (n->kind != ITEM_CLAIM) {
        cbor_array(out, 2);
        cbor_bytes(out, n->name);
        cbor_bytes(out, (struct bytes){n->model.bytes, sizeof(n->model.bytes)});
        return;
    }
    const struct item *claim = &t->decoded->items[n->item];

    cbor_array(out, 3);
    if (bytes_equal(n->name, key_leaf(claim->key)))
        cbor_null(out);
    else
        cbor_bytes(out, n->name);
    cbor_text(out, key_get(claim->key)->name);
    cbor_value(out, &claim->value);
}

static struct digest finish(const struct builder *b, struct bytes encoded)
{
    struct digest d = node_digest("tree", 1, encoded);

    if (b->sink != NULL)
        b->sink(b->user, &d, encoded);
    return d;
}

/*
 * A wide node: its entries are cut into chunks where the content says so (so that one more
 * entry moves one boundary, not all), each a node of its own; the node lists their digests
 * instead.
 */
static struct digest encode_split(struct builder *b, const struct tree_node *n, size_t count)
{
    struct bytes entries = text_bytes(&b->entries);
    uint64_t chunks = 0;
    size_t from = 0;
    size_t first = 0;

    text_clear(&b->list);
    for (size_t i = 0; i < count; i++) {
        size_t entry_from = i == 0 ? 0 : b->ends[i - 1];
        struct digest cut =
            digest_sha256(bytes_slice(entries, entry_from, b->ends[i] - entry_from));

        if ((cut.bytes[0] & 0x3f) != 0 && b->ends[i] - from < CHUNK_MAX && i + 1 < count)
            continue;
        text_clear(&b->chunk);
        cbor_array(&b->chunk, 2);
        cbor_uint(&b->chunk, 8);
        cbor_array(&b->chunk, i + 1 - first);
        text_add(&b->chunk, bytes_slice(entries, from, b->ends[i] - from));
        struct digest d = finish(b, text_bytes(&b->chunk));

        cbor_bytes(&b->list, (struct bytes){d.bytes, sizeof(d.bytes)});
        chunks++;
        from = b->ends[i];
        first = i + 1;
    }
    text_clear(&b->node);
    cbor_array(&b->node, 3);
    cbor_uint(&b->node, 4 + (unsigned)n->kind);
    cbor_bool(&b->node, n->incomplete);
    cbor_array(&b->node, chunks);
    text_add(&b->node, text_bytes(&b->list));
    return finish(b, text_bytes(&b->node));
}

static struct digest encode_node(struct builder *b, const struct tree_node *n)
{
    const struct tree *t = b->tree;
    size_t count = 0;

    text_clear(&b->entries);
    for (uint32_t i = n->first; i < n->first + n->count; i++) {
        if (!tree_in_model(t, i))
            continue;
        encode_entry(t, &t->nodes[i], &b->entries);
        arena_grow(&b->scratch, &b->ends, count, &b->ends_cap, sizeof(*b->ends));
        b->ends[count++] = b->entries.len;
    }
    if (b->entries.len > NODE_SPLIT)
        return encode_split(b, n, count);
    text_clear(&b->node);
    cbor_array(&b->node, 3);
    cbor_uint(&b->node, n->kind);
    cbor_bool(&b->node, n->incomplete);
    cbor_array(&b->node, count);
    text_add(&b->node, text_bytes(&b->entries));
    return finish(b, text_bytes(&b->node));
}

/* From the leaves up: sorts bags, notes what hangs beside the model, makes digests. */
static void close_node(struct builder *b, uint32_t index)
{
    struct tree *t = b->tree;
    struct tree_node *n = &t->nodes[index];

    if (n->kind == ITEM_CLAIM) {
        enum expectation e = claim_expectation(&t->decoded->items[n->item]);

        n->has_own = e == EXPECT_OWN || e == EXPECT_GROUP;
        n->has_free = e == EXPECT_FREE;
        n->has_model = e == EXPECT_SAME || e == EXPECT_RANGE;
        return;
    }
    if (n->kind == ITEM_BAG && n->count > 1)
        qsort_r(&t->nodes[n->first], n->count, sizeof(*n), member_order, t);
    for (uint32_t i = n->first; i < n->first + n->count; i++) {
        n->has_own = n->has_own || t->nodes[i].has_own;
        n->has_free = n->has_free || t->nodes[i].has_free;
        n->has_model = n->has_model || t->nodes[i].has_model;
    }
    n->model = encode_node(b, n);
}

void tree_build(struct tree *t, const struct decoded *d, tree_sink *sink, void *user)
{
    struct builder b = {.tree = t, .sink = sink, .user = user};
    size_t cap = 0;

    *t = (struct tree){.decoded = d, .arena = d->arena};
    builder_init(&b);
    /* About as many as there will be, so that they need not move. */
    arena_widen(t->arena, &t->nodes, d->item_count, &cap, sizeof(*t->nodes));
    arena_widen(&b.scratch, &b.children, d->item_count, &b.children_cap, sizeof(*b.children));
    group_by_parent(&b);
    (void)node_add(&b, 0, 0, &cap);
    for (uint32_t i = 0; i < t->count; i++)
        expand(&b, i, &cap);
    for (size_t i = t->count; i-- > 0;)
        close_node(&b, (uint32_t)i);
    /* Sorting bags has moved members; their children must know where they are now. */
    for (uint32_t i = 0; i < t->count; i++) {
        for (uint32_t k = 0; k < t->nodes[i].count; k++)
            t->nodes[t->nodes[i].first + k].parent = i;
    }
    arena_done(&b.scratch);
}

uint32_t tree_child(const struct tree *t, uint32_t node, struct bytes name)
{
    const struct tree_node *n = &t->nodes[node];
    uint32_t low = n->first;
    uint32_t high = n->first + n->count;

    if (n->kind != ITEM_MAP) {
        for (uint32_t i = low; i < high; i++) {
            if (bytes_equal(t->nodes[i].name, name))
                return i;
        }
        return TREE_NONE;
    }
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int c = bytes_compare(t->nodes[middle].name, name);

        if (c == 0)
            return middle;
        if (c < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return TREE_NONE;
}

/* A path segment without its percent-encoding. */
static struct bytes segment_decode(struct arena *a, struct bytes s)
{
    struct text t;

    text_init(&t, a, s.len + 1);
    for (size_t i = 0; i < s.len; i++) {
        if (s.data[i] == '%' && s.len - i > 2 && hex_digit(s.data[i + 1]) >= 0 &&
            hex_digit(s.data[i + 2]) >= 0) {
            text_char(&t, (char)(hex_digit(s.data[i + 1]) * 16 + hex_digit(s.data[i + 2])));
            i += 2;
        } else {
            text_char(&t, (char)s.data[i]);
        }
    }
    return text_bytes(&t);
}

uint32_t tree_find(const struct tree *t, const char *path)
{
    struct bytes rest = bytes_of(path);
    struct bytes segment;
    uint32_t node = 0;

    while (node != TREE_NONE && bytes_word(&rest, "/", &segment))
        node = tree_child(t, node, segment_decode(t->arena, segment));
    return node;
}

/* Which member of this name it is, from 1; 0 if the name is unique among its siblings. */
static uint32_t member_number(const struct tree *t, uint32_t node)
{
    const struct tree_node *parent = &t->nodes[t->nodes[node].parent];
    uint32_t number = 0;
    uint32_t same = 0;

    /* All members of a bag made from equal names have that name; of very many, count all. */
    if (parent->made || parent->count > NUMBERED_MAX)
        return parent->count > 1 ? node - parent->first + 1 : 0;
    for (uint32_t i = parent->first; i < parent->first + parent->count; i++) {
        if (!bytes_equal(t->nodes[i].name, t->nodes[node].name))
            continue;
        same++;
        if (i == node)
            number = same;
    }
    return same > 1 ? number : 0;
}

void tree_path(const struct tree *t, uint32_t node, struct text *out)
{
    uint32_t chain[256];
    size_t n = 0;

    for (uint32_t i = node; i != 0 && n < ARRAY_LEN(chain); i = t->nodes[i].parent) {
        if (!t->nodes[i].made || i == node)
            chain[n++] = i;
    }
    while (n > 0) {
        uint32_t i = chain[--n];

        text_segment(out, t->nodes[i].name);
        if (t->nodes[t->nodes[i].parent].kind != ITEM_MAP) {
            uint32_t number = member_number(t, i);

            if (number > 0)
                text_printf(out, "#%u", number);
        }
        if (n > 0)
            text_char(out, '/');
    }
}

struct digest tree_identity_digest(const struct tree *t, struct bytes salt)
{
    struct text all;
    uint64_t count = 0;

    text_init(&all, t->arena, ENCODED_MAX);
    for (uint32_t i = 0; i < t->count; i++) {
        const struct item *claim = tree_claim(t, i);
        struct text path;

        if (claim == NULL || !t->nodes[i].has_own)
            continue;
        text_init(&path, t->arena, 1 << 16);
        tree_path(t, i, &path);
        struct text one;

        text_init(&one, t->arena, ENCODED_MAX);
        cbor_array(&one, 4);
        cbor_bytes(&one, salt);
        cbor_bytes(&one, text_bytes(&path));
        cbor_text(&one, key_get(claim->key)->name);
        cbor_value(&one, &claim->value);
        struct digest d = node_digest("identity-claim", 1, text_bytes(&one));

        cbor_bytes(&all, (struct bytes){d.bytes, sizeof(d.bytes)});
        count++;
    }
    struct text node;

    text_init(&node, t->arena, ENCODED_MAX);
    cbor_array(&node, 2);
    cbor_bytes(&node, salt);
    cbor_array(&node, count);
    text_add(&node, text_bytes(&all));
    return node_digest("identity", 1, text_bytes(&node));
}
