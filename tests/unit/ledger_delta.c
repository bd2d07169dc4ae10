/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/delta.h"
#include "unit/test.h"

/* A server by number: its verdict, or absent. */
enum {
    NONE = -1,
    SERVERS = 4
};

static struct digest index_of(unsigned i)
{
    struct digest d = {{(uint8_t)(i * 50 + 3)}};

    return d;
}

static struct prefix_tree tree_of(struct arena *a, const int verdicts[SERVERS], uint32_t since)
{
    uint8_t *rows = arena_alloc(a, (size_t)SERVERS * SERVER_LEAF_SIZE);
    struct prefix_leaves l;
    struct prefix_tree t;
    struct err e;
    size_t count = 0;

    for (unsigned i = 0; i < SERVERS; i++) {
        if (verdicts[i] == NONE)
            continue;
        struct server_leaf leaf = {
            .index = index_of(i),
            .since = since,
            .sum = server_sum((enum server_verdict)verdicts[i], 1, 1, 1),
        };

        server_leaf_pack(&leaf, rows + SERVER_LEAF_SIZE * count++);
    }
    assert_true(prefix_leaves_take(PREFIX_SERVERS,
                                   (struct bytes){rows, count * SERVER_LEAF_SIZE},
                                   SERVER_LEAF_SIZE, &l, &e));
    assert_true(prefix_tree_build(&l, NULL, a, &t, &e));
    return t;
}

static const struct digest why = {{1}};

static void additions_changes_and_removals_are_listed(void **state)
{
    const int first[] = {SERVER_CLEAN, SERVER_BAD, SERVER_REVIEW, NONE};
    const int second[] = {SERVER_BAD, NONE, SERVER_CLEAN, SERVER_UNKNOWN};
    struct prefix_tree a = tree_of(*state, first, 0);
    struct prefix_tree b = tree_of(*state, second, 1);
    struct counters c = {0};
    struct delta d;
    struct err e;

    assert_true(delta_make(&(struct delta_between){NULL, &a, NULL, 0}, *state, &d, &c, &e));
    assert_int_equal(d.count, 3);
    assert_int_equal(d.counts.added, 3);
    assert_int_equal(c.ever, 3);
    assert_int_equal(c.ever_bad, 1);
    assert_int_equal(c.ever_review, 1);
    const struct delta_why reasons[] = {
        {index_of(1), REASON_SOLD,     {{0}}},
        {index_of(2), REASON_RESOLVED, why  },
    };

    assert_true(delta_make(&(struct delta_between){&a, &b, reasons, 2}, *state, &d, &c, &e));
    assert_int_equal(d.count, 4);
    assert_int_equal(d.records[0].op, DELTA_CHANGED);
    assert_int_equal(d.records[0].reason, REASON_REEXAMINED);
    assert_int_equal(d.records[1].op, DELTA_REMOVED);
    assert_int_equal(d.records[1].reason, REASON_SOLD);
    assert_true(digest_equal(&d.records[1].before, &a.hashes[1]));
    assert_int_equal(d.records[2].reason, REASON_RESOLVED);
    assert_true(digest_equal(&d.records[2].extra, &why));
    assert_int_equal(d.records[3].op, DELTA_ADDED);
    assert_int_equal(c.ever, 4);
    assert_int_equal(c.ever_bad, 2);
    assert_int_equal(c.ever_review, 1);
    assert_int_equal(c.resolved, 1);
    assert_int_equal(c.removed_while_not_clean, 1);
}

static void doubt_does_not_vanish(void **state)
{
    const int first[] = {SERVER_BAD, SERVER_REVIEW, SERVER_CLEAN, SERVER_UNKNOWN};
    const int bad_clean[] = {SERVER_CLEAN, SERVER_REVIEW, SERVER_CLEAN, SERVER_UNKNOWN};
    const int review_clean[] = {SERVER_BAD, SERVER_CLEAN, SERVER_CLEAN, SERVER_UNKNOWN};
    const struct delta_why wrong[] = {
        {index_of(3), REASON_RESOLVED, why}
    };
    struct prefix_tree a = tree_of(*state, first, 0);
    struct prefix_tree b = tree_of(*state, bad_clean, 1);
    struct prefix_tree c = tree_of(*state, review_clean, 1);
    const int lost[] = {SERVER_UNKNOWN, SERVER_REVIEW, SERVER_CLEAN, SERVER_UNKNOWN};
    const int gone[] = {SERVER_BAD, SERVER_REVIEW, NONE, SERVER_UNKNOWN};
    struct counters counts = {0};
    struct delta d;
    struct err e;

    assert_false(delta_make(&(struct delta_between){&a, &b, NULL, 0}, *state, &d, &counts, &e));
    assert_false(delta_make(&(struct delta_between){&a, &c, NULL, 0}, *state, &d, &counts, &e));
    assert_false(
        delta_make(&(struct delta_between){&a, &b, wrong, 1}, *state, &d, &counts, &e));
    b = tree_of(*state, lost, 1);
    assert_false(delta_make(&(struct delta_between){&a, &b, NULL, 0}, *state, &d, &counts, &e));
    b = tree_of(*state, gone, 0);
    assert_false(delta_make(&(struct delta_between){&a, &b, NULL, 0}, *state, &d, &counts, &e));
    b = tree_of(*state, first, 1);
    assert_false(
        delta_make(&(struct delta_between){&a, &b, wrong, 1}, *state, &d, &counts, &e));
}

