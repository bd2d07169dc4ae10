/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/render.h"
#include "appraise/policy.h"
#include "base/file.h"
#include "cli/ledger_command.h"
#include "collect/command.h"

enum {
    OUTPUT_MAX = 64 << 20,
    CHECKPOINT_MAX = 1 << 20
};

int ledger_fail(struct ledger_call *c)
{
    return verb_fail(c->v, &c->err);
}

void ledger_json_begin(struct ledger_call *c, struct json *j, struct bytes origin)
{
    json_init(j, &c->out);
    json_object_begin(j);
    json_member_uint(j, "schema", 1);
    json_member_text(j, "ledger", c->where);
    json_member_string(j, "origin", origin);
}

void ledger_json_end(struct ledger_call *c, struct json *j)
{
    json_object_end(j);
    text_char(&c->out, '\n');
}

bool ledger_checkpoint_hash(struct ledger_call *c, struct digest *ret)
{
    struct note *n = ARENA_NEW(c->arena, struct note);
    struct bytes b;

    if (!file_read(c->checkpoint, CHECKPOINT_MAX, c->arena, &b, &c->err) ||
        !note_parse(b, c->arena, n, &c->err))
        return err_wrap(&c->err, "%s", c->checkpoint);
    *ret = digest_sha256(n->text);
    return true;
}

static int init(struct ledger_call *c)
{
    struct json j;

    if (c->origin == NULL || c->more_count > 0)
        return verb_usage(c->v, "init needs one DIR and --origin NAME");
    if (!fleet_make(c->where, bytes_of(c->origin), c->arena, &c->err))
        return ledger_fail(c);
    if (c->json) {
        ledger_json_begin(c, &j, bytes_of(c->origin));
        ledger_json_end(c, &j);
    } else {
        text_printf(&c->out,
                    "%s: a ledger for %s. Keep %s/private to yourself; publish %s/epochs.\n",
                    c->where, c->origin, c->where, c->where);
    }
    return STATUS_GOOD;
}

static void statement_json(struct json *j, const struct fleet_statement *s)
{
    json_member_uint(j, "epoch", s->epoch);
    json_member_string(j, "asOf", s->as_of);
    json_key(j, "root");
    render_digest(j, &s->fleet_root);
    json_member_uint(j, "n", s->sum.n);
    json_member_uint(j, "clean", s->sum.clean);
    json_member_uint(j, "review", s->sum.review);
    json_member_uint(j, "bad", s->sum.bad);
    json_member_uint(j, "unknown", s->sum.unknown);
    json_member_uint(j, "unidentified", s->unidentified);
    json_member_uint(j, "aliases", s->aliases);
    json_member_uint(j, "added", s->delta.added);
    json_member_uint(j, "removed", s->delta.removed);
    json_member_uint(j, "changed", s->delta.changed);
    json_member_uint(j, "rekeyed", s->delta.rekeyed);
}

static void statement_text(struct text *t, const struct fleet_statement *s)
{
    text_printf(t,
                "epoch %u of %.*s: %u servers (%u clean, %u under review, %u bad, %u unknown)",
                s->epoch, (int)s->as_of.len, (const char *)s->as_of.data, s->sum.n,
                s->sum.clean, s->sum.review, s->sum.bad, s->sum.unknown);
    if (s->unidentified > 0)
        text_printf(t, ", %llu machines without identity", (unsigned long long)s->unidentified);
    text_printf(t,
                "; +%llu -%llu, %llu changed, root sha256:", (unsigned long long)s->delta.added,
                (unsigned long long)s->delta.removed,
                (unsigned long long)s->delta.changed + s->delta.rekeyed);
    text_hex(t, (struct bytes){s->fleet_root.bytes, sizeof(s->fleet_root.bytes)});
    text_char(t, '\n');
}

static int outcome_said(struct ledger_call *c, const struct fleet_outcome *o)
{
    struct json j;

    if (c->json) {
        ledger_json_begin(c, &j, o->statement.origin);
        statement_json(&j, &o->statement);
        json_member_uint(&j, "carried", o->carried);
        json_member_uint(&j, "hashed", o->hashed);
        json_member_uint(&j, "nodes", o->total);
        ledger_json_end(c, &j);
        return STATUS_GOOD;
    }
    text_printf(&c->out, "%s: ", c->where);
    statement_text(&c->out, &o->statement);
    if (o->carried > 0)
        text_printf(&c->out,
                    "%zu results say nothing new, or left a doubt as it was: their servers' "
                    "leaves stay\n",
                    o->carried);
    return STATUS_GOOD;
}

