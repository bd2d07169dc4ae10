/* SPDX-License-Identifier: Apache-2.0 */
#include "app/picture_page.h"

#include <inttypes.h>
#include <stdlib.h>

#include "app/picture.h"
#include "app/place_view.h"
#include "result/page.h"
#include "result/words.h"

enum {
    PATHS_MAX = 1 << 20,
    STRIPS = 8,           /* blobs that are drawn */
    STRIP_LEAST = 4096,   /* bytes of a derived blob that is drawn */
    STRIP_WIDTH = 100000, /* of the drawing, in its own units */
    STRIP_MARK = 150,     /* the least width of a change */
    PARTS = 200,          /* rows of the table of parts */
    PLACES = 1000,        /* rows of the table of changes */
    TITLE_PATH = 300,     /* bytes of a path beside a rectangle: its end */
    LETTER_WIDTH = 115,   /* of the canvas of the tree */
    LETTER_HEIGHT = 260,
};

static const char page_style[] =
    "<style>main{max-width:72rem}"
    "svg{display:block;width:100%;background:var(--card)}"
    "svg.strip{height:3.2rem;border:1px solid var(--line)}"
    "svg.tree{height:auto;border:1px solid var(--line)}"
    "svg rect{shape-rendering:crispEdges}"
    "svg.tree rect{stroke:var(--paper);stroke-width:4}"
    "svg.tree rect.frame{fill:none;stroke:var(--ink);stroke-width:10}"
    "svg text{font:190px system-ui,sans-serif;fill:#000;pointer-events:none}"
    ".k-structure{--k:#8da0cb}.k-code{--k:#66c2a5}.k-data{--k:#b3a56f}"
    ".k-compressed{--k:#e5c494}.k-encrypted{--k:#a6761d}.k-padding{--k:#c9ced3}"
    ".k-free-erased{--k:#e6e9ec}.k-free-nonerased{--k:#fc8d62}.k-deleted{--k:#d9a6c9}"
    ".k-unknown{--k:#e78ac3}.k-unread{--k:#7a3b69}"
    ".c-added{--k:#1a9641}.c-removed{--k:#b2182b}.c-changed{--k:#e66101}"
    ".c-moved{--k:#2166ac}.c-unseen{--k:#762a83}"
    "rect,.key{fill:var(--k);background:var(--k)}"
    "svg.quiet rect.part{opacity:.35}svg.quiet rect.marked{opacity:1;stroke:var(--k);"
    "stroke-width:60}"
    ".key{display:inline-block;width:1em;height:1em;vertical-align:-.12em;margin-right:.4em;"
    "border:1px solid var(--line)}"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}"
    "td code{font-size:.78rem}</style>\n";

/* One side of a page. */
struct view {
    struct text *t;
    struct picture picture;
    const struct tree *tree;
    const struct decoded *decoded;
    struct arena *arena;
    const struct place *const *places; /* that have an extent on this side; NULL: none */
    size_t place_count;
    bool before; /* the side that is shown is the first of two */
};

static struct bytes path_of(const struct view *v, uint32_t node)
{
    struct text path;

    text_init(&path, v->arena, PATHS_MAX);
    tree_path(v->tree, node, &path);
    return text_bytes(&path);
}

/* What a part calls itself, else the last segment of its path. */
static struct bytes short_name(const struct view *v, uint32_t node)
{
    struct bytes title = part_title(v->tree, node);

    return title.len > 0 ? title : v->tree->nodes[node].name;
}

static const char *mark_name(uint8_t mark)
{
    return change_name((enum change_kind)(mark - 1));
}

static uint64_t share_bytes(uint64_t weight)
{
    return (weight + PICTURE_UNIT / 2) / PICTURE_UNIT;
}

static enum byte_class most_of(const uint64_t classes[PICTURE_CLASSES])
{
    unsigned most = 0;

    for (unsigned c = 1; c < PICTURE_CLASSES; c++)
        most = classes[c] > classes[most] ? c : most;
    return (enum byte_class)most;
}

/* "12.34 %" */
static void percent(struct text *t, uint64_t part, uint64_t all)
{
    uint64_t hundredths = all > 0 ? part / all * 10000 + part % all * 10000 / all : 0;

    text_printf(t, "%" PRIu64 ".%02" PRIu64 " %%", hundredths / 100, hundredths % 100);
}

