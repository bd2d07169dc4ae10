/* SPDX-License-Identifier: Apache-2.0 */
/* The test vector of c2sp.org/vrf-r255, and changes of every bit of it. */
#include "crypto/vrf.h"

#include "base/text.h"
#include "unit/test.h"

static const char secret_hex[] =
    "3431c2b03533e280b23232e280b34e2c3132c2b03238e280b23131e280b34500";
static const char public_hex[] =
    "54136cd90d99fbd1d4e855d9556efea87ba0337f2a6ce22028d0f5726fcb854e";
static const char proof_hex[] =
    "0a97d961262fb549b4175c5117860f42ae44a123f93c476c439eddd1c0cff926"
    "5c805525233e2284dbed45e593b8eea31d5ca9734d72bcbba9738d5237f955f3"
    "b2422351149d1312503b6441a47c940c";
static const char output_hex[] =
    "dd653f0879b48c3ef69e13551239bec4cbcc1c18fe8894de2e9e1c790e182736"
    "03bf1c6c25d7a797aeff3c43fd32b974d3fcbd4bcce916007097922a3ea3a794";
static const char alpha[] = "c2sp.org/vrf-r255";

static void from_hex(const char *hex, uint8_t *ret)
{
    for (size_t i = 0; hex[2 * i] != '\0'; i++)
        ret[i] =
            (uint8_t)(hex_digit((uint8_t)hex[2 * i]) << 4 | hex_digit((uint8_t)hex[2 * i + 1]));
}

static void is_hex(struct arena *a, const uint8_t *b, size_t len, const char *want)
{
    struct text t;

    text_init(&t, a, 1000);
    text_hex(&t, (struct bytes){b, len});
    test_bytes_are(text_bytes(&t), want);
}

static void the_published_vector(void **state)
{
    struct vrf_secret secret;
    struct vrf_public key;
    struct vrf_proof proof;
    struct vrf_output output;
    struct vrf_output again;

    from_hex(secret_hex, secret.bytes);
    assert_true(vrf_public_of(&secret, &key));
    is_hex(*state, key.bytes, sizeof(key.bytes), public_hex);
    assert_true(vrf_prove(&secret, bytes_of(alpha), &proof, &output));
    is_hex(*state, proof.bytes, sizeof(proof.bytes), proof_hex);
    is_hex(*state, output.bytes, sizeof(output.bytes), output_hex);
    assert_true(vrf_verify(&key, bytes_of(alpha), &proof, &again));
    assert_memory_equal(output.bytes, again.bytes, sizeof(again.bytes));
}

static void every_changed_bit_is_refused(void **state)
{
    struct vrf_public key;
    struct vrf_proof proof;
    struct vrf_output output;

    (void)state;
    from_hex(public_hex, key.bytes);
    from_hex(proof_hex, proof.bytes);
    for (size_t i = 0; i < sizeof(proof.bytes) * 8; i++) {
        proof.bytes[i / 8] ^= (uint8_t)(1U << i % 8);
        assert_false(vrf_verify(&key, bytes_of(alpha), &proof, &output));
        proof.bytes[i / 8] ^= (uint8_t)(1U << i % 8);
    }
    for (size_t i = 0; i < sizeof(key.bytes) * 8; i++) {
        key.bytes[i / 8] ^= (uint8_t)(1U << i % 8);
        assert_false(vrf_verify(&key, bytes_of(alpha), &proof, &output));
        key.bytes[i / 8] ^= (uint8_t)(1U << i % 8);
    }
    assert_false(vrf_verify(&key, LITERAL("c2sp.org/vrf-r256"), &proof, &output));
    assert_true(vrf_verify(&key, bytes_of(alpha), &proof, &output));
}

static void malformed_keys_are_refused(void **state)
{
    struct vrf_secret secret = {{0}};
    struct vrf_public key = {{0}};
    struct vrf_proof proof;
    struct vrf_output output;

    (void)state;
    assert_false(vrf_public_of(&secret, &key));
    assert_false(vrf_prove(&secret, bytes_of(alpha), &proof, &output));
    memset(secret.bytes, 0xff, sizeof(secret.bytes));
    assert_false(vrf_prove(&secret, bytes_of(alpha), &proof, &output));
    from_hex(proof_hex, proof.bytes);
    memset(key.bytes, 0, sizeof(key.bytes));
    assert_false(vrf_verify(&key, bytes_of(alpha), &proof, &output));
}

static void a_new_key_proves(void **state)
{
    uint8_t random[64];
    struct vrf_public key;
    struct vrf_proof proof;
    struct vrf_output output;
    struct vrf_output again;

    (void)state;
    for (size_t i = 0; i < sizeof(random); i++)
        random[i] = (uint8_t)(i * 37 + 11);
    struct vrf_secret secret = vrf_secret_of(random);

    assert_true(vrf_public_of(&secret, &key));
    assert_true(vrf_prove(&secret, LITERAL(""), &proof, &output));
    assert_true(vrf_verify(&key, LITERAL(""), &proof, &again));
    assert_memory_equal(output.bytes, again.bytes, sizeof(again.bytes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_published_vector),
        TEST(every_changed_bit_is_refused),
        TEST(malformed_keys_are_refused),
        TEST(a_new_key_proves),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
