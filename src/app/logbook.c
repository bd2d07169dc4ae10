/* SPDX-License-Identifier: Apache-2.0 */
#include "app/logbook.h"

#include <string.h>

#include "base/base64.h"
#include "base/file.h"

enum {
    CONFIG_MAX = 64 * 1024
};

static const char config_line[] = "assay-log/1\n";

static bool put_file(struct log_storage *s, const char *name, struct bytes b, struct err *e)
{
    return s->put(s->user, name, b, e) && s->flush(s->user, e);
}

bool logbook_note_read(struct bytes b, const struct note_key *key, struct arena *a,
                       struct logbook_note *ret, struct err *e)
{
    ret->bytes = b;
    if (!note_parse(b, a, &ret->note, e) || !checkpoint_parse(ret->note.text, a, &ret->said, e))
        return false;
    if (!bytes_equal(ret->said.origin, key->name))
        return err_set(e, ERR_INPUT, "the checkpoint is of another log: %.*s",
                       (int)(ret->said.origin.len < 100 ? ret->said.origin.len : 100),
                       (const char *)ret->said.origin.data);
    switch (note_verify(&ret->note, key, NULL)) {
    case NOTE_SIGNED:
        return true;
    case NOTE_UNSIGNED:
        return err_set(e, ERR_INPUT, "the checkpoint is not signed by the key of the log");
    case NOTE_FORGED:
        break;
    }
    return err_set(e, ERR_INPUT, "the checkpoint's signature by the log is wrong");
}

/* Signs a tree: text, signature, and both on disk as the last that was signed. */
static bool sign_tree(struct logbook *l, struct signer *signer, struct logbook_note *ret,
                      struct err *e)
{
    const struct checkpoint c = {
        l->key.name, l->tree.size, l->tree.root, {NULL, 0}
    };
    struct signature s;
    struct text t;

    text_init(&t, l->arena, NOTE_SIZE_MAX);
    checkpoint_print(&t, &c);
    struct bytes text = arena_copy(l->arena, text_bytes(&t));

    if (memcmp(&signer->key, &l->key.key, sizeof(l->key.key)) != 0)
        return err_set(e, ERR_INPUT, "this is not the key of the log");
    if (!signer_checkpoint(signer, text, &s, e))
        return false;
    text_char(&t, '\n');
    note_line_print(&t, &l->key, &s, 0);
    return logbook_note_read(text_bytes(&t), &l->key, l->arena, ret, e) &&
           put_file(&l->storage, LOGBOOK_SIGNED, ret->bytes, e);
}

bool logbook_make(const char *path, struct bytes origin, const char *key_file,
                  struct signer *signer, struct arena *a, struct err *e)
{
    struct logbook l = {.arena = a, .tree = {.root = merkle_empty()}};
    struct logbook_note note = {
        .bytes = {NULL, 0}
    };
    struct text t;

    if (!note_name_valid(origin))
        return err_set(e, ERR_INPUT, "a log cannot be called so");
    l.key = note_key_make(origin, NOTE_ED25519, &signer->key);
    text_init(&t, a, CONFIG_MAX);
    text_puts(&t, config_line);
    note_key_print(&t, &l.key);
    text_printf(&t, "\n%s\n", key_file);
    if (strchr(key_file, '\n') != NULL || t.overflow)
        return err_set(e, ERR_INPUT, "the name of the key's file cannot be kept");
    if (!log_folder_make(path, e) || !log_folder_open(path, true, a, &l.folder, e))
        return false;
    l.storage = log_folder_storage(&l.folder);
    /* The tree comes last: without it there is no log. */
    bool good = sign_tree(&l, signer, &note, e) &&
                put_file(&l.storage, LOGBOOK_CONFIG, text_bytes(&t), e) &&
                put_file(&l.storage, LOGBOOK_CHECKPOINT, note.bytes, e) &&
                log_tree_write(&l.storage, &l.tree, e);

    log_folder_close(&l.folder);
    return good;
}

