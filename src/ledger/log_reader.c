/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/log_reader.h"

#include <string.h>

void log_reader_init(struct log_reader *r, const struct log_storage *storage, uint64_t size)
{
    r->storage = storage;
    r->size = size;
    r->next = 0;
    for (size_t i = 0; i < LOG_READER_SLOTS; i++)
        r->slots[i].tile.width = 0;
}

/* A tile or bundle as it is stored. A partial one may have been replaced by the full one. */
static bool read_file(struct log_reader *r, struct tile t, size_t max, struct arena *a,
                      struct bytes *ret, struct err *e)
{
    const struct log_storage *s = r->storage;
    char name[TILE_NAME_SIZE];
    struct err other;

    tile_name(t, name);
    if (s->read(s->user, name, max, a, ret, e))
        return true;
    if (e->code != ERR_ABSENT)
        return err_wrap(e, "%s", name);
    if (t.width < TILE_WIDTH) {
        char full[TILE_NAME_SIZE];

        t.width = TILE_WIDTH;
        tile_name(t, full);
        if (s->read(s->user, full, max, a, ret, &other))
            return true;
    }
    return err_set(e, ERR_INPUT, "%s is missing", name);
}

/* Fills a slot. */
static bool load(struct log_reader *r, struct tile t, struct log_slot *slot, struct err *e)
{
    size_t want = (size_t)t.width * SHA256_SIZE;
    char name[TILE_NAME_SIZE];
    struct arena a;
    struct bytes b;

    slot->tile.width = 0;
    arena_init(&a);
    bool good = read_file(r, t, TILE_BYTES, &a, &b, e);

    if (good && b.len != want && b.len != TILE_BYTES) {
        tile_name(t, name);
        good = err_set(e, ERR_INPUT, "%s is torn: %zu bytes, not %zu", name, b.len, want);
    }
    if (good) {
        memcpy(slot->hashes, b.data, want);
        slot->tile = t;
    }
    arena_done(&a);
    return good;
}

bool log_reader_tile(struct log_reader *r, unsigned level, uint64_t index,
                     const uint8_t **ret_hashes, unsigned *ret_width, struct err *e)
{
    struct tile t = {level, index, tile_width(level, index, r->size)};

    if (t.width == 0)
        return err_set(e, ERR_INPUT, "a tree of %llu entries has no tile %llu at level %u",
                       (unsigned long long)r->size, (unsigned long long)index, level);
    *ret_width = t.width;
    for (size_t i = 0; i < LOG_READER_SLOTS; i++) {
        struct log_slot *s = &r->slots[i];

        if (s->tile.width == t.width && s->tile.level == level && s->tile.index == index) {
            *ret_hashes = s->hashes;
            return true;
        }
    }
    struct log_slot *s = &r->slots[r->next];

    r->next = (r->next + 1) % LOG_READER_SLOTS;
    *ret_hashes = s->hashes;
    return load(r, t, s, e);
}

static bool source_node(void *user, unsigned level, uint64_t index, struct digest *ret,
                        struct err *e)
{
    struct log_reader *r = user;
    unsigned below = level % 8;
    uint64_t first = index << below;
    unsigned at = (unsigned)(first % TILE_WIDTH);
    const uint8_t *hashes;
    unsigned width = 0;

    if (!log_reader_tile(r, level / 8, first / TILE_WIDTH, &hashes, &width, e))
        return false;
    if (at + (1U << below) > width)
        return err_set(e, ERR_INPUT, "the tree is too small for this proof");
    *ret = tile_subtree(hashes + (size_t)at * SHA256_SIZE, 1U << below);
    return true;
}

struct merkle_source log_reader_source(struct log_reader *r)
{
    return (struct merkle_source){source_node, r};
}

bool log_reader_root(struct log_reader *r, struct digest *ret, struct err *e)
{
    struct merkle_source s = log_reader_source(r);

    return merkle_root(&s, (struct merkle_range){0, r->size}, ret, e);
}

/* Compares the entries of a bundle with their leaves; cuts off what a later tree has. */
static bool bundle_verify(struct log_reader *r, struct tile t, struct bytes *bundle,
                          struct err *e)
{
    struct bytes rest = *bundle;
    char name[TILE_NAME_SIZE];
    const uint8_t *leaves;
    struct bytes entry;
    unsigned width = 0;

