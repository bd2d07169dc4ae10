/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bytes.h"
#include "unit/test.h"

static void slice_never_leaves_the_bytes(void **state)
{
    (void)state;
    struct bytes b = LITERAL("0123456789");

    test_bytes_are(bytes_slice(b, 2, 3), "234");
    test_bytes_are(bytes_slice(b, 8, 5), "89");
    test_bytes_are(bytes_slice(b, 8, SIZE_MAX), "89");
    test_bytes_are(bytes_slice(b, 10, 1), "");
    test_bytes_are(bytes_slice(b, SIZE_MAX, SIZE_MAX), "");
    test_bytes_are(bytes_slice(b, 0, 0), "");
}

static void comparison_is_by_unsigned_bytes_then_length(void **state)
{
    (void)state;
    assert_true(bytes_compare(LITERAL("a"), LITERAL("\x80")) < 0);
    assert_true(bytes_compare(LITERAL("ab"), LITERAL("a")) > 0);
    assert_true(bytes_compare(LITERAL(""), LITERAL("")) == 0);
    assert_true(bytes_equal(LITERAL("a\0b"), LITERAL("a\0b")));
    assert_false(bytes_equal(LITERAL("a\0b"), LITERAL("a\0c")));
    assert_true(bytes_equal_text(LITERAL("ab"), "ab"));
    assert_false(bytes_equal_text(LITERAL("ab\0"), "ab"));
    assert_true(bytes_starts_with(LITERAL("abc"), "ab"));
    assert_false(bytes_starts_with(LITERAL("a"), "ab"));
    assert_true(bytes_starts_with(LITERAL(""), ""));
}

static void all_looks_at_every_byte(void **state)
{
    (void)state;
    assert_true(bytes_all(LITERAL("\xff\xff\xff"), 0xff));
    assert_false(bytes_all(LITERAL("\xff\xff\xfe"), 0xff));
    assert_false(bytes_all(LITERAL("\xfe\xff\xff"), 0xff));
    assert_true(bytes_all(LITERAL(""), 0));
}

static void trim_takes_blanks_and_final_nuls(void **state)
{
    (void)state;
    test_bytes_are(bytes_trim(LITERAL(" \t a b \r\n\0\0")), "a b");
    test_bytes_are(bytes_trim(LITERAL(" \0 ")), "");
    assert_int_equal(bytes_trim(LITERAL("\0a")).len, 2);
}

static void utf8_is_strict(void **state)
{
    (void)state;
    assert_true(bytes_utf8(LITERAL("")));
    assert_true(bytes_utf8(LITERAL("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80")));
    assert_false(bytes_utf8(LITERAL("\x80")));
    assert_false(bytes_utf8(LITERAL("\xc0\x80")));
    assert_false(bytes_utf8(LITERAL("\xc1\xbf")));
    assert_false(bytes_utf8(LITERAL("\xe0\x9f\xbf")));
    assert_false(bytes_utf8(LITERAL("\xed\xa0\x80")));
    assert_true(bytes_utf8(LITERAL("\xed\x9f\xbf")));
    assert_false(bytes_utf8(LITERAL("\xf0\x8f\xbf\xbf")));
    assert_true(bytes_utf8(LITERAL("\xf4\x8f\xbf\xbf")));
    assert_false(bytes_utf8(LITERAL("\xf4\x90\x80\x80")));
    assert_false(bytes_utf8(LITERAL("\xf5\x80\x80\x80")));
    assert_false(bytes_utf8(LITERAL("\xe2\x82")));
    assert_false(bytes_utf8(LITERAL("\xe2\x28\xa1")));
}

static void printable_is_ascii_and_not_empty(void **state)
{
    (void)state;
    assert_true(bytes_printable(LITERAL("Az ~")));
    assert_false(bytes_printable(LITERAL("")));
    assert_false(bytes_printable(LITERAL("a\n")));
    assert_false(bytes_printable(LITERAL("\x7f")));
}

