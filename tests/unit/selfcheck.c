/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables check themselves: what a row of a table promises must be there. Each remark says
 * what is missing and where.
 */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "unit/test.h"

#include "app/document.h"
#include "appraise/rule.h"
#include "base/file.h"
#include "base/text.h"
#include "decode/engine.h"
#include "evidence/source.h"
#include "property/cases.h"

enum {
    FILE_MAX = 1 << 20
};

static const char *const prefix_decoders[] = {
#define PREFIX(decoder, cut, why) decoder,
#include "property/valid_prefixes.def"
#undef PREFIX
};

static const char *source_path(struct arena *a, const char *below)
{
    return arena_format(a, "%s/%s", SOURCE_ROOT, below);
}

static struct bytes source_file(struct arena *a, const char *below)
{
    struct err e;
    struct bytes b;

    if (!file_read(source_path(a, below), FILE_MAX, a, &b, &e))
        fail_msg("%s", e.text);
    return b;
}

static bool contains(struct bytes text, const char *words)
{
    return text.len > 0 && memmem(text.data, text.len, words, strlen(words)) != NULL;
}

/* Lower-case words joined by hyphens. */
static bool is_word(struct bytes b)
{
    for (size_t i = 0; i < b.len; i++) {
        bool plain = islower(b.data[i]) || isdigit(b.data[i]);

        if (!plain && (b.data[i] != '-' || i == 0 || i == b.len - 1))
            return false;
    }
    return b.len > 0;
}

/* Two or more words joined by dots. */
static bool is_key_name(const char *name)
{
    struct bytes rest = bytes_of(name);
    struct bytes part;
    unsigned parts = 0;

    if (strstr(name, "..") != NULL || name[0] == '.' || name[strlen(name) - 1] == '.')
        return false;
    for (; bytes_word(&rest, ".", &part); parts++) {
        if (!is_word(part))
            return false;
    }
    return parts >= 2;
}

static void decoder_rows_are_whole(void **state)
{
    (void)state;
    size_t count = 0;
    const struct decoder *const *rows = decoder_table(&count);

    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) {
        const struct decoder *row = rows[i];

        if (!is_word(bytes_of(row->name)))
            fail_msg("decoder '%s': its name is not of lower-case words", row->name);
        if (row->title == NULL || row->title[0] == 0 || row->spec == NULL)
            fail_msg("decoder %s: no title or no specification", row->name);
        if (row->probe == NULL || row->decode == NULL)
            fail_msg("decoder %s: no probe or no decode function", row->name);
        if (row->max == 0 || row->min > row->max)
            fail_msg("decoder %s: its limits are not stated", row->name);
        if (decoder_find(bytes_of(row->name)) != row)
            fail_msg("decoder %s: the name stands twice in the list", row->name);
    }
}

static void specifications_are_listed(void **state)
{
    struct bytes text = source_file(*state, "docs/specs.md");
    size_t count = 0;
    const struct decoder *const *rows = decoder_table(&count);

    for (size_t i = 0; i < count; i++) {
        const char *cell = arena_format(*state, "\n| `%s` |", rows[i]->spec);

        if (!contains(text, cell))
            fail_msg("decoder %s: docs/specs.md has no row for `%s`", rows[i]->name,
                     rows[i]->spec);
    }
}

static char *underscored(struct arena *a, const char *name)
{
    char *copy = arena_text(a, bytes_of(name));

    for (char *c = copy; *c != 0; c++)
        if (*c == '-')
            *c = '_';
    return copy;
}

static int is_c_file(const struct dirent *e)
{
    size_t len = strlen(e->d_name);

    return len > 2 && strcmp(e->d_name + len - 2, ".c") == 0;
}

static void decoder_files_are_in_the_list(void **state)
{
    struct arena *a = *state;
    struct dirent **names = NULL;
    int n = scandir(source_path(a, "src/decode"), &names, is_c_file, alphasort);
    size_t count = 0;
    size_t found = 0;
    const struct decoder *const *rows = decoder_table(&count);

    assert_true(n > 0);
    for (int i = 0; i < n; i++) {
        struct bytes text = source_file(a, arena_format(a, "src/decode/%s", names[i]->d_name));

        found += contains(text, "\nconst struct decoder decoder_");
        free(names[i]);
    }
    free(names);
    for (size_t i = 0; i < count; i++) {
        const char *word = underscored(a, rows[i]->name);
        struct bytes text = source_file(a, arena_format(a, "src/decode/%s.c", word));

        if (!contains(text, arena_format(a, "const struct decoder decoder_%s = {", word)))
            fail_msg("src/decode/%s.c does not define decoder_%s", word, word);
    }
    if (found != count)
        fail_msg("%zu files under src/decode define a decoder, the list has %zu", found, count);
}

