/* SPDX-License-Identifier: Apache-2.0 */
/* Logs over a storage in memory that can fail: every tree is what its entries make. */
#include "ledger/log_writer.h"

#include "unit/test.h"

enum {
    LARGE = 66000 /* has a tile of level 2 */
};

struct stored {
    const char *name;
    struct bytes bytes;
    bool seen; /* flushed */
};

/* Files in memory. */
struct memory {
    struct arena *arena;
    struct stored *files;
    size_t count;
    size_t cap;
    size_t fail_in; /* calls of put and flush until one fails; 0: none does */
};

static struct stored *memory_find(struct memory *m, const char *name)
{
    for (size_t i = m->count; i-- > 0;) {
        if (strcmp(m->files[i].name, name) == 0)
            return &m->files[i];
    }
    return NULL;
}

static bool memory_read(void *user, const char *name, size_t max, struct arena *a,
                        struct bytes *ret, struct err *e)
{
    const struct stored *s = memory_find(user, name);

    if (s == NULL || !s->seen)
        return err_set(e, ERR_ABSENT, "no %s", name);
    assert_true(s->bytes.len <= max);
    *ret = arena_copy(a, s->bytes);
    return true;
}

static bool fails(struct memory *m, struct err *e)
{
    if (m->fail_in == 0 || --m->fail_in > 0)
        return false;
    (void)err_set(e, ERR_SYSTEM, "no room");
    return true;
}

static bool memory_put(void *user, const char *name, struct bytes b, struct err *e)
{
    struct memory *m = user;

    if (fails(m, e))
        return false;
    arena_grow(m->arena, &m->files, m->count, &m->cap, sizeof(*m->files));
    m->files[m->count++] =
        (struct stored){arena_text(m->arena, bytes_of(name)), arena_copy(m->arena, b), false};
    return true;
}

static bool memory_flush(void *user, struct err *e)
{
    struct memory *m = user;

    if (fails(m, e))
        return false;
    for (size_t i = m->count; i-- > 0 && !m->files[i].seen;)
        m->files[i].seen = true;
    return true;
}

/* What was put and not flushed is gone, as after the end of a process. */
static void memory_restart(struct memory *m)
{
    while (m->count > 0 && !m->files[m->count - 1].seen)
        m->count--;
    m->fail_in = 0;
}

static void memory_remove(void *user, const char *name)
{
    (void)user;
    (void)name;
}

static struct log_storage storage_of(struct memory *m)
{
    return (struct log_storage){memory_read, memory_put, memory_flush, memory_remove, m};
}

static struct bytes entry_of(uint64_t n, char room[32])
{
    return bytes_format(room, 32, "entry %llu", (unsigned long long)n);
}

static void memory_init(struct memory *m, struct arena *a, struct log_storage *s)
{
    struct log_tree none = {0, merkle_empty()};
    struct err e;

    *m = (struct memory){.arena = a};
    *s = storage_of(m);
    assert_true(log_tree_write(s, &none, &e));
}

/* Appends up to `size` entries; returns whether that was acknowledged. */
static bool grow(const struct log_storage *s, uint64_t size, struct err *e)
{
    struct arena a;

    arena_init(&a);
    struct log_writer *w = ARENA_NEW(&a, struct log_writer);
    bool good = log_writer_open(w, s, &a, e);

    while (good && w->size < size) {
        char room[32];

        good = log_writer_add(w, entry_of(w->size, room), e);
    }
    good = good && log_writer_commit(w, e);
    arena_done(&a);
    return good;
}

/* The root by the definition: complete subtrees from the left, as a binary counter. */
static struct digest plain_root(uint64_t size)
{
    struct digest stack[64];
    unsigned levels[64];
    size_t n = 0;

    for (uint64_t i = 0; i < size; i++) {
        char room[32];

        stack[n] = merkle_leaf(entry_of(i, room));
        levels[n++] = 0;
        while (n > 1 && levels[n - 1] == levels[n - 2]) {
            stack[n - 2] = merkle_node(&stack[n - 2], &stack[n - 1]);
            levels[n - 2]++;
            n--;
        }
    }
    if (n == 0)
        return merkle_empty();
    while (n > 1) {
        stack[n - 2] = merkle_node(&stack[n - 2], &stack[n - 1]);
        n--;
    }
    return stack[0];
}

/* The committed tree is that of its entries, and all can be read. */
static void tree_is(const struct log_storage *s, struct arena *a, uint64_t size)
{
    struct log_reader *r = ARENA_NEW(a, struct log_reader);
    struct digest want = plain_root(size);
    struct digest root;
    struct log_tree t;
    struct err e;

    assert_true(log_tree_read(s, &t, &e));
    assert_int_equal(t.size, size);
    assert_true(digest_equal(&t.root, &want));
    log_reader_init(r, s, size);
    assert_true(log_check(r, 0, &e));
    assert_true(log_reader_root(r, &root, &e));
    assert_true(digest_equal(&root, &want));
}

static void every_small_size(void **state)
{
    struct log_storage s;
    struct memory m;
    struct err e;

    memory_init(&m, *state, &s);
    for (uint64_t size = 0; size <= 600; size += size < 260 || size > 508 ? 1 : 17) {
        assert_true(grow(&s, size, &e));
        tree_is(&s, *state, size);
    }
}

