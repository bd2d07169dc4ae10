/* SPDX-License-Identifier: Apache-2.0 */
#include "app/fleet_methods.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/json_read.h"

enum {
    METHODS_FILE_MAX = 1 << 20,
    BIT_PROGRAMMER = 16,
    BIT_PHOTOGRAPH = 17
};

static const struct {
    uint32_t bit;
    const char *id;
    const char *what;
} built_in[] = {
    {JUDGE_REFERENCE, "reference",        "compared with reference values"                   },
    {JUDGE_PEERS,     "peers",            "compared with its siblings"                       },
    {JUDGE_HISTORY,   "history",          "compared with itself before"                      },
    {JUDGE_WITNESS,   "witness",          "its witnesses compared with each other"           },
    {JUDGE_RULE,      "rule",             "searched for what is never good"                  },
    {BIT_PROGRAMMER,  "flash-programmer", "flash read by a programmer, not through the host" },
    {BIT_PHOTOGRAPH,  "photograph",       "board photographed and compared with its siblings"},
};

static void print_method(struct json *j, size_t i)
{
    json_object_begin(j);
    json_member_uint(j, "bit", built_in[i].bit);
    json_member_text(j, "id", built_in[i].id);
    json_member_text(j, "what", built_in[i].what);
    json_member_uint(j, "caught", 0);
    json_member_uint(j, "of", 0);
    json_member_uint(j, "falseAlarms", 0);
    json_member_uint(j, "falseOf", 0);
    json_object_end(j);
}

bool fleet_methods_write(const char *path, struct arena *a, struct err *e)
{
    struct text t;
    struct json j;

    text_init(&t, a, METHODS_FILE_MAX);
    json_init(&j, &t);
    json_array_begin(&j);
    for (size_t i = 0; i < ARRAY_LEN(built_in); i++) {
        text_puts(&t, i > 0 ? "" : "\n");
        print_method(&j, i);
        text_char(&t, '\n');
    }
    json_array_end(&j);
    text_char(&t, '\n');
    return file_write(path, text_bytes(&t), a, e);
}

/* A count that need not be there. */
static bool count_read(const struct json_node *n, const char *name, uint64_t *ret)
{
    const struct json_node *m = json_member(n, name);

    *ret = m != NULL ? (uint64_t)m->number : 0;
    return m == NULL || (m->kind == JSON_KIND_NUMBER && m->number >= 0);
}

/* A digest that need not be there. */
static bool digest_read(const struct json_node *n, const char *name, struct digest *ret)
{
    return json_member(n, name) == NULL || digest_of_hex(json_member_bytes(n, name), ret);
}

static bool method_read(const struct json_node *n, struct fleet_method *ret, struct err *e)
{
    uint64_t bit;

    *ret = (struct fleet_method){.id = json_member_bytes(n, "id"),
                                 .what = json_member_bytes(n, "what")};
    ret->specification = digest_sha256(ret->what);
    if (!json_members_known(n, "bit id what specification caught of falseAlarms falseOf record",
                            "a method", e))
        return false;
    if (!count_read(n, "bit", &bit) || !count_read(n, "caught", &ret->caught) ||
        !count_read(n, "of", &ret->of) || !count_read(n, "falseAlarms", &ret->false_alarms) ||
        !count_read(n, "falseOf", &ret->false_of) || bit >= METHODS_MAX || ret->id.len == 0 ||
        ret->caught > ret->of || ret->false_alarms > ret->false_of ||
        !digest_read(n, "specification", &ret->specification) ||
        !digest_read(n, "record", &ret->record))
        return err_set(e, ERR_INPUT, "method '%.*s' is malformed", (int)ret->id.len,
                       (const char *)ret->id.data);
    ret->bit = (uint32_t)bit;
    return true;
}

static int bit_order(const void *left, const void *right)
{
    const struct fleet_method *a = left;
    const struct fleet_method *b = right;

    return (a->bit > b->bit) - (a->bit < b->bit);
}

static bool methods_parse(const struct json_node *root, struct fleet_method *ret,
                          size_t *ret_count, struct err *e)
{
    if (root->kind != JSON_KIND_ARRAY || root->count > METHODS_MAX)
        return err_set(e, ERR_INPUT, "it is no list of at most %d methods", METHODS_MAX);
    for (size_t i = 0; i < root->count; i++) {
        if (!method_read(&root->children[i], &ret[i], e))
            return false;
    }
    *ret_count = root->count;
    qsort(ret, root->count, sizeof(*ret), bit_order);
    for (size_t i = 1; i < root->count; i++) {
        if (ret[i].bit == ret[i - 1].bit)
            return err_set(e, ERR_INPUT, "two methods have bit %u", ret[i].bit);
    }
    return true;
}

bool fleet_methods_read(const char *path, struct arena *a, struct fleet_method *ret,
                        size_t *ret_count, struct err *e)
{
    struct json_node *root;
    struct bytes b;

    if (!file_read(path, METHODS_FILE_MAX, a, &b, e))
        return false;
    return (json_parse(b, a, &root, e) && methods_parse(root, ret, ret_count, e)) ||
           err_wrap(e, "%s", path);
}

uint32_t fleet_methods_used(const struct result *r)
{
    uint32_t used = 0;

    for (size_t i = 0; i < r->coverage_count; i++) {
        const struct result_coverage *c = &r->coverage[i];

        if (c->state != COVERAGE_SEEN && c->state != COVERAGE_PARTIAL)
            continue;
        used |= (uint32_t)c->judged_by;
        if (bytes_equal_text(c->witness, "programmer"))
            used |= UINT32_C(1) << BIT_PROGRAMMER;
        if (bytes_equal_text(c->witness, "camera"))
            used |= UINT32_C(1) << BIT_PHOTOGRAPH;
    }
    return used;
}
