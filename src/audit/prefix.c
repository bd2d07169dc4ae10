/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/prefix.h"

#include <string.h>

enum {
    BRANCH_SIZE = 32 + SUMS_SIZE
};

/* Bytes of each sum. */
static const uint8_t widths[SUMS] = {4, 4, 4, 4, 0, 2, 2, 3, 3};

static const struct sums neutral = {
    {0, 0, 0, 0, 0, 0xffff, 0, 0xffffff, 0}
};

size_t leaf_size(enum tree t)
{
    return t == TREE_FLEET ? FLEET_LEAF : ALIAS_LEAF;
}

static struct sums sums_read(struct cursor *c)
{
    struct sums s = {0};

    for (size_t i = 0; i < SUMS; i++)
        s.of[i] = (uint32_t)cursor_number(c, widths[i]);
    s.of[SUM_UNKNOWN] = s.of[SUM_N] - s.of[SUM_CLEAN] - s.of[SUM_REVIEW] - s.of[SUM_BAD];
    return s;
}

/* Writes hash and sums, BRANCH_SIZE bytes; returns what follows them. */
static uint8_t *branch_put(uint8_t *to, const struct branch *b)
{
    memcpy(to, b->hash.bytes, sizeof(b->hash.bytes));
    to += sizeof(b->hash.bytes);
    for (size_t i = 0; i < SUMS; i++) {
        for (unsigned left = widths[i]; left > 0; left--)
            *to++ = (uint8_t)(b->sums.of[i] >> 8 * (left - 1));
    }
    return to;
}

static bool sums_equal(const struct sums *a, const struct sums *b)
{
    return memcmp(a->of, b->of, sizeof(a->of)) == 0;
}

static bool sums_fit(const struct sums *s)
{
    bool fit = true;

    for (size_t i = 0; i < SUMS; i++)
        fit = fit && (widths[i] == 0 || (uint64_t)s->of[i] >> 8 * widths[i] == 0);
    return fit;
}

bool sums_good(const struct sums *s, enum tree t)
{
    uint64_t verdicts =
        (uint64_t)s->of[SUM_CLEAN] + s->of[SUM_REVIEW] + s->of[SUM_BAD] + s->of[SUM_UNKNOWN];
    struct sums alias = neutral;

    alias.of[SUM_N] = s->of[SUM_N];
    alias.of[SUM_UNKNOWN] = s->of[SUM_N];
    if (s->of[SUM_N] == 0 || t == TREE_ALIAS)
        return sums_equal(s, &alias);
    return sums_fit(s) && verdicts == s->of[SUM_N] && s->of[SUM_OLDEST] <= s->of[SUM_NEWEST] &&
           (s->of[SUM_ALL] & ~s->of[SUM_ANY]) == 0;
}

static bool sums_add(const struct sums *a, const struct sums *b, struct sums *ret)
{
    for (size_t i = SUM_N; i <= SUM_UNKNOWN; i++) {
        if (__builtin_add_overflow(a->of[i], b->of[i], &ret->of[i]))
            return false;
    }
    ret->of[SUM_OLDEST] =
        a->of[SUM_OLDEST] < b->of[SUM_OLDEST] ? a->of[SUM_OLDEST] : b->of[SUM_OLDEST];
    ret->of[SUM_NEWEST] =
        a->of[SUM_NEWEST] > b->of[SUM_NEWEST] ? a->of[SUM_NEWEST] : b->of[SUM_NEWEST];
    ret->of[SUM_ALL] = a->of[SUM_ALL] & b->of[SUM_ALL];
    ret->of[SUM_ANY] = a->of[SUM_ANY] | b->of[SUM_ANY];
    return true;
}

