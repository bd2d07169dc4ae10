/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every rule has a case that it must see and one that it must not. Rows with a generic match
 * stand in a table; checks with code of their own have functions.
 */
#include "appraise/known_bad.h"
#include "appraise/rule.h"

#include "unit/subject_case.h"

#define GLOBAL   "efivar@host-firmware/8be4df61-93ca-11d2-aa0d-00e098032b8c:"
#define SECURITY "efivar@host-firmware/d719b2cb-3d3a-4596-a3bc-dad00e67656f:"
#define SHIM     "efivar@host-firmware/605dab50-e046-4300-abb6-3dd810dd8b23:"
#define LOG      "eventlog@host-firmware/pcr:"
#define STORE                                                                                  \
    "flash@bmc/bios/fv:fff12b8d-7696-4c8b-a985-2747075b4f50/vss/"                              \
    "d719b2cb-3d3a-4596-a3bc-dad00e67656f:"
#define STATE       "efivar.variable.value"
#define FAULT_TEXT  "structure.fault"
#define DESCRIPTION "efivar.load-option.description"
#define SUBJECT     "x509.certificate.subject"

/* What one claim must be for a rule to speak, and what for it to be quiet. */
struct rule_case {
    const char *id;
    const char *path; /* of the container */
    const char *key;
    const char *bad;  /* as text; numbers in decimal; faults by name */
    const char *good; /* NULL: the claim left out */
};

static const struct rule_case cases[] = {
#include "unit/rule_cases.def"
};

/* clang-format off */
/* Rules with a function of their own below. */
static const char *const with_function[] = {
    "rule.secure-boot-contradiction", "rule.unknown-platform-key", "rule.bad-certificate",
    "rule.dbx-empty", "rule.dbx-stale", "rule.revoked-image", "rule.boot-first-removable",
    "rule.dma-remapping-absent", "rule.separator-missing", "rule.separator-repeated",
    "rule.pcr-bank-unused", "rule.lockdown-off", "rule.known-bad-file", "rule.known-bad-module",
    "rule.leaked-key", "rule.public-test-key", "rule.revoked-program", "rule.revoked-signer",
};

/* clang-format on */

static struct findings judged(struct case_subject *c, const struct policy *p)
{
    struct policy standard;
    struct findings f = {.arena = c->arena};

    policy_default(&standard, c->arena);
    rules_judge(case_done(c), p != NULL ? p : &standard, &f, NULL);
    return f;
}

static enum fault_id fault_named(const char *name)
{
    for (unsigned i = 0; i < FAULT_COUNT; i++) {
        if (strcmp(fault_name((enum fault_id)i), name) == 0)
            return (enum fault_id)i;
    }
    fail_msg("there is no fault %s", name);
    return FAULT_COUNT;
}

/* The claim of a case in the type of its key. */
static void put(struct case_subject *c, const struct rule_case *r, const char *text)
{
    const struct key *k = key_get(key_find(bytes_of(r->key)));
    uint8_t *four = arena_alloc(c->arena, 4);

    if (strcmp(r->key, FAULT_TEXT) == 0) {
        case_fault(c, r->path, fault_named(text));
    } else if (k->type == TYPE_UINT || k->type == TYPE_BOOL) {
        uint64_t number = 0;

        assert_true(bytes_number(bytes_of(text), 10, &number));
        case_claim(c, r->path, r->key, (struct value){.type = k->type, .uint = number});
    } else if (k->type == TYPE_TEXT) {
        case_text(c, r->path, r->key, text);
    } else {
        four[0] = (uint8_t)text[0];
        case_bytes(c, r->path, r->key, (struct bytes){four, 4});
    }
}

