/* SPDX-License-Identifier: Apache-2.0 */
#include "store/log_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

enum {
    NAME_MAX_LENGTH = 200
};

static const char lock_file[] = "state/lock";

bool log_folder_make(const char *path, struct err *e)
{
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
        return err_system(e, errno, "cannot make %s", path);
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return err_system(e, errno, "cannot open %s", path);
    bool good = mkdirat(fd, "state", 0777) == 0 || errno == EEXIST;

    if (!good)
        (void)err_system(e, errno, "cannot make a folder in %s", path);
    if (good && faccessat(fd, "state/tree", F_OK, 0) == 0)
        good = err_set(e, ERR_INPUT, "%s has a log already", path);
    if (good && fsync(fd) != 0)
        good = err_system(e, errno, "cannot write %s", path);
    (void)close(fd);
    return good;
}

static bool take_lock(struct log_folder *f, struct err *e)
{
    f->lock = openat(f->fd, lock_file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (f->lock < 0)
        return err_system(e, errno, "cannot open %s/%s", f->path, lock_file);
    if (!fd_lock(f->lock))
        return err_set(e, ERR_REFUSED, "another process writes to the log %s", f->path);
    return true;
}

bool log_folder_open(const char *path, bool write, struct arena *a, struct log_folder *ret,
                     struct err *e)
{
    *ret = (struct log_folder){.path = path, .lock = -1, .arena = a};
    ret->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (ret->fd < 0)
        return err_system(e, errno, "cannot open %s", path);
    if (!write || take_lock(ret, e))
        return true;
    log_folder_close(ret);
    return false;
}

static const char *staged_name(struct log_folder *f, size_t i, char room[NAME_MAX_LENGTH])
{
    (void)bytes_format(room, NAME_MAX_LENGTH, "%s.new", f->staged[i]);
    return room;
}

/* Forgets what is staged; the files under their other names are of no use any more. */
static void forget(struct log_folder *f)
{
    char room[NAME_MAX_LENGTH];

    for (size_t i = 0; i < f->staged_count; i++)
        (void)unlinkat(f->fd, staged_name(f, i, room), 0);
    f->staged_count = 0;
    f->folder_count = 0;
}

void log_folder_close(struct log_folder *f)
{
    forget(f);
    if (f->fd >= 0)
        (void)close(f->fd);
    if (f->lock >= 0)
        (void)close(f->lock);
    f->fd = -1;
    f->lock = -1;
}

static bool folder_read(void *user, const char *name, size_t max, struct arena *a,
                        struct bytes *ret, struct err *e)
{
    const struct log_folder *f = user;

    return file_read_at(f->fd, name, max, a, ret, e) || err_wrap(e, "%s", f->path);
}

/* Notes that a folder (the first `len` bytes of the name; none: the log itself) changed. */
static void changed(struct log_folder *f, const char *name, size_t len)
{
    struct bytes folder = {(const uint8_t *)name, len};

    for (size_t i = f->folder_count; i-- > 0;) {
        if (bytes_equal_text(folder, f->folders[i]))
            return;
    }
    arena_grow(f->arena, &f->folders, f->folder_count, &f->folder_cap, sizeof(*f->folders));
    f->folders[f->folder_count++] = arena_text(f->arena, folder);
}

/* Makes the folders that the name needs. */
static bool make_folders(struct log_folder *f, const char *name, struct err *e)
{
    char room[NAME_MAX_LENGTH];
    size_t above = 0;

    for (size_t i = 0; name[i] != '\0'; i++) {
        if (name[i] != '/')
            continue;
        memcpy(room, name, i);
        room[i] = '\0';
        if (mkdirat(f->fd, room, 0777) == 0)
            changed(f, name, above);
        else if (errno != EEXIST)
            return err_system(e, errno, "cannot make %s/%s", f->path, room);
        above = i;
    }
    changed(f, name, above);
    return true;
}

static bool folder_put(void *user, const char *name, struct bytes b, struct err *e)
{
    struct log_folder *f = user;
    char room[NAME_MAX_LENGTH];

    if (f->lock < 0 || strlen(name) + sizeof(".new") > sizeof(room))
        BUG("a log that is only read, or a name that no log has");
    if (!make_folders(f, name, e))
        return false;
    arena_grow(f->arena, &f->staged, f->staged_count, &f->staged_cap, sizeof(*f->staged));
    f->staged[f->staged_count++] = arena_text(f->arena, bytes_of(name));
    const char *beside = staged_name(f, f->staged_count - 1, room);
    int fd = openat(f->fd, beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);

    if (fd < 0)
        return err_system(e, errno, "cannot create %s/%s", f->path, beside);
    bool good = fd_write(fd, b, e) || err_wrap(e, "%s/%s", f->path, name);

    /* Begins to write it out, so that the syncs to come find most of it done. */
    (void)sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);

    if (close(fd) != 0 && good)
        good = err_system(e, errno, "cannot write %s/%s", f->path, name);
    return good;
}

/* Syncs a file or a folder. */
static bool sync_name(struct log_folder *f, const char *name, int flags, struct err *e)
{
    int fd = openat(f->fd, name[0] == '\0' ? "." : name, O_RDONLY | O_CLOEXEC | flags);
    bool good = fd >= 0 && fsync(fd) == 0;

    if (!good)
        (void)err_system(e, errno, "cannot sync %s/%s", f->path, name);
    if (fd >= 0)
        (void)close(fd);
    return good;
}

static bool flush_staged(struct log_folder *f, struct err *e)
{
    char room[NAME_MAX_LENGTH];

    for (size_t i = 0; i < f->staged_count; i++) {
        if (!sync_name(f, staged_name(f, i, room), O_NOFOLLOW, e))
            return false;
    }
    for (size_t i = 0; i < f->staged_count; i++) {
        if (renameat(f->fd, staged_name(f, i, room), f->fd, f->staged[i]) != 0)
            return err_system(e, errno, "cannot rename %s/%s", f->path, room);
    }
    for (size_t i = 0; i < f->folder_count; i++) {
        if (!sync_name(f, f->folders[i], O_DIRECTORY, e))
            return false;
    }
    return true;
}

static bool folder_flush(void *user, struct err *e)
{
    struct log_folder *f = user;
    bool good = flush_staged(f, e);

    if (good) {
        f->staged_count = 0;
        f->folder_count = 0;
    }
    forget(f);
    return good;
}

static void folder_remove_partials(void *user, const char *name)
{
    struct log_folder *f = user;
    int fd = openat(f->fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *entry;

    if (d == NULL)
        return;
    while ((entry = readdir(d)) != NULL) {
        if (entry->d_name[0] != '.')
            (void)unlinkat(fd, entry->d_name, 0);
    }
    (void)closedir(d);
    (void)unlinkat(f->fd, name, AT_REMOVEDIR);
}

struct log_storage log_folder_storage(struct log_folder *f)
{
    return (struct log_storage){folder_read, folder_put, folder_flush, folder_remove_partials,
                                f};
}
