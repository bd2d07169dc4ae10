/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/judge.h"
#include "app/publish.h"
#include "app/signed_result.h"
#include "base/file.h"
#include "cli/appraise_command.h"
#include "cli/key_options.h"
#include "cli/signatures.h"

enum {
    OUTPUT_MAX = 1 << 30
};

struct choice {
    struct appraisal_request request;
    const char **references; /* room for as many as there are arguments */
    const char **peers;
    const char *html;
    const char *output;
    bool sign;                 /* what is written */
    struct believed *believed; /* whose signature under a result is known */
    bool json;
    bool report;    /* a rendering is wanted, not a verdict */
    bool published; /* … in a form for other programs */
    struct publish_request publish;
    struct signer_options signer; /* no key: nothing is signed */
    struct bytes *confirmed;      /* room for as many as there are arguments */
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
    const char *path = o->request.evidence;
    struct appraisal appraisal;
    struct bytes file;

    if (o->report && !path_is_folder(path)) {
        if (!file_map(path, LOAD_MAX, a, &file, e))
            return false;
        if (result_recognise(file))
            return result_decode(file, a, ret, e) || err_wrap(e, "%s", path);
        if (signed_result_recognise(file))
            return signed_result_read(file, a, ret_envelope, ret, e) || err_wrap(e, "%s", path);
    }
    if (!appraise(&o->request, a, &appraisal, e))
        return false;
    appraisal_result(&appraisal, &o->request, a, ret);
    return true;
}

/* Writes the result as a node, or in an envelope that the process with the key signs. */
static bool write_result(const struct choice *o, const struct result *r, struct arena *a,
                         struct err *e)
{
    struct bytes b;