static void rows_speak_and_are_quiet(void **state)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct rule_case *r = &cases[i];
        struct case_subject *bad = case_new(*state);
        struct case_subject *good = case_new(*state);

        assert_int_not_equal(key_find(bytes_of(r->key)), KEY_NONE);
        put(bad, r, r->bad);
        if (r->good != NULL)
            put(good, r, r->good);
        struct findings f = judged(bad, NULL);
        const struct finding *found = finding_of(&f, r->id);

        if (found == NULL) {
            fail_msg("%s does not see its case", r->id);
            return;
        }
        assert_int_equal(found->judge, JUDGE_RULE);
        assert_true(bytes_starts_with(found->path, r->path));
        assert_true(found->why.len > 0 && found->next.len > 0);
        f = judged(good, NULL);
        if (finding_of(&f, r->id) != NULL)
            fail_msg("%s sees what is good", r->id);
    }
}

static bool has_case(const char *id)
{
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        if (strcmp(cases[i].id, id) == 0)
            return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(with_function); i++) {
        if (strcmp(with_function[i], id) == 0)
            return true;
    }
    return false;
}

static void every_rule_has_a_case(void **state)
{
    (void)state;
    size_t count;
    const struct rule *table = rule_table(&count);

    assert_true(count >= 25);
    for (size_t i = 0; i < count; i++) {
        if (!has_case(table[i].id))
            fail_msg("%s has no case", table[i].id);
        assert_ptr_equal(rule_find(bytes_of(table[i].id)), &table[i]);
    }
}

static void on(struct case_subject *c, const char *variable, uint64_t value)
{
    case_uint(c, arena_format(c->arena, GLOBAL "%s", variable), STATE, value);
}

static void expect(struct case_subject *c, const struct policy *p, const char *id, size_t want)
{
    struct findings f = judged(c, p);

    if (findings_of(&f, id) != want)
        fail_msg("%s: %zu findings, not %zu", id, findings_of(&f, id), want);
}

static void secure_boot_cannot_be_on_in_setup_mode(void **state)
{
    struct case_subject *c = case_new(*state);

    on(c, "SecureBoot", 1);
    on(c, "SetupMode", 1);
    expect(c, NULL, "rule.secure-boot-contradiction", 1);
    c = case_new(*state);
    on(c, "SecureBoot", 0);
    on(c, "SetupMode", 1);
    expect(c, NULL, "rule.secure-boot-contradiction", 0);
}

static void revoked(struct case_subject *c, const char *name, const uint8_t *digest)
{
    case_named(c, SECURITY "dbx/sha256:x", name, "efivar.signature.sha256",
               (struct bytes){digest, SHA256_SIZE});
}

static void empty_revocation_list(void **state)
{
    static const uint8_t digest[SHA256_SIZE] = {1};
    struct case_subject *c = case_new(*state);

    on(c, "SecureBoot", 1);
    expect(c, NULL, "rule.dbx-empty", 1);
    c = case_new(*state);
    on(c, "SecureBoot", 1);
    revoked(c, "a", digest);
    expect(c, NULL, "rule.dbx-empty", 0);
    c = case_new(*state);
    on(c, "SecureBoot", 0);
    expect(c, NULL, "rule.dbx-empty", 0);
}

static struct policy with_list(struct arena *a, const uint8_t *digest)
{
    struct policy p;

    policy_default(&p, a);
    p.revoked.name = bytes_of("list");
    p.revoked.rows = ARENA_ARRAY(a, struct bytes, 1);
    p.revoked.rows[0] = (struct bytes){digest, SHA256_SIZE};
    p.revoked.count = 1;
    return p;
}

static void stale_revocation_list(void **state)
{
    static const uint8_t one[SHA256_SIZE] = {1};
    static const uint8_t two[SHA256_SIZE] = {2};
    struct policy p = with_list(*state, two);
    struct case_subject *c = case_new(*state);

    on(c, "SecureBoot", 1);
    revoked(c, "a", one);
    expect(c, &p, "rule.dbx-stale", 1);
    c = case_new(*state);
    revoked(c, "a", one);
    revoked(c, "b", two);
    expect(c, &p, "rule.dbx-stale", 0);
}

