/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What becomes of work that misbehaves in the confined process, and of results that nobody
 * should believe. The misbehaviour is that of the functions given to worker_run() here.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/test.h"
#include "worker/worker.h"

/* One task with one input and one container, number 1. */
struct stage {
    struct worker_input input;
    struct worker_task task;
    struct err e;
    struct arena *arena;
    int *elsewhere;  /* memory that is not the task's */
    const char *way; /* how to misbehave */
};

static const uint8_t four[4] = {1, 2, 3, 4};

static void stage_init(struct stage *s, void **state)
{
    struct arena *a = *state;

    /* The frame of the tests catches these, and a worker has what its parent has. */
    (void)signal(SIGSEGV, SIG_DFL);
    (void)signal(SIGILL, SIG_DFL);
    *s = (struct stage){.arena = a};
    s->input.bytes = (struct bytes){four, sizeof(four)};
    s->input.digest = digest_sha256(s->input.bytes);
    decoded_init(&s->task.decoded, a);
    (void)decoded_open(&s->task.decoded, 0, ITEM_MAP, bytes_of("file@document"));
    s->task.inputs = &s->input;
    s->task.input_count = 1;
}

/* What good work leaves behind: the input, one claim of it, a map of one region. */
static uint32_t good(struct decoded *d, struct stage *s)
{
    uint32_t blob =
        decoded_blob(d, s->input.bytes, &s->input.digest, 0, (struct span){0}, NULL);
    struct value v = {.type = TYPE_BYTES, .bytes = s->input.bytes};
    size_t room = d->region_cap;

    (void)decoded_claim(d, 1, bytes_of(""), KEY_DATA_DIGEST, v, (struct span){blob, 0, 4});
    arena_grow(d->arena, &d->regions, d->region_count, &room, sizeof(*d->regions));
    d->region_cap = room;
    d->regions[d->region_count++] = (struct region){
        {blob, 0, 4},
        CLASS_STRUCTURE, 1
    };
    return blob;
}

static void work_good(void *user, struct decoded *d, struct worker_notes *notes)
{
    notes->decoders[0] = decoder_find(bytes_of("smbios"));
    (void)good(d, user);
}

static void run(struct stage *s, worker_work *work)
{
    assert_true(worker_run(&s->task, work, s, s->arena, &s->e));
}

static void test_good(void **state)
{
    struct stage s;

    stage_init(&s, state);
    run(&s, work_good);
    const struct decoded *d = &s.task.decoded;

    assert_int_equal(s.task.end.fate, WORKER_DONE);
    assert_int_equal(d->item_count, 3);
    test_bytes_are(d->items[1].name, "file@document");
    assert_int_equal(d->items[2].key, KEY_DATA_DIGEST);
    assert_ptr_equal(d->items[2].value.bytes.data, four);
    assert_true(digest_equal(&d->blobs[0].digest, &s.input.digest));
    assert_string_equal(s.task.decoders[0]->name, "smbios");
    /* It belongs to the arena like any other. */
    (void)decoded_open(&s.task.decoded, 1, ITEM_MAP, bytes_of("more"));
    assert_int_equal(s.task.decoded.item_count, 4);
}