static void leaf_title(struct view *v, const struct leaf *f)
{
    struct text *t = v->t;

    if (f->kind == LEAF_SMALLER)
        text_printf(t, "%" PRIu32 " smaller parts of ", f->count);
    html_text(t, short_name(v, f->node));
    text_printf(t, ": %" PRIu64 " bytes%s, ", f->bytes,
                f->kind == LEAF_OWN ? " of its own" : "");
    text_puts(t, byte_class_name(most_of(f->classes)));
    if (f->mark != 0)
        text_printf(t, ", %s", mark_name(f->mark));
    struct bytes path = path_of(v, f->node);
    bool long_one = path.len > TITLE_PATH;

    text_puts(t, long_one ? "\n…" : "\n");
    html_text(t, long_one ? bytes_slice(path, path.len - TITLE_PATH, TITLE_PATH) : path);
}

/* What a part calls itself, where there is room for it. */
static void label(struct view *v, uint32_t node, const struct rectangle *at)
{
    struct bytes name = part_title(v->tree, node);
    size_t fits = at->width / LETTER_WIDTH;

    if (at->height < LETTER_HEIGHT || fits < 5 || !bytes_printable(name))
        return;
    text_printf(v->t, "<text x=\"%" PRIu32 "\" y=\"%" PRIu32 "\">", at->x + 50, at->y + 200);
    html_text(v->t, bytes_slice(name, 0, fits));
    text_puts(v->t, "</text>\n");
}

static void leaf(struct view *v, const struct leaf *f)
{
    bool marked = f->mark != 0;

    if (f->at.width == 0 || f->at.height == 0)
        return;
    text_printf(v->t,
                "<rect class=\"%s %s%s\" x=\"%" PRIu32 "\" y=\"%" PRIu32 "\" width=\"%" PRIu32
                "\" height=\"%" PRIu32 "\"><title>",
                marked ? "marked" : "part", marked ? "c-" : "k-",
                marked ? mark_name(f->mark) : byte_class_name(most_of(f->classes)), f->at.x,
                f->at.y, f->at.width, f->at.height);
    leaf_title(v, f);
    text_puts(v->t, "</title></rect>\n");
}

static void draw_tree(struct view *v)
{
    const struct picture *p = &v->picture;

    text_printf(v->t,
                "<svg class=\"tree%s\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"The "
                "parts, area by size; the table below says the same in words\">\n",
                v->places != NULL ? " quiet" : "", PICTURE_WIDTH, PICTURE_HEIGHT);
    /* What is marked comes last, over its neighbours' edges. */
    for (int marked = 0; marked <= 1; marked++) {
        for (size_t i = 0; i < p->leaf_count; i++) {
            if ((p->leaves[i].mark != 0) == (marked == 1))
                leaf(v, &p->leaves[i]);
        }
    }
    for (size_t i = 0; i < p->frame_count; i++) {
        const struct rectangle *at = &p->frames[i].at;

        text_printf(v->t,
                    "<rect class=\"frame\" x=\"%" PRIu32 "\" y=\"%" PRIu32 "\" width=\"%" PRIu32
                    "\" height=\"%" PRIu32 "\"/>\n",
                    at->x, at->y, at->width, at->height);
    }
    for (size_t i = 0; i < p->frame_count; i++)
        label(v, p->frames[i].node, &p->frames[i].at);
    for (size_t i = 0; i < p->leaf_count; i++) {
        if (p->leaves[i].kind == LEAF_PART)
            label(v, p->leaves[i].node, &p->leaves[i].at);
    }
    text_puts(v->t, "</svg>\n");
}

/* A place along a strip, in the units of its drawing. */
static uint64_t along(uint64_t offset, uint64_t length)
{
    return length > 0 ? offset * STRIP_WIDTH / length : 0;
}

static void strip_rect(struct text *t, const char *class, const char *name, uint64_t from,
                       uint64_t to)
{
    text_printf(t, "<rect class=\"%s%s\" x=\"%" PRIu64 "\" width=\"%" PRIu64 "\" y=\"0\" ",
                class, name, from, to - from);
}