    tile_name(t, name);
    if (!log_reader_tile(r, 0, t.index, &leaves, &width, e))
        return false;
    for (unsigned i = 0; i < width; i++) {
        if (!tile_entry_next(&rest, &entry))
            return err_set(e, ERR_INPUT, "%s is torn: it ends within entry %u of %u", name, i,
                           width);
        struct digest d = merkle_leaf(entry);

        if (memcmp(d.bytes, leaves + (size_t)i * SHA256_SIZE, SHA256_SIZE) != 0)
            return err_set(e, ERR_INPUT, "%s: entry %u does not hash to its leaf", name, i);
    }
    bundle->len -= rest.len;
    return true;
}

bool log_reader_bundle(struct log_reader *r, uint64_t index, struct arena *a, struct bytes *ret,
                       struct err *e)
{
    struct tile t = {TILE_ENTRIES, index, tile_width(TILE_ENTRIES, index, r->size)};

    if (t.width == 0)
        return err_set(e, ERR_INPUT, "a tree of %llu entries has no bundle %llu",
                       (unsigned long long)r->size, (unsigned long long)index);
    return read_file(r, t, TILE_BUNDLE_MAX, a, ret, e) && bundle_verify(r, t, ret, e);
}

bool log_reader_entry(struct log_reader *r, uint64_t index, struct arena *a, struct bytes *ret,
                      struct err *e)
{
    struct bytes rest;

    if (!log_reader_bundle(r, index / TILE_WIDTH, a, &rest, e))
        return false;
    for (uint64_t i = 0; i <= index % TILE_WIDTH; i++) {
        if (!tile_entry_next(&rest, ret))
            return err_set(e, ERR_INPUT, "the log has no entry %llu",
                           (unsigned long long)index);
    }
    return true;
}

bool log_reader_find(struct log_reader *r, const struct digest *leaf, uint64_t *ret,
                     struct err *e)
{
    for (uint64_t n = 0; tile_width(0, n, r->size) > 0; n++) {
        const uint8_t *hashes;
        unsigned width = 0;

        if (!log_reader_tile(r, 0, n, &hashes, &width, e))
            return false;
        for (unsigned i = 0; i < width; i++) {
            if (memcmp(hashes + (size_t)i * SHA256_SIZE, leaf->bytes, SHA256_SIZE) != 0)
                continue;
            *ret = n * TILE_WIDTH + i;
            return true;
        }
    }
    return err_set(e, ERR_ABSENT, "the log has no such entry");
}

/* Whether a full tile hashes to what the tile above has in its place. */
static bool tile_check(struct log_reader *r, unsigned level, uint64_t index, struct err *e)
{
    const uint8_t *hashes;
    unsigned width = 0;

    if (!log_reader_tile(r, level, index, &hashes, &width, e))
        return false;
    if (width < TILE_WIDTH)
        return true;
    struct digest d = tile_subtree(hashes, TILE_WIDTH);

    if (!log_reader_tile(r, level + 1, index / TILE_WIDTH, &hashes, &width, e))
        return false;
    if (memcmp(d.bytes, hashes + (size_t)(index % TILE_WIDTH) * SHA256_SIZE, SHA256_SIZE) == 0)
        return true;
    char name[TILE_NAME_SIZE];

    tile_name((struct tile){level, index, TILE_WIDTH}, name);
    return err_set(e, ERR_INPUT, "%s does not hash to what the tile above it has", name);
}

bool log_check(struct log_reader *r, uint64_t start, struct err *e)
{
    for (uint64_t n = start / TILE_WIDTH; tile_width(0, n, r->size) > 0; n++) {
        struct arena a;
        struct bytes bundle;

        arena_init(&a);
        bool good = log_reader_bundle(r, n, &a, &bundle, e);

        arena_done(&a);
        if (!good)
            return false;
    }
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        uint64_t n = level == TILE_LEVELS - 1 ? 0 : start >> (8 * (level + 1));

        for (; tile_width(level, n, r->size) > 0; n++) {
            if (!tile_check(r, level, n, e))
                return false;
        }
    }
    return true;
}
