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
    json_member_text(j, "ledger", c->place.where);
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

    if (c->origin == NULL || c->place.more_count > 0)
        return verb_usage(c->v, "init needs one DIR and --origin NAME");
    if (!fleet_make(c->place.where, bytes_of(c->origin), c->arena, &c->err))
        return ledger_fail(c);
    if (c->json) {
        ledger_json_begin(c, &j, bytes_of(c->origin));
        ledger_json_end(c, &j);
    } else {
        text_printf(&c->out,
                    "%s: a ledger for %s. Keep %s/private to yourself; publish %s/epochs.\n",
                    c->place.where, c->origin, c->place.where, c->place.where);
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
    text_printf(&c->out, "%s: ", c->place.where);
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
    bool good = fleet_open(c->place.where, true, c->arena, &f, &c->err);

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
                     .results = (const char *const *)c->place.more,
                     .result_count = c->place.more_count,
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
    if (c->key == NULL || c->place.more_count > 0)
        return verb_usage(c->v, "rekey needs one DIR and --key FILE");
    return advance(c, NULL);
}

static int status(struct ledger_call *c)
{
    struct fleet_epoch *last = ARENA_NEW(c->arena, struct fleet_epoch);
    struct fleet_folder f;
    struct json j;

    if (c->place.more_count > 0)
        return verb_usage(c->v, "status needs one DIR");
    if (!fleet_open(c->place.where, false, c->arena, &f, &c->err) ||
        (f.has_epoch && !fleet_epoch_load(&f, f.last, last, &c->err)))
        return ledger_fail(c);
    if (c->json) {
        ledger_json_begin(c, &j, f.origin);
        if (f.has_epoch)
            statement_json(&j, &last->statement);
        ledger_json_end(c, &j);
        return STATUS_GOOD;
    }
    text_printf(&c->out, "%s: %.*s, ", c->place.where, (int)f.origin.len,
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

VERB_FUNCTION(ledger)
{
    static const struct verb_row rows[] = {
        VERB_ROW("origin", VERB_TEXT, struct ledger_call, origin),
        VERB_ROW("key", VERB_TEXT, struct ledger_call, key),
        VERB_ROW("as-of", VERB_TIME, struct ledger_call, as_of),
        VERB_ROW_OUTPUT(struct ledger_call, output),
        VERB_ROW("log", VERB_TEXT, struct ledger_call, log),
        VERB_ROW("id", VERB_TEXT, struct ledger_call, id),
        VERB_ROW("identities", VERB_TEXT, struct ledger_call, identities),
        VERB_ROW("checkpoint", VERB_TEXT, struct ledger_call, checkpoint),
        VERB_ROW("site", VERB_TEXT, struct ledger_call, site),
        VERB_ROW("batch", VERB_TEXT, struct ledger_call, batch),
        VERB_ROW("method", VERB_TEXT, struct ledger_call, method),
        VERB_ROW("count", VERB_TEXT, struct ledger_call, count),
        VERB_ROW("prevalence", VERB_TEXT, struct ledger_call, prevalence),
        VERB_ROW("sensitivity", VERB_TEXT, struct ledger_call, sensitivity),
        VERB_ROW("confidence", VERB_TEXT, struct ledger_call, confidence),
        VERB_ROW("source", VERB_TEXT, struct ledger_call, source),
        VERB_ROW("not-before", VERB_TIME, struct ledger_call, not_before),
        VERB_ROW("seed", VERB_TEXT, struct ledger_call, seed),
        VERB_ROW("evidence", VERB_LIST, struct ledger_call, evidence),
        VERB_ROW("remove", VERB_LIST, struct ledger_call, removed),
        VERB_ROW("resolve", VERB_LIST, struct ledger_call, resolved),
        VERB_ROW("open", VERB_LIST, struct ledger_call, open),
        VERB_ROW("alias", VERB_LIST, struct ledger_call, aliases),
        VERB_ROWS_PASSPHRASE(struct ledger_call, passphrase),
        VERB_ROW_JSON(struct ledger_call),
        VERB_ROW_END,
    };
    const char *action = verb_word(&argc, &argv);
    struct arena a;
    struct ledger_call c = {.v = v, .arena = &a, .passphrase = PASSPHRASE_ASKED};
    int status = STATUS_GOOD;

    arena_init(&a);
    if (verb_options(v, argc, argv, &(struct verb_sheet){rows, &c, &a}, &status))
        status = action != NULL && verb_place(argc, argv, &c.place)
                     ? run(&c, action)
                     : verb_usage(v, "an action and a DIR are needed");
    arena_done(&a);
    return status;
}
