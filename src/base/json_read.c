/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 8259 through jansson, copied into the arena. The only door to jansson. */
#include "base/json_read.h"

#include <jansson.h>

/* A container whose members are still to be copied. */
struct open_node {
    json_t *from;
    struct json_node *to;
};

struct copy {
    struct arena *arena;
    struct open_node *open;
    size_t count;
    size_t cap;
    bool real; /* a number with a fraction or an exponent was seen */
};

static struct bytes text_of(struct copy *c, const char *text, size_t len)
{
    return arena_copy(c->arena, (struct bytes){(const uint8_t *)text, len});
}

static void open_container(struct copy *c, json_t *from, struct json_node *to, size_t count)
{
    to->children = ARENA_ARRAY(c->arena, struct json_node, count);
    to->count = count;
    arena_grow(c->arena, &c->open, c->count, &c->cap, sizeof(*c->open));
    c->open[c->count++] = (struct open_node){from, to};
}

static void copy_value(struct copy *c, json_t *from, struct json_node *to)
{
    switch (json_typeof(from)) {
    case JSON_OBJECT:
        to->kind = JSON_KIND_OBJECT;
        open_container(c, from, to, json_object_size(from));
        break;
    case JSON_ARRAY:
        to->kind = JSON_KIND_ARRAY;
        open_container(c, from, to, json_array_size(from));
        break;
    case JSON_STRING:
        to->kind = JSON_KIND_TEXT;
        to->text = text_of(c, json_string_value(from), json_string_length(from));
        break;
    case JSON_INTEGER:
        to->kind = JSON_KIND_NUMBER;
        to->number = json_integer_value(from);
        break;
    case JSON_REAL:
        c->real = true;
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        to->kind = JSON_KIND_BOOL;
        to->number = json_is_true(from);
        break;
    case JSON_NULL:
        to->kind = JSON_KIND_NULL;
        break;
    }
}

static void copy_members(struct copy *c, const struct open_node *n)
{
    size_t i = 0;

    if (json_is_array(n->from)) {
        for (; i < n->to->count; i++)
            copy_value(c, json_array_get(n->from, i), &n->to->children[i]);
        return;
    }
    for (void *at = json_object_iter(n->from); at != NULL && i < n->to->count;
         at = json_object_iter_next(n->from, at), i++) {
        const char *name = json_object_iter_key(at);

        n->to->children[i].name = text_of(c, name, bytes_of(name).len);
        copy_value(c, json_object_iter_value(at), &n->to->children[i]);
    }
}

bool json_parse(struct bytes b, struct arena *a, struct json_node **ret, struct err *e)
{
    json_error_t why;
    json_t *root = json_loadb((const char *)b.data, b.len, JSON_REJECT_DUPLICATES, &why);
    struct copy c = {.arena = a};
    struct json_node *node = ARENA_NEW(a, struct json_node);

    if (root == NULL)
        return err_set(e, ERR_INPUT, "not JSON at line %d, column %d: %s", why.line, why.column,
                       why.text);
    copy_value(&c, root, node);
    while (c.count > 0) {
        struct open_node n = c.open[--c.count];

        copy_members(&c, &n);
    }
    json_decref(root);
    if (c.real)
        return err_set(e, ERR_INPUT, "a number is not an integer");
    *ret = node;
    return true;
}

const struct json_node *json_member(const struct json_node *n, const char *name)
{
    if (n == NULL || n->kind != JSON_KIND_OBJECT)
        return NULL;
    for (size_t i = 0; i < n->count; i++) {
        if (bytes_equal_text(n->children[i].name, name))
            return &n->children[i];
    }
    return NULL;
}

struct bytes json_member_bytes(const struct json_node *n, const char *name)
{
    const struct json_node *m = json_member(n, name);

    return m != NULL && m->kind == JSON_KIND_TEXT ? m->text : (struct bytes){NULL, 0};
}

static bool is_known(struct bytes name, const char *names)
{
    struct bytes rest = bytes_of(names);
    struct bytes word;

    while (bytes_word(&rest, " ", &word)) {
        if (bytes_equal(word, name))
            return true;
    }
    return false;
}

bool json_members_known(const struct json_node *n, const char *names, const char *where_it_is,
                        struct err *e)
{
    if (n->kind != JSON_KIND_OBJECT)
        return err_set(e, ERR_INPUT, "%s is not an object", where_it_is);
    for (size_t i = 0; i < n->count; i++) {
        if (!is_known(n->children[i].name, names))
            return err_set(e, ERR_INPUT, "%s has no member \"%.*s\"", where_it_is,
                           (int)n->children[i].name.len,
                           (const char *)n->children[i].name.data);
    }
    return true;
}
