/* SPDX-License-Identifier: Apache-2.0 */
#include "app/readings.h"

#include <inttypes.h>

#include "app/render.h"
#include "base/file.h"

enum {
    CLUSTERS_TEXT = 32,
    CLUSTERS_JSON = 1024
};

bool readings_load(char *const *paths, size_t count, struct arena *a, struct readings *ret,
                   struct err *e)
{
    struct reading rows[READS_MAX];
    size_t longest = 0;

    *ret = (struct readings){.decoded = false};
    if (count < 2 || count > READS_MAX)
        return err_set(e, ERR_INPUT, "two to %d readings can be compared", READS_MAX);
    for (size_t i = 0; i < count; i++) {
        rows[i].name = bytes_of(paths[i]);
        if (!file_map(paths[i], READINGS_FILE_MAX, a, &rows[i].bytes, e))
            return false;
        if (rows[i].bytes.len > longest)
            longest = rows[i].bytes.len;
    }
    if (longest == 0)
        return err_set(e, ERR_INPUT, "all of the files are empty");
    reads_compare(rows, count, a, &ret->reads);
    for (size_t i = 0; i < count; i++) {
        size_t k = 0;

        while (ret->reads.rows[k].group != ret->reads.rows[i].group)
            k++;
        ret->digests[i] = k < i ? ret->digests[k] : digest_sha256(rows[i].bytes);
    }
    ret->decoded = ret->reads.cluster_count > 0 &&
                   subject_load(paths[ret->reads.base], a, &ret->subject, e);
    return true;
}

/* The region of the base's byte map at an offset; NULL where it has none. */
static const struct region *region_at(const struct readings *r, uint64_t offset)
{
    const struct decoded *d = &r->subject.decoded;
    const struct digest *base = &r->digests[r->reads.base];
    size_t low = 0;
    size_t high = r->decoded ? d->region_count : 0;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct region *g = &d->regions[middle];

        /* The collected blob is the first. */
        if (g->span.blob == 0 && offset >= g->span.offset + g->span.length)
            low = middle + 1;
        else
            high = middle;
    }
    if (!r->decoded || low >= d->region_count || d->regions[low].span.blob != 0 ||
        d->regions[low].span.offset > offset || !digest_equal(decoded_digest(d, 0), base))
        return NULL;
    return &d->regions[low];
}

static struct bytes place(const struct readings *r, const struct region *g, struct arena *a)
{
    struct text t;

    text_init(&t, a, 1 << 16);
    item_path(&r->subject.decoded, g->item, &t);
    return text_bytes(&t);
}

static void row_json(struct json *j, const struct readings *r, size_t i, struct arena *a)
{
    const struct reads_row *row = &r->reads.rows[i];

    json_object_begin(j);
    json_member_string(j, "file", row->name);
    json_member_uint(j, "length", row->bytes.len);
    json_key(j, "digest");
    render_digest(j, &r->digests[i]);
    json_member_uint(j, "group", row->group);
    json_member_text(j, "kind", reads_kind_info(row->kind)->name);
    json_member_string(j, "what", reads_what(&r->reads, i, a));
    json_member_uint(j, "differing", row->differing);
    json_member_uint(j, "bits_set", row->bits_set);
    json_member_uint(j, "bits_cleared", row->bits_cleared);
    json_key(j, "first");
    if (row->differing > 0)
        json_uint(j, row->first);
    else
        json_none(j);
    json_key(j, "last");
    if (row->differing > 0)
        json_uint(j, row->last);
    else
        json_none(j);
    json_member_uint(j, "aligned", row->aligned);
    json_key(j, "blocks");
    json_array_begin(j);
    for (unsigned k = 0; k < READS_SIZES; k++) {
        json_object_begin(j);
        json_member_uint(j, "size", reads_sizes[k]);
        json_member_uint(j, "touched", row->touched[k]);
        json_member_uint(j, "replaced", row->replaced[k]);
        json_object_end(j);
    }
    json_array_end(j);
    json_object_end(j);
}

