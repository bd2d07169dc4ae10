/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/keyring.h"
#include "appraise/policy.h"
#include "base/file.h"
#include "base/json.h"
#include "cli/options.h"
#include "collect/command.h"
#include "signer/signer.h"

enum {
    OUTPUT_MAX = 64 << 20
};

/* One call of the verb. */
struct call {
    const struct verb *v;
    struct arena *arena;
    struct text out;
    struct err err;
    const char *name;
    const char *output;
    const char *at;
    const char *reason;
    const char *by;
    struct passphrase_source passphrase;
    bool in_the_clear;
    bool witness;
    bool json;
    char **files;
    size_t file_count;
};

static int fail(struct call *c)
{
    return verb_fail(c->v, &c->err);
}

static struct bytes vkey_text(struct call *c, const struct note_key *k)
{
    struct text t;

    text_init(&t, c->arena, 4096);
    note_key_print(&t, k);
    return text_bytes(&t);
}

/* Says what was made or stated: a verifier key and a file. */
static int said(struct call *c, const struct note_key *k, const char *file)
{
    struct json j;

    if (!c->json) {
        text_add(&c->out, vkey_text(c, k));
        text_char(&c->out, '\n');
        return STATUS_GOOD;
    }
    json_init(&j, &c->out);
    json_object_begin(&j);
    json_member_uint(&j, "schema", 1);
    json_member_text(&j, "file", file);
    json_member_string(&j, "key", vkey_text(c, k));
    json_object_end(&j);
    text_char(&c->out, '\n');
    return STATUS_GOOD;
}

static int make(struct call *c)
{
    struct key_order o = {
        .name = c->name != NULL ? bytes_of(c->name) : (struct bytes){NULL, 0},
        .type = c->witness ? NOTE_COSIGNATURE : NOTE_ED25519,
        .in_the_clear = c->in_the_clear,
        .passphrase = c->passphrase,
    };
    struct note_key k;

    if (c->file_count != 1 || c->name == NULL)
        return verb_usage(c->v, "make needs one FILE and --name NAME");
    o.file = c->files[0];
    return key_make(&o, c->arena, &k, &c->err) ? said(c, &k, o.file) : fail(c);
}

static void entry_json(struct call *c, struct json *j, const struct key_entry *k)
{
    json_object_begin(j);
    json_member_text(j, "file", k->file);
    json_member_string(j, "key", vkey_text(c, &k->key));
    json_member_text(j, "for", k->key.type == NOTE_COSIGNATURE ? "witness" : "log or operator");
    json_member_text(j, "state", key_state_name(k->state));
    if (k->state != KEY_CURRENT)
        json_member_string(j, "at", k->at);
    if (k->state == KEY_ROTATED)
        json_member_string(j, "next", k->next);
    if (k->state == KEY_REVOKED) {
        json_member_string(j, "reason", k->reason);
        json_key(j, "by_itself");
        json_bool(j, k->by_itself);
    }
    json_object_end(j);
}

static void entry_text(struct call *c, const struct key_entry *k)
{
    text_printf(&c->out, "%s ", key_state_name(k->state));
    text_add(&c->out, vkey_text(c, &k->key));
    if (k->state != KEY_CURRENT) {
        text_puts(&c->out, " at ");
        text_printable(&c->out, k->at);
    }
    if (k->state == KEY_ROTATED) {
        text_puts(&c->out, " to ");
        text_printable(&c->out, k->next);
    }
    if (k->state == KEY_REVOKED) {
        text_puts(&c->out, k->by_itself ? " by itself: " : " by another key: ");
        text_printable(&c->out, k->reason);
    }
    text_char(&c->out, '\n');
}

static int list(struct call *c)
{
    struct key_entry *keys;
    size_t count = 0;
    struct json j;

    if (c->file_count == 0)
        return verb_usage(c->v, "list needs public halves (FILE.pub)");
    if (!keyring_read((const char *const *)c->files, c->file_count, c->arena, &keys, &count,
                      &c->err))
        return fail(c);
    if (!c->json) {
        for (size_t i = 0; i < count; i++)
            entry_text(c, &keys[i]);
        return STATUS_GOOD;
    }
    json_init(&j, &c->out);
    json_object_begin(&j);
    json_member_uint(&j, "schema", 1);
    json_key(&j, "keys");
    json_array_begin(&j);
    for (size_t i = 0; i < count; i++)
        entry_json(c, &j, &keys[i]);
    json_array_end(&j);
    json_object_end(&j);
    text_char(&c->out, '\n');
    return STATUS_GOOD;
}

