/* SPDX-License-Identifier: Apache-2.0 */
#include "app/fleet_days.h"
#include "app/fleet_words.h"
#include "unit/test.h"

static void days_are_those_of_the_calendar(void **state)
{
    static const struct {
        const char *moment;
        uint32_t day;
    } rows[] = {
        {"1970-01-01T00:00:00Z", 0    },
        {"1970-12-31T23:59:59Z", 364  },
        {"1972-02-29T00:00:00Z", 789  },
        {"2000-02-29T12:00:00Z", 11016},
        {"2000-03-01T00:00:00Z", 11017},
        {"2026-11-01T00:00:00Z", 20758},
        {"2100-02-28T00:00:00Z", 47540},
        {"2100-03-01T00:00:00Z", 47541},
    };

    uint32_t day;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct text t;

        assert_true(day_of_moment(bytes_of(rows[i].moment), &day));
        assert_int_equal(day, rows[i].day);
        text_init(&t, *state, 100);
        text_day(&t, day);
        assert_true(bytes_equal(text_bytes(&t), bytes_slice(bytes_of(rows[i].moment), 0, 10)));
    }
    assert_false(day_of_moment(bytes_of("1969-12-31T00:00:00Z"), &day));
    assert_false(day_of_moment(bytes_of("2026-11-01"), &day));
    assert_false(day_of_moment(bytes_of(""), &day));
}

/* Every day of 400 years has a date of its own, and is read back. */
static void every_day_is_read_back(void **state)
{
    for (uint32_t day = 0; day < 146097; day++) {
        struct text t;
        uint32_t again;

        text_init(&t, *state, 100);
        text_day(&t, day);
        text_puts(&t, "T00:00:00Z");
        assert_true(day_of_moment(text_bytes(&t), &again));
        assert_int_equal(again, day);
    }
}

static struct fleet_statement example(void)
{
    struct fleet_statement s = {
        .origin = bytes_of("example.com/fleet"),
        .epoch = 3,
        .as_of = bytes_of("2026-11-02T00:00:00Z"),
        .sum = {1000, 990, 4,     1, 5, 20750, 20758, 1, 3},
        .unidentified = 2,
        .counters = {1010,   1, 4, 0, 1},
        .methods = {{.bit = 0, .id = bytes_of("reference"), .what = bytes_of("compared")},
                {.bit = 1,
                     .id = bytes_of("peers"),
                     .caught = 196,
                     .of = 200,
                     .false_alarms = 3,
                     .false_of = 10000},
                {.bit = 17, .id = bytes_of("photograph"), .caught = 10, .of = 10}       },
        .method_count = 3,
    };

    return s;
}

static bool says(struct arena *a, const struct fleet_statement *s, const char *words)
{
    struct text t;

    text_init(&t, a, 1 << 20);
    fleet_words(&t, s);
    text_char(&t, '\0');
    return strstr(t.data, words) != NULL;
}

static void words_follow_the_numbers(void **state)
{
    struct fleet_statement s = example();

    assert_true(says(*state, &s, "owns 1000 servers, each counted once"));
    assert_true(
        says(*state, &s, "Clean: 990. Under review: 4. Bad: 1. Not examined completely: 5."));
    assert_true(says(*state, &s,
                     "reference (compared): used on every server. It was never "
                     "measured"));
    assert_true(says(*state, &s, "used on some servers only. Measured: it noticed 196 of 200"));
    assert_true(says(*state, &s,
                     "The oldest evidence is of 2026-10-24, the newest of "
                     "2026-11-01"));
    assert_true(says(*state, &s, "2 machines have no serial number"));
    assert_true(says(*state, &s, "photograph was used on no server"));
    assert_true(says(*state, &s, "No nonce binds"));
    assert_true(says(*state, &s, "one targeted board"));
    assert_false(says(*state, &s, "none was ever found bad"));
    s.counters.ever_bad = 0;
    assert_true(says(*state, &s, "none was ever found bad holds if the chain"));
    s.sum.oldest = 0;
    assert_true(says(*state, &s, "bears no date"));
    s.sum.any = 1 << 5;
    assert_true(says(*state, &s, "Method 5 is used and not described."));
}

static void a_sample_shows_what_it_can(void **state)
{
    struct fleet_statement s = example();

    s.has_sampling = true;
    s.sampling = (struct fleet_sampling){.method = 17,
                                         .size = 258,
                                         .source = bytes_of("a beacon"),
                                         .not_before = bytes_of("2026-12-01T00:00:00Z"),
                                         .epoch = 3};
    assert_true(says(*state, &s, "258 servers will be drawn for photograph"));
    assert_true(says(*state, &s, "Until then nothing follows."));
    assert_true(says(*state, &s, "fewer than 10 of 1000 servers"));
    assert_true(says(*state, &s, "with a chance of 258 in 1000"));
    s.sampling.seed = LITERAL("0123456789abcdef0123456789abcdef");
    assert_true(says(*state, &s, "anybody can draw them again"));
    /* A method that misses, and one that was never measured. */
    s.methods[2].of = 20;
    assert_false(says(*state, &s, "fewer than 10 of 1000 servers"));
    assert_true(says(*state, &s, "fewer than "));
    s.methods[2].of = s.methods[2].caught = 0;
    assert_true(says(*state, &s, "What a clean sample would show is unknown"));
}

static void a_name_cannot_drive_a_terminal(void **state)
{
    struct fleet_statement s = example();

    s.methods[0].what = bytes_of("\x1b[2Jwiped");
    assert_false(says(*state, &s, "\x1b"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(days_are_those_of_the_calendar), TEST(every_day_is_read_back),
        TEST(words_follow_the_numbers),       TEST(a_sample_shows_what_it_can),
        TEST(a_name_cannot_drive_a_terminal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
