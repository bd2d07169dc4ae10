/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/bundle_file.h"

#include "base/file.h"
#include "base/pack.h"

/* The output of zstd is held to this; the largest flash and its logs fit many times. */
#define BUNDLE_MAX ((size_t)4 << 30)

struct target {
    struct file_new file;
    struct bundle_writer writer;
};

static bool target_write(void *user, uint64_t offset, struct bytes b, struct err *e)
{
    return file_new_write_at(user, offset, b, e);
}

static void target_begin(void *user, uint64_t expected)
{
    struct target *t = user;

    (void)expected;
    bundle_blob_begin(&t->writer);
}

static bool target_more(void *user, struct bytes b, struct err *e)
{
    struct target *t = user;

    return bundle_blob_more(&t->writer, b, e);
}

static bool target_end(void *user, struct entry *ret, struct err *e)
{
    struct target *t = user;

    return bundle_blob_end(&t->writer, &ret->digest, &ret->length, e);
}

/* Ends a file of `length` bytes, through zstd if wanted. */
static bool target_close(struct file_new *plain, uint64_t length, bool compress,
                         struct arena *a, struct err *e)
{
    struct file_new packed;

    if (!file_new_truncate(plain, length, e))
        return false;
    if (!compress)
        return file_new_commit(plain, e);
    if (!file_new_open(&packed, plain->path, a, e))
        return false;
    if (!pack_file(plain->fd, length, packed.fd, a, e)) {
        file_new_abandon(&packed);
        return false;
    }
    file_new_abandon(plain);
    return file_new_commit(&packed, e);
}

bool collect_into_file(const struct collect_options *o, const char *path, bool compress,
                       struct arena *a, struct evidence *ret, struct err *e)
{
    struct target t;
    struct collect_sink sink = {&t, target_begin, target_more, target_end};
    uint64_t length = 0;

    if (!file_new_open(&t.file, path, a, e))
        return false;
    bundle_writer_init(&t.writer, (struct bundle_sink){&t.file, target_write}, a);
    if (!collect_run(o, &sink, a, ret, e) ||
        !bundle_finish(&t.writer, ret, NULL, 0, &length, e) ||
        !target_close(&t.file, length, compress, a, e)) {
        file_new_abandon(&t.file);
        return false;
    }
    return true;
}

bool bundle_into_file(const struct bundle *b, const char *path, bool compress, struct arena *a,
                      struct err *e)
{
    struct file_new f;
    uint64_t length = 0;

    if (!file_new_open(&f, path, a, e))
        return false;
    if (!bundle_write(b, (struct bundle_sink){&f, target_write}, a, &length, e) ||
        !target_close(&f, length, compress, a, e)) {
        file_new_abandon(&f);
        return false;
    }
    return true;
}

bool bundle_from_file(const char *path, struct arena *a, struct bundle *ret, bool *ret_packed,
                      struct err *e)
{
    struct bytes file;

    if (!file_map(path, BUNDLE_MAX, a, &file, e))
        return false;
    *ret_packed = pack_recognised(file);
    if (*ret_packed && !pack_read(file, BUNDLE_MAX, a, &file, e))
        return err_wrap(e, "%s", path);
    if (!bundle_read(file, a, ret, e))
        return err_wrap(e, "%s", path);
    return true;
}
