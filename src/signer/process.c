/* SPDX-License-Identifier: Apache-2.0 */
/* What happens inside the process that holds a key. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/child.h"
#include "base/file.h"
#include "base/json_read.h"
#include "signer/private.h"

enum {
    KEY_FILE_MAX = 64 * 1024,
    DESCRIPTORS_MAX = 1024
};

/* One process that holds a key. */
struct holder {
    int fd;
    struct secret_key key;
    struct signer_memory memory;
};

static bool key_file_private(const char *path, struct err *e)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return err_system(e, errno, "cannot open the key");
    return (st.st_mode & (S_IRWXG | S_IRWXO)) == 0 ||
           err_set(e, ERR_REFUSED, "others than its owner may read this key (mode %04o)",
                   (unsigned)st.st_mode & 07777U);
}

static bool read_key(const struct signer_options *o, struct secret_key *ret, struct arena *a,
                     struct err *e)
{
    struct passphrase p = {.len = 0};
    struct bytes pem;

    if (!key_file_private(o->key, e) || !file_read(o->key, KEY_FILE_MAX, a, &pem, e))
        return false;
    bool good = !secret_key_encrypted(pem) || passphrase_get(&o->passphrase, false, &p, e);

    good = good && secret_key_read(pem, (struct bytes){p.bytes, p.len}, ret, e);
    secret_wipe(&p, sizeof(p));
    return good;
}

/* Locks and files of the one that asks are not this process's to keep. */
static void close_inherited(int socket, int passphrase)
{
    for (int i = STDERR_FILENO + 1; i < DESCRIPTORS_MAX; i++) {
        if (i != socket && i != passphrase)
            (void)close(i);
    }
}

/* No core file, no debugger, no descriptor but the socket's and the memory's. */
static void close_doors(struct holder *h)
{
    const struct rlimit none = {0, 0};
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)signal(SIGPIPE, SIG_IGN);
    for (int i = 0; null >= 0 && i <= STDERR_FILENO; i++)
        (void)dup2(null, i);
    for (int i = STDERR_FILENO + 1; i < DESCRIPTORS_MAX; i++) {
        if (i != h->fd && i != h->memory.fd)
            (void)close(i);
    }
}

static bool sign(struct holder *h, const struct signer_head *head, struct bytes b,
                 struct arena *a, struct signature *ret, struct err *e)
{
    struct checkpoint c;
    struct text message;

    if (head->kind == SIGNER_STATEMENT) {
        if (!signer_statement_formed(b, &h->key.half, a, e))
            return false;
        secret_key_sign(&h->key, b, ret);
        return true;
    }
    if (head->kind == SIGNER_TOKEN) {
        if (!signer_token_formed(b, &h->key.half, a, e))
            return false;
        secret_key_sign(&h->key, b, ret);
        return true;
    }
    if (head->kind != SIGNER_CHECKPOINT && head->kind != SIGNER_COSIGN)
        return err_set(e, ERR_REFUSED, "nothing like that is signed here");
    if (!note_text_valid(b) || !checkpoint_parse(b, a, &c, e))
        return err_set(e, ERR_REFUSED, "this is no checkpoint, and is not signed");
    if (head->kind == SIGNER_CHECKPOINT) {
        if (!signer_memory_admit(&h->memory, &c, e))
            return false;
        secret_key_sign(&h->key, b, ret);
        return true;
    }
    text_init(&message, a, NOTE_SIZE_MAX);
    note_cosigned_message(&message, b, head->time);
    if (message.overflow || head->time > INT64_MAX)
        return err_set(e, ERR_LIMIT, "the checkpoint is too large to be cosigned");
    secret_key_sign(&h->key, text_bytes(&message), ret);
    return true;
}

static bool reply(struct holder *h, bool good, struct bytes b, const struct err *e)
{
    struct signer_head head = {.kind = ERR_NONE, .length = (uint32_t)b.len};

    if (!good) {
        b = bytes_of(e->text);
        head = (struct signer_head){.kind = e->code, .length = (uint32_t)b.len};
    }
    return signer_send(h->fd, &head, b);
}

/* One request and its answer; false at the end. */
static bool serve(struct holder *h)
{
    struct signer_head head;
    struct signature s;
    struct arena a;
    struct err e;

    if (!child_receive(h->fd, &head, sizeof(head)) || head.length > SIGNER_MESSAGE_MAX)
        return false;
    arena_init(&a);
    uint8_t *room = arena_alloc(&a, head.length + (size_t)1);
    bool more = child_receive(h->fd, room, head.length);

    if (more) {
        bool good = sign(h, &head, (struct bytes){room, head.length}, &a, &s, &e);

        more = reply(h, good, (struct bytes){s.bytes, sizeof(s.bytes)}, &e);
    }
    arena_done(&a);
    return more;
}

void signer_process(const struct signer_options *o, int fd)
{
    struct holder h = {.fd = fd, .memory = {.fd = -1}};
    struct json_node *warm;
    struct arena a;
    struct err e;

    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    close_inherited(fd, o->passphrase.descriptor);
    arena_init(&a);
    bool good = (!o->checkpoints || signer_memory_open(o->key, &a, &h.memory, &e)) &&
                read_key(o, &h.key, &a, &e);

    if (good) {
        close_doors(&h);
        /* The reader of JSON opens a file at its first use, which it could not later. */
        (void)json_parse(bytes_of("{}"), &a, &warm, &(struct err){0});
        signer_confine();
    }
    good =
        reply(&h, good, (struct bytes){h.key.half.bytes, sizeof(h.key.half.bytes)}, &e) && good;
    while (good && serve(&h)) {
    }
    if (h.key.bytes != NULL)
        secret_key_wipe(&h.key);
    _exit(0);
}
