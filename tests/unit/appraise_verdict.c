/* SPDX-License-Identifier: Apache-2.0 */
/* Coverage, policy and verdict. */
#include "appraise/verdict.h"

#include "unit/subject_case.h"

#define NOW   "2026-11-24T00:00:00Z"
#define LATER "2027-01-01T00:00:00Z"
#define PAST  "2026-01-01T00:00:00Z"

static const uint8_t zeros[256] = {0};
static const uint8_t code[] = {0xc1};

static const struct surface_coverage *row(const struct coverage *c, const char *surface,
                                          const char *witness)
{
    const struct surface_coverage *r = coverage_find(c, bytes_of(surface), bytes_of(witness));

    assert_non_null(r);
    return r;
}

static struct coverage covered(struct case_subject *c)
{
    struct coverage ret;

    coverage_build(case_done(c), c->arena, &ret);
    return ret;
}

static void what_nobody_tried_has_a_row(void **state)
{
    struct case_subject *c = case_new(*state);
    struct coverage k = covered(c);

    assert_int_equal(row(&k, "flash", "programmer")->state, COVERAGE_UNTRIED);
    assert_int_equal(row(&k, "smbios", "host-kernel")->state, COVERAGE_UNTRIED);
}

static void some_seen_and_some_refused_is_partial(void **state)
{
    struct case_subject *c = case_new(*state);

    case_entry(c, "smbios-table", "DMI", COVERAGE_SEEN, bytes_of("bytes"));
    case_entry(c, "smbios-entry", "entry", COVERAGE_REFUSED, (struct bytes){NULL, 0});
    case_entry(c, "acpi-table", "DSDT", COVERAGE_SEEN, bytes_of("bytes"));
    case_entry(c, "acpi-dynamic", "", COVERAGE_ABSENT, (struct bytes){NULL, 0});
    struct coverage k = covered(c);

    assert_int_equal(row(&k, "smbios", "host-kernel")->state, COVERAGE_PARTIAL);
    assert_int_equal(row(&k, "acpi", "host-kernel")->state, COVERAGE_SEEN);
}

static void blank_memory_and_completion_codes_are_gaps(void **state)
{
    struct case_subject *c = case_new(*state);
    struct bytes blank = {zeros, sizeof(zeros)};

    case_entry(c, "spd", "i2c/i2c-0-50.bin", COVERAGE_SEEN, blank);
    case_entry(c, "bmc-device-id", "ipmi/get_device_id.bin", COVERAGE_SEEN, bytes_of("bytes"));
    case_entry(c, "bmc-guid", "ipmi/get_system_guid.bin", COVERAGE_SEEN,
               (struct bytes){code, 1});
    struct coverage k = covered(c);

    assert_int_equal(row(&k, "spd", "host-kernel")->state, COVERAGE_FAILED);
    assert_int_equal(row(&k, "bmc", "bmc")->state, COVERAGE_PARTIAL);
    assert_true(memmem(row(&k, "bmc", "bmc")->reason.data, row(&k, "bmc", "bmc")->reason.len,
                       "completion code 0xc1", 20) != NULL);
}

static void faults_make_a_surface_partial(void **state)
{
    struct case_subject *c = case_new(*state);

    case_entry(c, "smbios-table", "DMI", COVERAGE_SEEN, bytes_of("bytes"));
    case_fault(c, "smbios@host-kernel/system", FAULT_BAD_LENGTH);
    struct coverage k = covered(c);

    assert_int_equal(row(&k, "smbios", "host-kernel")->state, COVERAGE_PARTIAL);
}

/* A policy that wants SMBIOS alone. */
static struct policy smbios_policy(struct arena *a, bool judged)
{
    struct policy p;

    policy_default(&p, a);
    p.required = ARENA_ARRAY(a, struct requirement, 1);
    p.required[0] = (struct requirement){.surface = bytes_of("smbios"), .judged = judged};
    p.required_count = 1;
    return p;
}

static enum verdict decide(struct case_subject *c, const struct findings *f,
                           const struct policy *p, unsigned judged_by, uint64_t voters)
{
    struct sentences gaps;
    struct sentences residual;
    struct coverage k = covered(c);

    coverage_find(&k, bytes_of("smbios"), bytes_of("host-kernel"))->judged_by = judged_by;
    enum verdict v =
        verdict_decide(&(struct verdict_input){f, &k, p, voters}, c->arena, &gaps, &residual);

    assert_true(residual.count > 0);
    assert_int_equal(v == VERDICT_INCOMPLETE, gaps.count > 0 && v != VERDICT_SUSPECT);
    return v;
}

static void seen_but_unjudged_is_incomplete(void **state)
{
    struct case_subject *c = case_new(*state);
    struct findings none = {.arena = *state};
    struct policy p = smbios_policy(*state, true);

    case_entry(c, "smbios-table", "DMI", COVERAGE_SEEN, bytes_of("bytes"));
    unsigned peers = 1U << JUDGE_PEERS;

    assert_int_equal(decide(c, &none, &p, 0, 0), VERDICT_INCOMPLETE);
    assert_int_equal(decide(c, &none, &p, 1U << JUDGE_RULE, 0), VERDICT_INCOMPLETE);
    assert_int_equal(decide(c, &none, &p, 1U << JUDGE_REFERENCE, 0), VERDICT_CLEAN);
    assert_int_equal(decide(c, &none, &p, 1U << JUDGE_HISTORY, 0), VERDICT_CLEAN);
    assert_int_equal(decide(c, &none, &p, peers, 5), VERDICT_INCOMPLETE);
    assert_int_equal(decide(c, &none, &p, peers, 8), VERDICT_CLEAN);
}

