/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "app/extract.h"
#include "app/render.h"
#include "base/file.h"
#include "cli/options.h"
#include "collect/bundle_file.h"
#include "evidence/seal.h"
#include "evidence/source.h"

enum {
    OUTPUT_MAX = 256 << 20,
    KEY_MAX = 64 * 1024
};

/* One call of the verb. */
struct call {
    const struct verb *v;
    struct arena *arena;
    struct text out;
    struct err err;
    const char *output;
    const char *key;
    const char *new_key;
    bool compress;
    bool json;
    const char *file;
    char **more; /* what follows the file, ended by NULL */
    struct bundle bundle;
    bool packed; /* the file is compressed */
};

static int fail(struct call *c)
{
    return verb_fail(c->v, &c->err);
}

static bool load(struct call *c)
{
    return bundle_from_file(c->file, c->arena, &c->bundle, &c->packed, &c->err);
}

static void head_json(struct call *c, struct json *j)
{
    json_init(j, &c->out);
    json_object_begin(j);
    json_member_uint(j, "schema", 1);
    json_member_text(j, "file", c->file);
    json_key(j, "evidence");
    render_digest(j, &c->bundle.digest);
}

static void head_text(struct call *c, const char *what)
{
    text_printf(&c->out, "%s: %s sha256:", c->file, what);
    text_hex(&c->out, (struct bytes){c->bundle.digest.bytes, sizeof(c->bundle.digest.bytes)});
    text_char(&c->out, '\n');
}

static void entry_json(struct json *j, const struct entry *n)
{
    const struct source *s = source_find(n->source);

    json_object_begin(j);
    json_member_string(j, "source", n->source);
    if (s != NULL) {
        json_member_text(j, "surface", s->surface);
        json_member_text(j, "witness", s->witness);
        json_member_text(j, "sensitivity", sensitivity_name(s->sensitivity));
    }
    json_member_string(j, "origin", n->origin);
    json_member_text(j, "state", coverage_name(entry_state(n)));
    if (n->reason.len > 0)
        json_member_string(j, "reason", n->reason);
    if (n->has_blob) {
        json_key(j, "digest");
        render_digest(j, &n->digest);
    }
    json_member_uint(j, "length", n->length);
    json_object_end(j);
}

static void list_json(struct call *c)
{
    const struct evidence *e = &c->bundle.evidence;
    struct json j;

    head_json(c, &j);
    json_member_string(&j, "tool", e->tool);
    json_member_string(&j, "subject", e->subject);
    json_member_string(&j, "time", e->time);
    json_member_uint(&j, "redacted", c->bundle.redacted);
    json_key(&j, "entries");
    json_array_begin(&j);
    for (size_t i = 0; i < e->count; i++)
        entry_json(&j, &e->entries[i]);
    json_array_end(&j);
    json_key(&j, "seals");
    json_array_begin(&j);
    for (size_t i = 0; i < c->bundle.seal_count; i++) {
        json_object_begin(&j);
        json_member_string(&j, "name", c->bundle.seals[i].name);
        json_member_uint(&j, "length", c->bundle.seals[i].bytes.len);
        json_object_end(&j);
    }
    json_array_end(&j);
    json_object_end(&j);
    text_char(&c->out, '\n');
}

static void entry_text(struct text *t, const struct entry *n)
{
    enum coverage_state state = entry_state(n);

    text_printf(t, "%-11s ", coverage_name(state));
    if (n->has_blob) {
        text_hex(t, (struct bytes){n->digest.bytes, sizeof(n->digest.bytes)});
        text_printf(t, " %9" PRIu64 " ", n->length);
    }
    text_printable(t, n->source);
    if (n->origin.len > 0) {
        text_char(t, ' ');
        text_printable(t, n->origin);
    }
    if (n->reason.len > 0 || state != n->state) {
        text_puts(t, " (");
        text_printable(t, state != n->state ? bytes_of("redacted") : n->reason);
        text_char(t, ')');
    }
    text_char(t, '\n');
}

static int list(struct call *c)
{
    const struct bundle *b = &c->bundle;

    if (!load(c))
        return fail(c);
    if (c->json) {
        list_json(c);
        return STATUS_GOOD;
    }
    head_text(c, "evidence");
    if (b->evidence.subject.len > 0) {
        text_puts(&c->out, "subject ");
        text_printable(&c->out, b->evidence.subject);
        text_char(&c->out, '\n');
    }
    if (b->evidence.time.len > 0) {
        text_puts(&c->out, "time ");
        text_printable(&c->out, b->evidence.time);
        text_char(&c->out, '\n');
    }
    for (size_t i = 0; i < b->evidence.count; i++)
        entry_text(&c->out, &b->evidence.entries[i]);
    for (size_t i = 0; i < b->seal_count; i++) {
        text_puts(&c->out, "seal ");
        text_printable(&c->out, b->seals[i].name);
        text_char(&c->out, '\n');
    }
    return STATUS_GOOD;
}

