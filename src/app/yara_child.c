/* SPDX-License-Identifier: Apache-2.0 */
#include <dlfcn.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <yara.h>

#include "app/yara_private.h"

enum {
    CPU_SECONDS = 300,
    SCAN_SECONDS = 300,
    EXIT_TROUBLE = 2
};

#define SCAN_BYTES_MAX (UINT64_C(8) << 30)

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

/* Every function of libyara that is called. */
struct library {
    int (*initialize)(void);
    int (*compiler_create)(YR_COMPILER **);
    void (*compiler_set_callback)(YR_COMPILER *, YR_COMPILER_CALLBACK_FUNC, void *);
    void (*compiler_set_include_callback)(YR_COMPILER *, YR_COMPILER_INCLUDE_CALLBACK_FUNC,
                                          YR_COMPILER_INCLUDE_FREE_FUNC, void *);
    int (*compiler_add_string)(YR_COMPILER *, const char *, const char *);
    int (*compiler_get_rules)(YR_COMPILER *, YR_RULES **);
    int (*rules_scan_mem)(YR_RULES *, const uint8_t *, size_t, int, YR_CALLBACK_FUNC, void *,
                          int);
};

/* The bytes that are being scanned, and where what is found goes. */
struct scan {
    int fd;
    uint32_t blob;
    uint64_t base; /* of the bytes in the blob */
    size_t records;
};

static void record_write(int fd, const struct yara_record *r)
{
    /* The record is smaller than what a pipe takes at once. */
    if (write(fd, r, sizeof(*r)) != (ssize_t)sizeof(*r))
        _exit(EXIT_TROUBLE);
}

static _Noreturn void trouble(int fd, const char *words)
{
    struct yara_record r = {.blob = YARA_BLOB_TROUBLE};

    (void)snprintf(r.rule, sizeof(r.rule), "%s", words);
    record_write(fd, &r);
    _exit(EXIT_TROUBLE);
}

static void library_load(int fd, struct library *l)
{
    static const struct {
        const char *name;
        size_t place;
    } functions[] = {
        {"yr_initialize",                    offsetof(struct library, initialize)                   },
        {"yr_compiler_create",               offsetof(struct library, compiler_create)              },
        {"yr_compiler_set_callback",         offsetof(struct library, compiler_set_callback)        },
        {"yr_compiler_set_include_callback",
         offsetof(struct library,                                     compiler_set_include_callback)},
        {"yr_compiler_add_string",           offsetof(struct library, compiler_add_string)          },
        {"yr_compiler_get_rules",            offsetof(struct library, compiler_get_rules)           },
        {"yr_rules_scan_mem",                offsetof(struct library, rules_scan_mem)               },
    };

    void *library = dlopen("libyara.so.9", RTLD_NOW | RTLD_LOCAL);

    if (library == NULL)
        trouble(fd, "libyara is not installed (libyara9)");
    for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
        void *symbol = dlsym(library, functions[i].name);

        if (symbol == NULL)
            trouble(fd, "libyara lacks a function");
        memcpy((uint8_t *)l + functions[i].place, &symbol, sizeof(symbol));
    }
    if (l->initialize() != ERROR_SUCCESS)
        trouble(fd, "libyara cannot be initialised");
}

/* The first error in the rules ends it. */
static void rules_wrong(int level, const char *file, int line, const YR_RULE *rule,
                        const char *message, void *user)
{
    struct scan *s = user;
    char words[YARA_NAME_MAX];

    (void)file;
    (void)rule;
    if (level != YARA_ERROR_LEVEL_ERROR)
        return;
    (void)snprintf(words, sizeof(words), "line %d: %s", line, message);
    trouble(s->fd, words);
}

static YR_RULES *rules_compile(const struct library *l, struct scan *s, const char *text)
{
    YR_COMPILER *compiler = NULL;
    YR_RULES *rules = NULL;

    if (l->compiler_create(&compiler) != ERROR_SUCCESS)
        trouble(s->fd, "no memory for the rules");
    l->compiler_set_callback(compiler, rules_wrong, s);
    /* Rules are one file: no other is read. */
    l->compiler_set_include_callback(compiler, NULL, NULL, NULL);
    if (l->compiler_add_string(compiler, text, NULL) != 0 ||
        l->compiler_get_rules(compiler, &rules) != ERROR_SUCCESS)
        trouble(s->fd, "the rules cannot be compiled");
    return rules;
}

