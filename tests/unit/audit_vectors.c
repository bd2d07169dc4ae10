/* SPDX-License-Identifier: Apache-2.0 */
/* The verifier on the test vectors of docs/formats/ledger.md, which the producer makes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/proof.h"
#include "unit/test.h"

enum {
    DOCUMENT_MAX = 1 << 20
};

static const char origin[] = "example.com/fleet";

struct vectors {
    struct memory memory;
    struct view document;
};

/* The bytes of the line "NAME HEX". */
static struct view vector(struct vectors *v, const char *name)
{
    struct view rest = v->document;
    struct view line;
    struct view word;

    while (view_cut(&rest, '\n', &line)) {
        if (!view_cut(&line, ' ', &word) || !view_is(word, name))
            continue;
        uint8_t *raw = memory_take(&v->memory, line.len / 2 + 1, 1);

        assert_true(view_hex(line, raw, line.len / 2));
        return (struct view){raw, line.len / 2};
    }
    fail_msg("docs/formats/ledger.md has no vector %s", name);
    return (struct view){0};
}

static void is_vector(struct vectors *v, const char *name, struct view got)
{
    assert_true(view_equal(vector(v, name), got));
}

static struct hash hash_of(struct vectors *v, const char *name)
{
    struct cursor c = {.left = vector(v, name)};
    struct hash h;

    cursor_copy(&c, h.bytes, sizeof(h.bytes));
    assert_true(!c.failed && c.left.len == 0);
    return h;
}

/* Hash and aggregate as the vectors have them. */
static void is_branch(struct vectors *v, const char *name, const struct branch *b)
{
    static const size_t widths[SUMS] = {4, 4, 4, 4, 0, 2, 2, 3, 3};
    struct out o = {.memory = &v->memory};

    out_add(&o, hash_view(&b->hash));
    for (size_t i = 0; i < SUMS; i++)
        out_number(&o, b->sums.of[i], widths[i]);
    is_vector(v, name, out_view(&o));
}

static void pseudonyms(void **state)
{
    struct vectors *v = *state;
    struct identity id = {view_of("board"), vector(v, "board-0")};
    struct hash key = hash_of(v, "vrf-key");
    struct hash idx;

    assert_true(
        idx_of(&v->memory, "asset/v1", key.bytes, &id, vector(v, "vrf-proof-0").data, &idx));
    is_vector(v, "index-0", hash_view(&idx));
    assert_false(
        idx_of(&v->memory, "alias/v1", key.bytes, &id, vector(v, "vrf-proof-0").data, &idx));
}

static void places(void **state)
{
    struct vectors *v = *state;
    static const char *const proofs[] = {"member-proof-0", "absence-proof-99"};
    static const char *const indexes[] = {"index-0", "index-99"};
    const struct branch empty = branch_empty();

    is_branch(v, "no-leaf", &empty);
    for (size_t i = 0; i < 2; i++) {
        struct cursor c = {.left = vector(v, proofs[i])};
        struct hash idx = hash_of(v, indexes[i]);
        struct prefix_proof p;
        struct branch root;

        assert_true(prefix_read(&c, TREE_FLEET, &p));
        assert_int_equal(c.left.len, 0);
        assert_true((p.terminal == TERMINAL_LEAF) == (i == 0));
        assert_true(prefix_climb(&p, TREE_FLEET, &idx, &root));
        is_branch(v, "fleet-root-value", &root);
        struct hash bound = root_bound(&v->memory, "fleetledger/v1", view_of(origin), 7, &root);

        is_vector(v, "fleet-root-epoch-7", hash_view(&bound));
    }
}

static void aliases(void **state)
{
    struct vectors *v = *state;
    struct report r = {.memory = &v->memory};
    struct branch root;

    assert_true(prefix_root(vector(v, "alias-leaf"), TREE_ALIAS, "aliases", &r, &root));
    struct hash bound = root_bound(&v->memory, "alias/v1", view_of(origin), 7, &root);

    is_vector(v, "alias-root-epoch-7", hash_view(&bound));
}

static void leaves(void **state)
{
    struct vectors *v = *state;
    struct leaf l;

    assert_true(leaf_read(vector(v, "leaf-0"), TREE_FLEET, &l));
    is_vector(v, "index-0", hash_view(&l.idx));
    assert_int_equal(leaf_verdict(&l), SUM_CLEAN);
}

static int setup(void **state)
{
    struct vectors *v = calloc(1, sizeof(*v));
    FILE *f = fopen(SOURCE_ROOT "/docs/formats/ledger.md", "rb");

    assert_true(v != NULL && f != NULL);
    uint8_t *data = memory_take(&v->memory, DOCUMENT_MAX, 1);

    v->document = (struct view){data, fread(data, 1, DOCUMENT_MAX, f)};
    (void)fclose(f);
    *state = v;
    return 0;
}

static int teardown(void **state)
{
    struct vectors *v = *state;

    memory_done(&v->memory);
    free(v);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pseudonyms),
        cmocka_unit_test(places),
        cmocka_unit_test(aliases),
        cmocka_unit_test(leaves),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
