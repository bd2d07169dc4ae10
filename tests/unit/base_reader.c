/* SPDX-License-Identifier: Apache-2.0 */
#include "base/reader.h"
#include "unit/test.h"

static void integers_of_every_width(void **state)
{
    (void)state;
    struct bytes b = LITERAL("\x01\x02\x03\x04\x05\x06\x07\x08");

    for (unsigned width = 1; width <= 8; width++) {
        struct reader little = reader_of(b, 0, 0);
        struct reader big = reader_of(b, 0, 0);
        uint64_t want_big = 0;
        uint64_t want_little = 0;

        for (unsigned i = 0; i < width; i++) {
            want_big = want_big << 8 | b.data[i];
            want_little |= (uint64_t)b.data[i] << (8 * i);
        }
        assert_true(reader_uint(&little, width, false) == want_little);
        assert_true(reader_uint(&big, width, true) == want_big);
        assert_int_equal(little.pos, width);
    }
}

static void a_short_read_fails_for_good_and_yields_zeros(void **state)
{
    (void)state;
    struct reader r = reader_of(LITERAL("\x11\x22\x33"), 4, 100);

    assert_int_equal(reader_u16le(&r), 0x2211);
    assert_int_equal(reader_u16le(&r), 0);
    assert_true(r.failed);
    assert_int_equal(r.fail_offset, 102);
    assert_int_equal(reader_u8(&r), 0);
    assert_int_equal(reader_take(&r, 0).len, 0);
    assert_int_equal(reader_left(&r), 0);
    assert_false(reader_more(&r));
    assert_int_equal(r.fail_offset, 102);
}

static void lengths_near_the_top_do_not_wrap(void **state)
{
    (void)state;
    struct reader r = reader_of(LITERAL("abc"), 0, 0);

    (void)reader_u8(&r);
    assert_int_equal(reader_take(&r, SIZE_MAX).len, 0);
    assert_true(r.failed);
    r = reader_of(LITERAL("abc"), 0, 0);
    reader_seek(&r, SIZE_MAX);
    assert_true(r.failed);
    r = reader_of(LITERAL("abc"), 0, 0);
    assert_true(reader_at(&r, 2, SIZE_MAX).failed);
    assert_true(reader_at(&r, SIZE_MAX, 2).failed);
    assert_false(r.failed);
}

static void a_sub_reader_sees_only_its_bytes(void **state)
{
    (void)state;
    struct reader r = reader_of(LITERAL("abcdef"), 9, 50);

    (void)reader_u8(&r);
    struct reader sub = reader_sub(&r, 2);

    assert_int_equal(reader_offset(&sub), 51);
    assert_int_equal(reader_u8(&sub), 'b');
    assert_int_equal(reader_u8(&sub), 'c');
    assert_int_equal(reader_u8(&sub), 0);
    assert_true(sub.failed);
    assert_int_equal(sub.fail_offset, 53);
    assert_false(r.failed);
    assert_int_equal(reader_u8(&r), 'd');
    assert_int_equal(reader_left(&r), 2);
    assert_true(reader_sub(&r, 3).failed);
    assert_true(r.failed);
}

static void spans_are_absolute(void **state)
{
    (void)state;
    struct reader r = reader_of(LITERAL("abcdef"), 9, 50);

    (void)reader_u8(&r);
    size_t from = r.pos;

    (void)reader_u32le(&r);
    struct span s = reader_span(&r, from);

    assert_int_equal(s.blob, 9);
    assert_int_equal(s.offset, 51);
    assert_int_equal(s.length, 4);
}

static void no_bytes_at_all(void **state)
{
    (void)state;
    struct reader r = reader_of((struct bytes){NULL, 0}, 0, 0);

    assert_false(reader_more(&r));
    assert_int_equal(reader_u8(&r), 0);
    assert_true(r.failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(integers_of_every_width),
        TEST(a_short_read_fails_for_good_and_yields_zeros),
        TEST(lengths_near_the_top_do_not_wrap),
        TEST(a_sub_reader_sees_only_its_bytes),
        TEST(spans_are_absolute),
        TEST(no_bytes_at_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
