/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/memo.h"

#include <string.h>

#include "base/reader.h"

enum {
    BUCKETS = 1 << 12,
    CHAIN_MAX = 8,  /* entries that are compared for one question */
    PARTS_MAX = 64, /* of what a digest is of */
    KIND_UNPACKED = 256
};

/* What was asked: a function, and the bytes it is of. */
struct question {
    unsigned kind; /* enum digest_algorithm, or KIND_UNPACKED and a method */
    const struct bytes *parts;
    size_t count;
    uint32_t hash;
};

struct entry {
    struct question of;
    struct bytes answer;
    unsigned found;
    uint32_t next; /* of the same bucket, from 1; 0: none */
};

struct memo {
    struct arena *arena;
    struct bytes areas[MEMO_AREAS_MAX];
    size_t area_count;
    size_t room;        /* bytes that memo_room() gave */
    struct bytes fresh; /* the last of them */
    struct entry *entries;
    size_t count;
    size_t cap;
    uint32_t buckets[BUCKETS]; /* the newest entry, from 1 */
};

struct memo *memo_new(struct arena *a)
{
    struct memo *m = ARENA_NEW(a, struct memo);

    m->arena = a;
    return m;
}

void memo_area(struct memo *m, struct bytes b)
{
    if (m != NULL && b.len >= MEMO_AREA_LEAST && m->area_count < MEMO_AREAS_MAX)
        m->areas[m->area_count++] = b;
}

uint8_t *memo_room(struct memo *m, size_t size)
{
    if (m == NULL || size > MEMO_ROOM_MAX - m->room)
        return NULL;
    uint8_t *p = arena_room(m->arena, size);

    m->room += size;
    m->fresh = (struct bytes){p, size};
    return p;
}

/* From the newest area backwards: what is asked about was mostly made last. */
static bool lasts(const struct memo *m, struct bytes b)
{
    for (size_t i = m->area_count; i-- > 0;) {
        uintptr_t from = (uintptr_t)m->areas[i].data;
        uintptr_t at = (uintptr_t)b.data;

        if (at >= from && at - from <= m->areas[i].len &&
            b.len <= m->areas[i].len - (at - from))
            return true;
    }
    return false;
}

static uint64_t mixed(uint64_t h, uint64_t word)
{
    h = (h ^ word) * 0x9e3779b97f4a7c15;
    return h ^ h >> 29;
}

/* A few words of the bytes: enough to find them by, since they are compared afterwards. */
static uint64_t sampled(uint64_t h, struct bytes b)
{
    enum {
        SAMPLES = 8,
        WORD = 8
    };

    size_t last = b.len < WORD ? 0 : b.len - WORD;
    struct reader r = reader_of(b, 0, 0);

    h = mixed(h, b.len);
    for (size_t i = 0; i < SAMPLES; i++) {
        reader_seek(&r, last / SAMPLES * i);
        h = mixed(h, reader_u64le(&r));
    }
    reader_seek(&r, last);
    return mixed(h, reader_u64le(&r));
}

static struct question question_of(unsigned kind, const struct bytes *parts, size_t count)
{
    uint64_t h = mixed(kind, count);

    for (size_t i = 0; i < count; i++)
        h = sampled(h, parts[i]);
    return (struct question){kind, parts, count, (uint32_t)(h >> 32)};
}

static bool question_equal(const struct question *a, const struct question *b)
{
    if (a->hash != b->hash || a->kind != b->kind || a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        if (a->parts[i].len != b->parts[i].len)
            return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        if (a->parts[i].data != b->parts[i].data && !bytes_equal(a->parts[i], b->parts[i]))
            return false;
    }
    return true;
}

static const struct entry *entry_find(const struct memo *m, const struct question *q)
{
    uint32_t at = m->buckets[q->hash % BUCKETS];

    for (unsigned i = 0; at != 0 && i < CHAIN_MAX; i++) {
        const struct entry *e = &m->entries[at - 1];

        if (question_equal(&e->of, q))
            return e;
        at = e->next;
    }
    return NULL;
}