/* The span of a place within a blob: itself, or what it was unpacked from. */
static bool span_within(const struct decoded *d, const struct extent *e, uint32_t blob,
                        struct span *ret)
{
    struct span s = e->span;

    if (!e->known)
        return false;
    while (s.blob != blob && d->blobs[s.blob].method != NULL)
        s = (struct span){d->blobs[s.blob].parent, d->blobs[s.blob].source.offset,
                          d->blobs[s.blob].source.length};
    *ret = s;
    return s.blob == blob;
}

static void strip_changes(struct view *v, uint32_t blob, uint64_t length)
{
    for (size_t i = 0; v->places != NULL && i < v->place_count; i++) {
        const struct place *p = v->places[i];
        struct span s;

        if (!span_within(v->decoded, v->before ? &p->from : &p->to, blob, &s))
            continue;
        uint64_t from = along(s.offset, length);
        uint64_t to = along(s.offset + s.length, length);

        to = to - from < STRIP_MARK ? from + STRIP_MARK : to;
        strip_rect(v->t, "marked c-", change_name(p->kind), from, to);
        text_printf(v->t, "height=\"55\"><title>%s at 0x%" PRIx64 "</title></rect>\n",
                    change_name(p->kind), s.offset);
    }
}

static void draw_strip(struct view *v, uint32_t blob)
{
    const struct blob *b = &v->decoded->blobs[blob];
    size_t count;
    const struct run *runs = picture_strip(&v->picture, blob, &count);

    text_printf(v->t, "<p>%s, %zu bytes", b->method == NULL ? "As it was read" : "Unpacked",
                b->bytes.len);
    if (b->method != NULL)
        text_printf(v->t, " (%s) from %" PRIu64 " bytes at 0x%" PRIx64, b->method,
                    b->source.length, b->source.offset);
    text_printf(v->t,
                ":</p>\n<svg class=\"strip%s\" viewBox=\"0 0 %d 100\" "
                "preserveAspectRatio=\"none\" role=\"img\" aria-label=\"Bytes from the first "
                "to the last, by class\" data-bytes=\"%zu\">\n",
                v->places != NULL ? " quiet" : "", STRIP_WIDTH, b->bytes.len);
    for (size_t i = 0; i < count; i++) {
        const struct run *r = &runs[i];

        strip_rect(v->t, "part k-", byte_class_name(r->class), along(r->offset, b->bytes.len),
                   along(r->offset + r->length, b->bytes.len));
        text_printf(v->t,
                    "height=\"100\" data-offset=\"%" PRIu64 "\" data-length=\"%" PRIu64
                    "\"><title>0x%" PRIx64 ", %" PRIu64 " bytes: %s%s</title></rect>\n",
                    r->offset, r->length, r->offset, r->length, r->regions > 1 ? "mostly " : "",
                    byte_class_name(r->class));
    }
    strip_changes(v, blob, b->bytes.len);
    text_puts(v->t, "</svg>\n");
}

/* Collected blobs, and the larger ones of what was made of them. */
static void draw_strips(struct view *v)
{
    const struct decoded *d = v->decoded;
    unsigned drawn = 0;
    uint32_t left = 0;

    for (uint32_t i = 0; i < d->blob_count; i++) {
        bool large = d->blobs[i].bytes.len > 0 &&
                     (d->blobs[i].method == NULL || d->blobs[i].bytes.len >= STRIP_LEAST);

        if (large && drawn < STRIPS) {
            draw_strip(v, i);
            drawn++;
        } else {
            left++;
        }
    }
    if (left > 0)
        text_printf(v->t, "<p><small>%" PRIu32 " more are not drawn.</small></p>\n", left);
}

static void class_row(struct text *t, enum byte_class c, uint64_t collected, uint64_t all)
{
    text_printf(t, "<tr><td><span class=\"key k-%s\"></span>%s</td><td class=\"n\">",
                byte_class_name(c), byte_class_name(c));
    text_printf(t, "%" PRIu64 "</td><td class=\"n\">", collected);
    percent(t, collected, all);
    text_puts(t, "</td></tr>\n");
}

