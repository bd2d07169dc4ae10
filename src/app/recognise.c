/* SPDX-License-Identifier: Apache-2.0 */
#include "app/recognise.h"

struct bytes source_label(const struct source *s, struct bytes origin, struct arena *a)
{
    struct bytes stars[4] = {
        {NULL, 0},
        {NULL, 0},
        {NULL, 0},
        {NULL, 0}
    };
    struct text t;

    text_init(&t, a, 4096);
    if (!source_matches(s, origin, stars))
        return origin;
    for (const char *p = s->label; *p != '\0'; p++) {
        if (p[0] == '%' && p[1] >= '1' && p[1] <= '4')
            text_add(&t, stars[*++p - '1']);
        else
            text_char(&t, *p);
    }
    return text_bytes(&t);
}

static struct bytes base_name(struct bytes path)
{
    size_t from = path.len;

    while (from > 0 && path.data[from - 1] != '/')
        from--;
    return bytes_slice(path, from, SIZE_MAX);
}

/* Where claims hang: by the source whose pattern the path has, or by the decoder. */
static struct bytes place_of(const struct source *s, const struct decoder *decoder,
                             struct arena *a)
{
    const char *surface = s != NULL                  ? s->surface
                          : decoder == NULL          ? "file"
                          : decoder->surface != NULL ? decoder->surface
                                                     : decoder->name;

    return bytes_of(arena_format(a, "%s@document", surface));
}

struct bytes recognised_place(struct bytes path, const char *as, const struct decoder *decoder,
                              struct arena *a)
{
    struct bytes origin;

    return place_of(as == NULL ? source_of_path(path, &origin) : NULL, decoder, a);
}

struct recognised recognise(struct bytes path, struct bytes b, const char *as,
                            const char *label, struct arena *a)
{
    struct bytes origin;
    const struct source *s = source_of_path(path, &origin);
    struct recognised r = {.label = s != NULL ? source_label(s, origin, a) : base_name(path)};

    if (label != NULL)
        r.label = bytes_of(label);
    if (as != NULL)
        r.decoder = decoder_find(bytes_of(as));
    else if (s != NULL)
        r.decoder = decoder_find(bytes_of(s->decoder));
    if (as == NULL && r.decoder == NULL)
        r.decoder = decoder_probe(b, r.label);
    r.place = place_of(as == NULL ? s : NULL, r.decoder, a);
    return r;
}
