/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    LOCK_TRIES = 50,
    MAP_WORTH = 64 * 1024 /* a smaller file is read in less time than it is mapped */
};

static bool fd_read(int fd, const char *path, size_t max, struct arena *a, struct bytes *ret,
                    struct err *e)
{
    struct stat st;
    size_t cap = 4096;
    size_t len = 0;

    if (fstat(fd, &st) == 0 && st.st_size > 0 && (uint64_t)st.st_size < max)
        cap = (size_t)st.st_size + 1;
    if (cap > max)
        cap = max + 1;
    uint8_t *data = arena_alloc(a, cap);

    for (;;) {
        ssize_t n = read(fd, data + len, cap - len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_system(e, errno, "cannot read %s", path);
        len += (size_t)n;
        if (len > max)
            return err_set(e, ERR_LIMIT, "%s is larger than %zu bytes", path, max);
        if (n == 0)
            break;
        if (len == cap) {
            uint8_t *wider = arena_alloc(a, cap * 2);

            memcpy(wider, data, len);
            data = wider;
            cap *= 2;
        }
    }
    *ret = (struct bytes){data, len};
    return true;
}

bool file_read_at(int folder, const char *path, size_t max, struct arena *a, struct bytes *ret,
                  struct err *e)
{
    int fd = openat(folder, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);

    if (fd < 0)
        return err_system(e, errno, "cannot open %s", path);
    bool ok = fd_read(fd, path, max, a, ret, e);

    (void)close(fd);
    return ok;
}

bool file_read(const char *path, size_t max, struct arena *a, struct bytes *ret, struct err *e)
{
    if (strcmp(path, "-") == 0)
        return fd_read(STDIN_FILENO, "standard input", max, a, ret, e);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    if (fd < 0)
        return err_system(e, errno, "cannot open %s", path);
    bool ok = fd_read(fd, path, max, a, ret, e);

    (void)close(fd);
    return ok;
}

bool file_map(const char *path, size_t max, struct arena *a, struct bytes *ret, struct err *e)
{
    struct stat st;

    if (strcmp(path, "-") == 0)
        return file_read(path, max, a, ret, e);
    if (stat(path, &st) != 0)
        return err_system(e, errno, "cannot open %s", path);
    if (!S_ISREG(st.st_mode) || st.st_size < MAP_WORTH)
        return file_read(path, max, a, ret, e);
    if ((uint64_t)st.st_size > max)
        return err_set(e, ERR_LIMIT, "%s is larger than %zu bytes", path, max);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    if (fd < 0)
        return err_system(e, errno, "cannot open %s", path);
    void *at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);

    (void)close(fd);
    if (at == MAP_FAILED)
        return file_read(path, max, a, ret, e);
    *ret = (struct bytes){at, (size_t)st.st_size};
    return true;
}

/* The folder that holds the name. */
static const char *folder_of(const char *path, struct arena *a)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL)
        return ".";
    return arena_text(
        a, (struct bytes){(const uint8_t *)path, slash == path ? 1 : (size_t)(slash - path)});
}

/* A rename would put a file in the place of a device or a pipe, also of one that a link names.
 */
static bool may_be_replaced(const char *path, struct err *e)
{
    struct stat st;

    if (strcmp(path, "-") == 0)
        return err_set(e, ERR_INPUT, "cannot write -: name a file (./- for one called so)");
    if (stat(path, &st) != 0 || S_ISREG(st.st_mode))
        return true;
    if (S_ISDIR(st.st_mode))
        return err_system(e, EISDIR, "cannot write %s", path);
    return err_set(e, ERR_INPUT, "cannot write %s: it is no regular file", path);
}

