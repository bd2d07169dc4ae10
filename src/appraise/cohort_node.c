/* SPDX-License-Identifier: Apache-2.0 */
/* Reading model nodes into a cohort: evidence/tree.c writes them. */
#include <stdlib.h>
#include <string.h>

#include "appraise/cohort_private.h"
#include "evidence/cbor.h"

enum {
    KIND_SPLIT = 4, /* 4 to 6: a wide map, bag or list, its entries in chunks */
    KIND_CHUNK = 8,
    HEIGHT_MAX = 96,
    AHEAD = 32, /* children that are looked up together */
};

struct parse {
    struct cohort *cohort;
    struct reader in;
    struct thing node;
    struct bytes last_name; /* of a map: names ascend */
    bool named;
    const char *wrong;
};

static uint32_t thing_add(struct cohort *c, struct bytes key)
{
    size_t before = c->things_by.count;
    uint32_t index = intern_add(&c->things_by, key);

    if (index == before) {
        arena_grow(c->arena, &c->things, index, &c->thing_cap, sizeof(*c->things));
        c->things[index] = (struct thing){.kind = THING_CLAIM};
    }
    return index;
}

static uint32_t node_thing(struct cohort *c, const uint8_t *digest)
{
    uint8_t key[1 + SHA256_SIZE] = {'t'};

    memcpy(key + 1, digest, SHA256_SIZE);
    return thing_add(c, (struct bytes){key, sizeof(key)});
}

static uint32_t tagged_name(struct cohort *c, char tag, struct bytes name)
{
    uint8_t small[256];
    uint8_t *key = name.len < sizeof(small) ? small : arena_alloc(c->arena, name.len + 1);

    key[0] = (uint8_t)tag;
    if (name.len > 0)
        memcpy(key + 1, name.data, name.len);
    return intern_add(&c->names, (struct bytes){key, name.len + 1});
}

static uint32_t tagged_thing(struct cohort *c, char tag, struct bytes content)
{
    uint8_t small[1024];
    uint8_t *key = content.len < sizeof(small) ? small : arena_alloc(c->arena, content.len + 1);

    key[0] = (uint8_t)tag;
    if (content.len > 0)
        memcpy(key + 1, content.data, content.len);
    return thing_add(c, (struct bytes){key, content.len + 1});
}

static void entry_push(struct parse *p, uint32_t name, uint32_t thing)
{
    struct cohort *c = p->cohort;
    const struct thing *child = &c->things[thing];

    arena_grow(c->arena, &c->reading, p->node.count, &c->reading_cap, sizeof(*c->reading));
    c->reading[p->node.count++] = (struct entry_ref){name, thing};
    p->node.levels |= child->levels;
    if (child->height >= p->node.height)
        p->node.height = (uint8_t)(child->height + 1);
}

/* [name or null, key, value] after its head. */
static void read_claim(struct parse *p)
{
    struct cohort *c = p->cohort;
    bool plain = cbor_read_null(&p->in);
    struct bytes name = plain ? bytes_of("") : cbor_read_bytes(&p->in);
    size_t from = p->in.pos;
    enum key_id key = KEY_NONE;
    struct bytes key_name = cbor_read_bytes(&p->in);

    (void)cbor_read_value(&p->in);
    if (p->in.failed)
        return;
    uint32_t thing = tagged_thing(c, 'c', bytes_slice(p->in.all, from, p->in.pos - from));

    if (!c->things[thing].defined) {
        key = key_find(key_name);
        c->things[thing].key = key;
        c->things[thing].defined = key != KEY_NONE;
        unsigned level = cohort_key_level(c, key);

        c->things[thing].levels = (uint8_t)(level > 0 ? 1U << level : 0);
    }
    if (!c->things[thing].defined) {
        p->wrong = "a key that is not in the vocabulary";
        return;
    }
    if (plain)
        name = key_leaf(c->things[thing].key);
    p->last_name = name;
    entry_push(p, tagged_name(c, 'n', name), thing);
}

