/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/document_json.h"
#include "cli/options.h"

enum {
    OUTPUT_MAX = 1 << 22
};

/* Labels of a document and the members of JSON that hold what follows them. */
static const struct {
    const char *label;
    const char *member;
} parts[] = {
    {"What",       "what"      },
    {"Why",        "why"       },
    {"How bad",    "how_bad"   },
    {"What to do", "what_to_do"},
    {"Source",     "source"    },
};

/* "rule", "witness", …: the judge whose finding it is. */
static struct bytes judge_of(const struct document *d)
{
    struct bytes rest = bytes_of(d->id);
    struct bytes word = {NULL, 0};

    (void)bytes_word(&rest, ".", &word);
    return word;
}

void document_json(struct json *j, const struct document *d, struct arena *a)
{
    json_object_begin(j);
    json_member_text(j, "id", d->id);
    json_member_string(j, "judge", judge_of(d));
    json_member_string(j, "severity", document_severity(d));
    json_member_text(j, "title", d->title);
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        json_member_string(j, parts[i].member, document_part(d, parts[i].label, a));
    json_object_end(j);
}

static void print_json(struct text *t, struct arena *a)
{
    struct json j;
    size_t count;
    const struct document *table = document_table(&count);

    json_init(&j, t);
    json_object_begin(&j);
    json_member_uint(&j, "schema", 1);
    json_key(&j, "rules");
    json_array_begin(&j);
    for (size_t i = 0; i < count; i++)
        document_json(&j, &table[i], a);
    json_array_end(&j);
    json_object_end(&j);
    text_char(t, '\n');
}

static void print_text(struct text *t)
{
    size_t count;
    const struct document *table = document_table(&count);

    for (size_t i = 0; i < count; i++) {
        struct bytes severity = document_severity(&table[i]);

        text_printf(t, "%-30s %-8.*s  %s\n", table[i].id, (int)severity.len,
                    severity.len > 0 ? (const char *)severity.data : "", table[i].title);
    }
}

VERB_FUNCTION(rules)
{
    struct arena a;
    struct text t;
    bool json = false;
    int status = STATUS_GOOD;

    if (!verb_option_json(v, argc, argv, &json, &status))
        return status;
    if (optind < argc)
        return verb_usage(v, "nothing may follow; 'assay explain %s' tells of one rule",
                          argv[optind]);
    arena_init(&a);
    text_init(&t, &a, OUTPUT_MAX);
    if (json)
        print_json(&t, &a);
    else
        print_text(&t);
    status = verb_output(v, text_bytes(&t), STATUS_GOOD);
    arena_done(&a);
    return status;
}
