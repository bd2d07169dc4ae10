/* SPDX-License-Identifier: Apache-2.0 */
#include "appraise/coverage.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/bundle.h"
#include "evidence/source.h"

/* While building a row: what its sources gave. */
struct tally {
    bool seen;
    bool partial;
    bool tried;
    enum coverage_state worst; /* of what gave nothing */
    struct bytes reason;       /* of that */
};

/* Of surfaces that gave nothing the state that explains most; what blinds comes first. */
static unsigned state_weight(enum coverage_state s)
{
    static const unsigned weights[] = {
        [COVERAGE_SEEN] = 0,        [COVERAGE_ABSENT] = 1,   [COVERAGE_UNTRIED] = 2,
        [COVERAGE_UNSUPPORTED] = 3, [COVERAGE_EXCLUDED] = 4, [COVERAGE_PARTIAL] = 5,
        [COVERAGE_REFUSED] = 6,     [COVERAGE_FAILED] = 7,
    };

    return weights[s];
}

/* A surface that another source of it gave is not short for want of this one. */
static bool state_blinds(enum coverage_state s)
{
    return s == COVERAGE_PARTIAL || s == COVERAGE_REFUSED || s == COVERAGE_FAILED ||
           s == COVERAGE_EXCLUDED;
}

static int row_order(const void *left, const void *right)
{
    const struct surface_coverage *a = left;
    const struct surface_coverage *b = right;
    int c = strcmp(a->surface, b->surface);

    return c != 0 ? c : strcmp(a->witness, b->witness);
}

struct surface_coverage *coverage_find(const struct coverage *c, struct bytes surface,
                                       struct bytes witness)
{
    for (size_t i = 0; i < c->count; i++) {
        if (bytes_equal_text(surface, c->rows[i].surface) &&
            bytes_equal_text(witness, c->rows[i].witness))
            return &c->rows[i];
    }
    return NULL;
}

static void row_add(struct coverage *c, const char *surface, const char *witness)
{
    if (coverage_find(c, bytes_of(surface), bytes_of(witness)) == NULL)
        c->rows[c->count++] = (struct surface_coverage){
            .surface = surface, .witness = witness, .state = COVERAGE_UNTRIED};
}

/* The bytes of an entry: at hand, or among what was decoded. */
static struct bytes entry_bytes(const struct subject *s, const struct entry *n)
{
    if (n->bytes.data != NULL || !n->has_blob)
        return n->bytes;
    for (uint32_t i = 0; i < s->decoded.blob_count; i++) {
        if (digest_equal(decoded_digest(&s->decoded, i), &n->digest))
            return s->decoded.blobs[i].bytes;
    }
    return (struct bytes){NULL, 0};
}

/*
 * Why an answer says nothing of the machine, or NULL. The bytes decide, so that no decoder need
 * know: a BMC answers with a lone completion code instead of data, and a device that does not
 * drive its bus reads as one value throughout.
 */
static const char *empty_answer(const struct source *row, struct bytes b, struct arena *a)
{
    static const char *const memories[] = {"spd",        "fru",    "flash",    "pci",
                                           "option-rom", "smbios", "bmc-flash"};

    if (b.len == 0)
        return NULL;
    if (b.len == 1 && strncmp(row->pattern, "ipmi/", 5) == 0)
        return arena_format(a, "the answer is only completion code 0x%02x", b.data[0]);
    for (size_t i = 0; i < ARRAY_LEN(memories); i++) {
        if (strcmp(row->surface, memories[i]) == 0 && (bytes_all(b, 0) || bytes_all(b, 0xff)))
            return arena_format(a, "blank: every byte reads 0x%02x", b.data[0]);
    }
    return NULL;
}

static struct bytes reason_of(struct arena *a, const struct entry *n, const char *why)
{
    struct bytes what = n->origin.len > 0 ? n->origin : n->source;

    return bytes_of(arena_format(a, "%.*s: %s", (int)what.len, (const char *)what.data, why));
}

static void tally_nothing(struct tally *t, const struct entry *n, struct arena *a)
{
    if (n->state == COVERAGE_SEEN)
        return;
    if (!t->tried || state_weight(n->state) > state_weight(t->worst)) {
        t->worst = n->state;
        t->reason = n->reason.len > 0 ? reason_of(a, n, arena_text(a, n->reason))
                                      : (struct bytes){NULL, 0};
        t->tried = true;
    }
}

static void tally_entry(struct tally *t, const struct subject *s, const struct entry *n,
                        const struct source *row, struct arena *a)
{
    const char *empty = NULL;
    struct entry redacted = *n;

    /* Nobody can judge what was taken out, whatever its collector saw. */
    if (n->redacted) {
        redacted.state = entry_state(n);
        redacted.reason = bytes_of("redacted from the bundle");
        n = &redacted;
    }
    if (n->state == COVERAGE_SEEN || n->state == COVERAGE_PARTIAL) {
        empty = empty_answer(row, entry_bytes(s, n), a);
        t->seen = t->seen || empty == NULL;
    }
    if (empty != NULL) {
        if (!t->partial)
            t->reason = reason_of(a, n, empty);
        t->partial = true;
        t->tried = true;
        t->worst = COVERAGE_FAILED;
        return;
    }
    tally_nothing(t, n, a);
    t->partial = t->partial || state_blinds(n->state);
}

static void row_state(struct surface_coverage *r, const struct tally *t)
{
    if (t->seen) {
        r->state = t->partial ? COVERAGE_PARTIAL : COVERAGE_SEEN;
        r->reason = t->partial ? t->reason : (struct bytes){NULL, 0};
    } else if (t->tried) {
        r->state = t->worst == COVERAGE_PARTIAL ? COVERAGE_PARTIAL : t->worst;
        r->reason = t->reason;
    }
}

