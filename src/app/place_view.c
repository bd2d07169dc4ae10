/* SPDX-License-Identifier: Apache-2.0 */
#include "app/place_view.h"

#include <inttypes.h>

static struct bytes path_of(const struct tree *t, uint32_t node, struct arena *a)
{
    struct text path;

    text_init(&path, a, 1 << 20);
    tree_path(t, node, &path);
    return text_bytes(&path);
}

/* The tree in which the part stands now, or stood. */
static const struct tree *side_of(const struct subject *a, const struct subject *b,
                                  const struct place *p, uint32_t *ret_node)
{
    *ret_node = p->b != TREE_NONE ? p->b : p->a;
    return p->b != TREE_NONE ? &b->tree : &a->tree;
}

/* The volume in which a node stands, itself left out; empty if none. */
static struct bytes volume_of(const struct tree *t, uint32_t node)
{
    for (uint32_t i = t->nodes[node].parent; i != 0; i = t->nodes[i].parent) {
        if (bytes_starts_with(t->nodes[i].name, "fv:"))
            return t->nodes[i].name;
    }
    return (struct bytes){NULL, 0};
}

/* The container directly below the part in which the weightiest change is. */
static struct bytes section_of(const struct tree *t, uint32_t part, uint32_t node)
{
    struct bytes name = {NULL, 0};

    for (uint32_t i = node; i != 0 && i != part; i = t->nodes[i].parent) {
        if (t->nodes[i].kind != ITEM_CLAIM)
            name = t->nodes[i].name;
    }
    return name;
}

static void extent_json(struct json *j, const char *name, const struct extent *e)
{
    json_key(j, name);
    if (!e->known) {
        json_none(j);
        return;
    }
    json_object_begin(j);
    json_member_uint(j, "offset", e->outer_start);
    json_member_uint(j, "length", e->span.length);
    json_member_uint(j, "entropy", e->entropy);
    if (e->span.blob != e->outer_blob)
        json_member_uint(j, "derived_offset", e->span.offset);
    json_object_end(j);
}

static void member(struct json *j, const char *name, struct bytes b)
{
    if (b.len > 0)
        json_member_string(j, name, b);
}

void place_json(struct json *j, const struct subject *a, const struct subject *b,
                const struct place *p, const struct changes *c)
{
    struct arena *arena = c->arena;
    uint32_t node;
    const struct tree *t = side_of(a, b, p, &node);
    const struct change *row = p->row != TREE_NONE ? &c->rows[p->row] : NULL;

    json_object_begin(j);
    json_member_text(j, "kind", change_name(p->kind));
    json_member_text(j, "part", p->part != NULL ? p->part : "");
    json_member_text(j, "meaning", meaning_name(p->meaning));
    json_member_string(j, "path", path_of(t, node, arena));
    if (p->kind == CHANGE_MOVED && p->a != TREE_NONE)
        json_member_string(j, "from_path", path_of(&a->tree, p->a, arena));
    member(j, "name", part_title(t, node));
    member(j, "volume", volume_of(t, node));
    if (row != NULL && p->kind == CHANGE_CHANGED)
        member(j, "section",
               row->b != TREE_NONE ? section_of(&b->tree, p->b, row->b)
                                   : section_of(&a->tree, p->a, row->a));
    json_member_uint(j, "changes", p->rows);
    json_member_uint(j, "bytes_changed", p->bytes_changed);
    extent_json(j, "from", &p->from);
    extent_json(j, "to", &p->to);
    json_key(j, "consequence_of");
    if (row != NULL && row->cause != TREE_NONE) {
        const struct change *cause = &c->rows[row->cause];

        json_utf8(j, cause->b != TREE_NONE ? path_of(&b->tree, cause->b, arena)
                                           : path_of(&a->tree, cause->a, arena));
    } else {
        json_none(j);
    }
    json_object_end(j);
}

static void text_millibits(struct text *t, uint32_t entropy)
{
    text_printf(t, "%u.%03u", entropy / 1000, entropy % 1000);
}

static void measures(struct text *t, const struct place *p)
{
    const struct extent *e = p->to.known ? &p->to : &p->from;

    if (!e->known)
        return;
    if (p->kind == CHANGE_CHANGED)
        text_printf(t, ", %" PRIu64 " bytes differ", p->bytes_changed);
    text_printf(t, ", %" PRIu64 " bytes at 0x%" PRIx64 "%s", e->span.length, e->outer_start,
                e->span.blob != e->outer_blob ? " (compressed)" : "");
    text_puts(t, ", entropy ");
    if (p->from.known && p->to.known && p->from.entropy != p->to.entropy) {
        text_millibits(t, p->from.entropy);
        text_puts(t, " -> ");
    }
    text_millibits(t, e->entropy);
}

void place_text(struct text *t, const struct subject *a, const struct subject *b,
                const struct place *p)
{
    uint32_t node;
    const struct tree *tree = side_of(a, b, p, &node);
    struct bytes title = part_title(tree, node);

    text_printf(t, "%s ", p->part != NULL ? p->part : "part");
    if (title.len > 0) {
        text_char(t, '"');
        text_add(t, title);
        text_puts(t, "\" ");
    }
    text_add(t, path_of(tree, node, t->arena));
    if (p->kind == CHANGE_CHANGED)
        text_printf(t, ": %s", meaning_words(p->meaning));
    else
        text_printf(t, ": %s", change_name(p->kind));
    if (p->kind == CHANGE_MOVED && p->a != TREE_NONE) {
        text_puts(t, " from ");
        text_add(t, path_of(&a->tree, p->a, t->arena));
    }
    measures(t, p);
    text_char(t, '\n');
}