static void decoders_have_cases(void **state)
{
    struct arena *a = *state;
    size_t count = 0;
    const struct decoder *const *rows = decoder_table(&count);

    for (size_t i = 0; i < count; i++) {
        const char *folder = arena_format(a, "tests/decode/%s", rows[i]->name);
        struct samples s = {0};

        samples_read(&s, source_path(a, folder), a);
        if (s.count == 0)
            fail_msg("decoder %s: there is no case below %s", rows[i]->name, folder);
        for (size_t k = 0; k < s.count; k++)
            (void)source_file(a, arena_format(a, "%s/%s/want", folder, s.rows[k].name));
    }
}

static void cases_belong_to_decoders(void **state)
{
    struct dirent **names = NULL;
    int n = scandir(source_path(*state, "tests/decode"), &names, NULL, alphasort);

    for (int i = 0; i < n; i++) {
        if (strchr(names[i]->d_name, '.') == NULL &&
            decoder_find(bytes_of(names[i]->d_name)) == NULL)
            fail_msg("tests/decode/%s: there is no such decoder", names[i]->d_name);
        free(names[i]);
    }
    free(names);
    for (size_t i = 0; i < ARRAY_LEN(prefix_decoders); i++) {
        if (decoder_find(bytes_of(prefix_decoders[i])) == NULL)
            fail_msg("valid_prefixes.def: there is no decoder '%s'", prefix_decoders[i]);
    }
}

static unsigned bid(const struct decoder *row, const struct sample *s)
{
    return s->bytes.len >= row->min ? row->probe(s->bytes, s->label) : 0;
}

/* A decoder that recognises its own sample at all must be the surest of it, and alone. */
static void sample_is_recognised(const struct decoder *row, const struct sample *s)
{
    size_t count = 0;
    const struct decoder *const *rows = decoder_table(&count);
    unsigned own = bid(row, s);

    assert_true(own <= 100);
    for (size_t i = 0; own > 0 && i < count; i++) {
        unsigned other = bid(rows[i], s);

        if (rows[i] != row && other >= own)
            fail_msg("tests/decode/%s/%s: %s is %u sure, %s is %u sure", row->name, s->name,
                     row->name, own, rows[i]->name, other);
    }
}

static void good_samples_are_recognised(void **state)
{
    struct arena *a = *state;
    size_t count = 0;
    const struct decoder *const *rows = decoder_table(&count);

    for (size_t i = 0; i < count; i++) {
        struct samples s = {0};

        samples_read(&s, source_path(a, arena_format(a, "tests/decode/%s", rows[i]->name)), a);
        for (size_t k = 0; k < s.count; k++) {
            const char *name = s.rows[k].name;

            if (strncmp(name, "minimal", 7) == 0 || strncmp(name, "full", 4) == 0)
                sample_is_recognised(rows[i], &s.rows[k]);
        }
    }
}

static void value_names_are_sound(const struct key *k)
{
    const struct value_name *names = key_names(k);

    if (names == NULL)
        return;
    if (k->type != TYPE_UINT && k->type != TYPE_INT)
        fail_msg("key %s: names, but its values are no numbers", k->name);
    for (const struct value_name *n = names; n->text != NULL; n++) {
        if (k->bits && n->value > 63)
            fail_msg("key %s: there is no bit %llu", k->name, (unsigned long long)n->value);
        for (const struct value_name *m = names; m != n; m++) {
            if (m->value == n->value)
                fail_msg("key %s: value %llu has two names", k->name,
                         (unsigned long long)n->value);
        }
    }
}

static void keys_are_sound(void **state)
{
    (void)state;
    for (unsigned i = KEY_NONE + 1; i < KEY_COUNT; i++) {
        const struct key *k = key_get((enum key_id)i);

        if (!is_key_name(k->name))
            fail_msg("key '%s': its name is not surface.words.words", k->name);
        if ((unsigned)key_find(bytes_of(k->name)) != i)
            fail_msg("key %s stands twice in the vocabulary", k->name);
        const char *meaning = key_meaning(k);

        if (islower((unsigned char)meaning[0]) || meaning[0] == 0)
            fail_msg("key %s: its meaning is no sentence", k->name);
        if (k->expectation == EXPECT_RANGE && k->type != TYPE_UINT && k->type != TYPE_INT)
            fail_msg("key %s: a range needs numbers", k->name);
        value_names_are_sound(k);
    }
}