bool file_new_open(struct file_new *f, const char *path, struct arena *a, struct err *e)
{
    *f = (struct file_new){.fd = -1, .path = path};
    if (!may_be_replaced(path, e))
        return false;
    f->temporary = arena_format(a, "%s.XXXXXX", path);
    /* A file without a name vanishes with the process; it gets one through /proc. */
    if (access("/proc/self/fd", X_OK) == 0)
        f->fd = open(folder_of(path, a), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    f->nameless = f->fd >= 0;
    if (!f->nameless)
        f->fd = mkostemp(f->temporary, O_CLOEXEC);
    if (f->fd < 0)
        return err_system(e, errno, "cannot create a file beside %s", path);
    return true;
}

bool fd_write(int fd, struct bytes b, struct err *e)
{
    while (b.len > 0) {
        ssize_t n = write(fd, b.data, b.len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_system(e, errno, "cannot write");
        b = bytes_slice(b, (size_t)n, SIZE_MAX);
    }
    return true;
}

static bool file_new_write(struct file_new *f, struct bytes b, struct err *e)
{
    if (!fd_write(f->fd, b, e))
        return err_wrap(e, "%s", f->path);
    return true;
}

bool file_new_write_at(struct file_new *f, uint64_t offset, struct bytes b, struct err *e)
{
    while (b.len > 0) {
        ssize_t n = pwrite(f->fd, b.data, b.len, (off_t)offset);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_system(e, errno, "cannot write %s", f->path);
        offset += (uint64_t)n;
        b = bytes_slice(b, (size_t)n, SIZE_MAX);
    }
    return true;
}

bool file_new_truncate(struct file_new *f, uint64_t length, struct err *e)
{
    if (ftruncate(f->fd, (off_t)length) != 0)
        return err_system(e, errno, "cannot write %s", f->path);
    return true;
}

/* Gives a complete file without a name its temporary one. */
static bool name_it(struct file_new *f)
{
    char link[64];
    size_t end = strlen(f->temporary) - 6;

    (void)snprintf(link, sizeof(link), "/proc/self/fd/%d", f->fd);
    for (unsigned i = 0; i < 1000; i++) {
        (void)snprintf(f->temporary + end, 7, "%06u", ((unsigned)getpid() + i) % 1000000);
        if (linkat(AT_FDCWD, link, AT_FDCWD, f->temporary, AT_SYMLINK_FOLLOW) == 0) {
            f->nameless = false;
            return true;
        }
        if (errno != EEXIST)
            break;
    }
    return false;
}

/* A rename lasts only once the folder that holds the name is on disk. */
static void sync_folder(const char *path)
{
    char folder[4096];
    const char *slash = strrchr(path, '/');
    size_t n = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);

    if (n >= sizeof(folder))
        return;
    memcpy(folder, path, n);
    folder[n] = '\0';
    int fd = open(n == 0 ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0) {
        (void)fsync(fd);
        (void)close(fd);
    }
}

bool file_new_commit(struct file_new *f, struct err *e)
{
    mode_t mask = umask(0);

    (void)umask(mask);
    if (fchmod(f->fd, 0666 & ~mask) != 0 || fsync(f->fd) != 0 || (f->nameless && !name_it(f)) ||
        rename(f->temporary, f->path) != 0) {
        int why = errno;

        file_new_abandon(f);
        return err_system(e, why, "cannot write %s", f->path);
    }
    (void)close(f->fd);
    f->fd = -1;
    sync_folder(f->path);
    return true;
}

void file_new_abandon(struct file_new *f)
{
    if (f->fd < 0)
        return;
    (void)close(f->fd);
    if (!f->nameless)
        (void)unlink(f->temporary);
    f->fd = -1;
}

bool file_write(const char *path, struct bytes b, struct arena *a, struct err *e)
{
    struct file_new f;

    if (!file_new_open(&f, path, a, e))
        return false;
    if (!file_new_write(&f, b, e)) {
        file_new_abandon(&f);
        return false;
    }
    return file_new_commit(&f, e);
}

bool file_write_secret(const char *path, struct bytes b, struct err *e)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0)
        return err_system(e, errno, "cannot create %s", path);
    bool good = fd_write(fd, b, e) && (fsync(fd) == 0 || err_system(e, errno, "cannot sync"));

    (void)close(fd);
    if (good)
        return true;
    (void)unlink(path);
    return err_wrap(e, "%s", path);
}

bool fd_lock(int fd)
{
    const struct timespec pause = {.tv_nsec = 10L * 1000 * 1000};

    for (unsigned i = 0; i < LOCK_TRIES; i++) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
            return true;
        (void)nanosleep(&pause, NULL);
    }
    return false;
}

bool path_is_folder(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}