/* Bytes by class; what was read and what was unpacked from it apart. */
static void class_table(struct view *v, bool derived)
{
    const struct decoded *d = v->decoded;
    uint64_t sums[PICTURE_CLASSES] = {0};
    uint64_t all = 0;

    for (size_t i = 0; i < d->region_count; i++) {
        const struct region *r = &d->regions[i];

        if ((d->blobs[r->span.blob].method != NULL) != derived)
            continue;
        sums[r->class] += r->span.length;
        all += r->span.length;
    }
    if (all == 0)
        return;
    text_printf(v->t,
                "<table class=\"classes\"><thead><tr><th>%s</th><th "
                "class=\"n\">Bytes</th><th></th></tr>"
                "</thead><tbody>\n",
                derived ? "Class, of what was unpacked" : "Class, of what was read");
    for (unsigned c = 0; c < PICTURE_CLASSES; c++) {
        if (sums[c] > 0)
            class_row(v->t, (enum byte_class)c, sums[c], all);
    }
    text_printf(v->t,
                "<tr><td>all</td><td class=\"n\">%" PRIu64 "</td><td></td></tr>\n"
                "</tbody></table>\n",
                all);
}

struct heavy {
    uint64_t weight;
    uint32_t node;
};

static int heavier(const void *left, const void *right)
{
    const struct heavy *a = left;
    const struct heavy *b = right;

    if (a->weight != b->weight)
        return a->weight > b->weight ? -1 : 1;
    return a->node < b->node ? -1 : a->node > b->node;
}

static void part_row(struct view *v, const struct heavy *h)
{
    struct text *t = v->t;

    text_printf(t, "<tr><td>%s", part_name(v->tree, h->node));
    struct bytes title = part_title(v->tree, h->node);

    if (title.len > 0) {
        text_puts(t, " “");
        html_text(t, title);
        text_puts(t, "”");
    }
    text_puts(t, "<small><code>");
    html_text(t, path_of(v, h->node));
    text_printf(t,
                "</code></small></td><td class=\"n\">%" PRIu64 "</td><td class=\"n\">%" PRIu64
                "</td></tr>\n",
                share_bytes(h->weight), v->picture.bytes[h->node]);
}

