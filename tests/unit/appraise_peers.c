/* SPDX-License-Identifier: Apache-2.0 */
/* Cohorts and the judge of peers, over hand-made machines. */
#include "appraise/peers.h"

#include <stdio.h>

#include "appraise/surprise.h"
#include "unit/test.h"

static const struct span nowhere = {0, 0, 0};
static const struct peers_policy policy = PEERS_POLICY_DEFAULT;

enum {
    MACHINES_MAX = 256
};

struct machine {
    struct subject subject;
    char id[32];
    uint32_t surface;
    uint32_t board;
    uint32_t list;
};

struct fleet {
    struct arena *arena;
    struct machine machines[MACHINES_MAX];
    size_t count;
    struct findings findings;
    struct peers_result result;
};

static uint32_t number(struct machine *m, uint32_t parent, const char *name, uint64_t v)
{
    return decoded_claim(&m->subject.decoded, parent, bytes_of(name), KEY_DATA_LENGTH,
                         (struct value){.type = TYPE_UINT, .uint = v}, nowhere);
}

static uint32_t words(struct machine *m, uint32_t parent, enum key_id key, const char *v)
{
    return decoded_claim(&m->subject.decoded, parent, bytes_of(""), key,
                         (struct value){.type = TYPE_TEXT, .bytes = bytes_of(v)}, nowhere);
}

static uint32_t container(struct machine *m, uint32_t parent, enum item_kind kind,
                          const char *name)
{
    return decoded_open(&m->subject.decoded, parent, kind, bytes_of(name));
}

/* A machine with a surface, a board and a few claims, like all others of the fleet. */
static struct machine *machine_new(struct fleet *f)
{
    struct machine *m = &f->machines[f->count++];

    (void)snprintf(m->id, sizeof(m->id), "m%03zu", f->count);
    decoded_init(&m->subject.decoded, f->arena);
    m->subject.name = bytes_of(m->id);
    m->subject.digest = digest_sha256(bytes_of(m->id));
    m->surface = container(m, 0, ITEM_MAP, "smbios@host-kernel");
    m->board = container(m, m->surface, ITEM_MAP, "baseboard");
    number(m, m->board, "a", 1);
    number(m, m->board, "b", 2);
    return m;
}

static struct fleet *fleet_new(struct arena *a, size_t count)
{
    struct fleet *f = ARENA_NEW(a, struct fleet);

    f->arena = a;
    f->findings.arena = a;
    for (size_t i = 0; i < count; i++)
        machine_new(f);
    return f;
}

static struct cohort *cohort_of(struct fleet *f, size_t judged, bool backwards)
{
    struct cohort_options options = {.keep_nodes = true};
    struct cohort *c = cohort_new(f->arena, &options);
    struct err e = {0};

    for (size_t i = 0; i < f->count; i++) {
        size_t n = backwards ? f->count - 1 - i : i;
        struct machine *m = &f->machines[n];

        if (!cohort_subject_add(c, &m->subject, bytes_of(m->id), n == judged, &e))
            fail_msg("%s", e.text);
    }
    assert_true(cohort_freeze(c, &e));
    return c;
}

/* Judges one machine against all by a policy. */
static void judge_by(struct fleet *f, size_t n, const struct peers_policy *p)
{
    struct subject *s = &f->machines[n].subject;
    struct cohort *c = cohort_of(f, n, false);
    struct err e = {0};

    f->findings = (struct findings){.arena = f->arena};
    tree_build(&s->tree, &s->decoded, NULL, NULL);
    assert_true(peers_judge(c, s, p, &f->findings, &f->result, &e));
    findings_sort(&f->findings);
}

static void judge(struct fleet *f, size_t n)
{
    judge_by(f, n, &policy);
}

