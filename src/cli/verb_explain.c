/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/document_json.h"
#include "cli/options.h"
#include "decode/engine.h"
#include "evidence/evidence.h"
#include "evidence/item.h"
#include "evidence/source.h"

enum {
    OUTPUT_MAX = 1 << 22
};

struct output {
    struct text *text;
    struct json *json; /* NULL: for people */
    struct arena *arena;
};

static void explain_document(struct output *o, const struct document *d)
{
    if (o->json != NULL) {
        json_key(o->json, "rule");
        document_json(o->json, d, o->arena);
        return;
    }
    text_printf(o->text, "%s: %s\n\n%s", d->id, d->title, d->text);
}

static const char *expectation_meaning(enum expectation e)
{
    switch (e) {
    case EXPECT_SAME:
        return "equal on all machines of a model";
    case EXPECT_RANGE:
        return "a number, compared with the others' distribution";
    case EXPECT_OWN:
        return "unique to a machine";
    case EXPECT_GROUP:
        return "shared by the nodes of one chassis";
    case EXPECT_FREE:
        return "volatile, or assigned by the machine: not compared";
    }
    return "";
}

static void key_names_json(struct json *j, const struct key *k)
{
    json_key(j, k->bits ? "bits" : "values");
    json_array_begin(j);
    for (const struct value_name *n = key_names(k); n->text != NULL; n++) {
        json_object_begin(j);
        json_member_uint(j, k->bits ? "bit" : "value", n->value);
        json_member_text(j, "text", n->text);
        json_object_end(j);
    }
    json_array_end(j);
}

static void key_json(struct json *j, const struct key *k)
{
    json_key(j, "key");
    json_object_begin(j);
    json_member_text(j, "name", k->name);
    json_member_text(j, "type", value_type_name(k->type));
    json_member_text(j, "expectation", expectation_name(k->expectation));
    if (k->unit[0] != '\0')
        json_member_text(j, "unit", k->unit);
    json_member_text(j, "meaning", key_meaning(k));
    if (key_names(k) != NULL)
        key_names_json(j, k);
    json_object_end(j);
}

static void explain_key(struct output *o, enum key_id id)
{
    const struct key *k = key_get(id);

    if (o->json != NULL) {
        key_json(o->json, k);
        return;
    }
    text_printf(o->text, "%s: %s.\n\nType: %s%s%s\nExpectation: %s (%s)\n", k->name,
                key_meaning(k), value_type_name(k->type), k->unit[0] != '\0' ? ", in " : "",
                k->unit, expectation_name(k->expectation), expectation_meaning(k->expectation));
    for (const struct value_name *n = key_names(k); n != NULL && n->text != NULL; n++)
        text_printf(o->text, "%s %" PRIu64 ": %s\n", k->bits ? "Bit" : "Value", n->value,
                    n->text);
}

static bool explain_fault(struct output *o, struct bytes name)
{
    for (unsigned i = 0; i < FAULT_COUNT; i++) {
        enum fault_id id = (enum fault_id)i;

        if (!bytes_equal_text(name, fault_name(id)))
            continue;
        if (o->json == NULL) {
            text_printf(o->text, "fault %s: %s.\n", fault_name(id), fault_meaning(id));
            return true;
        }
        json_key(o->json, "fault");
        json_object_begin(o->json);
        json_member_text(o->json, "name", fault_name(id));
        json_member_text(o->json, "meaning", fault_meaning(id));
        json_object_end(o->json);
        return true;
    }
    return false;
}

/* Where a decoder's input comes from: the sources that it reads. */
static void format_sources(struct output *o, const struct decoder *d)
{
    size_t count;
    const struct source *table = source_table(&count);

    for (size_t i = 0; i < count; i++) {
        if (strcmp(table[i].decoder, d->name) != 0)
            continue;
        if (o->json != NULL)
            json_text(o->json, table[i].pattern);
        else
            text_printf(o->text, "Read from: %s (%s, %s)\n", table[i].pattern, table[i].meaning,
                        risk_name(table[i].risk));
    }
}

static void explain_format(struct output *o, const struct decoder *d)
{
    if (o->json == NULL) {
        text_printf(o->text, "format %s: %s.\n\nSpecification: %s (docs/specs.md)\n", d->name,
                    d->title, d->spec);
        text_printf(o->text, "Size: %zu to %zu bytes\n", d->min, d->max);
        format_sources(o, d);
        return;
    }
    json_key(o->json, "format");
    json_object_begin(o->json);
    json_member_text(o->json, "name", d->name);
    json_member_text(o->json, "title", d->title);
    json_member_text(o->json, "specification", d->spec);
    json_member_uint(o->json, "min", d->min);
    json_member_uint(o->json, "max", d->max);
    json_key(o->json, "sources");
    json_array_begin(o->json);
    format_sources(o, d);
    json_array_end(o->json);
    json_object_end(o->json);
}

static bool explain_word(struct output *o, struct bytes word)
{
    const struct document *document = document_find(word);
    const struct decoder *decoder = decoder_find(word);
    enum key_id key = key_find(word);
    bool found = false;

    if (document != NULL)
        explain_document(o, document);
    else if (key != KEY_NONE)
        explain_key(o, key);
    else
        found = explain_fault(o, word);
    found = found || document != NULL || key != KEY_NONE;
    if (found || decoder == NULL)
        return found;
    explain_format(o, decoder);
    return true;
}

static int explain(const struct verb *v, const char *name, bool json, struct arena *a)
{
    struct text t;
    struct json j;
    struct output o = {&t, json ? &j : NULL, a};

    text_init(&t, a, OUTPUT_MAX);
    json_init(&j, &t);
    if (json) {
        json_object_begin(&j);
        json_member_uint(&j, "schema", 1);
    }
    if (!explain_word(&o, bytes_of(name))) {
        (void)fprintf(
            stderr,
            "assay %s: there is no rule, key, fault or format '%s'; 'assay rules' and "
            "'assay formats' list them\n",
            v->name, name);
        return STATUS_TROUBLE;
    }
    if (json) {
        json_object_end(&j);
        text_char(&t, '\n');
    }
    return verb_output(v, text_bytes(&t), STATUS_GOOD);
}

VERB_FUNCTION(explain)
{
    struct arena a;
    bool json = false;
    int status = STATUS_GOOD;

    if (!verb_option_json(v, argc, argv, &json, &status))
        return status;
    if (optind >= argc)
        return verb_usage(v, "what is to be explained?");
    arena_init(&a);
    for (int i = optind; i < argc; i++) {
        int one = explain(v, argv[i], json, &a);

        status = one != STATUS_GOOD ? one : status;
    }
    arena_done(&a);
    return status;
}