static void entry_add(struct memo *m, const struct question *q, struct bytes answer,
                      unsigned found)
{
    uint32_t *bucket = &m->buckets[q->hash % BUCKETS];
    struct entry e = {*q, answer, found, *bucket};

    if (m->count >= MEMO_ENTRIES_MAX)
        return;
    for (size_t i = 0; i < q->count; i++) {
        if (!lasts(m, q->parts[i]))
            return;
    }
    struct bytes *parts = ARENA_ARRAY(m->arena, struct bytes, q->count);

    for (size_t i = 0; i < q->count; i++)
        parts[i] = q->parts[i];
    e.of.parts = parts;
    arena_grow(m->arena, &m->entries, m->count, &m->cap, sizeof(*m->entries));
    m->entries[m->count++] = e;
    *bucket = (uint32_t)m->count;
}

static bool worth_it(const struct memo *m, const struct bytes *parts, size_t count)
{
    size_t sum = 0;

    if (m == NULL || count > PARTS_MAX)
        return false;
    for (size_t i = 0; i < count && sum < MEMO_LEAST; i++)
        sum += parts[i].len < MEMO_LEAST ? parts[i].len : MEMO_LEAST;
    return sum >= MEMO_LEAST;
}

static void digest_tell(const struct entry *known, uint8_t *ret)
{
    /* waiver raw-bytes: a digest of ours, of the size that its algorithm has */
    memcpy(ret, known->answer.data, known->answer.len);
}

static void digest_keep(struct memo *m, const struct question *q, const uint8_t *digest,
                        size_t size)
{
    /* Copied even where it turns out that the bytes do not last: seldom. */
    entry_add(m, q, arena_copy(m->arena, (struct bytes){digest, size}), 0);
}

void memo_digest_parts(struct memo *m, enum digest_algorithm a, const struct bytes *parts,
                       size_t count, uint8_t ret[DIGEST_MAX])
{
    if (!worth_it(m, parts, count)) {
        digest_parts(a, parts, count, ret);
        return;
    }
    struct question q = question_of(a, parts, count);
    const struct entry *known = entry_find(m, &q);

    if (known != NULL) {
        digest_tell(known, ret);
        return;
    }
    digest_parts(a, parts, count, ret);
    digest_keep(m, &q, ret, digest_info(a)->size);
}

bool memo_sha256_known(struct memo *m, struct bytes b, struct digest *ret)
{
    if (!worth_it(m, &b, 1))
        return false;
    struct question q = question_of(DIGEST_SHA256, &b, 1);
    const struct entry *known = entry_find(m, &q);

    if (known != NULL)
        digest_tell(known, ret->bytes);
    return known != NULL;
}

void memo_sha256_note(struct memo *m, struct bytes b, const struct digest *digest)
{
    if (!worth_it(m, &b, 1))
        return;
    struct question q = question_of(DIGEST_SHA256, &b, 1);

    if (entry_find(m, &q) == NULL)
        digest_keep(m, &q, digest->bytes, sizeof(digest->bytes));
}

struct digest memo_sha256(struct memo *m, struct bytes b)
{
    struct digest digest;

    if (!memo_sha256_known(m, b, &digest)) {
        digest = digest_sha256(b);
        memo_sha256_note(m, b, &digest);
    }
    return digest;
}

bool memo_unpacked_known(struct memo *m, struct memo_method *method, struct bytes in,
                         struct bytes *ret)
{
    if (m == NULL)
        return false;
    struct question q = question_of(KIND_UNPACKED + method->asked, &in, 1);
    const struct entry *known = entry_find(m, &q);

    if (known == NULL)
        return false;
    *ret = known->answer;
    method->found = known->found;
    return true;
}

void memo_unpacked_note(struct memo *m, struct memo_method method, struct bytes in,
                        struct bytes out)
{
    if (m == NULL || out.data != m->fresh.data || out.len > m->fresh.len)
        return;
    struct question q = question_of(KIND_UNPACKED + method.asked, &in, 1);

    memo_area(m, out);
    entry_add(m, &q, out, method.found);
}
