/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/judge.h"
#include "app/publish.h"
#include "app/signed_result.h"
#include "base/file.h"
#include "cli/appraise_command.h"
#include "cli/signatures.h"

enum {
    OUTPUT_MAX = 1 << 30
};

struct choice {
    struct appraisal_request request;
    struct verb_list references;
    struct verb_list peers;
    const char *as_of;
    const char *html;
    const char *output;
    const char *sign; /* the key by which what is written is signed */
    struct passphrase_source passphrase;
    bool json;
    struct believed believed; /* whose signature under a result is known */
    const char *format;       /* a rendering for other programs */
    const char *key;          /* that signs it */
    struct verb_list confirmed;
    bool report; /* a rendering is wanted, not a verdict */
    struct publish_request publish;
};

static int status_of(enum verdict v)
{
    switch (v) {
    case VERDICT_CLEAN:
        return STATUS_GOOD;
    case VERDICT_SUSPECT:
        return STATUS_FINDING;
    case VERDICT_INCOMPLETE:
        return STATUS_INCOMPLETE;
    }
    return STATUS_TROUBLE;
}

static bool write_html(const struct result *r, const char *path, struct arena *a, struct err *e)
{
    struct text t;

    text_init(&t, a, OUTPUT_MAX);
    result_html(&t, r, a);
    return file_write(path, text_bytes(&t), a, e);
}

/* A result that was kept is shown again; anything else is judged. `ret_envelope` gets the
 * signatures of a signed one. */
static bool result_of(const struct choice *o, struct arena *a, struct result *ret,
                      struct dsse *ret_envelope, struct err *e)
{
    struct appraisal_request request = o->request;
    const char *path = request.evidence;
    struct appraisal appraisal;

    if (o->report && !path_is_folder(path)) {
        struct bytes *file = &request.given;

        if (!file_map(path, LOAD_MAX, a, file, e))
            return false;
        if (result_recognise(*file))
            return result_decode(*file, a, ret, e) || err_wrap(e, "%s", path);
        if (signed_result_recognise(*file))
            return signed_result_read(*file, a, ret_envelope, ret, e) ||
                   err_wrap(e, "%s", path);
    }
    if (!appraise(&request, a, &appraisal, e))
        return false;
    appraisal_result(&appraisal, &request, a, ret);
    return true;
}

/* Writes the result as a node, or in an envelope that the process with the key signs. */
static bool write_result(const struct choice *o, const struct result *r, struct arena *a,
                         struct err *e)
{
    struct bytes b;

    if (o->output == NULL)
        return true;
    if (o->sign == NULL)
        b = result_encode(r, a);
    else if (!signed_result_make(r, o->publish.signer, a, &b, e))
        return false;
    return file_write(o->output, b, a, e);
}

/* Where a rendering goes, piece by piece: of very many findings it would fill memory. */
struct outlet {
    const struct verb *verb;
    int status;
};

static void put_out(void *user, struct bytes piece)
{
    struct outlet *out = user;

    if (out->status != STATUS_TROUBLE)
        out->status = verb_output(out->verb, piece, out->status);
}

static int show(const struct verb *v, const struct choice *o, const struct result *r,
                const struct dsse *d, struct arena *a)
{
    int status = o->report ? STATUS_GOOD : status_of(r->verdict);
    struct text said;
    struct text t;
    struct err e;

    text_init(&said, a, OUTPUT_MAX);
    if (!signatures_text(&said, d, &o->believed, a) && o->believed.files.count > 0) {
        status = STATUS_FINDING;
        (void)err_set(&e, ERR_INPUT, "%s is not signed by a key of --signer",
                      o->request.evidence);
        (void)verb_fail(v, &e);
    }
    text_init(&t, a, OUTPUT_MAX);
    if (o->format != NULL && !publish(&t, r, &o->publish, a, &e))
        return verb_fail(v, &e);
    if (o->format != NULL)
        return verb_output(v, text_bytes(&t), status);
    struct outlet out = {v, status};

    text_drain(&t, put_out, &out);
    if (o->json)
        result_json(&t, r, a);
    else if (!o->report || o->html == NULL)
        result_text(&t, r, isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == NULL);
    if (!o->json)
        text_add(&t, text_bytes(&said));
    text_drain_rest(&t);
    return out.status;
}

static int run(const struct verb *v, struct choice *o, struct arena *a)
{
    struct dsse *d = ARENA_NEW(a, struct dsse);
    struct result r;
    struct err e;

    if (!believed_read(&o->believed, a, &e) || !result_of(o, a, &r, d, &e) ||
        (o->html != NULL && !write_html(&r, o->html, a, &e)) || !write_result(o, &r, a, &e))
        return verb_fail(v, &e);
    return show(v, o, &r, d, a);
}

/* The process that holds the key, if there is one, begins before anything from outside is read.
 */
static int run_signing(const struct verb *v, struct choice *o, struct arena *a)
{
    struct signer_options options = {.key = o->sign != NULL ? o->sign : o->key,
                                     .passphrase = o->passphrase};
    struct signer signer;
    struct err e;

    if (options.key == NULL)
        return run(v, o, a);
    if (!signer_start(&options, &signer, &e))
        return verb_fail(v, &e);
    o->publish.signer = &signer;
    int status = run(v, o, a);

    o->publish.signer = NULL;
    signer_end(&signer);
    return status;
}

