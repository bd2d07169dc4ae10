/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole space of small trees, and trees whose indexes share many bits: what is there can be
 * proven, what is not there can be proven absent, and nothing else can.
 */
#include <stdlib.h>

#include "ledger/leaf.h"
#include "ledger/prefix_proof.h"
#include "unit/test.h"

enum {
    MANY = 64
};

/* Numbers that look random and are the same in every run. */
static uint64_t next_number(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

/* Scattered indexes, each third one different from the one before it in one bit only. */
static struct digest index_of(unsigned i)
{
    bool near = i % 3 == 1;
    unsigned k = near ? i - 1 : i;
    const uint8_t seed[] = {(uint8_t)k, (uint8_t)(k >> 8), (uint8_t)(k >> 16), 'i'};
    struct digest d = digest_sha256((struct bytes){seed, sizeof(seed)});

    if (near)
        d.bytes[i < 6 ? 31 : i % 5] ^= (uint8_t)(1U << i % 8);
    return d;
}

static int leaf_order(const void *a, const void *b)
{
    return memcmp(a, b, PREFIX_INDEX_SIZE);
}

struct fleet {
    struct prefix_leaves leaves;
    uint8_t (*rows)[SERVER_LEAF_SIZE];
};

static struct prefix_leaves leaves_of(uint8_t (*rows)[SERVER_LEAF_SIZE], size_t count)
{
    struct prefix_leaves l;
    struct err e;

    qsort(rows, count, SERVER_LEAF_SIZE, leaf_order);
    assert_true(prefix_leaves_take(PREFIX_SERVERS,
                                   (struct bytes){&rows[0][0], count * SERVER_LEAF_SIZE},
                                   SERVER_LEAF_SIZE, &l, &e));
    return l;
}

static void make_row(unsigned i, unsigned since, uint8_t ret[SERVER_LEAF_SIZE])
{
    struct server_leaf l = {
        .index = index_of(i),
        .since = since,
        .sum = server_sum((enum server_verdict)((i + since) % 4), 20000 + i, 20000 + 2 * i,
                          1U << i % 5 | 0x100),
    };

    server_leaf_pack(&l, ret);
}

static struct fleet fleet_of(struct arena *a, size_t count)
{
    struct fleet f;

    f.rows = arena_alloc(a, (count + 1) * SERVER_LEAF_SIZE);
    for (size_t i = 0; i < count; i++)
        make_row((unsigned)i, 0, f.rows[i]);
    f.leaves = leaves_of(f.rows, count);
    return f;
}

static struct prefix_tree tree_of(struct arena *a, const struct prefix_leaves *l,
                                  const struct prefix_tree *before)
{
    struct prefix_tree t;
    struct err e;

    assert_true(prefix_tree_build(l, before, a, &t, &e));
    return t;
}

static struct bytes proof_of(struct arena *a, const struct prefix_tree *t, struct digest index)
{
    struct text *out = ARENA_NEW(a, struct text);
    struct err e;

    text_init(out, a, 1 << 16);
    assert_true(prefix_prove(out, t, index.bytes, &e));
    return text_bytes(out);
}

/* Whether a proof holds under the root of `t`, and how it ends. */
static bool holds(const struct prefix_tree *t, struct bytes proof, struct digest index,
                  enum prefix_terminal *ret)
{
    struct prefix_proof p;
    struct prefix_value root;

    if (!prefix_proof_take(&proof, SERVER_LEAF_SIZE, &p) || proof.len > 0 ||
        !prefix_proof_root(&p, PREFIX_SERVERS, index.bytes, &root))
        return false;
    *ret = p.terminal;
    return memcmp(root.bytes, t->root.bytes, sizeof(root.bytes)) == 0;
}

/* An index that is not in the tree, near one that is. */
static bool is_absent(const struct prefix_tree *t, struct digest index)
{
    bool found;

    (void)prefix_find(&t->leaves, index.bytes, &found);
    return !found;
}

static void all_small_trees_prove_what_they_have(void **state)
{
    for (size_t n = 0; n <= MANY; n++) {
        struct fleet f = fleet_of(*state, n);
        struct prefix_tree t = tree_of(*state, &f.leaves, NULL);
        enum prefix_terminal end = PREFIX_EMPTY;

        assert_int_equal(prefix_value_sum(&t.root).n, n);
        assert_int_equal(t.hashed, t.total);
        for (unsigned i = 0; i < n; i++) {
            assert_true(holds(&t, proof_of(*state, &t, index_of(i)), index_of(i), &end));
            assert_int_equal(end, PREFIX_MEMBER);
        }
        for (unsigned bit = 0; bit < 256; bit++) {
            struct digest other = index_of(bit % (unsigned)(n + 1));

            other.bytes[bit / 8] ^= (uint8_t)(0x80U >> bit % 8);
            if (!is_absent(&t, other))
                continue;
            assert_true(holds(&t, proof_of(*state, &t, other), other, &end));
            assert_int_not_equal(end, PREFIX_MEMBER);
        }
    }
}

/*
 * By the definition, which is a recursion: of the leaves that share `depth` bits, those that go
 * on with 0 and those that go on with 1. It ends where one or none is left, at most 256 deep.
 */
/* NOLINTNEXTLINE(misc-no-recursion) */
static struct prefix_value by_definition(const struct prefix_leaves *l, size_t first,
                                         size_t end, unsigned depth)
{
    struct prefix_value v;

    if (first == end)
        return prefix_value_none();
    if (end - first == 1)
        return prefix_value_leaf(prefix_leaf(l, first));
    size_t middle = prefix_split(l, first, end, depth);
    struct prefix_value left = by_definition(l, first, middle, depth + 1);
    struct prefix_value right = by_definition(l, middle, end, depth + 1);

    assert_true(prefix_value_node(&left, &right, &v));
    return v;
}

static void the_root_is_as_defined(void **state)
{
    for (size_t n = 0; n <= MANY; n++) {
        struct fleet f = fleet_of(*state, n);
        struct prefix_tree t = tree_of(*state, &f.leaves, NULL);
        struct prefix_value v = by_definition(&f.leaves, 0, n, 0);

        assert_memory_equal(v.bytes, t.root.bytes, sizeof(v.bytes));
    }
}

static void every_changed_bit_of_a_proof_is_refused(void **state)
{
    for (size_t n = 0; n <= 33; n += 11) {
        struct fleet f = fleet_of(*state, n);
        struct prefix_tree t = tree_of(*state, &f.leaves, NULL);

        for (unsigned i = 0; i < n + 4; i++) {
            struct bytes good = proof_of(*state, &t, index_of(i));
            struct bytes copy = arena_copy(*state, good);
            uint8_t *changed = (uint8_t *)(uintptr_t)copy.data;
            enum prefix_terminal end;

            for (size_t bit = 0; bit<good.len * 8; bit += good.len> 1000 ? 997 : 1) {
                changed[bit / 8] ^= (uint8_t)(1U << bit % 8);
                assert_false(holds(&t, copy, index_of(i), &end));
                changed[bit / 8] ^= (uint8_t)(1U << bit % 8);
            }
            for (size_t len = 0; len<good.len; len += good.len> 1000 ? 67 : 1)
                assert_false(holds(&t, bytes_slice(good, 0, len), index_of(i), &end));
        }
    }
}

/* A proof of absence for a member: each cut of its path, with each terminal there can be. */
static bool forged(struct arena *a, const struct prefix_tree *t, struct bytes proof,
                   struct digest index, unsigned depth)
{
    struct bytes full = bytes_slice(proof, 3 + SERVER_LEAF_SIZE, SIZE_MAX);
    size_t levels = full.len / PREFIX_VALUE_SIZE;
    struct bytes upper = bytes_slice(full, (levels - depth) * PREFIX_VALUE_SIZE, SIZE_MAX);
    enum prefix_terminal end;
    struct text out;

    text_init(&out, a, 1 << 16);
    text_add(&out, ((struct bytes){
                       (const uint8_t[]){PREFIX_EMPTY, 0, (uint8_t)depth},
                        3
    }));
    text_add(&out, upper);
    if (holds(t, text_bytes(&out), index, &end))
        return true;
    for (size_t i = 0; i < t->leaves.count; i++) {
        out.len = 0;
        text_add(&out, ((struct bytes){
                           (const uint8_t[]){PREFIX_OTHER, 0, (uint8_t)depth},
                            3
        }));
        text_add(&out, prefix_leaf(&t->leaves, i));
        text_add(&out, upper);
        if (holds(t, text_bytes(&out), index, &end))
            return true;
    }
    return false;
}

static void absence_cannot_be_forged(void **state)
{
    struct fleet f = fleet_of(*state, MANY);
    struct prefix_tree t = tree_of(*state, &f.leaves, NULL);

    for (unsigned i = 0; i < MANY; i++) {
        struct bytes good = proof_of(*state, &t, index_of(i));
        unsigned depth = good.data[2];

        assert_int_equal(good.data[1], 0);
        for (unsigned cut = 0; cut <= depth; cut++)
            assert_false(forged(*state, &t, good, index_of(i), cut));
    }
}

/* A leaf in a proof for another index. */
static void a_leaf_stands_for_its_own_index_only(void **state)
{
    struct fleet f = fleet_of(*state, MANY);
    struct prefix_tree t = tree_of(*state, &f.leaves, NULL);
    enum prefix_terminal end;

    for (unsigned i = 0; i < MANY; i++) {
        struct bytes proof = proof_of(*state, &t, index_of(i));

        for (unsigned j = 0; j < MANY; j++)
            assert_int_equal(holds(&t, proof, index_of(j), &end), i == j);
    }
}

/*
 * The servers some time after `before`: of each thousand 3, in every fourth round 200, are
 * gone, new or other.
 */
static size_t rows_after(const struct prefix_leaves *before, unsigned round, uint64_t *seed,
                         uint8_t (*rows)[SERVER_LEAF_SIZE])
{
    unsigned share = round % 4 == 0 ? 200 : 3;
    size_t count = 0;

    for (unsigned i = 0; i < 1000; i++) {
        bool found;
        size_t at = prefix_find(before, index_of(i).bytes, &found);
        bool hit = next_number(seed) % 1000 < share;

        if (found && hit && next_number(seed) % 2 == 0)
            continue;
        if (hit)
            make_row(i, round, rows[count++]);
        else if (found)
            memcpy(rows[count++], prefix_leaf(before, at).data, SERVER_LEAF_SIZE);
    }
    return count;
}

/* Random changes: the tree built from the one before is the one built from nothing. */
static void a_later_tree_costs_what_changed(void **state)
{
    struct fleet f = fleet_of(*state, 600);
    struct prefix_tree before = tree_of(*state, &f.leaves, NULL);
    uint64_t seed = 1;

    for (unsigned round = 1; round < 40; round++) {
        uint8_t(*rows)[SERVER_LEAF_SIZE] = arena_alloc(*state, (size_t)1000 * SERVER_LEAF_SIZE);
        size_t count = rows_after(&before.leaves, round, &seed, rows);
        struct prefix_leaves l = leaves_of(rows, count);
        struct prefix_tree whole = tree_of(*state, &l, NULL);
        struct prefix_tree part = tree_of(*state, &l, &before);

        assert_memory_equal(whole.root.bytes, part.root.bytes, sizeof(whole.root.bytes));
        assert_memory_equal(whole.hashes, part.hashes, count * sizeof(*whole.hashes));
        assert_memory_equal(whole.nodes, part.nodes, (count - 1) * sizeof(*whole.nodes));
        assert_int_equal(whole.total, part.total);
        assert_true(part.hashed < whole.hashed);
        before = part;
    }
    struct prefix_tree same = tree_of(*state, &before.leaves, &before);

    assert_int_equal(same.hashed, 0);
}

static bool takes(const uint8_t *rows, size_t len, const char *why)
{
    struct prefix_leaves l;
    struct err e = {0};
    bool good =
        prefix_leaves_take(PREFIX_SERVERS, (struct bytes){rows, len}, SERVER_LEAF_SIZE, &l, &e);

    if (!good)
        assert_non_null(strstr(e.text, why));
    return good;
}

static void lists_that_no_ledger_has_are_refused(void **state)
{
    /* Where each member of the aggregate begins, but for the newest day: it may be later. */
    static const uint8_t members[] = {0, 4, 8, 12, 16, 20, 23};
    struct fleet f = fleet_of(*state, 4);
    uint8_t *rows = &f.rows[0][0];
    uint8_t kept[SERVER_LEAF_SIZE];
    const size_t size = (size_t)4 * SERVER_LEAF_SIZE;

    assert_true(takes(rows, size, ""));
    assert_false(takes(rows, size - 1, "cut off"));
    memcpy(kept, f.rows[2], sizeof(kept));
    memcpy(f.rows[2], f.rows[1], sizeof(kept));
    assert_false(takes(rows, size, "leaf 2 has the index of"));
    memcpy(f.rows[2], f.rows[0], sizeof(kept));
    assert_false(takes(rows, size, "leaf 2 is out of order"));
    memcpy(f.rows[2], kept, sizeof(kept));
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        f.rows[2][SERVER_LEAF_SIZE - AGGREGATE_SIZE + members[i]] ^= 0x80;
        assert_false(takes(rows, size, "leaf 2 counts"));
        f.rows[2][SERVER_LEAF_SIZE - AGGREGATE_SIZE + members[i]] ^= 0x80;
    }
    assert_true(takes(rows, size, ""));
}