static void revoked_program_that_ran(void **state)
{
    static const uint8_t one[SHA256_SIZE] = {1};
    static const uint8_t two[SHA256_SIZE] = {2};
    struct case_subject *c = case_new(*state);

    revoked(c, "a", one);
    case_named(c, LOG "4/boot-services-application/digest", "sha256", "eventlog.event.digest",
               (struct bytes){one, SHA256_SIZE});
    expect(c, NULL, "rule.revoked-image", 1);
    c = case_new(*state);
    revoked(c, "a", one);
    case_named(c, LOG "4/boot-services-application/digest", "sha256", "eventlog.event.digest",
               (struct bytes){two, SHA256_SIZE});
    expect(c, NULL, "rule.revoked-image", 0);
}

static void platform_keys_of_the_policy(void **state)
{
    static const uint8_t mine[SHA256_SIZE] = {1};
    static const uint8_t other[SHA256_SIZE] = {2};
    struct policy p = with_list(*state, mine);

    p.platform_keys = p.revoked;
    p.bad_keys = p.revoked;
    p.revoked = (struct digest_list){0};
    struct case_subject *c = case_new(*state);

    case_bytes(c, GLOBAL "PK/x509:a/certificate:b", "x509.certificate.sha256",
               (struct bytes){other, SHA256_SIZE});
    expect(c, &p, "rule.unknown-platform-key", 1);
    expect(c, &p, "rule.bad-certificate", 0);
    c = case_new(*state);
    case_bytes(c, GLOBAL "PK/x509:a/certificate:b", "x509.certificate.sha256",
               (struct bytes){mine, SHA256_SIZE});
    expect(c, &p, "rule.unknown-platform-key", 0);
    expect(c, &p, "rule.bad-certificate", 1);
    c = case_new(*state);
    case_bytes(c, STORE "db/x509:a/certificate:b", "x509.certificate.sha256",
               (struct bytes){mine, SHA256_SIZE});
    expect(c, &p, "rule.bad-certificate", 1);
    c = case_new(*state);
    case_bytes(c, STORE "dbx/x509:a/certificate:b", "x509.certificate.sha256",
               (struct bytes){mine, SHA256_SIZE});
    expect(c, &p, "rule.bad-certificate", 0);
}

static void boots_first(struct case_subject *c, const char *device)
{
    case_uint(c, GLOBAL "BootOrder/order", "efivar.order.option", 10);
    case_text(c, GLOBAL "Boot000A/paths/path", "efivar.device-path.path", device);
}

static void first_boot_device(void **state)
{
    struct case_subject *c = case_new(*state);

    boots_first(c, "PciRoot(0x0)/Pci(0x14,0x0)/USB(0x1,0x0)");
    expect(c, NULL, "rule.boot-first-removable", 1);
    c = case_new(*state);
    boots_first(c, "PciRoot(0x0)/Pci(0x17,0x0)/Sata(0x0,0xffff,0x0)");
    expect(c, NULL, "rule.boot-first-removable", 0);
}

static void no_iommu(void **state)
{
    struct case_subject *c = case_new(*state);

    case_text(c, "acpi@host-kernel/FACP", "acpi.table.signature", "FACP");
    expect(c, NULL, "rule.dma-remapping-absent", 1);
    c = case_new(*state);
    case_text(c, "acpi@host-kernel/FACP", "acpi.table.signature", "FACP");
    case_text(c, "acpi@host-kernel/DMAR", "acpi.table.signature", "DMAR");
    expect(c, NULL, "rule.dma-remapping-absent", 0);
}

static void separators(struct case_subject *c, unsigned pcrs, unsigned times)
{
    for (unsigned pcr = 0; pcr < pcrs; pcr++) {
        for (unsigned i = 0; i < times; i++)
            case_uint(c, arena_format(c->arena, LOG "%u/separator-%u", pcr, i),
                      "eventlog.event.type", 4);
    }
}

static void separators_close_every_pcr_once(void **state)
{
    struct case_subject *c = case_new(*state);

    separators(c, 8, 1);
    expect(c, NULL, "rule.separator-missing", 0);
    expect(c, NULL, "rule.separator-repeated", 0);
    c = case_new(*state);
    separators(c, 6, 1);
    struct findings f = judged(c, NULL);

    assert_int_equal(findings_of(&f, "rule.separator-missing"), 1);
    c = case_new(*state);
    separators(c, 8, 2);
    expect(c, NULL, "rule.separator-repeated", 8);
}

