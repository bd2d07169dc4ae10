/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/logbook.h"
#include "app/render.h"
#include "base/base64.h"
#include "base/file.h"
#include "cli/log_command.h"

int log_fail(struct log_call *c)
{
    return verb_fail(c->v, &c->err);
}

void log_json_begin(struct log_call *c, struct json *j, const struct note_key *key)
{
    json_init(j, &c->out);
    json_object_begin(j);
    json_member_uint(j, "schema", 1);
    json_member_text(j, "log", c->place.where);
    json_member_string(j, "origin", key->name);
}

void log_json_end(struct log_call *c, struct json *j)
{
    json_object_end(j);
    text_char(&c->out, '\n');
}

void log_json_tree(struct json *j, uint64_t size, const struct digest *root)
{
    json_member_uint(j, "size", size);
    json_key(j, "root");
    render_digest(j, root);
}

void log_text_tree(struct text *t, uint64_t size, const struct digest *root)
{
    text_uint(t, size);
    text_puts(t, size == 1 ? " entry, root " : " entries, root ");
    text_base64(t, (struct bytes){root->bytes, sizeof(root->bytes)});
    text_char(t, '\n');
}

static struct signer_options signs(const struct log_call *c, const char *key)
{
    return (struct signer_options){
        .key = key, .passphrase = c->passphrase, .checkpoints = true};
}

static int tree_said(struct log_call *c, const struct note_key *key, const char *what,
                     uint64_t size, const struct digest *root)
{
    struct json j;

    if (!c->json) {
        text_printf(&c->out, "%s: %s", c->place.where, what);
        log_text_tree(&c->out, size, root);
        return STATUS_GOOD;
    }
    log_json_begin(c, &j, key);
    log_json_tree(&j, size, root);
    log_json_end(c, &j);
    return STATUS_GOOD;
}

static int init(struct log_call *c)
{
    struct digest root = merkle_empty();
    struct signer s;

    if (c->origin == NULL || c->key == NULL || c->place.more_count > 0)
        return verb_usage(c->v, "init needs one DIR, --origin NAME and --key FILE");
    const struct signer_options o = signs(c, c->key);

    if (!signer_start(&o, &s, &c->err))
        return log_fail(c);
    bool good =
        logbook_make(c->place.where, bytes_of(c->origin), c->key, &s, c->arena, &c->err);

    signer_end(&s);
    if (!good)
        return log_fail(c);
    struct note_key key = note_key_make(bytes_of(c->origin), NOTE_ED25519, &s.key);

    return tree_said(c, &key, "made, ", 0, &root);
}

static int append_said(struct log_call *c, const struct logbook *l, uint64_t first)
{
    struct json j;

    if (!c->json) {
        text_printf(&c->out, "%s: appended from %llu on, ", c->place.where,
                    (unsigned long long)first);
        log_text_tree(&c->out, l->tree.size, &l->tree.root);
        return STATUS_GOOD;
    }
    log_json_begin(c, &j, &l->key);
    json_member_uint(&j, "first", first);
    log_json_tree(&j, l->tree.size, &l->tree.root);
    log_json_end(c, &j);
    return STATUS_GOOD;
}

static int append(struct log_call *c)
{
    struct bytes *entries = ARENA_ARRAY(c->arena, struct bytes, c->place.more_count + 1);
    struct logbook l;
    uint64_t first = 0;

    if (c->place.more_count == 0)
        return verb_usage(c->v, "append needs DIR and FILEs");
    for (size_t i = 0; i < c->place.more_count; i++) {
        if (!file_read(c->place.more[i], LOGBOOK_ENTRY_FILE_MAX, c->arena, &entries[i],
                       &c->err))
            return log_fail(c);
        entries[i] = logbook_entry_of(entries[i], c->arena);
    }
    if (!logbook_open(c->place.where, true, c->arena, &l, &c->err))
        return log_fail(c);
    bool good = logbook_append(&l, entries, c->place.more_count, &first, &c->err);

    logbook_close(&l);
    return good ? append_said(c, &l, first) : log_fail(c);
}

/* The number of an entry that is given as a number or as a file with its content. */
static bool index_of(struct log_call *c, struct logbook *l, uint64_t *ret)
{
    struct log_reader *r = ARENA_NEW(c->arena, struct log_reader);
    struct bytes b;

    if (ledger_number(bytes_of(c->place.more[0]), ret))
        return true;
    if (!file_read(c->place.more[0], LOGBOOK_ENTRY_FILE_MAX, c->arena, &b, &c->err))
        return false;
    struct digest leaf = merkle_leaf(logbook_entry_of(b, c->arena));

    log_reader_init(r, &l->storage, l->tree.size);
    return log_reader_find(r, &leaf, ret, &c->err);
}