static const struct finding *finding_at(const struct fleet *f, const char *id, const char *path)
{
    for (size_t i = 0; i < f->findings.count; i++) {
        const struct finding *row = &f->findings.rows[i];

        if (strcmp(row->id, id) == 0 && bytes_equal_text(row->path, path))
            return row;
    }
    return NULL;
}

static size_t findings_of(const struct fleet *f, const char *id)
{
    size_t n = 0;

    for (size_t i = 0; i < f->findings.count; i++)
        n += strcmp(f->findings.rows[i].id, id) == 0;
    return n;
}

static const struct finding *must(const struct fleet *f, const char *id, const char *path)
{
    const struct finding *row = finding_at(f, id, path);

    if (row == NULL)
        fail_msg("no %s at %s", id, path);
    return row;
}

static void one_of_five_dissents(void **state)
{
    struct fleet *f = fleet_new(*state, 5);

    number(&f->machines[4], f->machines[4].board, "c", 9);
    for (size_t i = 0; i < 4; i++)
        number(&f->machines[i], f->machines[i].board, "c", 3);
    judge(f, 4);
    const struct finding *row = must(f, "peers.dissent", "smbios@host-kernel/baseboard/c");

    assert_int_equal(row->agree, 1);
    assert_int_equal(row->voters, 5);
    assert_int_equal(row->centibits, 232);
    assert_int_equal(row->severity, SEVERITY_MEDIUM);
    test_bytes_are(row->value, "9 bytes");
    test_bytes_are(row->expected, "3 bytes");
    test_bytes_are(row->why, "1 of 5 machines has this value; 4 have 3 bytes");
    assert_int_equal(findings_of(f, "peers.weak"), 1);
    assert_true(f->result.weak);
    judge(f, 0);
    assert_int_equal(f->findings.count, 1);
}

static void three_machines_are_too_few_to_call_it_medium(void **state)
{
    struct fleet *f = fleet_new(*state, 3);

    for (size_t i = 0; i < 3; i++)
        number(&f->machines[i], f->machines[i].board, "c", i == 2);
    judge(f, 2);
    for (size_t i = 0; i < f->findings.count; i++)
        assert_true(f->findings.rows[i].severity < SEVERITY_MEDIUM);
}

static void the_policy_is_obeyed(void **state)
{
    static const struct peers_policy deaf = {.rate = 500, .cohort = 100, .dissent = 5};
    static const struct peers_policy sure = {.rate = 10000, .cohort = 5, .dissent = 3};
    static const struct peers_policy strict = {.rate = 1, .cohort = 5, .dissent = 3};
    static const char where[] = "smbios@host-kernel/baseboard/c";
    struct fleet *f = fleet_new(*state, 5);

    for (size_t i = 0; i < 5; i++)
        number(&f->machines[i], f->machines[i].board, "c", i == 4);
    judge_by(f, 4, &deaf);
    assert_true(must(f, "peers.dissent", where)->severity < SEVERITY_MEDIUM);
    judge_by(f, 4, &sure);
    assert_false(f->result.weak);
    assert_true(f->result.alarm);
    assert_int_equal(findings_of(f, "peers.weak"), 0);
    judge_by(f, 4, &strict);
    assert_false(f->result.alarm);
}

static void a_new_subtree_is_one_vote(void **state)
{
    struct fleet *f = fleet_new(*state, 5);
    struct machine *m = &f->machines[2];
    uint32_t slot = container(m, m->surface, ITEM_MAP, "slot:9");

    for (unsigned i = 0; i < 30; i++) {
        char name[8];

        (void)snprintf(name, sizeof(name), "n%u", i);
        number(m, slot, arena_text(*state, bytes_of(name)), i);
    }
    judge(f, 2);
    const struct finding *row = must(f, "peers.added", "smbios@host-kernel/slot:9");

    assert_int_equal(row->severity, SEVERITY_HIGH);
    assert_int_equal(f->findings.count, 2);
    judge(f, 1);
    assert_int_equal(f->findings.count, 1);
}

