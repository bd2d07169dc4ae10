/* SPDX-License-Identifier: Apache-2.0 */
#include "app/render.h"

#include <inttypes.h>
#include <string.h>

void render_digest(struct json *j, const struct digest *d)
{
    struct text t;
    char room[96];

    text_init_room(&t, room, sizeof(room));
    text_puts(&t, "sha256:");
    text_hex(&t, (struct bytes){d->bytes, sizeof(d->bytes)});
    json_utf8(j, text_bytes(&t));
}

void render_value(struct json *j, const struct value *v)
{
    switch (v->type) {
    case TYPE_UINT:
        json_uint(j, v->uint);
        break;
    case TYPE_INT:
        json_int(j, v->sint);
        break;
    case TYPE_BOOL:
        json_bool(j, v->uint != 0);
        break;
    case TYPE_TEXT:
        if (bytes_utf8(v->bytes))
            json_utf8(j, v->bytes);
        else
            json_bytes(j, v->bytes);
        break;
    case TYPE_BYTES:
        json_bytes(j, v->bytes);
        break;
    }
}

/* {"blob":…,"offset":…,"length":…} */
static void render_span(struct json *j, const struct decoded *d, struct span s)
{
    json_object_begin(j);
    json_key(j, "blob");
    render_digest(j, decoded_digest(d, s.blob));
    json_member_uint(j, "offset", s.offset);
    json_member_uint(j, "length", s.length);
    json_object_end(j);
}

/*
 * Paths of one decode. From one item to the next the path of the container is kept, and that of
 * the container around it, both with a '/' behind.
 */
struct paths {
    const struct decoded *d;
    struct text outer;
    uint32_t outer_item;
    struct text container;
    uint32_t container_item;
    struct text whole;
};

static void paths_init(struct paths *p, const struct decoded *d)
{
    *p = (struct paths){.d = d};
    text_init(&p->outer, d->arena, 1 << 20);
    text_init(&p->container, d->arena, 1 << 20);
    text_init(&p->whole, d->arena, 1 << 20);
}

/* Goes to another container, which is not the root. */
static void path_enter(struct paths *p, uint32_t container)
{
    const struct item *item = &p->d->items[container];

    if (item->parent != p->outer_item) {
        text_clear(&p->outer);
        item_path(p->d, item->parent, &p->outer);
        if (item->parent != 0)
            text_char(&p->outer, '/');
        p->outer_item = item->parent;
    }
    text_clear(&p->container);
    text_add(&p->container, text_bytes(&p->outer));
    text_segment(&p->container, item->name);
    text_char(&p->container, '/');
    p->container_item = container;
}

/* The path of the container that an item is in, with a '/', or nothing if that is the root. */
static inline struct bytes path_container(struct paths *p, const struct item *item)
{
    if (item->parent == 0)
        return bytes_of("");
    if (item->parent != p->container_item)
        path_enter(p, item->parent);
    return text_bytes(&p->container);
}

/* Writes the path of an item. */
static inline void path_add(struct paths *p, uint32_t index, struct text *t)
{
    const struct item *item = &p->d->items[index];

    if (index == 0)
        return;
    text_add(t, path_container(p, item));
    /* The leaf of a key needs no encoding. */
    if (item->leaf)
        text_add(t, item->name);
    else
        text_segment(t, item->name);
}

static struct bytes path_of(struct paths *p, uint32_t index)
{
    text_clear(&p->whole);
    path_add(p, index, &p->whole);
    return text_bytes(&p->whole);
}

/* What the specification calls the value, beside the number. */
static void value_text_member(struct json *j, const struct decoded *d, const struct item *item)
{
    const struct key *k = key_get(item->key);
    const struct value_name *names = key_names(k);
    struct text t;

    if (names == NULL || item->value.type != TYPE_UINT)
        return;
    if (!k->bits) {
        const char *name = key_value_name(k, item->value.uint);

        if (name != NULL)
            json_member_text(j, "text", name);
        return;
    }
    text_init(&t, d->arena, 4096);
    for (const struct value_name *n = names; n->text != NULL; n++) {
        if (n->value >= 64 || (item->value.uint >> n->value & 1) == 0)
            continue;
        if (t.len > 0)
            text_puts(&t, ", ");
        text_puts(&t, n->text);
    }
    json_member_string(j, "text", text_bytes(&t));
}

