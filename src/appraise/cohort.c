/* SPDX-License-Identifier: Apache-2.0 */
#include "appraise/cohort.h"

#include <stdlib.h>
#include <string.h>

#include "appraise/cohort_private.h"
#include "appraise/placeholder.h"
#include "evidence/cbor.h"

static const struct cohort_key default_keys[] = {
    {"smbios.baseboard.product", 1},
    {"smbios.baseboard.version", 1},
    {"smbios.bios.version",      2},
};

struct cohort *cohort_new(struct arena *a, const struct cohort_options *options)
{
    struct cohort *c = ARENA_NEW(a, struct cohort);

    *c = (struct cohort){.arena = a, .options = *options};
    if (c->options.keys == NULL) {
        c->options.keys = default_keys;
        c->options.key_count = ARRAY_LEN(default_keys);
    }
    intern_init(&c->names, a);
    intern_init(&c->things_by, a);
    intern_init(&c->subjects, a);
    intern_init(&c->level_keys, a);
    return c;
}

unsigned cohort_key_level(const struct cohort *c, enum key_id key)
{
    for (size_t i = 0; key != KEY_NONE && i < c->options.key_count; i++) {
        if (strcmp(c->options.keys[i].key, key_get(key)->name) == 0)
            return c->options.keys[i].level;
    }
    return 0;
}

struct value thing_value(const struct cohort *c, uint32_t thing)
{
    struct bytes key = c->things_by.keys[thing];
    struct reader r = reader_of(bytes_slice(key, 1, key.len), 0, 0);

    if (key.data[0] != 'c')
        return (struct value){.type = TYPE_UINT};
    (void)cbor_read_bytes(&r);
    return cbor_read_value(&r);
}

struct bytes cohort_name(const struct cohort *c, uint32_t name)
{
    struct bytes key = c->names.keys[name];

    if (key.data[0] == 'm') {
        memcpy(&name, key.data + 1, sizeof(name));
        key = c->names.keys[name];
    }
    return bytes_slice(key, 1, key.len);
}

static int by_time(const struct member *a, const struct member *b)
{
    int c = bytes_compare(a->time, b->time);

    return c != 0 ? c : memcmp(a->evidence.bytes, b->evidence.bytes, SHA256_SIZE);
}

static uint64_t mark_of(const struct member *m)
{
    struct digest d = digest_sha256(m->subject);
    struct reader r = reader_of((struct bytes){d.bytes, SHA256_SIZE}, 0, 0);

    return reader_u64le(&r);
}

static const struct cohort_own *copy_own(struct arena *a, const struct cohort_member *m)
{
    struct cohort_own *own = ARENA_ARRAY(a, struct cohort_own, m->own_count);

    for (size_t i = 0; i < m->own_count; i++) {
        own[i].kind = arena_copy(a, m->own[i].kind);
        own[i].value = arena_copy(a, m->own[i].value);
    }
    return own;
}

bool cohort_member_add(struct cohort *c, const struct cohort_member *m, struct err *e)
{
    uint8_t key[1 + SHA256_SIZE] = {'t'};

    memcpy(key + 1, m->root.bytes, SHA256_SIZE);
    struct member fresh = {
        .subject = m->subject,
        .time = m->time,
        .evidence = m->evidence,
        .judged = m->judged,
        .root = intern_find(&c->things_by, (struct bytes){key, sizeof(key)}),
    };

    if (fresh.root == INTERN_NONE || !c->things[fresh.root].defined ||
        c->things[fresh.root].kind != THING_MAP)
        return err_set(e, ERR_INPUT, "the tree of a member of the cohort is not there");
    if (fresh.subject.len == 0)
        fresh.subject = (struct bytes){m->evidence.bytes, SHA256_SIZE};
    size_t known = c->subjects.count;
    uint32_t index = intern_add(&c->subjects, fresh.subject);

    c->frozen = false;
    if (index == known)
        arena_grow(c->arena, &c->members, c->member_count++, &c->member_cap,
                   sizeof(*c->members));
    else if (c->members[index].judged ||
             (!m->judged && by_time(&fresh, &c->members[index]) <= 0))
        return true;
    fresh.subject = c->subjects.keys[index];
    fresh.time = arena_copy(c->arena, m->time);
    fresh.own = copy_own(c->arena, m);
    fresh.own_count = m->own_count;
    fresh.mark = mark_of(&fresh);
    c->members[index] = fresh;
    return true;
}

struct node_sink {
    struct cohort *cohort;
    struct err *err;
    bool failed;
};

static void take_node(void *user, const struct digest *d, struct bytes encoded)
{
    struct node_sink *sink = user;

    sink->failed = sink->failed || !cohort_node_add(sink->cohort, d, encoded, sink->err);
}

