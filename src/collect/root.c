/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/root.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    PATHS_MAX = 1 << 18,
    PATH_TEXT_MAX = 4096
};

bool root_open(struct root *r, const char *folder, struct err *e)
{
    r->live = folder == NULL;
    r->fd = open(r->live ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (r->fd < 0)
        return err_system(e, errno, "cannot open %s", r->live ? "/" : folder);
    return true;
}

void root_close(struct root *r)
{
    (void)close(r->fd);
    r->fd = -1;
}

/* For kernels without openat2(): part by part, through no link at all. */
static int open_without_links(int folder, const char *path, int flags)
{
    int at = dup(folder);
    char part[PATH_TEXT_MAX];

    while (at >= 0) {
        size_t n = strcspn(path, "/");
        bool last = path[n] == '\0';

        if (n >= sizeof(part)) {
            (void)close(at);
            errno = ENAMETOOLONG;
            return -1;
        }
        memcpy(part, path, n);
        part[n] = '\0';
        int how = last ? flags : O_PATH | O_DIRECTORY | O_CLOEXEC;
        /* Patterns hold no "..", and a name that a folder lists is never one. */
        int next = openat(at, part, how | O_NOFOLLOW);
        int why = errno;

        (void)close(at);
        errno = why;
        if (last)
            return next;
        at = next;
        path += n + 1;
    }
    return -1;
}

int root_file(const struct root *r, const char *path, int flags)
{
    flags |= O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    if (r->live)
        return openat(r->fd, path, flags);
    struct open_how how = {.flags = (unsigned)flags,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    long fd = syscall(SYS_openat2, r->fd, path, &how, sizeof(how));

    if (fd < 0 && errno == ENOSYS)
        return open_without_links(r->fd, path, flags);
    return (int)fd;
}

struct bytes root_text(const struct root *r, const char *path, struct arena *a)
{
    char room[PATH_TEXT_MAX];
    int fd = root_file(r, path, O_RDONLY);

    if (fd < 0)
        return (struct bytes){0};
    ssize_t n = read(fd, room, sizeof(room));

    (void)close(fd);
    if (n <= 0)
        return (struct bytes){0};
    return arena_copy(a, bytes_trim((struct bytes){(const uint8_t *)room, (size_t)n}));
}

static void path_list_add(struct path_list *l, struct arena *a, const char *path)
{
    arena_grow(a, &l->paths, l->count, &l->cap, sizeof(*l->paths));
    l->paths[l->count++] = path;
}

static int path_order(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static const char *path_below(struct arena *a, const char *folder, const char *name)
{
    return folder[0] == '\0' ? arena_format(a, "%s", name)
                             : arena_format(a, "%s/%s", folder, name);
}

/* Adds what in the folder matches the part. Returns 0 or why the folder cannot be listed. */
static int list_folder(const struct root *r, const char *folder, const char *part,
                       struct arena *a, struct path_list *ret)
{
    int fd = root_file(r, folder[0] == '\0' ? "." : folder, O_RDONLY | O_DIRECTORY);

    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR ? 0 : errno;
    DIR *d = fdopendir(fd);

    if (d == NULL) {
        int why = errno;

        (void)close(fd);
        return why;
    }
    int why = 0;

    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(d);

        if (entry == NULL) {
            why = errno;
            break;
        }
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
            fnmatch(part, entry->d_name, 0) != 0)
            continue;
        if (ret->count >= PATHS_MAX) {
            why = EOVERFLOW;
            break;
        }
        path_list_add(ret, a, path_below(a, folder, entry->d_name));
    }
    (void)closedir(d);
    return why;
}

/* One part of the pattern added to every name so far. */
static int walk_part(const struct root *r, const char *part, struct arena *a,
                     struct path_list *names, const char **ret_where)
{
    struct path_list next = {0};
    bool wild = strpbrk(part, "*?") != NULL;
    int why = 0;

    for (size_t i = 0; i < names->count; i++) {
        const char *place = names->paths[i];

        if (!wild) {
            path_list_add(&next, a, path_below(a, place, part));
            continue;
        }
        int one = list_folder(r, place, part, a, &next);

        if (one != 0 && why == 0) {
            why = one;
            *ret_where = place;
        }
    }
    *names = next;
    return why;
}

int root_walk(const struct root *r, const char *pattern, struct arena *a, struct path_list *ret,
              const char **ret_where)
{
    struct path_list names = {0};
    int why = 0;

    path_list_add(&names, a, "");
    while (*pattern != '\0') {
        size_t n = strcspn(pattern, "/");
        const char *part = arena_text(a, (struct bytes){(const uint8_t *)pattern, n});
        int one = walk_part(r, part, a, &names, ret_where);

        why = why == 0 ? one : why;
        pattern += pattern[n] == '/' ? n + 1 : n;
    }
    if (names.count > 0)
        qsort(names.paths, names.count, sizeof(*names.paths), path_order);
    *ret = names;
    return why;
}
