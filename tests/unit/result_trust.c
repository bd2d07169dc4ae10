/* SPDX-License-Identifier: Apache-2.0 */
/* The trustworthiness vector: what lowers a claim, what leaves it open, what affirms it. */
#include "result/result.h"

#include "unit/test.h"

enum {
    ROOM = 8,
    COMPARED = 1U << JUDGE_REFERENCE
};

struct case_result {
    struct result result;
    struct result_finding findings[ROOM];
    struct result_coverage coverage[ROOM];
    struct bytes gap;
};

static struct case_result *begin(struct arena *a)
{
    struct case_result *c = ARENA_NEW(a, struct case_result);

    c->result.findings = c->findings;
    c->result.coverage = c->coverage;
    c->result.gaps.rows = &c->gap;
    return c;
}

static void add(struct case_result *c, const char *id, enum severity severity, const char *path)
{
    c->findings[c->result.finding_count++] = (struct result_finding){
        .id = bytes_of(id), .severity = severity, .path = bytes_of(path)};
    c->result.verdict = VERDICT_SUSPECT;
}

static void see(struct case_result *c, const char *surface, const char *witness,
                enum coverage_state state, unsigned judged_by)
{
    c->coverage[c->result.coverage_count++] =
        (struct result_coverage){.surface = bytes_of(surface),
                                 .witness = bytes_of(witness),
                                 .state = state,
                                 .judged_by = judged_by};
}

/* A machine of which all that is needed was seen and compared. */
static struct case_result *whole(struct arena *a)
{
    struct case_result *c = begin(a);

    see(c, "efivar", "host-firmware", COVERAGE_SEEN, COMPARED);
    see(c, "eventlog", "host-firmware", COVERAGE_SEEN, COMPARED);
    see(c, "tpm", "tpm", COVERAGE_SEEN, 1U << JUDGE_PEERS);
    see(c, "pci", "host-kernel", COVERAGE_SEEN, COMPARED);
    see(c, "smbios", "host-kernel", COVERAGE_SEEN, 1U << JUDGE_HISTORY);
    return c;
}

static void vector_is(struct case_result *c, int identity, int configuration, int executables,
                      int hardware)
{
    const int want[TRUST_CLAIMS] = {identity, configuration, executables, 0, hardware, 0, 0, 0};

    result_trust(&c->result);
    for (size_t i = 0; i < TRUST_CLAIMS; i++)
        assert_int_equal(c->result.trust[i], want[i]);
}

static void what_was_compared_is_affirmed(void **state)
{
    struct case_result *c = whole(*state);

    vector_is(c, 0, 2, 3, 2);
    assert_int_equal(result_tier(&c->result), TIER_AFFIRMING);
}

static void a_gap_affirms_nothing(void **state)
{
    struct case_result *c = whole(*state);

    c->result.verdict = VERDICT_INCOMPLETE;
    c->result.gaps.count = 1;
    vector_is(c, 0, 0, 0, 0);
    assert_int_equal(result_tier(&c->result), TIER_NONE);
}

static void rules_alone_affirm_nothing(void **state)
{
    struct case_result *c = whole(*state);

    c->coverage[0].judged_by = 1U << JUDGE_RULE | 1U << JUDGE_WITNESS;
    vector_is(c, 0, 0, 3, 2);
}

static void a_file_is_no_machine(void **state)
{
    struct case_result *c = whole(*state);

    c->coverage[3].witness = bytes_of("document");
    vector_is(c, 0, 2, 3, 0);
}

static void what_was_read_in_part_is_open(void **state)
{
    struct case_result *c = whole(*state);

    see(c, "flash", "host-kernel", COVERAGE_PARTIAL, COMPARED);
    vector_is(c, 0, 2, 3, 1);
}

static void findings_lower_their_claim(void **state)
{
    struct case_result *c = whole(*state);

    add(c, "reference.changed", SEVERITY_MEDIUM, "pci@host-kernel/00:1c.5");
    vector_is(c, 0, 2, 3, -33);
    add(c, "rule.flash-malformed", SEVERITY_MEDIUM, "flash@host-kernel/volume:x");
    vector_is(c, 0, 2, 3, 32);
    assert_int_equal(result_tier(&c->result), TIER_WARNING);
    add(c, "reference.added", SEVERITY_HIGH, "pci@host-kernel");
    vector_is(c, 0, 2, 3, 97);
    assert_int_equal(result_tier(&c->result), TIER_CONTRAINDICATED);
    add(c, "rule.secure-boot-contradiction", SEVERITY_HIGH, "efivar@host-firmware/x");
    add(c, "witness.pcr", SEVERITY_MEDIUM, "eventlog@host-firmware/pcr:0");
    add(c, "history.other-machine", SEVERITY_HIGH, "subject");
    vector_is(c, 97, 96, 99, 97);
}

static void what_does_not_count_lowers_nothing(void **state)
{
    struct case_result *c = whole(*state);

    add(c, "rule.known-bad-file", SEVERITY_CRITICAL, "flash@host-kernel/volume:x");
    c->findings[0].waived = bytes_of("a reason");
    add(c, "rule.secure-boot-off", SEVERITY_LOW, "efivar@host-firmware/x");
    c->result.verdict = VERDICT_CLEAN;
    vector_is(c, 0, 2, 3, 2);
}

static void every_value_has_a_tier(void **state)
{
    static const struct {
        int first;
        int last;
        enum trust_tier tier;
    } rows[] = {
        {-128, -97, TIER_CONTRAINDICATED},
        {-96,  -33, TIER_WARNING        },
        {-32,  -2,  TIER_AFFIRMING      },
        {-1,   1,   TIER_NONE           },
        {2,    31,  TIER_AFFIRMING      },
        {32,   95,  TIER_WARNING        },
        {96,   127, TIER_CONTRAINDICATED},
    };

    int next = INT8_MIN;

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(rows[i].first, next);
        for (int v = rows[i].first; v <= rows[i].last; v++)
            assert_int_equal(trust_tier((int8_t)v), rows[i].tier);
        next = rows[i].last + 1;
    }
    assert_int_equal(next, INT8_MAX + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_compared_is_affirmed),      TEST(a_gap_affirms_nothing),
        TEST(rules_alone_affirm_nothing),         TEST(a_file_is_no_machine),
        TEST(what_was_read_in_part_is_open),      TEST(findings_lower_their_claim),
        TEST(what_does_not_count_lowers_nothing), TEST(every_value_has_a_tier),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
