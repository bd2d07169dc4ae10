/* SPDX-License-Identifier: Apache-2.0 */
#include "app/policy_file.h"

#include <string.h>

#include "app/decoding.h"
#include "base/file.h"
#include "base/json_read.h"
#include "base/moment.h"

/*
 * A list of revoked digests: a UEFI signature list or authenticated update as published, the
 * published JSON list (its x64 images), or text with a SHA-256 digest a line. Replaces the
 * policy's list; the policy must be sealed again.
 */
static bool policy_revoked_read(const char *path, struct arena *a, struct digest_list *ret,
                                struct err *e);

enum {
    FILE_MAX = 16 << 20,
    RATE_MAX = 10000
};

static bool hex_bytes(struct bytes text, struct arena *a, struct bytes *ret)
{
    uint8_t *out = arena_alloc(a, text.len / 2 + 1);
    size_t n = 0;
    int high = -1;

    for (size_t i = 0; i < text.len; i++) {
        int digit = hex_digit(text.data[i]);

        if (text.data[i] == ':')
            continue;
        if (digit < 0)
            return false;
        if (high < 0) {
            high = digit;
        } else {
            out[n++] = (uint8_t)(high << 4 | digit);
            high = -1;
        }
    }
    *ret = (struct bytes){out, n};
    return high < 0 && n > 0;
}

/* The elements of a member that is an array of objects; none if it is not there. */
static bool rows_of(const struct json_node *n, const char *member, const char *known,
                    const struct json_node **ret, size_t *ret_count, struct err *e)
{
    const struct json_node *m = json_member(n, member);

    *ret = NULL;
    *ret_count = 0;
    if (m == NULL)
        return true;
    if (m->kind != JSON_KIND_ARRAY)
        return err_set(e, ERR_INPUT, "\"%s\" is not an array", member);
    for (size_t i = 0; i < m->count; i++) {
        if (!json_members_known(&m->children[i], known, member, e))
            return false;
    }
    *ret = m->children;
    *ret_count = m->count;
    return true;
}

static const char *pattern_of(const struct json_node *n, const char *name, struct arena *a)
{
    return arena_text(a, json_member_bytes(n, name));
}

static bool read_required(const struct json_node *root, struct arena *a, struct policy *p,
                          struct err *e)
{
    const struct json_node *rows;
    size_t count;

    if (!rows_of(root, "required", "surface witness judged", &rows, &count, e))
        return false;
    if (rows == NULL)
        return true;
    p->required = ARENA_ARRAY(a, struct requirement, count + 1);
    p->required_count = count;
    for (size_t i = 0; i < count; i++) {
        const struct json_node *judged = json_member(&rows[i], "judged");

        if (judged != NULL && judged->kind != JSON_KIND_BOOL)
            return err_set(e, ERR_INPUT, "\"judged\" is neither true nor false");
        p->required[i] = (struct requirement){
            .surface = json_member_bytes(&rows[i], "surface"),
            .witness = json_member_bytes(&rows[i], "witness"),
            .judged = judged == NULL || judged->number != 0,
        };
        if (p->required[i].surface.len == 0)
            return err_set(e, ERR_INPUT, "a requirement names no surface");
    }
    return true;
}

static bool read_severities(const struct json_node *root, struct arena *a, struct policy *p,
                            struct err *e)
{
    const struct json_node *rows;

    if (!rows_of(root, "severities", "id path severity", &rows, &p->override_count, e))
        return false;
    p->overrides = ARENA_ARRAY(a, struct severity_override, p->override_count + 1);
    for (size_t i = 0; i < p->override_count; i++) {
        p->overrides[i] = (struct severity_override){.id = pattern_of(&rows[i], "id", a),
                                                     .path = pattern_of(&rows[i], "path", a)};
        if (!severity_by_name(json_member_bytes(&rows[i], "severity"),
                              &p->overrides[i].severity))
            return err_set(e, ERR_INPUT,
                           "the severity of \"%s\" is none of info, low, "
                           "medium, high, critical",
                           p->overrides[i].id);
    }
    return true;
}