static void lines_end_in_lf_or_crlf_or_at_the_end(void **state)
{
    (void)state;
    struct bytes rest = LITERAL("one\r\n\ntwo");
    struct bytes line;

    assert_true(bytes_line(&rest, &line));
    test_bytes_are(line, "one");
    assert_true(bytes_line(&rest, &line));
    test_bytes_are(line, "");
    assert_true(bytes_line(&rest, &line));
    test_bytes_are(line, "two");
    assert_false(bytes_line(&rest, &line));
}

static void words_stand_between_separators(void **state)
{
    (void)state;
    struct bytes rest = LITERAL("  ab,\tcd\0e ");
    struct bytes word;

    assert_true(bytes_word(&rest, " ,\t", &word));
    test_bytes_are(word, "ab");
    assert_true(bytes_word(&rest, " ,\t", &word));
    assert_true(bytes_equal(word, LITERAL("cd\0e")));
    assert_false(bytes_word(&rest, " ,\t", &word));
}

static void numbers_fill_the_bytes_and_do_not_wrap(void **state)
{
    (void)state;
    uint64_t n = 7;

    assert_true(bytes_number(LITERAL("18446744073709551615"), 10, &n));
    assert_true(n == UINT64_MAX);
    assert_false(bytes_number(LITERAL("18446744073709551616"), 10, &n));
    assert_false(bytes_number(LITERAL("99999999999999999999"), 10, &n));
    assert_true(bytes_number(LITERAL("fFfFfFfFfFfFfFfF"), 16, &n));
    assert_true(n == UINT64_MAX);
    assert_false(bytes_number(LITERAL("10000000000000000"), 16, &n));
    assert_false(bytes_number(LITERAL(""), 10, &n));
    assert_false(bytes_number(LITERAL("1a"), 10, &n));
    assert_false(bytes_number(LITERAL("-1"), 10, &n));
    assert_false(bytes_number(LITERAL(" 1"), 10, &n));
}

static void formatting_is_cut_at_the_room(void **state)
{
    (void)state;
    char room[5];

    test_bytes_are(bytes_format(room, sizeof(room), "%d", 123), "123");
    test_bytes_are(bytes_format(room, sizeof(room), "%s", "abcdefgh"), "abcd");
    assert_int_equal(room[4], 0);
}

static void hex_digits(void **state)
{
    (void)state;
    assert_int_equal(hex_digit('0'), 0);
    assert_int_equal(hex_digit('f'), 15);
    assert_int_equal(hex_digit('F'), 15);
    assert_int_equal(hex_digit('g'), -1);
    assert_int_equal(hex_digit(0xff), -1);
}

static void finding_goes_on_and_stops_at_the_end(void **state)
{
    struct bytes b = LITERAL("a-lh-lh");

    (void)state;
    assert_int_equal(bytes_find(b, 0, bytes_of("-lh")), 1);
    assert_int_equal(bytes_find(b, 2, bytes_of("-lh")), 4);
    assert_int_equal(bytes_find(b, 5, bytes_of("-lh")), b.len);
    assert_int_equal(bytes_find(b, b.len, bytes_of("h")), b.len);
    assert_int_equal(bytes_find(b, SIZE_MAX, bytes_of("h")), b.len);
    assert_int_equal(bytes_find((struct bytes){NULL, 0}, 0, bytes_of("h")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(slice_never_leaves_the_bytes),
        TEST(comparison_is_by_unsigned_bytes_then_length),
        TEST(all_looks_at_every_byte),
        TEST(trim_takes_blanks_and_final_nuls),
        TEST(utf8_is_strict),
        TEST(printable_is_ascii_and_not_empty),
        TEST(lines_end_in_lf_or_crlf_or_at_the_end),
        TEST(words_stand_between_separators),
        TEST(numbers_fill_the_bytes_and_do_not_wrap),
        TEST(formatting_is_cut_at_the_room),
        TEST(hex_digits),
        TEST(finding_goes_on_and_stops_at_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
