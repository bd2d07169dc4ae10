/* SPDX-License-Identifier: Apache-2.0 */
#include "appraise/compare.h"

#include <string.h>

#include "appraise/consequence.h"
#include "appraise/path_match.h"
#include "evidence/places.h"

/* How bad a difference is by where it is; the first pattern that fits counts. */
static const struct {
    const char *pattern;
    enum severity severity;
} severities[] = {
    {"**/*.shape",                                             SEVERITY_LOW   },
    {"**/fault:*",                                             SEVERITY_HIGH  },
    {"flash@**/8be4df61-93ca-11d2-aa0d-00e098032b8c:PK*",      SEVERITY_HIGH  },
    {"flash@**/8be4df61-93ca-11d2-aa0d-00e098032b8c:KEK*",     SEVERITY_HIGH  },
    {"flash@**/8be4df61-93ca-11d2-aa0d-00e098032b8c:db*",      SEVERITY_HIGH  },
    {"flash@**/8be4df61-93ca-11d2-aa0d-00e098032b8c:Driver*",  SEVERITY_HIGH  },
    {"flash@**/8be4df61-93ca-11d2-aa0d-00e098032b8c:SysPrep*", SEVERITY_HIGH  },
    {"flash@**/d719b2cb-3d3a-4596-a3bc-dad00e67656f:**",       SEVERITY_HIGH  },
    {"flash@**/variables/deleted/**",                          SEVERITY_LOW   },
    {"flash@**/variables/*:**",                                SEVERITY_MEDIUM},
    {"flash@**",                                               SEVERITY_HIGH  },
    {"pci@**",                                                 SEVERITY_HIGH  },
    {"usb@**",                                                 SEVERITY_HIGH  },
    {"smbus@**",                                               SEVERITY_HIGH  },
    {"tpm@**",                                                 SEVERITY_HIGH  },
    {"eventlog@**",                                            SEVERITY_HIGH  },
    {"acpi@**",                                                SEVERITY_HIGH  },
    {"bmc@**",                                                 SEVERITY_HIGH  },
    {"fru@**",                                                 SEVERITY_HIGH  },
    {"spd@**",                                                 SEVERITY_HIGH  },
    {"efivar@*/d719b2cb-3d3a-4596-a3bc-dad00e67656f:**",       SEVERITY_HIGH  },
    {"efivar@*/8be4df61-93ca-11d2-aa0d-00e098032b8c:PK/**",    SEVERITY_HIGH  },
    {"efivar@*/8be4df61-93ca-11d2-aa0d-00e098032b8c:KEK/**",   SEVERITY_HIGH  },
    {"efivar@*/8be4df61-93ca-11d2-aa0d-00e098032b8c:Driver*",  SEVERITY_HIGH  },
    {"efivar@*/8be4df61-93ca-11d2-aa0d-00e098032b8c:SysPrep*", SEVERITY_HIGH  },
    {"modules@**",                                             SEVERITY_MEDIUM},
    {"**",                                                     SEVERITY_MEDIUM},
};

static enum severity severity_of(struct bytes path)
{
    for (size_t i = 0; i < ARRAY_LEN(severities); i++) {
        if (path_match(severities[i].pattern, path))
            return severities[i].severity;
    }
    return SEVERITY_MEDIUM;
}

static struct bytes path_of(const struct tree *t, uint32_t node, struct arena *a)
{
    struct text path;

    text_init(&path, a, 1 << 20);
    tree_path(t, node, &path);
    return text_bytes(&path);
}

/* What the comparison with one other machine left different. */
struct against {
    const struct subject *other;
    struct changes changes;
    struct places places;
    bool *differs; /* by node of the subject's tree: changed or added there */
};

static void compare(const struct subject *s, const struct subject *other, struct arena *a,
                    struct against *ret)
{
    ret->other = other;
    ret->differs = ARENA_ARRAY(a, bool, s->tree.count);
    trees_differ(&other->tree, &s->tree, false, a, &ret->changes);
    places_find(&other->tree, &s->tree, &ret->changes, &ret->places);
    for (size_t i = 0; i < ret->changes.count; i++) {
        const struct change *c = &ret->changes.rows[i];

        if (c->b != TREE_NONE && c->kind != CHANGE_UNSEEN)
            ret->differs[c->b] = true;
    }
}

/* Whether the subject's node, or a container it stands in, differs from this machine too. */
static bool node_differs(const struct subject *s, const struct against *k, uint32_t node)
{
    while (node != 0 && !k->differs[node])
        node = s->tree.nodes[node].parent;
    return k->differs[node];
}