static bool config_read(struct logbook *l, struct err *e)
{
    struct bytes rest;
    struct bytes vkey;
    struct bytes key_file;

    if (!l->storage.read(l->storage.user, LOGBOOK_CONFIG, CONFIG_MAX, l->arena, &rest, e))
        return e->code == ERR_ABSENT
                   ? err_set(e, ERR_ABSENT, "there is no log in %s", l->folder.path)
                   : false;
    if (!bytes_starts_with(rest, config_line))
        return err_set(e, ERR_INPUT, "%s is damaged", LOGBOOK_CONFIG);
    rest = bytes_slice(rest, sizeof(config_line) - 1, SIZE_MAX);
    if (!bytes_cut(&rest, '\n', &vkey) || !bytes_cut(&rest, '\n', &key_file) || rest.len > 0)
        return err_set(e, ERR_INPUT, "%s is damaged", LOGBOOK_CONFIG);
    l->key_file = arena_text(l->arena, key_file);
    return note_key_parse(vkey, l->arena, &l->key, e);
}

bool logbook_open(const char *path, bool write, struct arena *a, struct logbook *ret,
                  struct err *e)
{
    *ret = (struct logbook){.arena = a};
    if (!log_folder_open(path, write, a, &ret->folder, e))
        return false;
    ret->storage = log_folder_storage(&ret->folder);
    if (config_read(ret, e) && log_tree_read(&ret->storage, &ret->tree, e))
        return true;
    logbook_close(ret);
    return false;
}

void logbook_close(struct logbook *l)
{
    log_folder_close(&l->folder);
}

struct bytes logbook_entry_of(struct bytes file, struct arena *a)
{
    struct text t;

    if (file.len <= TILE_ENTRY_MAX)
        return file;
    struct digest d = digest_sha256(file);

    text_init(&t, a, 200);
    text_puts(&t, "assay-digest/1\nsha256:");
    text_hex(&t, (struct bytes){d.bytes, sizeof(d.bytes)});
    text_char(&t, '\n');
    return text_bytes(&t);
}

bool logbook_append(struct logbook *l, const struct bytes *entries, size_t count,
                    uint64_t *ret_first, struct err *e)
{
    struct log_writer *w = ARENA_NEW(l->arena, struct log_writer);

    if (!log_writer_open(w, &l->storage, l->arena, e))
        return false;
    *ret_first = w->size;
    for (size_t i = 0; i < count; i++) {
        if (!log_writer_add(w, entries[i], e))
            return false;
    }
    if (!log_writer_commit(w, e))
        return false;
    l->tree = w->last;
    return true;
}

/* Root of the first `size` entries as the tiles have it now. */
static bool root_at(struct logbook *l, struct log_reader *r, uint64_t size, struct digest *ret,
                    struct err *e)
{
    struct merkle_source s = log_reader_source(r);

    log_reader_init(r, &l->storage, l->tree.size);
    return merkle_root(&s, (struct merkle_range){0, size}, ret, e);
}

/* Whether the tree continues what was signed last. */
static bool continues(struct logbook *l, const struct checkpoint *last, struct err *e)
{
    struct log_reader *r = ARENA_NEW(l->arena, struct log_reader);
    struct digest root;

    if (last->size > l->tree.size)
        return err_set(e, ERR_REFUSED,
                       "a tree of %llu entries was signed, and this one has %llu: signing it "
                       "would be a fork",
                       (unsigned long long)last->size, (unsigned long long)l->tree.size);
    if (!root_at(l, r, last->size, &root, e))
        return false;
    return digest_equal(&root, &last->root) ||
           err_set(e, ERR_REFUSED,
                   "the first %llu entries are not those that were signed: signing would be a "
                   "fork",
                   (unsigned long long)last->size);
}

/* Whether the tiles give the root that was committed. */
static bool tree_sound(struct logbook *l, struct err *e)
{
    struct log_reader *r = ARENA_NEW(l->arena, struct log_reader);
    struct digest root;

    return root_at(l, r, l->tree.size, &root, e) &&
           (digest_equal(&root, &l->tree.root) ||
            err_set(e, ERR_INPUT, "the tiles do not give the root of the log's %llu entries",
                    (unsigned long long)l->tree.size));
}

