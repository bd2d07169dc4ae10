/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The flash as an external programmer reads it: drives the program flashrom, which knows the
 * programmers and the parts. It reads into a folder that nobody else may enter; what it says
 * when it fails is the reason, as it stands.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "collect/live.h"

enum {
    IMAGE_MAX = 256 << 20,
    WORDS_MAX = 4096, /* of the program's last words */
    NOT_FOUND = 127
};

/* The last words of the program. */
struct tail {
    uint8_t bytes[2 * WORDS_MAX];
    size_t len;
};

static void tail_add(struct tail *t, const uint8_t *data, size_t n)
{
    if (n > WORDS_MAX) {
        data += n - WORDS_MAX;
        n = WORDS_MAX;
    }
    if (t->len + n > sizeof(t->bytes)) {
        size_t kept = WORDS_MAX < t->len ? WORDS_MAX : t->len;

        memmove(t->bytes, t->bytes + t->len - kept, kept);
        t->len = kept;
    }
    memcpy(t->bytes + t->len, data, n);
    t->len += n;
}

static struct bytes tail_bytes(const struct tail *t)
{
    size_t kept = t->len < WORDS_MAX ? t->len : WORDS_MAX;

    return bytes_trim((struct bytes){t->bytes + t->len - kept, kept});
}

/* In the child: never returns. */
_Noreturn static void become(char *const argv[], int output)
{
    static const char *const folders[] = {"/usr/sbin/", "/usr/local/sbin/"};
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 ||
        dup2(output, STDERR_FILENO) < 0)
        _exit(NOT_FOUND);
    (void)execvp(argv[0], argv);
    for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
        char path[64];

        (void)bytes_format(path, sizeof(path), "%s%s", folders[i], argv[0]);
        (void)execv(path, argv);
    }
    _exit(NOT_FOUND);
}

/* Runs a program to its end; its wait status, or -1 with errno. */
static int run(char *const argv[], struct tail *t)
{
    uint8_t room[WORDS_MAX];
    int ends[2];
    int status = 0;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return -1;
    pid_t child = fork();

    if (child == 0)
        become(argv, ends[1]);
    (void)close(ends[1]);
    for (ssize_t n = 1; child > 0 && n != 0;) {
        n = read(ends[0], room, sizeof(room));
        if (n < 0 && errno != EINTR)
            break;
        if (n > 0)
            tail_add(t, room, (size_t)n);
    }
    (void)close(ends[0]);
    if (child < 0)
        return -1;
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR)
            return -1;
    }
    return status;
}

/* Why there is no image, or NULL when there is one. */
static const char *read_once(struct live *l, const char *file, enum coverage_state *state)
{
    const struct collect_options *o = l->options;
    char *argv[] = {arena_format(l->arena, "flashrom"),
                    arena_format(l->arena, "-p"),
                    arena_format(l->arena, "%s", o->programmer),
                    arena_format(l->arena, "-r"),
                    arena_format(l->arena, "%s", file),
                    o->chip != NULL ? arena_format(l->arena, "-c") : NULL,
                    o->chip != NULL ? arena_format(l->arena, "%s", o->chip) : NULL,
                    NULL};
    struct tail *t = ARENA_NEW(l->arena, struct tail);
    int status = run(argv, t);
    struct bytes words = tail_bytes(t);

    *state = COVERAGE_FAILED;
    if (status == -1)
        return live_words(l->arena, errno, "cannot run flashrom");
    if (WIFSIGNALED(status))
        return arena_format(l->arena, "flashrom ended by signal %d: %.*s", WTERMSIG(status),
                            (int)words.len, (const char *)words.data);
    if (WEXITSTATUS(status) == NOT_FOUND && words.len == 0) {
        *state = COVERAGE_UNSUPPORTED;
        return "flashrom is not installed";
    }
    if (WEXITSTATUS(status) != 0)
        return arena_format(l->arena, "flashrom exited with status %d: %.*s",
                            WEXITSTATUS(status), (int)words.len, (const char *)words.data);
    return NULL;
}

/* One reading; what was mapped stays, the file does not. */
static void read_part(struct live *l, const char *folder, unsigned number)
{
    const char *file = arena_format(l->arena, "%s/read", folder);
    struct found f = {.reason = ""};
    struct err e;

    f.path = number == 1 ? "flash/programmer.bin"
                         : arena_format(l->arena, "flash/programmer-%u.bin", number);
    const char *why = read_once(l, file, &f.state);

    if (why != NULL) {
        f.reason = why;
        live_found(l, f);
    } else if (!file_map(file, IMAGE_MAX, l->arena, &f.bytes, &e) || f.bytes.len == 0) {
        f.bytes = (struct bytes){NULL, 0};
        f.reason = "flashrom exited with status 0 and wrote no image";
        live_found(l, f);
    } else {
        live_seen(l, f.path, f.bytes);
    }
    (void)unlink(file);
}

void live_programmer(struct live *l)
{
    const struct collect_options *o = l->options;
    const char *base = getenv("TMPDIR");

    if (o->programmer == NULL) {
        l->state = COVERAGE_UNTRIED;
        l->reason = "no programmer is named (--programmer)";
        return;
    }
    char *folder = arena_format(l->arena, "%s/assay.XXXXXX", base != NULL ? base : "/tmp");

    /* Only this user may enter it. */
    if (mkdtemp(folder) == NULL) {
        live_trouble(l, errno, folder);
        return;
    }
    for (unsigned i = 1; i <= o->reads; i++)
        read_part(l, folder, i);
    (void)rmdir(folder);
}