static void absent_counts_only_if_judged(void **state)
{
    struct case_subject *c = case_new(*state);
    struct findings none = {.arena = *state};
    struct policy p = smbios_policy(*state, false);

    case_entry(c, "smbios-table", "", COVERAGE_ABSENT, (struct bytes){NULL, 0});
    assert_int_equal(decide(c, &none, &p, 0, 0), VERDICT_INCOMPLETE);
    assert_int_equal(decide(c, &none, &p, 1U << JUDGE_REFERENCE, 0), VERDICT_CLEAN);
}

static struct findings one_finding(struct arena *a, enum severity s)
{
    struct findings f = {.arena = a};

    findings_add(&f, (struct finding){.id = "rule.setup-mode",
                                      .judge = JUDGE_RULE,
                                      .severity = s,
                                      .path = bytes_of("efivar@host-firmware/x"),
                                      .node = TREE_NONE});
    return f;
}

static void medium_and_worse_is_suspect(void **state)
{
    struct case_subject *c = case_new(*state);
    struct policy p = smbios_policy(*state, false);
    struct findings low = one_finding(*state, SEVERITY_LOW);
    struct findings medium = one_finding(*state, SEVERITY_MEDIUM);

    case_entry(c, "smbios-table", "DMI", COVERAGE_SEEN, bytes_of("bytes"));
    assert_int_equal(decide(c, &low, &p, 0, 0), VERDICT_CLEAN);
    assert_int_equal(decide(c, &medium, &p, 0, 0), VERDICT_SUSPECT);
}

static void overrides_and_waivers(void **state)
{
    struct severity_override heavier = {"rule.setup-*", "", SEVERITY_HIGH};
    struct waiver w = {.id = "rule.setup-mode",
                       .path = "",
                       .reason = bytes_of("in the lab"),
                       .by = bytes_of("operations"),
                       .expires = bytes_of(LATER)};
    struct policy p = smbios_policy(*state, false);
    struct findings f = one_finding(*state, SEVERITY_LOW);

    p.overrides = &heavier;
    p.override_count = 1;
    policy_apply(&p, bytes_of(NOW), &f);
    assert_int_equal(f.rows[0].severity, SEVERITY_HIGH);
    assert_int_equal(f.rows[0].waived.len, 0);
    p.waivers = &w;
    p.waiver_count = 1;
    policy_apply(&p, bytes_of(NOW), &f);
    assert_true(f.rows[0].waived.len > 0);
}

static void expired_waivers_are_told_and_do_nothing(void **state)
{
    struct waiver w = {.id = "rule.setup-mode",
                       .path = "",
                       .reason = bytes_of("in the lab"),
                       .by = bytes_of("operations"),
                       .expires = bytes_of(PAST)};
    struct policy p = smbios_policy(*state, false);
    struct findings f = one_finding(*state, SEVERITY_MEDIUM);

    p.waivers = &w;
    p.waiver_count = 1;
    policy_apply(&p, bytes_of(NOW), &f);
    assert_int_equal(f.rows[0].waived.len, 0);
    assert_true(f.rows[0].note.len > 0);
    policy_apply(&p, bytes_of(""), &f);
    assert_int_equal(f.rows[0].waived.len, 0);
}

static void approvals_end(void **state)
{
    struct approved_change c = {.path = "smbios@**",
                                .to = bytes_of("new"),
                                .reason = bytes_of("order 7"),
                                .by = bytes_of("operations"),
                                .expires = bytes_of(LATER)};
    struct policy p = smbios_policy(*state, false);
    struct bytes path = bytes_of("smbios@host-kernel/system/serial");

    p.approved = &c;
    p.approved_count = 1;
    assert_ptr_equal(policy_approval(&p, path, bytes_of("new"), bytes_of(NOW)), &c);
    assert_null(policy_approval(&p, path, bytes_of("other"), bytes_of(NOW)));
    assert_null(policy_approval(&p, path, bytes_of("new"), bytes_of(LATER)));
    assert_null(policy_approval(&p, bytes_of("acpi@x/y"), bytes_of("new"), bytes_of(NOW)));
}

static void a_policy_is_named_by_what_it_decides(void **state)
{
    struct policy a;
    struct policy b;

    policy_default(&a, *state);
    policy_default(&b, *state);
    assert_true(digest_equal(&a.digest, &b.digest));
    b.peers.rate++;
    policy_seal(&b, *state);
    assert_false(digest_equal(&a.digest, &b.digest));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_nobody_tried_has_a_row),
        TEST(some_seen_and_some_refused_is_partial),
        TEST(blank_memory_and_completion_codes_are_gaps),
        TEST(faults_make_a_surface_partial),
        TEST(seen_but_unjudged_is_incomplete),
        TEST(absent_counts_only_if_judged),
        TEST(medium_and_worse_is_suspect),
        TEST(overrides_and_waivers),
        TEST(expired_waivers_are_told_and_do_nothing),
        TEST(approvals_end),
        TEST(a_policy_is_named_by_what_it_decides),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
