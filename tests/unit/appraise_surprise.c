/* SPDX-License-Identifier: Apache-2.0 */
#include "appraise/surprise.h"

#include "unit/test.h"

static void bits_are_hundredths_of_a_logarithm(void **state)
{
    (void)state;
    assert_int_equal(surprise_centibits(1, 5), 232);
    assert_int_equal(surprise_centibits(1, 2), 100);
    assert_int_equal(surprise_centibits(1, 4), 200);
    assert_int_equal(surprise_centibits(3, 4), 42);
    assert_int_equal(surprise_centibits(1, 4000), 1197);
    assert_int_equal(surprise_centibits(100, 10000), 664);
    assert_int_equal(surprise_centibits(5, 5), 0);
    assert_int_equal(surprise_centibits(0, 5), 0);
    assert_int_equal(surprise_centibits(1, UINT64_C(1) << 20), 2000);
    assert_int_equal(surprise_centibits(UINT64_C(1) << 40, UINT64_C(1) << 62), 2200);
}

static void ties_are_rare_together(void **state)
{
    struct tally_value v[] = {{.count = 6}, {.count = 3}, {.count = 1}, {.count = 1}};
    struct tally_value *sorted[4];

    (void)state;
    assert_int_equal(tally_rank(v, 4, sorted), 11);
    assert_int_equal(v[0].rarer, 11);
    assert_int_equal(v[1].rarer, 5);
    assert_int_equal(v[2].rarer, 2);
    assert_int_equal(v[3].rarer, 2);
}

static void where_all_differ_nobody_is_surprising(void **state)
{
    struct tally_value v[] = {{.count = 1}, {.count = 1}, {.count = 1}};
    struct tally_value *sorted[3];

    (void)state;
    assert_int_equal(tally_rank(v, 3, sorted), 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(surprise_centibits(v[i].rarer, 3), 0);
}

static void ranges_go_by_distance_from_the_median(void **state)
{
    struct tally_value v[] = {
        {.number = 100, .count = 2},
        {.number = 90,  .count = 1},
        {.number = 110, .count = 1},
        {.number = 300, .count = 1},
    };
    struct tally_value *sorted[4];

    (void)state;
    assert_int_equal(tally_rank_range(v, 4, sorted), 5);
    assert_int_equal(v[0].rarer, 5);
    assert_int_equal(v[1].rarer, 3);
    assert_int_equal(v[2].rarer, 3);
    assert_int_equal(v[3].rarer, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bits_are_hundredths_of_a_logarithm),
        TEST(ties_are_rare_together),
        TEST(where_all_differ_nobody_is_surprising),
        TEST(ranges_go_by_distance_from_the_median),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
