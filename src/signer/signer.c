/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/signer.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/child.h"
#include "signer/private.h"

bool signer_send(int fd, const struct signer_head *h, struct bytes b)
{
    return child_send(fd, (struct bytes){(const uint8_t *)h, sizeof(*h)}) && child_send(fd, b);
}

/* The answer: `size` bytes, or why not. */
static bool answer(struct signer *s, void *ret, size_t size, struct err *e)
{
    struct signer_head h;
    char words[sizeof(e->text)] = "";

    if (!child_receive(s->fd, &h, sizeof(h)))
        return err_set(e, ERR_SYSTEM, "the process that holds the key has ended");
    if (h.kind == ERR_NONE && h.length == size && child_receive(s->fd, ret, size))
        return true;
    if (h.kind == ERR_NONE || h.length >= sizeof(words) ||
        !child_receive(s->fd, words, h.length))
        return err_set(e, ERR_SYSTEM, "the process that holds the key makes no sense");
    return err_set(e, (enum err_code)h.kind, "%s", words);
}

bool signer_start(const struct signer_options *o, struct signer *ret, struct err *e)
{
    static const char token[] = "pkcs11:";
    int pair[2];

    *ret = (struct signer){.fd = -1};
    if (strncmp(o->key, token, sizeof(token) - 1) == 0)
        return err_set(e, ERR_ABSENT, "keys on a token (%s) are not built in", token);
    /* Reading the key takes libcrypto, and so does what the caller does with signatures: it is
     * loaded once for both processes. */
    digest_expect(UINT64_MAX);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return err_system(e, errno, "cannot make a socket pair");
    pid_t pid = fork();

    if (pid == 0) {
        (void)close(pair[0]);
        signer_process(o, pair[1]);
    }
    (void)close(pair[1]);
    if (pid < 0) {
        (void)close(pair[0]);
        return err_system(e, errno, "cannot start the process that holds the key");
    }
    ret->fd = pair[0];
    ret->pid = pid;
    if (answer(ret, ret->key.bytes, sizeof(ret->key.bytes), e))
        return true;
    signer_end(ret);
    return err_wrap(e, "%s", o->key);
}

static bool request(struct signer *s, struct signer_head h, struct bytes b,
                    struct signature *ret, struct err *e)
{
    if (b.len > SIGNER_MESSAGE_MAX)
        return err_set(e, ERR_LIMIT, "what is to be signed is larger than %d bytes",
                       SIGNER_MESSAGE_MAX);
    h.length = (uint32_t)b.len;
    if (!signer_send(s->fd, &h, b))
        return err_set(e, ERR_SYSTEM, "the process that holds the key has ended");
    return answer(s, ret->bytes, sizeof(ret->bytes), e);
}

bool signer_statement(struct signer *s, struct bytes message, struct signature *ret,
                      struct err *e)
{
    return request(s, (struct signer_head){.kind = SIGNER_STATEMENT}, message, ret, e);
}

static bool sign_for_envelope(void *user, struct bytes message, struct signature *ret,
                              struct public_key *ret_key, struct err *e)
{
    struct signer *s = user;

    *ret_key = s->key;
    return signer_statement(s, message, ret, e);
}

struct dsse_signer signer_dsse(struct signer *s)
{
    return (struct dsse_signer){sign_for_envelope, s};
}

bool signer_checkpoint(struct signer *s, struct bytes text, struct signature *ret,
                       struct err *e)
{
    return request(s, (struct signer_head){.kind = SIGNER_CHECKPOINT}, text, ret, e);
}

bool signer_cosign(struct signer *s, struct bytes text, uint64_t time, struct signature *ret,
                   struct err *e)
{
    return request(s, (struct signer_head){.kind = SIGNER_COSIGN, .time = time}, text, ret, e);
}

bool signer_token(struct signer *s, struct bytes message, struct signature *ret, struct err *e)
{
    return request(s, (struct signer_head){.kind = SIGNER_TOKEN}, message, ret, e);
}

void signer_end(struct signer *s)
{
    if (s->fd < 0)
        return;
    (void)close(s->fd);
    child_wait(s->pid);
    s->fd = -1;
}
