/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Digests of the files from which the loaded kernel modules should have come, in the form of
 * sha256sum, found as modprobe finds them: through modules.dep of the running kernel.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "collect/live.h"

enum {
    LIST_MAX = 64 << 20,
    CHUNK = 64 * 1024
};

struct modules {
    struct live *live;
    const char *folder; /* below the root */
    struct bytes *loaded;
    size_t count;
    size_t cap;
    size_t hashed;
};

static bool read_list(struct live *l, const char *path, struct bytes *ret, struct err *e)
{
    return file_read_at(l->root->fd, path, LIST_MAX, l->arena, ret, e);
}

/* The module's name from the path of its file: '-' and '_' are one, what follows '.' is not it.
 */
static struct bytes module_name(struct bytes path, struct arena *a)
{
    size_t start = path.len;
    size_t n = 0;

    while (start > 0 && path.data[start - 1] != '/')
        start--;
    char *name = arena_alloc(a, path.len - start + 1);

    while (start + n < path.len && path.data[start + n] != '.') {
        char c = (char)path.data[start + n];

        name[n] = c;
        if (c == '-')
            name[n] = '_';
        n++;
    }
    return (struct bytes){(const uint8_t *)name, n};
}

static bool is_loaded(const struct modules *m, struct bytes name)
{
    for (size_t i = 0; i < m->count; i++) {
        if (bytes_equal(m->loaded[i], name))
            return true;
    }
    return false;
}

/* Hashes a file; false if it cannot be read to its end. */
static bool hash_file(const struct live *l, const char *path, uint8_t *chunk,
                      struct digest *ret)
{
    struct digest_stream s;
    int fd = root_file(l->root, path, O_RDONLY);
    ssize_t n = fd < 0 ? -1 : 1;

    digest_begin(&s);
    while (n > 0) {
        n = read(fd, chunk, CHUNK);
        if (n > 0)
            digest_more(&s, (struct bytes){chunk, (size_t)n});
        else if (n < 0 && errno == EINTR)
            n = 1;
    }
    if (fd >= 0)
        (void)close(fd);
    *ret = digest_end(&s);
    return n == 0;
}

/* A line for the module file at the start of a line of modules.dep, if the module is loaded. */
static void add_file(struct modules *m, struct bytes file, uint8_t *chunk, struct text *t)
{
    struct digest d;
    const char *path;

    if (!is_loaded(m, module_name(file, m->live->arena)))
        return;
    path = file.data[0] == '/' ? arena_text(m->live->arena, bytes_slice(file, 1, SIZE_MAX))
                               : arena_format(m->live->arena, "%s/%.*s", m->folder,
                                              (int)file.len, (const char *)file.data);
    if (!hash_file(m->live, path, chunk, &d))
        return;
    text_hex(t, (struct bytes){d.bytes, sizeof(d.bytes)});
    text_printf(t, "  /%s\n", path);
    m->hashed++;
}

static void list_loaded(struct modules *m, struct bytes list)
{
    struct bytes line;

    while (bytes_line(&list, &line)) {
        struct bytes name;

        if (!bytes_word(&line, " ", &name))
            continue;
        arena_grow(m->live->arena, &m->loaded, m->count, &m->cap, sizeof(*m->loaded));
        m->loaded[m->count++] = name;
    }
}

void live_modules(struct live *l)
{
    struct modules m = {.live = l};
    struct bytes list;
    struct bytes line;
    struct utsname u;
    struct text t;
    struct err e;

    if (!read_list(l, "proc/modules", &list, &e))
        return;
    list_loaded(&m, list);
    if (m.count == 0)
        return;
    if (uname(&u) != 0)
        BUG("uname() cannot fail");
    m.folder = arena_format(l->arena, "lib/modules/%s", u.release);
    if (!read_list(l, arena_format(l->arena, "%s/modules.dep", m.folder), &list, &e)) {
        l->state = COVERAGE_UNSUPPORTED;
        l->reason = arena_format(l->arena, "%s", e.text);
        return;
    }
    uint8_t *chunk = arena_alloc(l->arena, CHUNK);

    text_init(&t, l->arena, LIST_MAX);
    while (bytes_line(&list, &line)) {
        struct bytes file;

        if (bytes_word(&line, ":", &file))
            add_file(&m, file, chunk, &t);
    }
    bool whole = m.hashed >= m.count;

    live_found(l, (struct found){.path = "kmod.sha256",
                                 .state = whole ? COVERAGE_SEEN : COVERAGE_PARTIAL,
                                 .reason = whole ? ""
                                                 : arena_format(l->arena,
                                                                "%zu of %zu loaded modules "
                                                                "have no file that can be read",
                                                                m.count - m.hashed, m.count),
                                 .bytes = text_bytes(&t)});
}
