/* SPDX-License-Identifier: Apache-2.0 */
/* Signed notes, checkpoints, trust policies and log proofs: published examples, and our own. */
#include "ledger/note.h"

#include "ledger/log_proof.h"
#include "unit/test.h"

/* The examples of c2sp.org/signed-note and c2sp.org/tlog-cosignature. */
static const char example_key[] =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
static const char example[] =
    "This is an example message.\n\n"
    "\xe2\x80\x94 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZ"
    "XsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
static const char sofa[] =
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "\xe2\x80\x94 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4"
    "URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "\xe2\x80\x94 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEh"
    "ZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";

static void published_notes(void **state)
{
    struct note_key key;
    struct note n;
    struct checkpoint c;
    struct err e;
    struct text t;

    assert_true(note_key_parse(bytes_of(example_key), *state, &key, &e));
    assert_true(note_parse(bytes_of(example), *state, &n, &e));
    assert_int_equal(note_verify(&n, &key, NULL), NOTE_SIGNED);
    assert_true(note_parse(bytes_of(sofa), *state, &n, &e));
    assert_int_equal(n.count, 2);
    assert_int_equal(note_verify(&n, &key, NULL), NOTE_UNSIGNED);
    assert_true(checkpoint_parse(n.text, *state, &c, &e));
    assert_int_equal(c.size, 20852163);
    text_init(&t, *state, 1000);
    checkpoint_print(&t, &c);
    assert_true(bytes_equal(text_bytes(&t), n.text));
}

/* No changed byte leaves a note that is signed. */
static void changed_notes(void **state)
{
    struct note_key key;
    struct err e;
    struct note n;

    assert_true(note_key_parse(bytes_of(example_key), *state, &key, &e));
    for (size_t i = 0; i < sizeof(example) - 1; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            struct bytes b = arena_copy(*state, bytes_of(example));

            ((uint8_t *)(uintptr_t)b.data)[i] ^= (uint8_t)(1U << bit);
            if (note_parse(b, *state, &n, &e))
                assert_int_not_equal(note_verify(&n, &key, NULL), NOTE_SIGNED);
        }
    }
    for (size_t i = 0; i < sizeof(example) - 1; i++)
        assert_false(note_parse(bytes_slice(bytes_of(example), 0, i), *state, &n, &e));
}

