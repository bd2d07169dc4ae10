/* SPDX-License-Identifier: Apache-2.0 */
#include "base/entropy.h"
#include "unit/test.h"

static void one_value_has_none(void **state)
{
    (void)state;
    assert_int_equal(bytes_entropy(LITERAL("")), 0);
    assert_int_equal(bytes_entropy(LITERAL("a")), 0);
    assert_int_equal(bytes_entropy(LITERAL("aaaaaaa")), 0);
}

static void equally_frequent_values_have_most(void **state)
{
    (void)state;
    uint8_t all[1024];

    for (size_t i = 0; i < sizeof(all); i++)
        all[i] = (uint8_t)i;
    assert_int_equal(bytes_entropy((struct bytes){all, 256}), 8000);
    assert_int_equal(bytes_entropy((struct bytes){all, sizeof(all)}), 8000);
    assert_int_equal(bytes_entropy((struct bytes){all, 16}), 4000);
    assert_int_equal(bytes_entropy(LITERAL("ab")), 1000);
}

/* From the formula: -(3/4) log2(3/4) - (1/4) log2(1/4) = 0.811278 and so on. */
static void unequal_values_lie_between(void **state)
{
    (void)state;
    assert_int_equal(bytes_entropy(LITERAL("aaab")), 811);
    assert_int_equal(bytes_entropy(LITERAL("aab")), 918);
    assert_int_equal(bytes_entropy(LITERAL("abc")), 1585);
    assert_int_equal(bytes_entropy(LITERAL("aaaaaaaaab")), 469);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_value_has_none),
        cmocka_unit_test(equally_frequent_values_have_most),
        cmocka_unit_test(unequal_values_lie_between),
    };

    return cmocka_run_group_tests_name("base/entropy", tests, NULL, NULL);
}
