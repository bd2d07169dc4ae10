/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "cli/options.h"
#include "decode/engine.h"
#include "evidence/source.h"

enum {
    OUTPUT_MAX = 1 << 22
};

/* The surfaces for which a decoder reads what was collected, joined by ", ". */
static const char *surfaces_of(const struct decoder *d, struct arena *a)
{
    size_t count;
    const struct source *table = source_table(&count);
    struct text t;

    text_init(&t, a, 4096);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(table[i].decoder, d->name) != 0 ||
            (t.len > 0 && memmem(t.data, t.len, table[i].surface, strlen(table[i].surface))))
            continue;
        text_printf(&t, "%s%s", t.len > 0 ? ", " : "", table[i].surface);
    }
    return arena_text(a, text_bytes(&t));
}

static void print_text(struct text *t)
{
    size_t count;
    const struct decoder *const *table = decoder_table(&count);

    for (size_t i = 0; i < count; i++)
        text_printf(t, "%-20s  %-16s %s\n", table[i]->name, table[i]->spec, table[i]->title);
}

static void print_json(struct text *t, struct arena *a)
{
    struct json j;
    size_t count;
    const struct decoder *const *table = decoder_table(&count);

    json_init(&j, t);
    json_object_begin(&j);
    json_member_uint(&j, "schema", 1);
    json_key(&j, "formats");
    json_array_begin(&j);
    for (size_t i = 0; i < count; i++) {
        json_object_begin(&j);
        json_member_text(&j, "name", table[i]->name);
        json_member_text(&j, "title", table[i]->title);
        json_member_text(&j, "specification", table[i]->spec);
        json_member_text(&j, "surfaces", surfaces_of(table[i], a));
        json_member_uint(&j, "min", table[i]->min);
        json_member_uint(&j, "max", table[i]->max);
        json_object_end(&j);
    }
    json_array_end(&j);
    json_object_end(&j);
    text_char(t, '\n');
}

static void print_markdown(struct text *t, struct arena *a)
{
    size_t count;
    const struct decoder *const *table = decoder_table(&count);

    text_puts(t, "<!-- SPDX-License-Identifier: Apache-2.0 -->\n# Formats\n\n"
                 "What Assay decodes. The list follows from the decoders themselves "
                 "(`assay formats --markdown`); specifications\nstand in "
                 "[specs.md](specs.md).\n\n"
                 "| format | what it is | specification | surfaces |\n|---|---|---|---|\n");
    for (size_t i = 0; i < count; i++)
        text_printf(t, "| `%s` | %s | `%s` | %s |\n", table[i]->name, table[i]->title,
                    table[i]->spec, surfaces_of(table[i], a));
}

struct choice {
    bool json;
    bool markdown;
};

VERB_FUNCTION(formats)
{
    static const struct verb_row rows[] = {
        VERB_ROW("markdown", VERB_FLAG, struct choice, markdown),
        VERB_ROW_JSON(struct choice),
        VERB_ROW_END,
    };
    struct choice o = {0};
    struct arena a;
    struct text t;
    int status = STATUS_GOOD;

    if (!verb_options(v, argc, argv, &(struct verb_sheet){rows, &o, NULL}, &status))
        return status;
    if (o.json && o.markdown)
        return verb_usage(v, "--json or --markdown, not both");
    if (optind < argc)
        return verb_usage(v, "nothing may follow; 'assay explain %s' tells of one format",
                          argv[optind]);
    arena_init(&a);
    text_init(&t, &a, OUTPUT_MAX);
    if (o.json)
        print_json(&t, &a);
    else if (o.markdown)
        print_markdown(&t, &a);
    else
        print_text(&t);
    status = verb_output(v, text_bytes(&t), STATUS_GOOD);
    arena_done(&a);
    return status;
}