static void a_missing_subtree_is_one_vote(void **state)
{
    struct fleet *f = fleet_new(*state, 6);

    for (size_t i = 0; i < 5; i++) {
        struct machine *m = &f->machines[i];

        number(m, container(m, m->surface, ITEM_MAP, "fan:1"), "speed", 1);
    }
    judge(f, 5);
    const struct finding *row = must(f, "peers.removed", "smbios@host-kernel/fan:1");

    assert_int_equal(row->agree, 1);
    assert_int_equal(row->voters, 6);
    assert_int_equal(row->node, TREE_NONE);
    assert_int_equal(f->findings.count, 2);
}

static void what_was_not_seen_whole_has_no_vote_on_what_is_missing(void **state)
{
    struct fleet *f = fleet_new(*state, 6);

    for (size_t i = 0; i < 4; i++)
        number(&f->machines[i], f->machines[i].board, "c", 3);
    f->machines[4].subject.decoded.items[f->machines[4].board].faulty = true;
    judge(f, 4);
    assert_null(finding_at(f, "peers.removed", "smbios@host-kernel/baseboard/c"));
    judge(f, 5);
    const struct finding *row = must(f, "peers.removed", "smbios@host-kernel/baseboard/c");

    assert_int_equal(row->voters, 5);
    assert_int_equal(row->agree, 1);
}

static void a_surface_that_nobody_read_is_not_missing(void **state)
{
    struct fleet *f = fleet_new(*state, 6);

    for (size_t i = 0; i < 5; i++)
        number(&f->machines[i], container(&f->machines[i], 0, ITEM_MAP, "pci@host-kernel"), "x",
               1);
    judge(f, 5);
    assert_int_equal(f->findings.count, 1);
    struct cohort *c = cohort_of(f, 5, false);

    assert_int_equal(cohort_surface_voters(c, bytes_of("pci@host-kernel")), 5);
    assert_int_equal(cohort_surface_voters(c, bytes_of("smbios@host-kernel")), 6);
}

/* Members of a bag have no names: a multiset. */
static void bags_match_by_content(void **state)
{
    struct fleet *f = fleet_new(*state, 6);

    for (size_t i = 0; i < 6; i++) {
        struct machine *m = &f->machines[i];
        uint32_t bag = container(m, m->surface, ITEM_BAG, "pads");

        for (uint64_t k = 0; k < 3; k++)
            number(m, container(m, bag, ITEM_MAP, "pad"), "v", i % 2 == 0 ? k : 2 - k);
        if (i == 3)
            number(m, container(m, bag, ITEM_MAP, "pad"), "v", 7);
    }
    judge(f, 3);
    const struct finding *row = must(f, "peers.dissent", "smbios@host-kernel/pads");

    assert_int_equal(row->agree, 1);
    assert_non_null(strstr(arena_text(*state, row->why), "smbios@host-kernel/pads/pad"));
    judge(f, 2);
    assert_int_equal(f->findings.count, 1);
}

/* Where every machine has a member that nobody else has, one is nothing; two are something. */
static void bags_that_all_differ_are_quiet(void **state)
{
    struct fleet *f = fleet_new(*state, 6);

    for (size_t i = 0; i < 6; i++) {
        struct machine *m = &f->machines[i];
        uint32_t bag = container(m, m->surface, ITEM_BAG, "pads");

        number(m, container(m, bag, ITEM_MAP, "pad"), "v", 100 + i);
        if (i == 3)
            number(m, container(m, bag, ITEM_MAP, "pad"), "v", 99);
    }
    judge(f, 2);
    assert_int_equal(f->findings.count, 1);
    judge(f, 3);
    must(f, "peers.dissent", "smbios@host-kernel/pads");
}

