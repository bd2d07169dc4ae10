/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/log.h"

#include <inttypes.h>
#include <string.h>

enum {
    TILE = 256,
    LOG_MAX = 1 << 26 /* entries */
};

struct audit {
    const struct file_source *files;
    struct report *report;
    const struct operators *by;
    struct statement *statements; /* of the operator, in order */
    size_t count;
    size_t room;
};

/* The Merkle tree (RFC 6962 section 2.1, proofs as in RFC 9162 section 2.1). */

struct hash merkle_leaf(struct memory *m, struct view entry)
{
    struct out o = {.memory = m};

    out_number(&o, 0, 1);
    out_add(&o, entry);
    return sha256(out_view(&o));
}

static struct hash merkle_node(const struct hash *left, const struct hash *right)
{
    uint8_t raw[65] = {1};

    memcpy(raw + 1, left->bytes, 32);
    memcpy(raw + 33, right->bytes, 32);
    return sha256((struct view){raw, sizeof(raw)});
}

/* The root of `count` hashes of one level. Their memory is used up. */
static struct hash merkle_root(struct hash *level, size_t count)
{
    if (count == 0)
        return sha256((struct view){0});
    /* Pairs from the left; one that is left over goes up as it is. */
    while (count > 1) {
        for (size_t i = 0; i < count / 2; i++)
            level[i] = merkle_node(&level[2 * i], &level[2 * i + 1]);
        if (count % 2 != 0)
            level[count / 2] = level[count - 1];
        count = (count + 1) / 2;
    }
    return level[0];
}

/* From place `at` of a level whose last is `last` to the root: `whole` becomes that of all, and
 * `before` that of what ends at the place. False if the proof is not as long as the way. */
static bool merkle_climb(uint64_t at, uint64_t last, const struct hash *proof, size_t count,
                         struct hash *before, struct hash *whole)
{
    for (size_t i = 0; i < count; i++) {
        if (last == 0)
            return false;
        if ((at & 1) != 0 || at == last) {
            *before = merkle_node(&proof[i], before);
            *whole = merkle_node(&proof[i], whole);
            for (; (at & 1) == 0 && at != 0; last >>= 1)
                at >>= 1;
        } else {
            *whole = merkle_node(whole, &proof[i]);
        }
        at >>= 1;
        last >>= 1;
    }
    return last == 0;
}

bool merkle_included(const struct checkpoint *c, uint64_t index, struct hash leaf,
                     const struct hash *proof, size_t count)
{
    struct hash before = leaf;

    return index < c->size && merkle_climb(index, c->size - 1, proof, count, &before, &leaf) &&
           hash_equal(leaf, c->root);
}

/* Whether the tree of `old` is the beginning of that of `new`; 0 < old->size < new->size. */
static bool merkle_extended(const struct checkpoint *old, const struct checkpoint *new,
                            const struct hash *proof, size_t count)
{
    uint64_t at = old->size - 1;
    uint64_t last = new->size - 1;

    if (count == 0)
        return false;
    for (; (at & 1) != 0; last >>= 1)
        at >>= 1;
    /* A complete old tree is a node of the new one, and left out of the proof. */
    bool complete = at == 0;
    struct hash before = complete ? old->root : proof[0];
    struct hash whole = before;
    size_t from = complete ? 0 : 1;

    return merkle_climb(at, last, proof + from, count - from, &before, &whole) &&
           hash_equal(before, old->root) && hash_equal(whole, new->root);
}

/* Lines of Base 64, each a hash, to an empty line. */
static bool hashes_read(struct memory *m, struct view *rest, struct hash *ret,
                        size_t *ret_count)
{
    struct view line;

    *ret_count = 0;
    while (view_cut(rest, '\n', &line)) {
        if (line.len == 0)
            return true;
        if (*ret_count == MERKLE_PROOF || !hash_read(m, line, &ret[(*ret_count)++]))
            return false;
    }
    return false;
}

bool log_proof_read(struct memory *m, struct view file, struct log_proof *ret)
{
    struct view line;

    *ret = (struct log_proof){0};
    if (!view_cut(&file, '\n', &line) || !view_is(line, "c2sp.org/tlog-proof@v1") ||
        !view_cut(&file, '\n', &line))
        return false;
    if (view_begins(line, "extra ") &&
        (!base64_read(m, view_after(line, 6), &ret->extra) || !view_cut(&file, '\n', &line)))
        return false;
    if (!view_begins(line, "index ") || !view_number(view_after(line, 6), &ret->index) ||
        !hashes_read(m, &file, ret->hashes, &ret->count))
        return false;
    ret->checkpoint = file;
    return file.len > 0;
}

