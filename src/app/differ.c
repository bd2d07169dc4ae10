/* SPDX-License-Identifier: Apache-2.0 */
#include "app/differ.h"

#include "app/place_view.h"
#include "app/render.h"
#include "appraise/consequence.h"

static struct bytes path_of(const struct tree *t, uint32_t node, struct arena *a)
{
    struct text path;

    text_init(&path, a, 1 << 20);
    tree_path(t, node, &path);
    return text_bytes(&path);
}

static struct bytes change_path(const struct subject *a, const struct subject *b,
                                const struct change *c, struct arena *arena)
{
    if (c->b != TREE_NONE)
        return path_of(&b->tree, c->b, arena);
    return path_of(&a->tree, c->a, arena);
}

void subjects_differ(const struct subject *a, const struct subject *b, bool all,
                     struct arena *arena, struct difference *ret)
{
    struct changes *found = &ret->changes;

    trees_differ(&a->tree, &b->tree, all, arena, found);
    places_find(&a->tree, &b->tree, found, &ret->places);
    places_recompressed(&a->tree, &b->tree, arena, &ret->recompressed);
    struct consequence *rows = ARENA_ARRAY(arena, struct consequence, found->count);
    uint32_t *index = ARENA_ARRAY(arena, uint32_t, found->count);
    size_t n = 0;

    for (uint32_t i = 0; i < found->count; i++) {
        const struct change *c = &found->rows[i];

        if (c->kind == CHANGE_UNSEEN || c->expectation == EXPECT_OWN || c->cause != TREE_NONE)
            continue;
        rows[n] = (struct consequence){
            .path = change_path(a, b, c, arena),
            .came_or_went = c->kind == CHANGE_ADDED || c->kind == CHANGE_REMOVED,
        };
        index[n++] = i;
    }
    consequences_find(rows, n);
    for (size_t i = 0; i < n; i++) {
        if (rows[i].cause == CONSEQUENCE_NONE)
            continue;
        found->rows[index[i]].cause = index[rows[i].cause];
        found->rows[index[i]].cause_why = rows[i].why;
    }
}

bool changes_only_own(const struct changes *c)
{
    for (size_t i = 0; i < c->count; i++) {
        if (c->rows[i].kind != CHANGE_UNSEEN && c->rows[i].expectation != EXPECT_OWN &&
            c->rows[i].expectation != EXPECT_GROUP)
            return false;
    }
    return true;
}

static void side_json(struct json *j, const char *name, const struct tree *t, uint32_t node)
{
    const struct item *claim = node != TREE_NONE ? tree_claim(t, node) : NULL;

    json_key(j, name);
    if (claim != NULL)
        render_value(j, &claim->value);
    else
        json_none(j);
}

/* What was compared: equal models have equal digests; identities never do, for they are salted.
 */
static void digests_json(struct json *j, const char *name, const struct subject *s)
{
    struct digest identity = tree_identity_digest(
        &s->tree, (struct bytes){s->evidence.salt, sizeof(s->evidence.salt)});

    json_key(j, name);
    json_object_begin(j);
    json_key(j, "evidence");
    render_digest(j, &s->digest);
    json_key(j, "model");
    render_digest(j, &s->tree.nodes[0].model);
    json_key(j, "identity");
    render_digest(j, &identity);
    json_object_end(j);
}