bool leaf_read(struct view bytes, enum tree t, struct leaf *ret)
{
    struct cursor c = {.left = bytes};

    *ret = (struct leaf){.bytes = bytes};
    cursor_copy(&c, ret->idx.bytes, IDX_SIZE);
    if (t == TREE_FLEET) {
        ret->since = (uint32_t)cursor_number(&c, 4);
        cursor_copy(&c, ret->com.bytes, 32);
        cursor_copy(&c, ret->prev.bytes, 32);
        ret->prev_since = (uint32_t)cursor_number(&c, 4);
    } else {
        cursor_copy(&c, ret->value.bytes, 32);
    }
    ret->sums = sums_read(&c);
    return !c.failed && c.left.len == 0 && ret->sums.of[SUM_N] == 1 &&
           sums_good(&ret->sums, t) &&
           (t == TREE_ALIAS || ret->sums.of[SUM_ALL] == ret->sums.of[SUM_ANY]);
}

/* H(tag bytes) */
static struct hash tagged(uint8_t tag, struct view bytes)
{
    uint8_t raw[1 + FLEET_LEAF] = {tag};

    if (bytes.len > 0)
        memcpy(raw + 1, bytes.data, bytes.len);
    return sha256((struct view){raw, 1 + bytes.len});
}

struct hash leaf_hash(const struct leaf *l)
{
    return tagged(0x00, l->bytes);
}

enum sum leaf_verdict(const struct leaf *l)
{
    enum sum v = SUM_CLEAN;

    while (v < SUM_UNKNOWN && l->sums.of[v] == 0)
        v++;
    return v;
}

const char *verdict_word(enum sum verdict)
{
    static const char *const words[SUMS] = {[SUM_CLEAN] = "clean",
                                            [SUM_REVIEW] = "review",
                                            [SUM_BAD] = "bad",
                                            [SUM_UNKNOWN] = "unknown"};

    return words[verdict];
}

struct branch branch_empty(void)
{
    return (struct branch){tagged(0x02, (struct view){0}), neutral};
}

bool branch_equal(const struct branch *a, const struct branch *b)
{
    return hash_equal(a->hash, b->hash) && sums_equal(&a->sums, &b->sums);
}

/* H(0x01 left.hash left.sums right.hash right.sums), and the sums of both. */
static bool branch_join(const struct branch *left, const struct branch *right,
                        struct branch *ret)
{
    uint8_t raw[1 + 2 * BRANCH_SIZE] = {0x01};
    struct branch both;

    (void)branch_put(branch_put(raw + 1, left), right);
    both.hash = sha256((struct view){raw, sizeof(raw)});
    if (!sums_add(&left->sums, &right->sums, &both.sums))
        return false;
    *ret = both;
    return true;
}

static unsigned bit_of(const struct hash *idx, size_t depth)
{
    return (unsigned)idx->bytes[depth / 8] >> (7 - depth % 8) & 1U;
}

/* How many of the first bits of two idx are the same. */
static size_t shared_bits(const struct hash *a, const struct hash *b)
{
    size_t n = 0;

    while (n < DEPTH_MAX && bit_of(a, n) == bit_of(b, n))
        n++;
    return n;
}

/* Left siblings that wait for the right one, by depth. */
struct waiting {
    struct branch at[DEPTH_MAX + 1];
    bool there[DEPTH_MAX + 1];
};

/* Takes a branch at `depth` up to the depth `to`, along the bits of `idx`. */
static bool climb_to(struct waiting *w, const struct hash *idx, size_t depth, size_t to,
                     struct branch *b)
{
    const struct branch empty = branch_empty();

    for (; depth > to; depth--) {
        const struct branch *left = w->there[depth] ? &w->at[depth] : &empty;
        bool right = bit_of(idx, depth - 1) != 0;

        if (!branch_join(right ? left : b, right ? b : &empty, b))
            return false;
        w->there[depth] = false;
    }
    return true;
}

bool prefix_root(struct view list, enum tree t, const char *what, struct report *r,
                 struct branch *ret)
{
    struct waiting *w = memory_take(r->memory, 1, sizeof(*w));
    size_t size = leaf_size(t);
    size_t count = list.len / size;
    struct leaf leaf = {0};
    size_t before = 0; /* bits shared with the leaf before, plus one; 0: there is none */