/* Writes the wanted proof. */
static bool prove_text(struct log_call *c, struct logbook *l, struct text *t)
{
    struct logbook_note note;
    uint64_t n = 0;

    if (c->old == NULL)
        return index_of(c, l, &n) && logbook_prove(l, n, (struct bytes){NULL, 0}, t, &c->err);
    return (ledger_number(bytes_of(c->old), &n) ||
            err_set(&c->err, ERR_INPUT, "'%s' is no size", c->old)) &&
           logbook_published(l, &note, &c->err) &&
           logbook_prove_consistency(l, n, &note, t, &c->err);
}

static int prove(struct log_call *c)
{
    struct logbook l;
    struct text t;

    if (c->place.more_count != (c->old == NULL ? 1 : 0))
        return verb_usage(c->v, "prove needs DIR and either an INDEX or FILE, or --old SIZE");
    if (!logbook_open(c->place.where, false, c->arena, &l, &c->err))
        return log_fail(c);
    text_init(&t, c->arena, LOG_OUTPUT_MAX);
    bool good = prove_text(c, &l, &t);

    logbook_close(&l);
    if (!good)
        return log_fail(c);
    if (c->output == NULL)
        text_add(&c->out, text_bytes(&t));
    else if (!file_write(c->output, text_bytes(&t), c->arena, &c->err))
        return log_fail(c);
    return STATUS_GOOD;
}

static int verify_failed(struct log_call *c, const struct logbook *l)
{
    struct json j;

    if (!c->json) {
        text_printf(&c->out, "%s: not sound: %s\n", c->place.where, c->err.text);
        return STATUS_FINDING;
    }
    log_json_begin(c, &j, &l->key);
    json_key(&j, "sound");
    json_bool(&j, false);
    json_member_text(&j, "reason", c->err.text);
    log_json_end(c, &j);
    return STATUS_FINDING;
}

static int verify(struct log_call *c)
{
    struct logbook_note note;
    struct logbook l;
    struct json j;

    if (c->place.more_count > 0)
        return verb_usage(c->v, "verify needs one DIR");
    if (!logbook_open(c->place.where, false, c->arena, &l, &c->err))
        return log_fail(c);
    bool good = logbook_verify(&l, &note, &c->err);

    logbook_close(&l);
    if (!good)
        return c->err.code == ERR_INPUT || c->err.code == ERR_ABSENT ? verify_failed(c, &l)
                                                                     : log_fail(c);
    if (!c->json) {
        text_printf(&c->out, "%s: sound, ", c->place.where);
        log_text_tree(&c->out, l.tree.size, &l.tree.root);
        text_puts(&c->out, "published: ");
        log_text_tree(&c->out, note.said.size, &note.said.root);
        return STATUS_GOOD;
    }
    log_json_begin(c, &j, &l.key);
    json_key(&j, "sound");
    json_bool(&j, true);
    log_json_tree(&j, l.tree.size, &l.tree.root);
    json_member_uint(&j, "published", note.said.size);
    log_json_end(c, &j);
    return STATUS_GOOD;
}

static int run(struct log_call *c, const char *action)
{
    static const struct {
        const char *name;
        int (*run)(struct log_call *c);
    } actions[] = {
        {"init",       init          },
        {"append",     append        },
        {"checkpoint", log_checkpoint},
        {"prove",      prove         },
        {"verify",     verify        },
        {"monitor",    log_monitor   },
        {"stamp",      log_stamp     },
    };

    size_t i = verb_action(c->v, actions, sizeof(*actions), ARRAY_LEN(actions), action);

    if (i == ARRAY_LEN(actions))
        return STATUS_TROUBLE;
    text_init(&c->out, c->arena, LOG_OUTPUT_MAX);
    int status = actions[i].run(c);

    return verb_output(c->v, text_bytes(&c->out), status);
}

VERB_FUNCTION(log)
{
    static const struct verb_row rows[] = {
        VERB_ROW("origin", VERB_TEXT, struct log_call, origin),
        VERB_ROW("key", VERB_TEXT, struct log_call, key),
        VERB_ROW_OUTPUT(struct log_call, output),
        VERB_ROW("old", VERB_TEXT, struct log_call, old),
        VERB_ROW("policy", VERB_TEXT, struct log_call, policy),
        VERB_ROW("state", VERB_TEXT, struct log_call, state),
        VERB_ROW("request", VERB_TEXT, struct log_call, request),
        VERB_ROW("response", VERB_TEXT, struct log_call, response),
        VERB_ROW("authority", VERB_TEXT, struct log_call, authorities),
        VERB_ROW("witness", VERB_LIST, struct log_call, witnesses),
        VERB_ROWS_PASSPHRASE(struct log_call, passphrase),
        VERB_ROW_JSON(struct log_call),
        VERB_ROW_END,
    };
    const char *action = verb_word(&argc, &argv);
    struct arena a;
    struct log_call c = {.v = v, .arena = &a, .passphrase = PASSPHRASE_ASKED};
    int status = STATUS_GOOD;

    arena_init(&a);
    if (verb_options(v, argc, argv, &(struct verb_sheet){rows, &c, &a}, &status))
        status = action != NULL && verb_place(argc, argv, &c.place)
                     ? run(&c, action)
                     : verb_usage(v, "an action and a DIR are needed");
    arena_done(&a);
    return status;
}
