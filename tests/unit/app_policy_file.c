/* SPDX-License-Identifier: Apache-2.0 */
#include "app/policy_file.h"

#include "unit/test.h"

#include "base/json_read.h"

#define HEAD "{\"schema\":1,\"name\":\"n\""

static bool parses(struct arena *a, const char *text, struct policy *p)
{
    struct err e;

    return policy_parse(bytes_of(text), ".", a, p, &e);
}

static void what_is_left_out_is_the_default(void **state)
{
    struct policy standard;
    struct policy p;

    policy_default(&standard, *state);
    assert_true(parses(*state, HEAD "}", &p));
    assert_int_equal(p.required_count, standard.required_count);
    assert_int_equal(p.peers.cohort, standard.peers.cohort);
    test_bytes_are(p.name, "n");
}

static void a_whole_policy(void **state)
{
    struct policy p;

    assert_true(parses(*state,
                       HEAD
                       ",\"comment\":\"x\",\"required\":[{\"surface\":\"tpm\",\"judged\":"
                       "false}],\"severities\":[{\"id\":\"rule.*\",\"severity\":\"info\"}],"
                       "\"waivers\":[{\"fingerprint\":\"0123456789abcdef\",\"reason\":\"r\","
                       "\"by\":\"b\",\"expires\":\"2027-01-01T00:00:00Z\"}],\"approved\":[{"
                       "\"path\":\"smbios@**\",\"to\":\"\\\"x\\\"\",\"reason\":\"r\",\"by\":"
                       "\"b\",\"expires\":\"2027-01-01T00:00:00Z\"}],\"peers\":{\"rate\":50},"
                       "\"bad-keys\":{\"digests\":[\"AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:"
                       "77:88:99:AA:BB:CC:DD\"]}}",
                       &p));
    assert_int_equal(p.required_count, 1);
    assert_false(p.required[0].judged);
    assert_int_equal(p.overrides[0].severity, SEVERITY_INFO);
    test_bytes_are(p.waivers[0].fingerprint, "0123456789abcdef");
    test_bytes_are(p.approved[0].to, "\"x\"");
    assert_int_equal(p.peers.rate, 50);
    assert_int_equal(p.bad_keys.count, 1);
    assert_int_equal(p.bad_keys.rows[0].data[0], 0xaa);
}

static void what_would_weaken_by_mistake_is_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "[]",
        "{\"schema\":2,\"name\":\"n\"}",
        "{\"schema\":1}",
        HEAD ",\"requierd\":[]}",
        HEAD ",\"required\":[{\"surfaces\":\"tpm\"}]}",
        HEAD ",\"required\":[{\"judged\":true}]}",
        HEAD ",\"required\":{}}",
        HEAD ",\"severities\":[{\"id\":\"x\",\"severity\":\"none\"}]}",
        HEAD ",\"waivers\":[{\"id\":\"x\",\"reason\":\"r\",\"by\":\"b\"}]}",
        HEAD
        ",\"waivers\":[{\"id\":\"x\",\"reason\":\"r\",\"by\":\"b\",\"expires\":\"never\"}]}",
        HEAD
        ",\"waivers\":[{\"reason\":\"r\",\"by\":\"b\",\"expires\":\"2027-01-01T00:00:00Z\"}]}",
        HEAD
        ",\"approved\":[{\"reason\":\"r\",\"by\":\"b\",\"expires\":\"2027-01-01T00:00:00Z\"}]}",
        HEAD ",\"peers\":{\"rate\":10001}}",
        HEAD ",\"peers\":{\"rate\":-1}}",
        HEAD ",\"revoked\":{\"digests\":[\"abc\"]}}",
        HEAD ",\"revoked\":{}}",
        HEAD ",\"revoked\":{\"file\":\"/nowhere/at/all\"}}",
        HEAD ",\"name\":\"again\"}",
        HEAD "} x",
    };
    struct policy p;

    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        if (parses(*state, bad[i], &p))
            fail_msg("it takes %s", bad[i]);
    }
}

static void json_is_read_strictly(void **state)
{
    static const char *const bad[] = {
        "{",
        "[1,]",
        "[1 2]",
        "{\"a\"}",
        "{\"a\":}",
        "\"\\x\"",
        "\"\\ud800\"",
        "\"\\udc00\"",
        "1.5",
        "01",
        "1e3",
        "tru",
        "\"a",
        "{a:1}",
        "nul",
        "[[[[[[[[[[",
        "-",
        "\"\n\"",
        "9223372036854775808",
        "{\"a\":1,\"a\":2}",
        "\"\xff\"",
    };
    struct json_node *n;
    struct err e;

    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        if (json_parse(bytes_of(bad[i]), *state, &n, &e))
            fail_msg("it takes %s", bad[i]);
    }
    assert_true(
        json_parse(bytes_of(" {\"a\" : [true, false, null, -7, \"\\u00e4\\ud83d\\ude00\"]} "),
                   *state, &n, &e));
    const struct json_node *a = json_member(n, "a");

    assert_int_equal(a->count, 5);
    assert_int_equal(a->children[0].number, 1);
    assert_int_equal(a->children[1].number, 0);
    assert_int_equal(a->children[2].kind, JSON_KIND_NULL);
    assert_int_equal(a->children[3].number, -7);
    test_bytes_are(a->children[4].text, "\xc3\xa4\xf0\x9f\x98\x80");
}

static void depth_has_a_limit(void **state)
{
    struct text t;
    struct json_node *n;
    struct err e;

    text_init(&t, *state, 1 << 20);
    for (int i = 0; i < 100000; i++)
        text_char(&t, '[');
    assert_false(json_parse(text_bytes(&t), *state, &n, &e));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_left_out_is_the_default),
        TEST(a_whole_policy),
        TEST(what_would_weaken_by_mistake_is_refused),
        TEST(json_is_read_strictly),
        TEST(depth_has_a_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
