/* SPDX-License-Identifier: Apache-2.0 */
#include "app/fleet_words.h"
#include "app/render.h"
#include "base/file.h"
#include "cli/options.h"
#include "ledger/dsse.h"

enum {
    STATEMENT_FILE_MAX = 4 << 20
};

static void signers_text(struct text *t, const struct dsse *d)
{
    text_puts(t, "\nSigned by\n");
    for (size_t i = 0; i < d->count; i++) {
        text_puts(t, "  - key sha256:");
        text_hex(t, (struct bytes){d->signatures[i].key.bytes, SHA256_SIZE});
        text_char(t, '\n');
    }
    text_puts(t, "  The signatures were not checked here: assay-audit does that.\n");
}

static void statement_json(struct text *t, const struct dsse *d,
                           const struct fleet_statement *s)
{
    struct digest payload = digest_sha256(d->payload);
    struct json j;

    json_init(&j, t);
    json_object_begin(&j);
    json_member_uint(&j, "schema", 1);
    json_member_string(&j, "origin", s->origin);
    json_member_uint(&j, "epoch", s->epoch);
    json_member_string(&j, "asOf", s->as_of);
    json_key(&j, "payload");
    render_digest(&j, &payload);
    json_key(&j, "servers");
    json_object_begin(&j);
    json_member_uint(&j, "n", s->sum.n);
    json_member_uint(&j, "clean", s->sum.clean);
    json_member_uint(&j, "review", s->sum.review);
    json_member_uint(&j, "bad", s->sum.bad);
    json_member_uint(&j, "unknown", s->sum.unknown);
    json_member_uint(&j, "unidentified", s->unidentified);
    json_object_end(&j);
    json_key(&j, "signers");
    json_array_begin(&j);
    for (size_t i = 0; i < d->count; i++)
        render_digest(&j, &d->signatures[i].key);
    json_array_end(&j);
    fleet_words_json(&j, s);
    json_object_end(&j);
    text_char(t, '\n');
}

static int show(const struct verb *v, const char *path, bool json, struct arena *a)
{
    struct fleet_statement *s = ARENA_NEW(a, struct fleet_statement);
    struct dsse *d = ARENA_NEW(a, struct dsse);
    struct bytes file;
    struct text t;
    struct err e;

    if (!file_read(path, STATEMENT_FILE_MAX, a, &file, &e))
        return verb_fail(v, &e);
    if (!dsse_parse(file, a, d, &e) || !fleet_statement_parse(d->payload, a, s, &e)) {
        (void)err_wrap(&e, "%s", path);
        return verb_fail(v, &e);
    }
    text_init(&t, a, 1 << 22);
    if (json) {
        statement_json(&t, d, s);
    } else {
        fleet_words(&t, s);
        signers_text(&t, d);
    }
    return verb_output(v, text_bytes(&t), STATUS_GOOD);
}

VERB_FUNCTION(statement)
{
    struct arena a;
    bool json = false;
    int status = STATUS_GOOD;

    if (!verb_option_json(v, argc, argv, &json, &status))
        return status;
    if (argc - optind != 1)
        return verb_usage(v, "one FILE is needed");
    arena_init(&a);
    status = show(v, argv[optind], json, &a);
    arena_done(&a);
    return status;
}
