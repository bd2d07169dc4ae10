/* SPDX-License-Identifier: Apache-2.0 */
#include "result/result.h"

#include "unit/subject_case.h"

#define EVIL "<script>alert('x')</script>&\"\x01\xff"

/* A result with every member in use and hostile text wherever evidence may put it. */
static struct result sample(struct arena *a)
{
    static const int trust[TRUST_CLAIMS] = {-128, -33, -1, 0, 1, 2, 96, 127};
    struct case_subject *c = case_new(a);
    struct findings f = {.arena = a};
    struct coverage k;
    struct result r = {
        .tool = bytes_of("assay 0.1.0"),
        .as_of = bytes_of("2026-11-24T00:00:00Z"),
        .subject = bytes_of(EVIL),
        .verdict = VERDICT_SUSPECT,
        .policy_name = bytes_of(EVIL),
        .has_cohort = true,
        .members = 5,
        .has_history = true,
    };

    case_text(c, "smbios@host-kernel/system", "smbios.system.serial", EVIL);
    case_entry(c, "smbios-table", EVIL, COVERAGE_PARTIAL, bytes_of("bytes"));
    const struct subject *s = case_done(c);

    findings_add(&f, (struct finding){
                         .id = "rule.placeholder-identity",
                         .judge = JUDGE_PEERS,
                         .severity = SEVERITY_MEDIUM,
                         .path = bytes_of("smbios@host-kernel/system/serial"),
                         .other = bytes_of(EVIL),
                         .why = bytes_of(EVIL),
                         .next = bytes_of(EVIL),
                         .value = bytes_of(EVIL),
                         .expected = bytes_of(EVIL),
                         .has_centibits = true,
                         .centibits = 232,
                         .agree = 1,
                         .voters = 5,
                         .node = tree_find(&s->tree, "smbios@host-kernel/system/serial"),
                     });
    findings_add(&f, (struct finding){.id = "rule.setup-mode",
                                      .judge = JUDGE_RULE,
                                      .severity = SEVERITY_LOW,
                                      .path = bytes_of("efivar@host-firmware/x"),
                                      .waived = bytes_of(EVIL),
                                      .note = bytes_of(EVIL),
                                      .node = TREE_NONE});
    coverage_build(s, a, &k);
    result_take(&r, s, &f, &k, a);
    r.references = ARENA_NEW(a, struct result_source);
    r.references[0].name = bytes_of(EVIL);
    r.reference_count = 1;
    r.gaps.rows = ARENA_NEW(a, struct bytes);
    r.gaps.rows[r.gaps.count++] = bytes_of(EVIL);
    r.residual = r.gaps;
    for (int i = 0; i < TRUST_CLAIMS; i++)
        r.trust[i] = (int8_t)trust[i];
    return r;
}

static void what_is_written_reads_back(void **state)
{
    struct result r = sample(*state);
    struct bytes node = result_encode(&r, *state);
    struct result back;
    struct err e;

    assert_true(result_recognise(node));
    assert_true(result_decode(node, *state, &back, &e));
    assert_true(bytes_equal(result_encode(&back, *state), node));
    struct digest a = result_digest(&r, *state);
    struct digest b = result_digest(&back, *state);

    assert_true(digest_equal(&a, &b));
    assert_memory_equal(back.trust, r.trust, sizeof(r.trust));
    assert_true(back.findings[0].has_span);
    test_bytes_are(back.findings[0].excerpt, "made");
}

/* Every prefix, and every byte changed: refused, or another result, never the same. */
static void damage_shows(void **state)
{
    struct result r = sample(*state);
    struct bytes node = result_encode(&r, *state);
    struct digest want = result_digest(&r, *state);
    struct result back;
    struct err e;

    for (size_t n = 0; n < node.len; n++)
        assert_false(result_decode(bytes_slice(node, 0, n), *state, &back, &e));
    for (size_t i = 0; i < node.len; i += 7) {
        struct bytes copy = arena_copy(*state, node);
        uint8_t *writable = arena_alloc(*state, node.len);

        memcpy(writable, copy.data, copy.len);
        writable[i] ^= 0x01;
        if (!result_decode((struct bytes){writable, node.len}, *state, &back, &e))
            continue;
        struct digest d = result_digest(&back, *state);

        assert_false(digest_equal(&d, &want));
    }
}

static bool holds(const struct text *t, const char *words)
{
    return memmem(t->data, t->len, words, strlen(words)) != NULL;
}

static void pages_leave_no_markup_alive(void **state)
{
    struct result r = sample(*state);
    struct text t;

    text_init(&t, *state, 1 << 22);
    result_html(&t, &r, *state);
    assert_false(t.overflow);
    assert_false(holds(&t, "<script"));
    assert_true(holds(&t, "&lt;script&gt;"));
    assert_false(holds(&t, "http://") || holds(&t, "https://"));
    assert_true(bytes_utf8(text_bytes(&t)));
}

static void text_is_plain_without_a_terminal(void **state)
{
    struct result r = sample(*state);
    struct text plain;
    struct text painted;

    text_init(&plain, *state, 1 << 22);
    text_init(&painted, *state, 1 << 22);
    result_text(&plain, &r, false);
    result_text(&painted, &r, true);
    assert_false(holds(&plain, "\033"));
    assert_true(holds(&painted, "\033[1;31m"));
    assert_true(holds(&plain, "1 of 5 machines have this; 2.32 bits of surprise"));
}

static void json_is_the_same_every_time(void **state)
{
    struct result r = sample(*state);
    struct text a;
    struct text b;

    text_init(&a, *state, 1 << 22);
    text_init(&b, *state, 1 << 22);
    result_json(&a, &r, *state);
    result_json(&b, &r, *state);
    assert_true(bytes_equal(text_bytes(&a), text_bytes(&b)));
    assert_true(holds(&a, "\"schema\":1,\"verdict\":\"suspect\""));
    assert_true(holds(&a, "\"centibits\":232"));
    assert_true(holds(&a, "\"centibits\":null"));
    assert_true(
        holds(&a, "\"trust_vector\":{\"instance-identity\":-128,\"configuration\":-33,"));
    assert_true(holds(&a, "\"sourced-data\":127}"));
    assert_true(bytes_utf8(text_bytes(&a)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_written_reads_back),  TEST(damage_shows),
        TEST(pages_leave_no_markup_alive), TEST(text_is_plain_without_a_terminal),
        TEST(json_is_the_same_every_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