static void claim_json(struct json *j, struct paths *p, uint32_t index)
{
    const struct item *item = &p->d->items[index];
    const struct key *k = key_get(item->key);

    json_object_begin(j);
    json_member_string(j, "path", path_of(p, index));
    json_member_text(j, "key", k->name);
    json_member_text(j, "type", value_type_name(item->value.type));
    json_key(j, "value");
    render_value(j, &item->value);
    value_text_member(j, p->d, item);
    if (k->unit[0] != '\0' && !key_hex(k))
        json_member_text(j, "unit", k->unit);
    json_member_text(j, "expectation", expectation_name(k->expectation));
    json_key(j, "span");
    render_span(j, p->d, item->span);
    json_object_end(j);
}

static void faults_json(struct json *j, struct paths *p)
{
    json_key(j, "faults");
    json_array_begin(j);
    for (size_t i = 0; i < p->d->fault_count; i++) {
        const struct fault *f = &p->d->faults[i];

        json_object_begin(j);
        json_member_text(j, "name", fault_name(f->id));
        json_key(j, "blob");
        render_digest(j, decoded_digest(p->d, f->blob));
        json_member_uint(j, "offset", f->offset);
        json_member_string(j, "path", path_of(p, f->item));
        json_member_text(j, "meaning", fault_meaning(f->id));
        json_object_end(j);
    }
    json_array_end(j);
}

/* Of these bytes nobody says more than what they hash to; all others have claims. */
static bool unexplained(enum byte_class c)
{
    return c == CLASS_UNKNOWN || c == CLASS_UNREAD || c == CLASS_FREE_NONERASED ||
           c == CLASS_DELETED || c == CLASS_ENCRYPTED;
}

static void map_json(struct json *j, struct paths *p)
{
    json_key(j, "map");
    json_array_begin(j);
    for (size_t i = 0; i < p->d->region_count; i++) {
        const struct region *r = &p->d->regions[i];
        const struct blob *b = &p->d->blobs[r->span.blob];

        json_object_begin(j);
        json_key(j, "blob");
        render_digest(j, decoded_digest(p->d, r->span.blob));
        json_member_uint(j, "offset", r->span.offset);
        json_member_uint(j, "length", r->span.length);
        json_member_text(j, "class", byte_class_name(r->class));
        json_member_string(j, "path", path_of(p, r->item));
        if (unexplained(r->class)) {
            struct digest digest = digest_sha256(
                bytes_slice(b->bytes, (size_t)r->span.offset, (size_t)r->span.length));

            json_key(j, "digest");
            render_digest(j, &digest);
        }
        json_object_end(j);
    }
    json_array_end(j);
}

static void derived_json(struct json *j, const struct decoded *d)
{
    json_key(j, "derived");
    json_array_begin(j);
    for (uint32_t i = 0; i < d->blob_count; i++) {
        const struct blob *b = &d->blobs[i];

        if (b->method == NULL)
            continue;
        json_object_begin(j);
        json_key(j, "blob");
        render_digest(j, decoded_digest(d, i));
        json_key(j, "parent");
        render_digest(j, decoded_digest(d, b->parent));
        json_member_uint(j, "offset", b->source.offset);
        json_member_uint(j, "length", b->source.length);
        json_member_text(j, "method", b->method);
        json_object_end(j);
    }
    json_array_end(j);
}

void render_decoded_json(struct json *j, const struct decoded *d)
{
    struct paths p;

    paths_init(&p, d);
    json_key(j, "claims");
    json_array_begin(j);
    for (uint32_t i = 1; i < d->item_count; i++) {
        if (d->items[i].kind == ITEM_CLAIM)
            claim_json(j, &p, i);
    }
    json_array_end(j);
    faults_json(j, &p);
    map_json(j, &p);
    derived_json(j, d);
}