/* Signs an epoch, or a rekey of all pseudonyms. */
static int advance(struct ledger_call *c, const struct fleet_request *r)
{
    const struct signer_options o = {.key = c->key, .passphrase = c->passphrase};
    struct bytes as_of = c->as_of != NULL ? bytes_of(c->as_of) : moment_now(c->arena);
    struct fleet_outcome *out = ARENA_NEW(c->arena, struct fleet_outcome);
    struct fleet_folder f;
    struct signer s;

    if (!signer_start(&o, &s, &c->err))
        return ledger_fail(c);
    bool good = fleet_open(c->where, true, c->arena, &f, &c->err);

    if (good) {
        struct fleet_request request = r != NULL ? *r : (struct fleet_request){0};

        request.as_of = as_of;
        good = r != NULL ? fleet_epoch_make(&f, &request, &s, out, &c->err)
                         : fleet_rekey(&f, as_of, &s, out, &c->err);
        fleet_close(&f);
    }
    signer_end(&s);
    return good ? outcome_said(c, out) : ledger_fail(c);
}

static int epoch(struct ledger_call *c)
{
    struct fleet_request r = {
        .inputs =
            {
                     .results = (const char *const *)c->more,
                     .result_count = c->more_count,
                     .evidence = c->evidence.rows,
                     .evidence_count = c->evidence.count,
                     .identities = c->identities,
                     .site = bytes_of(c->site != NULL ? c->site : ""),
                     .batch = bytes_of(c->batch != NULL ? c->batch : ""),
                     .has_nonce = c->checkpoint != NULL,
                     },
        .removed = c->removed.rows,
        .removed_count = c->removed.count,
        .resolved = c->resolved.rows,
        .resolved_count = c->resolved.count,
    };

    if (c->key == NULL)
        return verb_usage(c->v, "epoch needs --key FILE");
    if (c->checkpoint != NULL && !ledger_checkpoint_hash(c, &r.inputs.nonce_from))
        return ledger_fail(c);
    return advance(c, &r);
}

static int rekey(struct ledger_call *c)
{
    if (c->key == NULL || c->more_count > 0)
        return verb_usage(c->v, "rekey needs one DIR and --key FILE");
    return advance(c, NULL);
}

static int status(struct ledger_call *c)
{
    struct fleet_epoch *last = ARENA_NEW(c->arena, struct fleet_epoch);
    struct fleet_folder f;
    struct json j;

    if (c->more_count > 0)
        return verb_usage(c->v, "status needs one DIR");
    if (!fleet_open(c->where, false, c->arena, &f, &c->err) ||
        (f.has_epoch && !fleet_epoch_load(&f, f.last, last, &c->err)))
        return ledger_fail(c);
    if (c->json) {
        ledger_json_begin(c, &j, f.origin);
        if (f.has_epoch)
            statement_json(&j, &last->statement);
        ledger_json_end(c, &j);
        return STATUS_GOOD;
    }
    text_printf(&c->out, "%s: %.*s, ", c->where, (int)f.origin.len,
                (const char *)f.origin.data);
    if (f.has_epoch)
        statement_text(&c->out, &last->statement);
    else
        text_puts(&c->out, "no epoch yet\n");
    return STATUS_GOOD;
}

static int run(struct ledger_call *c, const char *action)
{
    static const struct {
        const char *name;
        int (*run)(struct ledger_call *c);
    } actions[] = {
        {"init",   init         },
        {"epoch",  epoch        },
        {"prove",  ledger_prove },
        {"status", status       },
        {"rekey",  rekey        },
        {"nonce",  ledger_nonce },
        {"sample", ledger_sample},
    };

    size_t i = verb_action(c->v, actions, sizeof(*actions), ARRAY_LEN(actions), action);

    if (i == ARRAY_LEN(actions))
        return STATUS_TROUBLE;
    text_init(&c->out, c->arena, OUTPUT_MAX);
    int done = actions[i].run(c);

    return verb_output(c->v, text_bytes(&c->out), done);
}

static void list_add(struct ledger_call *c, struct ledger_list *l, const char *value)
{
    arena_grow(c->arena, &l->rows, l->count, &l->cap, sizeof(*l->rows));
    l->rows[l->count++] = value;
}