/* [name, digest] after its head. */
static void read_container(struct parse *p)
{
    struct cohort *c = p->cohort;
    struct bytes name = cbor_read_bytes(&p->in);
    struct bytes digest = cbor_read_bytes(&p->in);

    if (p->in.failed)
        return;
    if (digest.len != SHA256_SIZE) {
        p->wrong = "a digest of another length";
        return;
    }
    uint32_t thing = node_thing(c, digest.data);

    if (!c->things[thing].defined || c->things[thing].kind == THING_CHUNK) {
        p->wrong = "a child that was not given before it";
        return;
    }
    p->last_name = name;
    entry_push(p, tagged_name(c, 'n', name), thing);
}

/* Fetches what the first children of this node will be looked up in. Changes nothing. */
static void look_ahead(const struct parse *p)
{
    uint8_t keys[AHEAD][1 + SHA256_SIZE];
    struct bytes all[AHEAD];
    uint32_t numbers[AHEAD];
    struct reader in = p->in;
    uint64_t count = cbor_read_array(&in);
    size_t n = 0;

    for (uint64_t i = 0; i < count && n < AHEAD; i++) {
        if (cbor_read_array(&in) != 2)
            break;
        (void)cbor_read_bytes(&in);
        struct bytes digest = cbor_read_bytes(&in);

        if (digest.len != SHA256_SIZE)
            break;
        keys[n][0] = 't';
        memcpy(keys[n] + 1, digest.data, SHA256_SIZE);
        all[n] = (struct bytes){keys[n], sizeof(keys[n])};
        n++;
    }
    intern_ahead(&p->cohort->things_by, all, n, numbers);
    for (size_t i = 0; i < n; i++) {
        if (numbers[i] != INTERN_NONE)
            __builtin_prefetch(&p->cohort->things[numbers[i]]);
    }
}

static void read_entries(struct parse *p)
{
    look_ahead(p);
    uint64_t count = cbor_read_array(&p->in);

    for (uint64_t i = 0; i < count && reader_more(&p->in) && p->wrong == NULL; i++) {
        struct bytes before = p->last_name;
        uint64_t width = cbor_read_array(&p->in);

        if (width == 3)
            read_claim(p);
        else if (width == 2)
            read_container(p);
        else
            p->wrong = "an entry of another width";
        if (p->node.kind == THING_MAP && p->named && !p->in.failed && p->wrong == NULL &&
            bytes_compare(before, p->last_name) >= 0)
            p->wrong = "names of a map that do not ascend";
        p->named = true;
    }
}

/* The entries of a wide node are those of its chunks, one after another. */
static void read_chunks(struct parse *p)
{
    struct cohort *c = p->cohort;
    uint64_t count = cbor_read_array(&p->in);

    for (uint64_t i = 0; i < count && reader_more(&p->in) && p->wrong == NULL; i++) {
        struct bytes digest = cbor_read_bytes(&p->in);

        if (digest.len != SHA256_SIZE)
            break;
        uint32_t chunk = node_thing(c, digest.data);
        if (!c->things[chunk].defined || c->things[chunk].kind != THING_CHUNK) {
            p->wrong = "a chunk that was not given before it";
            return;
        }
        for (uint32_t k = 0; k < c->things[chunk].count; k++)
            entry_push(p, c->things[chunk].entries[k].name, c->things[chunk].entries[k].thing);
    }
}

static int by_content(const void *left, const void *right)
{
    const struct entry_ref *a = left;
    const struct entry_ref *b = right;

    if (a->name != b->name)
        return a->name < b->name ? -1 : 1;
    return (a->thing > b->thing) - (a->thing < b->thing);
}

