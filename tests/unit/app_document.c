/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of judges, their documents and the vocabulary must agree. */
#include "app/document.h"

#include "unit/test.h"

#include "appraise/claim_index.h"
#include "appraise/rule.h"

struct fact_row {
    const char *id;
    const char *severity;
    const char *left;
    const char *right;
};

static const struct fact_row facts[] = {
#define FACT(id, severity, compare, left, left_path, right, right_path, what, next)            \
    {id, #severity, left, right},
#include "appraise/facts.def"
#undef FACT
};

/* Findings that have no row in a table. */
static const char *const others[] = {
    "witness.dimm-serial",   "witness.dimm-part",    "witness.secure-boot",
    "witness.key-database",  "witness.pcr",          "witness.network-address",
    "witness.tpm-table",     "witness.pci-slot",     "witness.cpu-signature",
    "witness.microcode",     "witness.two-readings", "rule.dbx-shrunk",
    "reference.added",       "reference.changed",    "reference.removed",
    "history.added",         "history.changed",      "history.removed",
    "history.other-machine", "peers.added",          "peers.dissent",
    "peers.removed",         "peers.duplicate",      "peers.weak",
    "peers.same-identity",   "peers.default-value",  "witness.reads",
    "peers.same-identity",   "peers.default-value",  "reference.moved",
    "reference.microcode",   "history.moved",        "rule.yara-match",
    "rule.event-log-shrunk", "reference.known-bad",
};

static const char *const labels[] = {"What", "Why", "How bad", "What to do", "Source"};

static const struct document *document_of(const char *id)
{
    const struct document *d = document_find(bytes_of(id));

    if (d == NULL)
        fail_msg("%s has no document data/rules/%s.txt", id, id);
    return d;
}

static void documents_are_whole(void **state)
{
    size_t count;
    const struct document *table = document_table(&count);

    for (size_t i = 0; i < count; i++) {
        enum severity s;

        for (size_t k = 0; k < ARRAY_LEN(labels); k++) {
            if (document_part(&table[i], labels[k], *state).len < 3)
                fail_msg("%s: no paragraph '%s'", table[i].id, labels[k]);
        }
        if (table[i].title[0] == '\0')
            fail_msg("%s: no title", table[i].id);
        if (!severity_by_name(document_severity(&table[i]), &s))
            fail_msg("%s: 'How bad' does not begin with a severity", table[i].id);
    }
}

static void rules_have_documents_and_keys(void **state)
{
    (void)state;
    size_t count;
    const struct rule *table = rule_table(&count);

    for (size_t i = 0; i < count; i++) {
        const struct document *d = document_of(table[i].id);

        if (!bytes_equal_text(document_severity(d), severity_name(table[i].severity)))
            fail_msg("%s: the document's severity is not the table's", table[i].id);
        if (table[i].key[0] != '\0' && key_find(bytes_of(table[i].key)) == KEY_NONE)
            fail_msg("%s: there is no key %s", table[i].id, table[i].key);
        if (table[i].why[0] == '\0' || table[i].next[0] == '\0')
            fail_msg("%s: says not why, or not what to do", table[i].id);
    }
}

static void facts_have_documents_and_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(facts); i++) {
        (void)document_of(facts[i].id);
        if (key_find(bytes_of(facts[i].left)) == KEY_NONE)
            fail_msg("%s: there is no key %s", facts[i].id, facts[i].left);
        if (key_find(bytes_of(facts[i].right)) == KEY_NONE)
            fail_msg("%s: there is no key %s", facts[i].id, facts[i].right);
    }
    for (unsigned n = 0; n < NEED_COUNT; n++) {
        if (key_find(bytes_of(need_name((enum need)n))) == KEY_NONE)
            fail_msg("needs.def: there is no key %s", need_name((enum need)n));
    }
}

static bool is_other(const char *id)
{
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        if (strcmp(others[i], id) == 0)
            return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(facts); i++) {
        if (strcmp(facts[i].id, id) == 0)
            return true;
    }
    return false;
}

static void every_document_has_a_finding(void **state)
{
    (void)state;
    size_t count;
    const struct document *table = document_table(&count);

    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        (void)document_of(others[i]);
    for (size_t i = 0; i < count; i++) {
        if (rule_find(bytes_of(table[i].id)) == NULL && !is_other(table[i].id))
            fail_msg("data/rules/%s.txt: no judge has such a finding", table[i].id);
    }
}

static void documents_are_found_by_their_last_part(void **state)
{
    (void)state;
    assert_string_equal(document_find(bytes_of("wpbt-present"))->id, "rule.wpbt-present");
    assert_null(document_find(bytes_of("changed")));
    assert_null(document_find(bytes_of("nothing")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(documents_are_whole),
        TEST(rules_have_documents_and_keys),
        TEST(facts_have_documents_and_keys),
        TEST(every_document_has_a_finding),
        TEST(documents_are_found_by_their_last_part),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
