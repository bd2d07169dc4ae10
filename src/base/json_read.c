/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 8259. Objects and arrays are kept on a stack of limited depth while they are read. */
#include "base/json_read.h"

#include <string.h>

#include "base/text.h"

enum {
    DEPTH_MAX = 64,
    TEXT_MAX = 64 << 20
};

/* An object or array that is being read. */
struct level {
    struct json_node *node;
    size_t cap;
};

struct parser {
    struct bytes all;
    size_t at;
    struct arena *arena;
    struct level levels[DEPTH_MAX];
    size_t depth;
    const char *flaw; /* what is wrong at `at`, or NULL */
};

static bool flawed(struct parser *p, const char *what)
{
    if (p->flaw == NULL)
        p->flaw = what;
    return false;
}

static int peek(struct parser *p)
{
    while (p->at < p->all.len && p->all.data[p->at] != 0 &&
           strchr(" \t\r\n", p->all.data[p->at]) != NULL)
        p->at++;
    return p->at < p->all.len ? p->all.data[p->at] : -1;
}

static bool take(struct parser *p, const char *word)
{
    size_t n = strlen(word);

    if (!bytes_equal_text(bytes_slice(p->all, p->at, n), word))
        return false;
    p->at += n;
    return true;
}

/* Four hexadecimal digits after \u. */
static bool read_unit(struct parser *p, uint32_t *ret)
{
    uint64_t unit;

    if (p->all.len - p->at < 4 || !bytes_number(bytes_slice(p->all, p->at, 4), 16, &unit))
        return flawed(p, "\\u needs four hexadecimal digits");
    p->at += 4;
    *ret = (uint32_t)unit;
    return true;
}

static void add_utf8(struct text *t, uint32_t c)
{
    if (c < 0x80) {
        text_char(t, (char)c);
    } else if (c < 0x800) {
        text_char(t, (char)(0xc0 | c >> 6));
        text_char(t, (char)(0x80 | (c & 0x3f)));
    } else if (c < 0x10000) {
        text_char(t, (char)(0xe0 | c >> 12));
        text_char(t, (char)(0x80 | (c >> 6 & 0x3f)));
        text_char(t, (char)(0x80 | (c & 0x3f)));
    } else {
        text_char(t, (char)(0xf0 | c >> 18));
        text_char(t, (char)(0x80 | (c >> 12 & 0x3f)));
        text_char(t, (char)(0x80 | (c >> 6 & 0x3f)));
        text_char(t, (char)(0x80 | (c & 0x3f)));
    }
}

static bool read_unicode(struct parser *p, struct text *t)
{
    uint32_t high;
    uint32_t low;

    if (!read_unit(p, &high))
        return false;
    if (high >= 0xd800 && high < 0xdc00) {
        if (!take(p, "\\u"))
            return flawed(p, "half of a surrogate pair");
        if (!read_unit(p, &low))
            return false;
        if (low < 0xdc00 || low > 0xdfff)
            return flawed(p, "half of a surrogate pair");
        high = 0x10000 + ((high - 0xd800) << 10 | (low - 0xdc00));
    } else if (high >= 0xdc00 && high < 0xe000) {
        return flawed(p, "half of a surrogate pair");
    }
    add_utf8(t, high);
    return true;
}

static bool read_escape(struct parser *p, struct text *t)
{
    static const char names[] = "\"\\/bfnrt";
    static const char values[] = "\"\\/\b\f\n\r\t";
    int c = p->at < p->all.len ? p->all.data[p->at] : 0;
    const char *found = c != 0 ? strchr(names, c) : NULL;

    p->at++;
    if (c == 'u')
        return read_unicode(p, t);
    if (found == NULL)
        return flawed(p, "an escape that JSON does not have");
    text_char(t, values[found - names]);
    return true;
}

/* A string; `at` stands on its opening quote. */
static bool read_text(struct parser *p, struct bytes *ret)
{
    struct text t;

    text_init(&t, p->arena, TEXT_MAX);
    p->at++;
    while (p->at < p->all.len && p->all.data[p->at] != '"') {
        uint8_t c = p->all.data[p->at++];

        if (c < 0x20)
            return flawed(p, "a control character in a string");
        if (c != '\\')
            text_char(&t, (char)c);
        else if (!read_escape(p, &t))
            return false;
    }
    if (p->at >= p->all.len)
        return flawed(p, "a string does not end");
    p->at++;
    *ret = text_bytes(&t);
    return bytes_utf8(*ret) || flawed(p, "a string is not UTF-8");
}

