/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/attributes.h"
#include "ledger/pseudonym.h"
#include "unit/test.h"

static struct identity canonical(struct arena *a, const char *kind, const char *first,
                                 const char *second)
{
    struct identity i;

    assert_true(identity_canonical(bytes_of(kind), bytes_of(first), bytes_of(second), a, &i));
    return i;
}

static void identities_have_one_form(void **state)
{
    struct identity i;
    struct err e;

    test_bytes_are(canonical(*state, "board", "  Example\tInc. ", "ab  12 ").id,
                   "EXAMPLE INC.\x1f"
                   "AB 12");
    test_bytes_are(canonical(*state, "nic-mac", "52:54:00:AA:bb:01", "").id, "525400aabb01");
    test_bytes_are(canonical(*state, "ek", "00FF", "").id, "00ff");
    assert_false(
        identity_canonical(bytes_of("board"), bytes_of("x"), bytes_of(" "), *state, &i));
    assert_false(
        identity_canonical(bytes_of("board"), bytes_of(""), bytes_of("x"), *state, &i));
    assert_false(identity_canonical(bytes_of("ek"), bytes_of("0g"), bytes_of(""), *state, &i));
    assert_false(identity_canonical(bytes_of("ek"), bytes_of(""), bytes_of(""), *state, &i));
    assert_false(identity_canonical(bytes_of("name"), bytes_of("a"), bytes_of(""), *state, &i));
    /* The separator cannot be part of a part. */
    assert_false(
        identity_canonical(bytes_of("board"), bytes_of("a\x1f"), bytes_of("b"), *state, &i));
    assert_true(identity_parse(bytes_of("board=a/b/c"), *state, &i, &e));
    test_bytes_are(i.id, "A\x1f"
                         "B/C");
    assert_false(identity_parse(bytes_of("board=a"), *state, &i, &e));
    assert_false(identity_parse(bytes_of("a"), *state, &i, &e));
    assert_false(identity_parse(bytes_of("nic-mac=x"), *state, &i, &e));
    assert_true(identity_kind_known(PREFIX_SERVERS, bytes_of("ek")));
    assert_false(identity_kind_known(PREFIX_SERVERS, bytes_of("disk")));
    assert_true(identity_kind_known(PREFIX_ALIASES, bytes_of("disk")));
}

static void a_pseudonym_proves_its_identity(void **state)
{
    const uint8_t seed[64] = {7};
    struct vrf_secret secret = vrf_secret_of(seed);
    struct identity one = canonical(*state, "board", "a", "1");
    struct identity two = canonical(*state, "board", "a", "2");
    struct vrf_public key;
    struct vrf_proof proof;
    struct digest index;
    struct digest again;

    assert_true(vrf_public_of(&secret, &key));
    assert_true(pseudonym_make(&secret, PREFIX_SERVERS, &one, &index, &proof));
    assert_true(pseudonym_verify(&key, PREFIX_SERVERS, &one, &proof, &again));
    assert_true(digest_equal(&index, &again));
    assert_false(pseudonym_verify(&key, PREFIX_ALIASES, &one, &proof, &again));
    assert_false(pseudonym_verify(&key, PREFIX_SERVERS, &two, &proof, &again));
    assert_true(pseudonym_make(&secret, PREFIX_ALIASES, &one, &again, &proof));
    assert_false(digest_equal(&index, &again));
}

static void commitments_do_not_depend_on_order(void **state)
{
    const struct salt_master master = {
        {1, 2, 3}
    };
    const struct digest index = digest_sha256(LITERAL("server"));
    const struct attribute all[] = {
        {bytes_of("verdict"), bytes_of("clean")},
        {bytes_of("model"),   bytes_of("x")    },
        {bytes_of("site"),    bytes_of("")     },
    };
    const struct attribute turned[] = {all[2], all[0], all[1]};
    const struct attribute twice[] = {all[0], all[0]};
    struct digest a[3];
    struct digest b[3];

    (void)state;
    assert_true(attributes_digest(&master, 5, &index, all, 3, a));
    assert_true(attributes_digest(&master, 5, &index, turned, 3, b));
    assert_false(attributes_digest(&master, 5, &index, twice, 2, b + 1));
    assert_true(attributes_digest(&master, 5, &index, turned, 3, b));
    struct digest first = attributes_commit(a, 3);
    struct digest second = attributes_commit(b, 3);

    assert_true(digest_equal(&first, &second));
    assert_true(attributes_digest(&master, 6, &index, all, 3, a));
    second = attributes_commit(a, 3);
    assert_false(digest_equal(&first, &second));
}

/* Where the name ends and the value begins is part of what is committed to. */
static void names_and_values_do_not_run_together(void **state)
{
    const struct attribute_salt salt = {{9}};
    struct attribute one = {bytes_of("ab"), bytes_of("c")};
    struct attribute two = {bytes_of("a"), bytes_of("bc")};
    struct digest a = attribute_digest(&salt, &one);
    struct digest b = attribute_digest(&salt, &two);

    (void)state;
    assert_false(digest_equal(&a, &b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(identities_have_one_form),
        TEST(a_pseudonym_proves_its_identity),
        TEST(commitments_do_not_depend_on_order),
        TEST(names_and_values_do_not_run_together),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
