/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/bundle.h"

#include <stdlib.h>
#include <string.h>

#include "base/tar.h"
#include "evidence/bundle_private.h"
#include "evidence/cbor.h"
#include "evidence/manifest.h"

struct digest_slot {
    struct digest digest;
    size_t number;
    bool used;
};

/* The slot of a digest, or the free one where it belongs. Digests are spread evenly already. */
static struct digest_slot *table_slot(const struct digest_table *t, const struct digest *d)
{
    size_t at = 0;

    for (unsigned i = 0; i < sizeof(at); i++)
        at = at << 8 | d->bytes[i];
    at &= t->cap - 1;
    while (t->slots[at].used && !digest_equal(&t->slots[at].digest, d))
        at = (at + 1) & (t->cap - 1);
    return &t->slots[at];
}

static void table_grow(struct digest_table *t)
{
    struct digest_table wider = {.arena = t->arena, .count = t->count};

    wider.cap = t->cap == 0 ? 256 : t->cap * 2;
    wider.slots = ARENA_ARRAY(t->arena, struct digest_slot, wider.cap);
    for (size_t i = 0; i < t->cap; i++) {
        if (t->slots[i].used)
            *table_slot(&wider, &t->slots[i].digest) = t->slots[i];
    }
    *t = wider;
}

bool digest_table_find(const struct digest_table *t, const struct digest *d, size_t *ret)
{
    if (t->cap == 0)
        return false;
    const struct digest_slot *s = table_slot(t, d);

    *ret = s->number;
    return s->used;
}

void digest_table_add(struct digest_table *t, const struct digest *d, size_t number)
{
    if (t->count >= t->cap / 2)
        table_grow(t);
    struct digest_slot *s = table_slot(t, d);

    if (!s->used)
        t->count++;
    *s = (struct digest_slot){*d, number, true};
}

bool seal_name_valid(struct bytes name)
{
    if (name.len == 0 || name.len > TAR_NAME_MAX - strlen(BUNDLE_SEALS) || name.data[0] == '.')
        return false;
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.data[i];
        bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                    (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';

        if (!good)
            return false;
    }
    return true;
}

enum coverage_state entry_state(const struct entry *n)
{
    return n->redacted ? COVERAGE_EXCLUDED : n->state;
}

void bundle_blob_name(const char *folder, const struct digest *d, char ret[TAR_NAME_MAX + 1])
{
    struct text t;

    text_init_room(&t, ret, TAR_NAME_MAX + 1);
    text_puts(&t, folder);
    text_puts(&t, "sha256-");
    text_hex(&t, (struct bytes){d->bytes, sizeof(d->bytes)});
    text_char(&t, '\0');
}

void bundle_writer_init(struct bundle_writer *w, struct bundle_sink sink, struct arena *a)
{
    *w = (struct bundle_writer){.sink = sink, .arena = a, .stored.arena = a};
}

/* Header and padding around `length` bytes of content that are, or will be, written. */
static bool member_frame(struct bundle_writer *w, struct bytes name, uint64_t length,
                         struct err *e)
{
    static const uint8_t zeros[TAR_BLOCK];
    uint8_t header[TAR_BLOCK];

    if (length > TAR_SIZE_MAX)
        return err_set(e, ERR_LIMIT, "a member of a bundle cannot have %llu bytes",
                       (unsigned long long)length);
    tar_header(name, length, header);
    if (!w->sink.write(w->sink.user, w->position, (struct bytes){header, TAR_BLOCK}, e))
        return false;
    size_t padding = tar_padding(length);

    w->position += TAR_BLOCK + length;
    if (padding > 0 &&
        !w->sink.write(w->sink.user, w->position, (struct bytes){zeros, padding}, e))
        return false;
    w->position += padding;
    return true;
}

static bool member_write(struct bundle_writer *w, struct bytes name, struct bytes content,
                         struct err *e)
{
    if (content.len > 0 && !w->sink.write(w->sink.user, w->position + TAR_BLOCK, content, e))
        return false;
    return member_frame(w, name, content.len, e);
}