/* Bytes by class: of what was collected, and of what was derived from it. */
struct totals {
    const char *name;
    uint64_t classes[CLASS_UNREAD + 1];
    uint64_t all;
};

static void totals_text(struct text *t, const struct totals *sum)
{
    for (size_t c = 0; c <= CLASS_UNREAD; c++) {
        uint64_t n = sum->classes[c];

        if (n > 0)
            text_printf(
                t, "%s %s %" PRIu64 " of %" PRIu64 " bytes (%" PRIu64 ".%02" PRIu64 " %%)\n",
                sum->name, byte_class_name((enum byte_class)c), n, sum->all, n * 100 / sum->all,
                n * 10000 / sum->all % 100);
    }
}

static void map_text(struct text *t, struct paths *p)
{
    struct totals collected = {.name = "total"};
    struct totals derived = {.name = "derived"};

    for (size_t i = 0; i < p->d->region_count; i++) {
        const struct region *r = &p->d->regions[i];
        struct totals *sum = p->d->blobs[r->span.blob].method == NULL ? &collected : &derived;

        text_printf(t, "map %u 0x%" PRIx64 " +0x%" PRIx64 " %s ", r->span.blob, r->span.offset,
                    r->span.length, byte_class_name(r->class));
        path_add(p, r->item, t);
        text_char(t, '\n');
        sum->classes[r->class] += r->span.length;
        sum->all += r->span.length;
    }
    totals_text(t, &collected);
    totals_text(t, &derived);
}

/* The name of a claim, below the path of its container, and " = ", for most in one piece. */
static void claim_name(struct text *t, const struct item *item)
{
    static const char before[] = "  ";
    static const char behind[] = " = ";

    enum {
        BEFORE = sizeof(before) - 1,
        BEHIND = sizeof(behind) - 1
    };

    if (!item->leaf || !text_room(t, BEFORE + item->name.len + BEHIND)) {
        text_puts(t, before);
        text_segment(t, item->name);
        text_puts(t, behind);
        return;
    }
    char *to = t->data + t->len;

    memcpy(to, before, BEFORE);
    memcpy(to + BEFORE, item->name.data, item->name.len);
    memcpy(to + BEFORE + item->name.len, behind, BEHIND);
    t->len += BEFORE + item->name.len + BEHIND;
}

static void claim_text(struct text *t, const struct item *item)
{
    const struct key *k = key_get(item->key);

    claim_name(t, item);
    value_print(t, &item->value, k);
    if (k->expectation != EXPECT_SAME) {
        text_puts(t, "  [");
        text_puts(t, expectation_name(k->expectation));
        text_char(t, ']');
    }
    text_char(t, '\n');
}

/* The claims of a container follow its path. */
static void claims_text(struct text *t, struct paths *p)
{
    uint32_t container = 0;

    for (uint32_t i = 1; i < p->d->item_count; i++) {
        const struct item *item = &p->d->items[i];

        if (item->kind != ITEM_CLAIM)
            continue;
        if (item->parent != container) {
            struct bytes path = path_container(p, item);

            container = item->parent;
            text_add(t, bytes_slice(path, 0, path.len - 1));
            text_char(t, '\n');
        }
        claim_text(t, item);
    }
}

void render_decoded_text(struct text *t, const struct decoded *d, bool map)
{
    struct paths p;

    paths_init(&p, d);
    claims_text(t, &p);
    for (size_t i = 0; i < d->fault_count; i++) {
        const struct fault *f = &d->faults[i];

        text_printf(t, "fault %s at 0x%" PRIx64 " in ", fault_name(f->id), f->offset);
        path_add(&p, f->item, t);
        text_printf(t, ": %s\n", fault_meaning(f->id));
    }
    if (map)
        map_text(t, &p);
}
