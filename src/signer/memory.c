/* SPDX-License-Identifier: Apache-2.0 */
/*
 * KEY.signed: two slots of SLOT bytes, each a text and zeros: "assay-signed/1", origin, size,
 * root, SHA-256 of these lines. The slot that is older is overwritten, so that a write which
 * power cuts short leaves the other.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/file.h"
#include "signer/private.h"

enum {
    SLOT = 4096,
    SLOTS = 2
};

static const char first_line[] = "assay-signed/1\n";

static void slot_print(struct text *t, const struct signer_memory *m)
{
    text_puts(t, first_line);
    text_puts(t, m->origin);
    text_char(t, '\n');
    text_uint(t, m->size);
    text_char(t, '\n');
    text_base64(t, (struct bytes){m->root.bytes, sizeof(m->root.bytes)});
    text_char(t, '\n');
    struct digest d = digest_sha256(text_bytes(t));

    text_hex(t, (struct bytes){d.bytes, sizeof(d.bytes)});
    text_char(t, '\n');
}

/* Reads a slot; false if it is not whole. */
static bool slot_parse(struct bytes b, struct arena *a, struct signer_memory *ret)
{
    struct bytes origin;
    struct bytes size;
    struct bytes root;
    struct bytes rest = b;
    struct text again;

    if (!bytes_starts_with(b, first_line))
        return false;
    rest = bytes_slice(rest, sizeof(first_line) - 1, SIZE_MAX);
    if (!bytes_cut(&rest, '\n', &origin) || !bytes_cut(&rest, '\n', &size) ||
        !bytes_cut(&rest, '\n', &root) || origin.len > NOTE_NAME_MAX ||
        !ledger_number(size, &ret->size) || !ledger_hash(root, a, &ret->root))
        return false;
    memcpy(ret->origin, origin.data, origin.len);
    ret->origin[origin.len] = '\0';
    text_init(&again, a, SLOT);
    slot_print(&again, ret);
    return bytes_equal(bytes_slice(b, 0, again.len), text_bytes(&again));
}

static bool slots_read(struct bytes b, struct arena *a, struct signer_memory *ret)
{
    bool found = false;

    for (unsigned i = 0; i < SLOTS; i++) {
        struct signer_memory m = {.fd = ret->fd, .slot = i};

        if (!slot_parse(bytes_slice(b, (size_t)i * SLOT, SLOT), a, &m) ||
            (found && m.size < ret->size))
            continue;
        *ret = m;
        found = true;
    }
    return found;
}

static bool slot_write(struct signer_memory *m, struct err *e)
{
    uint8_t room[SLOT] = {0};
    size_t done = 0;
    struct text t;

    text_init_room(&t, (char *)room, SLOT);
    slot_print(&t, m);
    while (done < SLOT) {
        ssize_t n =
            pwrite(m->fd, room + done, SLOT - done, (off_t)((size_t)m->slot * SLOT + done));

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_system(e, errno, "cannot remember what the key has signed");
        done += (size_t)n;
    }
    return fsync(m->fd) == 0 || err_system(e, errno, "cannot remember what the key has signed");
}

/* A memory of nothing, which appears whole or not at all. */
static bool memory_make(const char *path, struct arena *a, struct err *e)
{
    const struct signer_memory nothing = {.root = merkle_empty()};
    struct text t;

    text_init(&t, a, SLOT);
    slot_print(&t, &nothing);
    return file_write(path, text_bytes(&t), a, e);
}

bool signer_memory_open(const char *key, struct arena *a, struct signer_memory *ret,
                        struct err *e)
{
    const char *path = arena_format(a, "%s.signed", key);
    struct bytes b;

    if (access(path, F_OK) != 0 && errno == ENOENT && !memory_make(path, a, e))
        return false;
    *ret = (struct signer_memory){.fd = open(path, O_RDWR | O_CLOEXEC | O_NOCTTY)};
    if (ret->fd < 0)
        return err_system(e, errno, "cannot open %s", path);
    if (!fd_lock(ret->fd))
        return err_set(e, ERR_REFUSED, "another process signs checkpoints with this key");
    if (!file_read(path, (size_t)SLOT * SLOTS, a, &b, e))
        return false;
    return slots_read(b, a, ret) ||
           err_set(e, ERR_INPUT, "%s is damaged: what the key has signed is not known", path);
}

bool signer_memory_admit(struct signer_memory *m, const struct checkpoint *c, struct err *e)
{
    struct signer_memory next = *m;

    if (m->fd < 0)
        return err_set(e, ERR_REFUSED, "this process was not started to sign checkpoints");
    if (!note_name_valid(c->origin) || c->size > INT64_MAX)
        return err_set(e, ERR_REFUSED, "no log is called so");
    if (m->origin[0] != '\0' && !bytes_equal_text(c->origin, m->origin))
        return err_set(e, ERR_REFUSED, "this key signs for the log %s and no other", m->origin);
    if (c->size < m->size)
        return err_set(e, ERR_REFUSED,
                       "the key has signed a tree of %llu entries; one of %llu is not signed "
                       "any more",
                       (unsigned long long)m->size, (unsigned long long)c->size);
    bool same = digest_equal(&c->root, &m->root);

    if (m->origin[0] != '\0' && c->size == m->size)
        return same || err_set(e, ERR_REFUSED,
                               "the key has signed another root of %llu entries: two roots at "
                               "one size are a fork",
                               (unsigned long long)m->size);
    memcpy(next.origin, c->origin.data, c->origin.len);
    next.origin[c->origin.len] = '\0';
    next.size = c->size;
    next.root = c->root;
    next.slot = (m->slot + 1) % SLOTS;
    if (!slot_write(&next, e))
        return false;
    *m = next;
    return true;
}