/*
 * "--peers A B C" takes all that follows up to the next option: turns it into "--peers A
 * --peers B
 * --peers C", which getopt understands. Returns the new arguments and their number.
 */
static char **peers_spread(int argc, char **argv, struct arena *a, int *ret_argc)
{
    static char option[] = "--peers";
    char **out = ARENA_ARRAY(a, char *, (size_t)argc * 2 + 1);
    bool peers = false;
    int n = 0;

    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], option) == 0) {
            peers = true;
            continue;
        }
        if (argv[i][0] == '-' && argv[i][1] != '\0')
            peers = false;
        if (peers)
            out[n++] = option;
        out[n++] = argv[i];
    }
    *ret_argc = n;
    return out;
}

/* What --format and the options that belong to it ask for. */
static int check_publish(const struct verb *v, struct choice *o, struct arena *a)
{
    size_t confirmed = o->confirmed.count;
    struct bytes *rows = ARENA_ARRAY(a, struct bytes, confirmed);
    bool named =
        o->format != NULL && publish_format_by_name(bytes_of(o->format), &o->publish.format);
    bool stix = named && o->publish.format == PUBLISH_STIX;
    bool ear = named && o->publish.format == PUBLISH_EAR;

    for (size_t i = 0; i < confirmed; i++)
        rows[i] = bytes_of(o->confirmed.rows[i]);
    o->publish.confirmed.rows = rows;
    o->publish.confirmed.count = confirmed;
    if (o->format != NULL && !named)
        return verb_usage(v, "'%s' is not jsonl, ocsf, sarif, stix, ear or html", o->format);
    if (named && (o->json || o->html != NULL))
        return verb_usage(v, "--format goes alone: no --json or --html beside it");
    if (ear != (o->key != NULL))
        return verb_usage(v, ear ? "--format ear needs --key" : "--key is for --format ear");
    if (stix != (confirmed > 0))
        return verb_usage(v, stix ? "--format stix needs the fingerprint of a finding that was "
                                    "confirmed: --confirm"
                                  : "--confirm is for --format stix");
    if (o->sign != NULL && o->output == NULL)
        return verb_usage(v, "--sign needs -o FILE");
    return STATUS_GOOD;
}

/* What both verbs know. */
/* clang-format off */
#define ROWS_OF_BOTH                                          \
    VERB_ROW("reference", VERB_LIST, struct choice, references),     \
    VERB_ROW("peers", VERB_LIST, struct choice, peers),              \
    VERB_ROW("since", VERB_TEXT, struct choice, request.since),      \
    VERB_ROW("policy", VERB_TEXT, struct choice, request.policy),    \
    VERB_ROW("dbx", VERB_TEXT, struct choice, request.revoked),      \
    VERB_ROW("yara", VERB_TEXT, struct choice, request.yara),        \
    VERB_ROW("as-of", VERB_TIME, struct choice, as_of),              \
    VERB_ROW("html", VERB_TEXT, struct choice, html),                \
    VERB_ROW_OUTPUT(struct choice, output),                          \
    VERB_ROWS_PASSPHRASE(struct choice, passphrase),                 \
    VERB_ROW_JSON(struct choice)
/* clang-format on */

static const struct verb_row appraise_rows[] = {
    ROWS_OF_BOTH,
    VERB_ROW("sign", VERB_TEXT, struct choice, sign),
    VERB_ROW_END,
};

static const struct verb_row report_rows[] = {
    ROWS_OF_BOTH,
    VERB_ROW("format", VERB_TEXT, struct choice, format),
    VERB_ROW("key", VERB_TEXT, struct choice, key),
    VERB_ROW("confirm", VERB_LIST, struct choice, confirmed),
    VERB_ROW("signer", VERB_LIST, struct choice, believed.files),
    VERB_ROW_END,
};

static int judge(const struct verb *v, struct choice *o, char **evidence, int count,
                 struct arena *a)
{
    struct appraisal_request *r = &o->request;

    if (count != 1)
        return verb_usage(v, "one EVIDENCE is needed, before --peers");
    r->evidence = evidence[0];
    r->references = o->references.rows;
    r->reference_count = o->references.count;
    r->peers = o->peers.rows;
    r->peer_count = o->peers.count;
    r->as_of = o->as_of != NULL ? bytes_of(o->as_of) : r->as_of;
    int status = check_publish(v, o, a);

    return status == STATUS_GOOD ? run_signing(v, o, a) : status;
}

int appraise_command(const struct verb *v, int argc, char **argv, bool report)
{
    struct choice o = {.report = report, .passphrase = PASSPHRASE_ASKED};
    struct arena a;
    int status = STATUS_GOOD;

    arena_init(&a);
    argv = peers_spread(argc, argv, &a, &argc);
    if (verb_options(v, argc, argv,
                     &(struct verb_sheet){report ? report_rows : appraise_rows, &o, &a},
                     &status))
        status = judge(v, &o, argv + optind, argc - optind, &a);
    arena_done(&a);
    return status;
}

VERB_FUNCTION(appraise)
{
    return appraise_command(v, argc, argv, false);
}
