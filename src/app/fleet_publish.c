/* SPDX-License-Identifier: Apache-2.0 */
/* Epochs to files and back. */
#include "app/fleet_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "ledger/dsse.h"

#define PATH(f, ...) arena_format((f)->arena, __VA_ARGS__)

enum {
    ENVELOPE_MAX = 4 << 20,
    DELTA_MAX = 1 << 30
};

/* The values of a tree's nodes, so that the next epoch need not compute them again. */
static struct bytes nodes_pack(const struct prefix_tree *t, struct arena *a)
{
    size_t n = t->leaves.count;
    size_t length = n * (SHA256_SIZE + PREFIX_VALUE_SIZE) + PREFIX_VALUE_SIZE;
    uint8_t *all = arena_alloc(a, length + SHA256_SIZE);
    uint8_t *at = all;

    if (n > 0) {
        memcpy(at, t->hashes, n * SHA256_SIZE);
        memcpy(at + n * SHA256_SIZE, t->nodes, n * PREFIX_VALUE_SIZE);
    }
    memcpy(all + length - PREFIX_VALUE_SIZE, t->root.bytes, PREFIX_VALUE_SIZE);
    struct digest d = digest_sha256((struct bytes){all, length});

    memcpy(all + length, d.bytes, SHA256_SIZE);
    return (struct bytes){all, length + SHA256_SIZE};
}

/* False if these are not the values of a tree of these leaves with this root. */
static bool nodes_unpack(const struct prefix_leaves *l, struct bytes b, struct arena *a,
                         struct prefix_tree *ret)
{
    size_t n = l->count;
    size_t length = n * (SHA256_SIZE + PREFIX_VALUE_SIZE) + PREFIX_VALUE_SIZE;
    struct digest d;

    if (b.len != length + SHA256_SIZE)
        return false;
    d = digest_sha256(bytes_slice(b, 0, length));
    if (memcmp(d.bytes, b.data + length, sizeof(d.bytes)) != 0)
        return false;
    *ret = (struct prefix_tree){.leaves = *l,
                                .hashes = ARENA_ARRAY(a, struct digest, n),
                                .nodes = ARENA_ARRAY(a, struct prefix_value, n)};
    if (n > 0) {
        memcpy(ret->hashes, b.data, n * SHA256_SIZE);
        memcpy(ret->nodes, b.data + n * SHA256_SIZE, n * PREFIX_VALUE_SIZE);
    }
    memcpy(ret->root.bytes, b.data + length - PREFIX_VALUE_SIZE, PREFIX_VALUE_SIZE);
    return true;
}

/* A list with its tree; `root` is what the statement says of it. */
static bool tree_load(struct fleet_folder *f, uint32_t epoch, enum prefix_kind kind,
                      const struct digest *root, struct prefix_tree *ret, struct err *e)
{
    const char *name = kind == PREFIX_SERVERS ? "leaves" : "aliases";
    const char *path = PATH(f, "%s/epochs/%u/%s", f->path, epoch, name);
    const char *nodes = PATH(f, "%s/private/%u/%s.nodes", f->path, epoch, name);
    struct prefix_leaves leaves;
    struct bytes b;

    if (!file_map(path, LEAVES_FILE_MAX, f->arena, &b, e))
        return false;
    digest_expect(b.len);
    if (!leaves_parse(kind, b, &leaves, e))
        return err_wrap(e, "%s", path);
    if (!file_map(nodes, SIZE_MAX, f->arena, &b, e) ||
        !nodes_unpack(&leaves, b, f->arena, ret) ||
        memcmp(ret->root.bytes, root->bytes, SHA256_SIZE) != 0) {
        if (!prefix_tree_build(&leaves, NULL, f->arena, ret, e))
            return err_wrap(e, "%s", path);
    }
    return memcmp(ret->root.bytes, root->bytes, SHA256_SIZE) == 0 ||
           err_set(e, ERR_INPUT, "%s is not the list that its statement is about", path);
}

bool fleet_epoch_load(struct fleet_folder *f, uint32_t epoch, struct fleet_epoch *ret,
                      struct err *e)
{
    const char *path = PATH(f, "%s/epochs/%u/statement.json", f->path, epoch);
    struct dsse *d = ARENA_NEW(f->arena, struct dsse);

