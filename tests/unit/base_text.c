/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/text.h"
#include "unit/test.h"

static void text_grows(void **state)
{
    struct text t;

    text_init(&t, *state, 1 << 20);
    for (unsigned i = 0; i < 1000; i++)
        text_puts(&t, "0123456789");
    text_printf(&t, "%u|%s", 7U, "x");
    text_char(&t, '!');
    assert_int_equal(t.len, 10004);
    assert_memory_equal(t.data + 9990, "01234567897|x!", 14);
    assert_false(t.overflow);
}

static void what_does_not_fit_is_dropped_whole(void **state)
{
    struct text t;

    text_init(&t, *state, 5);
    text_puts(&t, "abc");
    text_puts(&t, "def");
    assert_true(t.overflow);
    test_bytes_are(text_bytes(&t), "abc");
    text_puts(&t, "g");
    test_bytes_are(text_bytes(&t), "abc");
}

static void numbers_and_hex(void **state)
{
    struct text t;

    text_init(&t, *state, 1000);
    text_uint(&t, 0);
    text_char(&t, ' ');
    text_uint(&t, UINT64_MAX);
    text_char(&t, ' ');
    text_hex(&t, LITERAL("\x00\xab\xff"));
    test_bytes_are(text_bytes(&t), "0 18446744073709551615 00abff");
}

static void segments_hide_what_would_part_a_path(void **state)
{
    struct text t;

    text_init(&t, *state, 1000);
    text_segment(&t, LITERAL("memory-device:P1/A 1#%\x7f\xc3"));
    test_bytes_are(text_bytes(&t), "memory-device:P1%2fA%201%23%25%7f%c3");
}

static void printable_text_cannot_command_a_terminal(void **state)
{
    struct text t;

    text_init(&t, *state, 1000);
    text_printable(&t, LITERAL("a\x1b[31m\\\n\xc3\xa9"));
    text_char(&t, '|');
    text_printable(&t, LITERAL("\xff\xc3\xa9"));
    test_bytes_are(text_bytes(&t), "a\\x1b[31m\\x5c\\x0a\xc3\xa9|\\xff\\xc3\\xa9");
}

static void json_of_every_kind(void **state)
{
    struct text t;
    struct json j;

    text_init(&t, *state, 1000);
    json_init(&j, &t);
    json_object_begin(&j);
    json_member_uint(&j, "n", (UINT64_C(1) << 53) - 1);
    json_member_uint(&j, "big", UINT64_C(1) << 53);
    json_key(&j, "list");
    json_array_begin(&j);
    json_int(&j, -5);
    json_int(&j, INT64_MIN);
    json_int(&j, 5);
    json_bool(&j, true);
    json_none(&j);
    json_object_begin(&j);
    json_object_end(&j);
    json_array_end(&j);
    json_member_text(&j, "text", "q\"\\\n\t\r\x01");
    json_member_string(&j, "broken",
                       LITERAL("a\xff"
                               "b"));
    json_key(&j, "bytes");
    json_bytes(&j, LITERAL("AB"));
    json_key(&j, "raw");
    json_bytes(&j, LITERAL("\x00"));
    json_object_end(&j);
    test_bytes_are(text_bytes(&t),
                   "{\"n\":9007199254740991,\"big\":\"9007199254740992\","
                   "\"list\":[-5,\"-9223372036854775808\",5,true,null,{}],"
                   "\"text\":\"q\\\"\\\\\\n\\t\\r\\u0001\",\"broken\":\"a\\ufffdb\","
                   "\"bytes\":{\"hex\":\"4142\",\"text\":\"AB\"},\"raw\":{\"hex\":\"00\"}}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(text_grows),
        TEST(what_does_not_fit_is_dropped_whole),
        TEST(numbers_and_hex),
        TEST(segments_hide_what_would_part_a_path),
        TEST(printable_text_cannot_command_a_terminal),
        TEST(json_of_every_kind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
