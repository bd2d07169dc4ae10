/* SPDX-License-Identifier: Apache-2.0 */
#include "appraise/reads.h"

#include <string.h>

#include "appraise/reads_private.h"

enum {
    CHUNK = 4096,
    BLANK_RANGE_MIN = 256,
    SPARSE_PER_PAGE = 16, /* differing bytes in a touched page of 256, on average, at most */
    IMAGE_BLOCKS_MIN = 16
};

const uint32_t reads_sizes[READS_SIZES] = {256, 4096, 65536};

static const struct reads_kind_info kinds[] = {
#define READS_KIND(id, name, severity, meaning, next)                                          \
    {name, SEVERITY_##severity, meaning, next},
#include "appraise/reads.def"
#undef READS_KIND
};

const struct reads_kind_info *reads_kind_info(enum reads_kind k)
{
    return &kinds[k];
}

const char *reads_stability_name(enum reads_stability s)
{
    switch (s) {
    case READS_STABILITY_UNKNOWN:
        return "unknown";
    case READS_STABLE:
        return "stable";
    case READS_ONCE:
        return "once";
    case READS_UNSTABLE:
        return "unstable";
    }
    return "";
}

/* The block of one size in which a reading differed last. */
struct block {
    uint64_t index;
    uint64_t first;
    uint64_t last;
    uint64_t differing; /* 0: none yet */
};

/* What is counted beside a row. */
struct tally {
    struct block blocks[READS_SIZES];
    uint64_t other_erased; /* differing bytes that are 0xff in most readings */
    uint64_t other_zeroed;
};

struct comparison {
    struct reads *r;
    struct arena *arena;
    struct tally *tallies; /* by row */
    uint8_t first_split[READS_MAX];
    bool split_known;
    bool split_varies;
};

/* Differs nearly throughout: from near its start to near its end, and densely. */
static void block_end(struct reads_row *row, const struct block *b, unsigned size)
{
    uint64_t start = b->index * reads_sizes[size];
    uint64_t length = row->bytes.len - start;

    if (length > reads_sizes[size])
        length = reads_sizes[size];
    if (b->differing == 0)
        return;
    row->touched[size]++;
    if (b->last - b->first >= length / 8 * 7 && b->differing >= length / 8)
        row->replaced[size]++;
}

/* How many of a byte's bits are set. */
static unsigned bits_of(int byte)
{
    unsigned count = 0;

    for (unsigned v = (unsigned)byte & 0xff; v != 0; v &= v - 1)
        count++;
    return count;
}

static void tally_byte(struct reads_row *row, struct tally *t, uint64_t offset, uint8_t most)
{
    uint8_t here = row->bytes.data[offset];

    if (row->differing++ == 0)
        row->first = offset;
    row->last = offset;
    row->bits_set += bits_of(here & ~most);
    row->bits_cleared += bits_of(most & ~here);
    row->erased += here == 0xff;
    row->zeroed += here == 0;
    t->other_erased += most == 0xff;
    t->other_zeroed += most == 0;
    for (unsigned i = 0; i < READS_SIZES; i++) {
        struct block *b = &t->blocks[i];
        uint64_t index = offset / reads_sizes[i];

        if (b->differing > 0 && b->index != index) {
            block_end(row, b, i);
            b->differing = 0;
        }
        if (b->differing++ == 0)
            b->first = offset;
        b->index = index;
        b->last = offset;
    }
}

static void cluster_byte(struct comparison *c, uint64_t offset)
{
    struct reads *r = c->r;

    r->differing++;
    if (r->cluster_count > 0) {
        struct reads_cluster *last = &r->clusters[r->cluster_count - 1];

        if (offset - (last->offset + last->length) < READS_CLUSTER_GAP) {
            last->length = offset + 1 - last->offset;
            last->differing++;
            return;
        }
    }
    r->cluster_total++;
    if (r->cluster_count >= READS_CLUSTERS_MAX)
        return;
    arena_grow(c->arena, &r->clusters, r->cluster_count, &r->cluster_cap, sizeof(*r->clusters));
    r->clusters[r->cluster_count++] = (struct reads_cluster){offset, 1, 1};
}

/* What more than half of the readings have here, else what the base has. */
static uint8_t most_have(const struct reads *r, uint64_t offset)
{
    uint8_t base = r->rows[r->base].bytes.data[offset];
    size_t voters = 0;

    for (size_t i = 0; i < r->count; i++)
        voters += offset < r->rows[i].bytes.len;
    for (size_t i = 0; voters > 2 && i < r->count; i++) {
        size_t votes = 0;

        if (offset >= r->rows[i].bytes.len)
            continue;
        for (size_t k = i; k < r->count; k++) {
            votes += offset < r->rows[k].bytes.len &&
                     r->rows[k].bytes.data[offset] == r->rows[i].bytes.data[offset];
        }
        if (2 * votes > voters)
            return r->rows[i].bytes.data[offset];
    }
    return base;
}

/* Into which sides the readings fall here: of each, the first that has the same byte. */
static void split_note(struct comparison *c, uint64_t offset)
{
    uint8_t split[READS_MAX] = {0};

    for (size_t i = 0; i < c->r->count; i++) {
        struct bytes b = c->r->rows[i].bytes;
        size_t k = 0;

        while (k < i && (offset >= c->r->rows[k].bytes.len || offset >= b.len ||
                         c->r->rows[k].bytes.data[offset] != b.data[offset]))
            k++;
        split[i] = (uint8_t)k;
    }
    if (!c->split_known)
        memcpy(c->first_split, split, sizeof(split));
    c->split_varies = c->split_varies ||
                      (c->split_known && memcmp(c->first_split, split, sizeof(split)) != 0);
    c->split_known = true;
}

static void compare_byte(struct comparison *c, uint64_t offset)
{
    struct reads *r = c->r;
    uint8_t base = r->rows[r->base].bytes.data[offset];
    bool differs = false;

    for (size_t i = 0; i < r->count && !differs; i++)
        differs = offset < r->rows[i].bytes.len && r->rows[i].bytes.data[offset] != base;
    if (!differs)
        return;
    uint8_t most = most_have(r, offset);

    cluster_byte(c, offset);
    split_note(c, offset);
    for (size_t i = 0; i < r->count; i++) {
        if (offset < r->rows[i].bytes.len && r->rows[i].bytes.data[offset] != most)
            tally_byte(&r->rows[i], &c->tallies[i], offset, most);
    }
}

static bool chunk_equal(const struct reads *r, size_t offset)
{
    struct bytes base = bytes_slice(r->rows[r->base].bytes, offset, CHUNK);

    for (size_t i = 0; i < r->count; i++) {
        struct bytes b = bytes_slice(r->rows[i].bytes, offset, base.len);

        if (b.len > 0 && memcmp(b.data, base.data, b.len) != 0)
            return false;
    }
    return true;
}

static void compare_all(struct comparison *c)
{
    struct reads *r = c->r;
    size_t length = r->rows[r->base].bytes.len;

    for (size_t at = 0; at < length; at += CHUNK) {
        size_t end = length - at < CHUNK ? length : at + CHUNK;

        if (chunk_equal(r, at))
            continue;
        for (size_t offset = at; offset < end; offset++)
            compare_byte(c, offset);
    }
    for (size_t i = 0; i < r->count; i++) {
        for (unsigned k = 0; k < READS_SIZES; k++)
            block_end(&r->rows[i], &c->tallies[i].blocks[k], k);
    }
}

/* Equal readings get one number. */
static void group(struct reads *r)
{
    for (size_t i = 0; i < r->count; i++) {
        for (size_t k = 0; k < i && r->rows[i].group == 0; k++) {
            if (bytes_equal(r->rows[i].bytes, r->rows[k].bytes))
                r->rows[i].group = r->rows[k].group;
        }
        if (r->rows[i].group == 0)
            r->rows[i].group = ++r->groups;
    }
}

static size_t group_size(const struct reads *r, unsigned number)
{
    size_t n = 0;

    for (size_t i = 0; i < r->count; i++)
        n += r->rows[i].group == number;
    return n;
}

static bool is_blank(struct bytes b)
{
    return b.len == 0 || bytes_all(b, b.data[0]);
}

/* The reading that most agree with, the first of them; a blank one only if all are. */
static size_t choose_base(const struct reads *r)
{
    size_t best = 0;

    for (size_t i = 1; i < r->count; i++) {
        bool blank = is_blank(r->rows[i].bytes);
        bool best_blank = is_blank(r->rows[best].bytes);

        if ((best_blank && !blank) ||
            (best_blank == blank &&
             group_size(r, r->rows[i].group) > group_size(r, r->rows[best].group)))
            best = i;
    }
    return best;
}

static bool is_sparse(const struct reads_row *row)
{
    return 4 * (row->bits_set + row->bits_cleared) <= 5 * row->differing &&
           row->differing <= SPARSE_PER_PAGE * row->touched[0];
}

/* Whether half of the sectors that hold anything differ. */
static bool is_other_image(const struct reads_row *row)
{
    uint64_t used = 0;

    if (row->touched[1] < IMAGE_BLOCKS_MIN)
        return false;
    for (size_t at = 0; at < row->bytes.len; at += reads_sizes[1])
        used += !is_blank(bytes_slice(row->bytes, at, reads_sizes[1]));
    return 2 * row->touched[1] >= used && row->differing >= used * reads_sizes[1] / 8;
}

/* By the pattern of what differs, where no law holds. */
static enum reads_kind pattern(struct reads_row *row, const struct tally *t)
{
    uint64_t n = row->differing;

    for (unsigned i = 0; i < READS_SIZES; i++) {
        if (row->touched[i] > 0 && row->replaced[i] == row->touched[i])
            row->aligned = reads_sizes[i];
    }
    if (n >= BLANK_RANGE_MIN && (row->erased == n || row->zeroed == n)) {
        row->detail = row->erased == n ? 0xff : 0;
        return READS_BLANK_RANGE;
    }
    if (n >= BLANK_RANGE_MIN && (t->other_erased == n || t->other_zeroed == n)) {
        row->of_base = true;
        row->detail = t->other_erased == n ? 0xff : 0;
        return READS_BLANK_RANGE;
    }
    if (is_sparse(row))
        return READS_SPARSE;
    if (is_other_image(row))
        return READS_OTHER_IMAGE;
    return row->aligned != 0 ? READS_PAGES : READS_CLUSTERED;
}

static void classify(struct reads *r, size_t i, const struct tally *t)
{
    struct reads_row *row = &r->rows[i];
    struct bytes base = r->rows[r->base].bytes;

    if (is_blank(row->bytes) && is_blank(base) && row->bytes.len > 0) {
        row->kind = READS_BLANK;
        row->detail = row->bytes.data[0];
        return;
    }
    if (row->group != r->rows[r->base].group &&
        (row->bytes.len == base.len ? reads_lines(row, base) : reads_lengths(row, base)))
        return;
    if (row->differing > 0)
        row->kind = pattern(row, t);
    if (row->bytes.len != base.len && row->kind < READS_LENGTH)
        row->kind = READS_LENGTH;
}

static enum reads_stability stability(const struct comparison *c)
{
    const struct reads *r = c->r;
    enum reads_stability s = READS_STABLE;

    if (r->count < 3 || r->differing == 0)
        return READS_STABILITY_UNKNOWN;
    if (c->split_varies)
        return READS_UNSTABLE;
    for (unsigned g = 1; g <= r->groups; g++) {
        if (group_size(r, g) < 2)
            s = READS_ONCE;
    }
    return s;
}

/* "Every second reading": seen through at least twice. */
static unsigned period(const struct reads *r)
{
    for (unsigned p = 2; r->groups > 1 && 2 * (size_t)p <= r->count; p++) {
        size_t i = p;

        while (i < r->count && r->rows[i].group == r->rows[i % p].group)
            i++;
        if (i == r->count)
            return p;
    }
    return 0;
}

void reads_compare(const struct reading *readings, size_t count, struct arena *a,
                   struct reads *ret)
{
    struct comparison c = {.r = ret, .arena = a};

    if (count < 1 || count > READS_MAX)
        BUG("a number of readings that nobody can compare");
    *ret = (struct reads){.count = count, .rows = ARENA_ARRAY(a, struct reads_row, count)};
    c.tallies = ARENA_ARRAY(a, struct tally, count);
    for (size_t i = 0; i < count; i++) {
        ret->rows[i].name = readings[i].name;
        ret->rows[i].bytes = readings[i].bytes;
    }
    group(ret);
    ret->base = choose_base(ret);
    ret->alternates = period(ret);
    if (ret->groups > 1)
        compare_all(&c);
    ret->stability = stability(&c);
    for (size_t i = 0; i < count; i++) {
        classify(ret, i, &c.tallies[i]);
        if (ret->rows[i].kind > ret->kind) {
            ret->kind = ret->rows[i].kind;
            ret->speaker = i;
        }
    }
}