/* Names, values, derived bytes and methods that lie in memory of the worker's own. */
static void work_own_memory(void *user, struct decoded *d, struct worker_notes *notes)
{
    struct stage *s = user;
    uint32_t blob = good(d, s);
    static const char words[] = "name\0unpacked";
    /* Memory that no arena of the worker knows, and that only the worker has. */
    char *name =
        mmap(NULL, sizeof(words), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    const char *method = name + sizeof("name");
    struct bytes derived = arena_copy(d->arena, bytes_of("derived"));
    struct value v = {.type = TYPE_TEXT, .bytes = bytes_slice(derived, 3, 2)};
    uint32_t made = decoded_blob(d, derived, NULL, blob, (struct span){blob, 1, 2}, method);

    (void)notes;
    memcpy(name, words, sizeof(words));
    (void)decoded_claim(d, 1, bytes_of(name), KEY_FAULT, v, (struct span){made, 0, 1});
    d->regions[d->region_count++] = (struct region){
        {made, 0, derived.len},
        CLASS_DATA, 1
    };
}

static void test_own_memory(void **state)
{
    struct stage s;

    stage_init(&s, state);
    run(&s, work_own_memory);
    const struct decoded *d = &s.task.decoded;
    struct digest want = digest_sha256(bytes_of("derived"));

    assert_int_equal(s.task.end.fate, WORKER_DONE);
    test_bytes_are(d->items[3].name, "name");
    test_bytes_are(d->items[3].value.bytes, "iv");
    test_bytes_are(d->blobs[1].bytes, "derived");
    assert_string_equal(d->blobs[1].method, "unpacked");
    assert_true(digest_equal(decoded_digest(d, 1), &want));
}

static void work_crypto(void *user, struct decoded *d, struct worker_notes *notes)
{
    uint8_t digest[DIGEST_MAX];
    struct bytes none = {four, 0};

    digest_parts(DIGEST_SHA3_384, &none, 1, digest);
    struct value v = {.type = TYPE_BYTES,
                      .bytes = arena_copy(d->arena, (struct bytes){digest, 48})};

    work_good(user, d, notes);
    (void)decoded_claim(d, 1, bytes_of("sha3-384"), KEY_DATA_DIGEST, v, (struct span){0});
}

/* libcrypto must be loaded from files, before: the work is done again then. */
static void test_crypto(void **state)
{
    struct stage s;

    stage_init(&s, state);
    run(&s, work_crypto);
    assert_int_equal(s.task.end.fate, WORKER_DONE);
    assert_int_equal(s.task.decoded.items[3].value.bytes.len, 48);
    assert_int_equal(s.task.decoded.items[3].value.bytes.data[0], 0x0c);
}

static void write_nowhere(void)
{
    volatile uintptr_t nowhere = 8;

    *(volatile int *)nowhere = 1;
}

/* The ways to die. */
static void die(const char *way)
{
    if (strcmp(way, "segv") == 0)
        write_nowhere();
    else if (strcmp(way, "fpe") == 0)
        __builtin_trap();
    else if (strcmp(way, "abort") == 0)
        abort();
    else if (strcmp(way, "bug") == 0)
        BUG("a thing that cannot be");
    else if (strcmp(way, "exit") == 0)
        _Exit(77);
    else if (strcmp(way, "exit-crypto") == 0)
        _Exit(4);
    else if (strcmp(way, "exit-early") == 0)
        _Exit(0);
}

static void work_die(void *user, struct decoded *d, struct worker_notes *notes)
{
    struct stage *s = user;

    *notes->now = (struct engine_now){0, decoder_find(bytes_of("smbios"))};
    (void)good(d, s);
    die(s->way);
}

static struct worker_end end_of(void **state, worker_work *work, const char *way)
{
    struct stage s;

    stage_init(&s, state);
    s.way = way;
    run(&s, work);
    /* Nothing is left of the result, whatever the worker wrote before. */
    assert_int_equal(s.task.decoded.item_count, 2);
    assert_int_equal(s.task.decoded.blob_count, 0);
    return s.task.end;
}

static void test_signals(void **state)
{
    struct worker_end end = end_of(state, work_die, "segv");

    assert_int_equal(end.fate, WORKER_CRASHED);
    assert_string_equal(end.why, "killed by SIGSEGV");
    assert_int_equal(end.input, 0);
    assert_string_equal(end.decoder->name, "smbios");
    end = end_of(state, work_die, "fpe");
    assert_int_equal(end.fate, WORKER_CRASHED);
    assert_string_equal(end.why, "killed by SIGILL");
    end = end_of(state, work_die, "bug");
    assert_int_equal(end.fate, WORKER_CRASHED);
    assert_non_null(strstr(end.why, "a thing that cannot be"));
}

static void test_statuses(void **state)
{
    assert_int_equal(end_of(state, work_die, "exit").fate, WORKER_LIED);
    assert_int_equal(end_of(state, work_die, "exit-early").fate, WORKER_LIED);
    /* A wish for libcrypto is granted once. */
    assert_int_equal(end_of(state, work_die, "exit-crypto").fate, WORKER_LIED);
}

static void work_loop(void *user, struct decoded *d, struct worker_notes *notes)
{
    volatile uint64_t n = 0;

    (void)user;
    (void)d;
    (void)notes;
    while (n < UINT64_MAX)
        n++;
}

/* Lowers a limit of this process, which a worker keeps to. The last tests do that. */
static void lower(__rlimit_resource_t what, uint64_t limit)
{
    struct rlimit now;

    assert_int_equal(getrlimit(what, &now), 0);
    now.rlim_cur = now.rlim_cur < limit ? now.rlim_cur : limit;
    now.rlim_max = now.rlim_max < limit ? now.rlim_max : limit;
    assert_int_equal(setrlimit(what, &now), 0);
}

static void test_time(void **state)
{
    lower(RLIMIT_CPU, 2);
    struct worker_end end = end_of(state, work_loop, "");

    assert_int_equal(end.fate, WORKER_TIME);
    assert_string_equal(end.why, "stopped at its limit of 1 s of processor time");
}

/* One that neither ends nor computes: stopped from outside. */
static void work_stopped(void *user, struct decoded *d, struct worker_notes *notes)
{
    struct stage *s = user;

    *s->elsewhere = getpid();
    work_loop(user, d, notes);
}

static void test_stopped(void **state)
{
    struct stage s;

    lower(RLIMIT_CPU, 2);
    stage_init(&s, state);
    s.elsewhere = process_memory(sizeof(int));
    pid_t helper = fork();

    if (helper == 0) {
        while (*(volatile int *)s.elsewhere == 0)
            (void)usleep(1000);
        _Exit(kill(*s.elsewhere, SIGSTOP));
    }
    run(&s, work_stopped);
    assert_int_equal(s.task.end.fate, WORKER_TIME);
    assert_string_equal(s.task.end.why, "stopped at its limit of 8 s of time");
    assert_int_equal(waitpid(helper, NULL, 0), helper);
}

static void work_allocate(void *user, struct decoded *d, struct worker_notes *notes)
{
    (void)user;
    (void)notes;
    for (;;)
        memset(arena_alloc(d->arena, 1 << 20), 1, 4096);
}

static void work_allocate_heap(void *user, struct decoded *d, struct worker_notes *notes)
{
    void *rows = NULL;
    size_t capacity = 0;

    (void)user;
    (void)notes;
    for (;;)
        arena_grow(d->arena, &rows, capacity, &capacity, 1 << 20);
}

static void test_memory(void **state)
{
    lower(RLIMIT_DATA, 64 << 20);
    assert_int_equal(end_of(state, work_allocate, "").fate, WORKER_MEMORY);
    assert_int_equal(end_of(state, work_allocate_heap, "").fate, WORKER_MEMORY);
}

/* What the system must refuse. */
static void reach_out(struct stage *s)
{
    static const char *const program[] = {"/bin/true", NULL};
    const char *way = s->way;

    if (strcmp(way, "open") == 0)
        (void)open("/etc/hostname", O_RDONLY);
    else if (strcmp(way, "socket") == 0)
        (void)socket(AF_INET, SOCK_STREAM, 0);
    else if (strcmp(way, "fork") == 0)
        (void)_Fork();
    else if (strcmp(way, "execute") == 0)
        (void)syscall(SYS_execve, program[0], program, NULL);
    else if (strcmp(way, "kill") == 0)
        (void)kill(getppid(), SIGTERM);
    else if (strcmp(way, "trace") == 0)
        (void)ptrace(PTRACE_ATTACH, 1, NULL, NULL);
    else if (strcmp(way, "read") == 0)
        (void)!read(0, &s->task, 1);
    else if (strcmp(way, "write") == 0)
        (void)!write(2, "x", 1);
    else if (strcmp(way, "run-memory") == 0)
        (void)mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    else if (strcmp(way, "share") == 0)
        (void)mmap(NULL, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    else if (strcmp(way, "rights") == 0)
        (void)prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    else if (strcmp(way, "sleep") == 0)
        (void)sleep(1);
}

static void work_reach_out(void *user, struct decoded *d, struct worker_notes *notes)
{
    reach_out(user);
    work_good(user, d, notes);
}

static void test_forbidden(void **state)
{
    static const char *const ways[] = {"open",  "socket", "fork",  "execute",
                                       "kill",  "trace",  "read",  "run-memory",
                                       "share", "rights", "write", "sleep"};

    for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
        struct worker_end end = end_of(state, work_reach_out, ways[i]);

        if (end.fate != WORKER_FORBIDDEN)
            print_error("%s\n", ways[i]);
        assert_int_equal(end.fate, WORKER_FORBIDDEN);
        assert_string_equal(end.why, "killed for a system call that it has no right to");
    }
}

/* To the pipe it may write, but nobody asked it to. */
static void work_write(void *user, struct decoded *d, struct worker_notes *notes)
{
    (void)!write(0, "x", 1);
    work_good(user, d, notes);
    for (;;)
        ;
}

static void test_unasked(void **state)
{
    assert_int_equal(end_of(state, work_write, "").fate, WORKER_LIED);
}

/* What it does to memory that is not shared, nobody sees. */
static void work_elsewhere(void *user, struct decoded *d, struct worker_notes *notes)
{
    struct stage *s = user;

    work_good(user, d, notes);
    *s->elsewhere = 1;
}

static void test_elsewhere(void **state)
{
    int elsewhere = 0;
    struct stage s;

    stage_init(&s, state);
    s.elsewhere = &elsewhere;
    run(&s, work_elsewhere);
    assert_int_equal(s.task.end.fate, WORKER_DONE);
    assert_int_equal(elsewhere, 0);
}

/* Garbage over all that it shares with its parent, and a lie that it is finished. */
static void work_garbage(void *user, struct decoded *d, struct worker_notes *notes)
{
    struct stage *s = user;
    struct process_notes *all =
        (struct process_notes *)(void *)((uint8_t *)notes->now -
                                         offsetof(struct process_notes, now));
    uint8_t *page = (uint8_t *)all;
    uint32_t seed = (uint32_t)s->way[0];

    work_good(user, d, notes);
    for (size_t i = 0; i < 4096; i++) {
        seed = seed * 1664525 + 1013904223;
        page[i] = (uint8_t)(seed >> 24);
    }
    all->done = 1;
    _Exit(0);
}

static void test_garbage(void **state)
{
    for (char c = 1; c < 40; c++)
        assert_int_equal(end_of(state, work_garbage, (char[]){c, '\0'}).fate, WORKER_LIED);
}

static void work_decoder(void *user, struct decoded *d, struct worker_notes *notes)
{
    work_good(user, d, notes);
    notes->decoders[0] = (const struct decoder *)(const void *)four;
}

static void test_decoder(void **state)
{
    assert_int_equal(end_of(state, work_decoder, "").fate, WORKER_LIED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_good),     TEST(test_own_memory), TEST(test_crypto),  TEST(test_signals),
        TEST(test_statuses), TEST(test_forbidden),  TEST(test_unasked), TEST(test_elsewhere),
        TEST(test_garbage),  TEST(test_decoder),    TEST(test_memory),  TEST(test_time),
        TEST(test_stopped),
    };

    if (!worker_confines()) {
        (void)puts("1..0 # SKIP decoding is not confined in this build");
        return 0;
    }
    return cmocka_run_group_tests_name("worker", tests, NULL, NULL);
}
