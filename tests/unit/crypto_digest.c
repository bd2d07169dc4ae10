/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Vectors: "abc" and the empty message of FIPS 180-4, FIPS 202 and GB/T 32905-2016, and a
 * million times "a" for hashing in steps.
 */
#include "crypto/digest.h"

#include "base/text.h"
#include "unit/test.h"

struct vector {
    const char *name;
    const char *abc;
    const char *empty;
    uint16_t tpm_id;
};

/* clang-format off */
static const struct vector vectors[] = {
    {"sha1",
     "a9993e364706816aba3e25717850c26c9cd0d89d",
     "da39a3ee5e6b4b0d3255bfef95601890afd80709", 0x0004},
    {"sha256",
     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 0x000b},
    {"sha384",
     "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
     "8086072ba1e7cc2358baeca134c825a7",
     "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da"
     "274edebfe76f65fbd51ad2f14898b95b", 0x000c},
    {"sha512",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
     "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
     "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e", 0x000d},
    {"sm3_256",
     "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
     "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b", 0x0012},
    {"sha3_256",
     "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
     "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a", 0x0027},
    {"sha3_384",
     "ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b2"
     "98d88cea927ac7f539f1edf228376d25",
     "0c63a75b845e4f7d01107d852e4c2485c51a50aaaa94fc61995e71bbee983a2a"
     "c3713831264adb47fb6bd1e058d5f004", 0x0028},
    {"sha3_512",
     "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e"
     "10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0",
     "a69f73cca23a9ac5c8b567dc185a756e97c982164fe25859e0d1dcc1475c80a6"
     "15b2123af1f5f94c11e3e9402c3ac558f500199d95b6d3e301758586281dcd26", 0x0029},
};

/* clang-format on */

static void digest_is(struct arena *a, enum digest_algorithm algorithm,
                      const struct bytes *parts, size_t count, const char *want)
{
    uint8_t result[DIGEST_MAX];
    struct text t;

    digest_parts(algorithm, parts, count, result);
    text_init(&t, a, 1000);
    text_hex(&t, (struct bytes){result, digest_info(algorithm)->size});
    test_bytes_are(text_bytes(&t), want);
}

static void vectors_of_every_algorithm(void **state)
{
    const struct bytes abc[] = {LITERAL("a"), LITERAL(""), LITERAL("bc")};

    assert_int_equal(ARRAY_LEN(vectors), DIGEST_ALGORITHMS);
    for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
        enum digest_algorithm a = DIGEST_ALGORITHMS;

        assert_true(digest_by_name(bytes_of(vectors[i].name), &a));
        assert_int_equal(digest_info(a)->tpm_id, vectors[i].tpm_id);
        digest_is(*state, a, abc, ARRAY_LEN(abc), vectors[i].abc);
        digest_is(*state, a, NULL, 0, vectors[i].empty);
    }
}

static void algorithms_are_found_by_both_names(void **state)
{
    (void)state;
    for (unsigned i = 0; i < DIGEST_ALGORITHMS; i++) {
        enum digest_algorithm by_name = DIGEST_ALGORITHMS;
        enum digest_algorithm by_id = DIGEST_ALGORITHMS;
        const struct digest_info *info = digest_info((enum digest_algorithm)i);

        assert_true(digest_by_name(bytes_of(info->name), &by_name));
        assert_true(digest_by_tpm_id(info->tpm_id, &by_id));
        assert_int_equal(by_name, i);
        assert_int_equal(by_id, i);
        assert_true(info->size <= DIGEST_MAX);
    }
    enum digest_algorithm none = DIGEST_SHA1;

    assert_false(digest_by_tpm_id(0x0010, &none)); /* TPM_ALG_NULL */
    assert_false(digest_by_name(LITERAL("sha"), &none));
    assert_false(digest_by_name(LITERAL(""), &none));
    assert_int_equal(none, DIGEST_SHA1);
}

static void steps_give_what_one_call_gives(void **state)
{
    struct arena *a = *state;
    char *million = arena_alloc(a, 1000000);
    struct digest_stream s;

    memset(million, 'a', 1000000);
    digest_begin(&s);
    for (size_t at = 0, step = 1; at < 1000000; at += step, step = step % 9973 + 17)
        digest_more(&s,
                    bytes_slice((struct bytes){(const uint8_t *)million, 1000000}, at, step));
    struct digest stepped = digest_end(&s);
    struct digest whole = digest_sha256((struct bytes){(const uint8_t *)million, 1000000});
    struct text t;

    assert_true(digest_equal(&stepped, &whole));
    text_init(&t, a, 100);
    text_hex(&t, (struct bytes){whole.bytes, sizeof(whole.bytes)});
    test_bytes_are(text_bytes(&t),
                   "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    whole.bytes[31] ^= 1;
    assert_false(digest_equal(&stepped, &whole));
}

/* What began before the faster implementation was there must end as it began. */
static void both_implementations_agree(void **state)
{
    struct arena *a = *state;
    char *text = arena_alloc(a, 4099);
    struct bytes b = {(const uint8_t *)text, 4099};
    struct digest_stream before;
    struct digest_stream after;

    memset(text, 'b', 4099);
    digest_begin(&before);
    digest_more(&before, bytes_slice(b, 0, 100));
    digest_expect(UINT64_MAX);
    digest_begin(&after);
    digest_more(&before, bytes_slice(b, 100, SIZE_MAX));
    digest_more(&after, b);
    struct digest first = digest_end(&before);
    struct digest second = digest_end(&after);

    assert_ptr_not_equal(before.functions, after.functions);
    assert_true(digest_equal(&first, &second));
    vectors_of_every_algorithm(state);
    steps_give_what_one_call_gives(state);
}

static void a_digest_is_read_from_its_digits(void **state)
{
    struct digest want = digest_sha256(LITERAL("abc"));
    struct digest d;
    struct text t;

    text_init(&t, *state, 100);
    text_hex(&t, (struct bytes){want.bytes, sizeof(want.bytes)});
    assert_true(digest_of_hex(text_bytes(&t), &d));
    assert_true(digest_equal(&d, &want));
    assert_false(digest_of_hex(bytes_slice(text_bytes(&t), 0, 63), &d));
    assert_false(digest_of_hex(bytes_slice(text_bytes(&t), 0, 62), &d));
    t.data[0] = 'B';
    assert_false(digest_of_hex(text_bytes(&t), &d));
    t.data[0] = 'g';
    assert_false(digest_of_hex(text_bytes(&t), &d));
    text_char(&t, '0');
    assert_false(digest_of_hex(text_bytes(&t), &d));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(vectors_of_every_algorithm),     TEST(algorithms_are_found_by_both_names),
        TEST(steps_give_what_one_call_gives), TEST(a_digest_is_read_from_its_digits),
        TEST(both_implementations_agree),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