/* The order of a list: of the names, and of claims by what they say. */
static uint32_t order_thing(struct cohort *c, const struct entry_ref *list, uint32_t count)
{
    struct digest_stream s;

    digest_begin(&s);
    for (uint32_t i = 0; i < count; i++) {
        struct entry_ref e = list[i];

        if (c->things[e.thing].kind != THING_CLAIM)
            e.thing = COHORT_NONE;
        digest_more(&s, (struct bytes){(const uint8_t *)&e, sizeof(e)});
    }
    struct digest d = digest_end(&s);

    return tagged_thing(c, 'o', (struct bytes){d.bytes, SHA256_SIZE});
}

/*
 * Members of bags and lists are known by what they are, not where they stand: each becomes a
 * child named by its content and, of equal ones, its number. How many there are, and of a list
 * their order, are children too.
 */
static void name_members(struct parse *p)
{
    struct cohort *c = p->cohort;
    struct entry_ref *list = c->reading;
    uint32_t count = p->node.count;
    uint32_t order = p->node.kind == THING_LIST ? order_thing(c, list, count) : COHORT_NONE;
    struct entry_ref before = {COHORT_NONE, COHORT_NONE};
    uint32_t copy = 0;

    if (count > 1)
        qsort(list, count, sizeof(*list), by_content);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t member[3] = {list[i].name, list[i].thing, 0};

        copy = by_content(&before, &list[i]) == 0 ? copy + 1 : 0;
        before = list[i];
        member[2] = copy;
        list[i].name =
            tagged_name(c, 'm', (struct bytes){(const uint8_t *)member, sizeof(member)});
    }
    uint32_t number =
        tagged_thing(c, 'x', (struct bytes){(const uint8_t *)&count, sizeof(count)});

    c->things[number].defined = true;
    entry_push(p, tagged_name(c, 'n', bytes_of("(count)")), number);
    if (order != COHORT_NONE) {
        c->things[order].defined = true;
        entry_push(p, tagged_name(c, 'n', bytes_of("(order)")), order);
    }
}

static void read_node(struct parse *p)
{
    uint64_t width = cbor_read_array(&p->in);
    uint64_t kind = cbor_read_uint(&p->in);

    if (width == 2 && kind == KIND_CHUNK) {
        p->node.kind = THING_CHUNK;
        read_entries(p);
        return;
    }
    p->node.incomplete = cbor_read_bool(&p->in);
    if (width != 3 || (kind > THING_LIST && (kind < KIND_SPLIT || kind > KIND_SPLIT + 2))) {
        p->wrong = "not a model node";
        return;
    }
    p->node.kind = (enum thing_kind)(kind % KIND_SPLIT);
    if (kind >= KIND_SPLIT)
        read_chunks(p);
    else
        read_entries(p);
    if (p->node.kind != THING_MAP && p->wrong == NULL)
        name_members(p);
}

bool cohort_node_add(struct cohort *c, const struct digest *d, struct bytes encoded,
                     struct err *e)
{
    uint32_t index = node_thing(c, d->bytes);

    if (c->things[index].defined)
        return true;
    struct parse p = {
        .cohort = c,
        .in = reader_of(encoded, 0, 0),
    };

    if (c->things_by.count > UINT32_MAX / 2 || c->names.count > UINT32_MAX / 2)
        return err_set(e, ERR_LIMIT, "the cohort is too large");
    read_node(&p);
    if (p.in.failed || reader_more(&p.in))
        p.wrong = "malformed encoding";
    if (p.node.height > HEIGHT_MAX)
        p.wrong = "too deep";
    if (p.wrong != NULL)
        return err_set(e, ERR_INPUT, "a model node does not read: %s", p.wrong);
    p.node.defined = true;
    struct entry_ref *entries = ARENA_ARRAY(c->arena, struct entry_ref, p.node.count);

    if (p.node.count > 0)
        memcpy(entries, c->reading, p.node.count * sizeof(*entries));
    p.node.entries = entries;
    if (c->options.keep_nodes)
        p.node.encoded = arena_copy(c->arena, encoded);
    c->things[index] = p.node;
    return true;
}
