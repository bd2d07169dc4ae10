/* SPDX-License-Identifier: Apache-2.0 */
#include "app/fleet_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/fleet_methods.h"
#include "base/file.h"
#include "base/json.h"
#include "base/json_read.h"
#include "base/random.h"
#include "ledger/note.h"

enum {
    CONFIG_MAX = 1 << 20,
    EPOCHS_MAX = 1000000
};

#define PATH(f, ...) arena_format((f)->arena, __VA_ARGS__)

static bool folder_make(const char *path, mode_t mode, struct err *e)
{
    return mkdir(path, mode) == 0 || errno == EEXIST ||
           err_system(e, errno, "cannot make %s", path);
}

static bool config_write(const char *path, struct bytes origin, struct arena *a, struct err *e)
{
    struct text t;
    struct json j;

    text_init(&t, a, CONFIG_MAX);
    json_init(&j, &t);
    json_object_begin(&j);
    json_member_uint(&j, "schema", 1);
    json_member_string(&j, "origin", origin);
    json_object_end(&j);
    text_char(&t, '\n');
    return file_write(arena_format(a, "%s/ledger.json", path), text_bytes(&t), a, e);
}

bool fleet_make(const char *path, struct bytes origin, struct arena *a, struct err *e)
{
    struct vrf_secret secret;
    struct salt_master salts;
    uint8_t seed[64];

    if (!note_name_valid(origin) || origin.len > NOTE_NAME_MAX)
        return err_set(e, ERR_INPUT, "a ledger cannot be called so");
    if (access(arena_format(a, "%s/ledger.json", path), F_OK) == 0)
        return err_set(e, ERR_INPUT, "there is a ledger in %s", path);
    random_bytes(seed, sizeof(seed));
    random_bytes(salts.bytes, sizeof(salts.bytes));
    secret = vrf_secret_of(seed);
    /* The configuration comes last: without it there is no ledger. */
    return folder_make(path, 0777, e) &&
           folder_make(arena_format(a, "%s/epochs", path), 0777, e) &&
           folder_make(arena_format(a, "%s/private", path), 0700, e) &&
           file_write_secret(arena_format(a, "%s/private/vrf", path),
                             (struct bytes){secret.bytes, sizeof(secret.bytes)}, e) &&
           file_write_secret(arena_format(a, "%s/private/salt", path),
                             (struct bytes){salts.bytes, sizeof(salts.bytes)}, e) &&
           file_write_secret(arena_format(a, "%s/private/lock", path), (struct bytes){NULL, 0},
                             e) &&
           fleet_methods_write(arena_format(a, "%s/methods.json", path), a, e) &&
           config_write(path, origin, a, e);
}

/* A file of just this size. */
static bool exact_read(const char *path, uint8_t *ret, size_t size, struct arena *a,
                       struct err *e)
{
    struct bytes b;

    if (!file_read(path, size, a, &b, e))
        return false;
    if (b.len != size)
        return err_set(e, ERR_INPUT, "%s is damaged", path);
    memcpy(ret, b.data, size);
    return true;
}

static bool config_read(struct fleet_folder *f, struct err *e)
{
    struct json_node *root;
    struct bytes b;

    if (!file_read(PATH(f, "%s/ledger.json", f->path), CONFIG_MAX, f->arena, &b, e))
        return err_wrap(e, "there is no ledger");
    if (!json_parse(b, f->arena, &root, e) ||
        !json_members_known(root, "schema origin", "ledger.json", e))
        return err_wrap(e, "%s/ledger.json", f->path);
    f->origin = json_member_bytes(root, "origin");
    if (!note_name_valid(f->origin))
        return err_set(e, ERR_INPUT, "%s/ledger.json has no origin", f->path);
    return fleet_methods_read(PATH(f, "%s/methods.json", f->path), f->arena, f->methods,
                              &f->method_count, e) &&
           exact_read(PATH(f, "%s/private/salt", f->path), f->salts.bytes,
                      sizeof(f->salts.bytes), f->arena, e);
}

/* The greatest number among the names of the folder's epochs. */
static bool last_epoch(struct fleet_folder *f, struct err *e)
{
    DIR *d = opendir(PATH(f, "%s/epochs", f->path));

    if (d == NULL)
        return err_system(e, errno, "cannot open %s/epochs", f->path);
    for (const struct dirent *n = readdir(d); n != NULL; n = readdir(d)) {
        uint64_t number;

        if (!bytes_number(bytes_of(n->d_name), 10, &number) || number > EPOCHS_MAX)
            continue;
        f->last = !f->has_epoch || number > f->last ? (uint32_t)number : f->last;
        f->has_epoch = true;
    }
    (void)closedir(d);
    return true;
}

static bool lock_take(struct fleet_folder *f, struct err *e)
{
    const char *path = PATH(f, "%s/private/lock", f->path);

    f->lock = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (f->lock < 0)
        return err_system(e, errno, "cannot open %s", path);
    if (fd_lock(f->lock))
        return true;
    fleet_close(f);
    return err_set(e, ERR_REFUSED, "another process writes to %s", f->path);
}

bool fleet_open(const char *path, bool write, struct arena *a, struct fleet_folder *ret,
                struct err *e)
{
    *ret = (struct fleet_folder){.path = path, .lock = -1, .arena = a};
    if (!config_read(ret, e) || (write && !lock_take(ret, e)))
        return false;
    if (last_epoch(ret, e))
        return true;
    fleet_close(ret);
    return false;
}

void fleet_close(struct fleet_folder *f)
{
    if (f->lock >= 0)
        (void)close(f->lock);
    f->lock = -1;
}

bool fleet_secret(struct fleet_folder *f, uint32_t epoch, struct vrf_secret *ret, struct err *e)
{
    const char *path = PATH(f, "%s/private/vrf", f->path);

    for (uint32_t i = epoch; i > 0; i--) {
        const char *newer = PATH(f, "%s/private/%u/vrf", f->path, i);

        if (access(newer, F_OK) == 0) {
            path = newer;
            break;
        }
    }
    return exact_read(path, ret->bytes, sizeof(ret->bytes), f->arena, e);
}

bool fleet_records_load(struct fleet_folder *f, uint32_t epoch, struct fleet_records *ret,
                        struct err *e)
{
    const char *path = PATH(f, "%s/private/%u/records", f->path, epoch);
    struct bytes b;

    if (!file_map(path, FLEET_RECORDS_MAX, f->arena, &b, e))
        return false;
    return fleet_records_parse(b, f->arena, ret, e) || err_wrap(e, "%s", path);
}
