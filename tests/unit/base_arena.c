/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/test.h"

static void memory_is_zeroed_and_aligned(void **state)
{
    struct arena *a = *state;

    for (size_t size = 1; size < 3000; size += 37) {
        uint8_t *p = arena_alloc(a, size);

        assert_int_equal((uintptr_t)p % 16, 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xa5, size);
    }
}

static void a_large_object_leaves_the_current_block_in_use(void **state)
{
    struct arena *a = *state;
    uint8_t *first = arena_alloc(a, 16);

    memset(arena_alloc(a, (size_t)3 << 20), 1, (size_t)3 << 20);
    uint8_t *second = arena_alloc(a, 16);

    assert_ptr_equal(second, first + 16);
    assert_int_equal(a->used, 32 + ((size_t)3 << 20));
}

static void copies_are_copies(void **state)
{
    struct arena *a = *state;
    uint8_t original[] = {'a', 'b', 0, 'c'};
    struct bytes copy = arena_copy(a, (struct bytes){original, sizeof(original)});
    const char *text = arena_text(a, LITERAL("xyz"));

    original[0] = 'z';
    assert_memory_equal(copy.data, "ab\0c", 4);
    assert_string_equal(text, "xyz");
    assert_string_equal(arena_format(a, "%s-%d", "n", 42), "n-42");
    assert_int_equal(arena_copy(a, (struct bytes){NULL, 0}).len, 0);
}

static void arrays_grow_and_keep_what_they_held(void **state)
{
    struct arena *a = *state;
    uint32_t *numbers = NULL;
    size_t capacity = 0;

    for (uint32_t i = 0; i < 5000; i++) {
        arena_grow(a, &numbers, i, &capacity, sizeof(*numbers));
        numbers[i] = i * 3;
    }
    assert_true(capacity >= 5000);
    for (uint32_t i = 0; i < 5000; i++)
        assert_int_equal(numbers[i], i * 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(memory_is_zeroed_and_aligned),
        TEST(a_large_object_leaves_the_current_block_in_use),
        TEST(copies_are_copies),
        TEST(arrays_grow_and_keep_what_they_held),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