static int extract(struct call *c)
{
    size_t count = 0;

    if (c->output == NULL)
        return verb_usage(c->v, "extract needs a folder (-o DIR)");
    if (!load(c) || !bundle_extract(&c->bundle, c->output, c->arena, &count, &c->err))
        return fail(c);
    if (c->json) {
        struct json j;

        head_json(c, &j);
        json_member_text(&j, "folder", c->output);
        json_member_uint(&j, "files", count);
        json_object_end(&j);
        text_char(&c->out, '\n');
    } else {
        text_printf(&c->out, "%zu files below %s\n", count, c->output);
    }
    return STATUS_GOOD;
}

/* Whether the entry is named by a source, a sensitivity or a digest. */
static bool is_named(const struct entry *n, const char *what, struct arena *a)
{
    const struct source *s = source_find(n->source);
    struct text t;

    text_init(&t, a, 100);
    text_puts(&t, "sha256:");
    text_hex(&t, (struct bytes){n->digest.bytes, sizeof(n->digest.bytes)});
    return bytes_equal_text(n->source, what) || bytes_equal_text(text_bytes(&t), what) ||
           (s != NULL && strcmp(sensitivity_name(s->sensitivity), what) == 0);
}

/* Takes out the blob of entry `at`, and of all entries that share it. */
static size_t take_out(struct evidence *e, size_t at)
{
    size_t count = 0;

    for (size_t i = 0; i < e->count; i++) {
        struct entry *n = &e->entries[i];

        if (!n->has_blob || n->bytes.data == NULL ||
            !digest_equal(&n->digest, &e->entries[at].digest))
            continue;
        n->bytes = (struct bytes){0};
        n->redacted = true;
        count++;
    }
    return count;
}

static int redact(struct call *c)
{
    struct evidence *e = &c->bundle.evidence;
    size_t all = 0;

    if (c->output == NULL || c->more[0] == NULL)
        return verb_usage(c->v, "redact needs a new file (-o FILE) and what to take out");
    if (!load(c))
        return fail(c);
    for (char **what = c->more; *what != NULL; what++) {
        size_t count = 0;

        for (size_t i = 0; i < e->count; i++) {
            if (e->entries[i].has_blob && is_named(&e->entries[i], *what, c->arena))
                count += take_out(e, i);
        }
        if (count == 0) {
            (void)err_set(&c->err, ERR_INPUT,
                          "'%s' is no source, sensitivity or digest of a blob in %s", *what,
                          c->file);
            return fail(c);
        }
        all += count;
    }
    if (!bundle_into_file(&c->bundle, c->output, c->compress || c->packed, c->arena, &c->err))
        return fail(c);
    if (c->json) {
        struct json j;

        head_json(c, &j);
        json_member_text(&j, "output", c->output);
        json_member_uint(&j, "redacted", all);
        json_object_end(&j);
        text_char(&c->out, '\n');
    } else {
        text_printf(&c->out, "%zu entries lost their blobs\n", all);
        head_text(c, "still evidence");
    }
    return STATUS_GOOD;
}

/* Writes both halves of a new key; the private one for its owner only. */
static int new_key(struct call *c)
{
    const char *public_path = arena_format(c->arena, "%s.pub", c->new_key);
    struct bytes secret;
    struct bytes open;
    struct stat st;

    if (lstat(c->new_key, &st) == 0 || lstat(public_path, &st) == 0) {
        (void)err_set(&c->err, ERR_INPUT, "%s or %s is there already", c->new_key, public_path);
        return fail(c);
    }
    if (!key_generate(c->arena, &secret, &open, &c->err))
        return fail(c);
    mode_t mask = umask(077);
    bool good = file_write(c->new_key, secret, c->arena, &c->err);

    (void)umask(mask);
    if (!good || !file_write(public_path, open, c->arena, &c->err))
        return fail(c);
    if (!c->json)
        text_printf(&c->out, "%s holds the key, %s its public half\n", c->new_key, public_path);
    return STATUS_GOOD;
}

static int seal(struct call *c)
{
    struct bytes pem;

    if (c->new_key != NULL && c->file == NULL)
        return new_key(c);
    if (c->new_key != NULL || c->key == NULL)
        return verb_usage(c->v, "seal needs --key KEY and a bundle, or --new-key KEY alone");
    if (!file_read(c->key, KEY_MAX, c->arena, &pem, &c->err))
        return fail(c);
    if (!load(c))
        return fail(c);
    if (!bundle_seal(&c->bundle, pem, c->arena, &c->err)) {
        (void)err_wrap(&c->err, "%s", c->key);
        return fail(c);
    }
    if (!bundle_into_file(&c->bundle, c->output != NULL ? c->output : c->file,
                          c->compress || c->packed, c->arena, &c->err))
        return fail(c);
    if (c->json) {
        struct json j;

        head_json(c, &j);
        json_member_uint(&j, "seals", c->bundle.seal_count);
        json_object_end(&j);
        text_char(&c->out, '\n');
    } else {
        head_text(c, "sealed evidence");
    }
    return STATUS_GOOD;
}