static void lists_notice_order(void **state)
{
    struct fleet *f = fleet_new(*state, 5);

    for (size_t i = 0; i < 5; i++) {
        struct machine *m = &f->machines[i];
        uint32_t list = container(m, m->surface, ITEM_LIST, "order");

        number(m, list, "entry", i == 1 ? 2 : 1);
        number(m, list, "entry", i == 1 ? 1 : 2);
    }
    judge(f, 1);
    must(f, "peers.dissent", "smbios@host-kernel/order");
    assert_int_equal(f->findings.count, 2);
    judge(f, 0);
    assert_int_equal(f->findings.count, 1);
}

/* Two machines with the same five changes: one event, told at the highest path. */
static void one_set_of_dissenters_is_one_event(void **state)
{
    struct fleet *f = fleet_new(*state, 30);

    for (size_t i = 0; i < f->count; i++) {
        struct machine *m = &f->machines[i];
        bool odd = i == 3 || i == 4;

        for (unsigned k = 0; k < 5; k++) {
            char name[8];

            (void)snprintf(name, sizeof(name), "part%u", k);
            number(m, container(m, m->surface, ITEM_MAP, arena_text(*state, bytes_of(name))),
                   "v", odd ? 8 : 7);
        }
        number(m, m->surface, "version", odd ? 8 : 7);
    }
    judge(f, 3);
    assert_int_equal(findings_of(f, "peers.dissent"), 1);
    const struct finding *row = must(f, "peers.dissent", "smbios@host-kernel/version");

    assert_int_equal(row->agree, 2);
    assert_non_null(strstr(arena_text(*state, row->why), "and 1 more"));
}

static void board(struct machine *m, const char *product, const char *version)
{
    words(m, m->board, KEY_SM_BASEBOARD_PRODUCT, product);
    words(m, container(m, m->surface, ITEM_MAP, "bios"), KEY_SM_BIOS_VERSION, version);
}

/* What all machines of a board have is no surprise, however few they are in the fleet. */
static void boards_are_judged_among_themselves(void **state)
{
    struct fleet *f = fleet_new(*state, 120);

    for (size_t i = 0; i < f->count; i++) {
        struct machine *m = &f->machines[i];
        bool other = i >= 110;

        board(m, other ? "X12" : "X11", "1.0");
        number(m, m->surface, "chip", other ? 12 : 11);
        number(m, m->surface, "rom", i == 5 ? 12 : other ? 12 : 11);
    }
    judge(f, 115);
    assert_null(finding_at(f, "peers.dissent", "smbios@host-kernel/chip"));
    /* The board itself is judged in the fleet. */
    judge(f, 115);
    assert_int_equal(f->result.strength, surprise_centibits(10, 120));
    /* A value usual on another board is none on this one. */
    judge(f, 5);
    const struct finding *row = must(f, "peers.dissent", "smbios@host-kernel/rom");

    assert_int_equal(row->agree, 1);
    assert_int_equal(row->voters, 110);
    assert_int_equal(row->severity, SEVERITY_MEDIUM);
    assert_true(f->result.alarm);
}

/* A version that nobody else has does not make a cohort of its own. */
static void a_rare_version_hides_nothing(void **state)
{
    struct fleet *f = fleet_new(*state, 120);

    for (size_t i = 0; i < f->count; i++) {
        board(&f->machines[i], "X11", i == 7 ? "9.9" : i % 2 == 0 ? "1.0" : "1.1");
        number(&f->machines[i], f->machines[i].surface, "rom", i == 7 ? 66 : 11);
    }
    judge(f, 7);
    const struct finding *row = must(f, "peers.dissent", "smbios@host-kernel/rom");

    assert_int_equal(row->voters, 120);
    assert_int_equal(row->centibits, surprise_centibits(1, 120));
    must(f, "peers.dissent", "smbios@host-kernel/bios/version");
}

