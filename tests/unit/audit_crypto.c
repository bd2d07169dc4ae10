/* SPDX-License-Identifier: Apache-2.0 */
/* The verifier's own primitives: the vector of c2sp.org/vrf-r255, and the one form of texts. */
#include "audit/crypto.h"

#include "audit/cbor.h"
#include "audit/json.h"
#include "audit/note.h"
#include "unit/test.h"

static const char key_hex[] =
    "54136cd90d99fbd1d4e855d9556efea87ba0337f2a6ce22028d0f5726fcb854e";
static const char proof_hex[] =
    "0a97d961262fb549b4175c5117860f42ae44a123f93c476c439eddd1c0cff926"
    "5c805525233e2284dbed45e593b8eea31d5ca9734d72bcbba9738d5237f955f3"
    "b2422351149d1312503b6441a47c940c";
static const char output_hex[] =
    "dd653f0879b48c3ef69e13551239bec4cbcc1c18fe8894de2e9e1c790e182736";

static void the_published_vector(void **state)
{
    struct view alpha = view_of("c2sp.org/vrf-r255");
    uint8_t key[KEY_SIZE] = {0};
    uint8_t proof[VRF_PROOF_SIZE] = {0};
    struct hash want = {{0}};
    struct hash got = {{0}};

    (void)state;
    assert_true(view_hex(view_of(key_hex), key, sizeof(key)));
    assert_true(view_hex(view_of(proof_hex), proof, sizeof(proof)));
    assert_true(view_hex(view_of(output_hex), want.bytes, sizeof(want.bytes)));
    assert_true(vrf_good(key, alpha, proof, &got));
    assert_true(hash_equal(got, want));
    for (size_t i = 0; i < 8 * sizeof(proof); i++) {
        proof[i / 8] ^= (uint8_t)(1U << i % 8);
        assert_false(vrf_good(key, alpha, proof, &got));
        proof[i / 8] ^= (uint8_t)(1U << i % 8);
    }
    assert_false(vrf_good(key, view_of("c2sp.org/vrf-r256"), proof, &got));
}

static bool base64_is(const char *text, size_t len)
{
    struct memory m = {0};
    struct view raw;
    bool good = base64_read(&m, view_of(text), &raw) && raw.len == len;

    memory_done(&m);
    return good;
}

static void base64_has_one_form(void **state)
{
    (void)state;
    assert_true(base64_is("", 0));
    assert_true(base64_is("AA==", 1));
    assert_true(base64_is("AB//", 3));
    assert_false(base64_is("AB==", 1));
    assert_false(base64_is("AA", 1));
    assert_false(base64_is("AA= ", 1));
    assert_false(base64_is("AA==AA==", 2));
    assert_false(base64_is("AB_-", 3));
    /* Which libsodium 1.0.18 reads as the digit 63. */
    assert_false(base64_is("AB/\x90", 3));
}

static bool json_is(const char *text, const char *want)
{
    struct memory m = {0};
    struct json j = {&m, {.left = view_of(text)}};
    struct view v = json_string(&j);
    struct out again = {.memory = &m};

    json_put_string(&again, v);
    bool good = json_done(&j) && view_is(v, want) && view_is(out_view(&again), text);

    memory_done(&m);
    return good;
}

static void json_has_one_form(void **state)
{
    (void)state;
    assert_true(json_is("\"a\"", "a"));
    assert_true(json_is("\"\\\"\\\\\\n\\r\\t\\u0001\\u001f\"", "\"\\\n\r\t\x01\x1f"));
    assert_true(json_is("\"\xc3\xa4\"", "\xc3\xa4"));
    assert_false(json_is("\"\\u0061\"", "a"));
    assert_false(json_is("\"\\u000a\"", "\n"));
    assert_false(json_is("\"\\u001F\"", "\x1f"));
    assert_false(json_is("\"\\/\"", "/"));
    assert_false(json_is("\"\n\"", "\n"));
    assert_false(json_is("\"\xc3\"", "\xc3"));
    assert_false(json_is("\"a", "a"));
    assert_false(json_is("\"a\" ", "a"));
}

static uint64_t time_of(const char *text, bool *good)
{
    struct memory m = {0};
    struct json j = {&m, {.left = view_of(text)}};
    uint64_t v = json_time(&j);

    *good = json_done(&j);
    memory_done(&m);
    return v;
}

static void times_of_days_that_are(void **state)
{
    static const char *const bad[] = {"\"2023-02-29T00:00:00Z\"", "\"2024-04-31T00:00:00Z\"",
                                      "\"2024-13-01T00:00:00Z\"", "\"2024-00-01T00:00:00Z\"",
                                      "\"2024-01-01T24:00:00Z\"", "\"2024-01-01T00:00:00z\"",
                                      "\"2024-01-01 00:00:00Z\"", "\"2024-1-01T00:00:00Z\"",
                                      "\"1969-12-31T00:00:00Z\"", "\"2024-12-32T00:00:00Z\""};
    bool good = false;

    (void)state;
    assert_int_equal(time_of("\"1970-01-01T00:00:00Z\"", &good), 0);
    assert_true(good);
    assert_int_equal(time_of("\"2024-02-29T23:59:59Z\"", &good), 1709251199);
    assert_true(good);
    assert_int_equal(time_of("\"2000-12-31T12:00:00Z\"", &good), 978264000);
    assert_true(good);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        (void)time_of(bad[i], &good);
        assert_false(good);
    }
}

static bool cbor_is(const char *hex, size_t len, uint64_t want)
{
    uint8_t raw[16] = {0};
    struct cursor c = {
        .left = {raw, len}
    };

    return view_hex(view_of(hex), raw, len) && cbor_number(&c, UINT64_MAX) == want &&
           !c.failed && c.left.len == 0;
}

static void cbor_is_shortest(void **state)
{
    (void)state;
    assert_true(cbor_is("17", 1, 23));
    assert_true(cbor_is("1818", 2, 24));
    assert_true(cbor_is("190100", 3, 256));
    assert_true(cbor_is("1a00010000", 5, 65536));
    assert_true(cbor_is("1b0000000100000000", 9, UINT64_C(1) << 32));
    assert_false(cbor_is("1817", 2, 23));
    assert_false(cbor_is("1900ff", 3, 255));
    assert_false(cbor_is("1a0000ffff", 5, 65535));
    assert_false(cbor_is("1b00000000ffffffff", 9, UINT32_MAX));
    assert_false(cbor_is("1f", 1, 0));
    assert_false(cbor_is("18", 1, 0));
}

/* The note and the key in the text of c2sp.org/signed-note. */
static void the_published_note(void **state)
{
    static const char vkey[] =
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    static const char text[] = "This is an example message.\n\n"
                               "\xe2\x80\x94 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq"
                               "6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
    struct memory m = {0};
    struct note n;
    struct key k;

    (void)state;
    assert_true(key_read(&m, view_of(vkey), &k));
    assert_true(note_read(&m, view_of(text), &n));
    assert_int_equal(note_signing(&m, &n, &k, NULL), SIGNED);
    n.text.len--;
    assert_int_equal(note_signing(&m, &n, &k, NULL), FORGED);
    k.id++;
    assert_int_equal(note_signing(&m, &n, &k, NULL), NOT_SIGNED);
    memory_done(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_vector), cmocka_unit_test(base64_has_one_form),
        cmocka_unit_test(json_has_one_form),    cmocka_unit_test(times_of_days_that_are),
        cmocka_unit_test(cbor_is_shortest),     cmocka_unit_test(the_published_note),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