/* What makes an exception must say why, who answers for it, and until when. */
static bool exception_whole(const struct json_node *n, const char *what, struct err *e)
{
    if (json_member_bytes(n, "reason").len == 0 || json_member_bytes(n, "by").len == 0)
        return err_set(e, ERR_INPUT, "%s says not why, or not by whom", what);
    if (!moment_valid(json_member_bytes(n, "expires")))
        return err_set(e, ERR_INPUT, "%s does not say when it ends, as in 2027-01-31T00:00:00Z",
                       what);
    return true;
}

static bool read_waivers(const struct json_node *root, struct arena *a, struct policy *p,
                         struct err *e)
{
    const struct json_node *rows;

    if (!rows_of(root, "waivers", "id path fingerprint reason by expires", &rows,
                 &p->waiver_count, e))
        return false;
    p->waivers = ARENA_ARRAY(a, struct waiver, p->waiver_count + 1);
    for (size_t i = 0; i < p->waiver_count; i++) {
        if (!exception_whole(&rows[i], "a waiver", e))
            return false;
        p->waivers[i] = (struct waiver){
            .id = pattern_of(&rows[i], "id", a),
            .path = pattern_of(&rows[i], "path", a),
            .fingerprint = json_member_bytes(&rows[i], "fingerprint"),
            .reason = json_member_bytes(&rows[i], "reason"),
            .by = json_member_bytes(&rows[i], "by"),
            .expires = json_member_bytes(&rows[i], "expires"),
        };
        if (p->waivers[i].id[0] == '\0' && p->waivers[i].fingerprint.len == 0)
            return err_set(e, ERR_INPUT, "a waiver names neither id nor fingerprint");
    }
    return true;
}

static bool read_approved(const struct json_node *root, struct arena *a, struct policy *p,
                          struct err *e)
{
    const struct json_node *rows;

    if (!rows_of(root, "approved", "path to reason by expires", &rows, &p->approved_count, e))
        return false;
    p->approved = ARENA_ARRAY(a, struct approved_change, p->approved_count + 1);
    for (size_t i = 0; i < p->approved_count; i++) {
        if (!exception_whole(&rows[i], "an approved change", e))
            return false;
        p->approved[i] = (struct approved_change){
            .path = pattern_of(&rows[i], "path", a),
            .to = json_member_bytes(&rows[i], "to"),
            .reason = json_member_bytes(&rows[i], "reason"),
            .by = json_member_bytes(&rows[i], "by"),
            .expires = json_member_bytes(&rows[i], "expires"),
        };
        if (p->approved[i].path[0] == '\0')
            return err_set(e, ERR_INPUT, "an approved change names no path");
    }
    return true;
}

static bool read_number(const struct json_node *n, const char *name, uint64_t max,
                        uint64_t *number, struct err *e)
{
    const struct json_node *m = json_member(n, name);

    if (m == NULL)
        return true;
    if (m->kind != JSON_KIND_NUMBER || m->number < 0 || (uint64_t)m->number > max)
        return err_set(e, ERR_INPUT, "\"%s\" is not a number that fits", name);
    *number = (uint64_t)m->number;
    return true;
}

static bool read_peers(const struct json_node *root, struct policy *p, struct err *e)
{
    const struct json_node *n = json_member(root, "peers");

    if (n == NULL)
        return true;
    return json_members_known(n, "rate cohort dissent enough", "\"peers\"", e) &&
           read_number(n, "rate", RATE_MAX, &p->peers.rate, e) &&
           read_number(n, "cohort", UINT32_MAX, &p->peers.cohort, e) &&
           read_number(n, "dissent", UINT32_MAX, &p->peers.dissent, e) &&
           read_number(n, "enough", UINT32_MAX, &p->peers_enough, e);
}

