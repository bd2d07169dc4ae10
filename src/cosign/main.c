/* SPDX-License-Identifier: Apache-2.0 */
/* assay-cosign: a witness of logs over HTTP. `assay cosign` runs it. */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "ledger/witness.h"
#include "signer/signer.h"
#include "store/log_folder.h"

enum {
    TROUBLE = 2,
    CONNECTIONS_MAX = 64,
    IDLE_SECONDS = 30,
    KEY_FILE_MAX = 64 * 1024
};

static const char usage[] =
    "usage: assay cosign --key FILE --policy FILE [--listen ADDRESS:PORT]\n"
    "                    [--passphrase-file FILE | --passphrase-fd N] DIR\n";

struct options {
    struct signer_options signer;
    const char *policy;
    const char *listen;
    const char *folder;
};

/* What the server works with; requests come one after another. */
struct server {
    struct witness witness;
    struct log_folder folder;
    struct log_storage storage;
    struct signer signer;
    struct sockaddr_in address;
};

/* A request whose body is still coming in. */
struct body {
    struct arena arena;
    struct text text;
};

static int fail(const struct err *e)
{
    (void)fprintf(stderr, "assay-cosign: %s\n", e->text);
    return TROUBLE;
}

static enum MHD_Result answer_with(struct MHD_Connection *c, struct witness_answer w)
{
    struct MHD_Response *r = MHD_create_response_from_buffer(
        w.body.len, (void *)(uintptr_t)w.body.data, MHD_RESPMEM_MUST_COPY);

    if (r == NULL)
        return MHD_NO;
    (void)MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, w.type);
    enum MHD_Result result = MHD_queue_response(c, w.status, r);

    MHD_destroy_response(r);
    return result;
}

static struct witness_answer plain(unsigned status, const char *words)
{
    return (struct witness_answer){status, "text/plain; charset=utf-8", bytes_of(words)};
}

/* GET /HASH/checkpoint */
static enum MHD_Result get(struct server *s, struct MHD_Connection *c, const char *url)
{
    static const char end[] = "/checkpoint";
    struct bytes path = bytes_of(url);
    size_t hash = (size_t)2 * SHA256_SIZE;
    struct arena a;

    if (path.len != 1 + hash + sizeof(end) - 1 || strcmp(url + 1 + hash, end) != 0)
        return answer_with(c, plain(404, "there is nothing here\n"));
    arena_init(&a);
    enum MHD_Result result =
        answer_with(c, witness_checkpoint(&s->witness, bytes_slice(path, 1, hash), &a));

    arena_done(&a);
    return result;
}

/* POST /add-checkpoint: piece by piece, then with no more data. */
static enum MHD_Result post(struct server *s, struct MHD_Connection *c, struct body *b,
                            struct bytes piece, size_t *size)
{
    if (piece.len > 0) {
        text_add(&b->text, piece);
        *size = 0;
        return MHD_YES;
    }
    if (b->text.overflow)
        return answer_with(c, plain(400, "the request is too large\n"));
    time_t now = time(NULL);

    return answer_with(
        c, witness_add_checkpoint(&s->witness, text_bytes(&b->text), (uint64_t)now, &b->arena));
}

/* Its parameters are those of libmicrohttpd. */
/* NOLINTNEXTLINE(readability-function-size) */
static enum MHD_Result handle(void *user, struct MHD_Connection *c, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *size, void **state)
{
    struct body *b = *state;

    (void)version;
    if (strcmp(method, "GET") == 0)
        return get(user, c, url);
    if (strcmp(method, "POST") != 0)
        return answer_with(c, plain(405, "GET or POST\n"));
    if (strcmp(url, "/add-checkpoint") != 0)
        return answer_with(c, plain(404, "there is nothing here\n"));
    if (b == NULL) {
        struct arena a;

        /* The arena holds itself: it ends with the request. */
        arena_init(&a);
        b = ARENA_NEW(&a, struct body);
        b->arena = a;
        text_init(&b->text, &b->arena, WITNESS_REQUEST_MAX);
        *state = b;
        return MHD_YES;
    }
    return post(user, c, b, (struct bytes){(const uint8_t *)data, *size}, size);
}

static void completed(void *user, struct MHD_Connection *c, void **state,
                      enum MHD_RequestTerminationCode code)
{
    struct body *b = *state;

    (void)user;
    (void)c;
    (void)code;
    *state = NULL;
    if (b == NULL)
        return;
    struct arena a = b->arena;

    arena_done(&a);
}

static bool cosign(void *user, struct bytes text, uint64_t time, struct signature *ret,
                   struct err *e)
{
    return signer_cosign(user, text, time, ret, e);
}

/* "127.0.0.1:8010" */
static bool address_parse(const char *text, struct sockaddr_in *ret, struct err *e)
{
    struct bytes rest = bytes_of(text);
    struct bytes host;
    uint64_t port = 0;
    char room[32];

    *ret = (struct sockaddr_in){.sin_family = AF_INET};
    if (!bytes_cut(&rest, ':', &host) || host.len >= sizeof(room) ||
        !bytes_number(rest, 10, &port) || port > 65535)
        return err_set(e, ERR_INPUT, "'%s' is not ADDRESS:PORT", text);
    memcpy(room, host.data, host.len);
    room[host.len] = '\0';
    ret->sin_port = htons((uint16_t)port);
    return inet_pton(AF_INET, room, &ret->sin_addr) == 1 ||
           err_set(e, ERR_INPUT, "'%s' is no IPv4 address", room);
}

