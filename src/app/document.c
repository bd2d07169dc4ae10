/* SPDX-License-Identifier: Apache-2.0 */
#include "app/document.h"

#include <string.h>

#include "base/text.h"

static const struct document table[] = {
#define DOCUMENT(id, title, text) {id, title, text},
#include "app/documents.def"
#undef DOCUMENT
};

const struct document *document_table(size_t *ret_count)
{
    *ret_count = ARRAY_LEN(table);
    return table;
}

const struct document *document_find(struct bytes id)
{
    const struct document *found = NULL;

    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        const char *dot = strchr(table[i].id, '.');

        if (bytes_equal_text(id, table[i].id))
            return &table[i];
        if (dot == NULL || !bytes_equal_text(id, dot + 1))
            continue;
        if (found != NULL)
            return NULL;
        found = &table[i];
    }
    return found;
}

/* A line that begins a paragraph: one of the labels and a colon. */
static bool has_label(struct bytes line)
{
    static const char *const labels[] = {
        "What: ", "Why: ", "How bad: ", "What to do: ", "Source: "};

    for (size_t i = 0; i < ARRAY_LEN(labels); i++) {
        if (bytes_starts_with(line, labels[i]))
            return true;
    }
    return false;
}

struct bytes document_part(const struct document *d, const char *label, struct arena *a)
{
    const char *mark = arena_format(a, "%s: ", label);
    struct bytes rest = bytes_of(d->text);
    struct bytes line;
    struct text t;
    bool inside = false;

    text_init(&t, a, 1 << 16);
    while (bytes_line(&rest, &line)) {
        if (has_label(line)) {
            inside = bytes_starts_with(line, mark);
            if (inside)
                line = bytes_slice(line, strlen(mark), SIZE_MAX);
        }
        if (!inside)
            continue;
        if (t.len > 0)
            text_char(&t, ' ');
        text_add(&t, line);
    }
    return text_bytes(&t);
}

struct bytes document_severity(const struct document *d)
{
    static const char mark[] = "\nHow bad: ";
    const char *at = strstr(d->text, mark);
    struct bytes rest = bytes_of(at != NULL ? at + sizeof(mark) - 1 : "");
    struct bytes word = {NULL, 0};

    (void)bytes_word(&rest, " :;.,\n", &word);
    return word;
}
