/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "crypto/prepare.h"
#include "worker/confine.h"

/* How a process ends by itself; any other status is a death. */
enum {
    EXIT_MEMORY = ARENA_EXIT_MEMORY,
    EXIT_NEEDS_CRYPTO = 4,
    EXIT_NO_SANDBOX = 5,
    /* It sends this to itself when it cannot be confined: once it is, it can send nothing. */
    SIGNAL_NO_SANDBOX = SIGUSR1
};

enum {
    CPU_SECONDS = 20,
    CPU_BYTES_A_SECOND = 1 << 20,
    /* Of waiting, for each second of processor time: other programs want the processor too. */
    WAIT_FACTOR = 8,
    /* Milliseconds in which a short run ends; its output waits in the pipe. */
    SOON = 3,
    PIPE = 1 << 20, /* bytes that wait in it; the most that everyone may have */
    PIECE = 32 << 10,
    /* Bytes of input of which so much is made that a huge page costs less than small ones. */
    HEAP_INPUT = 16 << 10
};

/* A child and the pipe that it writes to. */
struct child {
    const struct process *p;
    pid_t pid;
    int from;
    uint64_t seconds; /* of processor time that it may use */
    bool late;        /* it was killed for taking too long */
    bool lied;        /* it was killed for what it wrote */
};

bool worker_confines(void)
{
    return !WORKER_IN_PROCESS;
}

