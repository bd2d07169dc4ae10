/* SPDX-License-Identifier: Apache-2.0 */
#include "app/extract.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

/* Whether a path names something below a folder by plain parts: no "..", no empty part. */
static bool path_is_inside(struct bytes path)
{
    size_t start = 0;

    for (size_t i = 0; i <= path.len; i++) {
        if (i < path.len && path.data[i] == '\0')
            return false;
        if (i < path.len && path.data[i] != '/')
            continue;
        struct bytes part = bytes_slice(path, start, i - start);

        if (part.len == 0 || part.len > 255 || bytes_equal_text(part, ".") ||
            bytes_equal_text(part, ".."))
            return false;
        start = i + 1;
    }
    return true;
}

/* Opens the folder of this name in another, made if it is not there; through no link. */
static int enter(int folder, const char *name)
{
    if (mkdirat(folder, name, 0777) != 0 && errno != EEXIST)
        return -1;
    return openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Opens the new file at `path`; the folders on the way are made. */
static int create_below(int top, const char *path, struct arena *a)
{
    int at = dup(top);

    while (at >= 0) {
        const char *slash = strchr(path, '/');
        int next = -1;

        if (slash == NULL)
            next = openat(at, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        else
            next = enter(at, arena_text(a, (struct bytes){(const uint8_t *)path,
                                                          (size_t)(slash - path)}));
        int why = errno;

        (void)close(at);
        errno = why;
        if (slash == NULL)
            return next;
        at = next;
        path = slash + 1;
    }
    return -1;
}

static bool extract_entry(int top, const struct entry *n, struct arena *a, struct err *e)
{
    if (!path_is_inside(n->origin))
        return err_set(e, ERR_INPUT, "a path leads out of the folder");
    const char *path = arena_text(a, n->origin);
    int fd = create_below(top, path, a);

    if (fd < 0)
        return err_system(e, errno, "cannot create %s", path);
    bool good = fd_write(fd, n->bytes, e);

    if (close(fd) != 0 && good)
        return err_system(e, errno, "cannot write %s", path);
    return good || err_wrap(e, "%s", path);
}

bool bundle_extract(const struct bundle *b, const char *folder, struct arena *a,
                    size_t *ret_count, struct err *e)
{
    bool good = true;

    *ret_count = 0;
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return err_system(e, errno, "cannot make %s", folder);
    int top = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (top < 0)
        return err_system(e, errno, "cannot open %s", folder);
    for (size_t i = 0; good && i < b->evidence.count; i++) {
        const struct entry *n = &b->evidence.entries[i];

        if (!n->has_blob || n->bytes.data == NULL)
            continue;
        good = extract_entry(top, n, a, e);
        *ret_count += good ? 1 : 0;
    }
    (void)close(top);
    return good;
}
