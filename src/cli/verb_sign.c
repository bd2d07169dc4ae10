/* SPDX-License-Identifier: Apache-2.0 */
#include "app/load.h"
#include "app/logbook.h"
#include "app/render.h"
#include "app/signed_result.h"
#include "base/file.h"
#include "cli/options.h"
#include "cli/signatures.h"
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
    const char *key;
    const char *output;
    const char *log;
    struct passphrase_source passphrase;
    struct believed believed;
    bool check;
    bool json;
    char **files;
    size_t count;
    struct bytes *envelopes;
    struct digest *digests; /* of the results */
};

static int fail(struct call *c)
{
    return verb_fail(c->v, &c->err);
}

/* Signs one result in memory that is used again for the next. */
static bool sign_file(struct call *c, struct signer *s, size_t i, struct arena *a)
{
    struct bytes envelope;
    struct bytes file;
    struct result r;

    if (!file_read(c->files[i], LOAD_MAX, a, &file, &c->err))
        return false;
    if (!result_decode(file, a, &r, &c->err) ||
        !signed_result_make(&r, s, a, &envelope, &c->err))
        return err_wrap(&c->err, "%s", c->files[i]);
    c->envelopes[i] = arena_copy(c->arena, envelope);
    c->digests[i] = result_node_digest(file);
    return true;
}

static bool sign_all(struct call *c)
{
    const struct signer_options o = {.key = c->key, .passphrase = c->passphrase};
    struct signer s;

    if (!signer_start(&o, &s, &c->err))
        return false;
    bool good = true;

    for (size_t i = 0; good && i < c->count; i++) {
        struct arena a;

        arena_init(&a);
        good = sign_file(c, &s, i, &a);
        arena_done(&a);
    }
    signer_end(&s);
    return good;
}

/* Appends the envelopes as one batch. */
static bool log_all(struct call *c, uint64_t *ret_first)
{
    struct logbook l;

    if (!logbook_open(c->log, true, c->arena, &l, &c->err))
        return false;
    for (size_t i = 0; i < c->count; i++)
        c->envelopes[i] = logbook_entry_of(c->envelopes[i], c->arena);
    bool good = logbook_append(&l, c->envelopes, c->count, ret_first, &c->err);

    logbook_close(&l);
    return good;
}

static void said_json(struct call *c, uint64_t first)
{
    struct json j;

    json_init(&j, &c->out);
    json_object_begin(&j);
    json_member_uint(&j, "schema", 1);
    if (c->log != NULL) {
        json_member_text(&j, "log", c->log);
        json_member_uint(&j, "first", first);
    }
    json_key(&j, "results");
    json_array_begin(&j);
    for (size_t i = 0; i < c->count; i++) {
        json_object_begin(&j);
        json_member_text(&j, "file", c->files[i]);
        json_key(&j, "result");
        render_digest(&j, &c->digests[i]);
        json_object_end(&j);
    }
    json_array_end(&j);
    json_object_end(&j);
    text_char(&c->out, '\n');
}

static int sign(struct call *c)
{
    uint64_t first = 0;

    if (c->key == NULL || (c->output == NULL && c->log == NULL) ||
        (c->output != NULL && c->count != 1))
        return verb_usage(c->v,
                          "--key FILE is needed, and -o FILE for one RESULT or --log DIR");
    c->envelopes = ARENA_ARRAY(c->arena, struct bytes, c->count);
    c->digests = ARENA_ARRAY(c->arena, struct digest, c->count);
    if (!sign_all(c))
        return fail(c);
    if (c->output != NULL && !file_write(c->output, c->envelopes[0], c->arena, &c->err))
        return fail(c);
    if (c->log != NULL && !log_all(c, &first))
        return fail(c);
    if (c->json) {
        said_json(c, first);
        return STATUS_GOOD;
    }
    for (size_t i = 0; i < c->count; i++) {
        text_printf(&c->out, "%s: signed sha256:", c->files[i]);
        text_hex(&c->out, (struct bytes){c->digests[i].bytes, sizeof(c->digests[i].bytes)});
        if (c->log != NULL) {
            text_puts(&c->out, ", entry ");
            text_uint(&c->out, first + i);
        }
        text_char(&c->out, '\n');
    }
    return STATUS_GOOD;
}

static int check_said(struct call *c, const struct result *r, const struct dsse *d,
                      const char *problem)
{
    bool good = false;
    struct json j;

    if (!c->json) {
        if (problem != NULL)
            text_printf(&c->out, "%s: not sound: %s\n", c->files[0], problem);
        else
            good = signatures_text(&c->out, d, &c->believed, c->arena);
        return good || (problem == NULL && c->believed.files.count == 0) ? STATUS_GOOD
                                                                         : STATUS_FINDING;
    }
    json_init(&j, &c->out);
    json_object_begin(&j);
    json_member_uint(&j, "schema", 1);
    json_member_text(&j, "file", c->files[0]);
    json_key(&j, "sound");
    json_bool(&j, problem == NULL);
    if (problem != NULL) {
        json_member_text(&j, "reason", problem);
    } else {
        struct digest digest = result_digest(r, c->arena);

        json_key(&j, "result");
        render_digest(&j, &digest);
        json_member_string(&j, "subject", r->subject);
        json_key(&j, "signatures");
        good = signatures_json(&j, d, &c->believed, c->arena);
    }
    json_object_end(&j);
    text_char(&c->out, '\n');
    return good || (problem == NULL && c->believed.files.count == 0) ? STATUS_GOOD
                                                                     : STATUS_FINDING;
}

/* By whom is a signed result signed? */
static int check(struct call *c)
{
    struct dsse *d = ARENA_NEW(c->arena, struct dsse);
    struct result r;
    struct bytes file;

    if (c->count != 1)
        return verb_usage(c->v, "--check needs one FILE");
    if (!believed_read(&c->believed, c->arena, &c->err) ||
        !file_read(c->files[0], LOAD_MAX, c->arena, &file, &c->err))
        return fail(c);
    bool sound = signed_result_read(file, c->arena, d, &r, &c->err);

    return check_said(c, &r, d, sound ? NULL : c->err.text);
}

static int run(struct call *c, char **files, int count)
{
    if (count < 1)
        return verb_usage(c->v, "no RESULT is given");
    c->files = files;
    c->count = (size_t)count;
    text_init(&c->out, c->arena, OUTPUT_MAX);
    int status = c->check ? check(c) : sign(c);

    return verb_output(c->v, text_bytes(&c->out), status);
}

VERB_FUNCTION(sign)
{
    static const struct verb_row rows[] = {
        VERB_ROW("key", VERB_TEXT, struct call, key),
        VERB_ROW_OUTPUT(struct call, output),
        VERB_ROW("log", VERB_TEXT, struct call, log),
        VERB_ROW("check", VERB_FLAG, struct call, check),
        VERB_ROW("signer", VERB_LIST, struct call, believed.files),
        VERB_ROWS_PASSPHRASE(struct call, passphrase),
        VERB_ROW_JSON(struct call),
        VERB_ROW_END,
    };
    struct arena a;
    struct call c = {.v = v, .arena = &a, .passphrase = PASSPHRASE_ASKED};
    int status = STATUS_GOOD;

    arena_init(&a);
    if (verb_options(v, argc, argv, &(struct verb_sheet){rows, &c, &a}, &status))
        status = run(&c, argv + optind, argc - optind);
    arena_done(&a);
    return status;
}