static void sums_that_do_not_fit_are_refused(void **state)
{
    struct aggregate most = {.n = UINT32_MAX, .clean = UINT32_MAX, .newest = 1};
    struct aggregate one = server_sum(SERVER_CLEAN, 1, 1, 0);
    struct aggregate sum;
    struct prefix_value left = {{0}};
    struct prefix_value right = {{0}};
    struct prefix_value v;

    (void)state;
    assert_false(aggregate_add(&most, &one, &sum));
    aggregate_pack(&most, left.bytes + SHA256_SIZE);
    aggregate_pack(&one, right.bytes + SHA256_SIZE);
    assert_false(prefix_value_node(&left, &right, &v));
    most.n--;
    most.clean--;
    aggregate_pack(&most, left.bytes + SHA256_SIZE);
    assert_true(prefix_value_node(&left, &right, &v));
    sum = prefix_value_sum(&v);
    assert_int_equal(sum.n, UINT32_MAX);
    assert_int_equal(sum.oldest, 0);
}

/* A sibling in a proof must say what a node can say. */
static void a_sibling_with_a_false_sum_is_refused(void **state)
{
    struct digest index = index_of(0);
    uint8_t row[SERVER_LEAF_SIZE];
    uint8_t beside[SERVER_LEAF_SIZE];
    struct prefix_value none = prefix_value_none();
    struct prefix_value sibling;
    struct prefix_value root;
    struct prefix_proof p = {
        PREFIX_MEMBER, 1, {row,           sizeof(row)      },
          {sibling.bytes, PREFIX_VALUE_SIZE}
    };

    (void)state;
    make_row(0, 0, row);
    make_row(4, 0, beside);
    const struct prefix_value leaf = prefix_value_leaf((struct bytes){beside, sizeof(beside)});

    sibling = leaf;
    assert_true(prefix_proof_root(&p, PREFIX_SERVERS, index.bytes, &root));
    /* Verdicts and common methods; more servers, other days, more methods are another node. */
    for (size_t i = 0; i < AGGREGATE_SIZE; i++) {
        bool contradicts = (i >= 4 && i < 16) || (i >= 20 && i < 23);

        if (i >= 16 && i < 20)
            continue;
        sibling.bytes[SHA256_SIZE + i] ^= 4;
        assert_int_equal(prefix_proof_root(&p, PREFIX_SERVERS, index.bytes, &root),
                         !contradicts);
        sibling.bytes[SHA256_SIZE + i] ^= 4;
    }
    /* Without a hash of its own, a leaf's place is higher. */
    sibling = none;
    assert_false(prefix_proof_root(&p, PREFIX_SERVERS, index.bytes, &root));
    memcpy(sibling.bytes + SHA256_SIZE, leaf.bytes + SHA256_SIZE, AGGREGATE_SIZE);
    assert_false(prefix_proof_root(&p, PREFIX_SERVERS, index.bytes, &root));
    /* Nothing beside one leaf is no end of a path: the leaf would stand higher. */
    p = (struct prefix_proof){
        PREFIX_EMPTY, 1, {NULL,          0                },
          {sibling.bytes, PREFIX_VALUE_SIZE}
    };
    assert_false(prefix_proof_root(&p, PREFIX_SERVERS, index.bytes, &root));
}

