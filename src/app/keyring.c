/* SPDX-License-Identifier: Apache-2.0 */
#include "app/keyring.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/statement_text.h"
#include "appraise/policy.h"
#include "base/file.h"
#include "base/json_read.h"
#include "base/moment.h"

enum {
    FILE_MAX = 1 << 20
};

static const char rotation_type[] = "urn:assay:key-rotation:1";
static const char revocation_type[] = "urn:assay:key-revocation:1";

static bool write_halves(const struct key_order *o, struct bytes pem, const struct note_key *k,
                         struct arena *a, struct err *e)
{
    const char *half = arena_format(a, "%s.pub", o->file);
    struct text t;

    text_init(&t, a, FILE_MAX);
    note_key_print(&t, k);
    text_char(&t, '\n');
    if (!file_write_secret(o->file, pem, e))
        return false;
    if (access(half, F_OK) != 0 && file_write(half, text_bytes(&t), a, e))
        return true;
    (void)unlink(o->file);
    return err_set(e, ERR_INPUT, "cannot write %s, or it is there already", half);
}

bool key_make(const struct key_order *o, struct arena *a, struct note_key *ret, struct err *e)
{
    struct passphrase p = {.len = 0};
    struct public_key half;
    struct bytes pem;

    if (!note_name_valid(o->name))
        return err_set(e, ERR_INPUT, "a key cannot be called so: no blanks, no '+'");
    bool good = o->in_the_clear || passphrase_get(&o->passphrase, true, &p, e);

    good = good && secret_key_make((struct bytes){p.bytes, p.len}, a, &pem, &half, e);
    secret_wipe(&p, sizeof(p));
    if (!good)
        return false;
    *ret = note_key_make(o->name, o->type, &half);
    good = write_halves(o, pem, ret, a, e);
    secret_wipe((void *)(uintptr_t)pem.data, pem.len);
    return good;
}

bool key_half_read(const char *file, struct arena *a, struct note_key *ret, struct err *e)
{
    struct bytes b;
    struct bytes line;

    if (!file_read(file, FILE_MAX, a, &b, e))
        return false;
    if (!bytes_line(&b, &line) || b.len > 0)
        return err_set(e, ERR_INPUT, "%s is not one verifier key", file);
    return note_key_parse(line, a, ret, e) || err_wrap(e, "%s", file);
}

static void member_key(struct json *j, const char *name, const struct public_key *k)
{
    struct digest d = public_key_name(k);

    json_key(j, name);
    json_hex(j, (struct bytes){d.bytes, sizeof(d.bytes)});
}

bool key_rotation(struct signer *signer, const struct note_key *next, struct bytes at,
                  struct arena *a, struct bytes *ret_envelope, struct err *e)
{
    struct digest name = public_key_name(&next->key);
    struct text vkey;
    struct text t;
    struct json j;

    text_init(&vkey, a, FILE_MAX);
    note_key_print(&vkey, next);
    text_init(&t, a, FILE_MAX);
    json_init(&j, &t);
    statement_begin(&j, next->name, &name, rotation_type);
    json_object_begin(&j);
    member_key(&j, "key", &signer->key);
    json_member_string(&j, "next", text_bytes(&vkey));
    json_member_string(&j, "at", at);
    json_object_end(&j);
    statement_end(&j);
    return statement_sign(text_bytes(&t), signer, a, ret_envelope, e);
}

bool key_revocation(struct signer *signer, const struct revocation *r, struct arena *a,
                    struct bytes *ret_envelope, struct err *e)
{
    struct digest name = public_key_name(&r->key->key);
    struct text t;
    struct json j;

    text_init(&t, a, FILE_MAX);
    json_init(&j, &t);
    statement_begin(&j, r->key->name, &name, revocation_type);
    json_object_begin(&j);
    member_key(&j, "key", &r->key->key);
    json_member_string(&j, "at", r->at);
    json_member_string(&j, "reason", r->reason);
    json_object_end(&j);
    statement_end(&j);
    return statement_sign(text_bytes(&t), signer, a, ret_envelope, e);
}

const char *key_state_name(enum key_state s)
{
    switch (s) {
    case KEY_CURRENT:
        return "current";
    case KEY_ROTATED:
        return "rotated";
    case KEY_REVOKED:
        return "revoked";
    }
    return "unknown";
}

/* A statement about a key, and who of the keys has signed it. */
static bool apply(const struct dsse *d, const char *file, struct key_entry *keys, size_t count,
                  struct arena *a, struct err *e)
{
    const struct key_entry *by = NULL;
    struct json_node *root;
    struct digest about;

    for (size_t i = 0; i < count && by == NULL; i++) {
        if (dsse_verify(d, &keys[i].key.key, a) == DSSE_SIGNED)
            by = &keys[i];
    }
    if (by == NULL)
        return err_set(e, ERR_INPUT, "%s is not signed by any of the keys", file);
    if (!json_parse(d->payload, a, &root, e))
        return err_wrap(e, "%s", file);
    struct bytes type = json_member_bytes(root, "predicateType");
    const struct json_node *p = json_member(root, "predicate");
    bool rotation = bytes_equal_text(type, rotation_type);

    if ((!rotation && !bytes_equal_text(type, revocation_type)) ||
        !digest_of_hex(json_member_bytes(p, "key"), &about) ||
        !moment_valid(json_member_bytes(p, "at")))
        return err_set(e, ERR_INPUT, "%s is no statement about a key", file);
    for (size_t i = 0; i < count; i++) {
        struct key_entry *k = &keys[i];
        struct digest name = public_key_name(&k->key.key);

        if (!digest_equal(&name, &about) || k->state == KEY_REVOKED || (rotation && k != by))
            continue;
        k->state = rotation ? KEY_ROTATED : KEY_REVOKED;
        k->at = json_member_bytes(p, "at");
        k->reason = json_member_bytes(p, "reason");
        k->next = json_member_bytes(p, "next");
        k->by_itself = k == by;
    }
    return true;
}

bool keyring_read(const char *const *files, size_t count, struct arena *a,
                  struct key_entry **ret, size_t *ret_count, struct err *e)
{
    struct key_entry *keys = ARENA_ARRAY(a, struct key_entry, count + 1);
    struct bytes *contents = ARENA_ARRAY(a, struct bytes, count + 1);
    struct dsse *d = ARENA_NEW(a, struct dsse);
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        if (!file_read(files[i], FILE_MAX, a, &contents[i], e))
            return false;
        if (bytes_starts_with(contents[i], "{"))
            continue;
        if (!key_half_read(files[i], a, &keys[n].key, e))
            return false;
        keys[n++].file = files[i];
    }
    for (size_t i = 0; i < count; i++) {
        if (!bytes_starts_with(contents[i], "{"))
            continue;
        if (!dsse_parse(contents[i], a, d, e))
            return err_wrap(e, "%s", files[i]);
        if (!apply(d, files[i], keys, n, a, e))
            return false;
    }
    *ret = keys;
    *ret_count = n;
    return true;
}