static int verify_damaged(struct call *c)
{
    struct json j;

    if (c->err.code != ERR_INPUT)
        return fail(c);
    if (!c->json) {
        text_printf(&c->out, "%s\n", c->err.text);
        return STATUS_FINDING;
    }
    json_init(&j, &c->out);
    json_object_begin(&j);
    json_member_uint(&j, "schema", 1);
    json_member_text(&j, "file", c->file);
    json_key(&j, "valid");
    json_bool(&j, false);
    json_member_text(&j, "reason", c->err.text);
    json_object_end(&j);
    text_char(&c->out, '\n');
    return STATUS_FINDING;
}

/* The seals' states; without a key nobody can tell. Returns whether one by the key is good. */
static bool check_seals(struct call *c, const struct public_key *key, const char **ret_states)
{
    bool good = false;
    bool bad = false;

    for (size_t i = 0; i < c->bundle.seal_count; i++) {
        ret_states[i] = "unchecked";
        if (key == NULL)
            continue;
        enum seal_state s = bundle_seal_check(&c->bundle, &c->bundle.seals[i], key);

        ret_states[i] = seal_state_name(s);
        good = good || s == SEAL_GOOD;
        bad = bad || s == SEAL_BAD;
    }
    return key == NULL || (good && !bad);
}

static int verify(struct call *c)
{
    struct public_key key;
    struct bytes pem;

    if (c->key != NULL && !file_read(c->key, KEY_MAX, c->arena, &pem, &c->err))
        return fail(c);
    if (c->key != NULL && !public_key_read(pem, &key, &c->err)) {
        (void)err_wrap(&c->err, "%s", c->key);
        return fail(c);
    }
    if (!load(c))
        return verify_damaged(c);
    const char **states = ARENA_ARRAY(c->arena, const char *, c->bundle.seal_count + 1);
    bool good = check_seals(c, c->key != NULL ? &key : NULL, states);
    struct json j;

    if (c->json) {
        head_json(c, &j);
        json_key(&j, "valid");
        json_bool(&j, good);
        json_member_uint(&j, "redacted", c->bundle.redacted);
        json_key(&j, "seals");
        json_array_begin(&j);
        for (size_t i = 0; i < c->bundle.seal_count; i++) {
            json_object_begin(&j);
            json_member_string(&j, "name", c->bundle.seals[i].name);
            json_member_text(&j, "state", states[i]);
            json_object_end(&j);
        }
        json_array_end(&j);
        json_object_end(&j);
        text_char(&c->out, '\n');
    } else {
        head_text(c, "intact, evidence");
        if (c->bundle.redacted > 0)
            text_printf(&c->out, "%zu entries are redacted\n", c->bundle.redacted);
        for (size_t i = 0; i < c->bundle.seal_count; i++)
            text_printf(&c->out, "seal %.*s: %s\n", (int)c->bundle.seals[i].name.len,
                        (const char *)c->bundle.seals[i].name.data, states[i]);
        if (!good)
            text_printf(&c->out, "no good seal by %s\n", c->key);
    }
    return good ? STATUS_GOOD : STATUS_FINDING;
}

static int run(struct call *c, const char *action)
{
    static const struct {
        const char *name;
        int (*run)(struct call *c);
    } actions[] = {
        {"list",    list   },
        {"extract", extract},
        {"redact",  redact },
        {"seal",    seal   },
        {"verify",  verify },
    };

    if (c->file == NULL && c->new_key == NULL)
        return verb_usage(c->v, "no bundle is given");
    size_t i = verb_action(c->v, actions, sizeof(*actions), ARRAY_LEN(actions), action);

    if (i == ARRAY_LEN(actions))
        return STATUS_TROUBLE;
    text_init(&c->out, c->arena, OUTPUT_MAX);
    int status = actions[i].run(c);

    return verb_output(c->v, text_bytes(&c->out), status);
}

VERB_FUNCTION(bundle)
{
    static const struct verb_row rows[] = {
        VERB_ROW_OUTPUT(struct call, output),
        VERB_ROW("key", VERB_TEXT, struct call, key),
        VERB_ROW("new-key", VERB_TEXT, struct call, new_key),
        VERB_ROW("zstd", VERB_FLAG, struct call, compress),
        VERB_ROW_JSON(struct call),
        VERB_ROW_END,
    };
    const char *action = verb_word(&argc, &argv);
    struct arena a;
    struct call c = {.v = v, .arena = &a};
    int status = STATUS_GOOD;

    if (!verb_options(v, argc, argv, &(struct verb_sheet){rows, &c, NULL}, &status))
        return status;
    if (action == NULL)
        return verb_usage(v, "no action is given: list, extract, redact, seal or verify");
    c.file = optind < argc ? argv[optind] : NULL;
    c.more = argv + (optind < argc ? optind + 1 : argc);
    arena_init(&a);
    status = run(&c, action);
    arena_done(&a);
    return status;
}