/* The values of a subject that should be its own. */
static size_t own_of(const struct subject *s, struct arena *a, struct cohort_own **ret)
{
    struct cohort_own *own = NULL;
    size_t count = 0;
    size_t cap = 0;

    for (size_t i = 0; i < s->decoded.item_count; i++) {
        const struct item *it = &s->decoded.items[i];

        if (it->kind != ITEM_CLAIM || key_get(it->key)->expectation != EXPECT_OWN)
            continue;
        struct bytes value = own_normalise(&it->value, a);

        if (placeholder_is(value))
            continue;
        arena_grow(a, &own, count, &cap, sizeof(*own));
        own[count++] = (struct cohort_own){bytes_of(key_get(it->key)->name), value};
    }
    *ret = own;
    return count;
}

bool cohort_subject_add(struct cohort *c, const struct subject *s, struct bytes id, bool judged,
                        struct err *e)
{
    struct node_sink sink = {c, e, false};
    struct cohort_own *own = NULL;
    struct tree t;

    tree_build(&t, &s->decoded, take_node, &sink);
    if (sink.failed)
        return err_wrap(e, "%.*s", (int)s->name.len, (const char *)s->name.data);
    struct cohort_member m = {
        .subject = id,
        .time = s->evidence.time,
        .evidence = s->digest,
        .root = t.nodes[0].model,
        .own_count = own_of(s, c->arena, &own),
        .judged = judged,
    };

    m.own = own;
    return cohort_member_add(c, &m, e);
}

struct digest cohort_salt(const struct cohort *c, const struct cohort_own *own)
{
    static const uint8_t domain[] = "assay/own/1";
    struct digest_stream s;

    digest_begin(&s);
    digest_more(&s, (struct bytes){domain, sizeof(domain)});
    digest_more(&s, (struct bytes){c->salt, sizeof(c->salt)});
    digest_more(&s, own->kind);
    digest_more(&s, (struct bytes){(const uint8_t *)"", 1});
    digest_more(&s, own->value);
    return digest_end(&s);
}

static int by_digest(const void *left, const void *right)
{
    return memcmp(left, right, SHA256_SIZE);
}

/* From what the members' evidence is, each salted by itself: the same again, guessed by nobody.
 */
static void make_salt(struct cohort *c)
{
    struct digest *all = ARENA_ARRAY(c->arena, struct digest, c->member_count);

    if (c->salted)
        return;
    for (size_t i = 0; i < c->member_count; i++)
        all[i] = c->members[i].evidence;
    qsort(all, c->member_count, sizeof(*all), by_digest);
    struct digest d =
        digest_sha256((struct bytes){(const uint8_t *)all, c->member_count * sizeof(*all)});

    memcpy(c->salt, d.bytes, sizeof(c->salt));
    c->salted = true;
}

/* One that a machine states twice stands once. */
static void salt_own(struct cohort *c, struct member *m)
{
    if (m->salted != NULL)
        return;
    m->salted = ARENA_ARRAY(c->arena, struct digest, m->own_count);
    for (size_t i = 0; i < m->own_count; i++)
        m->salted[i] = cohort_salt(c, &m->own[i]);
    if (m->own_count > 1)
        qsort(m->salted, m->own_count, sizeof(*m->salted), by_digest);
    for (size_t i = 0; i < m->own_count; i++) {
        if (i == 0 || !digest_equal(&m->salted[i], &m->salted[m->salted_count - 1]))
            m->salted[m->salted_count++] = m->salted[i];
    }
}

/* Who has which own value. */
static void index_own(struct cohort *c)
{
    size_t total = 0;

    intern_init(&c->own, c->arena);
    for (size_t i = 0; i < c->member_count; i++) {
        salt_own(c, &c->members[i]);
        total += c->members[i].salted_count;
    }
    c->own_holders = arena_array(c->arena, total, sizeof(*c->own_holders));
    c->own_count = ARENA_ARRAY(c->arena, uint32_t, total);
    for (uint32_t i = 0; i < c->member_count; i++) {
        const struct member *m = &c->members[i];

        for (size_t k = 0; k < m->salted_count; k++) {
            uint32_t n = intern_add(&c->own, (struct bytes){m->salted[k].bytes, SHA256_SIZE});

            if (c->own_count[n] < 2)
                c->own_holders[n][c->own_count[n]] = i;
            c->own_count[n]++;
        }
    }
}

bool cohort_freeze(struct cohort *c, struct err *e)
{
    if (c->member_count == 0)
        return err_set(e, ERR_INPUT, "a cohort needs at least one member");
    if (c->frozen)
        return true;
    make_salt(c);
    index_own(c);
    classes_make(c);
    if (!census_take(c, e))
        return false;
    strengths_find(c);
    c->frozen = true;
    return true;
}

size_t cohort_size(const struct cohort *c)
{
    return c->member_count;
}

size_t cohort_surface_voters(const struct cohort *c, struct bytes name)
{
    size_t voters = 0;

    for (size_t i = 1; i < c->position_count && c->positions[i].parent == 0; i++) {
        const struct position *p = &c->positions[i];

        if (!bytes_equal(cohort_name(c, p->name), name))
            continue;
        for (uint32_t k = p->first; k < p->first + p->count; k++) {
            /* Who did not see the surface whole has nothing to compare additions with. */
            if (!c->things[c->groups[k].thing].incomplete)
                voters += c->groups[k].weight;
        }
    }
    return voters;
}
