/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "crypto/sign.h"
#include "unit/test.h"

/* RFC 8032 section 7.1, test 2, its keys in the form of RFC 8410. */
static const char secret[] = "-----BEGIN PRIVATE "
                             "KEY-----\nMC4CAQAwBQYDK2VwBCIEIEzNCJso/"
                             "5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n-----END PRIVATE KEY-----\n";
static const char open_half[] = "-----BEGIN PUBLIC "
                                "KEY-----\nMCowBQYDK2VwAyEAPUAXw+hDiVqStwqnTRt+"
                                "vJyYLM8uxJaMwM1V8Sr0Zgw=\n-----END PUBLIC KEY-----\n";

static void a_signature_is_as_specified(void **state)
{
    struct signature s;
    struct public_key key;
    struct text t;
    struct err e;

    assert_true(sign_message(bytes_of(secret), LITERAL("\x72"), &s, &key, &e));
    text_init(&t, *state, 1000);
    text_hex(&t, (struct bytes){s.bytes, sizeof(s.bytes)});
    test_bytes_are(text_bytes(&t),
                   "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                   "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
    t.len = 0;
    text_hex(&t, (struct bytes){key.bytes, sizeof(key.bytes)});
    test_bytes_are(text_bytes(&t),
                   "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    assert_true(signature_verify(&key, LITERAL("\x72"), &s));
}

static void either_half_is_a_public_key(void **state)
{
    struct public_key a;
    struct public_key b;
    struct err e;

    (void)state;
    assert_true(public_key_read(bytes_of(secret), &a, &e));
    assert_true(public_key_read(bytes_of(open_half), &b, &e));
    assert_memory_equal(a.bytes, b.bytes, sizeof(a.bytes));
    assert_false(public_key_read(LITERAL("no key"), &a, &e));
    assert_int_equal(e.code, ERR_INPUT);
}

static void every_changed_bit_is_seen(void **state)
{
    struct signature s;
    struct public_key key;
    struct err e;

    (void)state;
    assert_true(sign_message(bytes_of(secret), LITERAL("\x72"), &s, &key, &e));
    for (size_t i = 0; i < sizeof(s.bytes) * 8; i++) {
        s.bytes[i / 8] ^= (uint8_t)(1U << i % 8);
        assert_false(signature_verify(&key, LITERAL("\x72"), &s));
        s.bytes[i / 8] ^= (uint8_t)(1U << i % 8);
    }
    assert_false(signature_verify(&key, LITERAL("\x73"), &s));
    assert_false(signature_verify(&key, LITERAL(""), &s));
}

static void a_new_key_signs(void **state)
{
    struct bytes made;
    struct bytes half;
    struct signature s;
    struct public_key key;
    struct public_key again;
    struct err e;

    assert_true(key_generate(*state, &made, &half, &e));
    assert_true(sign_message(made, LITERAL("x"), &s, &key, &e));
    assert_true(public_key_read(half, &again, &e));
    assert_memory_equal(key.bytes, again.bytes, sizeof(key.bytes));
    assert_true(signature_verify(&again, LITERAL("x"), &s));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_signature_is_as_specified),
        TEST(either_half_is_a_public_key),
        TEST(every_changed_bit_is_seen),
        TEST(a_new_key_signs),
    };

    return cmocka_run_group_tests_name("crypto/sign", tests, NULL, NULL);
}