static void malformed_notes(void **state)
{
    static const char *const bad[] = {
        "",
        "\n",
        "\n\n",
        "text\n",
        "text\n\n",
        "text\n\nno mark\n",
        "text\n\n\xe2\x80\x94 name \n",
        "text\n\n\xe2\x80\x94 name AAAA\n",
        "text\n\n\xe2\x80\x94 name AAAAAA==\n",
        "text\n\n\xe2\x80\x94 na+me AAAAAAAA\n",
        "text\n\n\xe2\x80\x94  AAAAAAAA\n",
        "te\txt\n\n\xe2\x80\x94 name AAAAAAAA\n",
        "\xff\n\n\xe2\x80\x94 name AAAAAAAA\n",
        "text\n\n\xe2\x80\x94 na\xe2\x80\x83me AAAAAAAA\n",
    };
    static const char *const bad_keys[] = {
        "",
        "name",
        "name+00000000+AAAA",
        "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/fo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    };
    struct note n;
    struct note_key key;
    struct err e;

    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(note_parse(bytes_of(bad[i]), *state, &n, &e));
    for (size_t i = 0; i < ARRAY_LEN(bad_keys); i++)
        assert_false(note_key_parse(bytes_of(bad_keys[i]), *state, &key, &e));
}

/* Keys of a log and four witnesses, and a checkpoint that some of them have signed. */
enum {
    WITNESSES = 4
};

struct parties {
    struct bytes log;
    struct bytes witness[WITNESSES];
    struct text policy;
};

static struct bytes new_key(struct arena *a, const char *name, enum note_type type,
                            struct text *vkey)
{
    struct bytes secret;
    struct bytes half;
    struct public_key key;
    struct err e;

    assert_true(key_generate(a, &secret, &half, &e));
    assert_true(public_key_read(half, &key, &e));
    struct note_key k = note_key_make(bytes_of(name), type, &key);

    note_key_print(vkey, &k);
    return secret;
}

static void parties_make(struct parties *p, struct arena *a, const char *rest)
{
    text_init(&p->policy, a, 10000);
    text_puts(&p->policy, "# who is believed\n\n\tlog ");
    p->log = new_key(a, "log.example", NOTE_ED25519, &p->policy);
    text_puts(&p->policy, " https://log.example\n");
    for (unsigned i = 0; i < WITNESSES; i++) {
        char name[16];

        text_puts(&p->policy, "witness ");
        text_add(&p->policy, bytes_format(name, sizeof(name), "w%u ", i));
        p->witness[i] = new_key(a, "witness.example", NOTE_COSIGNATURE, &p->policy);
        text_char(&p->policy, '\n');
    }
    text_puts(&p->policy, rest);
}

static struct trust_verdict judge(const struct parties *p, struct arena *a, unsigned who,
                                  bool log_signs)
{
    static const char text[] = "log.example\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    struct trust_policy policy;
    struct checkpoint c;
    struct note n;
    struct text t;
    struct err e;

    text_init(&t, a, 10000);
    text_puts(&t, text);
    text_char(&t, '\n');
    if (log_signs)
        assert_true(note_sign(&t, bytes_of(text), LITERAL("log.example"), p->log, &e));
    for (unsigned i = 0; i < WITNESSES; i++) {
        if ((who >> i & 1) != 0)
            assert_true(note_cosign(&t, bytes_of(text), LITERAL("witness.example"),
                                    p->witness[i], 1700000000 + i, &e));
    }
    assert_true(trust_policy_parse(text_bytes(&p->policy), a, &policy, &e));
    assert_true(note_parse(text_bytes(&t), a, &n, &e));
    assert_true(checkpoint_parse(n.text, a, &c, &e));
    return trust_policy_judge(&policy, &n, &c, a);
}

static void quorums(void **state)
{
    struct parties p;

    parties_make(
        &p, *state,
        "group pair all w0 w1\ngroup any any w2 w3\ngroup both 2 pair any\nquorum both\n");
    for (unsigned who = 0; who < 1U << WITNESSES; who++) {
        struct trust_verdict v = judge(&p, *state, who, true);

        assert_true(v.log_signed);
        assert_int_equal(v.cosigned, __builtin_popcount(who));
        assert_int_equal(v.quorum, (who & 3) == 3 && (who & 12) != 0);
        if (who == 10) {
            assert_int_equal(v.time_low, 1700000001);
            assert_int_equal(v.time_high, 1700000003);
        }
    }
    assert_false(judge(&p, *state, 15, false).log_signed);
    parties_make(&p, *state, "quorum none\n");
    assert_true(judge(&p, *state, 0, true).quorum);
    parties_make(&p, *state, "quorum w2\n");
    assert_false(judge(&p, *state, 11, true).quorum);
    assert_true(judge(&p, *state, 4, true).quorum);
}

static void malformed_policies(void **state)
{
    static const char *const bad[] = {
        "",
        "group g all w0 w9\nquorum g\n",
        "group g 0 w0\nquorum g\n",
        "group g 3 w0 w1\nquorum g\n",
        "group g 01 w0 w1\nquorum g\n",
        "group g all\nquorum g\n",
        "group g all w0\ngroup h all w0\nquorum g\n",
        "group g all w0 w0\nquorum g\n",
        "group w0 all w1\nquorum w0\n",
        "group none all w1\nquorum w0\n",
        "group g all none\nquorum g\n",
        "quorum g\n",
        "quorum w0\nquorum w1\n",
        "quorum w0 w1\n",
        "quorum w0",
        "witness x nokey\nquorum w0\n",
        "witness\nquorum w0\n",
        "log\nquorum w0\n",
        "other w0\nquorum w0\n",
        "quorum w0\r\n",
        "quorum w0\x7f\n",
    };
    struct trust_policy policy;
    struct parties p;
    struct err e;

    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        parties_make(&p, *state, bad[i]);
        assert_false(trust_policy_parse(text_bytes(&p.policy), *state, &policy, &e));
        assert_int_equal(e.code, ERR_INPUT);
    }
    /* The same key twice, as two witnesses. */
    parties_make(&p, *state, "");
    const uint8_t *at = memmem(p.policy.data, p.policy.len, "w3 ", 3);
    struct bytes again = bytes_slice(
        text_bytes(&p.policy), (size_t)(at - (const uint8_t *)p.policy.data) + 3, SIZE_MAX);

    again = arena_copy(*state, again);
    text_puts(&p.policy, "witness again ");
    text_add(&p.policy, again);
    text_puts(&p.policy, "quorum none\n");
    assert_false(trust_policy_parse(text_bytes(&p.policy), *state, &policy, &e));
}

static void log_proofs(void **state)
{
    struct log_proof made = {
        .extra = LITERAL("more"), .has_extra = true, .index = 1, .count = 1};
    struct digest first = merkle_leaf(LITERAL("one"));
    struct digest second = merkle_leaf(LITERAL("two"));
    struct checkpoint c = {.origin = LITERAL("log.example"), .size = 2};
    struct log_proof read;
    struct parties p;
    struct text note;
    struct text body;
    struct text t;
    struct err e;

    parties_make(&p, *state, "quorum none\n");
    c.root = merkle_node(&first, &second);
    made.hashes[0] = first;
    text_init(&body, *state, 1000);
    checkpoint_print(&body, &c);
    text_init(&note, *state, 1000);
    text_add(&note, text_bytes(&body));
    text_char(&note, '\n');
    assert_true(note_sign(&note, text_bytes(&body), c.origin, p.log, &e));
    made.checkpoint = text_bytes(&note);
    text_init(&t, *state, 10000);
    log_proof_print(&t, &made);
    assert_true(log_proof_parse(text_bytes(&t), *state, &read, &e));
    assert_true(log_proof_holds(&read, LITERAL("two")));
    assert_false(log_proof_holds(&read, LITERAL("one")));
    test_bytes_are(read.extra, "more");
    struct text again;

    text_init(&again, *state, 10000);
    log_proof_print(&again, &read);
    assert_true(bytes_equal(text_bytes(&again), text_bytes(&t)));
    for (size_t i = 0; i < t.len; i++)
        assert_false(log_proof_parse(bytes_slice(text_bytes(&t), 0, i), *state, &read, &e));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(published_notes), TEST(changed_notes),      TEST(malformed_notes),
        TEST(quorums),         TEST(malformed_policies), TEST(log_proofs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