/* Whether what stands at `path` in the first reference is missing against this one as well. */
static bool path_missing(const struct against *k, struct bytes path, struct arena *a)
{
    for (size_t i = 0; i < k->changes.count; i++) {
        const struct change *c = &k->changes.rows[i];

        if (c->b != TREE_NONE || c->kind != CHANGE_REMOVED)
            continue;
        struct bytes gone = path_of(&k->other->tree, c->a, a);

        if (bytes_equal(gone, bytes_slice(path, 0, gone.len)) &&
            (gone.len == path.len || path.data[gone.len] == '/'))
            return true;
    }
    return false;
}

/* Whether every other reference disagrees too: a value that one of them has is good. */
static bool all_disagree(const struct subject *s, const struct against *all, size_t count,
                         const struct change *c, struct arena *a)
{
    for (size_t k = 1; k < count; k++) {
        bool differs = c->b != TREE_NONE
                           ? node_differs(s, &all[k], c->b)
                           : path_missing(&all[k], path_of(&all[0].other->tree, c->a, a), a);

        if (!differs)
            return false;
    }
    return true;
}

/* Whether a number lies between the least and the greatest that references have at its path. */
static bool within_range(const struct subject *s, const struct against *all, size_t count,
                         uint32_t node, struct arena *a)
{
    const struct item *mine = tree_claim(&s->tree, node);
    const char *path = arena_text(a, path_of(&s->tree, node, a));
    uint64_t least = UINT64_MAX;
    uint64_t greatest = 0;

    for (size_t k = 0; k < count; k++) {
        uint32_t other = tree_find(&all[k].other->tree, path);
        const struct item *claim =
            other != TREE_NONE ? tree_claim(&all[k].other->tree, other) : NULL;

        if (claim == NULL || claim->value.type != TYPE_UINT)
            continue;
        least = claim->value.uint < least ? claim->value.uint : least;
        greatest = claim->value.uint > greatest ? claim->value.uint : greatest;
    }
    return mine->value.type == TYPE_UINT && mine->value.uint >= least &&
           mine->value.uint <= greatest;
}

/* What people know a part by, in the order in which it is told. */
static const char *const telling[] = {"vendor",       "device", "product",     "class",
                                      "manufacturer", "name",   "part-number", "version"};

/* The place of a name among those that tell most; of all others it is behind the last. */
static size_t telling_rank(struct bytes name)
{
    size_t i = 0;

    while (i < ARRAY_LEN(telling) && !bytes_equal_text(name, telling[i]))
        i++;
    return i;
}

/* The first few claims of a container; those that are bytes, mostly digests, if `bytes`. */
static void describe_claims(const struct tree *t, uint32_t node, bool bytes, struct text *out)
{
    const struct tree_node *n = &t->nodes[node];
    unsigned told = 0;

    for (size_t rank = 0; rank <= ARRAY_LEN(telling); rank++) {
        for (uint32_t i = n->first; i < n->first + n->count && told < 4; i++) {
            const struct item *claim = tree_claim(t, i);

            if (claim == NULL || telling_rank(t->nodes[i].name) != rank ||
                (claim->value.type == TYPE_BYTES) != bytes ||
                key_get(claim->key)->expectation == EXPECT_FREE)
                continue;
            text_puts(out, told++ > 0 ? ", " : "");
            text_add(out, t->nodes[i].name);
            text_char(out, ' ');
            value_print(out, &claim->value, key_get(claim->key));
        }
    }
}

/* A claim's value, or the first few claims of a container, for people. */
static struct bytes describe(const struct tree *t, uint32_t node, struct arena *a)
{
    const struct item *claim = tree_claim(t, node);
    struct text out;

    text_init(&out, a, 1 << 16);
    if (claim != NULL) {
        value_print(&out, &claim->value, key_get(claim->key));
        return text_bytes(&out);
    }
    describe_claims(t, node, false, &out);
    if (text_bytes(&out).len == 0)
        describe_claims(t, node, true, &out);
    /* What holds nothing but further containers is told by their names. */
    for (uint32_t i = t->nodes[node].first;
         text_bytes(&out).len == 0 && i < t->nodes[node].first + t->nodes[node].count; i++)
        text_add(&out, t->nodes[i].name);
    return text_bytes(&out);
}

struct words {
    enum judge judge;
    const char *id[4]; /* added, removed, changed, moved */
    const char *whose; /* "the reference (golden-sample)" */
    const char *next;
};