static bool list_add(struct digest_list *l, struct bytes text, struct arena *a, struct err *e)
{
    struct bytes b;

    if (!hex_bytes(text, a, &b) || (b.len != SHA256_SIZE && b.len != 20))
        return err_set(e, ERR_INPUT, "\"%.*s\" is not a SHA-256 or SHA-1 in hexadecimal",
                       (int)text.len, text.len > 0 ? (const char *)text.data : "");
    l->rows[l->count++] = b;
    return true;
}

/* A list in the policy itself, or in a file beside it. */
static bool read_list(const struct json_node *root, const char *name, const char *folder,
                      struct arena *a, struct digest_list *l, struct err *e)
{
    const struct json_node *n = json_member(root, name);
    const struct json_node *rows = json_member(n, "digests");
    struct bytes file = json_member_bytes(n, "file");

    if (n == NULL)
        return true;
    if (!json_members_known(n, "name digests file", name, e))
        return false;
    if (file.len > 0) {
        const char *path = arena_text(a, file);

        if (path[0] != '/')
            path = arena_format(a, "%s/%s", folder, path);
        if (!policy_revoked_read(path, a, l, e))
            return false;
    } else if (rows == NULL || rows->kind != JSON_KIND_ARRAY) {
        return err_set(e, ERR_INPUT, "\"%s\" has neither \"file\" nor \"digests\"", name);
    } else {
        l->rows = ARENA_ARRAY(a, struct bytes, rows->count + 1);
        for (size_t i = 0; i < rows->count; i++) {
            if (!list_add(l, rows->children[i].text, a, e))
                return false;
        }
        digest_list_sort(l);
    }
    if (json_member(n, "name") != NULL)
        l->name = json_member_bytes(n, "name");
    return true;
}

bool policy_parse(struct bytes b, const char *folder, struct arena *a, struct policy *ret,
                  struct err *e)
{
    struct json_node *root;
    struct policy p;
    const struct json_node *schema;

    if (!json_parse(b, a, &root, e))
        return false;
    policy_default(&p, a);
    schema = json_member(root, "schema");
    if (schema == NULL || schema->kind != JSON_KIND_NUMBER || schema->number != 1)
        return err_set(e, ERR_INPUT, "\"schema\" is not 1");
    p.name = json_member_bytes(root, "name");
    if (p.name.len == 0)
        return err_set(e, ERR_INPUT, "the policy has no \"name\"");
    if (!json_members_known(root,
                            "schema name comment required severities waivers approved peers "
                            "revoked platform-keys bad-keys",
                            "the policy", e) ||
        !read_required(root, a, &p, e) || !read_severities(root, a, &p, e) ||
        !read_waivers(root, a, &p, e) || !read_approved(root, a, &p, e) ||
        !read_peers(root, &p, e) || !read_list(root, "revoked", folder, a, &p.revoked, e) ||
        !read_list(root, "platform-keys", folder, a, &p.platform_keys, e) ||
        !read_list(root, "bad-keys", folder, a, &p.bad_keys, e))
        return false;
    policy_seal(&p, a);
    *ret = p;
    return true;
}

static const char *folder_of(const char *path, struct arena *a)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL)
        return ".";
    return arena_text(a, (struct bytes){(const uint8_t *)path, (size_t)(slash - path) + 1});
}

/*
 * The policy in a JSON file: the built-in one with what the file changes. A member that is not
 * known is an error, so that a misspelt word does not weaken anything. Paths of lists in it are
 * taken from the folder of the file.
 */
static bool policy_read(const char *path, struct arena *a, struct policy *ret, struct err *e)
{
    struct bytes b;

    if (!file_read(path, FILE_MAX, a, &b, e))
        return false;
    if (!policy_parse(b, folder_of(path, a), a, ret, e))
        return err_wrap(e, "policy %s", path);
    return true;
}