/* Alone in a small cohort with what nobody has: judged where more machines vote. */
static void alone_in_a_small_cohort_is_judged_in_the_fleet(void **state)
{
    struct fleet *f = fleet_new(*state, 120);

    for (size_t i = 0; i < f->count; i++) {
        board(&f->machines[i], i < 10 ? "X12" : "X11", "1.0");
        number(&f->machines[i], f->machines[i].surface, "rom", i == 7 ? 66 : 11);
    }
    judge(f, 7);
    assert_int_equal(must(f, "peers.dissent", "smbios@host-kernel/rom")->voters, 120);
}

static void measured_values_are_not_alike(void **state)
{
    struct fleet *f = fleet_new(*state, 10);

    for (size_t i = 0; i < f->count; i++)
        decoded_claim(&f->machines[i].subject.decoded, f->machines[i].board, bytes_of(""),
                      KEY_SM_PROCESSOR_CURRENT_SPEED,
                      (struct value){.type = TYPE_UINT, .uint = i == 9 ? 800 : 2000 + i % 3},
                      nowhere);
    judge(f, 9);
    const struct finding *row =
        must(f, "peers.dissent", "smbios@host-kernel/baseboard/current-speed");

    assert_int_equal(row->centibits, surprise_centibits(1, 10));
    assert_true(row->severity < SEVERITY_MEDIUM);
    judge(f, 0);
    assert_int_equal(f->findings.count, 1);
}

static void order_of_members_leaves_no_trace(void **state)
{
    struct fleet *f = fleet_new(*state, 40);

    for (size_t i = 0; i < f->count; i++) {
        board(&f->machines[i], i < 12 ? "X12" : "X11", i % 3 == 0 ? "1.0" : "1.1");
        number(&f->machines[i], f->machines[i].surface, "rom", i % 7);
    }
    struct cohort *a = cohort_of(f, 0, false);
    struct cohort *b = cohort_of(f, 0, true);
    struct bytes x = cohort_pack(a, *state);
    struct bytes y = cohort_pack(b, *state);

    assert_true(bytes_equal(cohort_encode(a, *state), cohort_encode(b, *state)));
    assert_true(bytes_equal(x, y));
}

static void packed_cohorts_read_back(void **state)
{
    struct fleet *f = fleet_new(*state, 12);
    struct cohort_options options = {0};
    struct err e = {0};

    for (size_t i = 0; i < f->count; i++) {
        number(&f->machines[i], f->machines[i].surface, "rom", i % 5);
        words(&f->machines[i], f->machines[i].board, KEY_SM_BASEBOARD_SERIAL,
              arena_format(*state, "SN%zu77", i / 2));
    }
    struct cohort *c = cohort_of(f, 0, false);
    struct bytes pack = cohort_pack(c, *state);
    struct cohort *again = cohort_unpack(pack, &options, *state, &e);
    struct digest node;
    struct digest decoders;

    if (again == NULL)
        fail_msg("%s", e.text);
    struct digest x = cohort_digest(c, *state);
    struct digest y = cohort_digest(again, *state);

    assert_true(digest_equal(&x, &y));
    assert_true(cohort_pack_digest(pack, &node, &decoders, &e));
    assert_true(digest_equal(&x, &node));
    /* Every change of a byte is noticed, and every cut. */
    for (size_t i = 0; i < pack.len; i += 3) {
        uint8_t *bad = arena_alloc(*state, pack.len);

        memcpy(bad, pack.data, pack.len);
        bad[i] ^= 0x41;
        struct cohort *other =
            cohort_unpack((struct bytes){bad, pack.len}, &options, *state, &e);

        if (other != NULL) {
            y = cohort_digest(other, *state);
            assert_false(digest_equal(&x, &y));
        }
        assert_null(cohort_unpack(bytes_slice(pack, 0, i), &options, *state, &e));
    }
}