/* Nothing but computing, memory and the pipe is left. */
static void confine(int fd)
{
#ifdef ARCHITECTURE
    static const int allowed[] = {
        SYS_write,  SYS_exit,         SYS_exit_group,     SYS_brk,          SYS_mmap,
        SYS_munmap, SYS_mremap,       SYS_mprotect,       SYS_madvise,      SYS_futex,
        SYS_gettid, SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_sigaltstack,
        SYS_getpid, SYS_sched_yield,  SYS_clock_gettime,  SYS_getrandom,
    };

    enum {
        COUNT = sizeof(allowed) / sizeof(*allowed)
    };
    struct sock_filter filter[4 + COUNT * 2 + 1];
    size_t n = 0;
    const struct rlimit cpu = {CPU_SECONDS, CPU_SECONDS};
    const struct rlimit none = {0, 0};

    filter[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                                               offsetof(struct seccomp_data, arch));
    filter[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0);
    filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    filter[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                                               offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < COUNT; i++) {
        filter[n++] =
            (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)allowed[i], 0, 1);
        filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    }
    filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    const struct sock_fprog program = {(unsigned short)n, filter};

    if (setrlimit(RLIMIT_CPU, &cpu) != 0 || setrlimit(RLIMIT_CORE, &none) != 0 ||
        setrlimit(RLIMIT_FSIZE, &none) != 0 || setrlimit(RLIMIT_NOFILE, &none) != 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        trouble(fd, "the scanning process cannot be confined");
#else
    trouble(fd, "the scanning process cannot be confined on this processor");
#endif
}

/* A rule that matched: the match of its strings that stands first. */
static int matched(YR_SCAN_CONTEXT *context, int message, void *data, void *user)
{
    struct scan *s = user;
    YR_RULE *rule = data;
    YR_STRING *string = NULL;
    struct yara_record r = {.blob = s->blob, .offset = s->base};
    int64_t first = INT64_MAX;

    if (message != CALLBACK_MSG_RULE_MATCHING || s->records >= YARA_MATCHES_MAX)
        return CALLBACK_CONTINUE;
    (void)snprintf(r.rule, sizeof(r.rule), "%s", rule->identifier);
    yr_rule_strings_foreach(rule, string)
    {
        const YR_MATCH *m = context->matches[string->idx].head;

        while (m != NULL && m->is_private)
            m = m->next;
        if (m == NULL || m->base + m->offset >= first)
            continue;
        first = m->base + m->offset;
        r.offset = s->base + (uint64_t)first;
        r.length = (uint64_t)m->match_length;
        (void)snprintf(r.string, sizeof(r.string), "%s", string->identifier);
    }
    record_write(s->fd, &r);
    s->records++;
    return CALLBACK_CONTINUE;
}

static void scan_bytes(const struct library *l, YR_RULES *rules, struct scan *s, struct bytes b)
{
    if (b.len > 0 &&
        l->rules_scan_mem(rules, b.data, b.len, 0, matched, s, SCAN_SECONDS) != ERROR_SUCCESS)
        trouble(s->fd, "libyara gave up on a part");
}

/* A program that a container holds by itself, so that rules on its first bytes see them. */
static struct bytes program_of(const struct decoded *d, const struct item *it)
{
    struct bytes none = {NULL, 0};

    if (it->kind == ITEM_CLAIM || it->span.blob >= d->blob_count || it->span.offset == 0)
        return none;
    struct bytes all = d->blobs[it->span.blob].bytes;

    if (it->span.offset > all.len || it->span.length > all.len - it->span.offset)
        return none;
    struct bytes b = bytes_slice(all, (size_t)it->span.offset, (size_t)it->span.length);

    return bytes_starts_with(b, "MZ") || bytes_starts_with(b, "VZ") ? b : none;
}

static void scan_all(const struct library *l, YR_RULES *rules, struct scan *s,
                     const struct decoded *d)
{
    uint64_t total = 0;

    for (size_t i = 0; i < d->blob_count && total < SCAN_BYTES_MAX; i++) {
        *s = (struct scan){s->fd, (uint32_t)i, 0, s->records};
        scan_bytes(l, rules, s, d->blobs[i].bytes);
        total += d->blobs[i].bytes.len;
    }
    for (size_t i = 0; i < d->item_count && total < SCAN_BYTES_MAX; i++) {
        const struct item *it = &d->items[i];
        const struct item *above = &d->items[it->parent];
        struct bytes b = program_of(d, it);

        /* What stands in a container as a whole is scanned with it. */
        if (b.len == 0 ||
            (i > 0 && above->span.offset == it->span.offset &&
             above->span.length == it->span.length && above->span.blob == it->span.blob))
            continue;
        *s = (struct scan){s->fd, it->span.blob, it->span.offset, s->records};
        scan_bytes(l, rules, s, b);
        total += b.len;
    }
    if (total >= SCAN_BYTES_MAX)
        trouble(s->fd, "there is more to scan than the limit");
}

void yara_child(int fd, const char *text, const struct decoded *d)
{
    struct library l;
    struct scan s = {.fd = fd};
    const struct yara_record end = {.blob = YARA_BLOB_END};

    library_load(fd, &l);
    YR_RULES *rules = rules_compile(&l, &s, text);

    confine(fd);
    scan_all(&l, rules, &s, d);
    record_write(fd, &end);
    _exit(0);
}