/* The published JSON list: images by architecture, each with its Authenticode hash. */
static bool revoked_json(struct bytes b, struct arena *a, struct digest_list *l, struct err *e)
{
    struct json_node *root;

    if (!json_parse(b, a, &root, e))
        return false;
    const struct json_node *images = json_member(json_member(root, "images"), "x64");

    if (images == NULL || images->kind != JSON_KIND_ARRAY)
        return err_set(e, ERR_INPUT, "it has no images of x64");
    l->rows = ARENA_ARRAY(a, struct bytes, images->count + 1);
    for (size_t i = 0; i < images->count; i++) {
        if (!list_add(l, json_member_bytes(&images->children[i], "authenticodeHash"), a, e))
            return false;
    }
    return true;
}

static bool revoked_text(struct bytes b, struct arena *a, struct digest_list *l, struct err *e)
{
    struct bytes rest = b;
    struct bytes line;
    size_t cap = 0;

    while (bytes_line(&rest, &line)) {
        struct bytes word;

        if (!bytes_word(&line, " \t", &word) || word.data[0] == '#')
            continue;
        arena_grow(a, &l->rows, l->count, &cap, sizeof(*l->rows));
        if (!list_add(l, word, a, e))
            return false;
    }
    return true;
}

/* A signature list, with or without the header of an authenticated update. */
static bool revoked_list(struct bytes b, struct arena *a, struct digest_list *l, struct err *e)
{
    enum key_id key = key_find(bytes_of("efivar.signature.sha256"));
    struct worker_input input = {.bytes = b, .digest = digest_sha256(b)};
    struct decoding_blob blob = {.path = bytes_of("dbx"), .mount = 1};
    struct decoding one = {
        .blobs = &blob, .task = {.inputs = &input, .input_count = 1}
    };
    struct decoded *d = &one.task.decoded;
    size_t cap = 0;

    decoded_init(d, a);
    (void)decoded_open(d, 0, ITEM_MAP, bytes_of("file@document"));
    if (!decode_surviving(&one, a, e))
        return false;
    if (!input.skip && decoding_row(&one, 0) == NULL)
        return err_set(e, ERR_INPUT, "it is no list that Assay knows");
    if (d->fault_count > 0)
        return err_set(e, ERR_INPUT, "it is malformed: %s", fault_name(d->faults[0].id));
    for (size_t i = 0; i < d->item_count; i++) {
        if (d->items[i].kind != ITEM_CLAIM || d->items[i].key != key)
            continue;
        arena_grow(a, &l->rows, l->count, &cap, sizeof(*l->rows));
        l->rows[l->count++] = d->items[i].value.bytes;
    }
    return true;
}

static bool is_text(struct bytes b)
{
    for (size_t i = 0; i < b.len; i++) {
        if (b.data[i] == 0 || b.data[i] >= 0x80)
            return false;
    }
    return true;
}

static bool policy_revoked_read(const char *path, struct arena *a, struct digest_list *ret,
                                struct err *e)
{
    struct digest_list l = {0};
    struct bytes b;

    if (!file_read(path, FILE_MAX, a, &b, e))
        return false;
    bool good = !is_text(b)                             ? revoked_list(b, a, &l, e)
                : bytes_starts_with(bytes_trim(b), "{") ? revoked_json(b, a, &l, e)
                                                        : revoked_text(b, a, &l, e);

    if (good && l.count == 0)
        good = err_set(e, ERR_INPUT, "it holds no digest");
    if (!good)
        return err_wrap(e, "list %s", path);
    digest_list_sort(&l);
    const char *slash = strrchr(path, '/');

    l.name = bytes_of(slash != NULL ? slash + 1 : path);
    l.digest = digest_sha256(b);
    *ret = l;
    return true;
}

bool policy_load(const char *path, const char *revoked, struct arena *a, struct policy *ret,
                 struct err *e)
{
    struct policy p;

    if (path == NULL)
        policy_default(&p, a);
    else if (!policy_read(path, a, &p, e))
        return false;
    if (revoked != NULL && !policy_revoked_read(revoked, a, &p.revoked, e))
        return false;
    policy_seal(&p, a);
    *ret = p;
    return true;
}