/* A proof as a witness is asked with (c2sp.org/tlog-witness): "old N", hashes, the new note. */
static bool extension_good(struct memory *m, struct view proof, struct view note,
                           const struct checkpoint *x, const struct checkpoint *y)
{
    struct hash hashes[MERKLE_PROOF];
    struct view line;
    uint64_t old = 0;
    size_t count = 0;

    return view_cut(&proof, '\n', &line) && view_begins(line, "old ") &&
           view_number(view_after(line, 4), &old) && old == x->size &&
           hashes_read(m, &proof, hashes, &count) && view_equal(proof, note) &&
           merkle_extended(x, y, hashes, count);
}

void checkpoints_audit(struct view old, struct view new, struct view proof,
                       const struct policy *p, struct report *r)
{
    struct witnessed a;
    struct witnessed b;
    bool first = policy_judge(p, old, "old checkpoint", r, &a);

    if (!policy_judge(p, new, "new checkpoint", r, &b) || !first)
        return;
    const struct checkpoint *x = &a.checkpoint;
    const struct checkpoint *y = &b.checkpoint;

    if (!view_equal(x->origin, y->origin)) {
        (void)untold(r, "the checkpoints are of two logs");
    } else if (x->size == y->size) {
        if (hash_equal(x->root, y->root))
            proven(r, "both are of one tree");
        else
            (void)disproven(r, "FORK: the log has signed two trees of one size");
    } else if (x->size > y->size || x->size == 0) {
        (void)untold(r,
                     "from a later or an empty tree nothing follows: give the earlier first");
    } else if (proof.data == NULL) {
        (void)untold(r, "whether the later tree extends the earlier: no PROOF was given");
    } else if (!extension_good(r->memory, proof, new, x, y)) {
        (void)disproven(r, "the proof does not show that the later tree extends the earlier");
    } else {
        proven(r, "the tree of %" PRIu64 " entries is the beginning of that of %" PRIu64,
               x->size, y->size);
    }
}

/* tile/LEVEL/N, N as x001/x234/067; a partial tile's ends with its width. */
static const char *tile_path(struct memory *m, const char *level, size_t n, size_t width)
{
    const char *path = text_of(m, "%03zu", n % 1000);

    for (size_t high = n / 1000; high > 0; high /= 1000)
        path = text_of(m, "x%03zu/%s", high % 1000, path);
    path = text_of(m, "tile/%s/%s", level, path);
    return width < TILE ? text_of(m, "%s.p/%zu", path, width) : path;
}

/* A partial tile may have been dropped for the full one, which begins with it. */
static bool tile_read(struct audit *a, const char *level, size_t n, size_t width,
                      struct memory *m, struct view *ret)
{
    const struct file_source *f = a->files;
    const char *path = tile_path(m, level, n, width);

    return f->read(f->user, path, m, ret) ||
           (width < TILE && f->read(f->user, tile_path(m, level, n, TILE), m, ret)) ||
           untold(a->report, "%s is not there", path);
}

/* Keeps an entry that is a statement of the operator; the same again says nothing new. */
static bool take_entry(struct audit *a, size_t index, struct view entry, struct memory *m)
{
    struct statement s;
    struct view payload = {0};
    struct report unheard = {.memory = m};
    struct report quiet = {.memory = a->report->memory};

    if (a->by->count == 0 || !envelope_open(entry, a->by, "entry", &unheard, &payload, NULL) ||
        !payload_claims(payload))
        return true;
    /* What the statement views must outlive this entry. */
    struct out copy = {.memory = a->report->memory};

    out_add(&copy, entry);
    if (!statement_open(out_view(&copy), a->by, "entry", &quiet, &s))
        return disproven(a->report, "entry %zu is signed as a statement and is none: %s", index,
                         quiet.last->text);
    if (a->count > 0 && hash_equal(a->statements[a->count - 1].payload, s.payload))
        return true;
    if (a->count == a->room) {
        struct statement *wider = memory_take(a->report->memory, 2 * a->room + 8, sizeof(s));

        if (a->count > 0)
            memcpy(wider, a->statements, a->count * sizeof(s));
        a->statements = wider;
        a->room = 2 * a->room + 8;
    }
    a->statements[a->count++] = s;
    return true;
}

/* The entries of one tile, hashed into `ret`. */
static bool bundle_hash(struct audit *a, size_t n, size_t width, struct memory *m,
                        struct hash *ret)
{
    struct view bundle;

    if (!tile_read(a, "entries", n, width, m, &bundle))
        return false;
    struct cursor c = {.left = bundle};

