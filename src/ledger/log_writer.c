/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/log_writer.h"

#include <string.h>

#include "base/base64.h"
#include "ledger/checkpoint.h"

enum {
    TREE_FILE_MAX = 256
};

static const char tree_line[] = "assay-log-tree/1\n";

bool log_tree_read(const struct log_storage *s, struct log_tree *ret, struct err *e)
{
    struct bytes size;
    struct bytes root;
    struct bytes rest;
    struct arena a;

    arena_init(&a);
    bool good = s->read(s->user, LOG_TREE_FILE, TREE_FILE_MAX, &a, &rest, e);

    if (good) {
        good = bytes_starts_with(rest, tree_line);
        rest = bytes_slice(rest, sizeof(tree_line) - 1, SIZE_MAX);
        good = good && bytes_cut(&rest, '\n', &size) && bytes_cut(&rest, '\n', &root) &&
               rest.len == 0 && ledger_number(size, &ret->size) &&
               ret->size <= MERKLE_SIZE_MAX && ledger_hash(root, &a, &ret->root);
        if (!good)
            (void)err_set(e, ERR_INPUT, "%s is damaged", LOG_TREE_FILE);
    }
    arena_done(&a);
    return good;
}

bool log_tree_write(const struct log_storage *s, const struct log_tree *t, struct err *e)
{
    char room[TREE_FILE_MAX];
    struct text text;

    text_init_room(&text, room, sizeof(room));
    text_puts(&text, tree_line);
    text_uint(&text, t->size);
    text_char(&text, '\n');
    text_base64(&text, (struct bytes){t->root.bytes, sizeof(t->root.bytes)});
    text_char(&text, '\n');
    return s->put(s->user, LOG_TREE_FILE, text_bytes(&text), e) && s->flush(s->user, e);
}

struct digest log_writer_root(const struct log_writer *w)
{
    struct digest root = merkle_empty();
    bool any = false;

    /* Complete subtrees from right to left, each larger than the one before. */
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        const struct log_edge *edge = &w->edges[level];
        unsigned end = edge->width;

        while (end > 0) {
            unsigned part = end & -end;
            struct digest d =
                tile_subtree(edge->hashes + (size_t)(end - part) * SHA256_SIZE, part);

            root = any ? merkle_node(&d, &root) : d;
            any = true;
            end -= part;
        }
    }
    return root;
}

/* The rightmost tiles and bundle of what is committed. */
static bool edges_read(struct log_writer *w, struct log_reader *r, struct err *e)
{
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        struct log_edge *edge = &w->edges[level];
        uint64_t index = (w->size >> (8 * level)) / TILE_WIDTH;
        const uint8_t *hashes;

        edge->width = tile_width(level, index, w->size);
        if (edge->width == 0)
            continue;
        if (!log_reader_tile(r, level, index, &hashes, &edge->width, e))
            return false;
        memcpy(edge->hashes, hashes, (size_t)edge->width * SHA256_SIZE);
    }
    if (w->edges[0].width == 0)
        return true;
    struct bytes bundle;

    if (!log_reader_bundle(r, w->size / TILE_WIDTH, w->arena, &bundle, e))
        return false;
    text_add(&w->bundle, bundle);
    return true;
}

bool log_writer_open(struct log_writer *w, const struct log_storage *s, struct arena *a,
                     struct err *e)
{
    struct log_reader *r = ARENA_NEW(a, struct log_reader);

    w->storage = s;
    w->arena = a;
    text_init(&w->bundle, a, TILE_BUNDLE_MAX);
    if (!log_tree_read(s, &w->last, e))
        return false;
    w->size = w->last.size;
    log_reader_init(r, s, w->size);
    if (!edges_read(w, r, e))
        return false;
    struct digest root = log_writer_root(w);

    return digest_equal(&root, &w->last.root) ||
           err_set(e, ERR_INPUT,
                   "the tiles at the end of the log do not give the root of its %llu entries",
                   (unsigned long long)w->size);
}

static bool put_tile(struct log_writer *w, struct tile t, struct bytes b, struct err *e)
{
    char name[TILE_NAME_SIZE];

    tile_name(t, name);
    return w->storage->put(w->storage->user, name, b, e);
}

/* Puts the tile of a level, and the bundle beside that of level 0. */
static bool put_edge(struct log_writer *w, unsigned level, struct err *e)
{
    const struct log_edge *edge = &w->edges[level];
    /* The tile ends at the last hash; a full one still counts as the rightmost here. */
    struct tile t = {level, ((w->size >> (8 * level)) - 1) / TILE_WIDTH, edge->width};
    struct bytes hashes = {edge->hashes, (size_t)edge->width * SHA256_SIZE};

    if (!put_tile(w, t, hashes, e))
        return false;
    t.level = TILE_ENTRIES;
    return level > 0 || put_tile(w, t, text_bytes(&w->bundle), e);
}

/* Tiles that have become full, from the leaves up: each gives a hash to the level above. */
static bool carry(struct log_writer *w, struct err *e)
{
    for (unsigned level = 0; w->edges[level].width == TILE_WIDTH; level++) {
        struct log_edge *edge = &w->edges[level];

        if (level + 1 == TILE_LEVELS)
            return err_set(e, ERR_LIMIT, "the log is full");
        if (!put_edge(w, level, e))
            return false;
        struct digest d = tile_subtree(edge->hashes, TILE_WIDTH);
        struct log_edge *above = &w->edges[level + 1];

        memcpy(above->hashes + (size_t)above->width++ * SHA256_SIZE, d.bytes, SHA256_SIZE);
        edge->width = 0;
        if (level == 0)
            w->bundle.len = 0;
    }
    return true;
}

bool log_writer_add(struct log_writer *w, struct bytes entry, struct err *e)
{
    struct log_edge *edge = &w->edges[0];
    struct digest d = merkle_leaf(entry);

    if (entry.len > TILE_ENTRY_MAX)
        return err_set(e, ERR_LIMIT, "an entry of %zu bytes is larger than %d", entry.len,
                       TILE_ENTRY_MAX);
    text_char(&w->bundle, (char)(uint8_t)(entry.len >> 8));
    text_char(&w->bundle, (char)(uint8_t)(entry.len & 0xff));
    text_add(&w->bundle, entry);
    memcpy(edge->hashes + (size_t)edge->width++ * SHA256_SIZE, d.bytes, SHA256_SIZE);
    w->size++;
    return carry(w, e);
}

/* Partial tiles whose full tile is there now. */
static void partials_remove(struct log_writer *w, uint64_t from)
{
    const struct log_storage *s = w->storage;
    char name[TILE_NAME_SIZE];

    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        uint64_t n = (from >> (8 * level)) / TILE_WIDTH;

        if (tile_width(level, n, w->size) < TILE_WIDTH || tile_width(level, n, from) == 0)
            continue;
        tile_partials_name((struct tile){level, n, 0}, name);
        s->remove_partials(s->user, name);
        if (level > 0)
            continue;
        tile_partials_name((struct tile){TILE_ENTRIES, n, 0}, name);
        s->remove_partials(s->user, name);
    }
}

bool log_writer_commit(struct log_writer *w, struct err *e)
{
    struct log_tree next = {w->size, log_writer_root(w)};
    uint64_t from = w->last.size;

    if (next.size == from)
        return true;
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        if (w->edges[level].width > 0 && !put_edge(w, level, e))
            return false;
    }
    if (!w->storage->flush(w->storage->user, e) || !log_tree_write(w->storage, &next, e))
        return false;
    w->last = next;
    partials_remove(w, from);
    return true;
}