static void roots_are_bound_to_tree_origin_and_epoch(void **state)
{
    struct prefix_value none = prefix_value_none();
    struct bytes origin = bytes_of("example.com/fleet");
    struct digest a = prefix_root(PREFIX_SERVERS, origin, 1, &none);
    struct digest b = prefix_root(PREFIX_ALIASES, origin, 1, &none);
    struct digest c = prefix_root(PREFIX_SERVERS, origin, 2, &none);
    struct digest d = prefix_root(PREFIX_SERVERS, bytes_of("example.com/fleeu"), 1, &none);

    (void)state;
    assert_false(digest_equal(&a, &b));
    assert_false(digest_equal(&a, &c));
    assert_false(digest_equal(&a, &d));
}

static void no_leaf_has_the_value_that_is_defined(void **state)
{
    struct digest hash = digest_sha256(LITERAL("\x02"));
    struct prefix_value none = prefix_value_none();
    struct aggregate sum = prefix_value_sum(&none);
    struct aggregate want = aggregate_none();

    (void)state;
    assert_memory_equal(none.bytes, hash.bytes, sizeof(hash.bytes));
    assert_memory_equal(&sum, &want, sizeof(want));
}

static void leaves_are_read_back(void **state)
{
    uint8_t row[SERVER_LEAF_SIZE];
    uint8_t again[SERVER_LEAF_SIZE];
    struct alias_leaf alias = {.index = index_of(1), .value = index_of(2)};
    uint8_t name[ALIAS_LEAF_SIZE];

    (void)state;
    for (unsigned i = 0; i < 8; i++) {
        make_row(i, 77, row);
        struct server_leaf l = server_leaf_unpack((struct bytes){row, sizeof(row)});

        assert_int_equal(l.since, 77);
        assert_int_equal(server_verdict_of(&l.sum), (i + 77) % 4);
        server_leaf_pack(&l, again);
        assert_memory_equal(row, again, sizeof(row));
    }
    alias_leaf_pack(&alias, name);
    struct alias_leaf back = alias_leaf_unpack((struct bytes){name, sizeof(name)});

    assert_true(digest_equal(&back.index, &alias.index));
    assert_true(digest_equal(&back.value, &alias.value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_small_trees_prove_what_they_have),
        TEST(the_root_is_as_defined),
        TEST(every_changed_bit_of_a_proof_is_refused),
        TEST(absence_cannot_be_forged),
        TEST(a_leaf_stands_for_its_own_index_only),
        TEST(a_later_tree_costs_what_changed),
        TEST(lists_that_no_ledger_has_are_refused),
        TEST(sums_that_do_not_fit_are_refused),
        TEST(a_sibling_with_a_false_sum_is_refused),
        TEST(roots_are_bound_to_tree_origin_and_epoch),
        TEST(no_leaf_has_the_value_that_is_defined),
        TEST(leaves_are_read_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