static void cluster_json(struct json *j, const struct readings *r,
                         const struct reads_cluster *c, struct arena *a)
{
    const struct region *g = region_at(r, c->offset);

    json_object_begin(j);
    json_member_uint(j, "offset", c->offset);
    json_member_uint(j, "length", c->length);
    json_member_uint(j, "differing", c->differing);
    json_key(j, "class");
    if (g != NULL)
        json_text(j, byte_class_name(g->class));
    else
        json_none(j);
    json_key(j, "path");
    if (g != NULL)
        json_utf8(j, place(r, g, a));
    else
        json_none(j);
    json_object_end(j);
}

void readings_json(struct text *t, const struct readings *r)
{
    const struct reads *s = &r->reads;
    const struct reads_kind_info *info = reads_kind_info(s->kind);
    struct json j;

    json_init(&j, t);
    json_object_begin(&j);
    json_member_uint(&j, "schema", 1);
    json_member_text(&j, "kind", info->name);
    json_member_text(&j, "severity", severity_name(info->severity));
    json_member_string(&j, "why", reads_why(s, t->arena));
    json_member_text(&j, "next", info->next);
    json_member_text(&j, "stability", reads_stability_name(s->stability));
    json_member_uint(&j, "alternates", s->alternates);
    json_member_uint(&j, "groups", s->groups);
    json_member_uint(&j, "base", s->base);
    json_member_uint(&j, "differing", s->differing);
    json_key(&j, "readings");
    json_array_begin(&j);
    for (size_t i = 0; i < s->count; i++)
        row_json(&j, r, i, t->arena);
    json_array_end(&j);
    json_member_uint(&j, "cluster_count", s->cluster_total);
    json_key(&j, "clusters");
    json_array_begin(&j);
    for (size_t i = 0; i < s->cluster_count && i < CLUSTERS_JSON; i++)
        cluster_json(&j, r, &s->clusters[i], t->arena);
    json_array_end(&j);
    json_object_end(&j);
    text_char(t, '\n');
}

static void clusters_text(struct text *t, const struct readings *r)
{
    const struct reads *s = &r->reads;

    if (s->cluster_count == 0)
        return;
    text_puts(t, "\nWhere they disagree:\n");
    for (size_t i = 0; i < s->cluster_count && i < CLUSTERS_TEXT; i++) {
        const struct reads_cluster *c = &s->clusters[i];
        const struct region *g = region_at(r, c->offset);

        text_printf(t, "  0x%08" PRIx64 "-0x%08" PRIx64 "  %" PRIu64 " byte%s", c->offset,
                    c->offset + c->length - 1, c->differing, c->differing == 1 ? "" : "s");
        if (g != NULL) {
            text_printf(t, "  %s  ", byte_class_name(g->class));
            text_add(t, place(r, g, t->arena));
        }
        text_char(t, '\n');
    }
    if (s->cluster_total > CLUSTERS_TEXT)
        text_printf(t, "  and %" PRIu64 " more places\n", s->cluster_total - CLUSTERS_TEXT);
}

void readings_text(struct text *t, const struct readings *r)
{
    const struct reads *s = &r->reads;

    for (size_t i = 0; i < s->count; i++) {
        text_printf(t, "%3zu  content %u  %10zu bytes  ", i + 1, s->rows[i].group,
                    s->rows[i].bytes.len);
        text_hex(t, (struct bytes){r->digests[i].bytes, sizeof(r->digests[i].bytes)});
        text_puts(t, "  ");
        text_printable(t, s->rows[i].name);
        text_char(t, '\n');
    }
    text_printf(t, "\n%s: ", reads_kind_info(s->kind)->name);
    text_add(t, reads_why(s, t->arena));
    text_printf(t, "\nNext: %s\n", reads_kind_info(s->kind)->next);
    for (size_t i = 0; i < s->count; i++) {
        if (i == s->speaker || s->rows[i].kind == READS_EQUAL)
            continue;
        text_printf(t, "%s: ", reads_kind_info(s->rows[i].kind)->name);
        text_add(t, reads_what(s, i, t->arena));
        text_char(t, '\n');
    }
    clusters_text(t, r);
}