bool logbook_sign(struct logbook *l, struct signer *signer, struct logbook_note *ret,
                  struct err *e)
{
    struct logbook_note last;
    struct bytes b;

    if (!l->storage.read(l->storage.user, LOGBOOK_SIGNED, NOTE_SIZE_MAX, l->arena, &b, e) ||
        !logbook_note_read(b, &l->key, l->arena, &last, e))
        return err_wrap(e, "%s", LOGBOOK_SIGNED);
    return tree_sound(l, e) && continues(l, &last.said, e) && sign_tree(l, signer, ret, e);
}

bool logbook_publish(struct logbook *l, struct bytes note, struct err *e)
{
    return put_file(&l->storage, LOGBOOK_CHECKPOINT, note, e);
}

bool logbook_published(struct logbook *l, struct logbook_note *ret, struct err *e)
{
    struct bytes b;

    if (!l->storage.read(l->storage.user, LOGBOOK_CHECKPOINT, NOTE_SIZE_MAX, l->arena, &b, e))
        return false;
    if (!logbook_note_read(b, &l->key, l->arena, ret, e))
        return false;
    return ret->said.size <= l->tree.size ||
           err_set(e, ERR_INPUT, "the checkpoint is of %llu entries, the tree has %llu",
                   (unsigned long long)ret->said.size, (unsigned long long)l->tree.size);
}

bool logbook_prove(struct logbook *l, uint64_t index, struct bytes extra, struct text *t,
                   struct err *e)
{
    struct log_reader *r = ARENA_NEW(l->arena, struct log_reader);
    struct log_proof *p = ARENA_NEW(l->arena, struct log_proof);
    struct merkle_source s = log_reader_source(r);
    struct logbook_note note;
    struct bytes entry;

    if (!logbook_published(l, &note, e))
        return false;
    if (index >= note.said.size)
        return err_set(e, ERR_ABSENT,
                       "entry %llu is not in the published checkpoint, which has %llu",
                       (unsigned long long)index, (unsigned long long)note.said.size);
    log_reader_init(r, &l->storage, l->tree.size);
    if (!log_reader_entry(r, index, l->arena, &entry, e) ||
        !merkle_inclusion_make(&s, index, note.said.size, p->hashes, &p->count, e))
        return false;
    p->index = index;
    p->extra = extra;
    p->has_extra = extra.len > 0;
    p->checkpoint = note.bytes;
    p->said = note.said;
    if (!log_proof_holds(p, entry))
        return err_set(e, ERR_INPUT, "the tiles do not give the root of the checkpoint");
    log_proof_print(t, p);
    return true;
}

bool logbook_prove_consistency(struct logbook *l, uint64_t old, const struct logbook_note *note,
                               struct text *t, struct err *e)
{
    struct log_reader *r = ARENA_NEW(l->arena, struct log_reader);
    struct merkle_source s = log_reader_source(r);
    struct digest proof[MERKLE_PROOF_MAX];
    size_t count = 0;

    log_reader_init(r, &l->storage, l->tree.size);
    if (!merkle_consistency_make(&s, old, note->said.size, proof, &count, e))
        return false;
    text_puts(t, "old ");
    text_uint(t, old);
    text_char(t, '\n');
    for (size_t i = 0; i < count; i++) {
        text_base64(t, (struct bytes){proof[i].bytes, sizeof(proof[i].bytes)});
        text_char(t, '\n');
    }
    text_char(t, '\n');
    text_add(t, note->bytes);
    return true;
}

bool logbook_verify(struct logbook *l, struct logbook_note *ret, struct err *e)
{
    struct log_reader *r = ARENA_NEW(l->arena, struct log_reader);
    struct digest root;

    log_reader_init(r, &l->storage, l->tree.size);
    if (!log_check(r, 0, e) || !tree_sound(l, e) || !logbook_published(l, ret, e) ||
        !root_at(l, r, ret->said.size, &root, e))
        return false;
    return digest_equal(&root, &ret->said.root) ||
           err_set(e, ERR_INPUT, "the published checkpoint has another root than the tree");
}
