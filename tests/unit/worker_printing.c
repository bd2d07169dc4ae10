/* SPDX-License-Identifier: Apache-2.0 */
/* What of a confined process's text reaches the caller, and what becomes of those that die. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "unit/test.h"
#include "worker/printing.h"

/* What the inputs do, one a word; what came out. */
struct stage {
    struct printing p;
    struct worker_end end;
    struct err e;
    const char *ways[PRINTING_INPUTS_MAX];
    char out[1 << 12];
    size_t len;
    size_t total;
};

static void keep(void *user, struct bytes b)
{
    struct stage *s = user;
    size_t n = b.len < sizeof(s->out) - s->len ? b.len : sizeof(s->out) - s->len;

    memcpy(s->out + s->len, b.data, n);
    s->len += n;
    s->total += b.len;
}

static void say(const struct printing_out *out, const char *words)
{
    out->sink(out->user, bytes_of(words));
}

static void write_nowhere(void)
{
    volatile uintptr_t nowhere = 8;

    *(volatile int *)nowhere = 1;
}

static unsigned work(void *user, size_t input, const struct printing_out *out)
{
    struct stage *s = user;
    const char *way = s->ways[input];

    out->now->decoder = decoder_find(bytes_of("smbios"));
    if (strcmp(way, "crash") == 0) {
        write_nowhere();
    } else if (strcmp(way, "crash-late") == 0) {
        say(out, "half a li");
        write_nowhere();
    } else if (strcmp(way, "escape") == 0) {
        say(out, "\033[2J");
    } else if (strcmp(way, "cut") == 0) {
        say(out, "\xc3");
    } else if (strcmp(way, "flood") == 0) {
        for (;;)
            say(out, "more and more\n");
    } else if (strcmp(way, "silent") == 0) {
        _Exit(0);
    } else if (strcmp(way, "long") == 0) {
        for (unsigned i = 0; i < 20000; i++)
            say(out, "thirty-two bytes in every line.\n");
    } else {
        say(out, way);
        return 1;
    }
    return 0;
}

static void stage_init(struct stage *s, const char *const *ways)
{
    memset(s, 0, sizeof(*s));
    /* The frame of the tests catches it, and a worker has what its parent has. */
    (void)signal(SIGSEGV, SIG_DFL);
    s->p = (struct printing){.most = 1 << 20, .work = work, .sink = keep, .user = s};
    while (ways[s->p.count] != NULL) {
        s->ways[s->p.count] = ways[s->p.count];
        s->p.count++;
    }
}

/* Until all are printed or dead; the fates of the dead, in order. */
static size_t run(struct stage *s, enum worker_fate *fates)
{
    size_t dead = 0;

    while (s->p.next < s->p.count) {
        assert_true(printing_run(&s->p, &s->end, &s->e));
        if (s->end.fate == WORKER_DONE)
            break;
        assert_int_equal(s->end.input, s->p.next);
        fates[dead++] = s->end.fate;
        s->p.next++;
    }
    return dead;
}

static void test_plain(void **state)
{
    struct stage s;
    enum worker_fate fates[4];

    (void)state;
    stage_init(&s, (const char *const[]){"one\n", "zw\xc3\xb6lf\n", NULL});
    assert_int_equal(run(&s, fates), 0);
    assert_int_equal(s.p.next, 2);
    assert_int_equal(s.p.statuses[1], 1);
    test_bytes_are((struct bytes){(const uint8_t *)s.out, s.len}, "one\nzw\xc3\xb6lf\n");
}

static void test_long(void **state)
{
    struct stage s;
    enum worker_fate fates[4];

    (void)state;
    stage_init(&s, (const char *const[]){"long", "end\n", NULL});
    assert_int_equal(run(&s, fates), 0);
    assert_int_equal(s.total, 20000 * 32 + 4);
}

/* Those before and after are as if it had not been there. */
static void test_crash(void **state)
{
    struct stage s;
    enum worker_fate fates[4];

    (void)state;
    stage_init(
        &s, (const char *const[]){"one\n", "crash", "three\n", "crash-late", "five\n", NULL});
    assert_int_equal(run(&s, fates), 2);
    assert_int_equal(fates[0], WORKER_CRASHED);
    assert_int_equal(fates[1], WORKER_CRASHED);
    test_bytes_are((struct bytes){(const uint8_t *)s.out, s.len},
                   "one\nthree\nhalf a lifive\n");
}

static void test_told(void **state)
{
    struct stage s;

    (void)state;
    stage_init(&s, (const char *const[]){"one\n", "crash-late", NULL});
    assert_true(printing_run(&s.p, &s.end, &s.e));
    assert_int_equal(s.p.next, 1);
    assert_true(s.p.cut);
    assert_string_equal(s.end.why, "killed by SIGSEGV");
    assert_string_equal(s.end.decoder->name, "smbios");
}

static void test_lies(void **state)
{
    static const char *const ways[] = {"escape", "cut", "flood", "silent"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
        struct stage s;

        enum worker_fate fates[4] = {WORKER_DONE};

        stage_init(&s, (const char *const[]){"one\n", ways[i], NULL});
        assert_int_equal(run(&s, fates), 1);
        assert_int_equal(fates[0], WORKER_LIED);
        assert_true(s.total <= 2 << 20);
        assert_null(memchr(s.out, '\033', s.len));
    }
}

static void test_utf8(void **state)
{
    static const struct {
        const char *text;
        bool good;
    } rows[] = {
        {"plain text, and a line end\n",                                    true },
        {"more than thirty-two bytes, so that strides are taken: \xc3\xa9", true },
        {"\xe2\x82\xac \xf0\x9f\x98\x80 \xf4\x8f\xbf\xbf",                  true },
        {"\x7f",                                                            true },
        {"\t",                                                              false},
        {"\r",                                                              false},
        {"more than thirty-two bytes, so that strides are taken: \x1b",     false},
        {"\x80",                                                            false},
        {"\xc0\x80",                                                        false},
        {"\xc3(",                                                           false},
        {"\xe0\x80\x80",                                                    false},
        {"\xed\xa0\x80",                                                    false},
        {"\xf0\x80\x80\x80",                                                false},
        {"\xf4\x90\x80\x80",                                                false},
        {"\xf5\x80\x80\x80",                                                false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bytes b = bytes_of(rows[i].text);

        /* Cut in two anywhere. */
        for (size_t at = 0; at <= b.len; at++) {
            struct utf8_state s = {0};
            bool good = utf8_goes_on(&s, bytes_slice(b, 0, at)) &&
                        utf8_goes_on(&s, bytes_slice(b, at, SIZE_MAX));

            if (good != rows[i].good)
                print_error("row %zu, cut at %zu\n", i, at);
            assert_int_equal(good, rows[i].good);
            assert_int_equal(good && s.more > 0, 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_utf8),  TEST(test_plain), TEST(test_long),
        TEST(test_crash), TEST(test_told),  TEST(test_lies),
    };

    /* Where decoding is not confined, what dies takes the program along. */
    if (!worker_confines()) {
        (void)puts("1..0 # SKIP decoding is not confined in this build");
        return 0;
    }
    return cmocka_run_group_tests_name("printing", tests, NULL, NULL);
}