static void row_count(const struct subject *s, struct surface_coverage *r, struct arena *a)
{
    struct tally t = {.worst = COVERAGE_UNTRIED};

    for (size_t i = 0; i < s->evidence.count; i++) {
        const struct entry *n = &s->evidence.entries[i];
        const struct source *row = source_find(n->source);

        if (row != NULL && strcmp(row->surface, r->surface) == 0 &&
            strcmp(row->witness, r->witness) == 0)
            tally_entry(&t, s, n, row, a);
    }
    row_state(r, &t);
}

/* The row of the surface below which an item hangs, or NULL. */
static struct surface_coverage *row_of_item(const struct coverage *c, const struct decoded *d,
                                            uint32_t item)
{
    uint32_t i = item;
    struct bytes rest;
    struct bytes surface;
    struct bytes witness;

    while (i != 0 && d->items[i].parent != 0)
        i = d->items[i].parent;
    rest = d->items[i].name;
    if (i == 0 || !bytes_word(&rest, "@", &surface) || !bytes_word(&rest, "@", &witness))
        return NULL;
    return coverage_find(c, surface, witness);
}

/* What is malformed was not seen whole. A blank memory is said already. */
static void add_faults(const struct subject *s, struct coverage *c, struct arena *a)
{
    const struct decoded *d = &s->decoded;

    for (size_t i = 0; i < d->fault_count; i++) {
        const struct fault *f = &d->faults[i];
        struct surface_coverage *r = row_of_item(c, d, f->item);
        struct text path;

        if (r == NULL || r->state != COVERAGE_SEEN)
            continue;
        text_init(&path, a, 1 << 16);
        item_path(d, f->item, &path);
        r->state = COVERAGE_PARTIAL;
        r->reason = bytes_of(arena_format(a, "%.*s: %s at byte %" PRIu64, (int)path.len,
                                          path.data, fault_name(f->id), f->offset));
    }
}

/* Documents (a lone file on the command line) have no source row; their surface is as seen. */
static void add_documents(const struct subject *s, struct coverage *c, struct arena *a)
{
    const struct decoded *d = &s->decoded;

    for (uint32_t i = 1; i < d->item_count; i++) {
        struct bytes rest = d->items[i].name;
        struct bytes surface;
        struct bytes witness;

        if (d->items[i].parent != 0 || !bytes_word(&rest, "@", &surface) ||
            !bytes_equal_text(rest, "@document") || !bytes_word(&rest, "@", &witness) ||
            coverage_find(c, surface, witness) != NULL)
            continue;
        c->rows[c->count++] = (struct surface_coverage){
            .surface = arena_text(a, surface), .witness = "document", .state = COVERAGE_SEEN};
    }
}

static size_t count_documents(const struct decoded *d)
{
    size_t n = 0;

    for (uint32_t i = 1; i < d->item_count; i++)
        n += d->items[i].parent == 0;
    return n;
}

void coverage_build(const struct subject *s, struct arena *a, struct coverage *ret)
{
    size_t count;
    const struct source *table = source_table(&count);

    *ret = (struct coverage){.rows = ARENA_ARRAY(a, struct surface_coverage,
                                                 count + count_documents(&s->decoded) + 1)};
    for (size_t i = 0; i < count; i++)
        row_add(ret, table[i].surface, table[i].witness);
    for (size_t i = 0; i < ret->count; i++)
        row_count(s, &ret->rows[i], a);
    add_documents(s, ret, a);
    add_faults(s, ret, a);
    qsort(ret->rows, ret->count, sizeof(*ret->rows), row_order);
}

/* The bytes below a surface that no structure explains. */
static uint64_t unexplained(const struct subject *s, const struct coverage *c,
                            const struct surface_coverage *r)
{
    const struct decoded *d = &s->decoded;
    uint64_t sum = 0;

    for (size_t i = 0; i < d->region_count; i++) {
        const struct region *b = &d->regions[i];

        if ((b->class == CLASS_UNKNOWN || b->class == CLASS_FREE_NONERASED ||
             b->class == CLASS_UNREAD) &&
            row_of_item(c, d, b->item) == r)
            sum += b->span.length;
    }
    return sum;
}

void coverage_unexplained(struct coverage *c, const struct subject *s, struct arena *a)
{
    unsigned compared = 1U << JUDGE_REFERENCE | 1U << JUDGE_HISTORY | 1U << JUDGE_PEERS;

    for (size_t i = 0; i < c->count; i++) {
        struct surface_coverage *r = &c->rows[i];
        uint64_t bytes = 0;

        bool flash = strcmp(r->surface, "flash") == 0 || strcmp(r->surface, "bmc-flash") == 0;

        if (!flash || r->state != COVERAGE_SEEN || (r->judged_by & compared) != 0)
            continue;
        bytes = unexplained(s, c, r);
        if (bytes == 0)
            continue;
        r->state = COVERAGE_PARTIAL;
        r->reason = bytes_of(arena_format(
            a, "%" PRIu64 " bytes that no structure explains and nothing was compared with",
            bytes));
    }
}

void coverage_judged(struct coverage *c, struct bytes place, enum judge j)
{
    struct bytes rest = place;
    struct bytes surface;
    struct bytes witness = {NULL, 0};

    if (!bytes_word(&rest, "@", &surface))
        return;
    (void)bytes_word(&rest, "@", &witness);
    for (size_t i = 0; i < c->count; i++) {
        if (bytes_equal_text(surface, c->rows[i].surface) &&
            (witness.len == 0 || bytes_equal_text(witness, c->rows[i].witness)))
            c->rows[i].judged_by |= 1U << j;
    }
}
