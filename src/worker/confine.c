/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/confine.h"

#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include "base/bytes.h"

/* Written by make_filter when Assay is built. */
static const struct sock_filter filter[] = {
#include "worker/filter.def"
};

static bool limit(__rlimit_resource_t what, uint64_t soft, uint64_t hard)
{
    struct rlimit now;

    /* Whoever set a lower limit meant it. */
    if (getrlimit(what, &now) != 0)
        return false;
    now.rlim_max = now.rlim_max < hard ? now.rlim_max : hard;
    now.rlim_cur = now.rlim_max < soft ? now.rlim_max : soft;
    return setrlimit(what, &now) == 0;
}

/*
 * Memory and processor time. What else has a limit (files, processes, a core dump) is out of
 * reach by the filter, and the process cannot be dumped.
 */
static bool limits(const struct confinement *c)
{
    /* Private memory is counted as a whole, so what the parent already had comes on top. */
    struct rusage had;

    if (getrusage(RUSAGE_SELF, &had) != 0)
        return false;
    uint64_t memory = c->memory + (uint64_t)had.ru_maxrss * 1024;

    return limit(RLIMIT_DATA, memory, memory) &&
           limit(RLIMIT_CPU, c->cpu_seconds, c->cpu_seconds + 1);
}

const char *confine(const struct confinement *c)
{
    struct sock_fprog program = {
        .len = ARRAY_LEN(filter),
        /* The kernel's interface lacks a const */
        .filter = (struct sock_filter *)(uintptr_t)filter,
    };

    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != c->parent)
        return "binding to the parent";
    if (c->out != CONFINE_OUT && dup2(c->out, CONFINE_OUT) != CONFINE_OUT)
        return "keeping one descriptor";
    closefrom(CONFINE_OUT + 1);
    if (!limits(c))
        return "resource limits";
    if (prctl(PR_SET_DUMPABLE, 0) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return "giving up privileges";
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        return "seccomp";
    return NULL;
}
