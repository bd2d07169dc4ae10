/* SPDX-License-Identifier: Apache-2.0 */
#include "property/cases.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

enum {
    SAMPLE_MAX = 64 << 20
};

static bool read_optional(const char *path, struct arena *a, struct bytes *ret)
{
    struct err e = {ERR_NONE, ""};

    if (file_read(path, SAMPLE_MAX, a, ret, &e))
        return true;
    if (e.code != ERR_ABSENT)
        BUG(e.text);
    return false;
}

/* Hexadecimal digits, without blanks and what follows a # on a line. */
static struct bytes hex_bytes(struct bytes text, struct arena *a)
{
    uint8_t *out = arena_alloc(a, text.len / 2 + 1);
    size_t digits = 0;
    struct bytes line;

    while (bytes_line(&text, &line)) {
        for (size_t i = 0; i < line.len && line.data[i] != '#'; i++) {
            int digit = hex_digit(line.data[i]);

            if (digit < 0)
                continue;
            out[digits / 2] = (uint8_t)(out[digits / 2] << 4 | digit);
            digits++;
        }
    }
    if (digits % 2 != 0)
        BUG("an odd number of hexadecimal digits");
    return (struct bytes){out, digits / 2};
}

static void add(struct samples *s, struct sample row, struct arena *a)
{
    arena_grow(a, &s->rows, s->count, &s->capacity, sizeof(*s->rows));
    s->rows[s->count++] = row;
}

static void add_case(struct samples *s, const char *folder, const char *name, struct arena *a)
{
    struct sample row = {.name = arena_text(a, bytes_of(name))};
    struct bytes b;

    if (read_optional(arena_format(a, "%s/%s/in.bin", folder, name), a, &b))
        row.bytes = b;
    else if (read_optional(arena_format(a, "%s/%s/in.hex", folder, name), a, &b))
        row.bytes = hex_bytes(b, a);
    else
        return;
    if (read_optional(arena_format(a, "%s/%s/label", folder, name), a, &b))
        row.label = bytes_trim(b);
    add(s, row, a);
}

void samples_read(struct samples *s, const char *folder, struct arena *a)
{
    struct dirent **names = NULL;
    int n = scandir(folder, &names, NULL, alphasort);

    for (int i = 0; i < n; i++) {
        if (names[i]->d_name[0] != '.')
            add_case(s, folder, names[i]->d_name, a);
        free(names[i]);
    }
    free(names);
}

void samples_file(struct samples *s, const char *path, struct arena *a)
{
    const char *slash = strrchr(path, '/');
    struct bytes b;

    if (!read_optional(path, a, &b))
        BUG("a sample is not there");
    add(s, (struct sample){path, b, bytes_of(slash != NULL ? slash + 1 : path)}, a);
}
