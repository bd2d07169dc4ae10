/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/dsse.h"
#include "unit/test.h"

/* RFC 8032 section 7.1, test 2. */
static const char secret[] = "-----BEGIN PRIVATE "
                             "KEY-----\nMC4CAQAwBQYDK2VwBCIEIEzNCJso/"
                             "5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n-----END PRIVATE KEY-----\n";

static bool sign(void *user, struct bytes message, struct signature *ret,
                 struct public_key *ret_key, struct err *e)
{
    return sign_message(bytes_of(user), message, ret, ret_key, e);
}

static const char *made_key(struct arena *a)
{
    struct bytes private;
    struct bytes public;
    struct err e;

    assert_true(key_generate(a, &private, &public, &e));
    return arena_text(a, private);
}

static struct dsse_signer signer_of(struct arena *a, const char *pem)
{
    return (struct dsse_signer){sign, arena_text(a, bytes_of(pem))};
}

static struct bytes envelope_of(struct arena *a, struct bytes payload)
{
    struct text *t = ARENA_NEW(a, struct text);
    struct dsse d;
    struct err e;

    dsse_begin(&d, bytes_of(DSSE_STATEMENT), payload);
    assert_true(dsse_sign(&d, signer_of(a, secret), a, &e));
    text_init(t, a, 1 << 16);
    dsse_print(t, &d);
    return text_bytes(t);
}

/* The example of the specification, protocol.md. */
static void the_signed_message_is_as_specified(void **state)
{
    struct text t;

    text_init(&t, *state, 100);
    dsse_message(&t, bytes_of("http://example.com/HelloWorld"), bytes_of("hello world"));
    test_bytes_are(text_bytes(&t), "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
}

static void an_envelope_is_read_back(void **state)
{
    struct bytes envelope = envelope_of(*state, bytes_of("{}"));
    struct public_key key;
    struct dsse d;
    struct err e;

    assert_true(bytes_starts_with(
        envelope, "{\"payload\":\"e30=\",\"payloadType\":\"application/vnd.in-toto+json\","
                  "\"signatures\":[{\"keyid\":\""));
    assert_true(dsse_parse(envelope, *state, &d, &e));
    test_bytes_are(d.payload, "{}");
    assert_int_equal(d.count, 1);
    assert_true(public_key_read(bytes_of(secret), &key, &e));
    assert_int_equal(dsse_verify(&d, &key, *state), DSSE_SIGNED);
    d.payload = bytes_of("[]");
    assert_int_equal(dsse_verify(&d, &key, *state), DSSE_FORGED);
    key.bytes[0] ^= 1;
    assert_int_equal(dsse_verify(&d, &key, *state), DSSE_UNSIGNED);
}

static void a_second_signature_stands_beside_the_first(void **state)
{
    const char *other = made_key(*state);
    struct public_key key;
    struct dsse d;
    struct err e;

    dsse_begin(&d, bytes_of(DSSE_STATEMENT), bytes_of("{}"));
    assert_true(dsse_sign(&d, signer_of(*state, secret), *state, &e));
    assert_true(dsse_sign(&d, signer_of(*state, other), *state, &e));
    assert_false(dsse_sign(&d, signer_of(*state, secret), *state, &e));
    assert_int_equal(d.count, 2);
    assert_true(public_key_read(bytes_of(other), &key, &e));
    assert_int_equal(dsse_verify(&d, &key, *state), DSSE_SIGNED);
}

/* Every changed bit is refused, or changes the payload so that its signature is wrong. */
static void every_changed_bit_is_seen(void **state)
{
    struct bytes envelope = envelope_of(*state, bytes_of("{\"a\":1}"));
    uint8_t *changed = arena_alloc(*state, envelope.len);
    struct public_key key;
    struct dsse d;
    struct err e;

    assert_true(public_key_read(bytes_of(secret), &key, &e));
    memcpy(changed, envelope.data, envelope.len);
    for (size_t i = 0; i < envelope.len * 8; i++) {
        changed[i / 8] ^= (uint8_t)(1U << i % 8);
        assert_false(dsse_parse((struct bytes){changed, envelope.len}, *state, &d, &e) &&
                     dsse_verify(&d, &key, *state) == DSSE_SIGNED);
        changed[i / 8] ^= (uint8_t)(1U << i % 8);
    }
    for (size_t n = 0; n < envelope.len; n++)
        assert_false(dsse_parse(bytes_slice(envelope, 0, n), *state, &d, &e));
}

static void other_forms_are_refused(void **state)
{
    static const char *const wrong[] = {
        "",
        "[]\n",
        "{}\n",
        "{\"payload\":\"e30=\",\"payloadType\":\"t\",\"signatures\":[]}",
        "{\"payload\":\"e30=\",\"payloadType\":\"t\",\"signatures\":[] }\n",
        "{\"payloadType\":\"t\",\"payload\":\"e30=\",\"signatures\":[]}\n",
        "{\"payload\":\"e30\",\"payloadType\":\"t\",\"signatures\":[]}\n",
        "{\"payload\":\"e30=\",\"payloadType\":\"t\",\"signatures\":[{}]}\n",
        "{\"payload\":\"e30=\",\"payloadType\":\"t\",\"signatures\":[],\"x\":1}\n",
        "{\"payload\":\"e30=\",\"payloadType\":\"t\\u0022\",\"signatures\":[]}\n",
    };
    struct dsse d;
    struct err e;

    assert_true(
        dsse_parse(bytes_of("{\"payload\":\"e30=\",\"payloadType\":\"t\",\"signatures\":[]}\n"),
                   *state, &d, &e));
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        assert_false(dsse_parse(bytes_of(wrong[i]), *state, &d, &e));
        assert_int_equal(e.code, ERR_INPUT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_signed_message_is_as_specified),
        TEST(an_envelope_is_read_back),
        TEST(a_second_signature_stands_beside_the_first),
        TEST(every_changed_bit_is_seen),
        TEST(other_forms_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
