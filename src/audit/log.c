/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/log.h"

#include <string.h>

#include "audit/log_proof.h"

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
           merkle_extended(x->size, y->size, &x->root, &y->root, hashes, count);
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
        if (hash_equal(&x->root, &y->root))
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
        proven(r, "the tree of %llu entries is the beginning of that of %llu",
               (unsigned long long)x->size, (unsigned long long)y->size);
    }
}

/* tile/LEVEL/N as x001/x234/067, without the ending of a partial tile. */
static const char *tile_path(struct memory *m, const char *level, size_t n, size_t width)
{
    struct out o = {.memory = m};
    size_t unit = 1;

    out_text(&o, "tile/");
    out_text(&o, level);
    while (n / unit >= 1000)
        unit *= 1000;
    for (; unit > 0; unit /= 1000) {
        size_t part = n / unit % 1000;
        const char digits[] = {'/',
                               'x',
                               (char)('0' + part / 100),
                               (char)('0' + part / 10 % 10),
                               (char)('0' + part % 10),
                               0};

        out_text(&o, unit == 1 ? "/" : digits);
        if (unit == 1)
            out_text(&o, digits + 2);
    }
    if (width < TILE) {
        out_text(&o, ".p/");
        out_decimal(&o, width);
    }
    out_number(&o, 0, 1);
    return (const char *)o.data;
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

/* Whether the envelope, signed by the operator, says that it is a statement. */
static bool claims_statement(struct view entry, const struct operators *by, struct memory *m)
{
    struct report *quiet = memory_take(m, 1, sizeof(*quiet));
    const struct key *k = NULL;
    struct view payload = {0};
    struct view part;

    quiet->memory = m;
    if (!envelope_open(entry, by, "entry", quiet, &payload, &k))
        return false;
    while (view_cut(&payload, ',', &part)) {
        if (view_is(part, "\"predicateType\":\"urn:assay:fleet-integrity:1\""))
            return true;
    }
    return false;
}

/* Keeps an entry that is a statement of the operator; the same again says nothing new. */
static bool take_entry(struct audit *a, size_t index, struct view entry, struct memory *m)
{
    struct statement s;
    struct report *quiet = memory_take(m, 1, sizeof(*quiet));

    if (a->by->count == 0 || !claims_statement(entry, a->by, m))
        return true;
    /* What the statement views must outlive this entry. */
    struct out copy = {.memory = a->report->memory};

    out_add(&copy, entry);
    quiet->memory = a->report->memory;
    if (!statement_open(out_view(&copy), a->by, "entry", quiet, &s))
        return disproven(a->report, "entry %zu is signed as a statement and is none: %s", index,
                         quiet->lines[quiet->count - 1].text);
    if (a->count > 0 && hash_equal(&a->statements[a->count - 1].payload, &s.payload))
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
    struct out name = {.memory = a->report->memory};

    out_decimal(&name, level);
    out_number(&name, 0, 1);
    for (size_t n = 0; n * TILE < count; n++) {
        size_t width = count - n * TILE < TILE ? count - n * TILE : TILE;
        struct memory scratch = {0};
        struct view tile;
        bool there = tile_read(a, (const char *)name.data, n, width, &scratch, &tile);
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

    if (!hash_equal(&root, &c->root))
        return disproven(a->report, "the entries do not give the root of the checkpoint");
    if (old.data != NULL) {
        if (!policy_judge(p, old, "old checkpoint", a->report, &w))
            return false;
        if (!view_equal(w.checkpoint.origin, c->origin) || w.checkpoint.size > c->size)
            return untold(a->report,
                          "the old checkpoint is of another log, or of a later tree");
        root = root_of(hashes, (size_t)w.checkpoint.size);
        if (!hash_equal(&root, &w.checkpoint.root))
            return disproven(a->report,
                             "FORK: the log began otherwise when it had %llu entries",
                             (unsigned long long)w.checkpoint.size);
        proven(a->report, "the log extends the old checkpoint");
    }
    for (unsigned level = 0; size > 0; level++, size /= TILE) {
        if (!level_audit(a, level, hashes, size))
            return false;
    }
    proven(a->report, "all %llu entries and all tiles give the root of the checkpoint",
           (unsigned long long)c->size);
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