static const char *key_words(const struct tree *t, uint32_t node)
{
    const struct item *claim = tree_claim(t, node);

    return claim != NULL ? key_meaning(key_get(claim->key)) : NULL;
}

/* "In module "Driver" (12 bytes differ): code changed. " for what stands in a firmware image.
 */
static void say_place(const struct subject *s, const struct against *k, uint32_t i,
                      struct finding *row, struct findings *f)
{
    uint32_t index = k->places.of_change[i];

    if (index == TREE_NONE || k->places.rows[index].row != i)
        return;
    const struct place *p = &k->places.rows[index];
    const struct tree *t = p->b != TREE_NONE ? &s->tree : &k->other->tree;
    struct bytes title = part_title(t, p->b != TREE_NONE ? p->b : p->a);
    const char *what =
        p->kind == CHANGE_CHANGED ? meaning_words(p->meaning) : change_name(p->kind);

    row->part = bytes_of(p->part != NULL ? p->part : "");
    row->change =
        bytes_of(p->kind == CHANGE_CHANGED ? meaning_name(p->meaning) : change_name(p->kind));
    if (p->kind == CHANGE_CHANGED)
        row->why =
            finding_words(f, "In this %s%s%.*s%s %s (%llu bytes differ). %.*s",
                          p->part != NULL ? p->part : "part", title.len > 0 ? " (" : "",
                          (int)title.len, (const char *)title.data, title.len > 0 ? ")" : "",
                          what, (unsigned long long)p->bytes_changed, (int)row->why.len,
                          (const char *)row->why.data);
}

static void say_sides(const struct words *w, const struct change *c, const char *meaning,
                      struct finding *row, struct findings *f)
{
    if (c->kind == CHANGE_MOVED) {
        row->id = w->id[3];
        row->why = finding_words(f, "This stands elsewhere than %s has it (%.*s).", w->whose,
                                 (int)row->expected.len, (const char *)row->expected.data);
    } else if (c->b == TREE_NONE) {
        row->id = w->id[1];
        row->why = finding_words(f, "This is missing here, but %s has it (%.*s).", w->whose,
                                 (int)row->expected.len, (const char *)row->expected.data);
    } else if (c->a == TREE_NONE) {
        row->id = w->id[0];
        row->why = finding_words(f, "This is here, but %s does not have it (%.*s).", w->whose,
                                 (int)row->value.len, (const char *)row->value.data);
    } else {
        row->id = w->id[2];
        row->why = finding_words(f, "%s: it is %.*s here, but %s has %.*s.",
                                 meaning != NULL ? meaning : "The content differs",
                                 (int)row->value.len, (const char *)row->value.data, w->whose,
                                 (int)row->expected.len, (const char *)row->expected.data);
    }
}

static void add_finding(const struct subject *s, const struct against *k, uint32_t i,
                        const struct words *w, struct findings *f)
{
    const struct change *c = &k->changes.rows[i];
    const struct tree *before = &k->other->tree;
    const struct tree *t = c->b != TREE_NONE ? &s->tree : before;
    uint32_t node = c->b != TREE_NONE ? c->b : c->a;
    struct finding row = {
        .judge = w->judge,
        .path = path_of(t, node, f->arena),
        .next = bytes_of(w->next),
        .node = c->b,
    };

    row.severity = severity_of(row.path);
    if (c->expectation == EXPECT_RANGE)
        row.severity = SEVERITY_LOW;
    if (c->kind == CHANGE_MOVED)
        row.expected = path_of(before, c->a, f->arena);
    else if (c->a != TREE_NONE)
        row.expected = describe(before, c->a, f->arena);
    if (c->b != TREE_NONE)
        row.value = describe(&s->tree, c->b, f->arena);
    say_sides(w, c, key_words(t, node), &row, f);
    say_place(s, k, i, &row, f);
    findings_add(f, row);
}

/* Which finding came of which change; what follows from a change that is told weighs less. */
static void mark_followers(const struct against *k, const size_t *finding_of,
                           struct findings *f)
{
    for (size_t i = 0; i < k->changes.count; i++) {
        uint32_t cause = k->changes.rows[i].cause;
        struct finding *row = finding_of[i] != SIZE_MAX ? &f->rows[finding_of[i]] : NULL;

        if (row == NULL || cause == TREE_NONE || finding_of[cause] == SIZE_MAX)
            continue;
        row->severity = SEVERITY_INFO;
        row->consequence_of = f->rows[finding_of[cause]].path;
        row->why =
            finding_words(f, "%.*s It can follow from %.*s: %s.", (int)row->why.len,
                          (const char *)row->why.data, (int)row->consequence_of.len,
                          (const char *)row->consequence_of.data, k->changes.rows[i].cause_why);
    }
}