static void proofs_hold(const struct log_storage *s, struct arena *a, uint64_t size)
{
    static const uint64_t places[] = {0, 1, 255, 256, 65535, 65536, 65999};
    struct log_reader *r = ARENA_NEW(a, struct log_reader);
    struct merkle_source source = log_reader_source(r);
    struct digest proof[MERKLE_PROOF_MAX];
    struct digest root = plain_root(size);
    size_t count;
    struct err e;

    log_reader_init(r, s, size);
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        char room[32];
        struct digest leaf = merkle_leaf(entry_of(places[i], room));
        uint64_t at = 0;

        assert_true(merkle_inclusion_make(&source, places[i], size, proof, &count, &e));
        assert_true(merkle_inclusion_verify(places[i], (struct merkle_range){0, size}, &leaf,
                                            proof, count, &root));
        assert_true(log_reader_find(r, &leaf, &at, &e));
        assert_int_equal(at, places[i]);
        if (places[i] == 0)
            continue;
        struct digest old = plain_root(places[i]);

        assert_true(merkle_consistency_make(&source, places[i], size, proof, &count, &e));
        assert_true(merkle_prefix_verify(places[i], size, &old, &root, proof, count));
    }
}

static void large(void **state)
{
    struct log_storage s;
    struct memory m;
    struct err e;

    memory_init(&m, *state, &s);
    assert_true(grow(&s, 65535, &e));
    tree_is(&s, *state, 65535);
    assert_true(grow(&s, 65536, &e));
    tree_is(&s, *state, 65536);
    assert_non_null(memory_find(&m, "tile/1/000"));
    assert_non_null(memory_find(&m, "tile/2/000.p/1"));
    assert_true(grow(&s, LARGE, &e));
    tree_is(&s, *state, LARGE);
    assert_non_null(memory_find(&m, "tile/0/257.p/208"));
    proofs_hold(&s, *state, LARGE);
}

/* Whichever write fails: the tree is what it was, and the next append goes on from there. */
static void failures(void **state)
{
    for (size_t fail_in = 1; fail_in < 30; fail_in++) {
        struct log_storage s;
        struct memory m;
        struct err e;

        memory_init(&m, *state, &s);
        assert_true(grow(&s, 250, &e));
        m.fail_in = fail_in;
        bool good = grow(&s, 800, &e);

        if (!good)
            assert_string_equal(e.text, "no room");
        memory_restart(&m);
        tree_is(&s, *state, good ? 800 : 250);
        assert_true(grow(&s, 801, &e));
        tree_is(&s, *state, 801);
    }
}

/* A changed byte anywhere is found: by the check, or by the root. */
static void changes(void **state)
{
    struct log_reader *r = ARENA_NEW(*state, struct log_reader);
    struct digest want = plain_root(300);
    struct log_storage s;
    struct memory m;
    struct err e;

    memory_init(&m, *state, &s);
    assert_true(grow(&s, 300, &e));
    for (size_t i = 1; i + 1 < m.count; i++) {
        for (size_t at = 0; at < m.files[i].bytes.len; at += 97) {
            struct bytes sound = m.files[i].bytes;
            struct bytes bad = arena_copy(*state, sound);
            struct digest root;

            ((uint8_t *)(uintptr_t)bad.data)[at] ^= 4;
            m.files[i].bytes = bad;
            log_reader_init(r, &s, 300);
            assert_false(log_check(r, 0, &e) && log_reader_root(r, &root, &e) &&
                         digest_equal(&root, &want));
            m.files[i].bytes = bytes_slice(sound, 0, at);
            log_reader_init(r, &s, 300);
            assert_false(log_check(r, 0, &e) && log_reader_root(r, &root, &e) &&
                         digest_equal(&root, &want));
            m.files[i].bytes = sound;
        }
    }
}

static void names(void **state)
{
    static const struct {
        struct tile tile;
        const char *name;
    } rows[] = {
        {{0, 0, 256},                           "tile/0/000"                               },
        {{0, 1234067, 256},                     "tile/0/x001/x234/067"                     },
        {{2, 5, 17},                            "tile/2/005.p/17"                          },
        {{TILE_ENTRIES, 999, 256},              "tile/entries/999"                         },
        {{TILE_ENTRIES, 1000, 1},               "tile/entries/x001/000.p/1"                },
        {{0, UINT64_C(36028797018963967), 255}, "tile/0/x036/x028/x797/x018/x963/967.p/255"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char room[TILE_NAME_SIZE];

        tile_name(rows[i].tile, room);
        assert_string_equal(room, rows[i].name);
    }
    /* The example of the specification: a tree of 70,000. */
    assert_int_equal(tile_width(0, 272, 70000), 256);
    assert_int_equal(tile_width(0, 273, 70000), 112);
    assert_int_equal(tile_width(0, 274, 70000), 0);
    assert_int_equal(tile_width(1, 0, 70000), 256);
    assert_int_equal(tile_width(1, 1, 70000), 17);
    assert_int_equal(tile_width(2, 0, 70000), 1);
    assert_int_equal(tile_width(0, 1, 256), 0);
    assert_int_equal(tile_width(1, 0, 256), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(names), TEST(every_small_size), TEST(large), TEST(failures), TEST(changes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