static struct bytes time_of(struct call *c)
{
    return c->at != NULL ? bytes_of(c->at) : moment_now(c->arena);
}

/* The statement of a key about another, written to -o. */
static int state(struct call *c, const char *signs, const struct note_key *about, bool rotation)
{
    const struct signer_options o = {.key = signs, .passphrase = c->passphrase};
    const struct revocation r = {about, time_of(c),
                                 bytes_of(c->reason != NULL ? c->reason : "")};
    struct bytes envelope;
    struct signer s;

    if (!signer_start(&o, &s, &c->err))
        return fail(c);
    bool good = rotation ? key_rotation(&s, about, r.at, c->arena, &envelope, &c->err)
                         : key_revocation(&s, &r, c->arena, &envelope, &c->err);

    signer_end(&s);
    if (!good || !file_write(c->output, envelope, c->arena, &c->err))
        return fail(c);
    return said(c, about, c->output);
}

static int rotate(struct call *c)
{
    struct note_key next;

    if (c->file_count != 2 || c->output == NULL)
        return verb_usage(c->v, "rotate needs the old KEY, the new one's KEY.pub and -o FILE");
    if (!key_half_read(c->files[1], c->arena, &next, &c->err))
        return fail(c);
    return state(c, c->files[0], &next, true);
}

static int revoke(struct call *c)
{
    struct note_key key;

    if (c->file_count != 1 || c->output == NULL)
        return verb_usage(c->v, "revoke needs a KEY (with --by: its KEY.pub) and -o FILE");
    const char *half =
        c->by != NULL ? c->files[0] : arena_format(c->arena, "%s.pub", c->files[0]);

    if (!key_half_read(half, c->arena, &key, &c->err))
        return fail(c);
    return state(c, c->by != NULL ? c->by : c->files[0], &key, false);
}

static int run(struct call *c, const char *action)
{
    static const struct {
        const char *name;
        int (*run)(struct call *c);
    } actions[] = {
        {"make",   make  },
        {"list",   list  },
        {"rotate", rotate},
        {"revoke", revoke},
    };

    size_t i = verb_action(c->v, actions, sizeof(*actions), ARRAY_LEN(actions), action);

    if (i == ARRAY_LEN(actions))
        return STATUS_TROUBLE;
    text_init(&c->out, c->arena, OUTPUT_MAX);
    int status = actions[i].run(c);

    return verb_output(c->v, text_bytes(&c->out), status);
}

VERB_FUNCTION(key)
{
    static const struct verb_row rows[] = {
        VERB_ROW("name", VERB_TEXT, struct call, name),
        VERB_ROW_OUTPUT(struct call, output),
        VERB_ROW("at", VERB_TIME, struct call, at),
        VERB_ROW("reason", VERB_TEXT, struct call, reason),
        VERB_ROW("by", VERB_TEXT, struct call, by),
        VERB_ROW("no-passphrase", VERB_FLAG, struct call, in_the_clear),
        VERB_ROW("witness", VERB_FLAG, struct call, witness),
        VERB_ROWS_PASSPHRASE(struct call, passphrase),
        VERB_ROW_JSON(struct call),
        VERB_ROW_END,
    };
    const char *action = verb_word(&argc, &argv);
    struct arena a;
    struct call c = {.v = v, .arena = &a, .passphrase = PASSPHRASE_ASKED};
    int status = STATUS_GOOD;

    if (!verb_options(v, argc, argv, &(struct verb_sheet){rows, &c, NULL}, &status))
        return status;
    if (action == NULL)
        return verb_usage(v, "no action is given: make, list, rotate or revoke");
    c.files = argv + optind;
    c.file_count = (size_t)(argc - optind);
    arena_init(&a);
    status = run(&c, action);
    arena_done(&a);
    return status;
}