static void the_latest_evidence_votes(void **state)
{
    struct fleet *f = fleet_new(*state, 6);
    struct cohort_options options = {0};
    struct cohort *c = cohort_new(*state, &options);
    struct err e = {0};

    f->machines[0].subject.evidence.time = bytes_of("2024-05-01T00:00:00Z");
    f->machines[1].subject.evidence.time = bytes_of("2024-04-01T00:00:00Z");
    for (size_t i = 0; i < f->count; i++)
        assert_true(cohort_subject_add(c, &f->machines[i].subject,
                                       bytes_of(i < 2 ? "one" : f->machines[i].id), false, &e));
    assert_true(cohort_freeze(c, &e));
    assert_int_equal(cohort_size(c), 5);
    /* What is judged votes even so. */
    assert_true(cohort_subject_add(c, &f->machines[1].subject, bytes_of("one"), true, &e));
    assert_true(cohort_freeze(c, &e));
    struct subject *s = &f->machines[1].subject;

    tree_build(&s->tree, &s->decoded, NULL, NULL);
    assert_true(peers_judge(c, s, &policy, &f->findings, &f->result, &e));
    assert_false(
        peers_judge(c, &f->machines[0].subject, &policy, &f->findings, &f->result, &e));
}

static void own_values_belong_to_one(void **state)
{
    struct fleet *f = fleet_new(*state, 5);

    for (size_t i = 0; i < f->count; i++) {
        struct machine *m = &f->machines[i];

        words(m, m->board, KEY_SM_BASEBOARD_SERIAL,
              i == 1   ? "om-145 s2"
              : i == 3 ? "OM145S2"
                       : arena_format(*state, "OM%zu", i + 700));
        words(m, m->board, KEY_SM_BASEBOARD_ASSET, "To be filled by O.E.M.");
    }
    judge(f, 3);
    const struct finding *row =
        must(f, "peers.duplicate", "smbios@host-kernel/baseboard/serial");

    assert_non_null(strstr(arena_text(*state, row->why), "m002"));
    assert_int_equal(findings_of(f, "peers.duplicate"), 1);
    judge(f, 0);
    assert_int_equal(findings_of(f, "peers.duplicate"), 0);
}

static void bad_nodes_are_refused(void **state)
{
    const struct bytes bad[] = {
        LITERAL(""),
        LITERAL("\x83"),
        LITERAL("\x83\x00\xf4\x81"),
        LITERAL("\x83\x07\xf4\x80"),
        LITERAL("\x83\x00\xf4\x80\x00"),
        LITERAL("\x83\x00\xf4\x81\x82\x41x\x41y"),
        LITERAL("\x83\x00\xf4\x81\x83\xf6\x41x\x00"),
        LITERAL("\x82\x08\xf4"),
    };
    struct cohort_options options = {0};
    struct cohort *c = cohort_new(*state, &options);
    struct cohort_member m = {0};
    struct err e = {0};

    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct digest d = digest_sha256(bad[i]);

        assert_false(cohort_node_add(c, &d, bad[i], &e));
    }
    assert_false(cohort_member_add(c, &m, &e));
    assert_false(cohort_freeze(c, &e));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_of_five_dissents),
        TEST(three_machines_are_too_few_to_call_it_medium),
        TEST(the_policy_is_obeyed),
        TEST(a_new_subtree_is_one_vote),
        TEST(a_missing_subtree_is_one_vote),
        TEST(what_was_not_seen_whole_has_no_vote_on_what_is_missing),
        TEST(a_surface_that_nobody_read_is_not_missing),
        TEST(bags_match_by_content),
        TEST(bags_that_all_differ_are_quiet),
        TEST(lists_notice_order),
        TEST(one_set_of_dissenters_is_one_event),
        TEST(boards_are_judged_among_themselves),
        TEST(a_rare_version_hides_nothing),
        TEST(alone_in_a_small_cohort_is_judged_in_the_fleet),
        TEST(measured_values_are_not_alike),
        TEST(order_of_members_leaves_no_trace),
        TEST(packed_cohorts_read_back),
        TEST(the_latest_evidence_votes),
        TEST(own_values_belong_to_one),
        TEST(bad_nodes_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
