/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The frame of a unit test: cmocka's prerequisites in the order that it needs, and an arena
 * that lives as long as a test, also when an assertion jumps out of it. One group a program:
 * two would print two plans.
 */
#ifndef ASSAY_TESTS_UNIT_TEST_H
#define ASSAY_TESTS_UNIT_TEST_H

/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <string.h>

#include "base/arena.h"

static inline int test_setup(void **state)
{
    struct arena *a = test_malloc(sizeof(*a));

    arena_init(a);
    *state = a;
    return 0;
}

static inline int test_teardown(void **state)
{
    arena_done(*state);
    test_free(*state);
    return 0;
}

/* A row of the group: a test with an arena as its state. */
#define TEST(function) cmocka_unit_test_setup_teardown(function, test_setup, test_teardown)

/* The bytes of an array, without the NUL of a string literal. */
#define LITERAL(s) ((struct bytes){(const uint8_t *)(s), sizeof(s) - 1})

static inline void test_bytes_are(struct bytes b, const char *want)
{
    assert_int_equal(b.len, strlen(want));
    if (b.len > 0)
        assert_memory_equal(b.data, want, b.len);
}

#endif
