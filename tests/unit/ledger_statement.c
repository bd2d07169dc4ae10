/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/fleet_statement.h"
#include "ledger/sample.h"
#include "unit/test.h"

static struct fleet_statement example(void)
{
    struct fleet_statement s = {
        .origin = bytes_of("example.com/fleet"),
        .epoch = 7,
        .as_of = bytes_of("2026-01-02T03:04:05Z"),
        .sum = {10,                                                                   7, 1, 1, 1,                                                                                                                                     20000, 20100, 1, 3},
        .aliases = 20,
        .unidentified = 2,
        .counters = {12,                                                                   2,                                                                   1,                                                                    1,                                                                    1                                                                                                                                     },
        .delta = {1,                                                                   0,                                                                    2,                                                                     0},
        .has_previous = true,
        .methods = {{.bit = 0, .id = bytes_of("reference"), .what = bytes_of("\"w\"\n")},
                {.bit = 1, .id = bytes_of("peers"), .caught = 3, .of = 4}              },
        .method_count = 2,
        .tool = bytes_of("assay"),
        .has_nonce = true,
        .has_sampling = true,
        .sampling = {3,                          299,                          bytes_of("a pulse"),  bytes_of("2026-02-01T00:00:00Z"),
                LITERAL("0123456789abcdef0123456789abcdef"),6                                                                       },
    };

    return s;
}

static struct bytes printed(struct arena *a, const struct fleet_statement *s)
{
    struct text *t = ARENA_NEW(a, struct text);

    text_init(t, a, STATEMENT_PAYLOAD_MAX);
    fleet_statement_print(t, s);
    return text_bytes(t);
}

static void a_statement_is_read_back(void **state)
{
    struct fleet_statement s = example();
    struct fleet_statement again;
    struct bytes payload = printed(*state, &s);
    struct err e;

    assert_true(fleet_statement_parse(payload, *state, &again, &e));
    assert_int_equal(again.sum.n, 10);
    assert_int_equal(again.method_count, 2);
    test_bytes_are(again.sampling.seed, "0123456789abcdef0123456789abcdef");
    assert_true(bytes_equal(printed(*state, &again), payload));
    s.has_previous = s.has_nonce = s.has_sampling = false;
    payload = printed(*state, &s);
    assert_true(fleet_statement_parse(payload, *state, &again, &e));
    assert_false(again.has_previous);
    assert_false(again.has_sampling);
}

static void prefixes_and_other_forms_are_refused(void **state)
{
    struct fleet_statement s = example();
    struct fleet_statement again;
    struct bytes payload = printed(*state, &s);
    struct text t;
    struct err e;

    for (size_t n = 0; n < payload.len; n++)
        assert_false(fleet_statement_parse(bytes_slice(payload, 0, n), *state, &again, &e));
    text_init(&t, *state, STATEMENT_PAYLOAD_MAX);
    text_add(&t, payload);
    text_char(&t, '\n');
    assert_false(fleet_statement_parse(text_bytes(&t), *state, &again, &e));
}

/* What a changed byte changes is read, or the whole is refused. */
static void no_byte_goes_unread(void **state)
{
    struct fleet_statement s = example();
    struct bytes payload = printed(*state, &s);
    struct bytes copy = arena_copy(*state, payload);
    uint8_t *changed = (uint8_t *)(uintptr_t)copy.data;
    struct fleet_statement again;
    struct err e;

    for (size_t i = 0; i < payload.len; i++) {
        changed[i] ^= 1;
        if (fleet_statement_parse(copy, *state, &again, &e))
            assert_true(bytes_equal(printed(*state, &again), copy));
        changed[i] ^= 1;
    }
}

static void contradictions_are_refused(void **state)
{
    struct fleet_statement again;
    struct fleet_statement s = example();
    struct err e;

    s.sum.clean++;
    assert_false(fleet_statement_parse(printed(*state, &s), *state, &again, &e));
    s = example();
    s.methods[1].bit = 0;
    assert_false(fleet_statement_parse(printed(*state, &s), *state, &again, &e));
    s = example();
    s.methods[1].caught = 5;
    assert_false(fleet_statement_parse(printed(*state, &s), *state, &again, &e));
}

static const struct share sure = {1, 1};

/* Sizes for 95 % that LEDGER.md gives. */
static void samples_are_as_large_as_they_must_be(void **state)
{
    const uint64_t miss = sample_probability((struct share){1, 20});
    const struct share four_of_five = {4, 5};

    (void)state;
    assert_int_equal(sample_size(200, 2, sure, miss), 155);
    assert_int_equal(sample_size(1000, 10, sure, miss), 258);
    assert_int_equal(sample_size(10000, 100, sure, miss), 294);
    assert_int_equal(sample_size(0, 10000, sure, miss), 299);
    assert_int_equal(sample_size(0, 10000, four_of_five, miss), 373);
    assert_int_equal(sample_size(0, 1000, sure, miss), 2995);
    assert_int_equal(sample_size(1000, 1, sure, miss), 950);
    assert_int_equal(sample_size(1000, 1, four_of_five, miss), 0);
}

static void bounds_are_the_other_way_round(void **state)
{
    const uint64_t miss = sample_probability((struct share){1, 20});

    (void)state;
    assert_int_equal(sample_bound(200, 155, sure, miss), 2);
    assert_int_equal(sample_bound(1000, 258, sure, miss), 10);
    assert_int_equal(sample_bound(0, 299, sure, miss), 9970);
    assert_int_equal(sample_bound(1000, 1000, sure, miss), 1);
    assert_int_equal(sample_bound(1000, 0, sure, miss), 0);
    assert_int_equal(sample_miss(10, 10, 1, sure), 0);
    assert_int_equal(sample_miss(10, 1, 0, sure), SAMPLE_ONE);
    for (uint64_t k = 1; k < 50; k++)
        assert_true(sample_miss(100, 5, k, sure) <= sample_miss(100, 5, k - 1, sure));
}

static void a_sample_can_be_drawn_again(void **state)
{
    enum {
        FLEET = 100
    };

    uint8_t *rows = arena_alloc(*state, (size_t)FLEET * SERVER_LEAF_SIZE);
    struct prefix_leaves l = {
        PREFIX_SERVERS, {rows, (size_t)FLEET * SERVER_LEAF_SIZE},
         SERVER_LEAF_SIZE, FLEET
    };
    size_t count;
    size_t more;

    for (size_t i = 0; i < FLEET; i++)
        rows[i * SERVER_LEAF_SIZE] = (uint8_t)i;
    size_t *ten = sample_draw(&l, LITERAL("seed"), 10, *state, &count);
    size_t *again = sample_draw(&l, LITERAL("seed"), 10, *state, &more);

    assert_int_equal(count, 10);
    assert_memory_equal(ten, again, 10 * sizeof(*ten));
    size_t *all = sample_draw(&l, LITERAL("seed"), 1000, *state, &more);

    assert_int_equal(more, FLEET);
    assert_int_equal(all[99], 99);
    again = sample_draw(&l, LITERAL("other"), 10, *state, &more);
    assert_memory_not_equal(ten, again, 10 * sizeof(*ten));
    for (size_t i = 1; i < count; i++)
        assert_true(ten[i - 1] < ten[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_statement_is_read_back),
        TEST(prefixes_and_other_forms_are_refused),
        TEST(no_byte_goes_unread),
        TEST(contradictions_are_refused),
        TEST(samples_are_as_large_as_they_must_be),
        TEST(bounds_are_the_other_way_round),
        TEST(a_sample_can_be_drawn_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