    if (o->output == NULL)
        return true;
    if (!o->sign)
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
    if (!signatures_text(&said, d, o->believed, a) && o->believed->count > 0)
        status = STATUS_FINDING;
    text_init(&t, a, OUTPUT_MAX);
    if (o->published && !publish(&t, r, &o->publish, a, &e))
        return verb_fail(v, &e);
    if (o->published)
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

static int run(const struct verb *v, const struct choice *o, struct arena *a)
{
    struct dsse *d = ARENA_NEW(a, struct dsse);
    struct result r;
    struct err e;

    if (!believed_read(o->believed, a, &e) || !result_of(o, a, &r, d, &e) ||
        (o->html != NULL && !write_html(&r, o->html, a, &e)) || !write_result(o, &r, a, &e))
        return verb_fail(v, &e);
    return show(v, o, &r, d, a);
}

/* The process that holds the key begins before anything from outside is read. */
static int run_signing(const struct verb *v, struct choice *o, struct arena *a)
{
    struct signer signer;
    struct err e;

    if (!signer_start(&o->signer, &signer, &e))
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

/* The options of `assay report` alone. */
static int take_publish(const struct verb *v, struct choice *o, int c)
{
    if (!o->report)
        return verb_usage(v, "--format and what belongs to it are options of 'assay report'");
    if (c == 'k')
        o->signer.key = optarg;
    if (c == 'c')
        o->confirmed[o->publish.confirmed.count++] = bytes_of(optarg);
    if (c == 'f' && !publish_format_by_name(bytes_of(optarg), &o->publish.format))
        return verb_usage(v, "'%s' is not jsonl, ocsf, sarif, stix, ear or html", optarg);
    o->published = o->published || c == 'f';
    return key_option_take(v, c, &o->signer.passphrase) ? STATUS_GOOD : STATUS_TROUBLE;
}

static int check_publish(const struct verb *v, const struct choice *o)
{
    bool stix = o->published && o->publish.format == PUBLISH_STIX;
    bool ear = o->published && o->publish.format == PUBLISH_EAR;

    if (o->published && (o->json || o->html != NULL))
        return verb_usage(v, "--format goes alone: no --json or --html beside it");
    if (o->sign && (o->output == NULL || o->published))
        return verb_usage(v, "--sign needs -o FILE, and no --format");
    if (ear != (o->signer.key != NULL && !o->sign))
        return verb_usage(v, ear ? "--format ear needs --key" : "--key is for --format ear");
    if (stix != (o->publish.confirmed.count > 0))
        return verb_usage(v, stix ? "--format stix needs the fingerprint of a finding that was "
                                    "confirmed: --confirm"
                                  : "--confirm is for --format stix");
    return STATUS_GOOD;
}

static int take_option(const struct verb *v, struct choice *o, int c)
{
    switch (c) {
    case 'r':
        o->references[o->request.reference_count++] = optarg;
        break;
    case 'p':
        o->peers[o->request.peer_count++] = optarg;
        break;
    case 's':
        o->request.since = optarg;
        break;
    case 'P':
        o->request.policy = optarg;
        break;
    case 'd':
        o->request.revoked = optarg;
        break;
    case 'y':
        o->request.yara = optarg;
        break;
    case 't':
        if (!moment_valid(bytes_of(optarg)))
            return verb_usage(v, "'%s' is not a time as 2026-01-31T12:00:00Z", optarg);
        o->request.as_of = bytes_of(optarg);
        break;
    case 'H':
        o->html = optarg;
        break;
    case 'o':
        o->output = optarg;
        break;
    case 'S':
        o->sign = true;
        o->signer.key = optarg;
        break;
    case 'B':
        if (!o->report || !believed_add(o->believed, optarg))
            return verb_usage(v, "too many keys, or nothing that is signed");
        break;
    case 'j':
        o->json = true;
        break;
    case 'f':
    case 'k':
    case 'c':
    case 'F':
    case 'D':
        return take_publish(v, o, c);
    }
    return STATUS_GOOD;
}

static int parse(const struct verb *v, int argc, char **argv, struct choice *o, bool *ret_go)
{
    static const struct option options[] = {
        {"reference", required_argument, NULL, 'r'},
        {"peers",     required_argument, NULL, 'p'},
        {"since",     required_argument, NULL, 's'},
        {"policy",    required_argument, NULL, 'P'},
        {"dbx",       required_argument, NULL, 'd'},
        {"yara",      required_argument, NULL, 'y'},
        {"as-of",     required_argument, NULL, 't'},
        {"html",      required_argument, NULL, 'H'},
        {"output",    required_argument, NULL, 'o'},
        {"sign",      required_argument, NULL, 'S'},
        {"signer",    required_argument, NULL, 'B'},
        {"format",    required_argument, NULL, 'f'},
        {"key",       required_argument, NULL, 'k'},
        {"confirm",   required_argument, NULL, 'c'},
        {"json",      no_argument,       NULL, 'j'},
        KEY_OPTION_ROWS,
        {"help",      no_argument,       NULL, 'h'},
        {NULL,        0,                 NULL, 0  },
    };
    int status = STATUS_GOOD;
    int c;

    while ((c = verb_option(v, argc, argv, options, &status)) >= 0) {
        status = take_option(v, o, c);
        if (status != STATUS_GOOD)
            return status;
    }
    if (c == -2)
        return status;
    if (argc - optind != 1)
        return verb_usage(v, "one EVIDENCE is needed, before --peers");
    o->request.evidence = argv[optind];
    status = check_publish(v, o);
    *ret_go = status == STATUS_GOOD;
    return status;
}

int appraise_command(const struct verb *v, int argc, char **argv, bool report)
{
    struct believed believed = {.count = 0};
    struct choice o = {
        .report = report, .signer = {.passphrase = KEY_OPTION_NONE}, .believed = &believed};
    struct arena a;
    bool go = false;

    arena_init(&a);
    argv = peers_spread(argc, argv, &a, &argc);
    o.references = ARENA_ARRAY(&a, const char *, (size_t)argc);
    o.peers = ARENA_ARRAY(&a, const char *, (size_t)argc);
    o.confirmed = ARENA_ARRAY(&a, struct bytes, (size_t)argc);
    o.publish.confirmed.rows = o.confirmed;
    o.request.references = o.references;
    o.request.peers = o.peers;
    int status = parse(v, argc, argv, &o, &go);

    if (go)
        status = o.signer.key != NULL ? run_signing(v, &o, &a) : run(v, &o, &a);
    arena_done(&a);
    return status;
}

VERB_FUNCTION(appraise)
{
    return appraise_command(v, argc, argv, false);
}
