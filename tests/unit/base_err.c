/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <errno.h>

#include "unit/test.h"

static void codes_follow_the_system(void **state)
{
    (void)state;
    struct err e = {ERR_NONE, ""};

    assert_false(err_system(&e, ENOENT, "cannot open %s", "x"));
    assert_int_equal(e.code, ERR_ABSENT);
    assert_string_equal(e.text, "cannot open x: No such file or directory");
    (void)err_system(&e, EACCES, "y");
    assert_int_equal(e.code, ERR_REFUSED);
    (void)err_system(&e, EIO, "y");
    assert_int_equal(e.code, ERR_SYSTEM);
}

static void context_comes_before_and_the_code_stays(void **state)
{
    (void)state;
    struct err e = {ERR_NONE, ""};

    assert_false(err_set(&e, ERR_LIMIT, "more than %d", 3));
    assert_false(err_wrap(&e, "reading %s", "f"));
    assert_int_equal(e.code, ERR_LIMIT);
    assert_string_equal(e.text, "reading f: more than 3");
}

static void long_words_are_cut_not_overrun(void **state)
{
    (void)state;
    struct err e = {ERR_NONE, ""};
    char words[2 * sizeof(e.text)];

    memset(words, 'w', sizeof(words) - 1);
    words[sizeof(words) - 1] = 0;
    (void)err_set(&e, ERR_INPUT, "%s", words);
    assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
    (void)err_wrap(&e, "%s", words);
    assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
    (void)err_system(&e, ENOENT, "%s", words);
    assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(codes_follow_the_system),
        TEST(context_comes_before_and_the_code_stays),
        TEST(long_words_are_cut_not_overrun),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
