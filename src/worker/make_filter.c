/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs when Assay is built: the worker's seccomp filter as rows of a struct sock_filter. The
 * library takes longer to make the filter than decoding a small file takes; the filter is the
 * same every time.
 *
 * usage: make-filter ARCHITECTURE (as libseccomp names it)
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/futex.h>
#include <seccomp.h>

#include "base/bytes.h"
#include "worker/confine.h"

enum {
    ROWS_MAX = 1024
};

/*
 * Memory; what the C library and libcrypto ask of themselves; the end. No file, no process, no
 * signal, no wait; one descriptor, to write to.
 */
static const int plain[] = {
    SCMP_SYS(brk),     SCMP_SYS(munmap), SCMP_SYS(exit),      SCMP_SYS(exit_group),
    SCMP_SYS(sysinfo), /* how much memory sorting may use */
    SCMP_SYS(getpid),  SCMP_SYS(gettid), SCMP_SYS(getrandom), SCMP_SYS(clock_gettime),
};

static const scmp_datum_t advices[] = {MADV_DONTNEED, MADV_POPULATE_WRITE};

/* Memory without a file behind it, in which nothing can be executed; the one descriptor. */
static int add_narrowed(scmp_filter_ctx c)
{
    int bad = seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(write), 1,
                               SCMP_A0(SCMP_CMP_EQ, CONFINE_OUT)) |
              /* "Done once" in libcrypto wakes whoever waits for it; here that is nobody. */
              seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(futex), 1,
                               SCMP_A1(SCMP_CMP_EQ, FUTEX_WAKE | FUTEX_PRIVATE_FLAG)) |
              seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
                               SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
                               SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_TYPE | MAP_ANONYMOUS | MAP_FIXED,
                                       MAP_PRIVATE | MAP_ANONYMOUS)) |
              seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mremap), 1,
                               SCMP_A3(SCMP_CMP_EQ, MREMAP_MAYMOVE));

    for (size_t i = 0; i < ARRAY_LEN(advices); i++)
        bad |= seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(madvise), 1,
                                SCMP_A2(SCMP_CMP_EQ, advices[i]));
    return bad;
}

static int print_rows(int fd)
{
    static struct sock_filter rows[ROWS_MAX];
    ssize_t size = pread(fd, rows, sizeof(rows), 0);

    if (size <= 0 || size == (ssize_t)sizeof(rows))
        return 1;
    (void)printf("/* SPDX-License-Identifier: Apache-2.0 */\n");
    for (size_t i = 0; i < (size_t)size / sizeof(*rows); i++)
        (void)printf("{0x%04x, %u, %u, 0x%08x},\n", rows[i].code, rows[i].jt, rows[i].jf,
                     rows[i].k);
    return fflush(stdout) != 0;
}

int main(int argc, char **argv)
{
    scmp_filter_ctx c = seccomp_init(SCMP_ACT_KILL_PROCESS);
    uint32_t architecture = argc > 1 ? seccomp_arch_resolve_name(argv[1]) : 0;
    int fd = memfd_create("filter", MFD_CLOEXEC);

    if (c == NULL || architecture == 0 || fd < 0) {
        (void)fprintf(stderr, "usage: make-filter ARCHITECTURE\n");
        return 2;
    }
    /* A tree of comparisons: the kernel walks it for every system call that there is. */
    int bad = seccomp_attr_set(c, SCMP_FLTATR_CTL_OPTIMIZE, 2);

    if (architecture != seccomp_arch_native())
        bad = seccomp_arch_add(c, architecture) | seccomp_arch_remove(c, SCMP_ARCH_NATIVE);
    for (size_t i = 0; i < ARRAY_LEN(plain); i++)
        bad |= seccomp_rule_add(c, SCMP_ACT_ALLOW, plain[i], 0);
    bad |= add_narrowed(c);
    if (bad != 0 || seccomp_export_bpf(c, fd) != 0 || print_rows(fd) != 0) {
        (void)fprintf(stderr, "make-filter: libseccomp refuses\n");
        return 2;
    }
    seccomp_release(c);
    return 0;
}