static void faults_are_sound(void **state)
{
    (void)state;
    for (unsigned i = 0; i < FAULT_COUNT; i++) {
        const char *name = fault_name((enum fault_id)i);

        if (!is_word(bytes_of(name)))
            fail_msg("fault '%s': its name is not of lower-case words", name);
        for (unsigned k = 0; k < i; k++) {
            if (strcmp(name, fault_name((enum fault_id)k)) == 0)
                fail_msg("fault %s stands twice", name);
        }
    }
}

static void sources_have_decoders(void **state)
{
    (void)state;
    size_t count = 0;
    const struct source *rows = source_table(&count);

    for (size_t i = 0; i < count; i++) {
        if (!is_word(bytes_of(rows[i].name)) || source_find(bytes_of(rows[i].name)) != &rows[i])
            fail_msg("source '%s': no name, or it stands twice", rows[i].name);
        if (decoder_find(bytes_of(rows[i].decoder)) == NULL)
            fail_msg("source %s: there is no decoder '%s'", rows[i].name, rows[i].decoder);
        if ((rows[i].risk == RISK_INTRUSIVE) != (rows[i].allow[0] != 0))
            fail_msg("source %s: intrusive sources, and only these, need a word for --allow",
                     rows[i].name);
    }
}

static void rules_have_documents(void **state)
{
    static const char *const labels[] = {"What", "Why", "How bad", "What to do", "Source"};
    size_t count = 0;
    const struct rule *rows = rule_table(&count);

    for (size_t i = 0; i < count; i++) {
        const struct document *d = document_find(bytes_of(rows[i].id));

        if (rule_find(bytes_of(rows[i].id)) != &rows[i])
            fail_msg("rule %s stands twice", rows[i].id);
        if (rows[i].key[0] != 0 && key_find(bytes_of(rows[i].key)) == KEY_NONE)
            fail_msg("rule %s: there is no key '%s'", rows[i].id, rows[i].key);
        if (d == NULL)
            fail_msg("rule %s: there is no data/rules/%s.txt", rows[i].id, rows[i].id);
        if (!bytes_equal_text(document_severity(d), severity_name(rows[i].severity)))
            fail_msg("rule %s is %s, its document says '%.*s'", rows[i].id,
                     severity_name(rows[i].severity), (int)document_severity(d).len,
                     (const char *)document_severity(d).data);
        for (size_t k = 0; k < ARRAY_LEN(labels); k++) {
            if (document_part(d, labels[k], *state).len == 0)
                fail_msg("data/rules/%s.txt: '%s' is missing", rows[i].id, labels[k]);
        }
    }
}

/* Adds the text of every file in a folder of the tree. */
static void add_folder(struct text *t, const char *folder, struct arena *a)
{
    struct dirent **names = NULL;
    int n = scandir(source_path(a, folder), &names, NULL, alphasort);

    for (int i = 0; i < n; i++) {
        if (names[i]->d_name[0] != '.')
            text_add(t, source_file(a, arena_format(a, "%s/%s", folder, names[i]->d_name)));
        free(names[i]);
    }
    free(names);
}

/* Facts that two witnesses state. */
static const char *const fact_ids[] = {
#define FACT(id, ...) id,
#include "appraise/facts.def"
#undef FACT
};

static void documents_belong_to_findings(void **state)
{
    struct arena *a = *state;
    size_t count = 0;
    const struct document *documents = document_table(&count);
    struct text sources;

    text_init(&sources, a, (size_t)64 << 20);
    add_folder(&sources, "src/appraise", a);
    add_folder(&sources, "src/app", a);
    for (size_t i = 0; i < count; i++) {
        if (!contains(text_bytes(&sources), arena_format(a, "\"%s\"", documents[i].id)))
            fail_msg("data/rules/%s.txt: there is no such finding", documents[i].id);
    }
    for (size_t i = 0; i < ARRAY_LEN(fact_ids); i++) {
        if (document_find(bytes_of(fact_ids[i])) == NULL)
            fail_msg("fact %s: there is no data/rules/%s.txt", fact_ids[i], fact_ids[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(decoder_rows_are_whole),
        TEST(specifications_are_listed),
        TEST(decoder_files_are_in_the_list),
        TEST(decoders_have_cases),
        TEST(cases_belong_to_decoders),
        TEST(good_samples_are_recognised),
        TEST(keys_are_sound),
        TEST(faults_are_sound),
        TEST(sources_have_decoders),
        TEST(rules_have_documents),
        TEST(documents_belong_to_findings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