/* Options that take one value. */
static const char **value_of(struct ledger_call *c, int option)
{
    const struct {
        int option;
        const char **value;
    } rows[] = {
        {'O', &c->origin     },
        {'k', &c->key        },
        {'t', &c->as_of      },
        {'o', &c->output     },
        {'l', &c->log        },
        {'i', &c->id         },
        {'I', &c->identities },
        {'c', &c->checkpoint },
        {'s', &c->site       },
        {'b', &c->batch      },
        {'m', &c->method     },
        {'n', &c->count      },
        {'p', &c->prevalence },
        {'y', &c->sensitivity},
        {'C', &c->confidence },
        {'S', &c->source     },
        {'N', &c->not_before },
        {'x', &c->seed       },
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].option == option)
            return rows[i].value;
    }
    return NULL;
}

static bool take(struct ledger_call *c, int option)
{
    const char **value = value_of(c, option);

    if (value != NULL) {
        *value = optarg;
        if ((option != 't' && option != 'N') || moment_valid(bytes_of(optarg)))
            return true;
        (void)verb_usage(c->v, "'%s' is not a time as 2026-01-31T12:00:00Z", optarg);
        return false;
    }
    switch (option) {
    case 'e':
        list_add(c, &c->evidence, optarg);
        break;
    case 'r':
        list_add(c, &c->removed, optarg);
        break;
    case 'v':
        list_add(c, &c->resolved, optarg);
        break;
    case 'w':
        list_add(c, &c->open, optarg);
        break;
    case 'a':
        list_add(c, &c->aliases, optarg);
        break;
    case 'j':
        c->json = true;
        break;
    }
    return key_option_take(c->v, option, &c->passphrase);
}

static const struct option options[] = {
    {"origin",      required_argument, NULL, 'O'},
    {"key",         required_argument, NULL, 'k'},
    {"as-of",       required_argument, NULL, 't'},
    {"output",      required_argument, NULL, 'o'},
    {"log",         required_argument, NULL, 'l'},
    {"id",          required_argument, NULL, 'i'},
    {"identities",  required_argument, NULL, 'I'},
    {"checkpoint",  required_argument, NULL, 'c'},
    {"site",        required_argument, NULL, 's'},
    {"batch",       required_argument, NULL, 'b'},
    {"method",      required_argument, NULL, 'm'},
    {"count",       required_argument, NULL, 'n'},
    {"prevalence",  required_argument, NULL, 'p'},
    {"sensitivity", required_argument, NULL, 'y'},
    {"confidence",  required_argument, NULL, 'C'},
    {"source",      required_argument, NULL, 'S'},
    {"not-before",  required_argument, NULL, 'N'},
    {"seed",        required_argument, NULL, 'x'},
    {"evidence",    required_argument, NULL, 'e'},
    {"remove",      required_argument, NULL, 'r'},
    {"resolve",     required_argument, NULL, 'v'},
    {"open",        required_argument, NULL, 'w'},
    {"alias",       required_argument, NULL, 'a'},
    KEY_OPTION_ROWS,
    {"json",        no_argument,       NULL, 'j'},
    {"help",        no_argument,       NULL, 'h'},
    {NULL,          0,                 NULL, 0  },
};

VERB_FUNCTION(ledger)
{
    bool named = argc > 1 && argv[1][0] != '-';
    const char *action = named ? argv[1] : "";
    struct ledger_call *c;
    struct arena a;
    int done = STATUS_GOOD;
    int option;
    bool good = true;

    argc -= named;
    argv += named;
    arena_init(&a);
    c = ARENA_NEW(&a, struct ledger_call);
    *c = (struct ledger_call){.v = v, .arena = &a, .passphrase = KEY_OPTION_NONE};
    while (good && (option = verb_option(v, argc, argv, options, &done)) >= 0)
        good = take(c, option);
    if (!good) {
        done = STATUS_TROUBLE;
    } else if (option == -1) {
        c->where = optind < argc ? argv[optind] : NULL;
        c->more = argv + optind + 1;
        c->more_count = optind < argc ? (size_t)(argc - optind - 1) : 0;
        done = !named || c->where == NULL ? verb_usage(v, "an action and a DIR are needed")
                                          : run(c, action);
    }
    arena_done(&a);
    return done;
}