    if (!file_read(path, ENVELOPE_MAX, f->arena, &ret->envelope, e))
        return false;
    if (!dsse_parse(ret->envelope, f->arena, d, e) ||
        !fleet_statement_parse(d->payload, f->arena, &ret->statement, e))
        return err_wrap(e, "%s", path);
    ret->payload = digest_sha256(d->payload);
    return tree_load(f, epoch, PREFIX_SERVERS, &ret->statement.root, &ret->servers, e) &&
           tree_load(f, epoch, PREFIX_ALIASES, &ret->statement.alias_tree, &ret->aliases, e);
}

/* A folder of files, which may have been left half-written. */
static void folder_remove(struct fleet_folder *f, const char *path)
{
    DIR *d = opendir(path);

    if (d == NULL)
        return;
    for (const struct dirent *n = readdir(d); n != NULL; n = readdir(d))
        (void)unlink(PATH(f, "%s/%s", path, n->d_name));
    (void)closedir(d);
    (void)rmdir(path);
}

static bool folder_sync(const char *path, struct err *e)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;

    if (!good)
        (void)err_system(e, errno, "cannot sync %s", path);
    if (fd >= 0)
        (void)close(fd);
    return good;
}

static bool folder_commit(const char *made, const char *path, const char *above, struct err *e)
{
    if (!folder_sync(made, e))
        return false;
    if (rename(made, path) != 0)
        return err_system(e, errno, "cannot rename %s", made);
    return folder_sync(above, e);
}

static bool private_write(struct fleet_folder *f, const struct fleet_publication *p,
                          struct err *e)
{
    const char *above = PATH(f, "%s/private", f->path);
    const char *path = PATH(f, "%s/%u", above, p->epoch);
    const char *new = PATH(f, "%s/new", above);

    /* Of an epoch that was not published. */
    folder_remove(f, new);
    folder_remove(f, path);
    if (mkdir(new, 0700) != 0)
        return err_system(e, errno, "cannot make %s", new);
    if (p->secret != NULL &&
        !file_write_secret(PATH(f, "%s/vrf", new),
                           (struct bytes){p->secret->bytes, sizeof(p->secret->bytes)}, e))
        return false;
    return file_write_secret(PATH(f, "%s/records", new), p->records, e) &&
           file_write_secret(PATH(f, "%s/nameless", new), p->nameless, e) &&
           file_write_secret(PATH(f, "%s/leaves.nodes", new),
                             nodes_pack(p->server_tree, f->arena), e) &&
           file_write_secret(PATH(f, "%s/aliases.nodes", new),
                             nodes_pack(p->alias_tree, f->arena), e) &&
           folder_commit(new, path, above, e);
}

bool fleet_publish(struct fleet_folder *f, const struct fleet_publication *p, struct err *e)
{
    const char *above = PATH(f, "%s/epochs", f->path);
    const char *new = PATH(f, "%s/new", above);
    const char *rekey = PATH(f, "%s/rekey", new);

    if (!private_write(f, p, e))
        return false;
    folder_remove(f, new);
    if (mkdir(new, 0777) != 0)
        return err_system(e, errno, "cannot make %s", new);
    if (!file_write(PATH(f, "%s/statement.json", new), p->statement, f->arena, e) ||
        !file_write(PATH(f, "%s/leaves", new), p->leaves, f->arena, e) ||
        !file_write(PATH(f, "%s/aliases", new), p->aliases, f->arena, e) ||
        !file_write(PATH(f, "%s/delta", new), p->delta, f->arena, e))
        return false;
    /* It names every server: for auditors, not for whoever can read what is published. */
    if (p->rekey.len > 0 && (!file_write(rekey, p->rekey, f->arena, e) ||
                             (chmod(rekey, 0600) != 0 && err_system(e, errno, "%s", rekey))))
        return false;
    if (!folder_commit(new, PATH(f, "%s/%u", above, p->epoch), above, e))
        return false;
    f->has_epoch = true;
    f->last = p->epoch;
    return true;
}