static void a_delta_is_read_back(void **state)
{
    const int first[] = {SERVER_CLEAN, SERVER_BAD, NONE, NONE};
    const int second[] = {SERVER_CLEAN, NONE, SERVER_CLEAN, NONE};
    const struct delta_why reasons[] = {
        {index_of(1), REASON_SCRAPPED, {{0}}}
    };
    struct prefix_tree a = tree_of(*state, first, 0);
    struct prefix_tree b = tree_of(*state, second, 1);
    struct counters c = {0};
    struct delta d;
    struct delta again;
    struct text t;
    struct text other;
    struct err e;

    assert_true(delta_make(&(struct delta_between){&a, &b, reasons, 1}, *state, &d, &c, &e));
    text_init(&t, *state, 1 << 16);
    delta_print(&t, &d);
    assert_int_equal(t.len, 14 + 3 * DELTA_RECORD_SIZE);
    assert_true(delta_parse(text_bytes(&t), *state, &again, &e));
    text_init(&other, *state, 1 << 16);
    delta_print(&other, &again);
    assert_true(bytes_equal(text_bytes(&t), text_bytes(&other)));
    assert_int_equal(again.counts.changed, 1);
    for (size_t n = 0; n < t.len; n++) {
        bool whole = n >= 14 && (n - 14) % DELTA_RECORD_SIZE == 0;

        assert_int_equal(delta_parse(bytes_slice(text_bytes(&t), 0, n), *state, &again, &e),
                         whole);
    }
    t.data[14] = 4;
    assert_false(delta_parse(text_bytes(&t), *state, &again, &e));
    t.data[14] = 2;
    t.data[15] = 9;
    assert_false(delta_parse(text_bytes(&t), *state, &again, &e));
    t.data[15] = 6;
    t.data[16] = (char)0xff;
    assert_false(delta_parse(text_bytes(&t), *state, &again, &e));
}

static void a_rekey_moves_every_server(void **state)
{
    const int verdicts[] = {SERVER_CLEAN, SERVER_BAD, SERVER_CLEAN, SERVER_CLEAN};
    const struct delta_move moves[] = {
        {index_of(0), index_of(3)},
        {index_of(1), index_of(2)},
        {index_of(2), index_of(1)},
        {index_of(3), index_of(0)},
    };
    struct prefix_tree a = tree_of(*state, verdicts, 0);
    struct prefix_tree b = tree_of(*state, verdicts, 1);
    struct delta d;
    struct err e;

    assert_true(delta_rekey(&a, &b, &(struct delta_moves){moves, SERVERS}, *state, &d, &e));
    assert_int_equal(d.counts.rekeyed, SERVERS);
    assert_true(digest_equal(&d.records[0].before, &a.hashes[0]));
    assert_true(digest_equal(&d.records[0].after, &b.hashes[3]));
    assert_true(digest_equal(&d.records[0].extra, &moves[0].to));
    assert_false(
        delta_rekey(&a, &b, &(struct delta_moves){moves, SERVERS - 1}, *state, &d, &e));
    const struct delta_move turned[] = {moves[1], moves[0], moves[2], moves[3]};

    assert_false(delta_rekey(&a, &b, &(struct delta_moves){turned, SERVERS}, *state, &d, &e));
}

static void reasons_to_leave_have_names(void **state)
{
    enum delta_reason r;

    (void)state;
    assert_true(delta_reason_to_leave(bytes_of("scrapped"), &r));
    assert_int_equal(r, REASON_SCRAPPED);
    assert_true(delta_reason_to_leave(bytes_of("held-as-evidence"), &r));
    assert_false(delta_reason_to_leave(bytes_of("bought"), &r));
    assert_false(delta_reason_to_leave(bytes_of(""), &r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(additions_changes_and_removals_are_listed),
        TEST(doubt_does_not_vanish),
        TEST(a_delta_is_read_back),
        TEST(a_rekey_moves_every_server),
        TEST(reasons_to_leave_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