void changes_json(struct text *t, const struct subject *a, const struct subject *b,
                  const struct difference *d)
{
    const struct changes *c = &d->changes;
    struct json j;

    json_init(&j, t);
    json_object_begin(&j);
    json_member_uint(&j, "schema", 1);
    json_member_string(&j, "a", a->name);
    json_member_string(&j, "b", b->name);
    digests_json(&j, "a_digests", a);
    digests_json(&j, "b_digests", b);
    json_key(&j, "changes");
    json_array_begin(&j);
    for (size_t i = 0; i < c->count; i++) {
        const struct change *row = &c->rows[i];

        json_object_begin(&j);
        json_member_text(&j, "kind", change_name(row->kind));
        json_member_string(&j, "path", change_path(a, b, row, t->arena));
        if (row->kind == CHANGE_MOVED)
            json_member_string(&j, "from_path", path_of(&a->tree, row->a, t->arena));
        json_member_text(&j, "expectation", expectation_name(row->expectation));
        if (d->places.of_change[i] != TREE_NONE)
            json_member_uint(&j, "place", d->places.of_change[i]);
        side_json(&j, "from", &a->tree, row->a);
        side_json(&j, "to", &b->tree, row->b);
        json_key(&j, "consequence_of");
        if (row->cause != TREE_NONE) {
            json_utf8(&j, change_path(a, b, &c->rows[row->cause], t->arena));
            json_member_text(&j, "consequence_why", row->cause_why);
        } else {
            json_none(&j);
        }
        json_object_end(&j);
    }
    json_array_end(&j);
    json_key(&j, "places");
    json_array_begin(&j);
    for (size_t i = 0; i < d->places.count; i++)
        place_json(&j, a, b, &d->places.rows[i], c);
    for (size_t i = 0; i < d->recompressed.count; i++)
        place_json(&j, a, b, &d->recompressed.rows[i], c);
    json_array_end(&j);
    json_object_end(&j);
    text_char(t, '\n');
}

static void side_text(struct text *t, const struct tree *tree, uint32_t node)
{
    const struct item *claim = tree_claim(tree, node);

    if (claim != NULL)
        value_print(t, &claim->value, key_get(claim->key));
    else
        text_puts(t, "present");
}

static void change_text(struct text *t, const struct subject *a, const struct subject *b,
                        const struct changes *c, const struct change *row)
{
    static const char marks[] = {[CHANGE_ADDED] = '+',
                                 [CHANGE_REMOVED] = '-',
                                 [CHANGE_CHANGED] = '~',
                                 [CHANGE_MOVED] = '>',
                                 [CHANGE_UNSEEN] = '?'};

    text_char(t, marks[row->kind]);
    text_char(t, ' ');
    text_add(t, change_path(a, b, row, t->arena));
    if (row->kind == CHANGE_MOVED) {
        text_puts(t, " from ");
        text_add(t, path_of(&a->tree, row->a, t->arena));
    } else if (row->a != TREE_NONE && tree_claim(&a->tree, row->a) != NULL) {
        text_puts(t, ": ");
        side_text(t, &a->tree, row->a);
    } else if (row->b != TREE_NONE && tree_claim(&b->tree, row->b) != NULL) {
        text_puts(t, ":");
    }
    if (row->b != TREE_NONE && tree_claim(&b->tree, row->b) != NULL) {
        text_puts(t, row->a != TREE_NONE ? " -> " : " ");
        side_text(t, &b->tree, row->b);
    }
    if (row->expectation != EXPECT_SAME)
        text_printf(t, "  [%s]", expectation_name(row->expectation));
    if (row->kind == CHANGE_UNSEEN)
        text_puts(t, "  (not seen on the other side)");
    if (row->cause != TREE_NONE) {
        text_puts(t, "\n    follows from ");
        text_add(t, change_path(a, b, &c->rows[row->cause], t->arena));
        text_printf(t, ": %s", row->cause_why);
    }
    text_char(t, '\n');
}

/* What the changes of a firmware image come to. */
static void places_text(struct text *t, const struct subject *a, const struct subject *b,
                        const struct difference *d)
{
    size_t before = t->len;

    for (size_t i = 0; i < d->places.count; i++) {
        if (d->changes.rows[d->places.rows[i].row].cause == TREE_NONE)
            place_text(t, a, b, &d->places.rows[i]);
    }
    for (size_t i = 0; i < d->recompressed.count; i++)
        place_text(t, a, b, &d->recompressed.rows[i]);
    if (t->len > before)
        text_char(t, '\n');
}

void changes_text(struct text *t, const struct subject *a, const struct subject *b,
                  const struct difference *d)
{
    const struct changes *c = &d->changes;
    size_t follow = 0;

    places_text(t, a, b, d);

    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < c->count; i++) {
            bool follows = c->rows[i].cause != TREE_NONE;

            if (follows == (pass == 1))
                change_text(t, a, b, c, &c->rows[i]);
            follow += pass == 0 && follows;
        }
    }
    text_printf(t, "%zu change%s, of which %zu follow from others%s\n", c->count,
                c->count == 1 ? "" : "s", follow,
                c->count > 0 && changes_only_own(c)
                    ? "; nothing differs but what belongs to one machine or was unseen"
                    : "");
}
