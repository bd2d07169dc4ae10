/* SPDX-License-Identifier: Apache-2.0 */
#include "app/fetch.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/beside.h"
#include "base/child.h"

enum {
    LINE_SIZE = 64,
    WORDS_MAX = 4096 /* bytes that trouble is told in */
};

bool fetcher_start(struct fetcher *f, struct arena *a, struct err *e)
{
    const char *path = beside_program("assay-fetch", a);
    int pair[2];

    *f = (struct fetcher){-1, -1, 0};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return err_system(e, errno, "cannot make a socket pair");
    pid_t pid = fork();

    if (pid == 0) {
        if (dup2(pair[1], STDIN_FILENO) >= 0 && dup2(pair[1], STDOUT_FILENO) >= 0)
            (void)execl(path, path, (char *)NULL);
        _exit(2);
    }
    (void)close(pair[1]);
    if (pid < 0) {
        (void)close(pair[0]);
        return err_system(e, errno, "cannot start %s", path);
    }
    f->to = pair[0];
    f->from = pair[0];
    f->pid = pid;
    return true;
}

void fetcher_end(struct fetcher *f)
{
    if (f->to < 0)
        return;
    (void)close(f->to);
    child_wait(f->pid);
    f->to = -1;
}

/* "STATUS LENGTH" */
static bool head(int fd, uint64_t *ret_status, uint64_t *ret_length)
{
    uint8_t line[LINE_SIZE];
    size_t n = 0;
    struct bytes status;

    do {
        if (n == sizeof(line) || !child_receive(fd, &line[n], 1))
            return false;
    } while (line[n++] != '\n');
    struct bytes rest = {line, n - 1};

    return bytes_cut(&rest, ' ', &status) && bytes_number(status, 10, ret_status) &&
           bytes_number(rest, 10, ret_length);
}

bool fetch(struct fetcher *f, const struct fetch_request *q, struct arena *a,
           struct fetch_answer *ret, struct err *e)
{
    const char *line = q->body != NULL
                           ? arena_format(a, "POST %zu %zu %s\n", q->max, q->body->len, q->url)
                           : arena_format(a, "GET %zu %s\n", q->max, q->url);
    uint64_t status = 0;
    uint64_t length = 0;

    if (strchr(q->url, '\n') != NULL)
        return err_set(e, ERR_INPUT, "this is no URL");
    if (!child_send(f->to, bytes_of(line)) ||
        (q->body != NULL && !child_send(f->to, *q->body)) || !head(f->from, &status, &length) ||
        length > (q->max > WORDS_MAX ? q->max : WORDS_MAX))
        return err_set(e, ERR_SYSTEM, "assay-fetch, which fetches, has ended");
    uint8_t *room = arena_alloc(a, (size_t)length + 1);

    if (!child_receive(f->from, room, (size_t)length))
        return err_set(e, ERR_SYSTEM, "assay-fetch, which fetches, has ended");
    if (status == 0)
        return err_set(e, ERR_SYSTEM, "%s: %.*s", q->url, (int)(length < 200 ? length : 200),
                       (const char *)room);
    *ret = (struct fetch_answer){
        (unsigned)status, {room, (size_t)length}
    };
    return true;
}

static bool fetched_read(void *user, const char *name, size_t max, struct arena *a,
                         struct bytes *ret, struct err *e)
{
    const struct fetched_log *l = user;
    const struct fetch_request q = {.url = arena_format(a, "%s/%s", l->prefix, name),
                                    .max = max};
    struct fetch_answer answer = {.status = 0};

    if (!fetch(l->fetcher, &q, a, &answer, e))
        return false;
    *ret = answer.body;
    if (answer.status == 200)
        return true;
    return err_set(e, answer.status == 404 || answer.status == 410 ? ERR_ABSENT : ERR_SYSTEM,
                   "%s: status %u", q.url, answer.status);
}

struct log_storage fetched_log_storage(struct fetched_log *l)
{
    return (struct log_storage){.read = fetched_read, .user = l};
}