void *process_memory(size_t size)
{
    void *base = mmap(NULL, size, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return base == MAP_FAILED ? NULL : base;
}

/* One second less than what this process may use: then the child is told, and not just ended.
 */
static uint64_t cpu_limit(const struct process *p)
{
    uint64_t seconds = CPU_SECONDS + p->input_bytes / CPU_BYTES_A_SECOND;
    struct rlimit own;

    if (getrlimit(RLIMIT_CPU, &own) == 0 && own.rlim_max > 1 && own.rlim_max - 1 < seconds)
        seconds = own.rlim_max - 1;
    return seconds;
}

/* The child's life. */
static _Noreturn void live(const struct process *p, pid_t parent, int out, uint64_t seconds)
{
    struct confinement c = {
        .parent = parent,
        .out = out,
        .memory = p->memory,
        .cpu_seconds = seconds,
    };
    struct process_notes *n = p->notes;
    struct arena passed_over;

    arena_init(&passed_over);
    if (p->input_bytes >= HEAP_INPUT)
        arena_heap_renew(&passed_over);
    crypto_seal(EXIT_NEEDS_CRYPTO);
    /* What a mistake of ours says goes where the parent can read it, without a system call. */
    (void)setvbuf(stderr, n->said, _IOFBF, sizeof(n->said));
    const char *failed = confine(&c);

    if (failed != NULL) {
        n->error = errno;
        (void)snprintf(n->step, sizeof(n->step), "%s", failed);
        (void)signal(SIGNAL_NO_SANDBOX, SIG_DFL);
        (void)kill(getpid(), SIGNAL_NO_SANDBOX);
        _exit(EXIT_NO_SANDBOX);
    }
    p->life(p->user, CONFINE_OUT);
    arena_done(&passed_over);
    _exit(0);
}

static struct worker_end end_of(enum worker_fate fate, const char *why)
{
    struct worker_end end = {.fate = fate, .input = WORKER_NONE};

    (void)snprintf(end.why, sizeof(end.why), "%s", why);
    return end;
}

struct worker_end process_lied(const char *why)
{
    return end_of(WORKER_LIED, why);
}

/* The first line of what it wrote to standard error, as text that cannot do harm. */
static bool last_words(const struct process_notes *n, char *room, size_t size)
{
    size_t k = 0;

    while (k + 1 < size && k < sizeof(n->said) && n->said[k] >= ' ' && n->said[k] <= '~') {
        room[k] = n->said[k];
        k++;
    }
    room[k] = '\0';
    return k > 0;
}

static struct worker_end out_of_time(const struct child *c, bool waited)
{
    struct worker_end end = end_of(WORKER_TIME, "");
    unsigned long long seconds = c->seconds * (waited ? WAIT_FACTOR : 1);

    (void)snprintf(end.why, sizeof(end.why), "stopped at its limit of %llu s of %stime",
                   seconds, waited ? "" : "processor ");
    return end;
}

static struct worker_end killed(const struct child *c, int signal, const struct rusage *used)
{
    struct worker_end end = end_of(WORKER_CRASHED, "");
    uint64_t seconds = (uint64_t)used->ru_utime.tv_sec + (uint64_t)used->ru_stime.tv_sec;
    char said[120];

    if (c->late)
        return out_of_time(c, true);
    if (signal == SIGXCPU || (signal == SIGKILL && seconds >= c->seconds))
        return out_of_time(c, false);
    if (last_words(c->p->notes, said, sizeof(said)))
        (void)snprintf(end.why, sizeof(end.why), "ended by itself: %s", said);
    else if (signal == SIGSYS)
        return end_of(WORKER_FORBIDDEN, "killed for a system call that it has no right to");
    else
        (void)snprintf(end.why, sizeof(end.why), "killed by SIG%s", sigabbrev_np(signal));
    return end;
}

/* What became of it. */
static struct worker_end judge(const struct child *c, int status, const struct rusage *used)
{
    if (c->lied)
        return end_of(WORKER_LIED, "stopped for output that decoding cannot give");
    if (WIFSIGNALED(status))
        return killed(c, WTERMSIG(status), used);
    switch (WEXITSTATUS(status)) {
    case 0:
        return end_of(WORKER_DONE, "");
    case EXIT_MEMORY:
        return end_of(WORKER_MEMORY, "stopped at its limit of memory");
    case EXIT_NEEDS_CRYPTO:
        if (crypto_prepare())
            return end_of(WORKER_AGAIN, "");
        break;
    }
    return end_of(WORKER_LIED, "ended with a status that it does not have");
}

static int64_t now_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/*
 * Takes what the child writes, until it is gone. Only waiting for it counts, not what becomes
 * of its output.
 */
static void listen_to(struct child *c)
{
    int64_t left = (int64_t)c->seconds * 1000 * WAIT_FACTOR;
    struct pollfd from = {.fd = c->from};
    uint8_t piece[PIECE];

    /* Without events to wait for, the end alone wakes: once instead of for every piece. */
    (void)poll(&from, 1, SOON);
    from.events = POLLIN;

    while (left > 0) {
        int64_t began = now_ms();
        int ready = poll(&from, 1, left < INT32_MAX ? (int)left : INT32_MAX);

        left -= now_ms() - began;
        ssize_t n = ready > 0 ? read(c->from, piece, sizeof(piece)) : 0;

        if (ready > 0 && n == 0)
            return;
        if (n > 0 &&
            (c->p->take == NULL || !c->p->take(c->p->user, (struct bytes){piece, (size_t)n}))) {
            c->lied = true;
            (void)kill(c->pid, SIGKILL);
            return;
        }
    }
    c->late = true;
    (void)kill(c->pid, SIGKILL);
}

static bool no_sandbox(const struct process_notes *n, struct err *e)
{
    char step[sizeof(n->step)];

    (void)snprintf(step, sizeof(step), "%.*s", (int)sizeof(step) - 1, n->step);
    return err_system(
        e, n->error, "untrusted input is decoded in a sandbox only, and there is none here: %s",
        step);
}

/* Which decoder it ran: the note is a row of the table, or worth nothing. */
static const struct decoder *noted_decoder(const struct process_notes *n)
{
    size_t count = 0;
    const struct decoder *const *table = decoder_table(&count);

    for (size_t i = 0; i < count; i++) {
        if (table[i] == n->now.decoder)
            return table[i];
    }
    return NULL;
}

static bool run_child(struct child *c, struct worker_end *ret, struct err *e)
{
    struct rusage used;
    int status = 0;

    listen_to(c);
    (void)close(c->from);
    while (wait4(c->pid, &status, 0, &used) < 0) {
        if (errno != EINTR)
            return err_system(e, errno, "cannot wait for a worker");
    }
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGNAL_NO_SANDBOX)
        return no_sandbox(c->p->notes, e);
    *ret = judge(c, status, &used);
    if (ret->fate != WORKER_DONE)
        ret->decoder = noted_decoder(c->p->notes);
    return true;
}

bool process_run(const struct process *p, struct worker_end *ret, struct err *e)
{
    int ends[2];
    pid_t parent = getpid();

    *ret = end_of(WORKER_DONE, "");
    p->notes->input = WORKER_NONE;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return err_system(e, errno, "cannot start a worker");
    /* A smaller one does too. */
    (void)fcntl(ends[1], F_SETPIPE_SZ, PIPE);
    struct child c = {.p = p, .from = ends[0], .seconds = cpu_limit(p)};

    c.pid = _Fork();
    if (c.pid == 0)
        live(p, parent, ends[1], c.seconds);
    (void)close(ends[1]);
    if (c.pid > 0)
        return run_child(&c, ret, e);
    int error = errno;

    (void)close(ends[0]);
    return err_system(e, error, "cannot start a worker");
}