static void bank_that_nobody_extends(void **state)
{
    static const uint8_t zero[SHA256_SIZE] = {0};
    static const uint8_t one[SHA256_SIZE] = {1};
    struct case_subject *c = case_new(*state);

    separators(c, 8, 1);
    case_named(c, "tpm@tpm/pcr/sha256", "0", "tpm.pcr.value",
               (struct bytes){zero, SHA256_SIZE});
    case_named(c, "tpm@tpm/pcr/sha1", "0", "tpm.pcr.value", (struct bytes){one, 20});
    expect(c, NULL, "rule.pcr-bank-unused", 1);
}

static void kernel_without_lockdown(void **state)
{
    struct case_subject *c = case_new(*state);

    on(c, "SecureBoot", 1);
    case_text(c, "kernel@host-kernel", "kernel.lockdown", "[none] integrity confidentiality");
    expect(c, NULL, "rule.lockdown-off", 1);
    c = case_new(*state);
    on(c, "SecureBoot", 1);
    case_text(c, "kernel@host-kernel", "kernel.lockdown", "none [integrity] confidentiality");
    expect(c, NULL, "rule.lockdown-off", 0);
}

static void revocations_only_grow(void **state)
{
    static const uint8_t one[SHA256_SIZE] = {1};
    static const uint8_t two[SHA256_SIZE] = {2};
    struct case_subject *before = case_new(*state);
    struct case_subject *now = case_new(*state);
    struct findings f = {.arena = *state};

    revoked(before, "a", one);
    revoked(before, "b", two);
    revoked(now, "a", one);
    rules_judge_history(case_done(now), case_done(before), &f);
    assert_int_equal(findings_of(&f, "rule.dbx-shrunk"), 1);
    f.count = 0;
    rules_judge_history(&before->subject, &now->subject, &f);
    assert_int_equal(f.count, 0);
}

static void an_event_log_only_grows(void **state)
{
    struct case_subject *before = case_new(*state);
    struct case_subject *now = case_new(*state);
    struct findings f = {.arena = *state};

    case_uint(before, "sel@bmc", "sel.entries", 7);
    case_uint(now, "sel@bmc", "sel.entries", 1);
    rules_judge_history(case_done(now), case_done(before), &f);
    assert_int_equal(findings_of(&f, "rule.event-log-shrunk"), 1);
    f.count = 0;
    rules_judge_history(&before->subject, &now->subject, &f);
    assert_int_equal(f.count, 0);
}

static void known_bad_list_can_be_searched(void **state)
{
    size_t count;
    const struct known_bad *rows = known_bad_rows(&count);

    (void)state;
    assert_true(count > 20);
    for (size_t i = 0; i < count; i++) {
        const struct known_bad *row = &rows[i];

        assert_ptr_equal(row->kind == KNOWN_BAD_MODULE ? known_bad_module(row->value)
                                                       : known_bad_digest(row->value),
                         row);
        assert_true(strncmp(row->source, "https://", 8) == 0);
        assert_true(strcmp(row->date, known_bad_date()) <= 0);
        assert_true(row->value.len == 20 || row->value.len == 32 || row->value.len == 36);
    }
    assert_null(known_bad_digest(bytes_of("")));
    assert_null(known_bad_module(bytes_of("")));
}

/* The first row of a kind. */
static const struct known_bad *bad_of(enum known_bad_kind kind)
{
    size_t count;
    const struct known_bad *rows = known_bad_rows(&count);

    for (size_t i = 0; i < count; i++) {
        if (rows[i].kind == kind)
            return &rows[i];
    }
    fail_msg("the list has no row of kind %d", (int)kind);
    return rows;
}