/* Whole numbers only: results hold no others, and neither does what is read. */
static bool read_number(struct parser *p, int64_t *ret)
{
    bool negative = take(p, "-");
    size_t from = p->at;
    uint64_t magnitude;

    while (p->at < p->all.len && p->all.data[p->at] >= '0' && p->all.data[p->at] <= '9')
        p->at++;
    struct bytes digits = bytes_slice(p->all, from, p->at - from);

    if (digits.len == 0)
        return flawed(p, "no value that JSON has");
    if (p->at < p->all.len && strchr(".eE", p->all.data[p->at]) != NULL &&
        p->all.data[p->at] != 0)
        return flawed(p, "a number that is not whole");
    if (!bytes_number(digits, 10, &magnitude) || magnitude > INT64_MAX ||
        (digits.len > 1 && digits.data[0] == '0'))
        return flawed(p, "a number that does not fit");
    *ret = negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return true;
}

static bool open_level(struct parser *p, struct json_node *n, enum json_kind kind)
{
    if (p->depth == DEPTH_MAX)
        return flawed(p, "too deep");
    p->at++;
    n->kind = kind;
    p->levels[p->depth++] = (struct level){n, 0};
    return true;
}

/* One value; of an object or array only its opening, which is then the innermost level. */
static bool read_value(struct parser *p, struct json_node *n)
{
    int c = peek(p);

    if (c == '{')
        return open_level(p, n, JSON_KIND_OBJECT);
    if (c == '[')
        return open_level(p, n, JSON_KIND_ARRAY);
    if (c == '"') {
        n->kind = JSON_KIND_TEXT;
        return read_text(p, &n->text);
    }
    if (take(p, "null")) {
        n->kind = JSON_KIND_NULL;
        return true;
    }
    if (take(p, "true") || take(p, "false")) {
        n->kind = JSON_KIND_BOOL;
        n->number = p->all.data[p->at - 2] == 'u';
        return true;
    }
    n->kind = JSON_KIND_NUMBER;
    return read_number(p, &n->number);
}

static bool name_taken(const struct json_node *object, struct bytes name)
{
    for (size_t i = 0; i < object->count; i++) {
        if (bytes_equal(object->children[i].name, name))
            return true;
    }
    return false;
}

static bool read_name(struct parser *p, const struct json_node *object, struct bytes *ret)
{
    if (peek(p) != '"')
        return flawed(p, "a member has no name");
    if (!read_text(p, ret))
        return false;
    if (name_taken(object, *ret))
        return flawed(p, "a member stands twice");
    if (peek(p) != ':')
        return flawed(p, "a member has no value");
    p->at++;
    return true;
}

/* The next child of the innermost level, or its end. */
static bool read_step(struct parser *p)
{
    struct level *l = &p->levels[p->depth - 1];
    struct json_node *n = l->node;
    bool object = n->kind == JSON_KIND_OBJECT;
    struct json_node child = {0};
    int c = peek(p);

    if (c == (object ? '}' : ']')) {
        p->at++;
        p->depth--;
        return true;
    }
    if (n->count > 0) {
        if (c != ',')
            return flawed(p, "neither a comma nor the end");
        p->at++;
    }
    if (object && !read_name(p, n, &child.name))
        return false;
    /* The array moves only while its own level is the innermost, so children may be levels. */
    arena_grow(p->arena, &n->children, n->count, &l->cap, sizeof(*n->children));
    n->children[n->count] = child;
    return read_value(p, &n->children[n->count++]);
}

static void where(const struct parser *p, size_t *line, size_t *column)
{
    *line = 1;
    *column = 1;
    for (size_t i = 0; i < p->at && i < p->all.len; i++) {
        *column = p->all.data[i] == '\n' ? 1 : *column + 1;
        *line += p->all.data[i] == '\n';
    }
}

bool json_parse(struct bytes b, struct arena *a, struct json_node **ret, struct err *e)
{
    struct parser p = {.all = b, .arena = a};
    struct json_node *root = ARENA_NEW(a, struct json_node);
    bool good = read_value(&p, root);
    size_t line;
    size_t column;

    while (good && p.depth > 0)
        good = read_step(&p);
    if (good && peek(&p) >= 0)
        good = flawed(&p, "something follows the value");
    if (!good) {
        where(&p, &line, &column);
        return err_set(e, ERR_INPUT, "line %zu, column %zu: %s", line, column, p.flaw);
    }
    *ret = root;
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