void bundle_blob_begin(struct bundle_writer *w)
{
    digest_begin(&w->hash);
    w->length = 0;
}

bool bundle_blob_more(struct bundle_writer *w, struct bytes b, struct err *e)
{
    digest_more(&w->hash, b);
    if (b.len > 0 && !w->sink.write(w->sink.user, w->position + TAR_BLOCK + w->length, b, e))
        return false;
    w->length += b.len;
    return true;
}

bool bundle_blob_end(struct bundle_writer *w, struct digest *ret, uint64_t *ret_length,
                     struct err *e)
{
    char name[TAR_NAME_MAX + 1];
    size_t number;

    *ret = digest_end(&w->hash);
    *ret_length = w->length;
    /* Bytes that are stored already are overwritten by the next member. */
    if (digest_table_find(&w->stored, ret, &number))
        return true;
    digest_table_add(&w->stored, ret, w->stored.count);
    bundle_blob_name(BUNDLE_BLOBS, ret, name);
    return member_frame(w, bytes_of(name), w->length, e);
}

/* In place of a blob: that it was taken out. */
static bool bundle_blob_redacted(struct bundle_writer *w, const struct digest *d, struct err *e)
{
    char name[TAR_NAME_MAX + 1];
    size_t number;

    if (digest_table_find(&w->stored, d, &number))
        return true;
    digest_table_add(&w->stored, d, w->stored.count);
    bundle_blob_name(BUNDLE_REDACTED, d, name);
    return member_frame(w, bytes_of(name), 0, e);
}

bool bundle_finish(struct bundle_writer *w, const struct evidence *e, const struct seal *seals,
                   size_t seal_count, uint64_t *ret_length, struct err *err)
{
    static const uint8_t end[2 * TAR_BLOCK];
    struct digest d = evidence_digest(e, w->arena);
    struct text t;

    text_init(&t, w->arena, BUNDLE_MANIFEST_MAX);
    manifest_render(&t, e, &d);
    if (t.overflow)
        return err_set(err, ERR_LIMIT, "the manifest is too large");
    if (!member_write(w, bytes_of(BUNDLE_NODE), evidence_encode(e, w->arena), err) ||
        !member_write(w, bytes_of(BUNDLE_MANIFEST), text_bytes(&t), err))
        return false;
    for (size_t i = 0; i < seal_count; i++) {
        struct text name;

        if (!seal_name_valid(seals[i].name) ||
            (i > 0 && bytes_compare(seals[i - 1].name, seals[i].name) >= 0))
            BUG("seals must have valid names in order");
        text_init(&name, w->arena, TAR_NAME_MAX);
        text_puts(&name, BUNDLE_SEALS);
        text_add(&name, seals[i].name);
        if (!member_write(w, text_bytes(&name), seals[i].bytes, err))
            return false;
    }
    *ret_length = w->position + sizeof(end);
    return w->sink.write(w->sink.user, w->position, (struct bytes){end, sizeof(end)}, err);
}

bool bundle_write(const struct bundle *b, struct bundle_sink sink, struct arena *a,
                  uint64_t *ret_length, struct err *e)
{
    struct bundle_writer w;

    bundle_writer_init(&w, sink, a);
    for (size_t i = 0; i < b->evidence.count; i++) {
        const struct entry *n = &b->evidence.entries[i];
        struct digest d;
        uint64_t length;
        bool good = true;

        if (!n->has_blob)
            continue;
        if (!n->redacted && n->bytes.data == NULL)
            BUG("a bundle needs the bytes of its blobs");
        if (n->redacted) {
            good = bundle_blob_redacted(&w, &n->digest, e);
        } else {
            bundle_blob_begin(&w);
            good = bundle_blob_more(&w, n->bytes, e) && bundle_blob_end(&w, &d, &length, e);
        }
        if (!good)
            return false;
    }
    return bundle_finish(&w, &b->evidence, b->seals, b->seal_count, ret_length, e);
}