static size_t *findings_none(const struct against *k, struct arena *a)
{
    size_t *list = ARENA_ARRAY(a, size_t, k->changes.count);

    for (size_t i = 0; i < k->changes.count; i++)
        list[i] = SIZE_MAX;
    return list;
}

void reference_judge(const struct subject *s, const struct subject *references, size_t count,
                     const char *quality, struct findings *f)
{
    struct against *all = ARENA_ARRAY(f->arena, struct against, count);
    struct words w = {
        .judge = JUDGE_REFERENCE,
        .id = {"reference.added", "reference.removed", "reference.changed", "reference.moved"},
        .whose = arena_format(f->arena, "the reference (%s)", quality),
        .next = "Compare with what was ordered. If the change is legitimate, learn a new "
                "reference from evidence that was checked; if not, keep the machine aside and "
                "keep its evidence.",
    };

    if (count == 0)
        return;
    for (size_t k = 0; k < count; k++)
        compare(s, &references[k], f->arena, &all[k]);
    size_t *finding_of = findings_none(&all[0], f->arena);

    for (uint32_t i = 0; i < all[0].changes.count; i++) {
        const struct change *c = &all[0].changes.rows[i];

        if (c->kind == CHANGE_UNSEEN || c->expectation == EXPECT_OWN ||
            c->expectation == EXPECT_GROUP || !all_disagree(s, all, count, c, f->arena))
            continue;
        if (c->expectation == EXPECT_RANGE && c->b != TREE_NONE &&
            within_range(s, all, count, c->b, f->arena))
            continue;
        finding_of[i] = f->count;
        add_finding(s, &all[0], i, &w, f);
    }
    mark_followers(&all[0], finding_of, f);
}

void history_judge(const struct subject *s, const struct subject *before, struct findings *f)
{
    struct against past;
    struct words w = {
        .judge = JUDGE_HISTORY,
        .id = {"history.added", "history.removed", "history.changed", "history.moved"},
        .whose = "the earlier evidence of this machine",
        .next = "Find the work order for this change and add it to the policy as an approved "
                "change; if there is none, treat the machine as tampered with.",
    };

    compare(s, before, f->arena, &past);
    size_t *finding_of = findings_none(&past, f->arena);

    for (uint32_t i = 0; i < past.changes.count; i++) {
        if (past.changes.rows[i].kind == CHANGE_UNSEEN)
            continue;
        finding_of[i] = f->count;
        add_finding(s, &past, i, &w, f);
    }
    mark_followers(&past, finding_of, f);
}

static bool came_or_went(const struct finding *row)
{
    size_t n = strlen(row->id);

    return (n > 6 && strcmp(row->id + n - 6, ".added") == 0) ||
           (n > 8 && strcmp(row->id + n - 8, ".removed") == 0);
}

void findings_mark_consequences(struct findings *f, enum judge judge)
{
    struct consequence *rows = ARENA_ARRAY(f->arena, struct consequence, f->count);
    size_t *index = ARENA_ARRAY(f->arena, size_t, f->count);
    size_t n = 0;

    for (size_t i = 0; i < f->count; i++) {
        if (f->rows[i].judge != judge)
            continue;
        rows[n] = (struct consequence){.path = f->rows[i].path,
                                       .came_or_went = came_or_went(&f->rows[i])};
        index[n++] = i;
    }
    consequences_find(rows, n);
    for (size_t i = 0; i < n; i++) {
        struct finding *row = &f->rows[index[i]];

        /* What the difference has found to follow says so already. */
        if (rows[i].cause == CONSEQUENCE_NONE || row->consequence_of.len > 0)
            continue;
        const struct finding *cause = &f->rows[index[rows[i].cause]];

        row->severity = SEVERITY_INFO;
        row->consequence_of = cause->path;
        bool stop = row->why.len > 0 && row->why.data[row->why.len - 1] == '.';

        row->why =
            finding_words(f, "%.*s%s It can follow from %.*s: %s.", (int)row->why.len,
                          (const char *)row->why.data, stop ? "" : ".", (int)cause->path.len,
                          (const char *)cause->path.data, rows[i].why);
    }
}