/* The name and kind of the key stand in its public half, beside it. */
static bool key_read(struct server *s, const char *file, struct arena *a, struct err *e)
{
    const char *half = arena_format(a, "%s.pub", file);
    struct bytes b;
    struct bytes line;

    if (!file_read(half, KEY_FILE_MAX, a, &b, e))
        return false;
    (void)bytes_line(&b, &line);
    if (!note_key_parse(line, a, &s->witness.key, e))
        return err_wrap(e, "%s", half);
    if (s->witness.key.type != NOTE_COSIGNATURE)
        return err_set(e, ERR_INPUT, "%s is not the key of a witness (key make --witness)",
                       half);
    return memcmp(&s->witness.key.key, &s->signer.key, sizeof(s->signer.key)) == 0 ||
           err_set(e, ERR_INPUT, "%s is not the public half of %s", half, file);
}

static bool prepare(struct server *s, const struct options *o, struct arena *a, struct err *e)
{
    struct bytes policy;

    if (!address_parse(o->listen, &s->address, e) || !signer_start(&o->signer, &s->signer, e))
        return false;
    if (!key_read(s, o->signer.key, a, e) ||
        !file_read(o->policy, TRUST_POLICY_MAX, a, &policy, e) ||
        !trust_policy_parse(policy, a, &s->witness.logs, e) || !log_folder_make(o->folder, e) ||
        !log_folder_open(o->folder, true, a, &s->folder, e))
        return false;
    s->storage = log_folder_storage(&s->folder);
    s->witness.storage = &s->storage;
    s->witness.cosign = cosign;
    s->witness.user = &s->signer;
    return s->witness.logs.log_count > 0 ||
           err_set(e, ERR_INPUT, "%s names no log to be witnessed", o->policy);
}

/* Serves until a signal says to end. */
static bool serve(struct server *s, struct err *e)
{
    sigset_t ends;
    int which = 0;

    (void)sigemptyset(&ends);
    (void)sigaddset(&ends, SIGINT);
    (void)sigaddset(&ends, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &ends, NULL);
    /* One thread handles all requests, one after another: a witness must not overlap itself. */
    struct MHD_Daemon *d = MHD_start_daemon(
        MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, handle, s, MHD_OPTION_SOCK_ADDR,
        &s->address, MHD_OPTION_NOTIFY_COMPLETED, completed, NULL, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
        MHD_OPTION_END);

    if (d == NULL)
        return err_system(e, errno, "cannot listen");
    const union MHD_DaemonInfo *bound = MHD_get_daemon_info(d, MHD_DAEMON_INFO_BIND_PORT);
    char host[INET_ADDRSTRLEN] = "";

    (void)inet_ntop(AF_INET, &s->address.sin_addr, host, sizeof(host));
    (void)printf("listening on %s:%u\n", host, bound != NULL ? bound->port : 0U);
    (void)fflush(stdout);
    (void)sigwait(&ends, &which);
    MHD_stop_daemon(d);
    return true;
}

static bool parse(int argc, char **argv, struct options *ret, struct err *e)
{
    static const struct option rows[] = {
        {"key",             required_argument, NULL, 'k'},
        {"policy",          required_argument, NULL, 'P'},
        {"listen",          required_argument, NULL, 'l'},
        {"passphrase-file", required_argument, NULL, 'F'},
        {"passphrase-fd",   required_argument, NULL, 'D'},
        {NULL,              0,                 NULL, 0  },
    };
    uint64_t n = 0;
    int c;

    *ret = (struct options){.listen = "127.0.0.1:8010", .signer.passphrase.descriptor = -1};
    while ((c = getopt_long(argc, argv, "", rows, NULL)) >= 0) {
        if (c == '?')
            return err_set(e, ERR_INPUT, "%s", usage);
        ret->signer.key = c == 'k' ? optarg : ret->signer.key;
        ret->policy = c == 'P' ? optarg : ret->policy;
        ret->listen = c == 'l' ? optarg : ret->listen;
        ret->signer.passphrase.file = c == 'F' ? optarg : ret->signer.passphrase.file;
        if (c == 'D' && (!bytes_number(bytes_of(optarg), 10, &n) || n > 1023))
            return err_set(e, ERR_INPUT, "'%s' is no descriptor", optarg);
        ret->signer.passphrase.descriptor =
            c == 'D' ? (int)n : ret->signer.passphrase.descriptor;
    }
    ret->folder = argc - optind == 1 ? argv[optind] : NULL;
    return (ret->folder != NULL && ret->signer.key != NULL && ret->policy != NULL) ||
           err_set(e, ERR_INPUT, "%s", usage);
}

int main(int argc, char **argv)
{
    struct server s = {
        .signer = {.fd = -1   },
          .folder = { .fd = -1, .lock = -1}
    };
    struct options o;
    struct arena a;
    struct err e;

    arena_init(&a);
    bool good = parse(argc, argv, &o, &e) && prepare(&s, &o, &a, &e) && serve(&s, &e);

    signer_end(&s.signer);
    log_folder_close(&s.folder);
    arena_done(&a);
    return good ? 0 : fail(&e);
}
