/* SPDX-License-Identifier: Apache-2.0 */
/* What json_written() takes, the reader of JSON takes too. */
#include "base/json_check.h"

#include "base/json_read.h"
#include "unit/test.h"

static const char sample[] =
    "{\"schema\":1,\"list\":[1,-20,0,[],{},[[\"a\"]],{\"b\":{\"c\":null}}],\"text\":"
    "\"a\\\"b\\\\c\\n"
    "\\u00e9\",\"yes\":true,\"no\":false,\"none\":null,\"wide\":\"\xc3\xa9\"}";

static void good(void **state)
{
    static const char *const rows[] = {
        "{}",      "[]",         "0",           "-1",           "\"\"",           "true",
        "null",    "[1,2,3]",    "[[[]]]",      "{\"a\":[{}]}", "[{\"a\":1},{}]", sample,
        "[[],[]]", "{\"a\":{}}", "\"\\u0001\"",
    };
    struct json_node *n;
    struct err e;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_true(json_written(bytes_of(rows[i])));
        /* The reader wants an array or an object. */
        if (rows[i][0] == '[' || rows[i][0] == '{')
            assert_true(json_parse(bytes_of(rows[i]), *state, &n, &e));
    }
}

static void bad(void **state)
{
    static const char *const rows[] = {
        "",       " ",          "{",          "[",         "}",          "]",
        "{]",     "[}",         "[1,]",       "[,1]",      "{\"a\"}",    "{\"a\":}",
        "{a:1}",  "{\"a\":1,}", "{\"a\" :1}", "[1 ]",      "01",         "-",
        "+1",     "1.5",        "1e5",        "tru",       "nul",        "True",
        "\"",     "\"\\\"",     "\"\\x\"",    "\"\\u12\"", "\"\n\"",     "\"\xff\"",
        "[1][2]", "{}{}",       "1 2",        "[1]]",      "{\"a\":1}}", "[1,2",
        "{1:2}",  "[\"a\":1]",  "{\"a\",1}",  "[1 2]",     "\"a\" ",     "\"\\u00g0\"",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_false(json_written(bytes_of(rows[i])));
    for (size_t i = 0; i < sizeof(sample) - 1; i++)
        assert_false(json_written(bytes_slice(bytes_of(sample), 0, i)));
}

static void deep(void **state)
{
    char room[400];

    (void)state;
    memset(room, '[', 200);
    memset(room + 200, ']', 200);
    assert_true(json_written((struct bytes){(const uint8_t *)room + 140, 120}));
    assert_false(json_written((struct bytes){(const uint8_t *)room + 139, 122}));
    assert_false(json_written((struct bytes){(const uint8_t *)room, 400}));
}

/* Changed, removed and doubled bytes: whatever is still taken, the reader takes, unless a
 * member is there twice. */
static void changed(void **state)
{
    static const char marks[] = "{}[]\",:\\0 9-atn\n\x80";
    size_t taken = 0;

    (void)state;
    for (size_t i = 0; i < sizeof(sample) - 1; i++) {
        for (size_t k = 0; k < sizeof(marks) - 1; k++) {
            struct json_node *n;
            struct arena a;
            struct err e;

            arena_init(&a);
            struct bytes b = arena_copy(&a, bytes_of(sample));

            ((uint8_t *)(uintptr_t)b.data)[i] = (uint8_t)marks[k];
            if (json_written(b)) {
                taken++;
                if (!json_parse(b, &a, &n, &e))
                    assert_non_null(strstr(e.text, "duplicate"));
            }
            arena_done(&a);
        }
    }
    assert_true(taken > 100);
}

static void strings(void **state)
{
    struct bytes rest = LITERAL("\"a\\\"b\"tail");
    struct bytes got;

    (void)state;
    assert_true(json_cut_string(&rest, &got));
    test_bytes_are(got, "\"a\\\"b\"");
    test_bytes_are(rest, "tail");
    assert_false(json_cut_string(&rest, &got));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(good), TEST(bad), TEST(deep), TEST(changed), TEST(strings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