    for (size_t i = 0; i < width; i++) {
        struct view entry = cursor_sized(&c, 2);

        if (c.failed)
            return disproven(a->report, "the bundle of entries %zu is cut off", n);
        ret[i] = merkle_leaf(m, entry);
        if (!take_entry(a, n * TILE + i, entry, m))
            return false;
    }
    return true;
}

/* Holds the tiles of one level against what they must be; `hashes` become those of the next. */
static bool level_audit(struct audit *a, unsigned level, struct hash *hashes, size_t count)
{
    const char *name = text_of(a->report->memory, "%u", level);

    for (size_t n = 0; n * TILE < count; n++) {
        size_t width = count - n * TILE < TILE ? count - n * TILE : TILE;
        struct memory scratch = {0};
        struct view tile;
        bool there = tile_read(a, name, n, width, &scratch, &tile);
        bool same = there && tile.len >= width * sizeof(*hashes) &&
                    memcmp(tile.data, &hashes[n * TILE], width * sizeof(*hashes)) == 0;

        memory_done(&scratch);
        if (!there)
            return false;
        if (!same)
            return disproven(a->report, "tile %zu of level %u is not what its entries give", n,
                             level);
        if (width == TILE)
            hashes[n] = merkle_root(&hashes[n * TILE], TILE);
    }
    return true;
}

static bool entries_audit(struct audit *a, size_t size, struct hash *hashes)
{
    for (size_t n = 0; n * TILE < size; n++) {
        size_t width = size - n * TILE < TILE ? size - n * TILE : TILE;
        struct memory scratch = {0};
        bool good = bundle_hash(a, n, width, &scratch, &hashes[n * TILE]);

        memory_done(&scratch);
        if (!good)
            return false;
    }
    return true;
}

/* The root over the first `size` hashes, which stay as they are. */
static struct hash root_of(const struct hash *hashes, size_t size)
{
    struct memory scratch = {0};
    struct hash *copy = memory_take(&scratch, size + 1, sizeof(*copy));

    memcpy(copy, hashes, size * sizeof(*copy));
    struct hash root = merkle_root(copy, size);

    memory_done(&scratch);
    return root;
}

static bool tree_audit(struct audit *a, const struct checkpoint *c, const struct policy *p,
                       struct view old, struct hash *hashes)
{
    size_t size = (size_t)c->size;
    struct hash root = root_of(hashes, size);
    struct witnessed w;

    if (!hash_equal(root, c->root))
        return disproven(a->report, "the entries do not give the root of the checkpoint");
    if (old.data != NULL) {
        if (!policy_judge(p, old, "old checkpoint", a->report, &w))
            return false;
        if (!view_equal(w.checkpoint.origin, c->origin) || w.checkpoint.size > c->size)
            return untold(a->report,
                          "the old checkpoint is of another log, or of a later tree");
        root = root_of(hashes, (size_t)w.checkpoint.size);
        if (!hash_equal(root, w.checkpoint.root))
            return disproven(a->report,
                             "FORK: the log began otherwise when it had %" PRIu64 " entries",
                             w.checkpoint.size);
        proven(a->report, "the log extends the old checkpoint");
    }
    for (unsigned level = 0; size > 0; level++, size /= TILE) {
        if (!level_audit(a, level, hashes, size))
            return false;
    }
    proven(a->report, "all %" PRIu64 " entries and all tiles give the root of the checkpoint",
           c->size);
    return true;
}

void log_audit(const struct file_source *files, const struct policy *p, struct view old,
               const struct operators *by, struct report *r)
{
    struct audit a = {.files = files, .report = r, .by = by};
    struct witnessed w;
    struct view note;

    if (!files->read(files->user, "checkpoint", r->memory, &note)) {
        (void)untold(r, "the folder has no checkpoint");
        return;
    }
    if (!policy_judge(p, note, "checkpoint", r, &w) && (r->seen & 1U << DISPROVEN) != 0)
        return;
    if (w.checkpoint.size > LOG_MAX) {
        (void)untold(r, "the log has more entries than are read here");
        return;
    }
    struct hash *hashes =
        memory_take(r->memory, (size_t)w.checkpoint.size + 1, sizeof(*hashes));

    if (!entries_audit(&a, (size_t)w.checkpoint.size, hashes) ||
        !tree_audit(&a, &w.checkpoint, p, old, hashes))
        return;
    if (by->count == 0)
        unchecked(r, "the statements in the log: no key was given");
    else if (a.count == 0)
        unchecked(r, "statements: the log has none by this key");
    else
        (void)statements_chain(a.statements, a.count, r);
}