    *ret = branch_empty();
    if (list.len % size != 0)
        return disproven(r, "%s: the last leaf is cut off", what);
    for (size_t i = 0; i < count; i++) {
        struct view next = view_after(list, (i + 1) * size);
        struct hash next_idx = {{0}};
        size_t after = 0;

        if (!leaf_read((struct view){list.data + i * size, size}, t, &leaf))
            return disproven(r, "%s: leaf %zu cannot be one", what, i);
        if (next.len > 0) {
            memcpy(next_idx.bytes, next.data, IDX_SIZE);
            if (memcmp(leaf.idx.bytes, next_idx.bytes, IDX_SIZE) >= 0)
                return disproven(r, "%s: leaves %zu and %zu are one idx, or in the wrong order",
                                 what, i, i + 1);
            after = shared_bits(&leaf.idx, &next_idx) + 1;
        }
        *ret = (struct branch){leaf_hash(&leaf), leaf.sums};
        if (!climb_to(w, &leaf.idx, before > after ? before : after, after, ret))
            return disproven(r, "%s: the sums overflow", what);
        w->at[after] = *ret;
        w->there[after] = after > 0;
        before = after;
    }
    return true;
}

bool prefix_read(struct cursor *c, enum tree t, struct prefix_proof *ret)
{
    uint64_t terminal = cursor_number(c, 1);

    *ret = (struct prefix_proof){.terminal = (enum terminal)terminal};
    ret->depth = (size_t)cursor_number(c, 2);
    if (c->failed || terminal > TERMINAL_OTHER || ret->depth > DEPTH_MAX)
        return false;
    if (ret->terminal != TERMINAL_EMPTY &&
        !leaf_read(cursor_take(c, leaf_size(t)), t, &ret->leaf))
        return false;
    ret->siblings = cursor_take(c, ret->depth * BRANCH_SIZE);
    return !c->failed;
}

/* Whether the terminal can stand where it is said to. */
static bool terminal_good(const struct prefix_proof *p, const struct hash *idx)
{
    bool same = hash_equal(p->leaf.idx, *idx);

    switch (p->terminal) {
    case TERMINAL_LEAF:
        return same;
    case TERMINAL_EMPTY:
        return true;
    case TERMINAL_OTHER:
        return !same && shared_bits(&p->leaf.idx, idx) >= p->depth;
    }
    return false;
}

bool prefix_climb(const struct prefix_proof *p, enum tree t, const struct hash *idx,
                  struct branch *ret)
{
    const struct branch empty = branch_empty();
    struct cursor c = {.left = p->siblings};

    *ret = empty;
    if (!terminal_good(p, idx))
        return false;
    if (p->terminal != TERMINAL_EMPTY)
        *ret = (struct branch){leaf_hash(&p->leaf), p->leaf.sums};
    for (size_t depth = p->depth; depth > 0; depth--) {
        struct branch sibling = {0};
        bool right = bit_of(idx, depth - 1) != 0;

        cursor_copy(&c, sibling.hash.bytes, 32);
        sibling.sums = sums_read(&c);
        /* A tree has one form: one leaf, or none, is never split. */
        uint32_t least = depth < p->depth ? 0 : p->terminal == TERMINAL_EMPTY ? 2 : 1;

        if (!sums_good(&sibling.sums, t) || sibling.sums.of[SUM_N] < least ||
            (sibling.sums.of[SUM_N] == 0) != hash_equal(sibling.hash, empty.hash) ||
            !branch_join(right ? &sibling : ret, right ? ret : &sibling, ret))
            return false;
    }
    return true;
}

struct hash root_bound(struct memory *m, const char *domain, struct view origin, uint32_t epoch,
                       const struct branch *root)
{
    struct out ctx = {.memory = m};
    uint8_t raw[1 + 32 + BRANCH_SIZE] = {0x03};

    out_text(&ctx, domain);
    out_add(&ctx, origin);
    out_number(&ctx, epoch, 4);
    struct hash bound = sha256(out_view(&ctx));

    memcpy(raw + 1, bound.bytes, sizeof(bound.bytes));
    (void)branch_put(raw + 1 + 32, root);
    return sha256((struct view){raw, sizeof(raw)});
}
