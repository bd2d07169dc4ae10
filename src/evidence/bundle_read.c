/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "evidence/bundle_private.h"
#include "evidence/manifest.h"

struct member {
    struct bytes name;
    struct bytes content;
    uint64_t offset; /* of the header */
};

/* A blob or the mark that it was taken out. */
struct stored {
    struct member member;
    struct digest digest;
    bool redacted;
};

struct reading {
    struct bytes file;
    size_t pos;
    struct arena *arena;
    struct stored *blobs;
    size_t blob_count;
    size_t blob_cap;
    struct err *err;
};

static bool damage(struct reading *r, const struct member *m, const char *what)
{
    if (m == NULL)
        return err_set(r->err, ERR_INPUT, "the bundle is damaged at byte %zu: %s", r->pos,
                       what);
    return err_set(r->err, ERR_INPUT, "the bundle is damaged at byte %llu (%.*s): %s",
                   (unsigned long long)m->offset, (int)m->name.len, (const char *)m->name.data,
                   what);
}

/* The next member, with its header and padding checked. */
static bool member_next(struct reading *r, struct member *ret)
{
    struct bytes header = bytes_slice(r->file, r->pos, TAR_BLOCK);
    struct member m = {.offset = r->pos};
    uint64_t size;

    if (!tar_header_read(header, &m.name, &size))
        return damage(r, NULL, "no header of a member as a bundle has it");
    if (!bytes_printable(m.name))
        return damage(r, NULL, "a member's name is not printable");
    size_t left = r->file.len - r->pos - TAR_BLOCK;

    if (size > left || tar_padding(size) > left - size)
        return damage(r, &m, "the file ends inside this member");
    m.content = bytes_slice(r->file, r->pos + TAR_BLOCK, (size_t)size);
    r->pos += TAR_BLOCK + (size_t)size;
    struct bytes padding = bytes_slice(r->file, r->pos, tar_padding(size));

    if (!bytes_all(padding, 0))
        return damage(r, &m, "the padding is not zero");
    r->pos += padding.len;
    *ret = m;
    return true;
}

/* The digest in a member's name after `folder`; false if the name has another form. */
static bool name_digest(struct bytes name, const char *folder, struct digest *ret)
{
    char again[TAR_NAME_MAX + 1];
    size_t skip = strlen(folder) + strlen("sha256-");

    if (!digest_of_hex(bytes_slice(name, skip, SIZE_MAX), ret))
        return false;
    bundle_blob_name(folder, ret, again);
    return bytes_equal_text(name, again);
}

static bool blob_member(struct reading *r, const struct member *m)
{
    struct stored s = {.member = *m};

    if (name_digest(m->name, BUNDLE_REDACTED, &s.digest)) {
        s.redacted = true;
        if (m->content.len > 0)
            return damage(r, m, "a redacted blob has bytes");
    } else if (name_digest(m->name, BUNDLE_BLOBS, &s.digest)) {
        struct digest d = digest_sha256(m->content);

        if (!digest_equal(&d, &s.digest))
            return damage(r, m, "the bytes do not hash to the name");
    } else {
        return damage(r, m, "a bundle has no such member here");
    }
    arena_grow(r->arena, &r->blobs, r->blob_count, &r->blob_cap, sizeof(*r->blobs));
    r->blobs[r->blob_count++] = s;
    return true;
}

/* All blobs, then the node. */
static bool read_blobs(struct reading *r, struct member *ret_node)
{
    for (;;) {
        struct member m = {0};

        if (!member_next(r, &m))
            return false;
        if (bytes_equal_text(m.name, BUNDLE_NODE)) {
            *ret_node = m;
            return true;
        }
        if (!blob_member(r, &m))
            return false;
    }
}

/* What one entry that has a blob gets of it. */
static bool place_blob(struct reading *r, const struct stored *s, struct bundle *b,
                       struct entry *n)
{
    if (s->redacted) {
        n->redacted = true;
        b->redacted++;
        return true;
    }
    if (s->member.content.len != n->length)
        return damage(r, &s->member, "the node gives another length");
    n->bytes = s->member.content;
    return true;
}

/*
 * Gives each entry its bytes. The blobs must stand in the order in which the entries first name
 * them, so none can be missing, twice there, or left over.
 */
static bool place_blobs(struct reading *r, const struct member *node, struct bundle *b)
{
    struct digest_table seen = {.arena = r->arena};

    for (size_t i = 0; i < b->evidence.count; i++) {
        struct entry *n = &b->evidence.entries[i];
        size_t number = seen.count;

        if (!n->has_blob) {
            if (n->length != 0)
                return damage(r, node, "an entry without a blob has a length");
            continue;
        }
        if (!digest_table_find(&seen, &n->digest, &number)) {
            number = seen.count;
            if (number >= r->blob_count || !digest_equal(&r->blobs[number].digest, &n->digest))
                return damage(r, number < r->blob_count ? &r->blobs[number].member : node,
                              "the blobs do not stand in the order of the entries");
            digest_table_add(&seen, &n->digest, number);
        }
        if (!place_blob(r, &r->blobs[number], b, n))
            return false;
    }
    if (seen.count != r->blob_count)
        return damage(r, &r->blobs[seen.count].member, "no entry refers to this blob");
    return true;
}

static bool read_manifest(struct reading *r, const struct bundle *b)
{
    struct member m = {0};
    struct text t;

    if (!member_next(r, &m))
        return false;
    if (!bytes_equal_text(m.name, BUNDLE_MANIFEST))
        return damage(r, &m, "the manifest must stand here");
    text_init(&t, r->arena, BUNDLE_MANIFEST_MAX);
    manifest_render(&t, &b->evidence, &b->digest);
    if (!bytes_equal(text_bytes(&t), m.content))
        return damage(r, &m, "the manifest is not the rendering of the evidence node");
    return true;
}

/* Seals, up to the two zero blocks that end the file. */
static bool read_seals(struct reading *r, struct bundle *b)
{
    size_t cap = 0;

    while (r->file.len - r->pos != (size_t)2 * TAR_BLOCK ||
           !bytes_all(bytes_slice(r->file, r->pos, SIZE_MAX), 0)) {
        struct member m = {0};

        if (!member_next(r, &m))
            return false;
        struct seal s = {bytes_slice(m.name, strlen(BUNDLE_SEALS), SIZE_MAX), m.content};

        if (!bytes_starts_with(m.name, BUNDLE_SEALS) || !seal_name_valid(s.name))
            return damage(r, &m, "a bundle has no such member here");
        if (b->seal_count > 0 && bytes_compare(b->seals[b->seal_count - 1].name, s.name) >= 0)
            return damage(r, &m, "the seals are not in order");
        arena_grow(r->arena, &b->seals, b->seal_count, &cap, sizeof(*b->seals));
        b->seals[b->seal_count++] = s;
    }
    return true;
}

bool bundle_read(struct bytes file, struct arena *a, struct bundle *ret, struct err *e)
{
    struct reading r = {.file = file, .arena = a, .err = e};
    struct bundle b = {0};
    struct member node;

    if (!read_blobs(&r, &node))
        return false;
    if (!evidence_decode(node.content, a, &b.evidence, e))
        return err_wrap(e, "the bundle is damaged at byte %llu (" BUNDLE_NODE ")",
                        (unsigned long long)node.offset);
    b.digest = evidence_digest(&b.evidence, a);
    if (!place_blobs(&r, &node, &b) || !read_manifest(&r, &b) || !read_seals(&r, &b))
        return false;
    *ret = b;
    return true;
}