static void what_is_known_to_be_bad(void **state)
{
    static const struct {
        const char *id;
        const char *path;
        const char *key;
        enum known_bad_kind kind;
    } rows[] = {
        {"rule.known-bad-file",  "flash@document/bios/pe", "bytes.digest",            KNOWN_BAD_FILE       },
        {"rule.leaked-key",      "flash@document/bios/km", "bytes.digest",            KNOWN_BAD_KEY_MODULUS},
        {"rule.public-test-key", SECURITY "db/x509:a/b",   "x509.certificate.sha256",
         KNOWN_BAD_CERTIFICATE                                                                             },
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct known_bad *bad = bad_of(rows[i].kind);
        struct bytes other = arena_copy(*state, bad->value);
        struct case_subject *c = case_new(*state);

        case_bytes(c, rows[i].path, rows[i].key, bad->value);
        struct findings f = judged(c, NULL);

        expect(c, NULL, rows[i].id, 1);
        const struct finding *found = finding_of(&f, rows[i].id);

        /* Which list said so, and when. */
        assert_non_null(memmem(found->why.data, found->why.len, known_bad_date(), 10));
        c = case_new(*state);
        other.len--;
        case_bytes(c, rows[i].path, rows[i].key, other);
        expect(c, NULL, rows[i].id, 0);
    }
    struct case_subject *c = case_new(*state);

    case_bytes(c, SECURITY "dbx/x509:a/b", "x509.certificate.sha256",
               bad_of(KNOWN_BAD_CERTIFICATE)->value);
    expect(c, NULL, "rule.public-test-key", 0);
}

static void modules_of_implants(void **state)
{
    struct case_subject *c = case_new(*state);
    struct bytes guid = bad_of(KNOWN_BAD_MODULE)->value;

    case_uint(c,
              arena_format(*state, "flash@document/bios/fv:x/file:%.*s", (int)guid.len,
                           (const char *)guid.data),
              "flash.image.length", 1);
    expect(c, NULL, "rule.known-bad-module", 1);
    c = case_new(*state);
    case_uint(c, "flash@document/bios/fv:x/file:11111111-2222-3333-4444-555555555555",
              "flash.image.length", 1);
    expect(c, NULL, "rule.known-bad-module", 0);
}

static void revoked_programs_and_signers(void **state)
{
    static const uint8_t one[SHA256_SIZE] = {1};
    static const uint8_t two[SHA256_SIZE] = {2};
    const char *image = "flash@document/bios/pe";
    const char *signer = "flash@document/bios/pe/win-certificate/certificate:x";
    struct bytes first = {one, SHA256_SIZE};
    struct policy p = with_list(*state, one);
    struct case_subject *c = case_new(*state);

    case_bytes(c, image, "pe.image.authenticode", first);
    expect(c, NULL, "rule.revoked-program", 0);
    expect(c, &p, "rule.revoked-program", 1);
    revoked(c, "a", two);
    expect(c, NULL, "rule.revoked-program", 0);
    c = case_new(*state);
    case_bytes(c, image, "pe.image.authenticode", first);
    revoked(c, "a", one);
    expect(c, NULL, "rule.revoked-program", 1);
    c = case_new(*state);
    case_bytes(c, signer, "x509.certificate.sha256", (struct bytes){two, SHA256_SIZE});
    case_bytes(c, signer, "x509.certificate.to-be-signed", first);
    expect(c, NULL, "rule.revoked-signer", 0);
    case_bytes(c, SECURITY "dbx/x509-sha256:x/revoked",
               "efivar.revoked-certificate.to-be-signed", first);
    expect(c, NULL, "rule.revoked-signer", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rows_speak_and_are_quiet),
        TEST(every_rule_has_a_case),
        TEST(secure_boot_cannot_be_on_in_setup_mode),
        TEST(empty_revocation_list),
        TEST(stale_revocation_list),
        TEST(revoked_program_that_ran),
        TEST(platform_keys_of_the_policy),
        TEST(first_boot_device),
        TEST(no_iommu),
        TEST(separators_close_every_pcr_once),
        TEST(bank_that_nobody_extends),
        TEST(kernel_without_lockdown),
        TEST(revocations_only_grow),
        TEST(an_event_log_only_grows),
        TEST(known_bad_list_can_be_searched),
        TEST(what_is_known_to_be_bad),
        TEST(modules_of_implants),
        TEST(revoked_programs_and_signers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
