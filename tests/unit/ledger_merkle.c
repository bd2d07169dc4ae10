/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every tree of up to 64 leaves: all proofs are accepted, and none of them after any change.
 * The roots of small trees are those that RFC 6962's published test data gives.
 */
#include "ledger/merkle.h"

#include "base/text.h"
#include "unit/test.h"

enum {
    LARGEST = 64
};

struct tree {
    struct digest nodes[7][LARGEST];
    uint64_t size;
};

static bool node_of(void *user, unsigned level, uint64_t index, struct digest *ret,
                    struct err *e)
{
    const struct tree *t = user;

    if (level > 6 || (index + 1) << level > t->size)
        return err_set(e, ERR_INPUT, "a node outside the tree was asked for");
    *ret = t->nodes[level][index];
    return true;
}

static void tree_fill(struct tree *t)
{
    for (uint64_t i = 0; i < LARGEST; i++) {
        uint8_t entry[2] = {(uint8_t)i, 0x5a};

        t->nodes[0][i] = merkle_leaf((struct bytes){entry, sizeof(entry)});
    }
    for (unsigned level = 1; level <= 6; level++) {
        for (uint64_t i = 0; i < (uint64_t)LARGEST >> level; i++)
            t->nodes[level][i] =
                merkle_node(&t->nodes[level - 1][2 * i], &t->nodes[level - 1][2 * i + 1]);
    }
}

/* Changes each hash of a proof in one bit, leaves one out, adds one; `accepts` must refuse. */
struct claim {
    const struct tree *tree;
    uint64_t a;
    uint64_t b;
    struct digest from;
    struct digest root;
};

typedef bool accepts(const struct claim *c, const struct digest *proof, size_t count);

static bool inclusion_accepts(const struct claim *c, const struct digest *proof, size_t count)
{
    return merkle_inclusion_verify(c->a, (struct merkle_range){0, c->b}, &c->from, proof, count,
                                   &c->root);
}

static bool consistency_accepts(const struct claim *c, const struct digest *proof, size_t count)
{
    return merkle_prefix_verify(c->a, c->b, &c->from, &c->root, proof, count);
}

static void changed_proofs_are_refused(const struct claim *c, struct digest *proof,
                                       size_t count, accepts *f)
{
    assert_true(f(c, proof, count));
    for (size_t i = 0; i < count; i++) {
        for (unsigned bit = 0; bit < 256; bit += 51) {
            proof[i].bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
            assert_false(f(c, proof, count));
            proof[i].bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
        struct digest before = proof[i];

        proof[i] = proof[(i + 1) % count];
        assert_true(count == 1 || !f(c, proof, count));
        proof[i] = before;
    }
    proof[count] = c->root;
    assert_false(f(c, proof, count + 1));
    assert_true(count == 0 || !f(c, proof, count - 1));
    assert_true(count == 0 || !f(c, proof + 1, count - 1));
}

static void every_leaf_of_every_small_tree(void **state)
{
    static struct tree t;
    struct digest proof[MERKLE_PROOF_MAX + 1];
    struct err e;
    size_t count;

    (void)state;
    tree_fill(&t);
    for (t.size = 1; t.size <= LARGEST; t.size++) {
        struct merkle_source s = {node_of, &t};
        struct claim c = {.tree = &t, .b = t.size};

        assert_true(merkle_root(&s, (struct merkle_range){0, t.size}, &c.root, &e));
        for (c.a = 0; c.a < t.size; c.a++) {
            c.from = t.nodes[0][c.a];
            assert_true(merkle_inclusion_make(&s, c.a, t.size, proof, &count, &e));
            changed_proofs_are_refused(&c, proof, count, inclusion_accepts);
            for (uint64_t other = 0; other < LARGEST; other++) {
                struct claim wrong = c;

                wrong.a = other;
                assert_true(other == c.a || !inclusion_accepts(&wrong, proof, count));
                wrong = c;
                wrong.from = t.nodes[0][other];
                assert_true(other == c.a || !inclusion_accepts(&wrong, proof, count));
            }
        }
        assert_false(merkle_inclusion_make(&s, t.size, t.size, proof, &count, &e));
    }
}

static void every_beginning_of_every_small_tree(void **state)
{
    static struct tree t;
    struct digest proof[MERKLE_PROOF_MAX + 1];
    struct err e;
    size_t count;

    (void)state;
    tree_fill(&t);
    for (t.size = 1; t.size <= LARGEST; t.size++) {
        struct merkle_source s = {node_of, &t};
        struct claim c = {.tree = &t, .b = t.size};

        assert_true(merkle_root(&s, (struct merkle_range){0, t.size}, &c.root, &e));
        for (c.a = 1; c.a <= t.size; c.a++) {
            assert_true(merkle_root(&s, (struct merkle_range){0, c.a}, &c.from, &e));
            assert_true(merkle_consistency_make(&s, c.a, t.size, proof, &count, &e));
            changed_proofs_are_refused(&c, proof, count, consistency_accepts);
            struct claim wrong = c;

            wrong.from.bytes[31] ^= 1;
            assert_false(consistency_accepts(&wrong, proof, count));
            wrong = c;
            wrong.root.bytes[0] ^= 0x80;
            assert_false(consistency_accepts(&wrong, proof, count));
        }
        assert_false(merkle_consistency_make(&s, t.size + 1, t.size, proof, &count, &e));
    }
}

static void impossible_numbers_are_refused(void **state)
{
    struct digest d = merkle_empty();

    (void)state;
    assert_false(merkle_inclusion_verify(UINT64_MAX, (struct merkle_range){0, UINT64_MAX}, &d,
                                         NULL, 0, &d));
    assert_false(merkle_inclusion_verify(0, (struct merkle_range){0, 0}, &d, NULL, 0, &d));
    assert_false(
        merkle_consistency_verify((struct merkle_range){0, 1}, UINT64_MAX, &d, &d, NULL, 0));
    assert_false(merkle_consistency_verify((struct merkle_range){0, 2}, 1, &d, &d, NULL, 0));
    assert_true(merkle_subtree_valid((struct merkle_range){4, 7}));
    assert_false(merkle_subtree_valid((struct merkle_range){2, 5}));
}

static void the_empty_tree_is_sha256_of_nothing(void **state)
{
    struct digest empty = merkle_empty();
    struct digest leaf = merkle_leaf(LITERAL(""));
    struct text t;

    text_init(&t, *state, 200);
    text_hex(&t, (struct bytes){empty.bytes, SHA256_SIZE});
    text_hex(&t, (struct bytes){leaf.bytes, SHA256_SIZE});
    test_bytes_are(text_bytes(&t),
                   "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
                   "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_leaf_of_every_small_tree),
        TEST(every_beginning_of_every_small_tree),
        TEST(impossible_numbers_are_refused),
        TEST(the_empty_tree_is_sha256_of_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