/* The largest parts, in words. */
static void part_table(struct view *v)
{
    const struct tree *tree = v->tree;
    struct heavy *rows = ARENA_ARRAY(v->arena, struct heavy, tree->count);
    size_t count = 0;

    for (uint32_t n = 1; n < tree->count; n++) {
        if (v->picture.weights[n] > 0 && part_name(tree, n) != NULL)
            rows[count++] = (struct heavy){v->picture.weights[n], n};
    }
    if (count == 0)
        return;
    qsort(rows, count, sizeof(*rows), heavier);
    text_puts(v->t, "<details><summary>The parts in words, the largest first</summary>\n"
                    "<div class=\"scroll\"><table><thead><tr><th>Part</th>"
                    "<th class=\"n\">Bytes of the image</th><th class=\"n\">Bytes "
                    "unpacked</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < count && i < PARTS; i++)
        part_row(v, &rows[i]);
    text_puts(v->t, "</tbody></table></div>\n");
    if (count > PARTS)
        text_printf(v->t, "<p><small>%zu smaller ones are left out.</small></p>\n",
                    count - PARTS);
    text_puts(v->t, "</details>\n");
}

static void fact(struct text *t, const char *label, struct bytes words)
{
    text_printf(t, "<dt>%s</dt><dd>", label);
    html_text(t, words);
    text_puts(t, "</dd>\n");
}

static void begin(struct text *t, struct bytes title)
{
    page_begin(t, title);
    text_puts(t, page_style);
}

static void end(struct text *t)
{
    page_end(t, bytes_of("assay " ASSAY_VERSION),
             "Area is size: what was unpacked stands in the place of the bytes that it was "
             "unpacked from.");
}

void picture_page_decoded(struct text *t, struct bytes file, const char *format,
                          const struct decoded *d)
{
    struct tree tree;
    struct view v = {.t = t, .tree = &tree, .decoded = d, .arena = d->arena};

    tree_build(&tree, d, NULL, NULL);
    picture_make(&v.picture, &tree, NULL, d->arena);
    begin(t, file);
    text_puts(t, "<h1>What is in this file?</h1>\n<dl class=\"facts\">\n");
    fact(t, "File", file);
    fact(t, "Format", bytes_of(format));
    text_printf(t, "<dt>Size</dt><dd>%zu bytes</dd>\n<dt>SHA-256</dt><dd><code>",
                d->blobs[0].bytes.len);
    text_digest(t, decoded_digest(d, 0));
    text_printf(t, "</code></dd>\n<dt>Malformed</dt><dd>%zu places</dd>\n</dl>\n",
                d->fault_count);
    text_puts(t, "<h2>From the first byte to the last</h2>\n");
    draw_strips(&v);
    text_puts(t, "<div class=\"scroll\">");
    class_table(&v, false);
    class_table(&v, true);
    text_puts(t, "</div>\n<h2>Its parts</h2>\n");
    draw_tree(&v);
    part_table(&v);
    end(t);
}

/* By node of one side: what happened to the part that stands there. */
static uint8_t *marks_of(const struct tree *tree, const struct difference *d, bool before,
                         struct arena *arena)
{
    uint8_t *marks = ARENA_ARRAY(arena, uint8_t, tree->count);

    for (size_t i = 0; i < d->places.count; i++) {
        const struct place *p = &d->places.rows[i];
        uint32_t node = before ? p->a : p->b;

        if (node != TREE_NONE && d->changes.rows[p->row].cause == TREE_NONE)
            marks[node] = (uint8_t)(p->kind + 1);
    }
    return marks;
}

static const struct place **places_of(const struct difference *d, struct arena *arena,
                                      size_t *ret_count)
{
    const struct place **rows = ARENA_ARRAY(arena, const struct place *, d->places.count + 1);

    *ret_count = 0;
    for (size_t i = 0; i < d->places.count && *ret_count < PLACES; i++) {
        if (d->changes.rows[d->places.rows[i].row].cause == TREE_NONE)
            rows[(*ret_count)++] = &d->places.rows[i];
    }
    return rows;
}

static void draw_side(struct text *t, const struct subject *s, const struct difference *d,
                      bool before)
{
    struct arena *arena = t->arena;
    struct view v = {
        .t = t, .tree = &s->tree, .decoded = &s->decoded, .arena = arena, .before = before};

    v.places = places_of(d, arena, &v.place_count);
    picture_make(&v.picture, &s->tree, marks_of(&s->tree, d, before, arena), arena);
    text_printf(t, "<section class=\"side\">\n<h2>%s: ", before ? "Before" : "After");
    html_text(t, s->name);
    text_puts(t, "</h2>\n");
    draw_strips(&v);
    draw_tree(&v);
    part_table(&v);
    text_puts(t, "</section>\n");
}

static void change_table(struct text *t, const struct subject *a, const struct subject *b,
                         const struct difference *d)
{
    size_t count;
    const struct place **rows = places_of(d, t->arena, &count);

    text_puts(t, "<h2>What differs</h2>\n");
    if (count == 0) {
        text_puts(t, "<p>No part of a firmware image.</p>\n");
        return;
    }
    text_puts(t, "<ul class=\"plain changes\">\n");
    for (size_t i = 0; i < count; i++) {
        struct text line;

        text_init(&line, t->arena, PATHS_MAX);
        place_text(&line, a, b, rows[i]);
        text_printf(t, "<li><span class=\"key c-%s\"></span>", change_name(rows[i]->kind));
        html_text(t, bytes_trim(text_bytes(&line)));
        text_puts(t, "</li>\n");
    }
    text_puts(t, "</ul>\n");
}

void picture_page_difference(struct text *t, const struct subject *a, const struct subject *b,
                             const struct difference *d)
{
    begin(t, bytes_of("What differs"));
    text_puts(t, "<h1>What differs between the two?</h1>\n<dl class=\"facts\">\n");
    fact(t, "Before", a->name);
    fact(t, "After", b->name);
    text_printf(t, "<dt>Changes</dt><dd>%zu</dd>\n</dl>\n", d->changes.count);
    change_table(t, a, b, d);
    draw_side(t, a, d, true);
    draw_side(t, b, d, false);
    end(t);
}
